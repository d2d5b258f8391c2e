//! Settles the conflicts of a contact.

use axum::Json;
use axum::extract::{Path, State};
use axum::response::{IntoResponse as _, Response};
use contacts::{ContactId, Decision, EditRefused, Settings, Settlement};
use utoipa::ToSchema;

use super::kept::{self, KeptValue};
use super::one::moved;
use super::view::ContactView;
use crate::body::{Body, MemberValue};
use crate::json::JsonBody;
use crate::query::NoParameters;
use crate::responses::{BadBody, BadRequest, Failures, Gone, IdentifierTaken, Missing, Moved};
use crate::tenant::{Editor, Tenant};
use crate::{Api, Problem};

const KEEP: &str = "keep";

/// What a person decides about a conflict.
#[derive(ToSchema)]
#[schema(as = Settlement, example = json!({
    "decision": "same_person",
    "keep": [{"field": "email", "value": "ada@example.com"}],
    "apply_withheld": true
}))]
#[serde(deny_unknown_fields)]
#[expect(dead_code, reason = "describes what is walked, not deserialized")]
pub(crate) struct SettlementBody {
    decision: DecisionName,
    /// Only with `same_person`: of fields in which the two differ, the values that stay. Other identifiers become
    /// secondary.
    keep: Option<Vec<KeptValue>>,
    /// Whether the contact gets the values that the conflict withholds, and those of the other conflicts that are settled
    /// with it. By default it does not.
    apply_withheld: Option<bool>,
}

/// Both contacts are one person, and are joined (`same_person`); the identifier moves to this contact (`belongs_here`); or
/// they are two people, and are kept apart (`different_people`).
#[derive(ToSchema)]
#[schema(as = Decision, rename_all = "snake_case")]
#[expect(dead_code, reason = "describes the member")]
enum DecisionName {
    SamePerson,
    BelongsHere,
    DifferentPeople,
}

/// Settles a conflict.
///
/// It is settled on both of its contacts. With `same_person` and `different_people` all conflicts between the two are. The
/// answer has the contact in which the result is: after `same_person` the older of the two, to which the other's id leads
/// from then on. If the other contact was deleted, the conflict is only dismissed.
#[utoipa::path(
    post,
    path = "/contacts/{id}/conflicts/{conflict_id}/settle",
    tag = "Contacts",
    params(
        ("id" = String, Path, format = "uuid", description = "The contact's id"),
        ("conflict_id" = String, Path, description = "The conflict's id"),
    ),
    request_body = SettlementBody,
    responses(
        (status = 200, description = "The contact", body = ContactView),
        Moved, BadRequest, Missing, Gone, IdentifierTaken, BadBody, Failures,
    ),
)]
pub(crate) async fn settle_conflict(
    State(api): State<Api>,
    Tenant(workspace): Tenant,
    Editor(caller): Editor,
    Path((id, conflict)): Path<(String, String)>,
    NoParameters: NoParameters,
    JsonBody(members): JsonBody,
) -> Result<Response, Problem> {
    let id = ContactId::parse(&id).map_err(|_| Problem::not_found("contact"))?;
    let settings = api.book.settings(&workspace).await?;
    let (decision, apply_withheld) = read(Body::new(members), &settings)?;
    let rest = format!("/conflicts/{conflict}/settle");
    let settlement = Settlement { conflict, decision, apply_withheld };
    match api.book.settle(&workspace, id, &settlement, &caller).await? {
        Ok((contact, settings)) => Ok(Json(ContactView::new(&contact, &settings)).into_response()),
        Err(EditRefused::Moved(survivor)) => Ok(moved(survivor, &rest, None)),
        Err(EditRefused::NotFound) => Err(Problem::not_found("conflict of this contact")),
        Err(refused) => Err(refused.into()),
    }
}

fn read(mut body: Body, settings: &Settings) -> Result<(Decision, bool), Problem> {
    let decision = body.require("decision", |value| match value.text()?.as_str() {
        "same_person" => Ok(Decision::SamePerson { keep: Vec::new() }),
        "belongs_here" => Ok(Decision::BelongsHere),
        "different_people" => Ok(Decision::DifferentPeople),
        _ => Err("must be same_person, belongs_here or different_people"),
    })?;
    let apply_withheld = body.take("apply_withheld", MemberValue::flag)?.unwrap_or(false);
    let kept = match body.take_json(KEEP) {
        None => None,
        Some(json) => {
            let mut errors = Vec::new();
            let kept = kept::read(KEEP, &json, settings, &mut errors)?;
            body.refuse_all(errors);
            kept
        }
    };
    let decision = match (decision, kept) {
        (Some(Decision::SamePerson { .. }), Some(keep)) => Some(Decision::SamePerson { keep }),
        (decision, Some(kept)) if !kept.is_empty() => {
            body.refuse(KEEP, "is only for same_person");
            decision
        }
        (decision, _) => decision,
    };
    let errors = body.finish();
    match decision {
        Some(decision) if errors.is_empty() => Ok((decision, apply_withheld)),
        _ => Err(Problem::refused(errors)),
    }
}
