//! The deployed system: the release binaries in an emulator of AWS, behind a proxy that injects faults.

use std::process::Stdio;
use std::sync::Arc;
use std::time::Duration;

use aws_sdk_lambda::config::retry::RetryConfig;
use contacts_testing::FaultInjector;
use contacts_tests::deployment::{Deployment, STACK};
use fastrand::Rng;
use serde_json::Value;
use tokio::process::Command;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use crate::clients::{Clients, WORKSPACES};
use crate::counters::Counters;
use crate::proxy::ProxyListener;
use crate::redelivery::Redelivery;
use crate::seed::Seed;
use crate::state::SoakError;

/// The outputs that name the dead-letter queues.
const FAILURES: [&str; 4] =
    ["ConversationUpsertFailuresUrl", "CsvImportFailuresUrl", "CsvExportFailuresUrl", CHUNK_FAILURES];
/// The output that names the dead-letter queue of notifications of chunks.
const CHUNK_FAILURES: &str = "ImportChunksFailuresUrl";
/// The function that these notifications are for.
const IMPORT: &str = "csv-import:live";
/// After how many seconds a chunk whose function died is delivered again. On AWS after far more.
const CHUNK_VISIBILITY: u32 = 5;
/// How often these queues are emptied.
const REDRIVE: Duration = Duration::from_secs(10);
/// When the log does not grow for so long, no call is under way: Lambda waits less before it retries.
const QUIET: Duration = Duration::from_secs(8);

/// A running stack.
pub(crate) struct Deployed {
    deployment: Arc<Deployment>,
    pub(crate) faults: FaultInjector,
    pub(crate) redelivery: Redelivery,
    /// They end when this is dropped.
    _tasks: JoinSet<()>,
}

impl Deployed {
    /// Deploys the system. Processes are killed until the time is up.
    pub(crate) async fn start(
        seed: Seed,
        counters: &Arc<Counters>,
        over: &CancellationToken,
    ) -> Result<(Deployed, Clients), SoakError> {
        let (listener, faults) = (ProxyListener::open().await?, FaultInjector::default());
        let deployment = Arc::new(Deployment::make(Some(&listener.url()?)).await);
        let (queue, visibility) = (chunks(&deployment), format!("VisibilityTimeout={CHUNK_VISIBILITY}"));
        let set = ["sqs", "set-queue-attributes", "--queue-url", &queue, "--attributes", &visibility];
        deployment.aws(&set).await;
        let clients = clients(&deployment);
        let redelivery = Redelivery::new(clients.lambda.clone(), Arc::clone(counters));
        let mut tasks = JoinSet::new();
        tasks.spawn(listener.serve(faults.clone(), deployment.http.clone(), deployment.emulator.url()));
        tasks.spawn(kill(Arc::clone(&deployment), seed.generator("kills"), Arc::clone(counters), over.clone()));
        tasks.spawn(look_for_failures(Arc::clone(&deployment), redelivery.clone(), over.clone()));
        Ok((Deployed { deployment, faults, redelivery, _tasks: tasks }, clients))
    }

    /// Waits until no request is under way, no chunk waits in its queue, and no redelivery is due.
    pub(crate) async fn settle(&self) {
        loop {
            self.redelivery.settle().await;
            self.faults.quiet().await;
            let logged = self.deployment.emulator.log().len();
            tokio::time::sleep(QUIET).await;
            let is_quiet = self.deployment.emulator.log().len() == logged;
            if is_quiet
                && waiting_chunks(&self.deployment).await == 0
                && redrive(&self.deployment, &self.redelivery).await == 0
            {
                return;
            }
        }
    }
}

/// Kills processes of functions at random times.
async fn kill(deployment: Arc<Deployment>, mut rng: Rng, counters: Arc<Counters>, over: CancellationToken) {
    let mut pause = || tokio::time::sleep(Duration::from_millis(rng.u64(500..3_000)));
    while over.run_until_cancelled(pause()).await.is_some() {
        let processes = deployment.emulator.functions();
        let Some(process) = fastrand::choice(processes) else { continue };
        let killed = Command::new("kill").args(["-KILL", &process.to_string()]).stderr(Stdio::null()).status().await;
        if killed.is_ok_and(|status| status.success()) {
            counters.killed("processes");
        }
    }
}

/// Empties the dead-letter queues until the time is up. Later [`Deployed::settle`] does, as these requests are logged, too.
async fn look_for_failures(deployment: Arc<Deployment>, redelivery: Redelivery, over: CancellationToken) {
    while over.run_until_cancelled(tokio::time::sleep(REDRIVE)).await.is_some() {
        redrive(&deployment, &redelivery).await;
    }
}

/// Redelivers the events that Lambda gave up; returns how many.
async fn redrive(deployment: &Deployment, redelivery: &Redelivery) -> usize {
    let mut letters = 0;
    for output in FAILURES {
        let queue = deployment.queue(output);
        let receive = ["sqs", "receive-message", "--queue-url", &queue, "--max-number-of-messages", "10"];
        let received = deployment.aws(&receive).await;
        for message in received["Messages"].as_array().into_iter().flatten() {
            let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
            let body = text(&message["Body"]);
            // What Lambda gives up has an envelope, what a queue gives up has none.
            let (function, payload) = if output == CHUNK_FAILURES {
                (format!("{STACK}-{IMPORT}"), body)
            } else {
                let letter: Value = serde_json::from_str(&body).unwrap_or_default();
                (text(&letter["requestContext"]["functionArn"]), letter["requestPayload"].to_string())
            };
            redelivery.later(Duration::ZERO, "given up by Lambda", &function, payload);
            let receipt = text(&message["ReceiptHandle"]);
            deployment.aws(&["sqs", "delete-message", "--queue-url", &queue, "--receipt-handle", &receipt]).await;
            letters += 1;
        }
    }
    letters
}

/// The URL of the queue of notifications of chunks.
fn chunks(deployment: &Deployment) -> String {
    deployment.queue(CHUNK_FAILURES).trim_end_matches("-failures").to_owned()
}

/// How many notifications of chunks wait in their queue or are being handled.
async fn waiting_chunks(deployment: &Deployment) -> u64 {
    let queue = chunks(deployment);
    let get = ["sqs", "get-queue-attributes", "--queue-url", &queue, "--attribute-names", "All"];
    let attributes = &deployment.aws(&get).await["Attributes"];
    let count = |name: &str| attributes[name].as_str().and_then(|count| count.parse::<u64>().ok()).unwrap_or_default();
    count("ApproximateNumberOfMessages") + count("ApproximateNumberOfMessagesNotVisible")
}

fn clients(deployment: &Deployment) -> Clients {
    let config = deployment.emulator.sdk_config().into_builder().retry_config(RetryConfig::disabled()).build();
    let token = |workspace| deployment.issuer.sign(&deployment.issuer.claims(workspace));
    Clients {
        api: deployment.api_url(),
        http: deployment.http.clone(),
        tokens: WORKSPACES.into_iter().map(|workspace| (workspace, token(workspace))).collect(),
        lambda: aws_sdk_lambda::Client::new(&config),
        upsert: deployment.outputs["ConversationUpsertFunction"].clone(),
        s3: contacts_files::client(&config),
        bucket: deployment.outputs["BucketName"].clone(),
        dynamodb: deployment.dynamodb(),
        table: deployment.outputs["TableName"].clone(),
        bus: None,
    }
}
