//! What `infra/deploy.py` checks before it deploys.

use std::process::Command;

use serde_json::json;

use crate::template::{FUNCTIONS, ROOT, Template};

/// Without files of compiled code beside the programs.
fn python() -> Command {
    let mut python = Command::new("python3");
    python.arg("-B").current_dir(ROOT);
    python
}

#[test]
fn the_examples_of_its_rules_hold() {
    for program in ["infra/preflight.py", "infra/table.py"] {
        let tested = python().args(["-m", "doctest", program]).output().unwrap();
        assert!(tested.status.success(), "{}", String::from_utf8_lossy(&tested.stdout));
    }
}

#[test]
fn a_word_that_is_no_parameter_is_refused_before_anything_is_deployed() {
    for words in [&["contacts", "nonsense"][..], &["contacts", "--tag", "nonsense"], &["contacts", "=1"], &[]] {
        let refused = python().arg("infra/deploy.py").args(words).output().unwrap();
        assert_eq!(refused.status.code(), Some(2), "{words:?}");
        assert!(String::from_utf8_lossy(&refused.stderr).starts_with("usage: deploy.py"), "{words:?}");
    }
}

#[test]
fn every_role_has_the_boundary() {
    let template = Template::of_the_system();
    let boundary =
        json!({"Fn::If": ["HasPermissionsBoundary", {"Ref": "PermissionsBoundary"}, {"Ref": "AWS::NoValue"}]});
    assert_eq!(template.globals()["PermissionsBoundary"], boundary);
    assert_eq!(template.parameters()["PermissionsBoundary"]["Default"], "");
    let templates = [template, Template::of_data(), Template::of_operations(), Template::of_users()];
    assert!(templates.iter().all(|template| !template.has("AWS::IAM::Role")), "no other role is made");
}

#[test]
fn make_passes_what_it_is_given() {
    let printed = Command::new("make")
        .env_remove("MAKEFLAGS")
        .args(["--dry-run", "--assume-old=build", "deploy", "TAGS=stage=test owner=sales", "ADOPT=yes"])
        .args(["ROLE=arn:aws:iam::1:role/deployer", "ARCHITECTURE=arm64", "PARAMETERS=AlarmEmail=a@example.com"])
        .current_dir(ROOT)
        .output()
        .unwrap();
    let printed = String::from_utf8(printed.stdout).unwrap();
    let command = "python3 infra/deploy.py contacts --adopt --role arn:aws:iam::1:role/deployer --tag stage=test --tag owner=sales \
                   Architecture=arm64 AlarmEmail=a@example.com";
    assert!(printed.lines().any(|line| line == command), "{printed}");
}

#[test]
fn what_is_deployed_is_what_was_built_and_not_its_source() {
    let folder = tempfile::tempdir().unwrap();
    let program = "import sys; sys.path.insert(0, 'infra'); import deploy; deploy.built_template(sys.argv[1])";
    let written = python().args(["-c", program]).arg(folder.path()).output().unwrap();
    assert!(written.status.success(), "{}", String::from_utf8_lossy(&written.stderr));
    let template = std::fs::read_to_string(folder.path().join("template.yaml")).unwrap();
    let root = std::fs::canonicalize(ROOT).unwrap();
    for (_, function) in FUNCTIONS {
        let built = format!("      CodeUri: {}/\n", root.join("target/lambda").join(function).display());
        assert!(template.contains(&built), "{built}");
    }
    let operations = format!("      TemplateURL: {}\n", root.join("infra/operations.yaml").display());
    assert!(template.contains(&operations), "{operations}");
    assert!(!template.contains("CodeUri: functions/") && !template.contains("TemplateURL: infra/"));
}
