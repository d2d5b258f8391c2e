//! How this system talks to AWS.

use std::time::Duration;

use aws_config::retry::RetryConfig;
use aws_config::timeout::TimeoutConfig;
use aws_config::{BehaviorVersion, ConfigLoader, SdkConfig};
use aws_smithy_http_client::Builder;
use aws_smithy_http_client::tls::{Provider, rustls_provider::CryptoMode};
use aws_smithy_runtime_api::client::connector_metadata::ConnectorMetadata;
use aws_smithy_runtime_api::client::http::{HttpClient, HttpConnectorSettings, SharedHttpClient, SharedHttpConnector};
use aws_smithy_runtime_api::client::runtime_components::{RuntimeComponents, RuntimeComponentsBuilder};
use aws_smithy_types::config_bag::ConfigBag;

/// The SDK's configuration from the environment, with everything that decides behaviour set here: the SDK's own defaults
/// wait a second before the first retry, have no time-out for an operation, and may change with a new release.
pub async fn sdk_config() -> SdkConfig {
    configure(aws_config::defaults(behavior_version())).load().await
}

/// The version of the SDK's defaults that this code was tested with.
pub fn behavior_version() -> BehaviorVersion {
    BehaviorVersion::v2026_01_12()
}

/// Sets the HTTP client, the retries and the time-outs.
pub fn configure(loader: ConfigLoader) -> ConfigLoader {
    loader.http_client(http_client()).retry_config(retries()).timeout_config(time_outs())
}

/// The HTTP client. It reads the machine's root certificates, hundreds of files, while the function goes on starting; the
/// first request waits for them if need be.
fn http_client() -> SharedHttpClient {
    let client = Builder::new().tls_provider(Provider::Rustls(CryptoMode::Ring)).build_https();
    let reader = client.clone();
    std::thread::spawn(move || {
        // Of this client the check is only that: it reads them, once for all.
        let _ = reader.validate_base_client_config(&RuntimeComponentsBuilder::new("start"), &ConfigBag::base());
    });
    SharedHttpClient::new(ReadsBeside(client))
}

/// A client whose configuration is not checked when clients of services are made.
#[derive(Debug)]
struct ReadsBeside(SharedHttpClient);

impl HttpClient for ReadsBeside {
    fn http_connector(&self, settings: &HttpConnectorSettings, components: &RuntimeComponents) -> SharedHttpConnector {
        self.0.http_connector(settings, components)
    }

    fn connector_metadata(&self) -> Option<ConnectorMetadata> {
        self.0.connector_metadata()
    }
}

/// Four attempts, the first again after at most 25 ms: the database answers in a few, and the book reads and tries again
/// itself when these are used up.
pub fn retries() -> RetryConfig {
    RetryConfig::standard()
        .with_max_attempts(4)
        .with_initial_backoff(Duration::from_millis(25))
        .with_max_backoff(Duration::from_millis(500))
}

/// An attempt has 3 s, an operation 8 s with all its attempts: less than the 10 s that the book tries, and far less than
/// the 30 s that API Gateway waits.
pub fn time_outs() -> TimeoutConfig {
    TimeoutConfig::builder()
        .connect_timeout(Duration::from_millis(1_000))
        .operation_attempt_timeout(Duration::from_secs(3))
        .operation_timeout(Duration::from_secs(8))
        .build()
}
