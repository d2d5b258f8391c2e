//! The optional stack of a domain, and the example of a rule that sends events to the queue.

use std::fs;

use serde_json::json;

use crate::template::{ROOT, Template, list, texts};

#[test]
fn only_the_distribution_reads_the_assets() {
    let template = Template::of_delivery();
    let block = template.resource("Assets")["PublicAccessBlockConfiguration"].as_object().unwrap();
    assert!(block.len() == 4 && block.values().all(|blocked| *blocked == true), "{block:?}");
    let statements = &template.resource("AssetsPolicy")["PolicyDocument"]["Statement"];
    assert_eq!(list(statements).len(), 2);
    assert_eq!(statements[0]["Principal"], json!({"Service": "cloudfront.amazonaws.com"}));
    assert_eq!(statements[0]["Action"], "s3:GetObject");
    let source = "arn:${AWS::Partition}:cloudfront::${AWS::AccountId}:distribution/${Distribution}";
    assert_eq!(statements[0]["Condition"], json!({"StringEquals": {"aws:SourceArn": {"Fn::Sub": source}}}));
    assert_eq!((&statements[1]["Effect"], &statements[1]["Action"]), (&json!("Deny"), &json!("s3:*")));
    let access = &template.resource("AssetsAccess")["OriginAccessControlConfig"];
    assert_eq!(
        (&access["SigningBehavior"], &access["OriginAccessControlOriginType"]),
        (&json!("always"), &json!("s3"))
    );
}

#[test]
fn the_distribution_serves_the_page_and_the_api() {
    let template = Template::of_delivery();
    let distribution = &template.resource("Distribution")["DistributionConfig"];
    assert_eq!(distribution["Aliases"], json!([{"Ref": "DomainName"}]));
    assert_eq!(distribution["ViewerCertificate"]["MinimumProtocolVersion"], "TLSv1.2_2021");
    let api = &distribution["DefaultCacheBehavior"];
    assert_eq!(api["TargetOriginId"], "api");
    for method in ["GET", "HEAD", "PUT", "PATCH", "POST", "DELETE"] {
        assert!(texts(&api["AllowedMethods"]).contains(&method), "{method}");
    }
    // AWS's CachingDisabled and AllViewerExceptHostHeader: answers are personal, and the API needs the token.
    assert_eq!(api["CachePolicyId"], "4135ea2d-6df8-44a3-9df3-4b5a84be39ad");
    assert_eq!(api["OriginRequestPolicyId"], "b689b0a8-53d0-40ab-baf2-68738e2966ac");

    let [assets] = list(&distribution["CacheBehaviors"]) else { panic!("{distribution}") };
    let path = assets["PathPattern"].as_str().unwrap().trim_end_matches('*');
    assert!(web::PATHS.iter().any(|route| route.starts_with(path)), "the function serves what the bucket lacks");
    assert_eq!(assets["AllowedMethods"], json!(["GET", "HEAD"]));
    let group = &distribution["OriginGroups"]["Items"][0];
    assert_eq!(assets["TargetOriginId"], group["Id"]);
    assert_eq!(group["Members"]["Items"], json!([{"OriginId": "assets"}, {"OriginId": "api"}]));
    assert_eq!(group["FailoverCriteria"]["StatusCodes"]["Items"], json!([403, 404]));
}

#[test]
fn assets_have_the_headers_that_the_function_sends() {
    let template = Template::of_delivery();
    let headers = &template.resource("AssetHeaders")["ResponseHeadersPolicyConfig"];
    let function = fs::read_to_string(format!("{ROOT}/functions/web/src/answer.rs")).unwrap();
    let cached = &headers["CustomHeadersConfig"]["Items"][0];
    assert_eq!(cached["Header"], "cache-control");
    assert!(function.contains(&format!("const IMMUTABLE: &str = {};", cached["Value"])), "{cached}");
    let transport = &headers["SecurityHeadersConfig"]["StrictTransportSecurity"];
    let transport = format!("max-age={}", transport["AccessControlMaxAgeSec"]);
    assert!(function.contains(&format!("HeaderValue::from_static(\"{transport}\")")), "{transport}");
    assert!(headers["SecurityHeadersConfig"].get("ContentTypeOptions").is_some());
    assert!(function.contains("HeaderValue::from_static(\"nosniff\")"));
}

#[test]
fn requests_of_an_address_are_limited_on_request() {
    let template = Template::of_delivery();
    let limit = template.whole("AddressLimit");
    assert_eq!(limit["Condition"], "LimitsAddresses");
    let rule = &limit["Properties"]["Rules"][0]["Statement"]["RateBasedStatement"];
    assert_eq!((&rule["AggregateKeyType"], &rule["Limit"]), (&json!("IP"), &json!({"Ref": "RequestsPerAddress"})));
    assert_eq!(template.parameters()["RequestsPerAddress"]["Default"], 0);
    let acl = &template.resource("Distribution")["DistributionConfig"]["WebACLId"]["Fn::If"];
    assert_eq!(acl[1], json!({"Fn::GetAtt": "AddressLimit.Arn"}));
}

#[test]
fn the_example_sends_events_to_the_queue_and_not_those_of_the_book() {
    let (system, example) = (Template::of_the_system(), Template::of_event_rule());
    let rule = example.resource("Rule");
    let source = &rule["EventPattern"]["source"][0]["Ref"];
    assert_ne!(example.parameters()[source.as_str().unwrap()]["Default"], "contacts");
    assert_eq!(rule["Targets"][0]["Arn"], json!({"Ref": "QueueArn"}));
    assert!(system.outputs().contains_key("ConversationEventsArn"));
    assert!(system.parameters().contains_key("EventRuleArn") && example.outputs().contains_key("RuleArn"));
}
