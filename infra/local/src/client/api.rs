//! A client of the HTTP API.

use std::path::Path;

use reqwest::{Client, Method, RequestBuilder, Response};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use tokio::fs::File;
use tokio::io::AsyncWriteExt as _;

use super::ClientError;
use crate::cli::ServerArgs;

/// The lifetime of a token in seconds: longer than any import takes.
const TOKEN_SPAN: u32 = 24 * 3600;

/// A signed-in client.
pub(super) struct Api {
    client: Client,
    url: String,
    token: String,
}

/// Why an import or an export failed.
#[derive(Debug, Deserialize)]
pub(super) struct Failure {
    pub(super) code: String,
    pub(super) reason: String,
}

#[derive(Deserialize)]
struct Token {
    access_token: String,
}

/// The response to a refused request.
#[derive(Deserialize)]
struct ProblemBody {
    title: Option<String>,
    detail: Option<String>,
    #[serde(default)]
    errors: Vec<FieldError>,
}

#[derive(Deserialize)]
struct FieldError {
    field: String,
    reason: String,
}

impl Api {
    /// Signs in to a running system.
    pub(super) async fn sign_in(server: &ServerArgs) -> Result<Api, ClientError> {
        let (client, url) = (Client::new(), server.url.trim_end_matches('/').to_owned());
        let ask = client.get(format!("{url}/dev/token")).query(&[("workspace", &server.workspace)]);
        let token: Token = json(send(ask.query(&[("ttl", TOKEN_SPAN)]), "sign in").await?, "sign in").await?;
        Ok(Api { client, url, token: token.access_token })
    }

    pub(super) async fn get<T: DeserializeOwned>(&self, path: &str, doing: &'static str) -> Result<T, ClientError> {
        json(send(self.request(Method::GET, path), doing).await?, doing).await
    }

    pub(super) async fn post<T: DeserializeOwned>(
        &self,
        path: &str,
        body: &Value,
        doing: &'static str,
    ) -> Result<T, ClientError> {
        json(send(self.request(Method::POST, path).json(body), doing).await?, doing).await
    }

    /// Uploads a body to a link.
    pub(super) async fn put(
        &self,
        url: &str,
        headers: impl IntoIterator<Item = (String, String)>,
        body: reqwest::Body,
        doing: &'static str,
    ) -> Result<(), ClientError> {
        let mut request = self.client.put(url).body(body);
        for (name, value) in headers {
            request = request.header(name, value);
        }
        send(request, doing).await.map(drop)
    }

    /// Downloads a link to a file.
    pub(super) async fn download(&self, url: &str, path: &Path, doing: &'static str) -> Result<(), ClientError> {
        let file = |source| ClientError::File { path: path.to_owned(), source };
        let mut answer = send(self.client.get(url), doing).await?;
        // Renamed at the end, so that nobody takes a partial file for a complete one.
        let draft = path.with_added_extension("part");
        let mut out = File::create(&draft).await.map_err(file)?;
        while let Some(bytes) = answer.chunk().await.map_err(|error| unreachable(&error))? {
            out.write_all(&bytes).await.map_err(file)?;
        }
        out.flush().await.map_err(file)?;
        tokio::fs::rename(&draft, path).await.map_err(file)
    }

    fn request(&self, method: Method, path: &str) -> RequestBuilder {
        self.client.request(method, format!("{}{path}", self.url)).bearer_auth(&self.token)
    }
}

async fn send(request: RequestBuilder, doing: &'static str) -> Result<Response, ClientError> {
    let answer = request.send().await.map_err(|error| unreachable(&error))?;
    let status = answer.status();
    if status.is_success() {
        return Ok(answer);
    }
    let text = answer.text().await.unwrap_or_default();
    let reason = match serde_json::from_str::<ProblemBody>(&text) {
        Ok(problem) => problem.reason(),
        Err(_) => status.to_string(),
    };
    Err(ClientError::Refused { doing, reason })
}

async fn json<T: DeserializeOwned>(answer: Response, doing: &'static str) -> Result<T, ClientError> {
    answer.json().await.map_err(|error| ClientError::Refused { doing, reason: contacts_lambda::causes(&error) })
}

fn unreachable(error: &reqwest::Error) -> ClientError {
    let mut url = error.url().cloned();
    // The query may contain a signature.
    url.iter_mut().for_each(|url| url.set_query(None));
    let cause = std::error::Error::source(error).map_or_else(|| error.to_string(), contacts_lambda::causes);
    ClientError::Unreachable { url: url.map_or_else(String::new, |url| url.to_string()), cause }
}

impl ProblemBody {
    fn reason(self) -> String {
        if self.errors.is_empty() {
            return self.detail.or(self.title).unwrap_or_default();
        }
        let text = |error: &FieldError| match error.field.as_str() {
            // The error is in the file, not in the request.
            "sample" => error.reason.clone(),
            field => format!("{field} {}", error.reason),
        };
        let errors = self.errors.iter().map(text);
        errors.collect::<Vec<_>>().join("; ")
    }
}
