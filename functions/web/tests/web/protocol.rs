//! What holds for every path: methods, and headers that protect.

use crate::support::{call, get, hash, site};

async fn paths() -> [String; 3] {
    ["/".to_owned(), "/config.json".to_owned(), format!("/assets/{}/main.js", hash().await)]
}

#[tokio::test]
async fn head_is_get_without_a_body() {
    for path in paths().await {
        let accept = [("accept-encoding", "br")];
        let (head, get) = (call(&site(), "HEAD", &path, &accept).await, get(&site(), &path, &accept).await);
        assert_eq!((head.status(), head.wire().len()), (200, 0), "{path}");
        for header in ["content-type", "content-encoding", "etag", "vary", "cache-control", "content-security-policy"] {
            assert_eq!(head.header(header), get.header(header), "{path} {header}");
        }
    }
}

#[tokio::test]
async fn another_method_is_405_and_says_which_are_known() {
    for path in paths().await {
        for method in ["POST", "PUT", "PATCH", "DELETE", "OPTIONS"] {
            let answer = call(&site(), method, &path, &[]).await;
            assert_eq!((answer.status(), answer.header("allow")), (405, Some("GET, HEAD")), "{method} {path}");
        }
    }
}

#[tokio::test]
async fn every_answer_is_protected() {
    let unknown = "/unknown".to_owned();
    for path in paths().await.into_iter().chain([unknown]) {
        let answer = get(&site(), &path, &[]).await;
        assert_eq!(answer.header("x-content-type-options"), Some("nosniff"), "{path}");
        assert_eq!(answer.header("strict-transport-security"), Some("max-age=31536000"), "{path}");
        let plain = get(&site(), &path, &[("x-forwarded-proto", "http")]).await;
        assert_eq!(plain.header("strict-transport-security"), None, "{path}");
    }
}
