//! A client of the HTTP API.

use reqwest_tls::{Method, StatusCode};
use serde_json::Value;

use crate::deployment::Deployment;
use crate::wait::eventually;

/// Somebody who calls the API, with a token or without.
pub struct Api<'a> {
    deployment: &'a Deployment,
    /// Before each path.
    url: String,
    token: Option<String>,
}

/// What the API answered.
#[derive(Debug)]
pub struct Answer {
    /// Its status.
    pub status: StatusCode,
    /// Its body.
    pub text: String,
}

impl Answer {
    /// Its body, which is JSON.
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or_else(|error| panic!("no JSON, {error}: {self:?}"))
    }
}

impl<'a> Api<'a> {
    /// Somebody with this token, or with none.
    pub fn new(deployment: &'a Deployment, token: Option<String>) -> Api<'a> {
        Api { deployment, url: deployment.api_url(), token }
    }

    /// The same, at the API of a stack that was made again.
    pub fn at(self, url: String) -> Api<'a> {
        Api { url, ..self }
    }

    /// Asks once.
    pub async fn call(&self, method: Method, path: &str, body: Option<&Value>) -> Answer {
        let mut request = self.deployment.http.request(method, format!("{}{path}", self.url));
        if let Some(token) = &self.token {
            request = request.bearer_auth(token);
        }
        if let Some(body) = body {
            request = request.json(body);
        }
        let answer = request.send().await.unwrap();
        Answer { status: answer.status(), text: answer.text().await.unwrap() }
    }

    /// What is at a path, which is there.
    pub async fn get(&self, path: &str) -> Value {
        let answer = self.call(Method::GET, path, None).await;
        assert_eq!(answer.status, StatusCode::OK, "{path}: {answer:?}");
        answer.json()
    }

    /// How a path is answered.
    pub async fn status(&self, path: &str) -> StatusCode {
        self.call(Method::GET, path, None).await.status
    }

    /// Adds something.
    pub async fn post(&self, path: &str, body: &Value) -> Value {
        let answer = self.call(Method::POST, path, Some(body)).await;
        assert_eq!(answer.status, StatusCode::CREATED, "{path}: {answer:?}");
        answer.json()
    }

    /// The contacts that a query finds.
    pub async fn contacts(&self, query: &str) -> Vec<Value> {
        self.get(&format!("/contacts?{query}")).await["items"].as_array().unwrap().clone()
    }

    /// An import or an export, when it has ended.
    pub async fn ended(&self, path: &str) -> Value {
        eventually(&format!("the end of {path}"), async || {
            let job = self.get(path).await;
            let ended = job["status"] == "completed" || job["status"] == "failed";
            ended.then_some(job)
        })
        .await
    }

    /// The only import of the workspace, when it has ended.
    pub async fn only_import(&self) -> Value {
        let id = eventually("an import", async || {
            let imports = self.get("/imports").await;
            imports["items"].as_array().unwrap().first().map(|import| import["id"].as_str().unwrap().to_owned())
        })
        .await;
        self.ended(&format!("/imports/{id}")).await
    }
}
