//! One API to a test, and requests in a line.

use std::future::ready;

use aws_sdk_dynamodb::types::AttributeValue;
use contacts::{
    Captured, ContactId, ConversationChannel, ConversationId, ConversationInfo, Folded, Observation, Raw, Settings,
    Workspace, time,
};
use contacts_api::{Api, DEFAULT_WORKSPACE_CLAIM, Files, router, service};
use contacts_book::ContactBook;
use contacts_testing::{Engine, engine};
use jiff::{SignedDuration, Timestamp};
use lambda_http::request::LambdaRequest;
use lambda_http::{Context, LambdaEvent};
use serde_json::{Map, Value, json};
use tower::Service as _;

use crate::bucket::Bucket;

pub(crate) const JSON: &str = "application/json";
pub(crate) const MERGE_PATCH: &str = "application/merge-patch+json";

/// The API of one workspace, with a book of its own.
pub(crate) struct TestApi {
    pub(crate) engine: Engine,
    pub(crate) bucket: Bucket,
    api: Api,
    workspace: String,
}

pub(crate) async fn api() -> TestApi {
    let engine = engine().await;
    let book = engine.book();
    api_to(engine, book)
}

/// An API to this book.
pub(crate) fn api_to(engine: Engine, book: ContactBook) -> TestApi {
    api_of(engine, book, DEFAULT_WORKSPACE_CLAIM)
}

/// An API whose tokens have the user's role in the claim `role`.
pub(crate) async fn api_with_roles() -> TestApi {
    let api = api().await;
    TestApi { api: api.api.clone().with_role_claim(Some("role")), ..api }
}

/// An API for which every job that makes no progress is interrupted at once.
pub(crate) async fn api_that_interrupts_at_once() -> TestApi {
    let api = api().await;
    TestApi { api: api.api.clone().with_interrupted_after(jiff::SignedDuration::ZERO), ..api }
}

/// An API whose tokens name the workspace in this claim.
pub(crate) fn api_with_claim(engine: Engine, claim: &str) -> TestApi {
    let book = engine.book();
    api_of(engine, book, claim)
}

fn api_of(engine: Engine, book: ContactBook, claim: &str) -> TestApi {
    let bucket = Bucket::default();
    let api = Api::new(book, claim, Files::new(bucket.client(), "contacts"));
    TestApi { engine, bucket, api, workspace: "acme".to_owned() }
}

impl TestApi {
    /// The same API, for which no job is interrupted during a test.
    pub(crate) fn that_interrupts_late(self) -> TestApi {
        TestApi { api: self.api.clone().with_interrupted_after(jiff::SignedDuration::from_hours(1)), ..self }
    }

    /// The same API for the token of another workspace.
    pub(crate) fn token_of(&self, workspace: &str) -> Caller<'_> {
        Caller { api: self, claims: Some(json!({ DEFAULT_WORKSPACE_CLAIM: workspace })) }
    }

    /// The same API for a request with these claims, or without a token.
    pub(crate) fn with_claims(&self, claims: Option<Value>) -> Caller<'_> {
        Caller { api: self, claims }
    }

    pub(crate) fn call(&self, method: &str, path: &str) -> Call<'_> {
        self.token_of(&self.workspace).call(method, path)
    }

    pub(crate) async fn get(&self, path: &str) -> Answer {
        self.call("GET", path).send().await
    }

    pub(crate) async fn post(&self, path: &str, body: Value) -> Answer {
        self.call("POST", path).json(JSON, &body).send().await
    }

    pub(crate) async fn patch(&self, path: &str, body: Value) -> Answer {
        self.call("PATCH", path).json(MERGE_PATCH, &body).send().await
    }

    pub(crate) async fn delete(&self, path: &str) -> Answer {
        self.call("DELETE", path).send().await
    }

    /// Adds a contact; its id.
    pub(crate) async fn add(&self, body: Value) -> String {
        let answer = self.post("/contacts", body).await;
        assert_eq!(answer.status, 201, "{answer:?}");
        answer.text("id").to_owned()
    }

    pub(crate) async fn define(&self, key: &str, kind: &str) {
        let answer = self.post("/custom-fields", json!({"key": key, "label": key, "type": kind})).await;
        assert_eq!(answer.status, 201, "{answer:?}");
    }

    pub(crate) fn book(&self) -> ContactBook {
        self.engine.book()
    }

    pub(crate) fn workspace(&self) -> Workspace {
        Workspace::parse(&self.workspace).unwrap()
    }

    /// Folds an event of a web chat `age` seconds ago: the other side states the values, and nothing proves them.
    pub(crate) async fn converse(&self, conversation: &str, age: i64, values: &[(&str, &str)]) -> Folded {
        self.converse_by(ConversationChannel::WebChat, conversation, age, values).await
    }

    /// Folds an event of a conversation `age` seconds ago. The channel proves the first value of its own field.
    pub(crate) async fn converse_by(
        &self,
        channel: ConversationChannel,
        conversation: &str,
        age: i64,
        values: &[(&str, &str)],
    ) -> Folded {
        let info = ConversationInfo {
            id: ConversationId::parse(conversation).unwrap(),
            channel,
            assistant_id: "a-7".to_owned(),
        };
        let observe = |settings: &Settings| (event(info.clone(), age, values, settings), ());
        self.book().observe(&self.workspace(), observe).await.unwrap().0
    }

    /// Two contacts that were joined: the survivor and the other, whose id leads to it.
    pub(crate) async fn joined(&self) -> (String, String) {
        let survivor = self.add(json!({"name": "Ada", "channels": {"email": "ada@example.com"}})).await;
        let other = self.add(json!({"channels": {"telephone": "+15550001111"}})).await;
        let folded = self.converse("join", 0, &[("email", "ada@example.com"), ("telephone", "+15550001111")]).await;
        assert_eq!(folded.joined, [ContactId::parse(&other).unwrap()]);
        (survivor, other)
    }

    /// The sort keys of the items of a partition of the table.
    pub(crate) async fn items(&self, partition: &str) -> Vec<String> {
        let query = self.engine.client().query().table_name(self.engine.table()).consistent_read(true);
        let query = query.key_condition_expression("pk = :pk");
        let query = query.expression_attribute_values(":pk", AttributeValue::S(partition.to_owned()));
        let answer = query.send().await.unwrap();
        answer.items().iter().map(|item| item["sk"].as_s().unwrap().clone()).collect()
    }

    /// Ends a test that changed something: the book must be sound.
    pub(crate) async fn check(&self) {
        assert_eq!(self.engine.audit().await, []);
    }
}

/// When it was, that many seconds ago.
pub(crate) fn ago(seconds: i64) -> Timestamp {
    time::now() - SignedDuration::from_secs(seconds)
}

fn event(info: ConversationInfo, age: i64, values: &[(&str, &str)], settings: &Settings) -> Observation {
    let captured =
        |(field, text): &(&str, &str)| Captured { field: (*field).to_owned(), value: Raw::from(*text), proof: None };
    let captured: Vec<Captured> = values.iter().map(captured).collect();
    let mut observation = Observation::of_conversation(info, ago(age), time::now());
    // Under settings that are out of date a custom field may be unknown; the book then reads the event again.
    observation.add_captured(&captured, settings);
    observation
}

/// Somebody with a token.
pub(crate) struct Caller<'a> {
    api: &'a TestApi,
    claims: Option<Value>,
}

impl<'a> Caller<'a> {
    pub(crate) fn call(&self, method: &str, path: &str) -> Call<'a> {
        let (path, query) = path.split_once('?').unwrap_or((path, ""));
        Call {
            api: self.api,
            claims: self.claims.clone(),
            method: method.to_owned(),
            path: path.to_owned(),
            query: query.to_owned(),
            headers: Map::from_iter([("host".to_owned(), json!("api.example.com"))]),
            body: None,
        }
    }
}

/// A request.
pub(crate) struct Call<'a> {
    api: &'a TestApi,
    claims: Option<Value>,
    method: String,
    path: String,
    query: String,
    headers: Map<String, Value>,
    body: Option<String>,
}

impl Call<'_> {
    /// API Gateway gives the names of headers in lower case.
    pub(crate) fn header(mut self, name: &str, value: &str) -> Self {
        self.headers.insert(name.to_lowercase(), json!(value));
        self
    }

    pub(crate) fn body(mut self, kind: &str, text: impl Into<String>) -> Self {
        self.body = Some(text.into());
        self.header("content-type", kind)
    }

    pub(crate) fn json(self, kind: &str, body: &Value) -> Self {
        self.body(kind, body.to_string())
    }

    pub(crate) async fn send(self) -> Answer {
        let mut context = json!({
            "accountId": "000000000000", "apiId": "api", "domainName": "api.example.com", "domainPrefix": "api",
            "http": {"method": self.method, "path": self.path, "protocol": "HTTP/1.1", "sourceIp": "192.0.2.1",
                "userAgent": "test"},
            "requestId": "r-1", "routeKey": "$default", "stage": "$default",
            "time": "22/Nov/2026:10:00:00 +0000", "timeEpoch": 1_795_341_600_000_i64,
        });
        if let Some(claims) = self.claims {
            context["authorizer"] = json!({"jwt": {"claims": claims, "scopes": null}});
        }
        let event = json!({
            "version": "2.0", "routeKey": "$default", "rawPath": self.path, "rawQueryString": self.query,
            "headers": self.headers, "requestContext": context, "isBase64Encoded": false, "body": self.body,
        });
        let request: LambdaRequest = serde_json::from_str(&event.to_string()).unwrap();
        let mut service = service(ready(router(self.api.api.clone())));
        let answer = service.call(LambdaEvent::new(request, Context::default()));
        let answer = answer.await.unwrap();
        Answer::of(&serde_json::to_value(answer).unwrap())
    }
}

/// An answer.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    headers: Map<String, Value>,
    /// The body as it is written.
    pub(crate) written: String,
    /// The body as JSON; null when it is empty.
    pub(crate) json: Value,
}

impl Answer {
    fn of(answer: &Value) -> Answer {
        assert_eq!(answer["isBase64Encoded"], false, "{answer}");
        let written = answer["body"].as_str().unwrap_or_default().to_owned();
        Answer {
            status: answer["statusCode"].as_u64().unwrap().try_into().unwrap(),
            headers: answer["headers"].as_object().unwrap().clone(),
            json: if written.is_empty() { Value::Null } else { serde_json::from_str(&written).unwrap() },
            written,
        }
    }

    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).and_then(Value::as_str)
    }

    /// A member that is a text.
    pub(crate) fn text(&self, name: &str) -> &str {
        self.json[name].as_str().unwrap_or_else(|| panic!("no text {name} in {self:?}"))
    }

    /// A member of every item.
    pub(crate) fn items(&self, name: &str) -> Vec<&str> {
        assert_eq!(self.status, 200, "{self:?}");
        self.json["items"].as_array().unwrap().iter().map(|item| item[name].as_str().unwrap_or("")).collect()
    }

    /// Expects an answer with a body.
    #[track_caller]
    pub(crate) fn ok(self) -> Answer {
        assert_eq!(self.status, 200, "{self:?}");
        assert_eq!(self.header("content-type"), Some(JSON));
        self
    }

    /// Expects a problem; the fields that it names.
    #[track_caller]
    pub(crate) fn problem(&self, status: u16) -> Vec<&str> {
        assert_eq!(self.status, status, "{self:?}");
        assert_eq!(self.header("content-type"), Some("application/problem+json"), "{self:?}");
        assert_eq!(self.json["status"], status, "{self:?}");
        for member in ["type", "title", "detail"] {
            assert!(!self.text(member).is_empty(), "{self:?}");
        }
        let errors = self.json["errors"].as_array().into_iter().flatten();
        errors
            .map(|error| {
                assert!(!error["reason"].as_str().unwrap().is_empty());
                error["field"].as_str().unwrap()
            })
            .collect()
    }
}
