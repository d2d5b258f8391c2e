//! Metrics in CloudWatch's embedded metric format: a log line from which CloudWatch takes them by itself.
//!
//! A metric is a field of an event of the target [`TARGET`], named in snake case there and in Pascal case in
//! CloudWatch: `rows_created = 12` becomes `RowsCreated`. One whose name ends in `_ms` is a duration in milliseconds, any
//! other a count. A count of 0 is left out. The namespace is `Contacts`, the only dimension the function's name, as in Lambda's own metrics.
//!
//! The format: <https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html>

use std::fmt::Debug;
use std::io::Write as _;

use jiff::Timestamp;
use serde_json::{Map, Value, json};
use tracing::field::{Field, Visit};
use tracing::{Event, Level, Subscriber};
use tracing_subscriber::Layer;
use tracing_subscriber::filter::Targets;
use tracing_subscriber::fmt::MakeWriter;
use tracing_subscriber::layer::Context;
use tracing_subscriber::registry::LookupSpan;

/// The target of events that are metrics.
pub const TARGET: &str = "metrics";
/// The namespace of all metrics.
pub const NAMESPACE: &str = "Contacts";
/// Their only dimension.
pub const DIMENSION: &str = "FunctionName";

/// Writes the events that are metrics of a function to `out`.
///
/// It says beforehand that it takes no others, so that none is made for it.
pub fn layer<S, W>(function: String, out: W) -> impl Layer<S>
where
    S: Subscriber + for<'a> LookupSpan<'a>,
    W: for<'w> MakeWriter<'w> + 'static,
{
    MetricsLayer { function, out }.with_filter(Targets::new().with_target(TARGET, Level::INFO))
}

struct MetricsLayer<W> {
    function: String,
    out: W,
}

impl<S: Subscriber, W: for<'w> MakeWriter<'w> + 'static> Layer<S> for MetricsLayer<W> {
    fn on_event(&self, event: &Event<'_>, _: Context<'_, S>) {
        let mut values = Values(Map::new());
        event.record(&mut values);
        // A zero adds nothing to a sum. But CloudWatch charges for each hour in which a metric has a value, and for each byte
        // of the line.
        values.0.retain(|name, value| unit(name) != COUNT || *value != json!(0));
        if values.0.is_empty() {
            return;
        }
        let metrics: Vec<Value> = values.0.keys().map(|name| json!({"Name": name, "Unit": unit(name)})).collect();
        let mut line = values.0;
        line.insert(DIMENSION.to_owned(), json!(self.function));
        line.insert(
            "_aws".to_owned(),
            json!({
                "Timestamp": Timestamp::now().as_millisecond(),
                "CloudWatchMetrics": [{"Namespace": NAMESPACE, "Dimensions": [[DIMENSION]], "Metrics": metrics}],
            }),
        );
        // One write, so that lines do not mix. Nothing can be done about a standard output that is closed.
        let _ = self.out.make_writer().write_all(format!("{}\n", Value::Object(line)).as_bytes());
    }
}

/// The unit of what is no duration.
const COUNT: &str = "Count";

fn unit(name: &str) -> &'static str {
    if name.ends_with("Ms") { "Milliseconds" } else { COUNT }
}

/// The fields of an event that are numbers.
struct Values(Map<String, Value>);

impl Values {
    fn insert(&mut self, field: &Field, value: Value) {
        let words = field.name().split('_');
        let name: String = words.map(|word| word[..1].to_ascii_uppercase() + &word[1..]).collect();
        self.0.insert(name, value);
    }
}

impl Visit for Values {
    fn record_f64(&mut self, field: &Field, value: f64) {
        self.insert(field, json!(value));
    }

    fn record_i64(&mut self, field: &Field, value: i64) {
        self.insert(field, json!(value));
    }

    fn record_u64(&mut self, field: &Field, value: u64) {
        self.insert(field, json!(value));
    }

    fn record_bool(&mut self, field: &Field, value: bool) {
        self.insert(field, json!(u64::from(value)));
    }

    /// A message, which is no metric.
    fn record_debug(&mut self, _: &Field, _: &dyn Debug) {}
}

#[cfg(test)]
mod tests {
    use std::io;
    use std::sync::{Arc, Mutex, PoisonError};

    use tracing_subscriber::layer::SubscriberExt as _;

    use super::*;

    #[derive(Clone, Default)]
    struct Lines(Arc<Mutex<Vec<u8>>>);

    impl io::Write for Lines {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0.lock().unwrap_or_else(PoisonError::into_inner).write(bytes)
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn an_event_is_a_line_of_metrics() {
        let lines = Lines::default();
        let out = lines.clone();
        let subscriber = tracing_subscriber::registry().with(layer("csv-import".to_owned(), move || out.clone()));
        tracing::subscriber::with_default(subscriber, || {
            tracing::info!("a log line, and no metric: {}", 1);
            tracing::info!(target: crate::METRICS, rows_created = 12_u64, joined = true, duration_ms = 1.5, "said");
            tracing::info!(target: crate::METRICS, rows_created = 0_u64, joined = false);
        });
        let text = String::from_utf8(lines.0.lock().unwrap().clone()).unwrap();
        assert_eq!(text.lines().count(), 1, "{text}");
        let line: Value = serde_json::from_str(&text).unwrap();
        assert_eq!((&line["RowsCreated"], &line["Joined"], &line["DurationMs"]), (&json!(12), &json!(1), &json!(1.5)));
        assert_eq!(line["FunctionName"], "csv-import");
        assert!(line["_aws"]["Timestamp"].as_i64().unwrap() > 1_700_000_000_000);
        let expected = json!([{
            "Namespace": "Contacts",
            "Dimensions": [["FunctionName"]],
            "Metrics": [
                {"Name": "DurationMs", "Unit": "Milliseconds"},
                {"Name": "Joined", "Unit": "Count"},
                {"Name": "RowsCreated", "Unit": "Count"},
            ],
        }]);
        let mut declared = line["_aws"]["CloudWatchMetrics"].clone();
        declared[0]["Metrics"].as_array_mut().unwrap().sort_by_key(|metric| metric["Name"].to_string());
        assert_eq!(declared, expected);
    }
}
