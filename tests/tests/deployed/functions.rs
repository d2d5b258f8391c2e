//! The programs of the functions, as they are deployed.

use std::collections::BTreeMap;
use std::net::Ipv4Addr;
use std::process::Stdio;

use tokio::net::TcpListener;
use tokio::process::Command;

use crate::deployment::Deployment;
use crate::tools::{FUNCTIONS, function};

/// What a function has a default for.
const OPTIONAL: [&str; 6] =
    ["WORKSPACE_CLAIM", "ROLE_CLAIM", "WORKSPACES", "OIDC_SCOPE", "OIDC_TOKEN", "CONNECT_ORIGINS"];
/// The glibc of Amazon Linux 2023.
const GLIBC: u32 = 34;

pub(crate) async fn each_says_which_variable_it_lacks(deployment: &Deployment) {
    for name in FUNCTIONS {
        let variables = variables(deployment, name).await;
        for missing in variables.keys().filter(|name| !OPTIONAL.contains(&&***name)) {
            let mut others = variables.clone();
            others.remove(missing);
            let ended = start(name, &others, 1).output().await.unwrap();
            let complaint = String::from_utf8_lossy(&ended.stderr).into_owned();
            assert!(!ended.status.success(), "{name} does without {missing}");
            assert!(complaint.contains(missing.as_str()), "{name} without {missing}: {complaint}");
        }
        // With all of them it asks for work.
        let lambda = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
        let mut running = start(name, &variables, lambda.local_addr().unwrap().port()).spawn().unwrap();
        tokio::select! {
            asked = lambda.accept() => drop(asked.unwrap()),
            ended = running.wait() => panic!("{name} has ended: {ended:?}"),
        }
        running.kill().await.unwrap();
    }
}

/// The variables that a function was deployed with.
async fn variables(deployment: &Deployment, name: &str) -> BTreeMap<String, String> {
    let words = ["lambda", "get-function-configuration", "--function-name", &format!("contacts-{name}")];
    let configuration = deployment.aws(&words).await;
    serde_json::from_value(configuration["Environment"]["Variables"].clone()).unwrap()
}

/// The program of a function, whose Lambda is at a port of this machine.
fn start(name: &str, variables: &BTreeMap<String, String>, lambda: u16) -> Command {
    let mut command = Command::new(function(name));
    command
        .env_clear()
        .envs(variables)
        .env("AWS_LAMBDA_RUNTIME_API", format!("127.0.0.1:{lambda}"))
        .env("AWS_LAMBDA_FUNCTION_NAME", name)
        .env("AWS_LAMBDA_FUNCTION_VERSION", "1")
        .env("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "512")
        .env("AWS_LAMBDA_LOG_GROUP_NAME", name)
        .env("AWS_LAMBDA_LOG_STREAM_NAME", name)
        .env("AWS_REGION", "eu-central-1")
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .kill_on_drop(true);
    command
}

pub(crate) async fn none_needs_what_amazon_linux_has_not(_: &Deployment) {
    for name in FUNCTIONS {
        let program = std::fs::read(function(name)).unwrap();
        let newest = program
            .split(|byte| *byte == 0)
            .filter_map(|text| std::str::from_utf8(text).ok()?.strip_prefix("GLIBC_2."))
            .filter_map(|version| version.split('.').next()?.parse::<u32>().ok())
            .max();
        let newest = newest.unwrap_or_else(|| panic!("{name} names no version of glibc"));
        assert!(newest <= GLIBC, "{name} needs glibc 2.{newest}");
    }
}
