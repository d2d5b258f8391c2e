//! Signing in at the issuer of one machine, as the page does it: OpenID Connect's code flow with PKCE.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use contacts_local::{Access, System, Wiring};
use reqwest::{Client, Response, Url};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use crate::support::{api, recorder, start};

const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";

/// What the page asks for, but for what a test changes.
fn request(system: &System, changes: &[(&str, &str)]) -> Url {
    let challenge = URL_SAFE_NO_PAD.encode(Sha256::digest(VERIFIER));
    let redirect_uri = format!("{}/?x=1", system.url());
    let usual = [
        ("response_type", "code"),
        ("client_id", "contacts"),
        ("redirect_uri", &redirect_uri),
        ("scope", "openid"),
        ("state", "s t&a=te"),
        ("nonce", "n-1"),
        ("code_challenge", &challenge),
        ("code_challenge_method", "S256"),
    ];
    let kept = usual.iter().filter(|(name, _)| changes.iter().all(|(changed, _)| changed != name));
    let all = kept.chain(changes.iter().filter(|(_, value)| !value.is_empty()));
    Url::parse_with_params(&format!("{}/oauth2/authorize", system.url()), all).unwrap()
}

/// A client that does not follow where it is sent.
fn client() -> Client {
    Client::builder().redirect(reqwest::redirect::Policy::none()).build().unwrap()
}

async fn choose(url: Url, workspace: &str) -> Response {
    let form = client().post(url).header("content-type", "application/x-www-form-urlencoded");
    form.body(format!("workspace={workspace}")).send().await.unwrap()
}

/// Where an answer sends the browser.
fn location(answer: &Response) -> Url {
    assert_eq!(answer.status(), 303);
    answer.headers()["location"].to_str().unwrap().parse().unwrap()
}

fn parameter(url: &Url, name: &str) -> Option<String> {
    url.query_pairs().find(|(known, _)| known == name).map(|(_, value)| value.into_owned())
}

async fn code(system: &System, changes: &[(&str, &str)]) -> String {
    parameter(&location(&choose(request(system, changes), "acme").await), "code").unwrap()
}

/// What the token endpoint answers to a code, but for what a test changes.
async fn redeem(system: &System, code: &str, changes: &[(&str, &str)]) -> Result<Value, String> {
    let redirect_uri = format!("{}/?x=1", system.url());
    let usual = [
        ("grant_type", "authorization_code"),
        ("client_id", "contacts"),
        ("code", code),
        ("redirect_uri", &redirect_uri),
        ("code_verifier", VERIFIER),
    ];
    let kept = usual.into_iter().filter(|(name, _)| changes.iter().all(|(changed, _)| changed != name));
    let all: Vec<_> = kept.chain(changes.iter().copied().filter(|(_, value)| !value.is_empty())).collect();
    ask_for_tokens(system, &all).await
}

/// The tokens, or the error by name.
async fn ask_for_tokens(system: &System, form: &[(&str, &str)]) -> Result<Value, String> {
    let url = format!("{}/oauth2/token", system.url());
    let body = Url::parse_with_params(&url, form).unwrap().query().unwrap().to_owned();
    let post = client().post(&url).header("content-type", "application/x-www-form-urlencoded").body(body);
    let answer = post.send().await.unwrap();
    assert_eq!(answer.headers()["cache-control"], "no-store");
    let status = answer.status();
    let answer: Value = answer.json().await.unwrap();
    match status.as_u16() {
        200 => Ok(answer),
        400 => Err(answer["error"].as_str().unwrap().to_owned()),
        other => panic!("{other}: {answer}"),
    }
}

fn claims(token: &Value) -> Value {
    jsonwebtoken::dangerous::insecure_decode::<Value>(token.as_str().unwrap()).unwrap().claims
}

#[tokio::test]
async fn the_issuer_says_what_a_client_has_to_know() {
    let system = start(Wiring::default()).await;
    let url = system.url();
    let configuration: Value =
        reqwest::get(format!("{url}/.well-known/openid-configuration")).await.unwrap().json().await.unwrap();
    for (member, path) in [
        ("issuer", ""),
        ("authorization_endpoint", "/oauth2/authorize"),
        ("token_endpoint", "/oauth2/token"),
        ("end_session_endpoint", "/oauth2/logout"),
        ("jwks_uri", "/.well-known/jwks.json"),
    ] {
        assert_eq!(configuration[member], format!("{url}{path}"), "{member}");
    }
    assert_eq!(configuration["code_challenge_methods_supported"], json!(["S256"]));
    assert_eq!(configuration["token_endpoint_auth_methods_supported"], json!(["none"]));
    system.stop().await;
}

#[tokio::test]
async fn whoever_chooses_a_workspace_gets_tokens_for_it() {
    let (handler, _events) = recorder(r#"{"statusCode": 200}"#);
    let system = start(api(Access::Token, handler)).await;
    let form = reqwest::get(request(&system, &[])).await.unwrap();
    assert_eq!(form.status(), 200);
    assert!(form.text().await.unwrap().contains(r#"name="workspace" value="demo""#));

    let back = location(&choose(request(&system, &[]), "+acme+").await);
    assert!(back.as_str().starts_with(&format!("{}/?x=1&code=", system.url())), "{back}");
    assert_eq!(parameter(&back, "state").as_deref(), Some("s t&a=te"));
    assert_eq!(parameter(&back, "iss").as_deref(), Some(system.url()));
    let tokens = redeem(&system, &parameter(&back, "code").unwrap(), &[]).await.unwrap();
    assert_eq!((&tokens["token_type"], &tokens["expires_in"]), (&json!("Bearer"), &json!(3600)));
    let id = claims(&tokens["id_token"]);
    for (name, value) in [("nonce", "n-1"), ("workspace_id", "acme"), ("name", "acme"), ("iss", system.url())] {
        assert_eq!(id[name], value);
    }
    assert_eq!(claims(&tokens["access_token"]).get("nonce"), None);

    let refresh = [("grant_type", "refresh_token"), ("client_id", "contacts")];
    let refresh = refresh.iter().copied().chain([("refresh_token", tokens["refresh_token"].as_str().unwrap())]);
    let refreshed = ask_for_tokens(&system, &refresh.collect::<Vec<_>>()).await.unwrap();
    for (tokens, name, status) in [
        (&tokens, "id_token", 200),
        (&tokens, "access_token", 200),
        (&tokens, "refresh_token", 401),
        (&refreshed, "id_token", 200),
        (&refreshed, "access_token", 200),
        (&refreshed, "refresh_token", 401),
    ] {
        let token = tokens[name].as_str().unwrap();
        assert_eq!(claims(&tokens[name])["workspace_id"], "acme");
        let answer = client().get(format!("{}/contacts", system.url())).bearer_auth(token).send().await.unwrap();
        assert_eq!(answer.status(), status, "{name}");
    }
    system.stop().await;
}

#[tokio::test]
async fn a_code_is_good_once_and_for_whoever_asked_for_it() {
    let system = start(Wiring::default()).await;
    for (name, value, error) in [
        ("code_verifier", "another-verifier-that-is-long-enough-to-be-one", "invalid_grant"),
        ("code_verifier", "", "invalid_request"),
        ("redirect_uri", "http://localhost/", "invalid_grant"),
        ("redirect_uri", "", "invalid_grant"),
        ("client_id", "other", "invalid_client"),
        ("client_id", "", "invalid_client"),
        ("code", "x", "invalid_grant"),
        ("code", "", "invalid_request"),
        ("grant_type", "password", "unsupported_grant_type"),
        ("grant_type", "", "invalid_request"),
    ] {
        let code = code(&system, &[]).await;
        assert_eq!(redeem(&system, &code, &[(name, value)]).await, Err(error.to_owned()), "{name}={value}");
    }
    let code = code(&system, &[]).await;
    redeem(&system, &code, &[]).await.unwrap();
    assert_eq!(redeem(&system, &code, &[]).await, Err("invalid_grant".to_owned()));
    system.stop().await;
}

#[tokio::test]
async fn an_invalid_refresh_token_is_refused() {
    let system = start(Wiring::default()).await;
    let tokens = redeem(&system, &code(&system, &[]).await, &[]).await.unwrap();
    for token in ["x", tokens["access_token"].as_str().unwrap(), tokens["id_token"].as_str().unwrap()] {
        let form = [("grant_type", "refresh_token"), ("client_id", "contacts"), ("refresh_token", token)];
        assert_eq!(ask_for_tokens(&system, &form).await, Err("invalid_grant".to_owned()));
    }
    let form = [("grant_type", "refresh_token"), ("client_id", "contacts")];
    assert_eq!(ask_for_tokens(&system, &form).await, Err("invalid_request".to_owned()));
    let twice = [("grant_type", "refresh_token"), ("grant_type", "refresh_token")];
    assert_eq!(ask_for_tokens(&system, &twice).await, Err("invalid_request".to_owned()));
    system.stop().await;
}

#[tokio::test]
async fn a_redirect_to_another_site_is_refused() {
    let system = start(Wiring::default()).await;
    let port = Url::parse(system.url()).unwrap().port().unwrap();
    for (name, value) in [
        ("client_id", "other"),
        ("client_id", ""),
        ("redirect_uri", ""),
        ("redirect_uri", "https://evil.example/"),
        ("redirect_uri", &format!("http://127.0.0.1:{}/", port - 1)),
        ("redirect_uri", &format!("http://127.0.0.1:{port}@evil.example/")),
        ("redirect_uri", &format!("http://localhost:{port}/#x")),
    ] {
        for answer in [
            client().get(request(&system, &[(name, value)])).send().await.unwrap(),
            choose(request(&system, &[(name, value)]), "acme").await,
        ] {
            assert_eq!((answer.status().as_u16(), answer.headers().get("location")), (400, None), "{name}={value}");
            assert!(answer.text().await.unwrap().contains(name), "{name}={value}");
        }
    }
    let by_name = format!("http://localhost:{port}/");
    let back = location(&choose(request(&system, &[("redirect_uri", &by_name)]), "acme").await);
    assert!(back.as_str().starts_with(&by_name), "{back}");
    system.stop().await;
}

#[tokio::test]
async fn an_invalid_request_is_answered_with_its_error() {
    let system = start(Wiring::default()).await;
    for (name, value, error) in [
        ("response_type", "token", "unsupported_response_type"),
        ("response_type", "", "unsupported_response_type"),
        ("code_challenge", "", "invalid_request"),
        ("code_challenge_method", "plain", "invalid_request"),
        ("code_challenge_method", "", "invalid_request"),
        ("prompt", "none", "login_required"),
    ] {
        for answer in [
            client().get(request(&system, &[(name, value)])).send().await.unwrap(),
            choose(request(&system, &[(name, value)]), "acme").await,
        ] {
            let back = location(&answer);
            assert_eq!(parameter(&back, "error").as_deref(), Some(error), "{name}={value}");
            assert_eq!(parameter(&back, "state").as_deref(), Some("s t&a=te"));
            assert_eq!(parameter(&back, "code"), None);
        }
    }
    system.stop().await;
}

#[tokio::test]
async fn an_invalid_workspace_name_is_shown_and_can_be_corrected() {
    let system = start(Wiring::default()).await;
    for (name, shown) in [
        ("", r#"value="""#),
        ("Acme", r#"value="Acme""#),
        ("%22%3E%3Cscript%3E%26", r#"value="&quot;&gt;&lt;script&gt;&amp;""#),
    ] {
        let answer = choose(request(&system, &[]), name).await;
        assert_eq!(answer.status(), 422);
        let html = answer.text().await.unwrap();
        assert!(html.contains(shown) && html.contains(r#"aria-invalid="true""#), "{html}");
        assert!(html.contains("a workspace is 1 to 64 characters of a-z, 0-9, _ and -"), "{html}");
        assert!(!html.contains("<script"), "{html}");
    }
    system.stop().await;
}

#[tokio::test]
async fn the_form_runs_no_code_and_stands_in_no_frame() {
    let system = start(Wiring::default()).await;
    let answer = reqwest::get(request(&system, &[])).await.unwrap();
    let policy = answer.headers()["content-security-policy"].to_str().unwrap().to_owned();
    let html = answer.text().await.unwrap();
    let style = html.split("<style>").nth(1).unwrap().split("</style>").next().unwrap();
    let hash = base64::engine::general_purpose::STANDARD.encode(Sha256::digest(style));
    let by_name = system.url().replace("127.0.0.1", "localhost");
    assert_eq!(
        policy,
        format!(
            "default-src 'none'; style-src 'sha256-{hash}'; form-action {} {by_name}; base-uri 'none'; \
            frame-ancestors 'none'",
            system.url()
        )
    );
    system.stop().await;
}

#[tokio::test]
async fn the_page_may_ask_by_either_name_and_other_sites_may_not() {
    let system = start(Wiring::default()).await;
    let by_name = system.url().replace("127.0.0.1", "localhost");
    let token = format!("{}/oauth2/token", system.url());
    let discovery = format!("{}/.well-known/openid-configuration", system.url());
    for origin in [system.url(), &by_name] {
        for request in [client().get(&discovery), client().post(&token)] {
            let answer = request.header("origin", origin).send().await.unwrap();
            assert_eq!(answer.headers()["access-control-allow-origin"], *origin);
            assert_eq!(answer.headers()["vary"], "origin");
        }
    }
    for origin in ["http://evil.example", "null", "http://localhost"] {
        for request in [client().get(&discovery), client().post(&token), client().post(request(&system, &[]))] {
            let answer = request.header("origin", origin).send().await.unwrap();
            assert_eq!(answer.status(), 403, "{origin}");
            assert_eq!(answer.headers().get("access-control-allow-origin"), None);
        }
    }
    system.stop().await;
}

#[tokio::test]
async fn signing_out_leads_back_to_the_page_and_nowhere_else() {
    let system = start(Wiring::default()).await;
    let sign_out = async |parameters: &[(&str, &str)]| {
        let url = Url::parse_with_params(&format!("{}/oauth2/logout", system.url()), parameters).unwrap();
        client().get(url).send().await.unwrap()
    };
    let own = format!("{}/", system.url());
    let usual = [("id_token_hint", "x"), ("client_id", "contacts"), ("logout_uri", own.as_str())];
    let back = sign_out(&[&usual[..], &[("post_logout_redirect_uri", &own), ("state", "a b")]].concat()).await;
    assert_eq!(location(&back).as_str(), format!("{own}?state=a%20b"));
    for other in [&[][..], &[("post_logout_redirect_uri", "https://evil.example/")]] {
        let answer = sign_out(other).await;
        assert_eq!((answer.status().as_u16(), answer.headers().get("location")), (200, None));
        assert!(answer.text().await.unwrap().contains("You are signed out"));
    }
    system.stop().await;
}
