//! The pool of users.

use std::fs;

use serde_json::json;

use crate::template::{ROOT, Template, texts};

#[test]
fn only_administrators_add_users_and_nobody_moves_to_another_workspace() {
    let template = Template::of_users();
    let pool = template.resource("Pool");
    assert_eq!(pool["AdminCreateUserConfig"], json!({"AllowAdminCreateUserOnly": true}));
    assert_eq!(pool["Schema"][0]["Name"], "workspace_id");
    assert_eq!(pool["Schema"][0]["StringAttributeConstraints"], json!({"MinLength": "1", "MaxLength": "64"}));
    let page = template.resource("Page");
    assert!(texts(&page["ReadAttributes"]).contains(&"custom:workspace_id"));
    assert_eq!(page["WriteAttributes"], json!(["email"]), "what users may change");
    assert_eq!((&page["GenerateSecret"], &page["AllowedOAuthFlows"]), (&json!(false), &json!(["code"])));
    assert_eq!(page["ExplicitAuthFlows"], json!(["ALLOW_REFRESH_TOKEN_AUTH"]), "no other way to sign in");
    assert_eq!(page["PreventUserExistenceErrors"], "ENABLED");
    assert_eq!(template.whole("Pool")["DeletionPolicy"], "RetainExceptOnCreate");
}

#[test]
fn its_outputs_are_parameters_of_the_system() {
    let (users, system) = (Template::of_users(), Template::of_the_system());
    let mut outputs: Vec<&String> = users.outputs().keys().collect();
    outputs.sort();
    assert_eq!(outputs, ["JwtAudience", "JwtIssuer", "PageOrigins", "WorkspaceClaim"]);
    for output in outputs {
        assert!(system.parameters().contains_key(output), "{output}");
    }
    // The page requests this scope and sends this token by default.
    assert_eq!(users.resource("Page")["AllowedOAuthScopes"], json!([system.parameters()["PageScope"]["Default"]]));
    assert_eq!(system.parameters()["PageToken"]["Default"], "id_token");
}

#[test]
fn the_script_makes_the_same_pool() {
    let template = Template::of_users();
    let script = fs::read_to_string(format!("{ROOT}/infra/user-pool.sh")).unwrap();
    let page = template.resource("Page");
    for (option, property) in [
        ("--allowed-o-auth-flows", "AllowedOAuthFlows"),
        ("--allowed-o-auth-scopes", "AllowedOAuthScopes"),
        ("--explicit-auth-flows", "ExplicitAuthFlows"),
        ("--supported-identity-providers", "SupportedIdentityProviders"),
        ("--read-attributes", "ReadAttributes"),
        ("--write-attributes", "WriteAttributes"),
    ] {
        let option = format!("{option} {}", texts(&page[property]).join(" "));
        assert!(script.contains(&option), "{option}");
    }
    let outputs = template.outputs();
    assert!(script.contains(&format!("WorkspaceClaim={}", outputs["WorkspaceClaim"]["Value"].as_str().unwrap())));
    for setting in ["AllowAdminCreateUserOnly=true", "MinLength=1,MaxLength=64", "--deletion-protection ACTIVE"] {
        assert!(script.contains(setting), "{setting}");
    }
}
