//! The HTML pages of the provider.

use axum::response::{Html, IntoResponse as _, Response};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use contacts::WorkspaceError;
use http::header::{CACHE_CONTROL, CONTENT_SECURITY_POLICY, REFERRER_POLICY, X_CONTENT_TYPE_OPTIONS};
use http::{HeaderValue, StatusCode};
use sha2::{Digest as _, Sha256};

use crate::browsers::hosts;
use crate::gateway::state::Gateway;

const STYLE: &str = include_str!("page.css");

/// The form that asks for a workspace, filled in with `workspace`, and with the reason if that is invalid.
pub(super) fn form(gateway: &Gateway, workspace: &str, error: Option<WorkspaceError>) -> Response {
    let (status, problem, invalid) = match error {
        None => (StatusCode::OK, String::new(), ""),
        Some(error) => {
            let problem = format!(
                r#"<p id="problem" role="alert">“{}” is not a valid workspace: {error}.</p>"#,
                escaped(workspace)
            );
            (StatusCode::UNPROCESSABLE_ENTITY, problem, r#" aria-invalid="true""#)
        }
    };
    let body = format!(
        r#"<p>On your own machine there is no password. Whose contacts would you like to see?</p>
<form method="post">
<label for="workspace">Workspace</label>
<input id="workspace" name="workspace" value="{}" required autofocus autocomplete="off" autocapitalize="none"
spellcheck="false" aria-describedby="problem hint"{invalid}>
{problem}
<p id="hint">A new workspace starts with an empty book.</p>
<button>Sign in</button>
</form>"#,
        escaped(workspace)
    );
    page(gateway, status, "Sign in to Contacts", &body)
}

/// The page that says why sign-in is impossible.
pub(super) fn refusal(gateway: &Gateway, reason: &str) -> Response {
    let body = format!(r#"<p>{reason}</p><p><a href="/">To the contacts</a></p>"#);
    page(gateway, StatusCode::BAD_REQUEST, "You cannot sign in", &body)
}

/// The page after signing out.
pub(super) fn signed_out(gateway: &Gateway) -> Response {
    page(gateway, StatusCode::OK, "You are signed out", r#"<p><a href="/">Sign in again</a></p>"#)
}

fn page(gateway: &Gateway, status: StatusCode, title: &str, body: &str) -> Response {
    let html = format!(
        r#"<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>{title}</title>
<style>{STYLE}</style>
</head>
<body>
<main>
<h1>{title}</h1>
{body}
</main>
</body>
</html>
"#
    );
    let mut response = (status, Html(html)).into_response();
    let headers = response.headers_mut();
    if let Ok(policy) = HeaderValue::try_from(policy(gateway.address.port())) {
        headers.insert(CONTENT_SECURITY_POLICY, policy);
    }
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    // A stricter policy would remove the `Origin` of the form, which `own` checks.
    headers.insert(REFERRER_POLICY, HeaderValue::from_static("same-origin"));
    response
}

/// The content security policy. The form redirects to the client, which may use either host name.
fn policy(port: u16) -> String {
    let style = STANDARD.encode(Sha256::digest(STYLE));
    let [address, name] = hosts(port);
    format!(
        "default-src 'none'; style-src 'sha256-{style}'; form-action http://{address} http://{name}; base-uri 'none'; \
        frame-ancestors 'none'"
    )
}

/// Escapes text for HTML and for attributes.
fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}
