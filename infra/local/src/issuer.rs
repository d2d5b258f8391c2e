//! The token issuer of the one-machine system: signs tokens with its own key, and checks them as API Gateway does.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use contacts::Workspace;
use jiff::Timestamp;
use jsonwebtoken::jwk::{Jwk, JwkSet, PublicKeyUse, ThumbprintHash};
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation};
use p256::SecretKey;
use p256::elliptic_curve::rand_core::OsRng;
use p256::pkcs8::{DecodePrivateKey as _, EncodePrivateKey as _, LineEnding};
use serde_json::{Map, Value, json};

use crate::constants::AUDIENCE;

/// The default lifetime of a token in seconds.
pub(crate) const TTL: i64 = 3_600;
/// The lifetime of a refresh token in seconds: 30 days.
const REFRESH_TTL: i64 = 30 * 24 * 3_600;
/// The longest lifetime of a token in seconds: a year.
pub(crate) const MAX_TTL: i64 = 365 * 24 * 3_600;

/// Why the issuer cannot be used. Each text fits "failed to {error}".
#[derive(Debug, thiserror::Error)]
pub enum IssuerError {
    /// The file of the key cannot be read or written.
    #[error("read or write the key in {}", path.display())]
    File {
        /// The file of the key.
        path: PathBuf,
        /// The error of the file system.
        source: io::Error,
    },
    /// The file does not contain a P-256 key in PKCS #8.
    #[error("read the key of the token issuer in {} (remove the file to create a new key)", path.display())]
    Key {
        /// The file of the key.
        path: PathBuf,
        /// What is wrong with its content.
        source: p256::pkcs8::Error,
    },
    /// A new key cannot be encoded.
    #[error("encode the key of the token issuer")]
    Encode(#[from] p256::pkcs8::Error),
    /// The key cannot sign.
    #[error("use the key of the token issuer")]
    Sign(#[from] jsonwebtoken::errors::Error),
}

/// Why a token is invalid.
#[derive(Debug, thiserror::Error)]
#[error(transparent)]
pub(crate) struct InvalidToken(#[from] jsonwebtoken::errors::Error);

/// The names of the claims that the system reads.
pub(crate) struct Claims {
    pub(crate) workspace: String,
    pub(crate) role: Option<String>,
}

/// Signs and checks tokens. Its name (`iss`) is the gateway's URL.
pub(crate) struct Issuer {
    url: String,
    names: Claims,
    signing: EncodingKey,
    checking: DecodingKey,
    public: Jwk,
    rules: Validation,
}

impl Issuer {
    /// Opens the issuer at `url`, with the key in `file`; creates the key if it is missing. Without a file uses a new key.
    pub(crate) fn open(url: String, names: Claims, file: Option<&Path>) -> Result<Self, IssuerError> {
        let key = match file {
            None => SecretKey::random(&mut OsRng),
            Some(path) => stored_key(path)?,
        };
        let signing = EncodingKey::from_ec_der(key.to_pkcs8_der()?.as_bytes());
        let mut public = Jwk::from_encoding_key(&signing, Algorithm::ES256)?;
        public.common.key_id = Some(public.thumbprint(ThumbprintHash::SHA256)?);
        public.common.public_key_use = Some(PublicKeyUse::Signature);
        let checking = DecodingKey::from_jwk(&public)?;
        let mut rules = Validation::new(Algorithm::ES256);
        rules.leeway = 0;
        rules.validate_nbf = true;
        rules.set_issuer(&[&url]);
        rules.set_audience(&[AUDIENCE]);
        rules.set_required_spec_claims(&["exp", "iss", "aud"]);
        Ok(Self { url, names, signing, checking, public, rules })
    }

    /// The name of the issuer.
    pub(crate) fn url(&self) -> &str {
        &self.url
    }

    /// The claim that has the workspace.
    pub(crate) fn workspace_claim(&self) -> &str {
        &self.names.workspace
    }

    /// An access token for a workspace that expires in `ttl` seconds, with a role if there is a claim for it.
    pub(crate) fn token(&self, workspace: &Workspace, role: Option<&str>, ttl: i64) -> Result<String, IssuerError> {
        let mut claims = self.claims(workspace, AUDIENCE, ttl);
        if let Some((name, role)) = self.names.role.as_deref().zip(role) {
            claims[name] = json!(role);
        }
        self.sign(claims)
    }

    /// An ID token for a workspace, with the nonce of the client's request.
    pub(crate) fn id_token(&self, workspace: &Workspace, nonce: Option<&str>) -> Result<String, IssuerError> {
        let mut claims = self.claims(workspace, AUDIENCE, TTL);
        claims["name"] = json!(workspace.as_str());
        if let Some(nonce) = nonce {
            claims["nonce"] = json!(nonce);
        }
        self.sign(claims)
    }

    /// A refresh token: only this issuer accepts it.
    pub(crate) fn refresh_token(&self, workspace: &Workspace) -> Result<String, IssuerError> {
        self.sign(self.claims(workspace, &self.url, REFRESH_TTL))
    }

    /// The workspace of a valid refresh token.
    pub(crate) fn refreshed(&self, token: &str) -> Option<Workspace> {
        let mut rules = self.rules.clone();
        rules.set_audience(&[&self.url]);
        let claims = jsonwebtoken::decode::<Map<String, Value>>(token, &self.checking, &rules).ok()?.claims;
        Workspace::parse(claims.get(&self.names.workspace)?.as_str()?).ok()
    }

    fn claims(&self, workspace: &Workspace, audience: &str, ttl: i64) -> Value {
        let now = Timestamp::now().as_second();
        json!({
            "iss": self.url,
            "aud": audience,
            "sub": format!("{workspace}-developer"),
            "iat": now,
            "exp": now.saturating_add(ttl).max(0),
            (self.names.workspace.as_str()): workspace.as_str(),
        })
    }

    fn sign(&self, claims: Value) -> Result<String, IssuerError> {
        let mut header = Header::new(Algorithm::ES256);
        header.kid.clone_from(&self.public.common.key_id);
        Ok(jsonwebtoken::encode(&header, &claims, &self.signing)?)
    }

    /// Checks the signature, time, issuer and audience of a token, and returns its claims.
    pub(crate) fn check(&self, token: &str) -> Result<Map<String, Value>, InvalidToken> {
        Ok(jsonwebtoken::decode(token, &self.checking, &self.rules)?.claims)
    }

    /// The public keys, as `/.well-known/jwks.json` returns them.
    pub(crate) fn keys(&self) -> JwkSet {
        JwkSet { keys: vec![self.public.clone()] }
    }
}

fn stored_key(path: &Path) -> Result<SecretKey, IssuerError> {
    let file = |source| IssuerError::File { path: path.to_owned(), source };
    match fs::read_to_string(path) {
        Ok(pem) => SecretKey::from_pkcs8_pem(&pem).map_err(|source| IssuerError::Key { path: path.to_owned(), source }),
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            let key = SecretKey::random(&mut OsRng);
            let pem = key.to_pkcs8_pem(LineEnding::LF)?;
            write_secret(path, pem.as_bytes()).map_err(file)?;
            Ok(key)
        }
        Err(error) => Err(file(error)),
    }
}

/// Writes a file atomically, readable only by its owner.
fn write_secret(path: &Path, bytes: &[u8]) -> io::Result<()> {
    use io::Write as _;
    let draft = path.with_extension("draft");
    let mut options = fs::OpenOptions::new();
    options.write(true).create(true).truncate(true);
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(&draft)?.write_all(bytes)?;
    fs::rename(&draft, path)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names() -> Claims {
        Claims { workspace: "workspace_id".to_owned(), role: None }
    }

    fn acme() -> Workspace {
        Workspace::parse("acme").unwrap()
    }

    #[test]
    fn the_key_outlives_the_process_and_only_its_owner_can_read_it() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("issuer.pem");
        let open = || Issuer::open("http://here".into(), names(), Some(&file)).unwrap();
        let token = open().token(&acme(), None, 60).unwrap();
        assert_eq!(open().check(&token).unwrap()["workspace_id"], "acme");
        {
            use std::os::unix::fs::PermissionsExt as _;
            assert_eq!(fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);
        }
    }

    #[test]
    fn refuses_what_api_gateway_refuses() {
        let open = |url: &str| Issuer::open(url.into(), names(), None).unwrap();
        let (issuer, other) = (open("http://here"), open("http://here"));
        assert!(issuer.check(&issuer.token(&acme(), None, 60).unwrap()).is_ok());
        assert!(issuer.check(&issuer.token(&acme(), None, -1).unwrap()).is_err(), "expired");
        assert!(issuer.check(&issuer.token(&acme(), None, i64::MIN).unwrap()).is_err(), "long expired");
        assert!(issuer.check(&other.token(&acme(), None, 60).unwrap()).is_err(), "another key");
        assert!(issuer.check("").is_err());
        let sign =
            |claims: Value| jsonwebtoken::encode(&Header::new(Algorithm::ES256), &claims, &issuer.signing).unwrap();
        let exp = Timestamp::now().as_second() + 60;
        assert!(issuer.check(&sign(json!({"iss": "http://here", "aud": "contacts", "exp": exp}))).is_ok());
        for claims in [
            json!({"iss": "http://there", "aud": "contacts", "exp": exp}),
            json!({"iss": "http://here", "aud": "others", "exp": exp}),
            json!({"iss": "http://here", "aud": "contacts"}),
            json!({"aud": "contacts", "exp": exp}),
            json!({"iss": "http://here", "exp": exp}),
            json!({"iss": "http://here", "aud": "contacts", "exp": exp, "nbf": exp}),
        ] {
            assert!(issuer.check(&sign(claims.clone())).is_err(), "{claims}");
        }
    }

    #[test]
    fn a_refresh_token_only_gets_new_tokens() {
        let issuer = Issuer::open("http://here".into(), names(), None).unwrap();
        let refresh = issuer.refresh_token(&acme()).unwrap();
        assert_eq!(issuer.refreshed(&refresh), Some(acme()));
        assert!(issuer.check(&refresh).is_err());
        assert_eq!(issuer.refreshed(&issuer.token(&acme(), None, 60).unwrap()), None);
        assert_eq!(issuer.refreshed(&issuer.id_token(&acme(), None).unwrap()), None);
    }
}
