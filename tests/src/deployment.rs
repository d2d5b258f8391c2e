//! The system, deployed.

use std::collections::BTreeMap;
use std::process::Stdio;

use aws_sdk_dynamodb::Client;
use reqwest_tls::Method;
use serde_json::Value;
use tokio::process::Command;

use crate::api::Api;
use crate::emulator::Emulator;
use crate::issuer::{AUDIENCE, Issuer};
use crate::tools::{FUNCTIONS, function, root, tool};

/// The name of the stack.
pub const STACK: &str = "contacts";
/// The origin of the pages that may call the API.
pub const ORIGIN: &str = "https://app.example.com";

/// Of the functions that are deployed here.
const ARCHITECTURE: &str = if cfg!(target_arch = "aarch64") { "arm64" } else { "x86_64" };

/// A stack, and the emulator that it is in.
pub struct Deployment {
    /// Ends with it.
    pub emulator: Emulator,
    /// Whose tokens open the API.
    pub issuer: Issuer,
    /// Trusts the emulator alone, and follows no redirections.
    pub http: reqwest_tls::Client,
    /// What the stack says of itself.
    pub outputs: BTreeMap<String, String>,
}

impl Deployment {
    /// Deploys into an empty account, as a user does. The functions find AWS at `endpoint`; without one, in the emulator.
    pub async fn make(endpoint: Option<&str>) -> Deployment {
        FUNCTIONS.iter().for_each(|name| drop(function(name)));
        let (emulator, issuer) = (Emulator::start(endpoint).await, Issuer::start().await);
        let http = emulator.http();
        let mut deployment = Deployment { emulator, issuer, http, outputs: BTreeMap::new() };
        deployment.deploy(&deployment.parameters()).await;
        deployment.outputs = deployment.outputs_now().await;
        deployment
    }

    /// The parameters of a first deployment.
    pub fn parameters(&self) -> Vec<String> {
        let parameters = [
            ("Architecture", ARCHITECTURE),
            ("JwtIssuer", self.issuer.url()),
            ("JwtAudience", AUDIENCE),
            ("AllowedOrigins", ORIGIN),
            ("PageOrigins", &self.page_origins()),
            ("AlarmEmail", "operations@example.com"),
        ];
        parameters.map(|(name, value)| format!("{name}={value}")).into()
    }

    /// What the stack says of itself now. It differs from `outputs` once the stack was made again.
    pub async fn outputs_now(&self) -> BTreeMap<String, String> {
        let stack = self.aws(&["cloudformation", "describe-stacks", "--stack-name", STACK]).await;
        let text = |output: &Value, name: &str| output[name].as_str().unwrap().to_owned();
        let outputs = stack["Stacks"][0]["Outputs"].as_array().unwrap().iter();
        outputs.map(|output| (text(output, "OutputKey"), text(output, "OutputValue"))).collect()
    }

    /// Runs `infra/deploy.py` with options and parameters; parameters that are not given stay as they are.
    pub async fn deploy(&self, words: &[String]) -> String {
        self.deploy_stack(STACK, words).await
    }

    /// Runs `infra/deploy.py` for another stack.
    pub async fn deploy_stack(&self, stack: &str, words: &[String]) -> String {
        self.run(deploy(stack, words)).await
    }

    /// Runs `infra/deploy.py`, which is to refuse; gives its complaint.
    pub async fn deploy_fails(&self, stack: &str, words: &[String]) -> String {
        let output = self.output(deploy(stack, words)).await;
        assert!(!output.status.success(), "{words:?} was deployed");
        String::from_utf8(output.stderr).unwrap()
    }

    /// Runs the AWS CLI; gives the JSON that it prints.
    pub async fn aws(&self, words: &[&str]) -> Value {
        let printed = self.aws_text(words).await;
        if printed.trim().is_empty() { Value::Null } else { serde_json::from_str(&printed).unwrap() }
    }

    /// Runs the AWS CLI; gives what it prints.
    pub async fn aws_text(&self, words: &[&str]) -> String {
        self.run(self.cli(words)).await
    }

    /// Runs the AWS CLI, which is to fail; gives its complaint.
    pub async fn aws_fails(&self, words: &[&str]) -> String {
        let output = self.output(self.cli(words)).await;
        assert!(!output.status.success(), "aws {words:?} has succeeded");
        String::from_utf8(output.stderr).unwrap()
    }

    fn cli(&self, words: &[&str]) -> Command {
        let mut command = Command::new(tool("aws"));
        // For SQS, the variable is not enough.
        command.args(["--endpoint-url", &self.emulator.url()]).args(words);
        command
    }

    async fn run(&self, command: Command) -> String {
        let name = format!("{command:?}");
        let output = self.output(command).await;
        let (printed, complaint) = (String::from_utf8(output.stdout).unwrap(), String::from_utf8_lossy(&output.stderr));
        assert!(output.status.success(), "{name}\n{printed}{complaint}");
        printed
    }

    async fn output(&self, mut command: Command) -> std::process::Output {
        command.env_clear().envs(self.emulator.environment()).stdin(Stdio::null()).kill_on_drop(true);
        command.output().await.unwrap()
    }

    /// Where the page uploads to: the emulator's bucket has no host of its own.
    pub fn page_origins(&self) -> String {
        self.emulator.url()
    }

    /// A user of a workspace.
    pub fn user(&self, workspace: &str) -> Api<'_> {
        self.bearer(&self.issuer.sign(&self.issuer.claims(workspace)))
    }

    /// Whoever has this token.
    pub fn bearer(&self, token: &str) -> Api<'_> {
        Api::new(self, Some(token.to_owned()))
    }

    /// Somebody without a token.
    pub fn nobody(&self) -> Api<'_> {
        Api::new(self, None)
    }

    /// The URL before each path of the API.
    pub fn api_url(&self) -> String {
        self.url_of(&self.outputs["ApiUrl"])
    }

    /// The URL before each path of an API, by the output that says it.
    pub fn url_of(&self, api: &str) -> String {
        // AWS has a host for each API, the emulator a path.
        let host = api.strip_prefix("https://").unwrap();
        let api = host.split('.').next().unwrap();
        format!("{}/_aws/execute-api/{api}/$default", self.emulator.url())
    }

    /// A request to the API.
    pub fn request(&self, method: Method, path: &str) -> reqwest_tls::RequestBuilder {
        self.http.request(method, format!("{}{path}", self.api_url()))
    }

    /// The text behind a link that a client was given.
    pub async fn download(&self, url: &Value) -> String {
        let answer = self.http.get(url.as_str().unwrap()).send().await.unwrap();
        assert!(answer.status().is_success(), "{url}: {answer:?}");
        answer.text().await.unwrap()
    }

    /// The URL of the bucket.
    pub fn bucket_url(&self) -> String {
        format!("{}/{}", self.emulator.url(), self.outputs["BucketName"])
    }

    /// The keys of the bucket that begin so.
    pub async fn keys(&self, prefix: &str) -> Vec<String> {
        let list = ["s3api", "list-objects-v2", "--bucket", &self.outputs["BucketName"], "--prefix", prefix];
        let listed = self.aws(&list).await;
        let objects = listed["Contents"].as_array().into_iter().flatten();
        objects.map(|object| object["Key"].as_str().unwrap().to_owned()).collect()
    }

    /// The URL of a queue, by the name of the output that says it.
    pub fn queue(&self, output: &str) -> String {
        let url = &self.outputs[output];
        let path = url.splitn(4, '/').last().unwrap();
        format!("{}/{path}", self.emulator.url())
    }

    /// Puts the log of the emulator and of the functions where it stays.
    pub fn keep_log(&self) {
        std::fs::write(root().join("target/deployed.log"), self.emulator.log()).unwrap();
    }

    /// DynamoDB, for the owner of the account.
    pub fn dynamodb(&self) -> Client {
        Client::new(&self.emulator.sdk_config())
    }
}

/// `infra/deploy.py`, which leaves no compiled code beside itself.
fn deploy(stack: &str, words: &[String]) -> Command {
    let mut command = Command::new(tool("python3"));
    command.arg("-B").arg(root().join("infra/deploy.py")).arg(stack).args(words);
    command
}
