//! Writes that seldom happen, each with a permission of its own.

use reqwest_tls::{Method, StatusCode};
use serde_json::{Value, json};

use crate::conversations::{event, send};
use crate::deployment::Deployment;

pub(crate) async fn an_identifier_may_be_given_up(deployment: &Deployment) {
    let user = deployment.user("released");
    let channels = json!({"telephone": "+15550000001", "email": "ada@example.com"});
    let contact = user.post("/contacts", &json!({"name": "Ada", "channels": channels})).await;
    let path = format!("/contacts/{}", contact["id"].as_str().unwrap());
    let patch = json!({"channels": {"email": null}});
    let changed = user.call(Method::PATCH, &path, Some(&patch)).await;
    assert_eq!(changed.status, StatusCode::OK, "{changed:?}");
    assert_eq!(user.contacts("email=ada@example.com").await, [] as [Value; 0]);

    // By a conversation: a visitor is folded into the proven contact whom they name. Hearsay attaches no second handle.
    let mut call = event("released", "call", "telephone", "+15550000003");
    call["channel"] = json!("telephone");
    let (_, called) = send(deployment, &call).await;
    assert_eq!(called["identity"], "proven", "{called}");
    for (field, value) in [("instagram", "visitor.one"), ("instagram", "visitor.two"), ("telephone", "+15550000003")] {
        let (_, answer) = send(deployment, &event("released", "visitor", field, value)).await;
        assert_eq!(answer["rejected"], json!([]), "{answer}");
    }
    assert_eq!(user.contacts("instagram=visitor.one").await, [] as [Value; 0]);
    let contact = user.contacts("instagram=visitor.two").await.remove(0);
    assert_eq!(contact["id"], called["contact_id"]);
    assert_eq!(contact["unconfirmed"][0]["value"], "visitor.one", "{contact}");
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
