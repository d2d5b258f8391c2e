//! `GET /contacts` by an exact identifier: `?phone=`, `?email=`, `?slack=`.

use serde_json::{Value, json};

use crate::support::api;

#[tokio::test]
async fn a_contact_is_found_by_any_spelling_of_its_phone_or_email() {
    let api = api().await;
    let channels = json!({"telephone": "+15551234567", "whatsapp": "+5215512345678", "email": "Ada@Example.com"});
    let id = api.add(json!({"name": "Ada", "channels": channels})).await;
    for query in [
        "phone=%2B15551234567",
        "phone=+15551234567",
        "phone=+1+(555)+123-4567",
        "phone=555-123-4567",
        "phone=15551234567",
        "phone=tel:%2B1-555-123-4567",
        "phone=%2B525512345678",
        "phone=%2B15551234567&sort=phone",
        "phone=%2B15551234567&sort=recent&limit=1",
        "email=Ada@Example.com",
        "email=ada@EXAMPLE.com",
        "email=%20ada%40example.com%20",
        "email=ada@example.com&sort=email",
    ] {
        let answer = api.get(&format!("/contacts?{query}")).await.ok();
        assert_eq!(answer.items("id"), [&id], "{query}");
        assert_eq!(answer.json["next_cursor"], Value::Null);
    }
    for query in ["phone=%2B15550000000", "phone=%2B5555", "email=bob@example.com", "email=ada%2Bx@example.com"] {
        let answer = api.get(&format!("/contacts?{query}")).await;
        if answer.status == 200 {
            assert_eq!(answer.items("id"), [""; 0], "{query}");
        }
    }
}

#[tokio::test]
async fn a_contact_is_found_by_its_handles() {
    let api = api().await;
    let channels = json!({"instagram": "ada.l", "slack": "U01ABCD234", "microsoft_teams": "29:1abc", "whatsapp_user_id": "US.12345"});
    let id = api.add(json!({"name": "Ada", "channels": channels})).await;
    for (query, found) in [
        ("instagram=Ada.L", true),
        ("instagram=%40ada.l", true),
        ("instagram=bob", false),
        ("whatsapp_user_id=US.12345", true),
        ("whatsapp_user_id=US.54321", false),
        ("slack=U01ABCD234", true),
        ("slack=U01ABCD999", false),
        ("microsoft_teams=29:1abc", true),
        ("microsoft_teams=29:1xyz", false),
        // A handle leads to a contact only on its own channel.
        ("instagram=u01abcd234", false),
    ] {
        let answer = api.get(&format!("/contacts?{query}")).await.ok();
        let expected: Vec<&str> = found.then_some(id.as_str()).into_iter().collect();
        assert_eq!(answer.items("id"), expected, "{query}");
    }
    for channel in ["whatsapp_user_id", "instagram", "slack", "microsoft_teams"] {
        assert_eq!(api.get(&format!("/contacts?{channel}=")).await.problem(400), [channel]);
    }
}

#[tokio::test]
async fn secondary_identifiers_and_those_of_joined_contacts_lead_there() {
    let api = api().await;
    let (survivor, _) = api.joined().await;
    api.converse("c", 0, &[("email", "ada@example.com"), ("telephone", "+15550002222")]).await;
    for query in ["phone=%2B15550001111", "phone=%2B15550002222", "email=ada@example.com"] {
        assert_eq!(api.get(&format!("/contacts?{query}")).await.items("id"), [&survivor], "{query}");
    }
}

#[tokio::test]
async fn a_phone_is_read_in_the_workspaces_country() {
    let api = api().await;
    api.patch("/settings", json!({"default_country": "GB"})).await.ok();
    let id = api.add(json!({"channels": {"telephone": "+447911123456"}})).await;
    assert_eq!(api.get("/contacts?phone=07911+123456").await.items("id"), [&id]);
}

#[tokio::test]
async fn what_is_no_phone_or_email_is_400() {
    let api = api().await;
    for (query, field) in [
        ("phone=", "phone"),
        ("phone=abc", "phone"),
        ("phone=12", "phone"),
        ("phone=1234567", "phone"),
        ("phone=4.41E%2B11", "phone"),
        ("phone=+", "phone"),
        ("email=", "email"),
        ("email=ada", "email"),
        ("email=ada@", "email"),
    ] {
        assert_eq!(api.get(&format!("/contacts?{query}")).await.problem(400), [field], "{query}");
    }
}
