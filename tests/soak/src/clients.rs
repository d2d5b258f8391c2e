//! The clients of a system under test, and of its owner.

use std::collections::HashMap;

use reqwest_tls::{Method, StatusCode};
use serde_json::Value;

use crate::bus::EventLog;
use crate::retry::{Attempt, Failure};

/// Consistent people. All lanes send values of the same people at the same time.
pub(crate) const SHARED: &str = "shared";
/// Consistent people who are also edited and deleted by hand. One lane changes each and waits for every answer.
pub(crate) const MANUAL: &str = "manual";
/// The same people, who are also erased.
pub(crate) const ERASED: &str = "erased";
/// People who contradict each other.
pub(crate) const CONFLICTING: &str = "conflicting";
/// Callers, and others who say that they are those callers.
pub(crate) const ATTACKED: &str = "attacked";
/// The same, where what is only said changes nothing.
pub(crate) const GUARDED: &str = "guarded";
/// Households: several people with one line.
pub(crate) const HOUSEHOLDS: &str = "households";
/// All workspaces.
pub(crate) const WORKSPACES: [&str; 7] = [SHARED, MANUAL, ERASED, CONFLICTING, ATTACKED, GUARDED, HOUSEHOLDS];

/// Clients of the system. Their requests meet no faults, but a client may hang up.
pub(crate) struct Clients {
    /// The URL before each path of the API.
    pub(crate) api: String,
    pub(crate) http: reqwest_tls::Client,
    /// By workspace.
    pub(crate) tokens: HashMap<&'static str, String>,
    /// Without retries.
    pub(crate) lambda: aws_sdk_lambda::Client,
    /// The name of the function that folds events.
    pub(crate) upsert: String,
    /// Without retries.
    pub(crate) s3: aws_sdk_s3::Client,
    pub(crate) bucket: String,
    pub(crate) dynamodb: aws_sdk_dynamodb::Client,
    pub(crate) table: String,
    /// What was published of changes; `None` where nobody listens.
    pub(crate) bus: Option<EventLog>,
}

/// A request to the API.
pub(crate) struct Call<'a> {
    pub(crate) workspace: &'static str,
    pub(crate) method: Method,
    pub(crate) path: String,
    pub(crate) headers: &'a [(&'static str, &'a str)],
    pub(crate) body: Option<&'a Value>,
}

/// An answer of the API.
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

impl Clients {
    /// Sends a request to the API once.
    pub(crate) async fn ask(&self, call: &Call<'_>) -> Attempt<Answer> {
        let mut request = self.http.request(call.method.clone(), format!("{}{}", self.api, call.path));
        request = request.bearer_auth(&self.tokens[call.workspace]);
        for (name, value) in call.headers {
            request = request.header(*name, *value);
        }
        if let Some(body) = call.body {
            request = request.json(body);
        }
        let unanswered = |error: reqwest_tls::Error| Failure::Unanswered(contacts_lambda::causes(&error));
        let answer = request.send().await.map_err(unanswered)?;
        let status = answer.status();
        let json = serde_json::from_str(&answer.text().await.map_err(unanswered)?).unwrap_or_default();
        let answer = Answer { status, json };
        if is_defect(&answer) {
            return Err(Failure::Wrong(format!("{} {}: {answer:?}", call.method, call.path)));
        }
        if status.is_server_error() || status == StatusCode::TOO_MANY_REQUESTS {
            return Err(Failure::Unanswered(format!("{answer:?}")));
        }
        Ok(answer)
    }

    /// Downloads a text by its link.
    pub(crate) async fn download(&self, url: &str) -> Result<String, reqwest_tls::Error> {
        self.http.get(url).send().await?.error_for_status()?.text().await
    }
}

/// Whether the API reports a defect of its own. The 500 of API Gateway for a killed function has no detail.
fn is_defect(answer: &Answer) -> bool {
    answer.status == StatusCode::INTERNAL_SERVER_ERROR && answer.json["detail"].is_string()
}
