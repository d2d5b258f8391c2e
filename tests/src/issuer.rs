//! An identity provider: a key, tokens signed with it, what OpenID Connect discovery asks for, and a way to sign in.

use std::net::Ipv4Addr;
use std::time::{SystemTime, UNIX_EPOCH};

use axum::http::HeaderValue;
use axum::http::header::ACCESS_CONTROL_ALLOW_ORIGIN;
use axum::middleware::map_response;
use axum::response::Response;
use axum::routing::get;
use axum::{Json, Router};
use jsonwebtoken::jwk::{Jwk, JwkSet, PublicKeyUse};
use jsonwebtoken::{Algorithm, EncodingKey, Header};
use rsa::RsaPrivateKey;
use rsa::pkcs1::EncodeRsaPrivateKey as _;
use rsa::rand_core::OsRng;
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

use crate::sign_in;

/// Whom its tokens are for.
pub const AUDIENCE: &str = "contacts";

const KEY_ID: &str = "the-key";

/// It ends when it is dropped.
pub struct Issuer {
    signer: Signer,
    server: JoinHandle<()>,
}

/// What signs.
#[derive(Clone)]
pub(crate) struct Signer {
    url: String,
    key: EncodingKey,
}

impl Issuer {
    /// Starts one, at a port of this machine.
    pub async fn start() -> Issuer {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        // API Gateway takes RSA only.
        let key = new_key();
        let mut public = Jwk::from_encoding_key(&key, Algorithm::RS256).unwrap();
        public.common.key_id = Some(KEY_ID.to_owned());
        public.common.public_key_use = Some(PublicKeyUse::Signature);
        let keys = JwkSet { keys: vec![public] };
        let discovery = json!({
            "issuer": url,
            "jwks_uri": format!("{url}/keys"),
            "authorization_endpoint": format!("{url}/authorize"),
            "token_endpoint": format!("{url}/token"),
        });
        let signer = Signer { url, key };
        let router = Router::new()
            .route("/.well-known/openid-configuration", get(async || Json(discovery)))
            .route("/keys", get(async || Json(keys)))
            .merge(sign_in::routes(signer.clone()))
            .layer(map_response(for_every_page));
        let server = tokio::spawn(async { axum::serve(listener, router).await.unwrap() });
        Issuer { signer, server }
    }

    /// Its name.
    pub fn url(&self) -> &str {
        &self.signer.url
    }

    /// The claims of a good token of a workspace.
    pub fn claims(&self, workspace: &str) -> Value {
        self.signer.claims(workspace)
    }

    /// Signs claims.
    pub fn sign(&self, claims: &Value) -> String {
        self.signer.sign(claims)
    }
}

impl Signer {
    pub(crate) fn claims(&self, workspace: &str) -> Value {
        json!({
            "iss": self.url, "aud": AUDIENCE, "sub": "somebody", "workspace_id": workspace,
            "iat": now(), "exp": now() + 3_600,
        })
    }

    pub(crate) fn sign(&self, claims: &Value) -> String {
        sign(claims, &self.key)
    }
}

/// Lets the page read the answer, wherever it is.
async fn for_every_page(mut response: Response) -> Response {
    response.headers_mut().insert(ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static("*"));
    response
}

impl Drop for Issuer {
    fn drop(&mut self) {
        self.server.abort();
    }
}

/// Signs claims with a key that is not the issuer's, and says that it is.
pub fn forge(claims: &Value) -> String {
    sign(claims, &new_key())
}

/// In seconds since 1970.
pub fn now() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs()
}

fn new_key() -> EncodingKey {
    let key = RsaPrivateKey::new(&mut OsRng, 2048).unwrap();
    EncodingKey::from_rsa_der(key.to_pkcs1_der().unwrap().as_bytes())
}

fn sign(claims: &Value, key: &EncodingKey) -> String {
    let header = Header { kid: Some(KEY_ID.to_owned()), ..Header::new(Algorithm::RS256) };
    jsonwebtoken::encode(&header, claims, key).unwrap()
}
