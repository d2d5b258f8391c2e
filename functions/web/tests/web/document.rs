//! The document at `/`.

use web::Site;

use crate::support::{call, config, get, page, site, source};

#[tokio::test]
async fn the_document_names_its_assets_by_the_hash_of_them_all() {
    let files = [("index.html", r#"<a href="/assets/a.js"><b src="/assets/x/b.css">"#), ("a.js", "1"), ("x/b.css", "")];
    let page = page(&files).unwrap();
    let hash = page.hash().to_owned();
    let answer = get(&Site::of(page, config(&[]).unwrap()), "/", &[]).await;
    assert_eq!(answer.status(), 200);
    assert_eq!(answer.header("content-type"), Some("text/html; charset=utf-8"));
    assert_eq!(answer.text(), format!(r#"<a href="/assets/{hash}/a.js"><b src="/assets/{hash}/x/b.css">"#));
}

#[test]
fn the_hash_changes_with_every_file() {
    let hash = |files: &[(&str, &str)]| page(files).unwrap().hash().to_owned();
    let first = hash(&[("index.html", "a"), ("a.js", "b")]);
    assert_eq!(first, hash(&[("a.js", "b"), ("index.html", "a")]));
    assert!(first.len() == 16 && first.bytes().all(|digit| digit.is_ascii_hexdigit()), "{first}");
    for other in [
        &[("index.html", "x"), ("a.js", "b")][..],
        &[("index.html", "a"), ("a.js", "x")],
        &[("index.html", "a"), ("x.js", "b")],
        &[("index.html", "ab"), ("a.js", "")],
        &[("index.html", "a")],
    ] {
        assert_ne!(hash(other), first, "{other:?}");
    }
}

#[tokio::test]
async fn the_document_of_the_build_is_the_folders() {
    let built = get(&site(), "/", &[]).await.text();
    let source = String::from_utf8(source("index.html")).unwrap();
    let (before, after) = source.split_once("\"/assets/").unwrap();
    assert!(built.starts_with(before), "{built}");
    assert!(built.ends_with(after.rsplit("\"/assets/").next().unwrap()), "{built}");
}

#[tokio::test]
async fn the_document_is_asked_for_again_and_sent_only_when_it_has_changed() {
    let site = site();
    for encoding in ["", "gzip", "br"] {
        let first = get(&site, "/", &[("accept-encoding", encoding)]).await;
        assert_eq!(first.header("cache-control"), Some("no-cache"));
        let tag = first.header("etag").unwrap();
        let again = get(&site, "/", &[("accept-encoding", encoding), ("if-none-match", tag)]).await;
        assert_eq!((again.status(), again.wire().len()), (304, 0));
        assert_eq!((again.header("content-encoding"), again.header("content-type")), (None, None));
        for header in ["etag", "vary", "cache-control", "content-security-policy"] {
            assert_eq!(again.header(header), first.header(header), "{header}");
        }
    }
}

#[tokio::test]
async fn a_tag_is_of_one_encoding() {
    let site = site();
    let tag = async |encoding: &str| {
        let answer = get(&site, "/", &[("accept-encoding", encoding)]).await;
        answer.header("etag").unwrap().to_owned()
    };
    let (identity, gzip, brotli) = (tag("").await, tag("gzip").await, tag("br").await);
    assert!(identity != gzip && gzip != brotli && brotli != identity);
    for (tags, status) in [
        (brotli.clone(), 304),
        (format!("W/{brotli}"), 304),
        (format!("\"x\", {brotli}"), 304),
        ("*".to_owned(), 304),
        (gzip, 200),
        (identity, 200),
        ("\"\"".to_owned(), 200),
        (String::new(), 200),
    ] {
        let answer = get(&site, "/", &[("accept-encoding", "br"), ("if-none-match", &tags)]).await;
        assert_eq!(answer.status(), status, "{tags}");
    }
}

#[tokio::test]
async fn the_document_runs_no_code_but_the_pages_own() {
    let further = config(&[("CONNECT_ORIGINS", "https://b.s3.example  http://127.0.0.1:3002")]).unwrap();
    let page = page(&[("index.html", "x")]).unwrap();
    let answer = get(&Site::of(page, further), "/", &[]).await;
    assert_eq!(
        answer.header("content-security-policy"),
        Some(
            "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'; \
            connect-src 'self' https://id.example https://b.s3.example http://127.0.0.1:3002; form-action 'self'; \
            base-uri 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types 'none'"
        )
    );
    assert_eq!(answer.header("referrer-policy"), Some("no-referrer"));
    assert_eq!(answer.header("cross-origin-opener-policy"), Some("same-origin"));
}

#[tokio::test]
async fn what_is_asked_with_the_document_changes_nothing() {
    let plain = get(&site(), "/", &[]).await.text();
    for query in ["code=x&state=y", "\"<>|{}", "%zz", "é"] {
        assert_eq!(call(&site(), "GET", &format!("/?{query}"), &[]).await.text(), plain, "{query}");
    }
}
