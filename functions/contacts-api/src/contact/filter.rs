//! Which contacts are listed, and in what order.

use axum::extract::FromRequestParts;
use contacts::{
    Channel, Country, Email, EmailError, Field, Identifier, MAX_NAME_CHARS, Phone, PhoneError, Raw, Settings,
    phone_starts,
};
use contacts_book::Sort;
use http::request::Parts;
use utoipa::IntoParams;

use crate::paging::{self, Paging};
use crate::problem::{FieldError, Problem};
use crate::query::Parameters;

/// The parameters that filter; only one may be given.
const FILTERS: [&str; 11] = [
    "phone",
    "email",
    "whatsapp_user_id",
    "instagram",
    "slack",
    "microsoft_teams",
    "phone_prefix",
    "email_prefix",
    "name_prefix",
    "conflicts",
    "talked",
];
/// The most characters of an email prefix: those of the longest email.
const MAX_EMAIL_PREFIX: usize = 254;

/// Order and filter of the list of contacts, for the documentation.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "describes the parameters that ContactQuery reads")]
pub(crate) struct ContactParams {
    /// `recent` (the default): the most recently active first. `created`: the oldest first; the order in which to read
    /// everybody, because no change moves a contact in it. `name`, `phone` and `email`: only contacts that have one, sorted
    /// by it.
    #[param(inline, value_type = Option<SortParam>)]
    sort: Option<()>,
    /// Finds the contact with exactly this phone, in any usual format.
    #[param(example = "+15551234567")]
    phone: Option<String>,
    /// Finds the contact with exactly this email.
    #[param(example = "person@example.com")]
    email: Option<String>,
    /// Finds the contact with exactly this WhatsApp user id.
    #[param(example = "US.13491208655302741918")]
    whatsapp_user_id: Option<String>,
    /// Finds the contact with exactly this Instagram user name.
    #[param(example = "ig_username")]
    instagram: Option<String>,
    /// Finds the contact with exactly this Slack user id.
    #[param(example = "U01ABCD234")]
    slack: Option<String>,
    /// Finds the contact with exactly this Microsoft Teams user id.
    #[param(example = "29:1abc")]
    microsoft_teams: Option<String>,
    /// Lists contacts whose `phone` starts with these digits. Without `+` they are read as dialled in the default country
    /// and as an international number.
    #[param(example = "+1555")]
    phone_prefix: Option<String>,
    /// Lists contacts whose `email` starts with this text.
    #[param(example = "person@")]
    email_prefix: Option<String>,
    /// Lists contacts whose `name` starts with this text, or whose last name does: the last word of the name. Case and
    /// accents do not matter.
    #[param(example = "lovel")]
    name_prefix: Option<String>,
    /// Lists contacts with conflicts, the newest conflict first.
    #[param(inline, value_type = Option<TrueParam>)]
    conflicts: Option<()>,
    /// Lists contacts that have had a conversation, the most recently active first. A page may have fewer than `limit`,
    /// or none, while others follow: where there are many contacts without a conversation, it ends after some thousands.
    #[param(inline, value_type = Option<TrueParam>)]
    talked: Option<()>,
}

#[derive(utoipa::ToSchema)]
#[schema(rename_all = "snake_case")]
#[expect(dead_code, reason = "describes the parameter")]
enum TrueParam {
    True,
}

#[derive(utoipa::ToSchema)]
#[schema(rename_all = "snake_case")]
#[expect(dead_code, reason = "describes the parameter")]
enum SortParam {
    Recent,
    Created,
    Name,
    Phone,
    Email,
}

/// The parameters of the list of contacts.
#[derive(Debug)]
pub(crate) struct ContactQuery {
    pub(crate) paging: Paging,
    pub(crate) selection: Selection,
}

/// Either the contact with an identifier, or a list.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Selection {
    /// The contact with this phone. It is parsed later, with the default country in the settings.
    ByPhone(PhoneText),
    /// The contact with this identifier.
    ByIdentifier(Identifier),
    /// A list from one of the indexes.
    Listed { sort: Sort, prefix: Option<String> },
}

/// An unparsed phone from a query.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct PhoneText(String);

impl PhoneText {
    /// Parses the phone with the workspace's default country.
    pub(crate) fn identifier(&self, settings: &Settings) -> Result<Identifier, Problem> {
        let phone = Phone::parse(&self.0, settings.default_country);
        let phone = phone.map_err(|error: PhoneError| Problem::bad_parameter("phone", error))?;
        Ok(Identifier::Phone(phone.match_key().into_owned()))
    }
}

impl<S: Sync> FromRequestParts<S> for ContactQuery {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<ContactQuery, Problem> {
        let known = [&paging::PARAMETERS[..], &["sort"], &FILTERS].concat();
        ContactQuery::read(&Parameters::of(parts, &known)?)
    }
}

impl ContactQuery {
    fn read(parameters: &Parameters) -> Result<ContactQuery, Problem> {
        let paging = Paging::of(parameters)?;
        let sort = parameters.get("sort").map(read_sort).transpose()?;
        let given: Vec<&str> = FILTERS.into_iter().filter(|name| parameters.get(name).is_some()).collect();
        if given.len() > 1 {
            let error = |name: &&str| FieldError::new(*name, "cannot be combined with another filter");
            return Err(Problem::bad_parameters(given.iter().map(error).collect()));
        }
        let filter = given.first().and_then(|name| Some((*name, parameters.get(name)?)));
        let selection = match filter {
            None => Selection::Listed { sort: sort.unwrap_or(Sort::Recent), prefix: None },
            Some((name, text)) => read_filter(name, text).map_err(|reason| Problem::bad_parameter(name, reason))?,
        };
        match (sort, selection.own_sort()) {
            (Some(sort), own) if sort != own && !(selection.is_exact() && sort == Sort::Recent) => {
                let reason = format!("contradicts the filter, which sorts by {}", own.as_str());
                Err(Problem::bad_parameter("sort", reason))
            }
            _ => Ok(ContactQuery { paging, selection }),
        }
    }
}

impl Selection {
    fn own_sort(&self) -> Sort {
        match self {
            Selection::ByPhone(_) => Sort::Phone,
            Selection::ByIdentifier(Identifier::Email(_)) => Sort::Email,
            Selection::ByIdentifier(_) => Sort::Recent,
            Selection::Listed { sort, .. } => *sort,
        }
    }

    fn is_exact(&self) -> bool {
        !matches!(self, Selection::Listed { .. })
    }
}

fn read_sort(text: &str) -> Result<Sort, Problem> {
    Sort::parse(text).ok_or_else(|| Problem::bad_parameter("sort", "must be recent, created, name, phone or email"))
}

fn read_filter(name: &str, text: &str) -> Result<Selection, String> {
    match name {
        "phone" => Ok(Selection::ByPhone(PhoneText(with_plus(text)))),
        "email" => {
            let email = Email::parse(text).map_err(|error: EmailError| error.to_string())?;
            Ok(Selection::ByIdentifier(Identifier::Email(email.match_key().to_owned())))
        }
        "whatsapp_user_id" => Ok(Selection::ByIdentifier(handle(Channel::WhatsappUserId, text)?)),
        "instagram" => Ok(Selection::ByIdentifier(handle(Channel::Instagram, text)?)),
        "slack" => Ok(Selection::ByIdentifier(handle(Channel::Slack, text)?)),
        "microsoft_teams" => Ok(Selection::ByIdentifier(handle(Channel::MicrosoftTeams, text)?)),
        "conflicts" if text == "true" => Ok(Selection::Listed { sort: Sort::Conflict, prefix: None }),
        "talked" if text == "true" => Ok(Selection::Listed { sort: Sort::Talked, prefix: None }),
        "conflicts" | "talked" => Err("must be true".to_owned()),
        "phone_prefix" => {
            let text = with_plus(text);
            // Whether it can be read does not depend on the country.
            phone_starts(&text, Country::US).map_err(|error| error.to_string())?;
            Ok(Selection::Listed { sort: Sort::Phone, prefix: Some(text) })
        }
        "name_prefix" => Ok(Selection::Listed { sort: Sort::Name, prefix: Some(short(text, MAX_NAME_CHARS)?) }),
        _ => Ok(Selection::Listed { sort: Sort::Email, prefix: Some(short(text, MAX_EMAIL_PREFIX)?) }),
    }
}

/// Reads the id or user name of a channel, whose form does not depend on the settings.
fn handle(channel: Channel, text: &str) -> Result<Identifier, String> {
    let value = Field::Channel(channel).read(&Raw::from(text), &Settings::default());
    let value = value.map_err(|error| error.to_string())?;
    value.and_then(|value| value.identifier(channel)).ok_or_else(|| "is blank".to_owned())
}

/// Restores a leading `+`: an unescaped `+` in a query decodes to a space.
fn with_plus(text: &str) -> String {
    match text.strip_prefix(' ') {
        Some(rest) if rest.trim_start().starts_with(|c: char| c.is_ascii_digit() || c == '(') => {
            format!("+{}", rest.trim_start())
        }
        _ => text.to_owned(),
    }
}

/// A prefix of at most this many characters.
fn short(text: &str, limit: usize) -> Result<String, String> {
    let prefix = text.trim();
    if prefix.chars().count() > limit {
        Err(format!("is longer than {limit} characters"))
    } else {
        Ok(prefix.to_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(query: &str) -> Result<Selection, Vec<String>> {
        let known = [&paging::PARAMETERS[..], &["sort"], &FILTERS].concat();
        let wanted = ContactQuery::read(&Parameters::read(query, &known).unwrap());
        wanted.map(|wanted| wanted.selection).map_err(|problem| {
            let problem = serde_json::to_value(problem).unwrap();
            let errors = problem["errors"].as_array().unwrap().iter();
            errors.map(|error| error["field"].as_str().unwrap().to_owned()).collect()
        })
    }

    #[test]
    fn the_filter_decides_the_index() {
        let listed = |sort, prefix: Option<&str>| Ok(Selection::Listed { sort, prefix: prefix.map(str::to_owned) });
        let by = |identifier| Ok(Selection::ByIdentifier(identifier));
        let by_phone = |text: &str| Ok(Selection::ByPhone(PhoneText(text.to_owned())));
        for (query, selection) in [
            ("", listed(Sort::Recent, None)),
            ("sort=phone", listed(Sort::Phone, None)),
            ("sort=email&limit=3", listed(Sort::Email, None)),
            ("sort=created", listed(Sort::Created, None)),
            ("sort=name", listed(Sort::Name, None)),
            ("phone_prefix=%2B1555", listed(Sort::Phone, Some("+1555"))),
            ("phone_prefix=+1+(555)-12&sort=phone", listed(Sort::Phone, Some("+1 (555)-12"))),
            ("phone_prefix=0176", listed(Sort::Phone, Some("0176"))),
            ("phone_prefix=", listed(Sort::Phone, Some(""))),
            ("email_prefix=+Ada@", listed(Sort::Email, Some("Ada@"))),
            ("name_prefix=Jos%C3%A9+L&sort=name", listed(Sort::Name, Some("José L"))),
            ("email=ADA@Example.com&sort=recent", by(Identifier::Email("ada@example.com".to_owned()))),
            ("instagram=%40Ada.L", by(Identifier::Instagram("ada.l".to_owned()))),
            ("slack=U01ABCD234&sort=recent", by(Identifier::Slack("U01ABCD234".to_owned()))),
            ("whatsapp_user_id=US.12345", by(Identifier::WhatsappUserId("US.12345".to_owned()))),
            ("microsoft_teams=29:1abc", by(Identifier::MicrosoftTeams("29:1abc".to_owned()))),
            ("conflicts=true", listed(Sort::Conflict, None)),
            ("talked=true", listed(Sort::Talked, None)),
            ("phone=+15551234567", by_phone("+15551234567")),
            ("phone=%2B1+555&sort=phone", by_phone("+1 555")),
            ("phone=(555)+123", by_phone("(555) 123")),
        ] {
            assert_eq!(read(query), selection, "{query}");
        }
    }

    #[test]
    fn invalid_parameters_are_named() {
        for (query, names) in [
            ("sort=age", &["sort"][..]),
            ("sort=", &["sort"]),
            ("name_prefix=a&sort=email", &["sort"]),
            ("name_prefix=a&email_prefix=a", &["email_prefix", "name_prefix"]),
            (&format!("name_prefix={}", "a".repeat(201)), &["name_prefix"]),
            ("phone=1&email=a@b.co", &["phone", "email"]),
            ("phone_prefix=1&phone=1", &["phone", "phone_prefix"]),
            ("phone_prefix=1&sort=email", &["sort"]),
            ("email_prefix=a&sort=recent", &["sort"]),
            ("email=a@b.co&sort=phone", &["sort"]),
            ("email=a", &["email"]),
            ("email=", &["email"]),
            ("slack=", &["slack"]),
            ("slack=U01ABCD234&sort=email", &["sort"]),
            ("instagram=ada&conflicts=true", &["instagram", "conflicts"]),
            ("conflicts=false", &["conflicts"]),
            ("talked=false", &["talked"]),
            ("talked=true&conflicts=true", &["conflicts", "talked"]),
            ("sort=talked", &["sort"]),
            ("conflicts=", &["conflicts"]),
            ("conflicts=true&sort=recent", &["sort"]),
            ("sort=conflict", &["sort"]),
            ("phone_prefix=abc", &["phone_prefix"]),
            (&format!("email_prefix={}", "a".repeat(255)), &["email_prefix"]),
            ("limit=x", &["limit"]),
        ] {
            assert_eq!(read(query), Err(names.iter().map(|name| (*name).to_owned()).collect()), "{query}");
        }
    }
}
