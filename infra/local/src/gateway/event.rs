//! Converts a request to the event of an HTTP API, payload format 2.0, as API Gateway does.

use std::net::SocketAddr;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use http::request::Parts;
use http::{HeaderMap, HeaderName, header};
use jiff::Timestamp;
use percent_encoding::percent_decode_str;
use serde_json::{Map, Value, json};

use crate::constants::ACCOUNT;

/// Headers that the gateway sets. It ignores those of the client.
const FORWARDED_FOR: &str = "x-forwarded-for";
const FORWARDED_PORT: &str = "x-forwarded-port";
const FORWARDED_PROTO: &str = "x-forwarded-proto";

/// What the gateway adds to a request.
pub(super) struct Call<'a> {
    pub(super) route_key: &'a str,
    pub(super) proxy: Option<&'a str>,
    pub(super) claims: Option<&'a Map<String, Value>>,
    pub(super) request_id: &'a str,
    pub(super) peer: SocketAddr,
    /// The gateway's own address.
    pub(super) own: SocketAddr,
    pub(super) at: Timestamp,
}

/// The JSON of the event.
pub(super) fn event(parts: &Parts, body: &Bytes, call: &Call<'_>) -> String {
    let path = path(parts);
    let query = parts.uri.query().unwrap_or_default();
    let domain = call.own.to_string();
    let user_agent = text(&parts.headers, &header::USER_AGENT).unwrap_or_default();
    let mut context = json!({
        "accountId": ACCOUNT,
        "apiId": "local",
        "domainName": domain,
        "domainPrefix": "local",
        "http": {
            "method": parts.method.as_str(),
            "path": path,
            "protocol": "HTTP/1.1",
            "sourceIp": call.peer.ip().to_string(),
            "userAgent": user_agent,
        },
        "requestId": call.request_id,
        "routeKey": call.route_key,
        "stage": "$default",
        "time": call.at.strftime("%d/%b/%Y:%H:%M:%S +0000").to_string(),
        "timeEpoch": call.at.as_millisecond(),
    });
    if let Some(claims) = call.claims {
        context["authorizer"] = json!({"jwt": {"claims": texts(claims), "scopes": null}});
    }
    let mut event = json!({
        "version": "2.0",
        "routeKey": call.route_key,
        "rawPath": path,
        "rawQueryString": query,
        "headers": headers(&parts.headers, call),
        "requestContext": context,
        "isBase64Encoded": false,
    });
    let cookies: Vec<String> = cookies(&parts.headers);
    if !cookies.is_empty() {
        event["cookies"] = json!(cookies);
    }
    if !query.is_empty() {
        event["queryStringParameters"] = Value::Object(query_parameters(query));
    }
    if let Some(proxy) = call.proxy {
        event["pathParameters"] = json!({"proxy": decode(proxy)});
    }
    if !body.is_empty() {
        match std::str::from_utf8(body) {
            Ok(text) if is_text(&parts.headers) => event["body"] = json!(text),
            _ => {
                event["body"] = json!(STANDARD.encode(body));
                event["isBase64Encoded"] = json!(true);
            }
        }
    }
    event.to_string()
}

/// The path as sent; `/` for requests without one, such as `OPTIONS *`.
pub(super) fn path(parts: &Parts) -> &str {
    let path = parts.uri.path();
    if path.starts_with('/') { path } else { "/" }
}

/// The headers, with lower-case names and joined values. Cookies have their own member in the event.
fn headers(headers: &HeaderMap, call: &Call<'_>) -> Map<String, Value> {
    let mut map = Map::new();
    for name in headers.keys().filter(|name| **name != header::COOKIE) {
        map.insert(name.as_str().to_owned(), json!(text(headers, name).unwrap_or_default()));
    }
    // Functions build URLs from the host, so an invalid one would make them fail.
    map.insert("host".to_owned(), json!(call.own.to_string()));
    map.insert(FORWARDED_FOR.to_owned(), json!(call.peer.ip().to_string()));
    map.insert(FORWARDED_PORT.to_owned(), json!(call.own.port().to_string()));
    map.insert(FORWARDED_PROTO.to_owned(), json!("http"));
    map
}

fn cookies(headers: &HeaderMap) -> Vec<String> {
    let values = headers.get_all(header::COOKIE).into_iter();
    values
        .flat_map(|value| {
            let value = String::from_utf8_lossy(value.as_bytes()).into_owned();
            value.split(';').map(|cookie| cookie.trim().to_owned()).collect::<Vec<_>>()
        })
        .filter(|cookie| !cookie.is_empty())
        .collect()
}

fn text(headers: &HeaderMap, name: &HeaderName) -> Option<String> {
    let values: Vec<_> =
        headers.get_all(name).into_iter().map(|value| String::from_utf8_lossy(value.as_bytes())).collect();
    (!values.is_empty()).then(|| values.join(","))
}

/// The decoded parameters, with joined values. Lossy, unlike the raw query.
fn query_parameters(query: &str) -> Map<String, Value> {
    let mut map: Map<String, Value> = Map::new();
    for pair in query.split('&').filter(|pair| !pair.is_empty()) {
        let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
        let (name, value) = (decode(&name.replace('+', " ")), decode(&value.replace('+', " ")));
        let joined = match map.get(&name).and_then(Value::as_str) {
            Some(earlier) => format!("{earlier},{value}"),
            None => value,
        };
        map.insert(name, Value::String(joined));
    }
    map
}

fn decode(text: &str) -> String {
    percent_decode_str(text).decode_utf8_lossy().into_owned()
}

/// The claims as texts, which they always are in an event. A list is `[a b]`.
fn texts(claims: &Map<String, Value>) -> Map<String, Value> {
    claims.iter().map(|(name, value)| (name.clone(), Value::String(claim_text(value)))).collect()
}

fn claim_text(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Array(items) => {
            let items: Vec<String> = items.iter().map(claim_text).collect();
            format!("[{}]", items.join(" "))
        }
        other => other.to_string(),
    }
}

/// Whether the event has the body as text. Other bodies are Base64.
fn is_text(headers: &HeaderMap) -> bool {
    let Some(value) = text(headers, &header::CONTENT_TYPE) else {
        return true;
    };
    let kind = value.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    kind.starts_with("text/")
        || ["application/json", "application/xml", "application/javascript"].contains(&kind.as_str())
        || kind.ends_with("+json")
        || kind.ends_with("+xml")
}
