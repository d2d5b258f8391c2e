//! The demo book: people of several countries who talked to an assistant on several channels.
//!
//! Most callers are proven. One of them has values that somebody else said and nobody confirmed, two share a line, and two
//! contacts are in conflict.

use contacts::{
    Caller, CreateRefused, CustomField, CustomKey, CustomType, Field, Observation, Raw, SourceRef, Workspace, time,
};
use contacts_book::{ContactBook, List, Sort};
use jiff::SignedDuration;
use lambda_runtime::{Context, LambdaEvent};
use serde_json::json;
use serde_json::value::RawValue;

use crate::constants::DEMO_WORKSPACE;

/// Why the demo book could not be filled: an error of the book, or an invalid value in this file.
type DemoError = Box<dyn std::error::Error + Send + Sync>;

/// The captured values of a conversation.
type Captured = [(&'static str, &'static str)];

/// Conversations: the age in minutes, the channel, the captured values. Some people use two channels.
const CONVERSATIONS: [(i64, &str, &Captured); 28] = [
    (4, "whatsapp", &[("whatsapp", "+5511987654321"), ("name", "Beatriz Souza"), ("custom.plan", "pro")]),
    (11, "web_chat", &[("email", "Lena.Fischer@example.de"), ("name", "Lena Fischer")]),
    (19, "telephone", &[("telephone", "+12015550123"), ("name", "Marcus Reed"), ("custom.budget", "1200")]),
    (26, "instagram", &[("instagram", "@noor.designs"), ("name", "Noor Haddad")]),
    (38, "telephone", &[("telephone", "+498912345678"), ("email", "lena.fischer@example.de")]),
    (55, "whatsapp", &[("whatsapp", "+525512345678"), ("name", "Diego Hernández")]),
    // A visitor says that this is her number. It may be true, but nothing proves it.
    (62, "web_chat", &[("telephone", "+447400123456"), ("name", "Liv Clark"), ("custom.plan", "pro")]),
    (71, "sms", &[("telephone", "+447400123456"), ("name", "Olivia Clarke"), ("custom.plan", "starter")]),
    (95, "web_chat", &[("email", "yuki.tanaka@example.jp"), ("name", "田中 有紀")]),
    (130, "telephone", &[("telephone", "+390612345678"), ("name", "Chiara Ricci")]),
    (164, "slack", &[("slack", "U07QX2LMN"), ("name", "Priya Nair"), ("email", "priya@example.in")]),
    (210, "web_chat", &[("email", "priya@example.in"), ("whatsapp", "+919876543210")]),
    // The email and the number belong to two contacts that were added by hand.
    (240, "web_chat", &[("email", "ingrid@example.no"), ("telephone", "+12025550143"), ("custom.budget", "7000")]),
    (265, "microsoft_teams", &[("microsoft_teams", "29:1kP0xZ"), ("name", "Jonas Berg")]),
    (340, "telephone", &[("telephone", "+33142685300"), ("name", "Camille Moreau"), ("custom.budget", "850.50")]),
    (480, "email", &[("email", "sofia@example.es"), ("name", "Sofía Álvarez"), ("custom.plan", "pro")]),
    (610, "whatsapp", &[("whatsapp_user_id", "GB.13491208655302741918"), ("name", "Amelia Hughes")]),
    (700, "whatsapp", &[("whatsapp", "+5491123456789"), ("name", "Martín Gómez")]),
    (980, "web_chat", &[("email", "liam.obrien@example.ie"), ("name", "Liam O'Brien")]),
    (1_440, "telephone", &[("telephone", "+15551234567")]),
    (1_900, "instagram", &[("instagram", "chefamara"), ("name", "Amara Okafor"), ("telephone", "+2348021234567")]),
    (2_600, "sms", &[("telephone", "+61412345678"), ("name", "Harper Wilson")]),
    (3_300, "whatsapp", &[("whatsapp", "+971501234567"), ("name", "مريم الفارسي")]),
    (4_320, "web_chat", &[("email", "eva.novak@example.cz"), ("name", "Eva Nováková"), ("custom.budget", "300")]),
    (5_760, "telephone", &[("telephone", "+82212345678"), ("name", "김민준")]),
    (8_640, "email", &[("email", "pieter@example.nl"), ("name", "Pieter de Vries")]),
    // Two people call from one line.
    (11_520, "telephone", &[("telephone", "+48221234567"), ("name", "Bartosz Kowal"), ("email", "bartosz@example.pl")]),
    (
        12_960,
        "telephone",
        &[("telephone", "+48221234567"), ("name", "Zofia Wiśniewska"), ("email", "zofia@example.pl")],
    ),
];

/// Contacts that were added by hand.
const ADDED: [&Captured; 3] = [
    &[("name", "Grace Kim"), ("email", "grace.kim@example.com"), ("telephone", "+12025550143"), ("custom.plan", "pro")],
    &[("name", "Tomás Ribeiro"), ("telephone", "+351212345678")],
    &[("name", "Ingrid Larsen"), ("email", "ingrid@example.no"), ("custom.budget", "5000")],
];

/// Fills the demo workspace if it has no contacts.
pub(crate) async fn fill(book: &ContactBook) -> Result<(), DemoError> {
    let workspace = Workspace::parse(DEMO_WORKSPACE)?;
    let first = List { sort: Sort::Recent, prefix: None, limit: 1, after: None };
    let page = book.list(&workspace, &first).await??;
    if !page.contacts.is_empty() {
        return Ok(());
    }
    let caller = Caller::system("demo");
    for (key, label, kind) in [("plan", "Plan", CustomType::String), ("budget", "Budget", CustomType::Number)] {
        let field = CustomField::new(CustomKey::parse(key)?, label, kind)?;
        // An existing definition stays.
        let _ = book.define_field(&workspace, &field, &caller).await?;
    }
    for values in ADDED {
        let created = book.create(&workspace, None, |settings| {
            let now = time::now();
            let mut form = Observation::new(SourceRef::Manual, caller.clone(), now, now);
            for (name, text) in values {
                let field = Field::parse(name)?;
                if let Some(value) = field.read(&Raw::from(*text), settings)? {
                    form.add(field, value)?;
                }
            }
            Ok::<_, DemoError>(form)
        });
        // An existing contact stays.
        if let Err(refused) = created.await?
            && !refused.is::<CreateRefused>()
        {
            return Err(refused);
        }
    }
    // The oldest first.
    for (number, (minutes, channel, captured)) in CONVERSATIONS.iter().enumerate().rev() {
        let captured: Vec<_> = captured.iter().map(|(field, value)| json!({"field": field, "value": value})).collect();
        let event = json!({
            "workspace_id": DEMO_WORKSPACE,
            "conversation_id": format!("demo-{number}"),
            "channel": channel,
            "assistant_id": "front-desk",
            "occurred_at": (time::now() - SignedDuration::from_mins(*minutes)).to_string(),
            "captured": captured,
        });
        let payload = RawValue::from_string(event.to_string())?;
        conversation_upsert::handle(book, LambdaEvent::new(payload, Context::default())).await?;
    }
    Ok(())
}
