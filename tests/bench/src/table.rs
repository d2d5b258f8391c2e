//! The result: one table, for people and for programs.

use std::fmt::{self, Display};

use serde_json::{Value, json};

/// One thing that was measured.
#[derive(Debug)]
pub(crate) struct Row {
    subject: &'static str,
    what: String,
    figure: f64,
    unit: &'static str,
    beside: Option<Beside>,
    target: Option<Target>,
}

/// What a figure is measured against, in the same run and the same unit.
#[derive(Debug)]
struct Beside {
    what: &'static str,
    figure: f64,
}

/// What a figure is held against, or its ratio to the figure beside it.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Target {
    AtLeast(f64),
    AtMost(f64),
    Exactly(f64),
    RatioAtLeast(f64),
    RatioAtMost(f64),
}

impl Row {
    pub(crate) fn new(subject: &'static str, what: impl Into<String>, figure: f64, unit: &'static str) -> Row {
        Row { subject, what: what.into(), figure, unit, beside: None, target: None }
    }

    /// Sets what it is measured against.
    pub(crate) fn beside(self, what: &'static str, figure: f64) -> Row {
        Row { beside: Some(Beside { what, figure }), ..self }
    }

    /// Sets what it is held against.
    pub(crate) fn target(self, target: Target) -> Row {
        Row { target: Some(target), ..self }
    }

    fn ratio(&self) -> Option<f64> {
        self.beside.as_ref().map(|beside| self.figure / beside.figure)
    }

    /// Whether it holds its target, if there is one.
    fn holds(&self) -> Option<bool> {
        let ratio = self.ratio().unwrap_or(f64::NAN);
        self.target.map(|target| match target {
            Target::AtLeast(least) => self.figure >= least,
            Target::AtMost(most) => self.figure <= most,
            Target::Exactly(wanted) => self.figure == wanted,
            Target::RatioAtLeast(least) => ratio >= least,
            Target::RatioAtMost(most) => ratio <= most,
        })
    }

    fn json(&self) -> Value {
        json!({
            "subject": self.subject,
            "what": self.what,
            "figure": self.figure,
            "unit": self.unit,
            "beside": self.beside.as_ref().map(|beside| json!({"what": beside.what, "figure": beside.figure})),
            "ratio": self.ratio(),
            "target": self.target.map(|target| target.to_string()),
            "holds": self.holds(),
        })
    }
}

impl Display for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Target::AtLeast(least) => write!(f, "≥ {}", shown(*least)),
            Target::AtMost(most) => write!(f, "≤ {}", shown(*most)),
            Target::Exactly(wanted) => write!(f, "= {}", shown(*wanted)),
            Target::RatioAtLeast(least) => write!(f, "≥ {least:.2} ×"),
            Target::RatioAtMost(most) => write!(f, "≤ {most:.2} ×"),
        }
    }
}

impl Display for Row {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (beside, ratio) = match (&self.beside, self.ratio()) {
            (Some(beside), Some(ratio)) => {
                (format!("{} {}", beside.what, shown(beside.figure)), format!("{ratio:.2} ×"))
            }
            _ => Default::default(),
        };
        let target = self.target.map(|target| target.to_string()).unwrap_or_default();
        let holds = self.holds().map_or("", |holds| if holds { "holds" } else { "DOES NOT HOLD" });
        let line = format!(
            "{:9} {:44} {:>11} {:11} {beside:32} {ratio:>8}  {target:11} {holds}",
            self.subject,
            self.what,
            shown(self.figure),
            self.unit
        );
        f.write_str(line.trim_end())
    }
}

/// All rows, for programs.
pub(crate) fn json(rows: &[Row]) -> Value {
    json!({"rows": rows.iter().map(Row::json).collect::<Vec<_>>()})
}

/// Three digits, or all of a large number.
fn shown(figure: f64) -> String {
    match figure.abs() {
        large if large >= 1_000.0 => {
            let digits = format!("{large:.0}");
            let groups: Vec<&[u8]> = digits.as_bytes().rchunks(3).rev().collect();
            let groups = groups.into_iter().map(|group| String::from_utf8_lossy(group).into_owned());
            groups.collect::<Vec<_>>().join(",")
        }
        hundreds if hundreds >= 100.0 || figure.fract() == 0.0 => format!("{figure:.0}"),
        tens if tens >= 10.0 => format!("{figure:.1}"),
        _ => format!("{figure:.2}"),
    }
}
