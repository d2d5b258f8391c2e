//! The HTTP client that the SDK sends by.

use aws_smithy_runtime_api::client::http::{
    HttpClient, HttpConnector, HttpConnectorFuture, HttpConnectorSettings, SharedHttpClient, SharedHttpConnector,
};
use aws_smithy_runtime_api::client::orchestrator::HttpRequest;
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;

use super::injector::FaultInjector;

#[derive(Debug)]
pub(super) struct FaultyClient {
    injector: FaultInjector,
    inner: SharedHttpClient,
}

impl FaultyClient {
    pub(super) fn new(injector: FaultInjector, inner: SharedHttpClient) -> FaultyClient {
        FaultyClient { injector, inner }
    }
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
