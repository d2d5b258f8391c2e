//! The body that describes a contact, or a change of one.

use contacts::{Channel, CustomKey, Field, Observation, Patch, Raw, Settings, Value};
use serde_json::value::RawValue;
use utoipa::ToSchema;
use utoipa::openapi::schema::SchemaType;
use utoipa::openapi::{Object, Schema, Type};

use crate::errors::path_of;
use crate::json::{self, Members};
use crate::problem::{FieldError, Problem};

/// Members of a contact that nobody sets, besides those of `channels`.
const READ_ONLY: [&str; 11] = [
    "id",
    "phone",
    "email",
    "also_known_by",
    "source",
    "provenance",
    "joined",
    "created_at",
    "updated_at",
    "last_seen_at",
    "version",
];
/// Members of `channels` that are derived from the phone.
const DERIVED: [&str; 3] = ["national_number", "country_code", "dial_code"];
const CONFLICTS: &str = "conflicts";

/// The description of a contact. Members that are null, or absent, are not said.
#[derive(ToSchema)]
#[schema(as = NewContact, example = json!({
    "name": "Ada Lovelace",
    "channels": {"telephone": "(555) 123-4567", "email": "person@example.com"},
    "custom_fields": {"plan": "pro", "budget": 1200}
}))]
#[serde(deny_unknown_fields)]
#[expect(dead_code, reason = "describes what is walked, not deserialized, so that every bad member can be named")]
pub(crate) struct NewContact {
    /// At most 200 characters.
    name: Option<String>,
    channels: Option<NewChannels>,
    #[schema(schema_with = custom_values, required = false)]
    custom_fields: Option<()>,
}

/// How to reach the person. Phones are taken in any human form.
#[derive(ToSchema)]
#[schema(as = NewChannels)]
#[serde(deny_unknown_fields)]
#[expect(dead_code, reason = "describes what is walked, not deserialized")]
pub(crate) struct NewChannels {
    telephone: Option<String>,
    whatsapp: Option<String>,
    instagram: Option<String>,
    slack: Option<String>,
    microsoft_teams: Option<String>,
    email: Option<String>,
}

/// What changes of a contact, a JSON merge patch: null clears.
#[derive(ToSchema)]
#[schema(as = ContactPatch, example = json!({
    "name": "Ada King",
    "channels": {"telephone": null, "email": "ada@example.com"}
}))]
#[serde(deny_unknown_fields)]
#[expect(dead_code, reason = "describes what is walked, not deserialized")]
pub(crate) struct ContactPatch {
    /// At most 200 characters.
    name: Option<String>,
    channels: Option<NewChannels>,
    #[schema(schema_with = custom_values, required = false)]
    custom_fields: Option<()>,
    #[schema(schema_with = null, required = false)]
    conflicts: Option<()>,
}

fn custom_values() -> Object {
    let value = Object::builder().schema_type(SchemaType::from_iter([Type::String, Type::Number, Type::Null]));
    Object::builder()
        .schema_type(SchemaType::from_iter([Type::Object, Type::Null]))
        .additional_properties(Some(Schema::from(value)))
        .description(Some("By the keys of the workspace's custom fields"))
        .build()
}

fn null() -> Object {
    Object::builder().schema_type(Type::Null).description(Some("Dismisses the conflicts")).build()
}

/// Reads the body of a new contact into an observation.
pub(super) fn read_contact(body: &Members, settings: &Settings, form: &mut Observation) -> Result<(), Problem> {
    let mut said = Said::read(body.clone(), settings)?;
    if said.conflicts.is_some() {
        said.errors.push(FieldError::new(CONFLICTS, "is read-only"));
    }
    for (field, raw) in said.values {
        match read(&field, &raw, settings) {
            Ok(Some(value)) => form.add(field, value)?,
            // What is null or blank is not said.
            Ok(None) => {}
            Err(error) => said.errors.push(FieldError::new(path_of(&field), error)),
        }
    }
    refuse(said.errors)
}

/// The change that a body asks for.
pub(super) fn read_patch(body: &Members, settings: &Settings) -> Result<Patch, Problem> {
    let mut said = Said::read(body.clone(), settings)?;
    let mut patch = Patch::default();
    match said.conflicts {
        None => {}
        Some(Raw::Null) => patch.dismiss_conflicts = true,
        Some(_) => said.errors.push(FieldError::new(CONFLICTS, "can only be set to null")),
    }
    for (field, raw) in said.values {
        match read(&field, &raw, settings) {
            Ok(Some(value)) => patch.values.push((field, Some(value))),
            Ok(None) if raw == Raw::Null => patch.values.push((field, None)),
            // Blank never clears, and leaving it unsaid would look as if it had.
            Ok(None) => said.errors.push(FieldError::new(path_of(&field), "is blank; null clears a field")),
            Err(error) => said.errors.push(FieldError::new(path_of(&field), error)),
        }
    }
    refuse(said.errors)?;
    Ok(patch)
}

/// Reads a value. Only custom values may be JSON numbers: of a phone or a handle, digits may be gone by then.
fn read(field: &Field, raw: &Raw, settings: &Settings) -> Result<Option<Value>, String> {
    match (field, raw) {
        (Field::Name | Field::Channel(_), Raw::Number(_)) => Err("must be a string".to_owned()),
        _ => field.read(raw, settings).map_err(|error| error.to_string()),
    }
}

fn refuse(errors: Vec<FieldError>) -> Result<(), Problem> {
    if errors.is_empty() { Ok(()) } else { Err(Problem::refused(errors)) }
}

/// The members of a body.
struct Said {
    /// What is said of fields that exist, yet unread.
    values: Vec<(Field, Raw)>,
    conflicts: Option<Raw>,
    errors: Vec<FieldError>,
}

impl Said {
    fn read(mut body: Members, settings: &Settings) -> Result<Said, Problem> {
        let mut said = Said { values: Vec::new(), conflicts: None, errors: Vec::new() };
        if let Some(name) = body.take("name") {
            said.values.push((Field::Name, json::value(&name)?));
        }
        if let Some(channels) = body.take("channels") {
            said.read_channels(&channels)?;
        }
        if let Some(custom) = body.take("custom_fields") {
            said.read_custom(&custom, settings)?;
        }
        said.conflicts = body.take(CONFLICTS).map(|conflicts| json::value(&conflicts)).transpose()?;
        for name in READ_ONLY {
            if body.take(name).is_some() {
                said.errors.push(FieldError::new(name, "is read-only"));
            }
        }
        body.refuse_rest(&mut said.errors);
        Ok(said)
    }

    fn read_channels(&mut self, json: &RawValue) -> Result<(), Problem> {
        let Some(channels) = self.members("channels", json)? else {
            return Ok(());
        };
        match channels {
            All::Cleared => {
                self.values.extend(Channel::ALL.map(|channel| (Field::Channel(channel), Raw::Null)));
            }
            All::Listed(members) => {
                for (name, json) in members.iter() {
                    match Channel::parse(name) {
                        Ok(channel) => self.values.push((Field::Channel(channel), json::value(json)?)),
                        Err(_) => {
                            let reason =
                                if DERIVED.contains(&name) { "is derived from the phone" } else { "is unknown" };
                            self.errors.push(FieldError::new(format!("channels.{name}"), reason));
                        }
                    }
                }
            }
        }
        Ok(())
    }

    fn read_custom(&mut self, json: &RawValue, settings: &Settings) -> Result<(), Problem> {
        let Some(custom) = self.members("custom_fields", json)? else {
            return Ok(());
        };
        match custom {
            All::Cleared => {
                let keys = settings.custom_fields.iter().map(|field| field.key.clone());
                self.values.extend(keys.map(|key| (Field::Custom(key), Raw::Null)));
            }
            All::Listed(members) => {
                for (name, json) in members.iter() {
                    match CustomKey::parse(name) {
                        Ok(key) if settings.custom_field(&key).is_some() => {
                            self.values.push((Field::Custom(key), json::value(json)?));
                        }
                        _ => {
                            let reason = "is not a custom field of this workspace";
                            self.errors.push(FieldError::new(format!("custom_fields.{name}"), reason));
                        }
                    }
                }
            }
        }
        Ok(())
    }

    /// The members of a member, `None` when it has none because it is something else.
    fn members(&mut self, path: &str, json: &RawValue) -> Result<Option<All>, Problem> {
        if json.get() == "null" {
            return Ok(Some(All::Cleared));
        }
        let members = Members::of(json)?;
        if members.is_none() {
            self.errors.push(FieldError::new(path, "must be an object"));
        }
        Ok(members.map(All::Listed))
    }
}

/// An object of which all members are cleared at once, or some are listed.
enum All {
    Cleared,
    Listed(Members),
}
