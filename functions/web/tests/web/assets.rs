//! The assets of the document.

use web::Site;

use crate::support::{call, config, get, hash, page, site, source};

#[tokio::test]
async fn an_asset_is_the_file_of_the_folder_and_kept_for_a_year() {
    let path = format!("/assets/{}/main.js", hash().await);
    let answer = get(&site(), &path, &[]).await;
    assert_eq!((answer.status(), answer.content()), (200, source("main.js")));
    assert_eq!(answer.header("content-type"), Some("text/javascript; charset=utf-8"));
    assert_eq!(answer.header("cache-control"), Some("public, max-age=31536000, immutable"));
    let tag = answer.header("etag").unwrap();
    assert_eq!(get(&site(), &path, &[("if-none-match", tag)]).await.status(), 304);
}

#[tokio::test]
async fn an_asset_is_compressed_for_those_who_can_read_it() {
    let path = format!("/assets/{}/main.js", hash().await);
    let plain = source("main.js");
    for (accept, encoding) in [
        (&[][..], None),
        (&[("accept-encoding", "gzip, deflate, br")], Some("br")),
        (&[("accept-encoding", "gzip, deflate")], Some("gzip")),
        (&[("accept-encoding", "br;q=0, gzip;q=0.1")], Some("gzip")),
        (&[("accept-encoding", "br;q=0, gzip;q=0")], None),
        (&[("accept-encoding", "identity")], None),
    ] {
        let answer = get(&site(), &path, accept).await;
        assert_eq!((answer.header("content-encoding"), answer.header("vary")), (encoding, Some("accept-encoding")));
        assert_eq!(answer.content(), plain);
        assert_eq!(answer.wire().len() < plain.len(), encoding.is_some(), "{accept:?}");
    }
}

#[tokio::test]
async fn an_asset_has_the_type_of_its_name() {
    let types = [
        ("a.js", "text/javascript; charset=utf-8"),
        ("b/c.css", "text/css; charset=utf-8"),
        ("flags.svg", "image/svg+xml; charset=utf-8"),
        ("e.png", "image/png"),
        ("LICENSES.md", "text/plain; charset=utf-8"),
    ];
    let page = page(&types.map(|(path, _)| (path, "zoë"))).unwrap();
    let hash = page.hash().to_owned();
    let site = Site::of(page, config(&[]).unwrap());
    for (path, media_type) in types {
        let answer = get(&site, &format!("/assets/{hash}/{path}"), &[("accept-encoding", "br")]).await;
        assert_eq!((answer.status(), answer.header("content-type")), (200, Some(media_type)));
        assert_eq!(answer.text(), "zoë");
    }
}

#[test]
fn a_file_that_a_browser_cannot_use_is_found_out_at_build_time() {
    for path in ["a.exe", "Makefile", "a b.js", "é.js", "a.js.gz"] {
        let refused = page(&[(path, "")]).unwrap_err();
        assert_eq!(refused.to_string(), format!("{path} is not a valid file of the page"));
    }
}

#[tokio::test]
async fn what_is_not_of_this_page_is_404_and_not_kept() {
    let hash = hash().await;
    for path in [
        "/index.html",
        "/main.js",
        "/assets/main.js",
        "/assets",
        "/assets/",
        "/assets//main.js",
        "/assets/0123456789abcdef/main.js",
        &format!("/assets/{hash}"),
        &format!("/assets/{hash}/"),
        &format!("/assets/{hash}/none.js"),
        &format!("/assets/{hash}/main.js/"),
        &format!("/assets/{hash}/../../../Cargo.toml"),
        &format!("/assets/{hash}/%2e%2e/Cargo.toml"),
        &format!("/assets/{hash}/<{{\"é"),
    ] {
        for method in ["GET", "POST"] {
            let answer = call(&site(), method, path, &[]).await;
            assert_eq!((answer.status(), answer.header("cache-control")), (404, Some("no-store")), "{method} {path}");
        }
    }
}
