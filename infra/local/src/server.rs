//! A running server.

use std::future::Future;
use std::time::Duration;

use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

/// A server task. If dropped without [`Server::stop`], it stops accepting connections and ends by itself.
pub(crate) struct Server {
    name: &'static str,
    stop: CancellationToken,
    task: JoinHandle<Result<(), String>>,
}

impl Server {
    /// Spawns the future that `serve` returns. It must end soon after the token is cancelled.
    pub(crate) fn spawn<F>(name: &'static str, serve: impl FnOnce(CancellationToken) -> F) -> Self
    where
        F: Future<Output = Result<(), String>> + Send + 'static,
    {
        let stop = CancellationToken::new();
        let task = tokio::spawn(serve(stop.clone()));
        Self { name, stop, task }
    }

    /// Serves an axum router on `listener`, with the peer's address as `ConnectInfo`.
    pub(crate) fn axum(name: &'static str, listener: tokio::net::TcpListener, router: axum::Router) -> Self {
        Self::spawn(name, |stop| async move {
            let service = router.into_make_service_with_connect_info::<std::net::SocketAddr>();
            axum::serve(listener, service)
                .with_graceful_shutdown(stop.cancelled_owned())
                .await
                .map_err(|error| error.to_string())
        })
    }

    /// Stops accepting connections, and waits at most `within` for running requests.
    pub(crate) async fn stop(mut self, within: Duration) {
        self.stop.cancel();
        match tokio::time::timeout(within, &mut self.task).await {
            Ok(Ok(Ok(()))) => {}
            Ok(Ok(Err(error))) => tracing::error!(server = self.name, error, "server failed"),
            Ok(Err(error)) => tracing::error!(server = self.name, %error, "server failed"),
            Err(_) => {
                // Otherwise a client that sends half a request would keep the system from stopping.
                tracing::warn!(server = self.name, "closing connections that are still open");
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
