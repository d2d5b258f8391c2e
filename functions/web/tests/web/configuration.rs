//! The configuration of the function, and what the page gets of it.

use serde_json::{Value, json};
use web::{Config, ConfigError, Site};

use crate::support::{config, get};

async fn configuration(variables: &[(&str, &str)]) -> Value {
    let answer = get(&Site::embedded(config(variables).unwrap()), "/config.json", &[("accept-encoding", "br")]).await;
    assert_eq!((answer.status(), answer.header("cache-control")), (200, Some("no-store")));
    assert_eq!(answer.header("content-type"), Some("application/json"));
    serde_json::from_slice(&answer.content()).unwrap()
}

#[tokio::test]
async fn the_page_gets_the_sign_in_configuration() {
    let short = json!({
        "issuer": "https://id.example/pool", "client_id": "client-1", "scope": "openid", "token": "id_token",
    });
    assert_eq!(configuration(&[]).await, short);
    assert_eq!(configuration(&[("OIDC_SCOPE", ""), ("OIDC_TOKEN", ""), ("CONNECT_ORIGINS", " ")]).await, short);
    let all = [
        ("OIDC_ISSUER", "http://127.0.0.1:3000"),
        ("OIDC_CLIENT_ID", "\"c\""),
        ("OIDC_SCOPE", "openid email"),
        ("OIDC_TOKEN", "access_token"),
    ];
    let long = json!({
        "issuer": "http://127.0.0.1:3000", "client_id": "\"c\"", "scope": "openid email", "token": "access_token",
    });
    assert_eq!(configuration(&all).await, long);
}

#[test]
fn what_is_missing_is_named() {
    for name in ["OIDC_ISSUER", "OIDC_CLIENT_ID"] {
        let refused = config(&[(name, "")]).unwrap_err();
        assert_eq!(refused.to_string(), format!("the environment variable {name} is not set"));
    }
    assert!(matches!(Config::read(|_| None), Err(ConfigError::Missing("OIDC_ISSUER"))));
}

#[test]
fn what_makes_no_sense_is_named() {
    let form = "is not of the form https://host or https://host:port";
    for (name, value, named, reason) in [
        ("OIDC_TOKEN", "refresh_token", "refresh_token", "must be id_token or access_token"),
        ("OIDC_ISSUER", "id.example", "id.example", form),
        ("OIDC_ISSUER", "https://id.example; script-src *", "https://id.example; script-src *", form),
        ("OIDC_ISSUER", "https://id.example/?x", "https://id.example/?x", form),
        ("CONNECT_ORIGINS", "https://a.example b.example", "b.example", form),
        ("CONNECT_ORIGINS", "https://a.example/", "https://a.example/", form),
        ("CONNECT_ORIGINS", "https://a.example;", "https://a.example;", form),
        ("CONNECT_ORIGINS", "*", "*", form),
        ("CONNECT_ORIGINS", "'unsafe-inline'", "'unsafe-inline'", form),
    ] {
        let refused = config(&[(name, value)]).unwrap_err().to_string();
        assert_eq!(refused, format!("the environment variable {name} {reason}: {named}"));
    }
}
