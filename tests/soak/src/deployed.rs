//! The system as it is deployed: the release binaries in an emulator of AWS, behind a proxy that breaks.

use std::process::Stdio;
use std::sync::Arc;
use std::time::Duration;

use aws_sdk_lambda::config::retry::RetryConfig;
use contacts_testing::FaultInjector;
use contacts_tests::deployment::Deployment;
use fastrand::Rng;
use serde_json::Value;
use tokio::process::Command;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use crate::again::Again;
use crate::proxy::Door;
use crate::run::SoakError;
use crate::seed::Seed;
use crate::site::{Site, WORKSPACES};
use crate::tally::Tally;

/// The outputs that name the queues of failures.
const FAILURES: [&str; 3] = ["ConversationUpsertFailuresUrl", "CsvImportFailuresUrl", "CsvExportFailuresUrl"];
/// How often somebody looks into them.
const REDRIVE: Duration = Duration::from_secs(10);
/// When nothing is logged for so long, nothing is under way: longer than Lambda waits before it tries again.
const QUIET: Duration = Duration::from_secs(8);

/// A stack that runs.
pub(crate) struct Deployed {
    deployment: Arc<Deployment>,
    pub(crate) faults: FaultInjector,
    pub(crate) again: Again,
    /// They end with it.
    _tasks: JoinSet<()>,
}

impl Deployed {
    /// Deploys it. Until the time is up, processes are killed.
    pub(crate) async fn start(
        seed: Seed,
        tally: &Arc<Tally>,
        over: &CancellationToken,
    ) -> Result<(Deployed, Site), SoakError> {
        let (door, faults) = (Door::open().await?, FaultInjector::default());
        let deployment = Arc::new(Deployment::make(Some(&door.url()?)).await);
        let site = site(&deployment);
        let again = Again::new(site.lambda.clone(), Arc::clone(tally));
        let mut tasks = JoinSet::new();
        tasks.spawn(door.serve(faults.clone(), deployment.http.clone(), deployment.emulator.url()));
        tasks.spawn(kill(Arc::clone(&deployment), seed.generator("deaths"), Arc::clone(tally), over.clone()));
        tasks.spawn(look_for_failures(Arc::clone(&deployment), again.clone(), over.clone()));
        Ok((Deployed { deployment, faults, again, _tasks: tasks }, site))
    }

    /// Waits until nothing is under way any more, and nothing comes again.
    pub(crate) async fn settle(&self) {
        loop {
            self.again.settle().await;
            self.faults.quiet().await;
            let logged = self.deployment.emulator.log().len();
            tokio::time::sleep(QUIET).await;
            let is_quiet = self.deployment.emulator.log().len() == logged;
            if is_quiet && redrive(&self.deployment, &self.again).await == 0 {
                return;
            }
        }
    }
}

/// Kills a process of a function every now and then.
async fn kill(deployment: Arc<Deployment>, mut rng: Rng, tally: Arc<Tally>, over: CancellationToken) {
    let mut pause = || tokio::time::sleep(Duration::from_millis(rng.u64(500..3_000)));
    while over.run_until_cancelled(pause()).await.is_some() {
        let processes = deployment.emulator.functions();
        let Some(process) = fastrand::choice(processes) else { continue };
        let killed = Command::new("kill").args(["-KILL", &process.to_string()]).stderr(Stdio::null()).status().await;
        if killed.is_ok_and(|status| status.success()) {
            tally.killed("processes");
        }
    }
}

/// Afterwards it is done while all comes to rest: what is looked up is logged, too.
async fn look_for_failures(deployment: Arc<Deployment>, again: Again, over: CancellationToken) {
    while over.run_until_cancelled(tokio::time::sleep(REDRIVE)).await.is_some() {
        redrive(&deployment, &again).await;
    }
}

/// Sends again what Lambda has given up; tells how much that was.
async fn redrive(deployment: &Deployment, again: &Again) -> usize {
    let mut letters = 0;
    for output in FAILURES {
        let queue = deployment.queue(output);
        let receive = ["sqs", "receive-message", "--queue-url", &queue, "--max-number-of-messages", "10"];
        let received = deployment.aws(&receive).await;
        for message in received["Messages"].as_array().into_iter().flatten() {
            let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
            let letter: Value = serde_json::from_str(&text(&message["Body"])).unwrap_or_default();
            let function = text(&letter["requestContext"]["functionArn"]);
            again.later(Duration::ZERO, "given up by Lambda", &function, letter["requestPayload"].to_string());
            let receipt = text(&message["ReceiptHandle"]);
            deployment.aws(&["sqs", "delete-message", "--queue-url", &queue, "--receipt-handle", &receipt]).await;
            letters += 1;
        }
    }
    letters
}

fn site(deployment: &Deployment) -> Site {
    let config = deployment.emulator.sdk_config().into_builder().retry_config(RetryConfig::disabled()).build();
    let token = |workspace| deployment.issuer.sign(&deployment.issuer.claims(workspace));
    Site {
        api: deployment.api_url(),
        http: deployment.http.clone(),
        tokens: WORKSPACES.into_iter().map(|workspace| (workspace, token(workspace))).collect(),
        lambda: aws_sdk_lambda::Client::new(&config),
        upsert: deployment.outputs["ConversationUpsertFunction"].clone(),
        s3: contacts_files::client(&config),
        bucket: deployment.outputs["BucketName"].clone(),
        dynamodb: deployment.dynamodb(),
        table: deployment.outputs["TableName"].clone(),
    }
}
