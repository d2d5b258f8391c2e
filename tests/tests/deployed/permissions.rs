//! Writes that seldom happen, each with a permission of its own.

use reqwest_tls::{Method, StatusCode};
use serde_json::{Value, json};

use crate::conversations::{event, send};
use crate::deployment::Deployment;
use crate::imports::upload;

/// How many secondary identifiers a contact keeps.
const KEPT: usize = 20;

pub(crate) async fn an_identifier_may_be_given_up(deployment: &Deployment) {
    let user = deployment.user("released");
    let channels = json!({"telephone": "+15550000001", "email": "ada@example.com"});
    let contact = user.post("/contacts", &json!({"name": "Ada", "channels": channels})).await;
    let path = format!("/contacts/{}", contact["id"].as_str().unwrap());
    let patch = json!({"channels": {"email": null}});
    let changed = user.call(Method::PATCH, &path, Some(&patch)).await;
    assert_eq!(changed.status, StatusCode::OK, "{changed:?}");
    assert_eq!(user.contacts("email=ada@example.com").await, [] as [Value; 0]);

    // By a conversation, and by a file: the oldest of too many goes.
    for emails in (0..=KEPT + 1).collect::<Vec<_>>().chunks(10) {
        let mut talkative = event("released", "talkative", "email", "");
        let captured = emails.iter().map(|n| json!({"field": "email", "value": format!("told-{n}@example.com")}));
        talkative["captured"] = captured.collect();
        let (_, answer) = send(deployment, &talkative).await;
        assert_eq!(answer["rejected"], json!([]), "{answer}");
    }
    for part in (0..=KEPT + 1).collect::<Vec<_>>().chunks(15) {
        let rows: String = part.iter().map(|n| format!("+15550000002,row-{n}@example.com\n")).collect();
        let import = upload(deployment, &user, "people.csv", &format!("Phone,Email\n{rows}")).await;
        assert_eq!((&import["status"], &import["rows"]["rejected"]), (&json!("completed"), &json!(0)), "{import}");
    }
    for (first, last) in [("told-0", "told-21"), ("row-0", "row-21")] {
        assert_eq!(user.contacts(&format!("email={first}@example.com")).await, [] as [Value; 0], "{first}");
        let contact = user.contacts(&format!("email={last}@example.com")).await.remove(0);
        assert_eq!(contact["also_known_by"].as_array().unwrap().len(), KEPT, "{contact}");
    }
}

pub(crate) async fn a_chain_of_joins_may_be_shortened(deployment: &Deployment) {
    let fold = async |conversation: &str, field: &str, value: &str| {
        let (_, answer) = send(deployment, &event("chain", conversation, field, value)).await;
        answer["contact_id"].as_str().unwrap_or_else(|| panic!("{answer}")).to_owned()
    };
    let first = fold("chain-1", "email", "ada@example.com").await;
    let second = fold("chain-2", "whatsapp", "15557654321").await;
    let third = fold("chain-3", "instagram", "ada").await;
    assert_eq!(fold("chain-3", "whatsapp", "15557654321").await, second);
    assert_eq!(fold("chain-1", "whatsapp", "15557654321").await, first);
    // Who comes by the third goes the long way once.
    assert_eq!(fold("chain-3", "name", "Ada").await, first);
    let key = json!({"pk": {"S": format!("W#chain#C#{third}")}, "sk": {"S": "CONTACT"}}).to_string();
    let get = ["dynamodb", "get-item", "--table-name", &deployment.outputs["TableName"], "--key", &key];
    assert_eq!(deployment.aws(&get).await["Item"]["merged_into"]["S"], first);
}
