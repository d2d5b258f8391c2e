//! Events of workspaces that nobody knows.

use conversation_upsert::{UpsertError, Workspaces, handle_of};
use lambda_runtime::{Context, Diagnostic, LambdaEvent};
use serde_json::json;
use serde_json::value::RawValue;

use crate::sources::event;

#[tokio::test]
async fn an_event_of_an_unknown_workspace_is_refused_and_writes_nothing() {
    let engine = contacts_testing::engine().await;
    let book = engine.book();
    let workspaces = Workspaces::parse("acme, demo-*").unwrap();
    let invoke = async |workspace: &str| {
        let mut event = event("c-1", 0, &[("email", "ada@example.com")]);
        event["workspace_id"] = json!(workspace);
        let event = LambdaEvent::new(RawValue::from_string(event.to_string()).unwrap(), Context::default());
        handle_of(&workspaces, &book, event).await
    };
    for unknown in ["rival", "demo", "acme2"] {
        let refused = invoke(unknown).await.unwrap_err();
        assert!(matches!(refused, UpsertError::UnknownWorkspace), "{unknown}: {refused}");
        assert_eq!(Diagnostic::from(refused).error_type, "UnknownWorkspace");
    }
    assert_eq!(engine.items().await.len(), 0);
    for known in ["acme", "demo-eu"] {
        assert_eq!(invoke(known).await.unwrap().outcome, "created", "{known}");
    }
}
