//! Starts and stops the whole system.

use std::future::Future;
use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use futures_util::future::BoxFuture;
use serde_json::Value;
use tokio::net::{TcpListener, TcpSocket};

use crate::browsers::Visitors;
use crate::constants::WORKSPACE_CLAIM;
use crate::data::{DataError, DataFolder};
use crate::deliveries::{Deliveries, Retries};
use crate::dynamo::{self, DynamoError};
use crate::functions::{FunctionHandler, Functions};
use crate::gateway::{self, Gateway, Routes};
use crate::invoke::Invoker;
use crate::issuer::{Claims, Issuer, IssuerError};
use crate::s3;
use crate::server::Server;
use crate::stream::{Follower, StreamRecords, Writes};

/// How long each step of [`System::stop`] waits for running work.
const STOP_TIMEOUT: Duration = Duration::from_secs(10);

/// How many connections may wait to be accepted.
const BACKLOG: u32 = 1024;

/// The options of a system.
#[derive(Clone, Debug)]
pub struct Options {
    /// The port of the gateway. DynamoDB and S3 use the next two. 0 uses any three free ports.
    pub port: u16,
    /// The folder of the data. Without one everything is in a temporary folder, and lost at the end.
    pub data: Option<PathBuf>,
    /// The claim of a token that has the workspace.
    pub workspace_claim: String,
    /// The claim of a token that has the role, if it was issued with one.
    pub role_claim: Option<String>,
    /// How asynchronous invocations that fail are tried again.
    pub retries: Retries,
}

impl Default for Options {
    /// In a temporary folder, on free ports.
    fn default() -> Self {
        let workspace_claim = WORKSPACE_CLAIM.to_owned();
        Self { port: 0, data: None, workspace_claim, role_claim: None, retries: Retries::default() }
    }
}

/// The URLs of a system.
#[derive(Clone, Debug, PartialEq)]
pub struct Endpoints {
    /// The URL of the gateway, which is also the issuer of its tokens.
    pub gateway: String,
    /// The URL of DynamoDB.
    pub dynamodb: String,
    /// The URL of S3.
    pub s3: String,
}

/// The functions, and their routes and events.
#[derive(Clone, Default)]
pub struct Wiring {
    /// The routes of the HTTP API.
    pub routes: Routes,
    /// The functions that Lambda's Invoke API can call.
    pub functions: Functions,
    /// Follows the changes of contacts. Without it they wait for the next start.
    pub table_changed: Option<FunctionHandler>,
    /// Receives the event of every created object. Without it the events wait for the next start.
    pub object_created: Option<Subscriber>,
}

/// Handles an S3 event. Errors and panics are retried twice, then logged.
pub type Subscriber = Arc<dyn Fn(Value) -> BoxFuture<'static, Result<(), String>> + Send + Sync>;

/// An error in setting up the functions.
pub type WiringError = Box<dyn std::error::Error + Send + Sync>;

/// Why a system cannot start. Each text fits "failed to {error}".
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The data folder cannot be used.
    #[error(transparent)]
    Data(#[from] DataError),
    /// A port is taken or not allowed.
    #[error("listen on port {port} for {service}")]
    Port {
        /// The port.
        port: u16,
        /// The service that should use it.
        service: &'static str,
        /// The error of the operating system.
        source: io::Error,
    },
    /// The port is too high for three consecutive ports.
    #[error("use the ports from {0} on: the last port is 65535")]
    PortRange(u16),
    /// The database cannot be opened.
    #[error(transparent)]
    Database(#[from] DynamoError),
    /// The stored objects or queues cannot be read.
    #[error("read the stored objects and events")]
    Storage(#[source] io::Error),
    /// Tokens cannot be signed.
    #[error(transparent)]
    Issuer(#[from] IssuerError),
    /// The functions cannot be set up.
    #[error("set up the functions")]
    Wiring(#[source] WiringError),
}

/// A running system.
///
/// Stop it with [`System::stop`]. If it is only dropped, its servers stop accepting connections and end by themselves.
pub struct System {
    endpoints: Endpoints,
    gateway: Server,
    queues: [Deliveries; 2],
    follower: Option<Follower>,
    s3: Server,
    dynamodb: Server,
    // Dropped last, since it unlocks or removes the folder.
    _data: DataFolder,
}

impl System {
    /// Starts everything. Calls `wire` once DynamoDB and S3 run, to create the table and the functions. Events wait until
    /// then.
    ///
    /// # Errors
    ///
    /// See [`StartError`]. Parts that have already started are stopped.
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
        let claims = Claims { workspace: options.workspace_claim, role: options.role_claim };
        let issuer = Issuer::open(endpoints.gateway.clone(), claims, data.issuer_key().as_deref())?;
        let database = dynamo::open(&data.database())?;
        if data.is_temporary() {
            // What is lost in a crash is lost at the end anyway.
            database.enable_bulk_loading().map_err(DynamoError::Open)?;
        }
        let (records, writes) = (StreamRecords::open(&data.database()).map_err(DynamoError::Stream)?, Writes::new());
        let (bucket, events) = s3::open(&data.bucket(), options.retries).map_err(StartError::Storage)?;
        let invocations = data.invocations();
        let invocations =
            Deliveries::open("invocations", invocations, options.retries, |_| true).map_err(StartError::Storage)?;

        let dynamodb = dynamo::serve(for_dynamodb.0, database.clone(), writes.clone(), Visitors::programs());
        let s3 = s3::serve(for_s3.0, bucket, Visitors::programs_and_page(for_gateway.1));
        let wiring = match wire(endpoints.clone()).await {
            Ok(wiring) => wiring,
            Err(error) => {
                tokio::join!(s3.stop(STOP_TIMEOUT), dynamodb.stop(STOP_TIMEOUT));
                return Err(StartError::Wiring(error));
            }
        };
        let invoker = Invoker::start(wiring.functions, invocations.clone());
        let gateway = Gateway::new(for_gateway.1, wiring.routes, issuer, invoker);
        let gateway = gateway::serve(for_gateway.0, gateway);
        if let Some(subscriber) = wiring.object_created {
            events.start(subscriber);
        }
        let start = |function| Follower::start(database, records, writes, function);
        let follower = wiring.table_changed.map(start);
        let queues = [events, invocations];
        Ok(Self { endpoints, gateway, queues, follower, s3, dynamodb, _data: data })
    }

    /// The URL of the gateway.
    pub fn url(&self) -> &str {
        &self.endpoints.gateway
    }

    /// The URL of DynamoDB.
    pub fn dynamodb_url(&self) -> &str {
        &self.endpoints.dynamodb
    }

    /// The URL of S3.
    pub fn s3_url(&self) -> &str {
        &self.endpoints.s3
    }

    /// All URLs.
    pub fn endpoints(&self) -> &Endpoints {
        &self.endpoints
    }

    /// Waits until all events and asynchronous invocations are handled or have failed, including those that they cause, and
    /// until all changes of contacts are followed. For tests. Without a subscriber, a stored object keeps a system from becoming idle.
    pub async fn idle(&self) {
        let [events, invocations] = &self.queues;
        // Each may cause the other, so check the first again after the second.
        events.idle().await;
        invocations.idle().await;
        events.idle().await;
        if let Some(follower) = &self.follower {
            follower.idle().await;
        }
    }

    /// Stops accepting requests, then waits some seconds for running work at each step. Events and invocations that are
    /// interrupted or waiting are handled after the next start.
    pub async fn stop(self) {
        self.gateway.stop(STOP_TIMEOUT).await;
        let [events, invocations] = &self.queues;
        tokio::join!(events.stop(STOP_TIMEOUT), invocations.stop(STOP_TIMEOUT));
        if let Some(follower) = self.follower {
            follower.stop().await;
        }
        // Last, since running functions need them.
        tokio::join!(self.s3.stop(STOP_TIMEOUT), self.dynamodb.stop(STOP_TIMEOUT));
    }
}

/// Three listeners on the loopback address, with their addresses.
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

/// A listener with `TCP_NODELAY`, which connections inherit; not all servers here set it. Without it the second packet of a
/// response waits until the client acknowledges the first, which may take 40 ms.
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
