//! Starting and stopping the whole.

use std::future::Future;
use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use futures_util::future::BoxFuture;
use serde_json::Value;
use tokio::net::{TcpListener, TcpSocket};

use crate::constants::WORKSPACE_CLAIM;
use crate::data::{DataError, DataFolder};
use crate::deliveries::Deliveries;
use crate::dynamo::{self, DynamoError};
use crate::functions::Functions;
use crate::gateway::{self, Gateway, Routes};
use crate::invoke::Invoker;
use crate::issuer::{Issuer, IssuerError};
use crate::s3;
use crate::server::Server;

/// How long [`System::stop`] waits for what runs, at each of its steps.
const PATIENCE: Duration = Duration::from_secs(10);

/// How many connections may wait to be accepted.
const BACKLOG: u32 = 1024;

/// How to run.
#[derive(Clone, Debug)]
pub struct Options {
    /// Port of the gateway; DynamoDB has the next one, S3 the one after. 0: any three free ones.
    pub port: u16,
    /// Folder of the data; without one everything is in memory and gone at the end.
    pub data: Option<PathBuf>,
    /// Claim of a token that names the workspace.
    pub workspace_claim: String,
    /// Pause before the first retry of an asynchronous invocation; the second waits twice as long.
    pub retry_delay: Duration,
}

impl Default for Options {
    /// In memory, at free ports.
    fn default() -> Self {
        Self { port: 0, data: None, workspace_claim: WORKSPACE_CLAIM.to_owned(), retry_delay: Duration::from_secs(1) }
    }
}

/// Where the parts of a system are.
#[derive(Clone, Debug, PartialEq)]
pub struct Endpoints {
    /// URL of the gateway, also the issuer of its tokens.
    pub gateway: String,
    /// URL of DynamoDB.
    pub dynamodb: String,
    /// URL of S3.
    pub s3: String,
}

/// The functions and what calls them.
#[derive(Clone, Default)]
pub struct Wiring {
    /// Routes of the HTTP API.
    pub routes: Routes,
    /// What Lambda's Invoke API can call.
    pub functions: Functions,
    /// Gets the event of every object that was created; without it the events wait for the next start.
    pub object_created: Option<Subscriber>,
}

/// Handles an S3 event. An error, or a panic, is retried twice, then given up and logged.
pub type Subscriber = Arc<dyn Fn(Value) -> BoxFuture<'static, Result<(), String>> + Send + Sync>;

/// An error of the wiring's own.
pub type WiringError = Box<dyn std::error::Error + Send + Sync>;

/// Why a system cannot start. Each text fits "failed to {error}".
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The data folder cannot be used.
    #[error(transparent)]
    Data(#[from] DataError),
    /// A port is taken or may not be used.
    #[error("listen on port {port} for {service}: {source}")]
    Port {
        /// The port.
        port: u16,
        /// What it is for.
        service: &'static str,
        /// What the system says.
        source: io::Error,
    },
    /// Three ports from this one on do not exist.
    #[error("use the ports from {0} on: the last port is 65535")]
    PortRange(u16),
    /// The database cannot be opened.
    #[error(transparent)]
    Database(#[from] DynamoError),
    /// The objects or the queues cannot be read.
    #[error("read the stored objects and events: {0}")]
    Storage(#[source] io::Error),
    /// Tokens cannot be signed.
    #[error(transparent)]
    Issuer(#[from] IssuerError),
    /// The functions cannot be set up.
    #[error("set up the functions: {0}")]
    Wiring(#[source] WiringError),
}

/// A running system.
///
/// Stop it with [`System::stop`]; merely dropped, its servers stop accepting and end when they can.
pub struct System {
    endpoints: Endpoints,
    gateway: Server,
    queues: [Deliveries; 2],
    s3: Server,
    dynamodb: Server,
    // The last to go: it unlocks, or removes, the folder.
    _data: DataFolder,
}

impl System {
    /// Starts everything. `wire` is called once DynamoDB and S3 answer, to make the tables and the
    /// functions; events wait for it.
    ///
    /// # Errors
    ///
    /// See [`StartError`]; what was started before is stopped again.
    pub async fn start<F>(options: Options, wire: impl FnOnce(Endpoints) -> F) -> Result<Self, StartError>
    where
        F: Future<Output = Result<Wiring, WiringError>>,
    {
        let data = DataFolder::open(options.data.as_deref())?;
        let [for_gateway, for_dynamodb, for_s3] = listen(options.port)?;
        let endpoints = Endpoints {
            gateway: format!("http://{}", for_gateway.1),
            dynamodb: format!("http://{}", for_dynamodb.1),
            s3: format!("http://{}", for_s3.1),
        };
        let issuer = Issuer::open(endpoints.gateway.clone(), options.workspace_claim, data.issuer_key().as_deref())?;
        let database = dynamo::open(data.database().as_deref())?;
        let (bucket, events) = s3::open(&data.bucket(), options.retry_delay).map_err(StartError::Storage)?;
        let invocations = data.invocations();
        let invocations =
            Deliveries::open("invocations", invocations, options.retry_delay, |_| true).map_err(StartError::Storage)?;

        let dynamodb = dynamo::serve(for_dynamodb.0, database);
        let s3 = s3::serve(for_s3.0, bucket);
        let wiring = match wire(endpoints.clone()).await {
            Ok(wiring) => wiring,
            Err(error) => {
                tokio::join!(s3.stop(PATIENCE), dynamodb.stop(PATIENCE));
                return Err(StartError::Wiring(error));
            }
        };
        let invoker = Invoker::start(wiring.functions, invocations.clone());
        let gateway = Gateway::new(for_gateway.1, wiring.routes, issuer, invoker);
        let gateway = gateway::serve(for_gateway.0, gateway);
        if let Some(subscriber) = wiring.object_created {
            events.start(subscriber);
        }
        let queues = [events, invocations];
        Ok(Self { endpoints, gateway, queues, s3, dynamodb, _data: data })
    }

    /// URL of the gateway.
    pub fn url(&self) -> &str {
        &self.endpoints.gateway
    }

    /// URL of DynamoDB.
    pub fn dynamodb_url(&self) -> &str {
        &self.endpoints.dynamodb
    }

    /// URL of S3.
    pub fn s3_url(&self) -> &str {
        &self.endpoints.s3
    }

    /// All three.
    pub fn endpoints(&self) -> &Endpoints {
        &self.endpoints
    }

    /// Waits until every event and asynchronous invocation so far has been handled or given up, with all
    /// that came of them. For tests; a system without a subscriber is idle when nothing was stored.
    pub async fn idle(&self) {
        let [events, invocations] = &self.queues;
        // Either may lead to the other; when the first is idle again after the second, both were.
        events.idle().await;
        invocations.idle().await;
        events.idle().await;
    }

    /// Stops: no new requests, then what runs may end, for at most some seconds at each step. Events and
    /// invocations that are cut off or had not begun are handled after the next start.
    pub async fn stop(self) {
        self.gateway.stop(PATIENCE).await;
        let [events, invocations] = &self.queues;
        tokio::join!(events.stop(PATIENCE), invocations.stop(PATIENCE));
        // The functions needed these to the end.
        tokio::join!(self.s3.stop(PATIENCE), self.dynamodb.stop(PATIENCE));
    }
}

/// Three listeners on this machine's own address, with what they listen on.
fn listen(port: u16) -> Result<[(TcpListener, SocketAddr); 3], StartError> {
    let port_of = |offset: u16| match port {
        0 => Ok(0),
        first => first.checked_add(offset).ok_or(StartError::PortRange(first)),
    };
    let ports = [port_of(0)?, port_of(1)?, port_of(2)?];
    Ok([bind(ports[0], "the gateway")?, bind(ports[1], "DynamoDB")?, bind(ports[2], "S3")?])
}

fn bind(port: u16, service: &'static str) -> Result<(TcpListener, SocketAddr), StartError> {
    listener(port).map_err(|source| StartError::Port { port, service, source })
}

/// Connections inherit `TCP_NODELAY` of their listener, and not all servers here would set it. Without it, the second
/// part of an answer waits until the client acknowledges the first, which clients put off for 40 ms.
fn listener(port: u16) -> io::Result<(TcpListener, SocketAddr)> {
    let socket = TcpSocket::new_v4()?;
    // As `TcpListener::bind` does.
    #[cfg(unix)]
    socket.set_reuseaddr(true)?;
    socket.set_nodelay(true)?;
    socket.bind((Ipv4Addr::LOCALHOST, port).into())?;
    let listener = socket.listen(BACKLOG)?;
    let address = listener.local_addr()?;
    Ok((listener, address))
}
