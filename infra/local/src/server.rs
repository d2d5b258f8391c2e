//! One running server and how it is stopped.

use std::future::Future;
use std::time::Duration;

use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

/// A server task. Dropped without [`Server::stop`], it stops accepting and is left to end by itself.
pub(crate) struct Server {
    name: &'static str,
    stop: CancellationToken,
    task: JoinHandle<Result<(), String>>,
}

impl Server {
    /// Spawns what `serve` returns; it has to end soon after the token given to it is cancelled.
    pub(crate) fn spawn<F>(name: &'static str, serve: impl FnOnce(CancellationToken) -> F) -> Self
    where
        F: Future<Output = Result<(), String>> + Send + 'static,
    {
        let stop = CancellationToken::new();
        let task = tokio::spawn(serve(stop.clone()));
        Self { name, stop, task }
    }

    /// Serves an axum router on `listener`, with the address of the peer as `ConnectInfo`.
    pub(crate) fn axum(name: &'static str, listener: tokio::net::TcpListener, router: axum::Router) -> Self {
        Self::spawn(name, |stop| async move {
            let service = router.into_make_service_with_connect_info::<std::net::SocketAddr>();
            axum::serve(listener, service)
                .with_graceful_shutdown(stop.cancelled_owned())
                .await
                .map_err(|error| error.to_string())
        })
    }

    /// Stops accepting, waits until the requests that run have been answered, at most `within`.
    pub(crate) async fn stop(mut self, within: Duration) {
        self.stop.cancel();
        match tokio::time::timeout(within, &mut self.task).await {
            Ok(Ok(Ok(()))) => {}
            Ok(Ok(Err(error))) => tracing::error!(server = self.name, error, "server failed"),
            Ok(Err(error)) => tracing::error!(server = self.name, %error, "server failed"),
            Err(_) => {
                // A client that sends half a request would hold the whole system.
                tracing::warn!(server = self.name, "connections were still open and are cut");
                self.task.abort();
            }
        }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.stop.cancel();
    }
}
