//! The scenarios, as the files describe them.

use serde_json::{Map, Value};

/// What happens in one workspace, and what must then be.
#[derive(Debug, Clone)]
pub struct Scenario {
    /// What happens, in one line.
    pub title: String,
    /// The body of `PATCH /settings` before the first step.
    pub settings: Option<Value>,
    /// The custom fields by key, each with its type.
    pub custom_fields: Vec<(String, String)>,
    /// The steps, as written.
    pub steps: Vec<Step>,
    /// Whether everything must be the same in every order of the steps.
    pub(crate) every_order: bool,
    pub(crate) expect: Value,
}

/// One thing that happens.
#[derive(Debug, Clone)]
pub struct Step {
    /// Its name.
    pub name: String,
    /// What it is.
    pub action: Action,
}

/// What happens.
#[derive(Debug, Clone)]
pub enum Action {
    /// The event of a conversation, without workspace and assistant.
    Event {
        /// The event.
        event: Value,
        /// The text of `captured`, where it is not JSON that every reader accepts.
        captured_json: Option<String>,
    },
    /// The body of `POST /contacts`.
    Form(Value),
    /// A `PATCH` of the contact of another step.
    Patch {
        /// The other step.
        of: String,
        /// The body.
        body: Value,
    },
    /// A conversation is taken from the contact of another step.
    Unlink {
        /// The other step.
        of: String,
        /// The conversation.
        conversation: String,
    },
    /// The join by which the contact of one step became one with that of another is undone.
    UndoJoin {
        /// The step of the contact that has the data of both.
        of: String,
        /// The step of the joined contact.
        was: String,
    },
    /// The body of `PATCH /settings`.
    Settings(Value),
    /// A CSV file.
    Import(Vec<Row>),
}

/// A row of a file.
#[derive(Debug, Clone)]
pub struct Row {
    /// Its name, if its contact matters.
    pub name: Option<String>,
    /// Fields and their texts.
    pub cells: Vec<(String, String)>,
    /// The filter of `GET /contacts` that finds its contact.
    pub found_by: Option<(String, String)>,
}

/// A question to the book at the end.
#[derive(Debug, Clone)]
pub struct Lookup {
    /// The field that is asked by.
    pub field: String,
    /// The value.
    pub value: String,
}

/// All scenarios.
///
/// # Panics
/// If a file is not as the tests expect it.
pub fn scenarios() -> Vec<Scenario> {
    let files = [include_str!("../data/identity.json"), include_str!("../data/undo.json")];
    let read = |file: &str| -> Value { serde_json::from_str(file).expect("valid JSON") };
    files.iter().flat_map(|file| list(&read(file)["scenarios"]).iter().map(scenario).collect::<Vec<_>>()).collect()
}

fn scenario(json: &Value) -> Scenario {
    let mut steps: Vec<Step> = Vec::new();
    for step in list(&json["steps"]) {
        for step in repeated(step) {
            let again = step["import"]["again"].as_str().map(str::to_owned);
            let action = match again {
                Some(again) => steps.iter().find(|step| step.name == again).expect("a step").action.clone(),
                None => action(&step),
            };
            steps.push(Step { name: text(&step["step"]), action });
        }
    }
    let custom_fields = json["custom_fields"].as_object().into_iter().flatten();
    Scenario {
        title: text(&json["title"]),
        settings: json.get("settings").cloned(),
        custom_fields: custom_fields.map(|(key, kind)| (key.clone(), text(kind))).collect(),
        steps,
        every_order: json["orders"] == "all",
        expect: json["expect"].clone(),
    }
}

/// A step with `for` or `times`, once for each repetition.
fn repeated(step: &Value) -> Vec<Value> {
    let words: Vec<Map<String, Value>> = match (step["for"].as_array(), step["times"].as_u64()) {
        (Some(words), _) => words.iter().map(|words| words.as_object().cloned().unwrap_or_default()).collect(),
        (None, Some(times)) => (0..times).map(|_| Map::new()).collect(),
        (None, None) => return vec![step.clone()],
    };
    let once = |(place, words): (usize, Map<String, Value>)| {
        let mut json = step.to_string().replace("{n}", &format!("{:04}", place + 1));
        for (word, value) in &words {
            json = json.replace(&format!("{{{word}}}"), &text(value));
        }
        let mut step: Value = serde_json::from_str(&json).expect("valid JSON");
        step["step"] = format!("{}.{}", text(&step["step"]), place + 1).into();
        step
    };
    words.into_iter().enumerate().map(once).collect()
}

fn action(step: &Value) -> Action {
    let of = || text(&step["of"]);
    if let Some(event) = step.get("event") {
        let captured_json = step["captured_json"].as_str().map(str::to_owned);
        Action::Event { event: event.clone(), captured_json }
    } else if let Some(form) = step.get("form") {
        Action::Form(form.clone())
    } else if let Some(body) = step.get("patch") {
        Action::Patch { of: of(), body: body.clone() }
    } else if let Some(conversation) = step.get("unlink") {
        Action::Unlink { of: of(), conversation: text(conversation) }
    } else if let Some(undo) = step.get("undo_join") {
        Action::UndoJoin { of: text(&undo["of"]), was: text(&undo["was"]) }
    } else if let Some(settings) = step.get("settings") {
        Action::Settings(settings.clone())
    } else {
        Action::Import(list(&step["import"]["rows"]).iter().map(row).collect())
    }
}

fn row(json: &Value) -> Row {
    let members = json.as_object().expect("a row");
    let cells = members.iter().filter(|(field, _)| !["row", "found_by"].contains(&field.as_str()));
    let cells: Vec<(String, String)> = cells.map(|(field, value)| (field.clone(), text(value))).collect();
    let found_by = match json["found_by"].as_object() {
        Some(by) => by.iter().next().map(|(field, value)| (field.clone(), text(value))),
        None => cells.iter().find(|(field, _)| field != "name" && !field.starts_with("custom.")).cloned(),
    };
    Row { name: json["row"].as_str().map(str::to_owned), cells, found_by }
}

pub(crate) fn list(value: &Value) -> &[Value] {
    value.as_array().map(Vec::as_slice).unwrap_or_default()
}

pub(crate) fn text(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}
