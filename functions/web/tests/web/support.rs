//! A site, requests to it, and its answers.

use std::io::Read as _;
use std::path::Path;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use lambda_http::request::LambdaRequest;
use lambda_http::{Context, LambdaEvent};
use serde_json::{Map, Value, json};
use tower::Service as _;
use web::{Config, ConfigError, Page, Site, service};

/// The configuration that these variables and an issuer and a client make.
pub(crate) fn config(variables: &[(&str, &str)]) -> Result<Config, ConfigError> {
    let needed = [("OIDC_ISSUER", "https://id.example/pool"), ("OIDC_CLIENT_ID", "client-1")];
    Config::read(|name| {
        let mut all = variables.iter().chain(&needed);
        all.find(|(known, _)| *known == name).map(|(_, value)| (*value).to_owned())
    })
}

/// The site of this build.
pub(crate) fn site() -> Site {
    Site::embedded(config(&[]).unwrap())
}

/// A page of these files.
pub(crate) fn page(files: &[(&str, &str)]) -> std::io::Result<Page> {
    let folder = tempfile::tempdir().unwrap();
    for (path, content) in files {
        let path = folder.path().join(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, content).unwrap();
    }
    Page::read(folder.path())
}

/// A file of the page that is built in, as it is in the folder.
pub(crate) fn source(path: &str) -> Vec<u8> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join(option_env!("CONTACTS_PAGE").unwrap_or("page"));
    std::fs::read(folder.join(path)).unwrap()
}

/// The hash of the page that is built in, as its document names it.
pub(crate) async fn hash() -> String {
    let html = get(&site(), "/", &[]).await.text();
    html.split("\"/assets/").nth(1).unwrap().split('/').next().unwrap().to_owned()
}

pub(crate) async fn get(site: &Site, path: &str, headers: &[(&str, &str)]) -> Answer {
    call(site, "GET", path, headers).await
}

pub(crate) async fn call(site: &Site, method: &str, path: &str, headers: &[(&str, &str)]) -> Answer {
    let (path, query) = path.split_once('?').unwrap_or((path, ""));
    let mut all: Map<String, Value> = headers.iter().map(|(name, value)| ((*name).to_owned(), json!(value))).collect();
    all.insert("host".to_owned(), json!("api.example.com"));
    let event = json!({
        "version": "2.0", "routeKey": "ANY /", "rawPath": path, "rawQueryString": query, "headers": all,
        "requestContext": {
            "accountId": "000000000000", "apiId": "api", "domainName": "api.example.com", "domainPrefix": "api",
            "http": {"method": method, "path": path, "protocol": "HTTP/1.1", "sourceIp": "192.0.2.1",
                "userAgent": "test"},
            "requestId": "r-1", "routeKey": "ANY /", "stage": "$default",
            "time": "22/Nov/2026:10:00:00 +0000", "timeEpoch": 1_795_341_600_000_i64,
        },
        "isBase64Encoded": false,
    });
    let request: LambdaRequest = serde_json::from_str(&event.to_string()).unwrap();
    let answer = service(site.clone()).call(LambdaEvent::new(request, Context::default())).await.unwrap();
    Answer(serde_json::to_value(answer).unwrap())
}

/// An answer.
#[derive(Debug)]
pub(crate) struct Answer(Value);

impl Answer {
    pub(crate) fn status(&self) -> u64 {
        self.0["statusCode"].as_u64().unwrap()
    }

    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.0["headers"].get(name).map(|value| value.as_str().unwrap())
    }

    /// The body as it goes over the wire.
    pub(crate) fn wire(&self) -> Vec<u8> {
        let body = self.0["body"].as_str().unwrap_or_default();
        match self.0["isBase64Encoded"].as_bool().unwrap() {
            true => STANDARD.decode(body).unwrap(),
            false => body.as_bytes().to_vec(),
        }
    }

    /// The body as a browser reads it.
    pub(crate) fn content(&self) -> Vec<u8> {
        let (wire, mut content) = (self.wire(), Vec::new());
        match self.header("content-encoding") {
            Some("br") => brotli::BrotliDecompress(&mut &*wire, &mut content).unwrap(),
            Some("gzip") => {
                flate2::read::GzDecoder::new(&*wire).read_to_end(&mut content).unwrap();
            }
            other => {
                assert_eq!(other, None);
                content = wire;
            }
        }
        content
    }

    pub(crate) fn text(&self) -> String {
        String::from_utf8(self.content()).unwrap()
    }
}
