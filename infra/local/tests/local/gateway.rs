//! Requests as events of functions, and answers of functions as answers to clients.

use std::sync::Arc;

use axum::Router;
use contacts_local::{Access, ApiHandler, Routes, Wiring, api_handler};
use serde_json::{Value, json};
use tokio::sync::Barrier;

use crate::support::{api, next, raw, recorder, start, token, within};

const OK: &str = r#"{"statusCode": 200}"#;

#[tokio::test]
async fn a_request_becomes_the_event_of_api_gateway() {
    let (handler, mut events) = recorder(OK);
    let system = start(api(Access::Token, handler)).await;
    let token = token(&system, "workspace=acme").await;
    let host = system.url().strip_prefix("http://").unwrap();
    let body = r#"{"name": "Zoë"}"#;
    let request = format!(
        "POST /contacts/a%20b/%zz/%C3%BC?limit=5&a=1&a=%zz+x&plus=%2B1&empty&%C3%BC=%C3%BC HTTP/1.1\r\n\
        Host: nonsense host\r\nAuthorization: bearer {token}\r\nUser-Agent: test/1\r\n\
        X-Many: one\r\nX-Many: two\r\nCookie: a=1; b=2\r\nX-Forwarded-Proto: gopher\r\n\
        Content-Type: application/json\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{body}",
        body.len()
    );
    let answer = raw(system.url(), request.as_bytes()).await;
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
    let mut event = next(&mut events).await;
    let context = event["requestContext"].as_object_mut().unwrap();
    let time = context.remove("time").unwrap();
    assert_eq!(time.as_str().unwrap().len(), "12/Mar/2020:19:03:58 +0000".len());
    assert!(context.remove("timeEpoch").unwrap().as_i64().unwrap() > 1_700_000_000_000);
    assert_eq!(context.remove("requestId").unwrap().as_str().unwrap().len(), 32);
    let claims = context["authorizer"]["jwt"]["claims"].as_object_mut().unwrap();
    for time in ["iat", "exp"] {
        claims.remove(time).unwrap().as_str().unwrap().parse::<i64>().unwrap();
    }
    assert_eq!(
        event,
        json!({
            "version": "2.0",
            "routeKey": "$default",
            "rawPath": "/contacts/a%20b/%zz/%C3%BC",
            "rawQueryString": "limit=5&a=1&a=%zz+x&plus=%2B1&empty&%C3%BC=%C3%BC",
            "cookies": ["a=1", "b=2"],
            "headers": {
                "authorization": format!("bearer {token}"),
                "connection": "close",
                "content-length": body.len().to_string(),
                "content-type": "application/json",
                "host": host,
                "user-agent": "test/1",
                "x-forwarded-for": "127.0.0.1",
                "x-forwarded-port": host.split_once(':').unwrap().1,
                "x-forwarded-proto": "http",
                "x-many": "one,two",
            },
            "queryStringParameters": {
                "limit": "5", "a": "1,%zz x", "plus": "+1", "empty": "", "ü": "ü",
            },
            "requestContext": {
                "accountId": "000000000000",
                "apiId": "local",
                "authorizer": {"jwt": {
                    "claims": {
                        "aud": "contacts",
                        "iss": system.url(),
                        "sub": "acme-developer",
                        "workspace_id": "acme",
                    },
                    "scopes": null,
                }},
                "domainName": host,
                "domainPrefix": "local",
                "http": {
                    "method": "POST",
                    "path": "/contacts/a%20b/%zz/%C3%BC",
                    "protocol": "HTTP/1.1",
                    "sourceIp": "127.0.0.1",
                    "userAgent": "test/1",
                },
                "routeKey": "$default",
                "stage": "$default",
            },
            "body": body,
            "isBase64Encoded": false,
        })
    );
    system.stop().await;
}

#[tokio::test]
async fn a_body_that_is_no_text_is_base64() {
    let (handler, mut events) = recorder(OK);
    let system = start(api(Access::Open, handler)).await;
    let client = reqwest::Client::new();
    for (kind, body, expected, base64) in [
        ("application/json", &b"{}"[..], json!("{}"), false),
        ("application/merge-patch+json", b"{}", json!("{}"), false),
        ("text/csv; charset=utf-8", b"a,b", json!("a,b"), false),
        ("text/csv", b"\xff", json!("/w=="), true),
        ("application/octet-stream", b"{}", json!("e30="), true),
        ("application/json", b"", Value::Null, false),
    ] {
        let post = client.post(system.url()).header("content-type", kind).body(body);
        post.send().await.unwrap();
        let event = next(&mut events).await;
        assert_eq!(event.get("body"), (!expected.is_null()).then_some(&expected), "{kind}");
        assert_eq!(event["isBase64Encoded"], base64, "{kind}");
        assert_eq!(event["requestContext"].get("authorizer"), None);
    }
    system.stop().await;
}

#[tokio::test]
async fn an_answer_is_passed_on_whole() {
    let answer = r#"{"statusCode": 308, "headers": {"location": "/other", "content-type": "text/plain"},
        "multiValueHeaders": {}, "cookies": ["a=1", "b=2"], "body": "Zoë", "isBase64Encoded": false}"#;
    let (handler, _events) = recorder(answer);
    let system = start(api(Access::Open, handler)).await;
    let client = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).build();
    let answer = client.unwrap().get(system.url()).send().await.unwrap();
    assert_eq!(answer.status(), 308);
    assert_eq!(answer.headers()["location"], "/other");
    assert!(answer.headers().contains_key("apigw-requestid"));
    let cookies: Vec<_> = answer.headers().get_all("set-cookie").iter().collect();
    assert_eq!(cookies, ["a=1", "b=2"]);
    assert_eq!(answer.text().await.unwrap(), "Zoë");
    system.stop().await;
}

#[tokio::test]
async fn without_a_good_token_no_function_is_called() {
    let (handler, mut events) = recorder(OK);
    let (open, _opened) = recorder(OK);
    let routes = Routes::default().with("$default", Access::Token, handler);
    let routes = routes.with("GET /openapi.json", Access::Open, open);
    let system = start(Wiring { routes, ..Wiring::default() }).await;
    let other = start(Wiring::default()).await;
    let client = reqwest::Client::new();
    let good = token(&system, "workspace=acme").await;
    let mut parts = good.split('.');
    let (header, claims) = (parts.next().unwrap(), parts.next().unwrap());
    let signature = parts.next().unwrap();
    // {"alg":"none"} and {"alg":"HS256"}
    let (none, hmac) = ("eyJhbGciOiJub25lIn0", "eyJhbGciOiJIUzI1NiJ9");
    for (case, value) in [
        ("garbage", "Bearer garbage".to_owned()),
        ("no scheme", good.clone()),
        ("other scheme", format!("Basic {good}")),
        ("empty", "Bearer ".to_owned()),
        ("expired", format!("Bearer {}", token(&system, "workspace=acme&ttl=-1").await)),
        ("another issuer", format!("Bearer {}", token(&other, "workspace=acme").await)),
        ("alg none", format!("Bearer {none}.{claims}.")),
        ("alg none, signed", format!("Bearer {none}.{claims}.{signature}")),
        ("alg HS256", format!("Bearer {hmac}.{claims}.{signature}")),
        ("other claims", format!("Bearer {header}.e30.{signature}")),
        ("not signed", format!("Bearer {header}.{claims}.")),
    ] {
        let answer = client.get(system.url()).header("authorization", value).send().await.unwrap();
        assert_eq!(answer.status(), 401, "{case}");
        assert!(answer.headers()["www-authenticate"].to_str().unwrap().starts_with("Bearer"));
        assert_eq!(answer.json::<Value>().await.unwrap(), json!({"message": "Unauthorized"}));
    }
    let answer = client.get(system.url()).send().await.unwrap();
    assert_eq!((answer.status().as_u16(), &answer.headers()["www-authenticate"]), (401, &"Bearer".parse().unwrap()));
    assert!(events.try_recv().is_err());
    let open = client.get(format!("{}/openapi.json", system.url())).send().await.unwrap();
    assert_eq!(open.status(), 200);
    let closed = client.post(format!("{}/openapi.json", system.url())).send().await.unwrap();
    assert_eq!(closed.status(), 401);
    let known = client.get(system.url()).bearer_auth(&good).send().await.unwrap();
    assert_eq!(known.status(), 200);
    other.stop().await;
    system.stop().await;
}

#[tokio::test]
async fn a_failing_function_is_a_500_without_details() {
    let handler: ApiHandler = Arc::new(|event| {
        let event: Value = serde_json::from_str(&event).unwrap();
        match event["rawPath"].as_str().unwrap() {
            "/panic" => panic!("secret"),
            "/error" => Box::pin(async { Err("secret".to_owned()) }),
            _ => Box::pin(async { Ok(r#"{"statusCode": 7, "body": "secret"}"#.to_owned()) }),
        }
    });
    let system = start(api(Access::Open, handler)).await;
    for path in ["/panic", "/error", "/nonsense"] {
        let answer = reqwest::get(format!("{}{path}", system.url())).await.unwrap();
        assert_eq!(answer.status(), 500);
        assert_eq!(answer.text().await.unwrap(), r#"{"message":"Internal Server Error"}"#);
    }
    system.stop().await;
}

#[tokio::test]
async fn what_is_too_long_does_not_reach_a_function() {
    let (handler, mut events) = recorder(OK);
    let system = start(api(Access::Open, handler)).await;
    let client = reqwest::Client::new();
    let fits = vec![b'x'; 10 * 1024 * 1024];
    let too_long = [fits.as_slice(), b"x"].concat();
    let answer = client.post(system.url()).body(fits).send().await.unwrap();
    assert_eq!(answer.status(), 200);
    next(&mut events).await;
    let answer = client.post(system.url()).body(too_long).send().await.unwrap();
    assert_eq!(answer.status(), 413);
    assert_eq!(answer.text().await.unwrap(), r#"{"message":"Request Too Long"}"#);
    let url = format!("{}/{}", system.url(), "x".repeat(11_000));
    assert_eq!(reqwest::get(url).await.unwrap().status(), 414);
    assert!(events.try_recv().is_err());
    system.stop().await;
}

#[tokio::test]
async fn a_page_may_call_the_api() {
    let (handler, mut events) = recorder(OK);
    let system = start(api(Access::Token, handler)).await;
    let client = reqwest::Client::new();
    let preflight = client.request(reqwest::Method::OPTIONS, format!("{}/contacts", system.url()));
    let preflight = preflight.header("origin", "http://page");
    let preflight = preflight.header("access-control-request-method", "PATCH");
    let preflight = preflight.header("access-control-request-headers", "authorization,if-match");
    let answer = preflight.send().await.unwrap();
    assert_eq!(answer.status(), 204);
    assert_eq!(answer.headers()["access-control-allow-origin"], "*");
    assert!(answer.headers()["access-control-allow-methods"].to_str().unwrap().contains("PATCH"));
    assert_eq!(answer.headers()["access-control-allow-headers"], "authorization,if-match");
    // Also a refusal can be read by the page.
    let answer = client.get(system.url()).header("origin", "http://page").send().await.unwrap();
    assert_eq!(answer.status(), 401);
    assert_eq!(answer.headers()["access-control-allow-origin"], "*");
    assert!(events.try_recv().is_err());
    system.stop().await;
}

#[tokio::test]
async fn a_router_is_called_through_lambdas_own_adapter() {
    let barrier = Arc::new(Barrier::new(2));
    let meet = move || async move {
        barrier.wait().await;
        "met"
    };
    let router = Router::new().route("/meet", axum::routing::get(meet));
    let router = router.fallback(async |uri: http::Uri| uri.to_string());
    let system = start(api(Access::Open, api_handler(move || lambda_http::Adapter::from(router.clone())))).await;
    // Each waits for the other: they run at the same time.
    let meet = async || reqwest::get(format!("{}/meet", system.url())).await.unwrap().text().await;
    let (one, two) = within(futures_util::future::join(meet(), meet())).await;
    assert_eq!((one.unwrap().as_str(), two.unwrap().as_str()), ("met", "met"));
    for target in [
        "/",
        "//",
        "/%",
        "/%zz",
        "/a%00b",
        "/..",
        "/a/../b",
        "/%2e%2e/x",
        "/?%",
        "/?a=%zz&&=&",
        "/?\u{e9}",
        "/\u{e9}",
        "/@evil",
        "//evil/x",
        "/{\"}",
        "/?{\"}<>|",
        "/a;b=c",
        "http://evil/x",
        "*",
    ] {
        for host in ["nonsense host", "[::", "a/b?c", ""] {
            let request = format!("GET {target} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n");
            let answer = raw(system.url(), request.as_bytes()).await;
            let status = answer.get(9..12).unwrap();
            assert!(["200", "400"].contains(&status), "{target} {host}: {answer}");
        }
    }
    let longest = format!("{}/{}", system.url(), "{".repeat(10_000));
    assert_eq!(reqwest::get(longest).await.unwrap().status(), 414);
    system.stop().await;
}

#[tokio::test]
async fn the_issuer_says_how_to_check_its_tokens() {
    let system = start(Wiring::default()).await;
    let url = system.url();
    let well_known = format!("{url}/.well-known/openid-configuration");
    let configuration: Value = reqwest::get(well_known).await.unwrap().json().await.unwrap();
    assert_eq!(configuration["issuer"], url);
    let keys = configuration["jwks_uri"].as_str().unwrap();
    let keys = reqwest::get(keys).await.unwrap().text().await.unwrap();
    assert!(!keys.contains("\"d\""), "a private key");
    let keys: jsonwebtoken::jwk::JwkSet = serde_json::from_str(&keys).unwrap();
    let token = token(&system, "workspace=acme&ttl=60").await;
    let header = jsonwebtoken::decode_header(&token).unwrap();
    let key = keys.find(&header.kid.unwrap()).unwrap();
    let key = jsonwebtoken::DecodingKey::from_jwk(key).unwrap();
    let mut rules = jsonwebtoken::Validation::new(jsonwebtoken::Algorithm::ES256);
    rules.set_audience(&["contacts"]);
    let claims = jsonwebtoken::decode::<Value>(&token, &key, &rules).unwrap().claims;
    assert_eq!((claims["workspace_id"].as_str(), claims["iss"].as_str()), (Some("acme"), Some(url)));
    assert_eq!(claims["exp"].as_i64().unwrap() - claims["iat"].as_i64().unwrap(), 60);
    system.stop().await;
}

#[tokio::test]
async fn tokens_are_for_workspaces_and_for_this_machine() {
    let system = start(Wiring::default()).await;
    let long = format!("workspace={}", "a".repeat(65));
    for query in [
        "",
        "workspace=",
        "workspace=A",
        "workspace=a/b",
        &long,
        "workspace=a&ttl=x",
        "workspace=a&ttl=1.5",
        "workspace=a&ttl=31536001",
        "workspace=a&ttl=-9223372036854775808",
    ] {
        let answer = reqwest::get(format!("{}/dev/token?{query}", system.url())).await.unwrap();
        assert_eq!(answer.status(), 400, "{query}");
        assert_eq!(answer.headers()["content-type"], "application/problem+json");
    }
    let url = format!("{}/dev/token?workspace=a", system.url());
    let answer: Value = reqwest::get(&url).await.unwrap().json().await.unwrap();
    assert_eq!((&answer["token_type"], &answer["expires_in"]), (&json!("Bearer"), &json!(3600)));
    for url in [&url, &format!("{}/dev/token", system.url()), &format!("{}/x", system.url())] {
        let answer = reqwest::get(url).await.unwrap();
        assert_eq!(answer.headers()["cache-control"], "no-store", "{url}");
        assert_eq!(answer.headers()["x-content-type-options"], "nosniff", "{url}");
    }
    let client = reqwest::Client::new();
    for (name, value) in [("origin", "http://evil.example"), ("host", "evil.example"), ("origin", "null")] {
        let answer = client.get(&url).header(name, value).send().await.unwrap();
        assert_eq!(answer.status(), 403, "{name}: {value}");
    }
    let page = client.get(&url).header("origin", system.url()).send().await.unwrap();
    assert_eq!(page.status(), 200);
    system.stop().await;
}
