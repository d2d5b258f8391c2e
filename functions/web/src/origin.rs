//! Origins that the page may connect to.

use std::fmt;

/// An origin: scheme, host, and port unless it is the scheme's default. Safe to insert into a Content-Security-Policy.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Origin(Box<str>);

/// A text is not an origin, or not a URL that has one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("is not of the form https://host or https://host:port")]
pub(crate) struct OriginError;

impl Origin {
    /// Parses an origin. The host must be a name or an IP address in ASCII, without a wildcard.
    ///
    /// # Errors
    /// [`OriginError`] for anything else.
    pub(crate) fn parse(text: &str) -> Result<Origin, OriginError> {
        let authority = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://")).ok_or(OriginError)?;
        // The colons of an IPv6 address are inside brackets.
        let (host, port) = match authority.rsplit_once(':') {
            Some((host, port)) if !port.ends_with(']') => (host, Some(port)),
            _ => (authority, None),
        };
        let (inner, may_have): (_, &[u8]) = match host.strip_prefix('[').and_then(|host| host.strip_suffix(']')) {
            Some(address) => (address, b":."),
            None => (host, b"-._"),
        };
        let is_host = !inner.is_empty() && inner.bytes().all(|b| b.is_ascii_alphanumeric() || may_have.contains(&b));
        let is_port = port.is_none_or(|port| port.bytes().all(|b| b.is_ascii_digit()) && port.parse::<u16>().is_ok());
        if is_host && is_port { Ok(Origin(text.into())) } else { Err(OriginError) }
    }

    /// The origin of a URL without a query or a fragment.
    ///
    /// # Errors
    /// [`OriginError`] for anything else.
    pub(crate) fn of_url(url: &str) -> Result<Origin, OriginError> {
        let host = url.find("://").ok_or(OriginError)? + "://".len();
        let (origin, path) = url.split_at(url[host..].find('/').map_or(url.len(), |slash| host + slash));
        let is_path = path.bytes().all(|b| b.is_ascii_graphic() && !b"?#".contains(&b));
        if is_path { Origin::parse(origin) } else { Err(OriginError) }
    }
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_origin_is_scheme_host_and_port() {
        for good in
            ["https://a.example", "http://127.0.0.1:3002", "https://a-b.c_d:65535", "http://[::1]:80", "http://[::1]"]
        {
            assert_eq!(Origin::parse(good).unwrap().to_string(), good);
        }
        for bad in [
            "",
            "a.example",
            "ftp://a.example",
            "https://",
            "https://a.example/",
            "https://a.example:",
            "https://a.example:x",
            "https://a.example:65536",
            "https://a.example:+1",
            "https://user@a.example",
            "https://*.example",
            "https://a.example;script-src *",
            "https://a.example,b",
            "https://a b",
            "https://é.example",
            "https://[::1",
            "https://[]",
            "https://a:1:2",
            "'self'",
            "*",
        ] {
            assert_eq!(Origin::parse(bad), Err(OriginError), "{bad}");
        }
    }

    #[test]
    fn a_url_has_the_origin_before_its_path() {
        for (url, origin) in [
            ("https://id.example/pool_1", "https://id.example"),
            ("https://id.example/", "https://id.example"),
            ("http://127.0.0.1:3000", "http://127.0.0.1:3000"),
        ] {
            assert_eq!(Origin::of_url(url).unwrap().to_string(), origin);
        }
        for bad in
            ["id.example", "https:///x", "https://id.example?x", "https://id.example/a b", "https://id.example/#x"]
        {
            assert_eq!(Origin::of_url(bad), Err(OriginError), "{bad}");
        }
    }
}
