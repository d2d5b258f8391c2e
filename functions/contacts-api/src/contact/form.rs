//! Reads the body that describes a contact, or a change of one.

use contacts::{Channel, CustomKey, Field, Observation, Patch, Raw, Settings, Value};
use serde_json::value::RawValue;
use utoipa::ToSchema;
use utoipa::openapi::schema::{ArrayBuilder, SchemaType};
use utoipa::openapi::{Array, Object, Schema, Type};

use super::kept::{self, ALSO_KNOWN_BY, KeptValue, UNCONFIRMED};
use crate::body::MemberValue;
use crate::errors::path_of;
use crate::json::{self, Members};
use crate::problem::{FieldError, Problem};

/// Read-only members of a contact, besides those of `channels`.
const READ_ONLY: [&str; 14] = [
    "id",
    "phone",
    "email",
    "shared",
    "source",
    "provenance",
    "proven",
    "joined",
    "kept_apart",
    "created_at",
    "updated_at",
    "last_seen_at",
    "last_conversation",
    "version",
];
/// Members of `channels` that are derived from the phone.
const DERIVED: [&str; 3] = ["national_number", "country_code", "dial_code"];
const CONFLICTS: &str = "conflicts";

/// The description of a contact. A null member counts as absent.
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

/// How to reach the person. Phones may have any usual format.
#[derive(ToSchema)]
#[schema(as = NewChannels)]
#[serde(deny_unknown_fields)]
#[expect(dead_code, reason = "describes what is walked, not deserialized")]
pub(crate) struct NewChannels {
    telephone: Option<String>,
    whatsapp: Option<String>,
    /// The id by which WhatsApp names people whose number it does not tell.
    whatsapp_user_id: Option<String>,
    instagram: Option<String>,
    slack: Option<String>,
    microsoft_teams: Option<String>,
    email: Option<String>,
}

/// A change of a contact, as a JSON merge patch: null clears a field. A field that is set or cleared loses its
/// unconfirmed values.
#[derive(ToSchema)]
#[schema(as = ContactPatch, example = json!({
    "name": "Ada King",
    "channels": {"telephone": null, "email": "ada@example.com"},
    "unconfirmed": []
}))]
#[serde(deny_unknown_fields)]
#[expect(dead_code, reason = "describes what is walked, not deserialized")]
pub(crate) struct ContactPatch {
    /// At most 200 characters.
    name: Option<String>,
    channels: Option<NewChannels>,
    #[schema(schema_with = custom_values, required = false)]
    custom_fields: Option<()>,
    #[schema(schema_with = nothing, required = false)]
    conflicts: Option<()>,
    /// The unconfirmed values that stay; the others are dismissed. Null dismisses all.
    unconfirmed: Option<Vec<KeptValue>>,
    /// The secondary identifiers that stay; the others no longer lead to the contact. Null removes all.
    also_known_by: Option<Vec<KeptValue>>,
}

fn custom_values() -> Object {
    let value = Object::builder().schema_type(SchemaType::from_iter([Type::String, Type::Number, Type::Null]));
    Object::builder()
        .schema_type(SchemaType::from_iter([Type::Object, Type::Null]))
        .additional_properties(Some(Schema::from(value)))
        .description(Some("By the keys of the workspace's custom fields"))
        .build()
}

fn nothing() -> Array {
    let nothing = ArrayBuilder::new().schema_type(SchemaType::from_iter([Type::Array, Type::Null])).max_items(Some(0));
    nothing.description(Some("Null or an empty list dismisses the conflicts")).build()
}

/// Adds the values in the body of a new contact to an observation.
pub(super) fn read_contact(body: &Members, settings: &Settings, form: &mut Observation) -> Result<(), Problem> {
    let mut members = ContactMembers::read(body.clone(), settings)?;
    for (name, member) in
        [(UNCONFIRMED, &members.unconfirmed), (ALSO_KNOWN_BY, &members.also_known_by), (CONFLICTS, &members.conflicts)]
    {
        if member.is_some() {
            members.errors.push(FieldError::new(name, "is read-only"));
        }
    }
    let mut mentioned = None;
    for (field, raw) in members.values {
        match read(&field, &raw, settings) {
            // Null and blank values count as absent.
            Ok(values) => {
                for (of, value) in values {
                    if field.is_beside(&of) {
                        mentioned = Some(value);
                    } else {
                        form.add(of, value)?;
                    }
                }
            }
            Err(error) => members.errors.push(FieldError::new(path_of(&field), error)),
        }
    }
    // The name in front of an email counts only if the form has no other.
    if let Some(name) = mentioned.filter(|_| !form.values().iter().any(|observed| observed.field == Field::Name)) {
        form.add(Field::Name, name)?;
    }
    refuse(members.errors)
}

/// The change that a body asks for.
pub(super) fn read_patch(body: &Members, settings: &Settings) -> Result<Patch, Problem> {
    let mut members = ContactMembers::read(body.clone(), settings)?;
    let mut patch = Patch::default();
    match members.conflicts {
        None => {}
        Some(json) if is_empty(&json)? => patch.dismiss_conflicts = true,
        Some(_) => members.errors.push(FieldError::new(CONFLICTS, "can only be set to null or []")),
    }
    if let Some(json) = members.unconfirmed {
        patch.keep_unconfirmed = kept::read(UNCONFIRMED, &json, settings, &mut members.errors)?;
    }
    if let Some(json) = members.also_known_by {
        patch.keep_also_known_by = kept::read(ALSO_KNOWN_BY, &json, settings, &mut members.errors)?;
    }
    let named: Vec<Field> = members.values.iter().map(|(field, _)| field.clone()).collect();
    for (field, raw) in members.values {
        match read(&field, &raw, settings) {
            Ok(values) if !values.is_empty() => {
                // The name in front of an email is no change of the name, and what the patch says of another field stands.
                let own =
                    values.into_iter().filter(|(of, _)| !field.is_beside(of) && (*of == field || !named.contains(of)));
                patch.values.extend(own.map(|(of, value)| (of, Some(value))));
            }
            Ok(_) if raw == Raw::Null => patch.values.push((field, None)),
            // A blank value never clears a field. Ignoring it would look as if it had.
            Ok(_) => members.errors.push(FieldError::new(path_of(&field), "is blank; null clears a field")),
            Err(error) => members.errors.push(FieldError::new(path_of(&field), error)),
        }
    }
    refuse(members.errors)?;
    Ok(patch)
}

/// Reads what a value says. Only custom values may be JSON numbers: a phone or a handle may have lost digits as a number.
fn read(field: &Field, raw: &Raw, settings: &Settings) -> Result<Vec<(Field, Value)>, String> {
    match (field, raw) {
        (Field::Name | Field::Channel(_), Raw::Number(_)) => Err("must be a string".to_owned()),
        _ => field.read_all(raw, settings).map_err(|error| error.to_string()),
    }
}

/// Whether a member is null or an empty list.
fn is_empty(json: &RawValue) -> Result<bool, Problem> {
    Ok(match MemberValue::of(json)? {
        None => true,
        Some(MemberValue::List(entries)) => entries.is_empty(),
        Some(_) => false,
    })
}

fn refuse(errors: Vec<FieldError>) -> Result<(), Problem> {
    if errors.is_empty() { Ok(()) } else { Err(Problem::refused(errors)) }
}

/// The members of a body.
struct ContactMembers {
    /// The raw values of existing fields.
    values: Vec<(Field, Raw)>,
    conflicts: Option<Box<RawValue>>,
    unconfirmed: Option<Box<RawValue>>,
    also_known_by: Option<Box<RawValue>>,
    errors: Vec<FieldError>,
}

impl ContactMembers {
    fn read(mut body: Members, settings: &Settings) -> Result<ContactMembers, Problem> {
        let mut members = ContactMembers {
            values: Vec::new(),
            conflicts: body.take(CONFLICTS),
            unconfirmed: body.take(UNCONFIRMED),
            also_known_by: body.take(ALSO_KNOWN_BY),
            errors: Vec::new(),
        };
        if let Some(name) = body.take("name") {
            members.values.push((Field::Name, json::value(&name)?));
        }
        if let Some(channels) = body.take("channels") {
            members.read_channels(&channels)?;
        }
        if let Some(custom) = body.take("custom_fields") {
            members.read_custom(&custom, settings)?;
        }
        for name in READ_ONLY {
            if body.take(name).is_some() {
                members.errors.push(FieldError::new(name, "is read-only"));
            }
        }
        body.refuse_rest(&mut members.errors);
        Ok(members)
    }

    fn read_channels(&mut self, json: &RawValue) -> Result<(), Problem> {
        let Some(channels) = self.members("channels", json)? else {
            return Ok(());
        };
        match channels {
            Group::Cleared => {
                self.values.extend(Channel::ALL.map(|channel| (Field::Channel(channel), Raw::Null)));
            }
            Group::Listed(members) => {
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
            Group::Cleared => {
                let keys = settings.custom_fields.iter().map(|field| field.key.clone());
                self.values.extend(keys.map(|key| (Field::Custom(key), Raw::Null)));
            }
            Group::Listed(members) => {
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

    /// The members of an object-valued member; `None`, with an error, if it is not an object.
    fn members(&mut self, path: &str, json: &RawValue) -> Result<Option<Group>, Problem> {
        if json.get() == "null" {
            return Ok(Some(Group::Cleared));
        }
        let members = Members::of(json)?;
        if members.is_none() {
            self.errors.push(FieldError::new(path, "must be an object"));
        }
        Ok(members.map(Group::Listed))
    }
}

/// An object-valued member: null clears all its members at once.
enum Group {
    Cleared,
    Listed(Members),
}

#[cfg(test)]
mod tests {
    use contacts::{Actor, Caller, SourceRef, time};
    use contacts_testing::{any_json, damaged, object_of};
    use proptest::prelude::*;

    use super::*;

    fn names() -> [&'static str; 9] {
        ["name", "channels", "custom_fields", "unconfirmed", "also_known_by", "conflicts", "id", "x", "\\ud83d"]
    }

    fn channels() -> impl Strategy<Value = String> {
        let names = ["telephone", "whatsapp", "email", "slack", "instagram", "microsoft_teams", "dial_code", "x"];
        prop_oneof![object_of(&names, any_json()), any_json()]
    }

    /// Reads a body in both ways; the status of each refusal.
    fn statuses(body: &str) -> Vec<u16> {
        let settings = Settings::default();
        let caller = Caller { actor: Actor::User("test".to_owned()), request: None };
        let mut form = Observation::new(SourceRef::Manual, caller, time::now(), time::now());
        let outcomes = match Members::read(body.as_bytes()) {
            Ok(body) => vec![read_contact(&body, &settings, &mut form), read_patch(&body, &settings).map(drop)],
            Err(problem) => vec![Err(problem)],
        };
        outcomes.into_iter().filter_map(Result::err).map(|problem| problem.status().as_u16()).collect()
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(40 * ProptestConfig::default().cases))]

        #[test]
        fn a_malformed_body_is_refused_whatever_it_is(
            body in prop_oneof![
                3 => object_of(&names(), channels()),
                1 => any_json(),
                1 => object_of(&names(), channels()).prop_flat_map(damaged),
            ],
        ) {
            for status in statuses(&body) {
                prop_assert!([400, 422].contains(&status), "{status}: {body}");
            }
        }
    }
}
