//! S3: one bucket, stored in a folder. The crate `s3s` handles the protocol and the signatures.

mod backend;
mod condition;
mod cors;
mod event;
mod fault;
mod listing;
mod multipart;
mod object;
mod receive;
mod store;

use std::path::Path;
use std::sync::Arc;

use axum::error_handling::HandleError;
use http::StatusCode;
use s3s::HttpError;
use s3s::auth::SimpleAuth;
use s3s::service::S3ServiceBuilder;
use tokio::net::TcpListener;

use self::backend::Backend;
use self::store::Store;
use crate::browsers::Visitors;
use crate::constants::{ACCESS_KEY, SECRET_KEY};
use crate::deliveries::{Deliveries, Retries};
use crate::server::Server;

/// Opens the bucket in `folder` and the queue of its events.
pub(crate) fn open(folder: &Path, retries: Retries) -> std::io::Result<(Backend, Deliveries)> {
    let store = Arc::new(Store::open(folder)?);
    let exists = |event: &_| event::subject(event).is_some_and(|key| store.get(&key).is_some());
    let deliveries = Deliveries::open("s3 events", folder.join("events"), retries, exists)?;
    let backend = Backend::open(folder, Arc::clone(&store), deliveries.clone())?;
    Ok((backend, deliveries))
}

/// Serves the bucket on `listener` to `visitors`.
pub(crate) fn serve(listener: TcpListener, backend: Backend, visitors: Visitors) -> Server {
    let mut builder = S3ServiceBuilder::new(backend);
    builder.set_auth(SimpleAuth::from_single(ACCESS_KEY, SECRET_KEY));
    let service = HandleError::new(builder.build(), async |error: HttpError| {
        tracing::error!(?error, "the object store failed");
        StatusCode::INTERNAL_SERVER_ERROR
    });
    let router = axum::Router::new().fallback_service(service).layer(axum::middleware::from_fn(cors::allow));
    Server::axum("s3", listener, visitors.guard(router))
}
