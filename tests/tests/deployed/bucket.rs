//! The bucket.

use reqwest_tls::header::{ACCESS_CONTROL_ALLOW_ORIGIN, ACCESS_CONTROL_REQUEST_METHOD, CONTENT_TYPE, ORIGIN};
use reqwest_tls::{Method, StatusCode};
use serde_json::json;

use crate::deployment::{self, Deployment};

pub(crate) async fn it_gives_nothing_to_those_without_a_signature(deployment: &Deployment) {
    let bucket = deployment.bucket_url();
    for (method, url) in [
        (Method::GET, format!("{bucket}?list-type=2")),
        (Method::GET, format!("{bucket}/imports/demo/people.csv")),
        (Method::PUT, format!("{bucket}/imports/demo/people.csv")),
        (Method::DELETE, format!("{bucket}/imports/demo/people.csv")),
    ] {
        let answer = deployment.http.request(method.clone(), &url).send().await.unwrap();
        assert_eq!(answer.status(), StatusCode::FORBIDDEN, "{method} {url}");
    }
}

pub(crate) async fn it_talks_over_encrypted_connections_only(deployment: &Deployment) {
    let user = deployment.user("encrypted");
    let import = user.post("/imports", &json!({"file_name": "people.csv", "size_bytes": 4})).await;
    let put = async |scheme: &str| {
        let link = import["upload"]["url"].as_str().unwrap();
        // The emulator has TLS only, but believes what a proxy in front of it says of the connection.
        let request = deployment.http.put(link).header("x-forwarded-proto", scheme);
        request.header(CONTENT_TYPE, "text/csv").body("x,y\n").send().await.unwrap().status()
    };
    assert_eq!(put("http").await, StatusCode::FORBIDDEN);
    assert_eq!(put("https").await, StatusCode::OK);
}

pub(crate) async fn the_page_and_the_configured_origin_may_upload_files(deployment: &Deployment) {
    let file = format!("{}/imports/demo/people.csv", deployment.bucket_url());
    let page = deployment.outputs["PageUrl"].trim_end_matches('/');
    for (origin, method, allowed) in [
        (page, "PUT", true),
        (page, "DELETE", false),
        (deployment::ORIGIN, "PUT", true),
        (deployment::ORIGIN, "GET", true),
        (deployment::ORIGIN, "DELETE", false),
        ("https://elsewhere.example.com", "PUT", false),
    ] {
        let request = deployment.http.request(Method::OPTIONS, &file).header(ORIGIN, origin);
        let answer = request.header(ACCESS_CONTROL_REQUEST_METHOD, method).send().await.unwrap();
        assert_eq!(answer.status().is_success(), allowed, "{method} of a page of {origin}: {answer:?}");
        assert_eq!(answer.headers().contains_key(ACCESS_CONTROL_ALLOW_ORIGIN), allowed, "{answer:?}");
    }
}
