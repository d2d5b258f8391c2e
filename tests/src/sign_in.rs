//! How people sign in at the issuer: OpenID Connect's code flow with PKCE, for whoever names a workspace.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use axum::extract::{Form, Query, State};
use axum::http::StatusCode;
use axum::response::{Html, Redirect};
use axum::routing::{get, post};
use axum::{Json, Router};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde::Deserialize;
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use crate::issuer::{AUDIENCE, Signer};

struct Provider {
    signer: Signer,
    /// What each code is for, until it is redeemed.
    codes: Mutex<HashMap<String, (Request, String)>>,
}

/// What the page asks for.
#[derive(Deserialize)]
struct Request {
    client_id: String,
    redirect_uri: String,
    state: String,
    nonce: String,
    code_challenge: String,
    code_challenge_method: String,
}

#[derive(Deserialize)]
struct Choice {
    workspace: String,
}

#[derive(Deserialize)]
struct Redemption {
    client_id: String,
    redirect_uri: String,
    code: String,
    code_verifier: String,
}

/// The endpoints by which people sign in.
pub(crate) fn routes(signer: Signer) -> Router {
    let provider = Arc::new(Provider { signer, codes: Mutex::default() });
    Router::new().route("/authorize", get(ask).post(grant)).route("/token", post(redeem)).with_state(provider)
}

async fn ask() -> Html<&'static str> {
    Html(
        "<!doctype html><title>Sign in</title><form method=post><label>Workspace <input name=workspace></label></form>",
    )
}

async fn grant(
    State(provider): State<Arc<Provider>>,
    Query(request): Query<Request>,
    Form(choice): Form<Choice>,
) -> Redirect {
    assert_eq!((request.client_id.as_str(), request.code_challenge_method.as_str()), (AUDIENCE, "S256"));
    let code = format!("{:032x}", fastrand::u128(..));
    let state = utf8_percent_encode(&request.state, NON_ALPHANUMERIC);
    let back = format!("{}?code={code}&state={state}", request.redirect_uri);
    provider.codes.lock().unwrap().insert(code, (request, choice.workspace));
    Redirect::to(&back)
}

async fn redeem(
    State(provider): State<Arc<Provider>>,
    Form(redemption): Form<Redemption>,
) -> Result<Json<Value>, StatusCode> {
    let granted = provider.codes.lock().unwrap().remove(&redemption.code);
    let (request, workspace) = granted.ok_or(StatusCode::BAD_REQUEST)?;
    let challenge = URL_SAFE_NO_PAD.encode(Sha256::digest(&redemption.code_verifier));
    if [redemption.client_id, redemption.redirect_uri, challenge]
        != [request.client_id, request.redirect_uri, request.code_challenge]
    {
        return Err(StatusCode::BAD_REQUEST);
    }
    let mut claims = provider.signer.claims(&workspace);
    let access_token = provider.signer.sign(&claims);
    claims["nonce"] = json!(request.nonce);
    let id_token = provider.signer.sign(&claims);
    Ok(Json(json!({"token_type": "Bearer", "expires_in": 3_600, "access_token": access_token, "id_token": id_token})))
}
