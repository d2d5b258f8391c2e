//! A system for a test, its clients, and ways to wait that are not sleeping.

use std::sync::Arc;
use std::time::Duration;

use aws_sdk_s3::primitives::ByteStream;
use contacts_local::{Access, ApiHandler, Functions, Options, Retries, Routes, Subscriber, System, Wiring, sdk_config};
use serde_json::Value;
use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};

/// A system in memory.
pub(crate) async fn start(wiring: Wiring) -> System {
    start_with(Options::default(), wiring).await
}

/// Retries that no test waits for.
pub(crate) const SLOW: Retries = Retries { delay: Duration::from_secs(3600), attempts: 3 };

/// A system with options; unless they say otherwise, two retries come at once.
pub(crate) async fn start_with(mut options: Options, wiring: Wiring) -> System {
    if options.retries == Retries::default() {
        options.retries = Retries { delay: Duration::ZERO, attempts: 3 };
    }
    System::start(options, async |_| Ok(wiring)).await.unwrap()
}

/// Options with a folder.
pub(crate) fn stored(folder: &tempfile::TempDir) -> Options {
    Options { data: Some(folder.path().join("data")), ..Options::default() }
}

/// A wiring with one function for every path.
pub(crate) fn api(access: Access, handler: ApiHandler) -> Wiring {
    Wiring { routes: Routes::default().with("$default", access, handler), ..Wiring::default() }
}

/// A wiring with functions.
pub(crate) fn functions(functions: Functions) -> Wiring {
    Wiring { functions, ..Wiring::default() }
}

/// A wiring with a subscriber.
pub(crate) fn subscribed(subscriber: Subscriber) -> Wiring {
    Wiring { object_created: Some(subscriber), ..Wiring::default() }
}

/// A function that hands on each event and answers `answer`.
pub(crate) fn recorder(answer: &'static str) -> (ApiHandler, UnboundedReceiver<Value>) {
    let (sender, receiver) = unbounded_channel();
    let handler: ApiHandler = Arc::new(move |event| {
        sender.send(serde_json::from_str(&event).unwrap()).unwrap();
        Box::pin(async move { Ok(answer.to_owned()) })
    });
    (handler, receiver)
}

/// A subscriber that hands on each event and answers what `outcome` says of its number, from 0.
pub(crate) fn listener(
    outcome: impl Fn(usize) -> Result<(), String> + Send + Sync + 'static,
) -> (Subscriber, UnboundedReceiver<Value>) {
    let (sender, receiver) = unbounded_channel();
    let calls = std::sync::atomic::AtomicUsize::new(0);
    let subscriber: Subscriber = Arc::new(move |event| {
        sender.send(event).unwrap();
        let outcome = outcome(calls.fetch_add(1, std::sync::atomic::Ordering::SeqCst));
        Box::pin(async move { outcome })
    });
    (subscriber, receiver)
}

/// The next message, which has to come.
pub(crate) async fn next<T>(receiver: &mut UnboundedReceiver<T>) -> T {
    within(receiver.recv()).await.expect("the sender is gone")
}

/// What has to happen soon.
pub(crate) async fn within<T>(future: impl Future<Output = T>) -> T {
    tokio::time::timeout(Duration::from_secs(20), future).await.expect("it took too long")
}

/// An S3 client.
pub(crate) fn s3(system: &System) -> aws_sdk_s3::Client {
    aws_sdk_s3::Client::new(&sdk_config(system.s3_url()))
}

/// Stores an object.
pub(crate) async fn put(client: &aws_sdk_s3::Client, key: &str, body: impl Into<Vec<u8>>) -> String {
    let body = ByteStream::from(body.into());
    let put = client.put_object().bucket("contacts").key(key).body(body).send().await.unwrap();
    put.e_tag.unwrap()
}

/// Reads an object.
pub(crate) async fn get(client: &aws_sdk_s3::Client, key: &str) -> Vec<u8> {
    let object = client.get_object().bucket("contacts").key(key).send().await.unwrap();
    object.body.collect().await.unwrap().to_vec()
}

/// All keys, in the order of the listing.
pub(crate) async fn keys(client: &aws_sdk_s3::Client) -> Vec<String> {
    let list = client.list_objects_v2().bucket("contacts").send().await.unwrap();
    list.contents.unwrap_or_default().into_iter().map(|object| object.key.unwrap()).collect()
}

/// The code of a failed call, of whatever operation.
pub(crate) fn code<T, E>(result: Result<T, aws_sdk_s3::error::SdkError<E>>) -> String
where
    aws_sdk_s3::error::SdkError<E>: aws_sdk_s3::error::ProvideErrorMetadata,
{
    use aws_sdk_s3::error::ProvideErrorMetadata as _;
    match result {
        Ok(_) => "ok".to_owned(),
        Err(error) => match (error.code(), error.raw_response()) {
            (Some(code), _) => code.to_owned(),
            (None, Some(response)) => response.status().as_u16().to_string(),
            (None, None) => "no response".to_owned(),
        },
    }
}

/// A token of the system's own issuer.
pub(crate) async fn token(system: &System, query: &str) -> String {
    let url = format!("{}/dev/token?{query}", system.url());
    let answer: Value = reqwest::get(url).await.unwrap().json().await.unwrap();
    answer["access_token"].as_str().unwrap().to_owned()
}

/// Sends bytes to a server and reads all it answers.
pub(crate) async fn raw(url: &str, request: &[u8]) -> String {
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
    let address = url.strip_prefix("http://").unwrap();
    let mut stream = tokio::net::TcpStream::connect(address).await.unwrap();
    stream.write_all(request).await.unwrap();
    stream.shutdown().await.unwrap();
    let mut answer = Vec::new();
    within(stream.read_to_end(&mut answer)).await.unwrap();
    String::from_utf8_lossy(&answer).into_owned()
}
