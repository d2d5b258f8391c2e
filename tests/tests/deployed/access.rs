//! Who may call the API.

use reqwest_tls::{Method, StatusCode};
use serde_json::{Value, json};

use crate::deployment::Deployment;
use crate::issuer::{forge, now};

pub(crate) async fn only_good_tokens_open_the_api(deployment: &Deployment) {
    let issuer = &deployment.issuer;
    let claims_with = |name: &str, value: Value| {
        let mut claims = issuer.claims("access");
        claims[name] = value;
        claims
    };
    assert_eq!(deployment.user("access").status("/contacts").await, StatusCode::OK);
    let bad = [
        ("expired", issuer.sign(&claims_with("exp", json!(now() - 10)))),
        ("of another issuer", issuer.sign(&claims_with("iss", json!("http://127.0.0.1:1")))),
        ("for somebody else", issuer.sign(&claims_with("aud", json!("others")))),
        ("not yet good", issuer.sign(&claims_with("nbf", json!(now() + 600)))),
        ("forged", forge(&issuer.claims("access"))),
        ("no token", "access".to_owned()),
    ];
    for path in ["/contacts", "/contacts/0190c5f2-0000-7000-8000-000000000001", "/imports", "/settings", "/nowhere"] {
        assert_eq!(deployment.nobody().status(path).await, StatusCode::UNAUTHORIZED, "{path}, no token");
        for (how, token) in &bad {
            assert_eq!(deployment.bearer(token).status(path).await, StatusCode::UNAUTHORIZED, "{path}, {how}");
        }
    }
    // Every call that there is.
    let description = deployment.nobody().get("/openapi.json").await;
    for (path, operations) in description["paths"].as_object().unwrap() {
        for method in operations.as_object().unwrap().keys() {
            let method = Method::from_bytes(method.to_uppercase().as_bytes()).unwrap();
            let answer = deployment.nobody().call(method.clone(), path, None).await;
            let open = path == "/openapi.json";
            assert_eq!(answer.status == StatusCode::UNAUTHORIZED, !open, "{method} {path}: {answer:?}");
        }
    }
    // A good token of a user without a workspace.
    let homeless = deployment.bearer(&issuer.sign(&claims_with("workspace_id", json!("No Workspace"))));
    assert_eq!(homeless.status("/contacts").await, StatusCode::FORBIDDEN);
}

pub(crate) async fn the_description_is_for_everybody(deployment: &Deployment) {
    let description = deployment.nobody().get("/openapi.json").await;
    assert!(description["openapi"].as_str().unwrap().starts_with("3.1"));
    assert!(description["paths"]["/contacts"]["get"].is_object());
    let answer = deployment.user("access").call(Method::PUT, "/contacts", None).await;
    assert_eq!(answer.status, StatusCode::METHOD_NOT_ALLOWED, "{answer:?}");
    assert_eq!(deployment.user("access").status("/nowhere").await, StatusCode::NOT_FOUND);
}
