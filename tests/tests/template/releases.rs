//! How new versions of functions are released.

use serde_json::{Value, json};

use crate::template::{FUNCTIONS, Template, list, texts};

/// The parameters that a value refers to.
fn parameters_in(template: &Template, value: &Value) -> Vec<String> {
    let known = |name: &str| template.parameters().contains_key(name).then(|| name.to_owned());
    match value {
        Value::Object(members) => {
            let own = members.get("Ref").and_then(Value::as_str).and_then(known);
            let in_text = members.get("Fn::Sub").and_then(Value::as_str).unwrap_or_default();
            let in_text = in_text.split("${").skip(1).filter_map(|part| known(part.split('}').next().unwrap()));
            let inner = members.values().flat_map(|value| parameters_in(template, value));
            own.into_iter().chain(in_text).chain(inner).collect()
        }
        Value::Array(items) => items.iter().flat_map(|value| parameters_in(template, value)).collect(),
        _ => Vec::new(),
    }
}

#[test]
fn every_function_but_the_page_is_invoked_by_its_alias() {
    let template = Template::of_the_system();
    for (name, _) in FUNCTIONS {
        let alias = template.resource(name).get("AutoPublishAlias");
        assert_eq!(alias.cloned(), (name != "Web").then(|| json!("live")), "{name}");
    }
    let alias = |name: &str| if name == "Web" { json!({"Ref": name}) } else { json!({"Ref": format!("{name}.Alias")}) };
    for (name, permission) in template.resources("AWS::Lambda::Permission") {
        let function = name.rsplit("MayCall").next().unwrap();
        assert_eq!(permission["FunctionName"], alias(function), "{name}");
    }
    for function in ["ContactsApi", "Mcp"] {
        let integration = template.resource(&format!("{function}Integration"));
        assert_eq!(integration["IntegrationUri"], alias(function), "{function}");
    }
    for (name, mapping) in template.resources("AWS::Lambda::EventSourceMapping") {
        assert!(mapping["FunctionName"]["Ref"].as_str().unwrap().ends_with(".Alias"), "{name}");
    }
    let outputs = template.outputs();
    assert_eq!(outputs["ConversationUpsertFunction"]["Value"], json!({"Fn::Sub": "${ConversationUpsert}:live"}));
    assert_eq!(outputs["ConversationUpsertArn"]["Value"], alias("ConversationUpsert"));
}

#[test]
fn a_parameter_that_changes_a_function_publishes_a_version() {
    let template = Template::of_the_system();
    for (name, _) in FUNCTIONS.into_iter().filter(|(name, _)| *name != "Web") {
        let function = template.resource(name);
        // SAM compares the properties as they are in the template.
        assert_eq!(function["AutoPublishAliasAllProperties"], true, "{name}");
        let mut wanted = parameters_in(&template, &function["Environment"]);
        wanted.extend(parameters_in(&template, &template.globals()["Tracing"]));
        let mut described = parameters_in(&template, &function["VersionDescription"]);
        wanted.sort();
        described.sort();
        assert_eq!(described, wanted, "{name}");
        // A description has at most 256 characters.
        let longest = |parameter: &String| {
            let parameter = &template.parameters()[parameter];
            let values = parameter["AllowedValues"].as_array().into_iter().flatten();
            let by_value = values.map(|value| value.as_str().unwrap().len() as u64).max();
            let pattern = parameter["AllowedPattern"].as_str().unwrap_or_default();
            let by_pattern = pattern.split_once("{1,").and_then(|(_, most)| most.trim_end_matches('}').parse().ok());
            parameter["MaxLength"].as_u64().or(by_value).or(by_pattern).expect("a limit")
        };
        assert!(described.iter().map(|parameter| longest(parameter) + 1).sum::<u64>() <= 256, "{name}");
    }
}

#[test]
fn gradual_releases_stop_at_alarms_that_exist() {
    let (template, operations) = (Template::of_the_system(), Template::of_operations());
    let alarms: Vec<&str> = operations
        .resources("AWS::CloudWatch::Alarm")
        .into_iter()
        .map(|(_, alarm)| alarm["AlarmName"]["Fn::Sub"].as_str().unwrap().strip_prefix("${Name}").unwrap())
        .collect();
    let types = texts(&template.parameters()["ReleaseType"]["AllowedValues"]);
    for (name, folder) in FUNCTIONS.into_iter().filter(|(name, _)| *name != "Web") {
        let preference = &template.resource(name)["DeploymentPreference"];
        assert_eq!(preference["Type"], json!({"Ref": "ReleaseType"}), "{name}");
        assert_eq!(preference["Enabled"], json!({"Fn::FindInMap": ["Releases", {"Ref": "ReleaseType"}, "Gradually"]}));
        let watched: Vec<&str> = list(&preference["Alarms"])
            .iter()
            .map(|alarm| alarm["Fn::Sub"].as_str().unwrap().strip_prefix("${AWS::StackName}").unwrap())
            .collect();
        assert!(watched.contains(&&*format!("-{folder}-errors")), "{name}");
        assert!(watched.iter().all(|alarm| alarms.contains(alarm)), "{name}: {watched:?}");
    }
    for release in types {
        let gradually = template.mapping("Releases", release, "Gradually");
        assert_eq!(*gradually, json!(if release == "AllAtOnce" { "false" } else { "true" }), "{release}");
    }
    assert_eq!(template.parameters()["ReleaseType"]["Default"], "AllAtOnce");
}
