//! Which contacts are listed, and in what order.

use axum::extract::FromRequestParts;
use contacts::{Email, EmailError, Identifier, Phone, PhoneError, Settings};
use contacts_book::Sort;
use http::request::Parts;
use utoipa::IntoParams;

use crate::paging::Paging;
use crate::problem::{FieldError, Problem};
use crate::query::Parameters;

/// The parameters that filter; only one may be given.
const FILTERS: [&str; 4] = ["phone", "email", "phone_prefix", "email_prefix"];
/// The longest prefix that any email begins with, in bytes; a longer one is no search.
const MAX_EMAIL_PREFIX: usize = 254;
/// The most digits of a phone prefix: those of E.164.
const MAX_PHONE_DIGITS: usize = 15;

/// Order and filter of the list of contacts, for the documentation.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "describes the parameters that Wanted reads")]
pub(crate) struct ContactParams {
    /// `recent` (the default): the last active first. `phone`, `email`: those that have one, in its order.
    #[param(inline, value_type = Option<SortParam>)]
    sort: Option<()>,
    /// The contact known by this phone, in any human form. Exact.
    #[param(example = "+15551234567")]
    phone: Option<String>,
    /// The contact known by this email. Exact.
    #[param(example = "person@example.com")]
    email: Option<String>,
    /// Contacts whose `phone` begins with these digits.
    #[param(example = "+1555")]
    phone_prefix: Option<String>,
    /// Contacts whose `email` begins so.
    #[param(example = "person@")]
    email_prefix: Option<String>,
}

#[derive(utoipa::ToSchema)]
#[schema(rename_all = "snake_case")]
#[expect(dead_code, reason = "describes the parameter")]
enum SortParam {
    Recent,
    Phone,
    Email,
}

/// What a query asks for.
#[derive(Debug)]
pub(crate) struct Wanted {
    pub(crate) paging: Paging,
    pub(crate) what: What,
}

/// The contact of an identifier, or a list.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum What {
    /// The contact known by this phone, yet unread: its country is in the settings.
    ByPhone(PhoneText),
    /// The contact known by this email.
    ByEmail(Email),
    /// A list by one of the indexes.
    Listed { sort: Sort, prefix: Option<String> },
}

/// A phone as it stands in a query.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct PhoneText(String);

impl PhoneText {
    /// Reads the phone as one of the workspace.
    pub(crate) fn identifier(&self, settings: &Settings) -> Result<Identifier, Problem> {
        let phone = Phone::parse(&self.0, settings.default_country);
        let phone = phone.map_err(|error: PhoneError| Problem::bad_parameter("phone", error))?;
        Ok(Identifier::Phone(phone.match_key().into_owned()))
    }
}

impl<S: Sync> FromRequestParts<S> for Wanted {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Wanted, Problem> {
        let known = [&Paging::PARAMETERS[..], &["sort"], &FILTERS].concat();
        Wanted::read(&Parameters::of(parts, &known)?)
    }
}

impl Wanted {
    fn read(parameters: &Parameters) -> Result<Wanted, Problem> {
        let paging = Paging::of(parameters)?;
        let sort = parameters.get("sort").map(read_sort).transpose()?;
        let given: Vec<&str> = FILTERS.into_iter().filter(|name| parameters.get(name).is_some()).collect();
        if given.len() > 1 {
            let error = |name: &&str| FieldError::new(*name, "cannot be combined with another filter");
            return Err(Problem::bad_parameters(given.iter().map(error).collect()));
        }
        let filter = given.first().and_then(|name| Some((*name, parameters.get(name)?)));
        let what = match filter {
            None => What::Listed { sort: sort.unwrap_or(Sort::Recent), prefix: None },
            Some((name, text)) => read_filter(name, text).map_err(|reason| Problem::bad_parameter(name, reason))?,
        };
        match (sort, what.own_sort()) {
            (Some(sort), own) if sort != own && !(what.is_exact() && sort == Sort::Recent) => {
                let reason = format!("contradicts the filter, which sorts by {}", own.as_str());
                Err(Problem::bad_parameter("sort", reason))
            }
            _ => Ok(Wanted { paging, what }),
        }
    }
}

impl What {
    fn own_sort(&self) -> Sort {
        match self {
            What::ByPhone(_) => Sort::Phone,
            What::ByEmail(_) => Sort::Email,
            What::Listed { sort, .. } => *sort,
        }
    }

    fn is_exact(&self) -> bool {
        !matches!(self, What::Listed { .. })
    }
}

fn read_sort(text: &str) -> Result<Sort, Problem> {
    Sort::parse(text).ok_or_else(|| Problem::bad_parameter("sort", "must be recent, phone or email"))
}

fn read_filter(name: &str, text: &str) -> Result<What, String> {
    match name {
        "phone" => Ok(What::ByPhone(PhoneText(with_plus(text)))),
        "email" => Email::parse(text).map(What::ByEmail).map_err(|error: EmailError| error.to_string()),
        "phone_prefix" => Ok(What::Listed { sort: Sort::Phone, prefix: Some(phone_prefix(text)?) }),
        _ => Ok(What::Listed { sort: Sort::Email, prefix: Some(email_prefix(text)?) }),
    }
}

/// In a query a `+` that is not escaped arrives as a space: one in front of digits is the `+` it was.
fn with_plus(text: &str) -> String {
    match text.strip_prefix(' ') {
        Some(rest) if rest.trim_start().starts_with(|c: char| c.is_ascii_digit() || c == '(') => {
            format!("+{}", rest.trim_start())
        }
        _ => text.to_owned(),
    }
}

/// A plus and digits, as phones stand in the index.
fn phone_prefix(text: &str) -> Result<String, String> {
    let text = text.trim();
    let text = text.strip_prefix('+').unwrap_or(text);
    let is_format = |c: char| c.is_whitespace() || "()-./\u{2010}\u{2011}\u{2012}\u{2013}".contains(c);
    let digits: String = text.chars().filter(|c| !is_format(*c)).collect();
    if digits.len() > MAX_PHONE_DIGITS || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(format!("must be at most {MAX_PHONE_DIGITS} digits of a phone number, its country code first"));
    }
    Ok(format!("+{digits}"))
}

/// As emails stand in the index.
fn email_prefix(text: &str) -> Result<String, String> {
    let prefix = text.trim().to_lowercase();
    if prefix.len() > MAX_EMAIL_PREFIX {
        return Err(format!("is longer than {MAX_EMAIL_PREFIX} bytes"));
    }
    Ok(prefix)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(query: &str) -> Result<What, Vec<String>> {
        let known = [&Paging::PARAMETERS[..], &["sort"], &FILTERS].concat();
        let wanted = Wanted::read(&Parameters::read(query, &known).unwrap());
        wanted.map(|wanted| wanted.what).map_err(|problem| {
            let problem = serde_json::to_value(problem).unwrap();
            let errors = problem["errors"].as_array().unwrap().iter();
            errors.map(|error| error["field"].as_str().unwrap().to_owned()).collect()
        })
    }

    #[test]
    fn the_filter_decides_the_index() {
        let listed = |sort, prefix: Option<&str>| Ok(What::Listed { sort, prefix: prefix.map(str::to_owned) });
        let by_phone = |text: &str| Ok(What::ByPhone(PhoneText(text.to_owned())));
        for (query, what) in [
            ("", listed(Sort::Recent, None)),
            ("sort=phone", listed(Sort::Phone, None)),
            ("sort=email&limit=3", listed(Sort::Email, None)),
            ("phone_prefix=%2B1555", listed(Sort::Phone, Some("+1555"))),
            ("phone_prefix=+1+(555)-12&sort=phone", listed(Sort::Phone, Some("+155512"))),
            ("phone_prefix=44", listed(Sort::Phone, Some("+44"))),
            ("phone_prefix=", listed(Sort::Phone, Some("+"))),
            ("email_prefix=+Ada@", listed(Sort::Email, Some("ada@"))),
            ("email=ADA@Example.com&sort=recent", Ok(What::ByEmail(Email::parse("ADA@Example.com").unwrap()))),
            ("phone=+15551234567", by_phone("+15551234567")),
            ("phone=%2B1+555&sort=phone", by_phone("+1 555")),
            ("phone=(555)+123", by_phone("(555) 123")),
        ] {
            assert_eq!(read(query), what, "{query}");
        }
    }

    #[test]
    fn what_makes_no_sense_is_named() {
        for (query, names) in [
            ("sort=name", &["sort"][..]),
            ("sort=", &["sort"]),
            ("phone=1&email=a@b.co", &["phone", "email"]),
            ("phone_prefix=1&phone=1", &["phone", "phone_prefix"]),
            ("phone_prefix=1&sort=email", &["sort"]),
            ("email_prefix=a&sort=recent", &["sort"]),
            ("email=a@b.co&sort=phone", &["sort"]),
            ("email=a", &["email"]),
            ("email=", &["email"]),
            ("phone_prefix=abc", &["phone_prefix"]),
            ("phone_prefix=1234567890123456", &["phone_prefix"]),
            (&format!("email_prefix={}", "a".repeat(255)), &["email_prefix"]),
            ("limit=x", &["limit"]),
        ] {
            assert_eq!(read(query), Err(names.iter().map(|name| (*name).to_owned()).collect()), "{query}");
        }
    }
}
