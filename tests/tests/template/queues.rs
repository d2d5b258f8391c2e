//! The queues from which functions are invoked.

use serde_json::{Value, json};

use crate::permissions::BUCKET;
use crate::template::{QUEUES, Template, list, texts};

/// The time in which a function must read a message, times its deliveries: when the queue gives it up, in seconds.
fn given_up_after(queue: &Value) -> u64 {
    queue["VisibilityTimeout"].as_u64().unwrap() * queue["RedrivePolicy"]["maxReceiveCount"].as_u64().unwrap()
}

#[test]
fn queues_keep_what_could_not_be_done() {
    let template = Template::of_the_system();
    for (name, function, folder) in QUEUES {
        let (queue, failures) = (template.resource(name), template.resource(&format!("{name}Failures")));
        for (queue, suffix) in [(queue, ""), (failures, "-failures")] {
            assert_eq!(queue["QueueName"]["Fn::Sub"], format!("${{AWS::StackName}}-{folder}{suffix}"));
            assert_eq!(queue["SqsManagedSseEnabled"], true, "{name}");
        }
        let target = &queue["RedrivePolicy"]["deadLetterTargetArn"];
        assert_eq!(*target, json!({"Fn::GetAtt": format!("{name}Failures.Arn")}));
        let arn =
            format!("arn:${{AWS::Partition}}:sqs:${{AWS::Region}}:${{AWS::AccountId}}:${{AWS::StackName}}-{folder}");
        assert_eq!(
            failures["RedriveAllowPolicy"],
            json!({"redrivePermission": "byQueue", "sourceQueueArns": [{"Fn::Sub": arn}]})
        );
        // Retention counts from when a message was first sent.
        let days = |queue: &Value| queue["MessageRetentionPeriod"].as_u64().unwrap() / 86_400;
        assert_eq!((days(queue), days(failures)), (4, 14), "{name}");
        // As AWS advises.
        let timeout = template.resource(function)["Timeout"].as_u64().unwrap();
        assert!(queue["VisibilityTimeout"].as_u64().unwrap() >= 6 * timeout, "{name}");
    }
}

#[test]
fn mappings_hand_messages_to_the_alias_of_their_function() {
    let template = Template::of_the_system();
    for (name, function, _) in QUEUES {
        let mapping = template.resource(&format!("{name}Mapping"));
        assert_eq!(mapping["FunctionName"], json!({"Ref": format!("{function}.Alias")}));
        assert_eq!(mapping["EventSourceArn"], json!({"Fn::GetAtt": format!("{name}.Arn")}));
    }
    let events = template.resource("ConversationEventsMapping");
    assert_eq!((&events["BatchSize"], &events["MaximumBatchingWindowInSeconds"]), (&json!(50), &json!(1)));
    assert_eq!(events["FunctionResponseTypes"], json!(["ReportBatchItemFailures"]));
    assert_eq!(events["ScalingConfig"], json!({"MaximumConcurrency": {"Ref": "EventConcurrency"}}));
    let chunks = template.resource("ImportChunksMapping");
    assert_eq!(chunks["BatchSize"], 1, "the function fails as a whole");
    assert_eq!(chunks["ScalingConfig"], json!({"MaximumConcurrency": {"Ref": "ImportConcurrency"}}));
    for parameter in ["EventConcurrency", "ImportConcurrency"] {
        let limits = &template.parameters()[parameter];
        assert_eq!((&limits["MinValue"], &limits["MaxValue"]), (&json!(2), &json!(1000)), "those of Lambda");
    }
    // Otherwise messages come back unread while all reserved executions are busy.
    assert_eq!(template.resource("CsvImport").get("ReservedConcurrentExecutions"), None);
}

#[test]
fn an_import_is_not_given_up_before_its_chunks_are() {
    let template = Template::of_the_system();
    let hours = i64::try_from(given_up_after(template.resource("ImportChunks")) / 3_600).unwrap();
    // An import that makes no progress for longer is interrupted.
    let interrupted = contacts_api::INTERRUPTED_AFTER.as_hours();
    assert!(interrupted - 2 < hours && hours < interrupted, "{hours} hours");
}

#[test]
fn only_the_bucket_sends_chunks_and_only_the_wanted_rule_sends_events() {
    let template = Template::of_the_system();
    let policies = template.resources("AWS::SQS::QueuePolicy");
    assert_eq!(policies.len(), QUEUES.len());
    for (name, _, _) in QUEUES {
        let policy = template.resource(&format!("{name}Policy"));
        assert_eq!(policy["Queues"], json!([{"Ref": name}]));
        for statement in list(&policy["PolicyDocument"]["Statement"]) {
            let statement = if statement.get("Fn::If").is_some() { &statement["Fn::If"][1] } else { statement };
            assert_eq!(statement["Resource"], json!({"Fn::GetAtt": format!("{name}.Arn")}), "{name}");
            let allows = statement["Effect"] == "Allow";
            let is_limited = statement["Action"] == "sqs:SendMessage" && statement["Condition"].is_object();
            assert!(!allows || is_limited, "{name}");
        }
    }
    let chunks = &template.resource("ImportChunksPolicy")["PolicyDocument"]["Statement"];
    assert_eq!(list(chunks).len(), 1);
    assert_eq!(chunks[0]["Principal"], json!({"Service": "s3.amazonaws.com"}));
    assert_eq!(
        chunks[0]["Condition"],
        json!({
            "ArnEquals": {"aws:SourceArn": {"Fn::Sub": BUCKET}},
            "StringEquals": {"aws:SourceAccount": {"Ref": "AWS::AccountId"}},
        })
    );
    // S3 checks it when the notification is configured.
    assert!(texts(&template.whole("Files")["DependsOn"]).contains(&"ImportChunksPolicy"));
    let events = &template.resource("ConversationEventsPolicy")["PolicyDocument"]["Statement"];
    assert_eq!((&events[0]["Effect"], &events[0]["Action"]), (&json!("Deny"), &json!("sqs:*")));
    assert_eq!(events[0]["Condition"], json!({"Bool": {"aws:SecureTransport": "false"}}));
    let [condition, rule, otherwise] = list(&events[1]["Fn::If"]) else { panic!("{events}") };
    assert_eq!((condition, otherwise), (&json!("HasEventRule"), &json!({"Ref": "AWS::NoValue"})));
    assert_eq!(rule["Principal"], json!({"Service": "events.amazonaws.com"}));
    assert_eq!(rule["Condition"], json!({"ArnLike": {"aws:SourceArn": {"Ref": "EventRuleArn"}}}));
    assert_eq!(template.parameters()["EventRuleArn"]["Default"], "");
}
