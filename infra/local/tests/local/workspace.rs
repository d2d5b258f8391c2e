//! A workspace of the running program, through the HTTP API.

use std::time::Duration;

use reqwest::Method;
use serde_json::{Value, json};

use crate::running::{Program, json_of};

/// Between two looks at what a test waits for: each costs the program as much as a small import.
pub(crate) const POLL_INTERVAL: Duration = Duration::from_millis(50);

/// How many workspaces a test with many uses at once.
pub(crate) const AT_ONCE: usize = 4;

/// A workspace, and a token for it.
pub(crate) struct Workspace<'a> {
    pub(crate) program: &'a Program,
    pub(crate) name: String,
    token: String,
    pub(crate) client: reqwest::Client,
}

impl<'a> Workspace<'a> {
    pub(crate) async fn new(program: &'a Program, name: &str) -> Workspace<'a> {
        let token = json_of(reqwest::get(program.url(&format!("/dev/token?workspace={name}"))).await).await;
        let token = token["access_token"].as_str().unwrap().to_owned();
        Workspace { program, name: name.to_owned(), token, client: reqwest::Client::new() }
    }

    /// Calls the API: the status, and the body if it is JSON.
    pub(crate) async fn call(&self, method: Method, path: &str, body: Option<&Value>) -> (u16, Value) {
        let mut request = self.client.request(method.clone(), self.program.url(path)).bearer_auth(&self.token);
        if let Some(body) = body {
            let kind = if method == Method::PATCH { "application/merge-patch+json" } else { "application/json" };
            request = request.header("content-type", kind).body(body.to_string());
        }
        let answer = request.send().await.unwrap();
        let status = answer.status().as_u16();
        (status, serde_json::from_str(&answer.text().await.unwrap()).unwrap_or(Value::Null))
    }

    pub(crate) async fn get(&self, path: &str) -> Value {
        let (status, body) = self.call(Method::GET, path, None).await;
        assert_eq!(status, 200, "{path}: {body}");
        body
    }

    pub(crate) async fn change_settings(&self, settings: &Value) {
        let (status, body) = self.call(Method::PATCH, "/settings", Some(settings)).await;
        assert_eq!(status, 200, "{body}");
    }

    /// Imports a file with these members of `POST /imports`. Returns the import when it has ended.
    pub(crate) async fn import(&self, order: &Value, file: Vec<u8>) -> Value {
        let id = self.upload(order, file).await;
        self.ended(&id).await
    }

    /// Orders an import with these members of `POST /imports` and uploads its file. Returns its id.
    pub(crate) async fn upload(&self, order: &Value, file: Vec<u8>) -> String {
        let mut order = order.clone();
        order["file_name"] = json!("people.csv");
        order["size_bytes"] = json!(file.len());
        let (status, import) = self.call(Method::POST, "/imports", Some(&order)).await;
        assert_eq!(status, 201, "{import}");
        let mut upload = self.client.put(import["upload"]["url"].as_str().unwrap()).body(file);
        for (name, value) in import["upload"]["headers"].as_object().into_iter().flatten() {
            upload = upload.header(name, value.as_str().unwrap());
        }
        assert!(upload.send().await.unwrap().status().is_success());
        import["id"].as_str().unwrap().to_owned()
    }

    /// The import with an id, when it has ended.
    pub(crate) async fn ended(&self, id: &str) -> Value {
        let path = format!("/imports/{id}");
        let finished = async {
            loop {
                let import = self.get(&path).await;
                if import["finished_at"].is_string() {
                    return import;
                }
                tokio::time::sleep(POLL_INTERVAL).await;
            }
        };
        tokio::time::timeout(Duration::from_secs(60), finished).await.unwrap()
    }
}
