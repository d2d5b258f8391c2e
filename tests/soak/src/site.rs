//! A system under test, as its clients and its owner reach it.

use std::collections::HashMap;

use reqwest_tls::{Method, StatusCode};
use serde_json::Value;

use crate::patience::{Asked, Trouble};

/// Consistent people, of whom all speak at once.
pub(crate) const CROWD: &str = "crowd";
/// Consistent people who are also edited and deleted, each by one lane that waits for every answer.
pub(crate) const DESK: &str = "desk";
/// People who contradict each other.
pub(crate) const QUARREL: &str = "quarrel";
/// All workspaces.
pub(crate) const WORKSPACES: [&str; 3] = [CROWD, DESK, QUARREL];

/// Where the system is. Nothing is broken between these clients and it, except that they may hang up.
pub(crate) struct Site {
    /// What stands before every path of the API.
    pub(crate) api: String,
    pub(crate) http: reqwest_tls::Client,
    /// By workspace.
    pub(crate) tokens: HashMap<&'static str, String>,
    /// Does not try again by itself.
    pub(crate) lambda: aws_sdk_lambda::Client,
    /// The name of the function that folds events.
    pub(crate) upsert: String,
    /// Does not try again by itself.
    pub(crate) s3: aws_sdk_s3::Client,
    pub(crate) bucket: String,
    pub(crate) dynamodb: aws_sdk_dynamodb::Client,
    pub(crate) table: String,
}

/// A request to the API.
pub(crate) struct Call<'a> {
    pub(crate) workspace: &'static str,
    pub(crate) method: Method,
    pub(crate) path: String,
    pub(crate) headers: &'a [(&'static str, &'a str)],
    pub(crate) body: Option<&'a Value>,
}

/// What the API answered.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) json: Value,
}

impl<'a> Call<'a> {
    pub(crate) fn get(workspace: &'static str, path: impl Into<String>) -> Call<'a> {
        Call { workspace, method: Method::GET, path: path.into(), headers: &[], body: None }
    }
}

impl Site {
    /// Asks the API once.
    pub(crate) async fn ask(&self, call: &Call<'_>) -> Asked<Answer> {
        let mut request = self.http.request(call.method.clone(), format!("{}{}", self.api, call.path));
        request = request.bearer_auth(&self.tokens[call.workspace]);
        for (name, value) in call.headers {
            request = request.header(*name, *value);
        }
        if let Some(body) = call.body {
            request = request.json(body);
        }
        let unanswered = |error: reqwest_tls::Error| Trouble::Unanswered(contacts_lambda::causes(&error));
        let answer = request.send().await.map_err(unanswered)?;
        let status = answer.status();
        let json = serde_json::from_str(&answer.text().await.map_err(unanswered)?).unwrap_or_default();
        let answer = Answer { status, json };
        if is_defect(&answer) {
            return Err(Trouble::Wrong(format!("{} {}: {answer:?}", call.method, call.path)));
        }
        if status.is_server_error() || status == StatusCode::TOO_MANY_REQUESTS {
            return Err(Trouble::Unanswered(format!("{answer:?}")));
        }
        Ok(answer)
    }

    /// The text behind a link.
    pub(crate) async fn download(&self, url: &str) -> Result<String, reqwest_tls::Error> {
        self.http.get(url).send().await?.error_for_status()?.text().await
    }
}

/// Whether the API says of itself that it is at a loss. API Gateway says less when the function has died.
fn is_defect(answer: &Answer) -> bool {
    answer.status == StatusCode::INTERNAL_SERVER_ERROR && answer.json["detail"].is_string()
}
