//! A template of CloudFormation, read.

use std::fs;

use serde_json::{Map, Value, json};

/// The folder of the repository.
pub(crate) const ROOT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/..");

/// The functions: what each is called in the template, and in `functions/`.
pub(crate) const FUNCTIONS: [(&str, &str); 7] = [
    ("ContactsApi", "contacts-api"),
    ("ConversationUpsert", "conversation-upsert"),
    ("CsvImport", "csv-import"),
    ("CsvExport", "csv-export"),
    ("ContactChanges", "contact-changes"),
    ("Mcp", "mcp"),
    ("Web", "web"),
];

/// The functions that are invoked asynchronously.
pub(crate) const ASYNCHRONOUS: [&str; 3] = ["ConversationUpsert", "CsvImport", "CsvExport"];

/// The function that is invoked with the stream of the table.
pub(crate) const FOLLOWER: &str = "ContactChanges";

/// The queues from which functions are invoked: what each is called in the template, its function, and the end of its name.
pub(crate) const QUEUES: [(&str, &str, &str); 2] = [
    ("ConversationEvents", "ConversationUpsert", "conversation-events"),
    ("ImportChunks", "CsvImport", "import-chunks"),
];

pub(crate) struct Template(Value);

impl Template {
    /// `template.yaml`.
    pub(crate) fn of_the_system() -> Template {
        Template::read("template.yaml")
    }

    /// The table.
    pub(crate) fn of_data() -> Template {
        Template::read("infra/data.yaml")
    }

    /// The alarms and the dashboard.
    pub(crate) fn of_operations() -> Template {
        Template::read("infra/operations.yaml")
    }

    /// The optional stack of a domain.
    pub(crate) fn of_delivery() -> Template {
        Template::read("infra/delivery.yaml")
    }

    /// The example of a rule that sends events to the queue.
    pub(crate) fn of_event_rule() -> Template {
        Template::read("infra/examples/event-rule.yaml")
    }

    /// The pool of users.
    pub(crate) fn of_users() -> Template {
        Template::read("infra/users.yaml")
    }

    fn read(path: &str) -> Template {
        let text = fs::read_to_string(format!("{ROOT}/{path}")).unwrap();
        Template(json_of(yaml_serde::from_str(&text).unwrap()))
    }

    /// The properties of a resource.
    pub(crate) fn resource(&self, name: &str) -> &Value {
        let resource = &self.0["Resources"][name];
        assert!(resource.is_object(), "there is no resource {name}");
        &resource["Properties"]
    }

    /// The properties of all resources of a type, by name.
    pub(crate) fn resources(&self, kind: &str) -> Vec<(&str, &Value)> {
        let resources = self.0["Resources"].as_object().unwrap().iter();
        let of_kind = resources.filter(|(_, resource)| resource["Type"] == kind);
        let found: Vec<_> = of_kind.map(|(name, resource)| (&**name, &resource["Properties"])).collect();
        assert!(!found.is_empty(), "there is no {kind}");
        found
    }

    /// All of a resource.
    pub(crate) fn whole(&self, name: &str) -> &Value {
        &self.0["Resources"][name]
    }

    /// Whether there is a resource of a type.
    pub(crate) fn has(&self, kind: &str) -> bool {
        self.0["Resources"].as_object().unwrap().values().any(|resource| resource["Type"] == kind)
    }

    pub(crate) fn outputs(&self) -> &Map<String, Value> {
        self.0["Outputs"].as_object().unwrap()
    }

    pub(crate) fn parameters(&self) -> &Map<String, Value> {
        self.0["Parameters"].as_object().unwrap()
    }

    /// An entry of a mapping.
    pub(crate) fn mapping(&self, name: &str, key: &str, entry: &str) -> &Value {
        &self.0["Mappings"][name][key][entry]
    }

    /// What all functions have in common.
    pub(crate) fn globals(&self) -> &Value {
        &self.0["Globals"]["Function"]
    }
}

/// The items of a list.
pub(crate) fn list(value: &Value) -> &[Value] {
    value.as_array().unwrap_or_else(|| panic!("no list: {value}"))
}

/// The texts of a list, or of a single text.
pub(crate) fn texts(value: &Value) -> Vec<&str> {
    match value {
        Value::String(text) => vec![text],
        value => list(value).iter().map(|item| item.as_str().unwrap_or_else(|| panic!("no text: {item}"))).collect(),
    }
}

/// The value of a parameterised property: the first branch of `!If [condition, value, …]`.
pub(crate) fn if_wanted(value: &Value) -> &Value {
    &value["Fn::If"][1]
}

/// YAML's short forms of CloudFormation's functions in JSON's long ones.
fn json_of(value: yaml_serde::Value) -> Value {
    match value {
        yaml_serde::Value::Tagged(tagged) => {
            let name = tagged.tag.to_string();
            let name = name.trim_start_matches('!');
            let long = if name == "Ref" { name.to_owned() } else { format!("Fn::{name}") };
            json!({long: json_of(tagged.value)})
        }
        yaml_serde::Value::Mapping(members) => {
            let member = |(name, value): (yaml_serde::Value, yaml_serde::Value)| {
                (name.as_str().unwrap_or_else(|| panic!("no name: {name:?}")).to_owned(), json_of(value))
            };
            Value::Object(members.into_iter().map(member).collect())
        }
        yaml_serde::Value::Sequence(items) => items.into_iter().map(json_of).collect(),
        simple => serde_json::to_value(simple).unwrap(),
    }
}
