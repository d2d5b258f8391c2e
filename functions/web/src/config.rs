//! The configuration of the function: where people sign in, and where the page may connect to.

use http::HeaderValue;
use serde::Serialize;

use crate::origin::{Origin, OriginError};

/// Why the function cannot start.
#[derive(Debug, PartialEq, thiserror::Error)]
pub enum ConfigError {
    /// A required variable is missing or empty.
    #[error("the environment variable {0} is not set")]
    Missing(&'static str),
    /// A variable has an invalid value.
    #[error("the environment variable {name} {reason}: {value}")]
    Malformed {
        /// The variable.
        name: &'static str,
        /// Its value.
        value: String,
        /// What is wrong with the value.
        reason: String,
    },
}

/// Which of an issuer's tokens the API accepts.
#[derive(Clone, Copy, Debug, Serialize)]
#[serde(rename_all = "snake_case")]
enum Token {
    IdToken,
    AccessToken,
}

/// The JSON of `/config.json`, for the page.
#[derive(Debug, Serialize)]
struct SignIn {
    issuer: String,
    client_id: String,
    scope: String,
    token: Token,
}

/// The function's configuration.
#[derive(Clone, Debug)]
pub struct Config {
    /// The content of `/config.json`.
    pub(crate) json: String,
    /// The Content-Security-Policy of the document.
    pub(crate) policy: HeaderValue,
}

impl Config {
    /// Reads the configuration from environment variables: `OIDC_ISSUER`, `OIDC_CLIENT_ID`, `OIDC_SCOPE` (default:
    /// `openid`), `OIDC_TOKEN` (`id_token`, the default, or `access_token`), and `CONNECT_ORIGINS`: further origins that the
    /// page connects to, separated by spaces.
    ///
    /// # Errors
    /// See [`ConfigError`].
    pub fn read(variable: impl Fn(&'static str) -> Option<String>) -> Result<Config, ConfigError> {
        let optional = |name| variable(name).filter(|value| !value.is_empty());
        let needed = |name| optional(name).ok_or(ConfigError::Missing(name));
        let issuer = needed("OIDC_ISSUER")?;
        let own = Origin::of_url(&issuer).map_err(|error| malformed("OIDC_ISSUER", &issuer, error))?;
        let token = optional("OIDC_TOKEN").unwrap_or_else(|| "id_token".to_owned());
        let sign_in = SignIn {
            issuer,
            client_id: needed("OIDC_CLIENT_ID")?,
            scope: optional("OIDC_SCOPE").unwrap_or_else(|| "openid".to_owned()),
            token: match token.as_str() {
                "id_token" => Token::IdToken,
                "access_token" => Token::AccessToken,
                _ => return Err(malformed("OIDC_TOKEN", &token, "must be id_token or access_token")),
            },
        };
        let further = optional("CONNECT_ORIGINS").unwrap_or_default();
        let further = further
            .split_whitespace()
            .map(|text| Origin::parse(text).map_err(|error| malformed("CONNECT_ORIGINS", text, error)));
        let further = further.collect::<Result<Vec<Origin>, _>>()?;
        let policy = policy(&own, &further).map_err(|_| malformed("CONNECT_ORIGINS", "", OriginError))?;
        let json = serde_json::json!(sign_in).to_string();
        Ok(Config { json, policy })
    }
}

fn malformed(name: &'static str, value: &str, reason: impl ToString) -> ConfigError {
    ConfigError::Malformed { name, value: value.to_owned(), reason: reason.to_string() }
}

/// Allows only the page's own files, no inline scripts or styles, and no frame around the page.
fn policy(issuer: &Origin, further: &[Origin]) -> Result<HeaderValue, http::header::InvalidHeaderValue> {
    let mut connect = issuer.to_string();
    for origin in further {
        connect = format!("{connect} {origin}");
    }
    HeaderValue::try_from(format!(
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'; \
        connect-src 'self' {connect}; form-action 'self'; base-uri 'none'; frame-ancestors 'none'; \
        require-trusted-types-for 'script'; trusted-types 'none'"
    ))
}
