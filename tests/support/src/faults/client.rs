//! The HTTP client that the SDK sends by.

use aws_smithy_http_client::Builder;
use aws_smithy_runtime_api::client::http::{
    HttpClient, HttpConnector, HttpConnectorFuture, HttpConnectorSettings, SharedHttpClient, SharedHttpConnector,
};
use aws_smithy_runtime_api::client::orchestrator::HttpRequest;
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;

use super::injector::FaultInjector;

impl FaultInjector {
    /// An HTTP client whose requests pass through this injector.
    pub fn http_client(&self) -> SharedHttpClient {
        self.http_client_over(Builder::new().build_http())
    }

    /// The same over another client than that of the network.
    pub fn http_client_over(&self, inner: SharedHttpClient) -> SharedHttpClient {
        SharedHttpClient::new(FaultyClient { injector: self.clone(), inner })
    }
}

#[derive(Debug)]
struct FaultyClient {
    injector: FaultInjector,
    inner: SharedHttpClient,
}

impl HttpClient for FaultyClient {
    fn http_connector(&self, settings: &HttpConnectorSettings, components: &RuntimeComponents) -> SharedHttpConnector {
        let inner = self.inner.http_connector(settings, components);
        SharedHttpConnector::new(FaultyConnector { injector: self.injector.clone(), inner })
    }
}

#[derive(Debug)]
struct FaultyConnector {
    injector: FaultInjector,
    inner: SharedHttpConnector,
}

impl HttpConnector for FaultyConnector {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        self.injector.deliver(request, |request| self.inner.call(request))
    }
}
