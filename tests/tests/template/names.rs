//! Names of the code.

use std::collections::BTreeSet;

use aws_sdk_s3::presigning::PresigningConfig;
use contacts_book::keys::{EXPIRES_AT, SK};
use contacts_book::{ContactChange, schema};
use contacts_files::keys;
use contacts_testing::engine;
use lambda_runtime::{Context, LambdaEvent};
use serde_json::value::RawValue;
use serde_json::{Value, json};

use crate::template::{FUNCTIONS, ROOT, Template, if_wanted, list, texts};

#[tokio::test]
async fn the_table_is_the_one_that_the_code_makes() {
    let template = Template::of_data();
    let table = template.resource("Table");
    let engine = engine().await;
    let made = engine.client().describe_table().table_name(engine.table()).send().await.unwrap().table.unwrap();

    let key_of = |schema: &[aws_sdk_dynamodb::types::KeySchemaElement]| -> Value {
        let part = |part: &aws_sdk_dynamodb::types::KeySchemaElement| json!({"AttributeName": part.attribute_name(), "KeyType": part.key_type().as_str()});
        schema.iter().map(part).collect()
    };
    assert_eq!(table["KeySchema"], key_of(made.key_schema()));
    let mut attributes: Vec<Value> = made
        .attribute_definitions()
        .iter()
        .map(|one| json!({"AttributeName": one.attribute_name(), "AttributeType": one.attribute_type().as_str()}))
        .collect();
    let mut declared = list(&table["AttributeDefinitions"]).to_vec();
    for attributes in [&mut attributes, &mut declared] {
        attributes.sort_by_key(Value::to_string);
    }
    assert_eq!(declared, attributes);
    let mut indexes: Vec<Value> = made
        .global_secondary_indexes()
        .iter()
        .map(|index| {
            json!({
                "IndexName": index.index_name(),
                "KeySchema": key_of(index.key_schema()),
                "Projection": {"ProjectionType": index.projection().unwrap().projection_type().unwrap().as_str()},
            })
        })
        .collect();
    let mut declared = list(&table["GlobalSecondaryIndexes"]).to_vec();
    for indexes in [&mut indexes, &mut declared] {
        indexes.sort_by_key(Value::to_string);
    }
    assert_eq!(declared, indexes);
    assert_eq!(table["TimeToLiveSpecification"], json!({"AttributeName": EXPIRES_AT, "Enabled": true}));
}

#[tokio::test]
async fn the_stream_is_the_one_that_the_code_follows() {
    let template = Template::of_the_system();
    let engine = engine().await;
    schema::enable_stream(engine.client(), engine.table()).await.unwrap();
    let made = engine.client().describe_table().table_name(engine.table()).send().await.unwrap().table.unwrap();
    let view = made.stream_specification.unwrap().stream_view_type.unwrap();
    assert_eq!(Template::of_data().resource("Table")["StreamSpecification"], json!({"StreamViewType": view.as_str()}));

    // Of all items that the system writes, those of contacts pass the filter.
    let filters = list(&template.resource("ContactChangesMapping")["FilterCriteria"]["Filters"]);
    let [filter] = filters else { panic!("{filters:?}") };
    let pattern: Value = serde_json::from_str(filter["Pattern"].as_str().unwrap()).unwrap();
    let [passed] = texts(&pattern["dynamodb"]["Keys"][SK]["S"])[..] else { panic!("{pattern}") };
    assert_eq!(pattern, json!({"dynamodb": {"Keys": {SK: {"S": [passed]}}}}));
    let event = json!({
        "workspace_id": "acme", "conversation_id": "c-1", "channel": "web_chat", "assistant_id": "a-1",
        "occurred_at": "2026-11-20T10:00:00Z", "captured": [{"field": "email", "value": "ada@example.com"}],
    });
    let event = LambdaEvent::new(RawValue::from_string(event.to_string()).unwrap(), Context::default());
    conversation_upsert::handle(&engine.book(), event).await.unwrap();
    let items = engine.items().await;
    assert_eq!(items.len(), 4, "a contact, two claims and a link");
    for item in &items {
        let is_contact = ContactChange::read(None, Some(item)).unwrap().is_some();
        assert_eq!(item[SK].as_s().unwrap() == passed, is_contact, "{item:?}");
    }
}

#[test]
fn events_of_the_bucket_are_those_of_the_code() {
    let template = Template::of_the_system();
    let notifications = &template.resource("Files")["NotificationConfiguration"];
    let event = |prefix: &str, suffix: Option<&str>, kind: &str, target: Value| {
        let mut rules = vec![json!({"Name": "prefix", "Value": prefix})];
        rules.extend(suffix.map(|suffix| json!({"Name": "suffix", "Value": suffix})));
        json!({"Event": "s3:ObjectCreated:*", kind: target, "Filter": {"S3Key": {"Rules": rules}}})
    };
    let function = |name: &str| json!({"Ref": format!("{name}.Alias")});
    assert_eq!(
        notifications["LambdaConfigurations"],
        json!([
            // In any case, which a filter cannot say.
            event(keys::IMPORTS, None, "Function", function("CsvImport")),
            event(keys::ERASURES, Some(keys::ORDER), "Function", function("CsvImport")),
            event(keys::PURGES, Some(keys::ORDER), "Function", function("CsvImport")),
            event(keys::EXPORTS, Some(keys::ORDER), "Function", function("CsvExport")),
        ])
    );
    let queue = json!({"Fn::GetAtt": "ImportChunks.Arn"});
    assert_eq!(notifications["QueueConfigurations"], json!([event(keys::CHUNKS, Some(keys::ORDER), "Queue", queue)]));
}

#[test]
fn every_folder_of_the_bucket_is_cleared() {
    let template = Template::of_the_system();
    let rules = list(&template.resource("Files")["LifecycleConfiguration"]["Rules"]);
    let days = |prefix: &str| {
        let rule = rules.iter().find(|rule| rule["Prefix"] == prefix && rule["Status"] == "Enabled");
        rule.unwrap_or_else(|| panic!("{prefix} is kept for ever"))["ExpirationInDays"].as_u64().unwrap()
    };
    for (prefix, queue) in [
        (keys::IMPORTS, "CsvImport"),
        (keys::CHUNKS, "ImportChunks"),
        (keys::ERASURES, "CsvImport"),
        (keys::PURGES, "CsvImport"),
        (keys::EXPORTS, "CsvExport"),
    ] {
        let retention = &template.resource(&format!("{queue}Failures"))["MessageRetentionPeriod"];
        assert_eq!(days(prefix) * 24 * 3_600, retention.as_u64().unwrap(), "as long as an event can be sent again");
    }
    assert!(days(keys::REPORTS) > days(keys::IMPORTS));
    assert!(rules.iter().any(|rule| rule["AbortIncompleteMultipartUpload"]["DaysAfterInitiation"] == 1));
}

#[test]
fn functions_are_deployed_from_where_they_are_built() {
    let template = Template::of_the_system();
    let names: BTreeSet<&str> =
        template.resources("AWS::Serverless::Function").into_iter().map(|(name, _)| name).collect();
    assert_eq!(names, FUNCTIONS.map(|(name, _)| name).into());
    let makefile = std::fs::read_to_string(format!("{ROOT}/Makefile")).unwrap();
    let built = makefile.lines().find_map(|line| line.strip_prefix("FUNCTIONS := ")).unwrap();
    assert_eq!(built.split(' ').collect::<BTreeSet<_>>(), FUNCTIONS.map(|(_, folder)| folder).into());
    for (name, folder) in FUNCTIONS {
        let function = template.resource(name);
        // From where SAM builds it; `infra/deploy.py` replaces this by what `make build` has built.
        assert_eq!(function["CodeUri"], format!("functions/{folder}/"));
        let built = json!({"BuildMethod": "rust-cargolambda", "BuildProperties": {"Binary": folder}});
        assert_eq!(template.whole(name)["Metadata"], built, "{name}");
        assert_eq!(function["FunctionName"]["Fn::Sub"], format!("${{AWS::StackName}}-{folder}"));
    }
    assert_eq!(template.parameters()["WorkspaceClaim"]["Default"], contacts_api::DEFAULT_WORKSPACE_CLAIM);
}

#[test]
fn the_stages_of_sam_give_parameters_that_there_are() {
    let template = Template::of_the_system();
    let stages = std::fs::read_to_string(format!("{ROOT}/samconfig.toml")).unwrap();
    for name in ["dev", "prod"] {
        let (_, stage) = stages.split_once(&format!("[{name}.deploy.parameters]")).unwrap();
        let (stage, _) = stage.split_once("\n[").unwrap_or((stage, ""));
        assert!(stage.contains("template_file = \".aws-sam/build/template.yaml\""), "{name} would deploy sources");
        let (_, given) = stage.split_once("parameter_overrides = [").unwrap();
        let (given, _) = given.split_once("\n]").unwrap();
        let entries = given.lines().filter_map(|line| line.trim().strip_prefix('"')?.strip_suffix("\","));
        let given: BTreeSet<&str> = entries.map(|entry| entry.split_once('=').unwrap().0).collect();
        for parameter in &given {
            assert!(template.parameters().contains_key(*parameter), "{name} gives {parameter}");
        }
        for (parameter, properties) in template.parameters() {
            let needed = properties.get("Default").is_none();
            assert!(!needed || given.contains(&**parameter), "{name} does not give {parameter}");
        }
        let (stack, limit) = (stage.split_once("stack_name = \"").unwrap().1.split_once('"').unwrap().0, 25);
        assert!(stack.len() <= limit, "the name of the bucket would be too long");
    }
}

#[tokio::test]
async fn the_page_gets_the_urls_to_sign_in_and_to_upload() {
    let template = Template::of_the_system();
    let variables = &template.resource("Web")["Environment"]["Variables"];
    assert_eq!(variables["OIDC_ISSUER"], template.resource("Authorizer")["JwtConfiguration"]["Issuer"]);
    let origins = list(&variables["CONNECT_ORIGINS"]["Fn::Join"][1]);
    assert_eq!(origins[1], json!({"Fn::Join": [" ", {"Ref": "PageOrigins"}]}));

    let bucket = "contacts-files-111122223333-eu-central-1";
    let origin = origins[0]["Fn::Sub"].as_str().unwrap().replace("${BucketName}", bucket);
    let origin = origin.replace("${AWS::Region}", "eu-central-1").replace("${AWS::URLSuffix}", "amazonaws.com");
    let link = aws_sdk_s3::Client::from_conf(
        aws_sdk_s3::Config::builder()
            .behavior_version(contacts_lambda::aws::behavior_version())
            .region(aws_sdk_s3::config::Region::new("eu-central-1"))
            .credentials_provider(aws_sdk_s3::config::Credentials::new("a", "b", None, None, "tests"))
            .build(),
    );
    let hour = PresigningConfig::expires_in(std::time::Duration::from_secs(3_600)).unwrap();
    let link = link.put_object().bucket(bucket).key("imports/acme/x.csv").presigned(hour).await.unwrap();
    assert!(link.uri().starts_with(&format!("{origin}/imports/acme/x.csv?")), "{}", link.uri());

    // What the parameters may say is what the function takes.
    for token in texts(&template.parameters()["PageToken"]["AllowedValues"]) {
        let variable = |name: &str| {
            assert!(variables.get(name).is_some(), "the template does not set {name}");
            match name {
                "OIDC_ISSUER" => Some("https://id.example.com/".to_owned()),
                "OIDC_TOKEN" => Some(token.to_owned()),
                // Without further origins.
                "CONNECT_ORIGINS" => Some(format!("{origin} ")),
                _ => Some("contacts".to_owned()),
            }
        };
        assert!(web::Config::read(variable).is_ok(), "{token}");
    }
}

#[test]
fn every_call_of_the_api_has_a_route_and_may_come_from_a_page() {
    let template = Template::of_the_system();
    let cors = if_wanted(&template.resource("HttpApi")["CorsConfiguration"]);
    assert_eq!(cors["AllowOrigins"], json!({"Ref": "AllowedOrigins"}));
    let routes = template.resources("AWS::ApiGatewayV2::Route");
    let authorizer = |route: &str| {
        let route = routes.iter().find(|(_, properties)| properties["RouteKey"] == route);
        route.map(|(_, properties)| (&properties["AuthorizationType"], &properties["AuthorizerId"]))
    };
    let document = serde_json::to_value(contacts_api::document()).unwrap();
    for (path, operations) in document["paths"].as_object().unwrap() {
        for (method, operation) in operations.as_object().unwrap() {
            let method = method.to_uppercase();
            assert!(texts(&cors["AllowMethods"]).contains(&&*method), "pages may not {method} {path}");
            if path == "/openapi.json" {
                assert_eq!(authorizer("GET /openapi.json"), Some((&json!("NONE"), &Value::Null)));
            } else {
                let route = authorizer(&format!("{method} /{{proxy+}}"));
                assert_eq!(route, Some((&json!("JWT"), &json!({"Ref": "Authorizer"}))), "{method} {path}");
            }
            for parameter in operation["parameters"].as_array().into_iter().flatten() {
                let name = parameter["name"].as_str().unwrap().to_lowercase();
                if parameter["in"] == "header" {
                    assert!(texts(&cors["AllowHeaders"]).contains(&&*name), "pages may not send {name}");
                }
            }
            for response in operation["responses"].as_object().unwrap().values() {
                for name in response["headers"].as_object().into_iter().flat_map(|headers| headers.keys()) {
                    let name = name.to_lowercase();
                    // What is sent for proxies is not for pages.
                    let wanted = name != "allow" && name != "cache-control";
                    assert!(!wanted || texts(&cors["ExposeHeaders"]).contains(&&*name), "pages may not read {name}");
                }
            }
        }
    }
    for method in ["GET", "HEAD"] {
        for path in web::PATHS {
            assert_eq!(
                authorizer(&format!("{method} {path}")),
                Some((&json!("NONE"), &Value::Null)),
                "{method} {path}"
            );
        }
    }
    for method in ["POST", "GET", "DELETE"] {
        let key = format!("{method} {}", mcp::PATH);
        let (_, route) = routes.iter().find(|(_, route)| route["RouteKey"] == key).unwrap();
        assert_eq!(route["Target"]["Fn::Sub"], "integrations/${McpIntegration}");
        assert_eq!(authorizer(&key), Some((&json!("JWT"), &json!({"Ref": "Authorizer"}))), "{key}");
    }
    let open = routes.iter().filter(|(_, properties)| properties["AuthorizationType"] == "NONE");
    assert_eq!(open.count(), 2 * web::PATHS.len() + 1, "nothing else is open");
    // A preflight has no token: API Gateway answers it only where no route takes it.
    for (name, properties) in &routes {
        let key = properties["RouteKey"].as_str().unwrap();
        assert!(!["$default", "ANY", "OPTIONS"].iter().any(|all| key.starts_with(all)), "{name} takes preflights");
    }
}
