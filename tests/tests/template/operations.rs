//! Alarms and the dashboard.

use std::fs;
use std::path::{Path, PathBuf};

use contacts_lambda::metrics::{DIMENSION, NAMESPACE};
use serde_json::{Value, json};

use crate::template::{ASYNCHRONOUS, FOLLOWER, FUNCTIONS, QUEUES, ROOT, Template, list};

const ALARM: &str = "AWS::CloudWatch::Alarm";

fn watches(alarm: &Value, metric: &str, dimension: &str, of: &str) -> bool {
    alarm["MetricName"] == metric && alarm["Dimensions"] == json!([{"Name": dimension, "Value": {"Ref": of}}])
}

#[test]
fn every_function_and_queue_is_watched() {
    let operations = Template::of_operations();
    let alarms = operations.resources(ALARM);
    let watched = |metric: &str, dimension: &str, of: &str| {
        assert!(
            alarms.iter().any(|(_, alarm)| watches(alarm, metric, dimension, of)),
            "nothing watches {metric} of {of}"
        );
    };
    for (function, _) in FUNCTIONS {
        watched("Errors", "FunctionName", function);
        watched("Throttles", "FunctionName", function);
    }
    for (queue, _, _) in QUEUES {
        watched("ApproximateAgeOfOldestMessage", "QueueName", queue);
        watched("ApproximateNumberOfMessagesVisible", "QueueName", &format!("{queue}Failures"));
    }
    for function in ASYNCHRONOUS.into_iter().chain([FOLLOWER]) {
        watched("ApproximateNumberOfMessagesVisible", "QueueName", &format!("{function}Failures"));
    }
    watched("IteratorAge", "FunctionName", FOLLOWER);
    for function in ASYNCHRONOUS {
        watched("AsyncEventsDropped", "FunctionName", function);
    }
    for function in ASYNCHRONOUS.into_iter().chain([FOLLOWER]) {
        watched("DestinationDeliveryFailures", "FunctionName", function);
    }
    watched("5xx", "ApiId", "HttpApi");
    watched("JobsInterrupted", "FunctionName", "ContactsApi");
    // Those that leave out what they cannot read. The others fail.
    for function in ["ContactsApi", "CsvExport", "ContactChanges"] {
        watched("ItemsUnreadable", "FunctionName", function);
    }
    for metric in ["Joins", "Conflicts"] {
        watched(metric, "FunctionName", "ConversationUpsert");
    }
}

#[test]
fn slow_requests_are_noticed_on_a_quiet_system_too() {
    let operations = Template::of_operations();
    for function in ["ContactsApi", "Mcp"] {
        let alarm = operations.resource(&format!("{function}Latency"));
        assert!(watches(alarm, "Duration", "FunctionName", function), "{function}");
        assert_eq!((&alarm["Namespace"], &alarm["ExtendedStatistic"]), (&json!("AWS/Lambda"), &json!("p99")));
        // Otherwise a percentile of fewer than 1,000 requests changes nothing.
        assert_eq!(alarm["EvaluateLowSampleCountPercentile"], "evaluate", "{function}");
        let (slow, of) = (alarm["DatapointsToAlarm"].as_u64().unwrap(), alarm["EvaluationPeriods"].as_u64().unwrap());
        assert!(1 < slow && slow < of, "{function}: periods without requests must not hide slow ones");
    }
}

#[test]
fn throttling_of_the_table_and_of_each_index_is_watched() {
    let operations = Template::of_operations();
    let alarms = operations.resources(ALARM);
    let watched = |metric: &str, dimensions: &Value| {
        assert!(
            alarms.iter().any(|(_, alarm)| alarm["MetricName"] == metric && alarm["Dimensions"] == *dimensions),
            "nothing watches {metric} of {dimensions}"
        );
    };
    let table = json!({"Name": "TableName", "Value": {"Ref": "Table"}});
    watched("WriteThrottleEvents", &json!([table]));
    watched("ReadThrottleEvents", &json!([table]));
    let shown = operations.resource("Dashboard")["DashboardBody"]["Fn::Sub"].as_str().unwrap();
    for index in list(&Template::of_data().resource("Table")["GlobalSecondaryIndexes"]) {
        let name = index["IndexName"].as_str().unwrap();
        let dimensions = json!([table, {"Name": "GlobalSecondaryIndexName", "Value": name}]);
        watched("WriteThrottleEvents", &dimensions);
        // The others have only keys, of which a request reads few.
        if index["Projection"]["ProjectionType"] == "ALL" {
            watched("ReadThrottleEvents", &dimensions);
        }
        assert_eq!(shown.matches(&format!("\"{name}\"")).count(), 2, "reads and writes of {name} on the dashboard");
    }
}

#[test]
fn imports_that_fail_because_of_their_files_raise_no_alarm() {
    let operations = Template::of_operations();
    let filter = operations.resource("InternalImportFailures");
    assert_eq!(filter["LogGroupName"], json!({"Ref": "CsvImportLogs"}));
    assert_eq!(filter["FilterPattern"], "{ $.message = \"import failed\" && $.code = \"internal\" }");
    // The line that it waits for.
    let code = |file: &str| fs::read_to_string(format!("{ROOT}/functions/csv-import/src/{file}.rs")).unwrap();
    assert!(code("conclude").contains("code = failure.code, \"import failed\""));
    assert!(code("failure").contains("Failure::Internal => \"internal\""));
    let (metric, alarm) = (&filter["MetricTransformations"][0], operations.resource("ImportFailures"));
    assert_eq!(metric["MetricNamespace"], alarm["Namespace"]);
    assert_eq!(metric["MetricName"], alarm["MetricName"]);
}

#[test]
fn an_alarm_says_that_the_history_is_late_long_before_changes_are_left_out() {
    let (system, operations) = (Template::of_the_system(), Template::of_operations());
    let alarm = operations.resource("HistoryLate");
    assert_eq!(alarm["Statistic"], "Maximum");
    let late = alarm["Threshold"].as_u64().unwrap() / 1_000;
    let lost = system.resource("ContactChangesMapping")["MaximumRecordAgeInSeconds"].as_u64().unwrap();
    assert_eq!((late, lost), (900, 21_600), "in seconds");
}

#[test]
fn every_alarm_notifies_and_says_what_to_do() {
    let operations = Template::of_operations();
    let runbook = fs::read_to_string(format!("{ROOT}/infra/RUNBOOK.md")).unwrap();
    for (name, alarm) in operations.resources(ALARM) {
        for actions in ["AlarmActions", "OKActions"] {
            assert_eq!(alarm[actions], json!([{"Ref": "AlarmTopic"}]), "{name}");
        }
        let (_, page) = alarm["AlarmDescription"].as_str().unwrap().split_once("Runbook: ").unwrap();
        assert!(runbook.lines().any(|line| line == format!("## {page}")), "{name}: the runbook lacks {page}");
        let shown = operations.resource("Dashboard")["DashboardBody"]["Fn::Sub"].as_str().unwrap();
        assert!(shown.contains(&format!("${{{name}.Arn}}")), "the dashboard lacks {name}");
    }
}

#[test]
fn the_dashboard_is_json_and_has_no_widget_over_another() {
    let operations = Template::of_operations();
    let body = operations.resource("Dashboard")["DashboardBody"]["Fn::Sub"].as_str().unwrap();
    let dashboard: Value = serde_json::from_str(body).unwrap();
    let mut taken = std::collections::BTreeSet::new();
    for widget in list(&dashboard["widgets"]) {
        let side = |name: &str| widget[name].as_u64().unwrap();
        for x in side("x")..side("x") + side("width") {
            for y in side("y")..side("y") + side("height") {
                assert!(x < 24 && taken.insert((x, y)), "{widget}");
            }
        }
    }
}

#[test]
fn metrics_are_those_that_the_functions_send() {
    let operations = Template::of_operations();
    let mut metrics = Vec::new();
    for (_, alarm) in operations.resources(ALARM) {
        if alarm["Namespace"] == NAMESPACE {
            let dimension = &alarm["Dimensions"][0];
            metrics.push([&alarm["Namespace"], &alarm["MetricName"], &dimension["Name"], &dimension["Value"]]);
        }
    }
    let body = operations.resource("Dashboard")["DashboardBody"]["Fn::Sub"].as_str().unwrap();
    let dashboard: Value = serde_json::from_str(body).unwrap();
    for widget in list(&dashboard["widgets"]).iter().filter(|widget| widget["type"] == "metric") {
        // The dashboard's short forms: "." repeats one value of the line above, "..." all others.
        let mut line = [&Value::Null; 4];
        for metric in list(&widget["properties"]["metrics"]) {
            let mut names = list(metric).iter().filter(|name| name.is_string());
            match names.clone().next() {
                Some(first) if first == "..." => line[3] = names.nth(1).unwrap_or(line[3]),
                _ => line.iter_mut().zip(names).for_each(|(of_line, name)| {
                    if name != "." {
                        *of_line = name;
                    }
                }),
            }
            if line[0] == NAMESPACE {
                metrics.push(line);
            }
        }
    }
    assert!(metrics.len() > 20, "{metrics:?}");
    for [_, name, dimension, function] in metrics {
        assert_eq!(dimension, DIMENSION);
        let name = name.as_str().unwrap();
        let field = words(name, '_');
        // In an alarm it is a reference, in the dashboard's text the name of one.
        let in_text = || function.as_str().and_then(|name| name.strip_prefix("${")?.strip_suffix('}'));
        let function = words(function["Ref"].as_str().or_else(in_text).unwrap(), '-');
        // Every function has those of the book.
        let sent = ["shared/book/src".to_owned(), format!("functions/{function}/src")];
        assert!(
            sent.iter().any(|folder| sends_metric(Path::new(ROOT).join(folder), &field)),
            "{function} sends no {name}"
        );
    }
}

/// `RowsCreated` with `_` is `rows_created`.
fn words(name: &str, between: char) -> String {
    let mut words = String::new();
    for letter in name.chars() {
        if letter.is_uppercase() && !words.is_empty() {
            words.push(between);
        }
        words.extend(letter.to_lowercase());
    }
    words
}

/// Whether code in a folder sends a field to the metrics.
fn sends_metric(folder: PathBuf, field: &str) -> bool {
    let mut files = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    files.any(|path| {
        if path.is_dir() {
            return sends_metric(path, field);
        }
        let text = fs::read_to_string(path).unwrap();
        let mut events = text.split("METRICS,").skip(1).map(|event| event.split(");").next().unwrap_or_default());
        events.any(|event| event.split(|c: char| !c.is_alphanumeric() && c != '_').any(|word| word == field))
    })
}

#[test]
fn operations_get_every_resource_that_they_watch() {
    let (system, operations) = (Template::of_the_system(), Template::of_operations());
    let given = system.resource("Operations")["Parameters"].as_object().unwrap();
    assert_eq!(given.keys().collect::<Vec<_>>(), operations.parameters().keys().collect::<Vec<_>>());
}
