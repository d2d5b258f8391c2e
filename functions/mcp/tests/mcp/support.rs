//! One endpoint to a test, and messages in a line.

use std::future::ready;

use contacts::{Settings, Workspace};
use contacts_api::{Claims, service};
use contacts_book::ContactBook;
use contacts_testing::{Engine, engine};
use lambda_http::request::LambdaRequest;
use lambda_http::{Context, LambdaEvent};
use serde_json::{Value, json};
use tower::Service as _;

/// The endpoint of one workspace, with a book of its own.
pub(crate) struct TestTools {
    pub(crate) engine: Engine,
    book: ContactBook,
    claims: Value,
}

pub(crate) async fn tools() -> TestTools {
    let engine = engine().await;
    let book = engine.book();
    tools_to(engine, book)
}

pub(crate) fn tools_to(engine: Engine, book: ContactBook) -> TestTools {
    TestTools { engine, book, claims: json!({"workspace_id": "acme", "sub": "assistant"}) }
}

/// An HTTP response.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: Value,
    pub(crate) text: String,
}

impl Answer {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or_else(|_| panic!("no JSON in {self:?}"))
    }
}

impl TestTools {
    /// The same endpoint for a token with these claims.
    pub(crate) fn with_claims(self, claims: Value) -> TestTools {
        TestTools { claims, ..self }
    }

    pub(crate) fn workspace() -> Workspace {
        Workspace::parse("acme").unwrap()
    }

    /// Sends a request.
    pub(crate) async fn send(&self, method: &str, body: &str) -> Answer {
        self.send_from(None, method, body).await
    }

    /// Sends a request from a page with this origin.
    pub(crate) async fn send_from(&self, origin: Option<&str>, method: &str, body: &str) -> Answer {
        let mut event = json!({
            "version": "2.0", "routeKey": format!("{method} /mcp"), "rawPath": "/mcp", "rawQueryString": "",
            "headers": {
                "host": "api.example.com", "content-type": "application/json",
                "accept": "application/json, text/event-stream",
            },
            "requestContext": {
                "accountId": "000000000000", "apiId": "api", "domainName": "api.example.com", "domainPrefix": "api",
                "http": {"method": method, "path": "/mcp", "protocol": "HTTP/1.1", "sourceIp": "192.0.2.1",
                    "userAgent": "test"},
                "requestId": "r-1", "routeKey": "$default", "stage": "$default",
                "time": "22/Nov/2026:10:00:00 +0000", "timeEpoch": 1_795_341_600_000_i64,
                "authorizer": {"jwt": {"claims": self.claims, "scopes": null}},
            },
            "isBase64Encoded": false, "body": body,
        });
        if let Some(origin) = origin {
            event["headers"]["origin"] = json!(origin);
        }
        let request: LambdaRequest = serde_json::from_str(&event.to_string()).unwrap();
        let mut service = service(ready(mcp::router(self.book.clone(), Claims::new("workspace_id", Some("role")))));
        let answer = service.call(LambdaEvent::new(request, Context::default())).await.unwrap();
        let answer = serde_json::to_value(answer).unwrap();
        Answer {
            status: answer["statusCode"].as_u64().unwrap().try_into().unwrap(),
            headers: answer["headers"].clone(),
            text: answer["body"].as_str().unwrap_or_default().to_owned(),
        }
    }

    /// Sends a request of JSON-RPC; its `result`.
    pub(crate) async fn ask(&self, method: &str, params: Value) -> Value {
        let message = json!({"jsonrpc": "2.0", "id": 7, "method": method, "params": params});
        let answer = self.send("POST", &message.to_string()).await;
        assert_eq!(answer.status, 200, "{answer:?}");
        assert_eq!(answer.headers["content-type"], "application/json", "{answer:?}");
        let json = answer.json();
        assert_eq!(json["id"], 7);
        json["result"].clone()
    }

    /// Calls a tool; its structured content, and whether that is an error.
    pub(crate) async fn call(&self, tool: &str, arguments: Value) -> (Value, bool) {
        self.call_written(tool, &arguments.to_string()).await
    }

    /// Calls a tool with arguments as they are written.
    pub(crate) async fn call_written(&self, tool: &str, arguments: &str) -> (Value, bool) {
        let message = format!(
            r#"{{"jsonrpc": "2.0", "id": 8, "method": "tools/call", "params": {{"name": "{tool}", "arguments": {arguments}}}}}"#
        );
        let answer = self.send("POST", &message).await;
        assert_eq!(answer.status, 200, "{answer:?}");
        let result = answer.json()["result"].clone();
        let content = result["structuredContent"].clone();
        // For clients that know only texts.
        let text: Value = serde_json::from_str(result["content"][0]["text"].as_str().unwrap()).unwrap();
        assert_eq!(text, content, "{result}");
        (content, result["isError"] == true)
    }

    /// Calls a tool, which must succeed.
    pub(crate) async fn good(&self, tool: &str, arguments: Value) -> Value {
        let (content, is_error) = self.call(tool, arguments).await;
        assert!(!is_error, "{content}");
        content
    }

    /// Calls a tool, which must refuse; what is to be changed.
    pub(crate) async fn refusal(&self, tool: &str, arguments: Value) -> String {
        let (content, is_error) = self.call(tool, arguments).await;
        assert!(is_error, "{content}");
        content["detail"].as_str().unwrap().to_owned()
    }

    /// The ids and versions of all contacts, in the order of the ids.
    pub(crate) async fn contacts(&self) -> Vec<(String, u64)> {
        let mut all = self.book.all_contacts(&TestTools::workspace()).await.unwrap();
        let mut contacts = Vec::new();
        while let Some(page) = all.next_page().await.unwrap() {
            contacts.extend(page.iter().map(|contact| (contact.id.to_string(), contact.version)));
        }
        contacts.sort();
        contacts
    }

    pub(crate) async fn define(&self, key: &str, kind: contacts::CustomType) {
        let key = contacts::CustomKey::parse(key).unwrap();
        let field = contacts::CustomField::new(key.clone(), key.as_str(), kind).unwrap();
        let change = |settings: &mut Settings| {
            settings.custom_fields.push(field.clone());
            Ok::<_, ()>(())
        };
        let caller = contacts_testing::person();
        self.book.change_settings(&TestTools::workspace(), &caller, change).await.unwrap().unwrap();
    }
}

/// The arguments of `record` for a call from this number.
pub(crate) fn call_from(number: &str, conversation: &str, said: &[(&str, &str)]) -> Value {
    let caller = json!({"field": "telephone", "value": number});
    let said = said.iter().map(|(field, value)| json!({"field": field, "value": value}));
    json!({
        "conversation_id": conversation, "channel": "telephone", "assistant_id": "a-7",
        "captured": std::iter::once(caller).chain(said).collect::<Vec<_>>(),
    })
}
