//! How the data are kept, and what else no emulator enforces.

use serde_json::json;

use crate::template::{ASYNCHRONOUS, FOLLOWER, FUNCTIONS, Template, if_wanted, list, texts};

#[test]
fn the_table_is_protected() {
    let template = Template::of_data();
    let table = template.resource("Table");
    assert_eq!(table["BillingMode"], "PAY_PER_REQUEST");
    assert_eq!(table["PointInTimeRecoverySpecification"]["PointInTimeRecoveryEnabled"], true);
    assert_eq!(table["SSESpecification"]["SSEEnabled"], true);
    assert_eq!(table["DeletionProtectionEnabled"], json!({"Ref": "DeletionProtection"}));
    assert_eq!(template.parameters()["DeletionProtection"]["Default"], "true");
}

#[test]
fn the_bucket_is_private() {
    let template = Template::of_the_system();
    let bucket = template.resource("Files");
    let block = bucket["PublicAccessBlockConfiguration"].as_object().unwrap();
    assert!(block.len() == 4 && block.values().all(|blocked| *blocked == true), "{block:?}");
    assert_eq!(bucket["OwnershipControls"]["Rules"][0]["ObjectOwnership"], "BucketOwnerEnforced");
    let encryption = &bucket["BucketEncryption"]["ServerSideEncryptionConfiguration"][0];
    assert_eq!(encryption["ServerSideEncryptionByDefault"]["SSEAlgorithm"], "AES256");
    let deny = &template.resource("FilesPolicy")["PolicyDocument"]["Statement"];
    assert_eq!(list(deny).len(), 1);
    assert_eq!(
        (&deny[0]["Effect"], &deny[0]["Principal"], &deny[0]["Action"]),
        (&json!("Deny"), &json!("*"), &json!("s3:*"))
    );
    assert_eq!(deny[0]["Condition"], json!({"Bool": {"aws:SecureTransport": "false"}}));
    let rules = list(&bucket["CorsConfiguration"]["CorsRules"]);
    assert_eq!(rules.len(), 2);
    assert_eq!(rules[0]["AllowedOrigins"], json!([{"Fn::GetAtt": "HttpApi.ApiEndpoint"}]));
    assert_eq!(if_wanted(&rules[1])["AllowedOrigins"], json!({"Ref": "AllowedOrigins"}));
}

#[test]
fn what_holds_data_outlives_the_stack() {
    for (template, name) in [(Template::of_data(), "Table"), (Template::of_the_system(), "Files")] {
        let resource = template.whole(name);
        assert_eq!(resource["DeletionPolicy"], "RetainExceptOnCreate", "{name}");
        assert_eq!(resource["UpdateReplacePolicy"], "Retain", "{name}");
    }
}

#[test]
fn the_system_gets_its_table_from_another_stack() {
    let (system, data) = (Template::of_the_system(), Template::of_data());
    assert!(!system.has("AWS::DynamoDB::Table"), "deleting or replacing the system must not concern its table");
    assert_eq!(data.resources("AWS::DynamoDB::Table").len(), 1);
    assert_eq!(data.resource("Table")["TableName"], json!({"Ref": "TableName"}));
    for (name, value) in [
        ("TableName", json!({"Ref": "Table"})),
        ("TableArn", json!({"Fn::GetAtt": "Table.Arn"})),
        ("TableStreamArn", json!({"Fn::GetAtt": "Table.StreamArn"})),
    ] {
        assert_eq!(data.outputs()[name]["Value"], value, "{name}");
    }
    assert_eq!(system.parameters()["TableName"]["AllowedPattern"], data.parameters()["TableName"]["AllowedPattern"]);
    assert_eq!(system.parameters()["TableName"]["MaxLength"], data.parameters()["TableName"]["MaxLength"]);
    for name in ["TableName", "TableStreamArn", "BucketName"] {
        // A default could be the table of another system.
        assert_eq!(system.parameters()[name].get("Default"), None, "{name}");
    }
    // A move to another table replaces the roles, and so takes no permission from the versions before.
    let path = json!({"Fn::If": ["HasOtherTable", {"Fn::Sub": "/${TableName}/"}, "/"]});
    assert_eq!(system.globals()["RolePath"], path);
    assert_eq!(system.outputs()["TableName"]["Value"], json!({"Ref": "TableName"}));
    assert_eq!(system.outputs()["BucketName"]["Value"], json!({"Ref": "Files"}));
    assert_eq!(system.resource("Operations")["Parameters"]["Table"], json!({"Ref": "TableName"}));
}

#[test]
fn asynchronous_functions_keep_what_they_could_not_do() {
    let template = Template::of_the_system();
    for name in ASYNCHRONOUS {
        let config = &template.resource(name)["EventInvokeConfig"];
        assert_eq!(config["MaximumRetryAttempts"], 2, "{name}");
        let failures = &config["DestinationConfig"]["OnFailure"];
        assert_eq!(*failures, json!({"Type": "SQS", "Destination": {"Fn::GetAtt": format!("{name}Failures.Arn")}}));
        let queue = template.resource(&format!("{name}Failures"));
        assert_eq!(queue["SqsManagedSseEnabled"], true, "{name}");
    }
}

#[test]
fn visitors_of_the_page_cannot_use_up_the_api() {
    let template = Template::of_the_system();
    let stage = template.resource("Stage");
    let limits = stage["RouteSettings"].as_object().unwrap();
    let of_page = json!({"ThrottlingRateLimit": 50, "ThrottlingBurstLimit": 100});
    let mut limited = 0;
    for (name, route) in template.resources("AWS::ApiGatewayV2::Route") {
        let key = route["RouteKey"].as_str().unwrap();
        if route["Target"]["Fn::Sub"] == "integrations/${WebIntegration}" {
            assert_eq!(limits.get(key), Some(&of_page), "{key}");
            // Settings of a route that does not exist yet fail the deployment.
            assert!(texts(&template.whole("Stage")["DependsOn"]).contains(&name), "the stage must wait for {name}");
            limited += 1;
        }
    }
    assert_eq!(limits.len(), limited, "only routes of the page have limits of their own");
    let default = |name: &str| template.parameters()[name]["Default"].as_u64().unwrap();
    assert!(50 < default("RequestsPerSecond") && 100 < default("RequestBurst"));
    let reserved = if_wanted(&template.resource("Web")["ReservedConcurrentExecutions"]);
    assert_eq!(*reserved, json!({"Ref": "PageConcurrency"}));
    assert_eq!(default("PageConcurrency"), 0, "accounts with ten executions can reserve none");
}

#[test]
fn changes_of_contacts_are_followed_in_order_and_hold_up_nothing_for_ever() {
    let template = Template::of_the_system();
    let mapping = template.resource("ContactChangesMapping");
    assert_eq!(mapping["FunctionName"], json!({"Ref": format!("{FOLLOWER}.Alias")}));
    assert_eq!(mapping["EventSourceArn"], json!({"Ref": "TableStreamArn"}));
    assert_eq!(mapping["StartingPosition"], "TRIM_HORIZON");
    assert_eq!(mapping["FunctionResponseTypes"], json!(["ReportBatchItemFailures"]));
    assert_eq!(mapping["BisectBatchOnFunctionError"], true);
    assert_eq!((&mapping["BatchSize"], &mapping["ParallelizationFactor"]), (&json!(100), &json!(2)));
    // What fails waits as long as an asynchronous event. A stream keeps a record for 24 hours.
    let age = &mapping["MaximumRecordAgeInSeconds"];
    assert_eq!(*age, template.resource("ConversationUpsert")["EventInvokeConfig"]["MaximumEventAgeInSeconds"]);
    assert!(age.as_u64().unwrap() < 24 * 3_600);
    assert_eq!(
        mapping["DestinationConfig"]["OnFailure"],
        json!({"Destination": {"Fn::GetAtt": format!("{FOLLOWER}Failures.Arn")}})
    );
    assert_eq!(template.resource(&format!("{FOLLOWER}Failures"))["SqsManagedSseEnabled"], true);
}

#[test]
fn functions_run_as_they_were_built_and_are_traced_on_request() {
    let template = Template::of_the_system();
    let all = template.globals();
    assert_eq!(all["Runtime"], "provided.al2023");
    assert_eq!(all["Architectures"], json!([{"Ref": "Architecture"}]));
    assert_eq!(template.parameters()["Architecture"]["Default"], "arm64");
    // SAM adds neither the setting nor the permissions of X-Ray to a function whose tracing is this word.
    assert_eq!(all["Tracing"], json!({"Ref": "Tracing"}));
    assert_eq!(template.parameters()["Tracing"]["Default"], "Disabled");
    assert_eq!(template.parameters()["Tracing"]["AllowedValues"], json!(["Disabled", "Active"]));
    for (name, folder) in FUNCTIONS {
        let function = template.resource(name);
        let table = function["Environment"]["Variables"].get("TABLE_NAME");
        assert_eq!(table.cloned(), (name != "Web").then(|| json!({"Ref": "TableName"})), "{name}");
        assert_eq!(function["LoggingConfig"], json!({"LogFormat": "JSON", "LogGroup": {"Ref": format!("{name}Logs")}}));
        let logs = template.resource(&format!("{name}Logs"));
        assert_eq!(logs["LogGroupName"]["Fn::Sub"], format!("/aws/lambda/${{AWS::StackName}}-{folder}"));
        let timeout = function["Timeout"].as_u64().unwrap();
        assert!(timeout <= 900 && (name != "ContactsApi" || timeout < 30), "{name}");
    }
    for (name, logs) in template.resources("AWS::Logs::LogGroup") {
        assert_eq!(logs["RetentionInDays"], json!({"Ref": "LogRetentionDays"}), "{name}");
    }
}

#[test]
fn the_api_is_throttled_and_logs_no_personal_data() {
    let template = Template::of_the_system();
    let stage = template.resource("Stage");
    assert_eq!(stage["StageName"], "$default");
    let limits = &stage["DefaultRouteSettings"];
    assert_eq!(limits["ThrottlingRateLimit"], json!({"Ref": "RequestsPerSecond"}));
    assert_eq!(limits["ThrottlingBurstLimit"], json!({"Ref": "RequestBurst"}));
    let format = stage["AccessLogSettings"]["Format"].as_str().unwrap();
    let line: serde_json::Value = serde_json::from_str(format).unwrap();
    assert_eq!(line["request_id"], "$context.requestId");
    // What Lambda answered, and what the function answered.
    assert_eq!(line["integration_status"], "$context.integration.integrationStatus");
    assert_eq!(line["function_status"], "$context.integration.status");
    for personal in ["path", "query", "identity", "claims", "sourceIp"] {
        assert!(!format.contains(personal), "{personal}");
    }
    let authorizer = &template.resource("Authorizer")["JwtConfiguration"];
    assert_eq!(*authorizer, json!({"Issuer": {"Ref": "JwtIssuer"}, "Audience": {"Ref": "JwtAudience"}}));
}
