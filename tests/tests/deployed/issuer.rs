//! An identity provider: a key, tokens signed with it, and what OpenID Connect discovery asks for.

use std::net::Ipv4Addr;
use std::time::{SystemTime, UNIX_EPOCH};

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

/// Whom its tokens are for.
pub(crate) const AUDIENCE: &str = "contacts";

const KEY_ID: &str = "the-key";

/// It ends when it is dropped.
pub(crate) struct Issuer {
    url: String,
    key: EncodingKey,
    server: JoinHandle<()>,
}

impl Issuer {
    pub(crate) async fn start() -> Issuer {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        // API Gateway takes RSA only.
        let key = new_key();
        let mut public = Jwk::from_encoding_key(&key, Algorithm::RS256).unwrap();
        public.common.key_id = Some(KEY_ID.to_owned());
        public.common.public_key_use = Some(PublicKeyUse::Signature);
        let keys = JwkSet { keys: vec![public] };
        let discovery = json!({"issuer": url, "jwks_uri": format!("{url}/keys")});
        let router = Router::new()
            .route("/.well-known/openid-configuration", get(async || Json(discovery)))
            .route("/keys", get(async || Json(keys)));
        let server = tokio::spawn(async { axum::serve(listener, router).await.unwrap() });
        Issuer { url, key, server }
    }

    /// Its name.
    pub(crate) fn url(&self) -> &str {
        &self.url
    }

    /// The claims of a good token of a workspace.
    pub(crate) fn claims(&self, workspace: &str) -> Value {
        json!({"iss": self.url, "aud": AUDIENCE, "sub": "somebody", "exp": now() + 3_600, "workspace_id": workspace})
    }

    /// Signs claims.
    pub(crate) fn sign(&self, claims: &Value) -> String {
        sign(claims, &self.key)
    }
}

impl Drop for Issuer {
    fn drop(&mut self) {
        self.server.abort();
    }
}

/// Signs claims with a key that is not the issuer's, and says that it is.
pub(crate) fn forge(claims: &Value) -> String {
    sign(claims, &new_key())
}

/// In seconds since 1970.
pub(crate) fn now() -> u64 {
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
