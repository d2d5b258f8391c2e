//! What each function may do, and who may call it.

use std::collections::BTreeSet;

use contacts::{ContactId, CustomKey, ExportId, ImportId, Workspace};
use contacts_book::keys::{
    CONFLICT_INDEX, CREATED_INDEX, EMAIL_INDEX, FAMILY_INDEX, NAME_INDEX, PHONE_INDEX, RECENT_INDEX,
};
use contacts_files::keys;
use serde_json::{Value, json};

use crate::template::{FOLLOWER, FUNCTIONS, QUEUES, Template, list, texts};

/// The ARN of the bucket.
pub(crate) const BUCKET: &str = "arn:${AWS::Partition}:s3:::${BucketName}";
/// The ARN of the table, which is that of another stack.
const TABLE: &str = "arn:${AWS::Partition}:dynamodb:${AWS::Region}:${AWS::AccountId}:table/${TableName}";
/// The bus on which changes are published.
const BUS: &str = "arn:${AWS::Partition}:events:${AWS::Region}:${AWS::AccountId}:event-bus/${EventBusName}";
/// The streams of the table: a restored table has another one.
const STREAMS: &str = "arn:${AWS::Partition}:dynamodb:${AWS::Region}:${AWS::AccountId}:table/${TableName}/stream/*";
/// What Lambda needs to read a stream.
const STREAM_ACTIONS: [&str; 4] =
    ["dynamodb:DescribeStream", "dynamodb:GetRecords", "dynamodb:GetShardIterator", "dynamodb:ListStreams"];

/// What Lambda needs to read a queue.
const QUEUE_ACTIONS: [&str; 3] = ["sqs:DeleteMessage", "sqs:GetQueueAttributes", "sqs:ReceiveMessage"];

/// The statements of a function's role.
fn statements<'a>(template: &'a Template, function: &str) -> Vec<&'a Value> {
    let policies = template.resource(function)["Policies"].as_array().into_iter().flatten();
    policies.flat_map(|policy| list(&policy["Statement"])).collect()
}

/// The resources of a statement, each as text.
fn resources(statement: &Value) -> Vec<String> {
    let resource = &statement["Resource"];
    let all = if resource.is_array() { list(resource) } else { std::slice::from_ref(resource) };
    let text = |one: &Value| match (one["Fn::GetAtt"].as_str(), one["Fn::Sub"].as_str()) {
        (Some(attribute), _) => attribute.to_owned(),
        (_, Some(text)) => text.to_owned(),
        _ => panic!("what is this resource? {one}"),
    };
    all.iter().map(text).collect()
}

/// Whether a role allows an action on a resource.
fn allows(template: &Template, function: &str, action: &str, wanted: &str) -> bool {
    statements(template, function).iter().any(|statement| {
        statement["Effect"] == "Allow"
            && texts(&statement["Action"]).contains(&action)
            && resources(statement).iter().any(|pattern| match pattern.split_once('*') {
                Some((start, end)) => wanted.starts_with(start) && wanted.ends_with(end),
                None => pattern == wanted,
            })
    })
}

#[test]
fn no_role_allows_more_than_it_names() {
    let template = Template::of_the_system();
    for (function, _) in FUNCTIONS {
        let statements = statements(&template, function);
        // The page's role has no access to the data.
        assert_eq!(statements.is_empty(), function == "Web", "{function}");
        for statement in statements {
            assert_eq!(statement["Effect"], "Allow");
            for action in texts(&statement["Action"]) {
                assert!(!action.contains('*') && action != "dynamodb:Scan", "{function} may {action}");
                let service = action.split(':').next().unwrap();
                for resource in resources(statement) {
                    let own = match (service, function) {
                        // The actions of streams are those of the other resource.
                        ("dynamodb", FOLLOWER) if resource == STREAMS => STREAM_ACTIONS.contains(&action),
                        ("dynamodb", _) => {
                            let is_table = resource == TABLE || resource.starts_with(&format!("{TABLE}/index/"));
                            is_table && !STREAM_ACTIONS.contains(&action)
                        }
                        // After an erasure, files are found by their folders.
                        ("s3", "CsvImport") if resource == BUCKET => action == "s3:ListBucket",
                        ("s3", _) => resource.starts_with(&format!("{BUCKET}/")),
                        ("events", FOLLOWER) => action == "events:PutEvents" && resource == BUS,
                        ("sqs", FOLLOWER) => action == "sqs:SendMessage" && resource == "ContactChangesFailures.Arn",
                        ("sqs", _) => QUEUES.iter().any(|(queue, reader, _)| {
                            *reader == function && resource == format!("{queue}.Arn") && QUEUE_ACTIONS.contains(&action)
                        }),
                        _ => false,
                    };
                    assert!(own, "{function} may {action} on {resource}");
                }
            }
        }
    }
}

#[test]
fn the_follower_may_read_the_stream_write_history_and_remove_what_has_expired_or_was_erased() {
    let template = Template::of_the_system();
    let of_table = [
        "dynamodb:BatchGetItem",
        "dynamodb:BatchWriteItem",
        "dynamodb:DeleteItem",
        "dynamodb:Query",
        "dynamodb:UpdateItem",
    ];
    for (resource, actions) in [
        (STREAMS, &STREAM_ACTIONS[..]),
        (TABLE, &of_table),
        (BUS, &["events:PutEvents"]),
        ("ContactChangesFailures.Arn", &["sqs:SendMessage"]),
    ] {
        let theirs = statements(&template, FOLLOWER).into_iter().filter(|one| resources(one) == [resource]);
        assert_eq!(theirs.flat_map(|one| texts(&one["Action"])).collect::<Vec<_>>(), actions, "{resource}");
    }
    let variables = &template.resource(FOLLOWER)["Environment"]["Variables"];
    assert_eq!(variables["EVENT_BUS_NAME"], json!({"Ref": "EventBusName"}));
    assert_eq!(template.parameters()["EventBusName"]["Default"], "default");
    // A deletion is one write. Only the follower and an erasure write items in bulk.
    for (function, _) in FUNCTIONS {
        let may = allows(&template, function, "dynamodb:BatchWriteItem", TABLE);
        assert_eq!(may, [FOLLOWER, "ContactsApi"].contains(&function), "{function}");
    }
}

#[test]
fn each_function_may_query_the_indexes_that_it_uses() {
    let template = Template::of_the_system();
    for (index, readers) in [
        (PHONE_INDEX, &["ContactsApi"][..]),
        (EMAIL_INDEX, &["ContactsApi"]),
        (NAME_INDEX, &["ContactsApi"]),
        (FAMILY_INDEX, &["ContactsApi"]),
        (CREATED_INDEX, &["ContactsApi"]),
        (CONFLICT_INDEX, &["ContactsApi"]),
        (RECENT_INDEX, &["ContactsApi", "CsvExport", "CsvImport"]),
    ] {
        for (function, _) in FUNCTIONS {
            let may = allows(&template, function, "dynamodb:Query", &format!("{TABLE}/index/{index}"));
            assert_eq!(may, readers.contains(&function), "{function} {index}");
        }
    }
}

#[test]
fn the_tools_may_do_what_events_need() {
    let template = Template::of_the_system();
    let may = |function: &str| -> BTreeSet<String> {
        let actions = statements(&template, function).into_iter().flat_map(|one| texts(&one["Action"]));
        actions.filter(|action| action.starts_with("dynamodb:")).map(str::to_owned).collect()
    };
    assert_eq!(may("Mcp"), may("ConversationUpsert"));
}

#[test]
fn lambda_may_read_each_queue_for_its_function() {
    let template = Template::of_the_system();
    for (queue, reader, _) in QUEUES {
        for (function, _) in FUNCTIONS {
            for action in QUEUE_ACTIONS {
                let may = allows(&template, function, action, &format!("{queue}.Arn"));
                assert_eq!(may, function == reader, "{function} may {action} of {queue}");
            }
        }
    }
}

#[test]
fn each_function_may_touch_the_objects_that_it_uses() {
    let template = Template::of_the_system();
    let workspace = Workspace::parse("acme").unwrap();
    let id = "0190c5f2-0000-7000-8000-000000000001";
    let (import, export) = (ImportId::parse(id).unwrap(), ExportId::parse(id).unwrap());
    let contact = ContactId::parse(id).unwrap();
    for (key, readers, writers) in [
        // A link allows what its signer may.
        (keys::import(&workspace, import), &["CsvImport"][..], &["ContactsApi"][..]),
        (keys::chunk(&workspace, import, 7), &["CsvImport"], &["CsvImport"]),
        (keys::resume(&workspace, import), &["CsvImport"], &["ContactsApi", "CsvImport"]),
        (keys::undo(&workspace, import), &["CsvImport"], &["ContactsApi", "CsvImport"]),
        (keys::report_part(&workspace, import, 7), &["CsvImport"], &["CsvImport"]),
        (keys::report(&workspace, import), &["ContactsApi"], &["CsvImport"]),
        (keys::export_request(&workspace, export), &[], &["ContactsApi"]),
        (keys::export(&workspace, export), &["ContactsApi"], &["CsvExport"]),
        (keys::erasure(&workspace, contact), &[], &["ContactsApi"]),
        (keys::purge(&workspace, &CustomKey::parse("plan").unwrap()), &[], &["ContactsApi", "CsvImport"]),
        ("elsewhere/people.csv".to_owned(), &[], &[]),
    ] {
        for (function, _) in FUNCTIONS {
            let may = |action: &str| allows(&template, function, action, &format!("{BUCKET}/{key}"));
            assert_eq!(may("s3:GetObject"), readers.contains(&function), "{function} reads {key}");
            assert_eq!(may("s3:PutObject"), writers.contains(&function), "{function} writes {key}");
        }
    }
    // After an erasure, all files go, and requests stay.
    for (key, removers) in [
        (keys::import(&workspace, import), &["CsvImport"][..]),
        (keys::chunk(&workspace, import, 7), &["CsvImport"]),
        (keys::report_part(&workspace, import, 7), &["CsvImport"]),
        (keys::report(&workspace, import), &["CsvImport"]),
        (keys::export(&workspace, export), &["CsvExport", "CsvImport"]),
        (keys::export_request(&workspace, export), &[]),
        (keys::erasure(&workspace, contact), &[]),
    ] {
        for (function, _) in FUNCTIONS {
            let may = allows(&template, function, "s3:DeleteObject", &format!("{BUCKET}/{key}"));
            assert_eq!(may, removers.contains(&function), "{function} removes {key}");
        }
    }
    // What is written in parts may be given up.
    for (function, key) in
        [("CsvImport", keys::report(&workspace, import)), ("CsvExport", keys::export(&workspace, export))]
    {
        assert!(allows(&template, function, "s3:AbortMultipartUpload", &format!("{BUCKET}/{key}")), "{function}");
    }
}

#[test]
fn functions_are_called_by_their_own_bucket_and_api_only() {
    let template = Template::of_the_system();
    assert_eq!(template.resource("Files")["BucketName"], json!({"Ref": "BucketName"}));
    let permissions = template.resources("AWS::Lambda::Permission");
    for (name, permission) in &permissions {
        assert_eq!(permission["Action"], "lambda:InvokeFunction", "{name}");
        match permission["Principal"].as_str() {
            Some("s3.amazonaws.com") => {
                assert_eq!(permission["SourceArn"], json!({"Fn::Sub": BUCKET}), "{name}");
                assert_eq!(permission["SourceAccount"], json!({"Ref": "AWS::AccountId"}), "{name}");
                assert!(texts(&template.whole("Files")["DependsOn"]).contains(name), "{name}");
            }
            Some("apigateway.amazonaws.com") => {
                let arn = "arn:${AWS::Partition}:execute-api:${AWS::Region}:${AWS::AccountId}:${HttpApi}/*/*";
                assert_eq!(permission["SourceArn"], json!({"Fn::Sub": arn}), "{name}");
            }
            other => panic!("{name} lets {other:?} call"),
        }
    }
    assert_eq!(permissions.len(), 5);
    let environment = &template.resource("ContactsApi")["Environment"]["Variables"];
    assert_eq!(environment["BUCKET_NAME"], json!({"Ref": "BucketName"}));
}
