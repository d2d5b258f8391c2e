//! Retries, time-outs and clients of AWS.

use std::time::Duration;

#[cfg(feature = "clients")]
use aws_config::{ConfigLoader, SdkConfig};
use aws_smithy_runtime_api::client::behavior_version::BehaviorVersion;
use aws_smithy_types::retry::RetryConfig;
use aws_smithy_types::timeout::TimeoutConfig;

/// The SDK's configuration from the environment, with everything that decides behaviour set here: the SDK's own defaults
/// wait a second before the first retry, have no time-out for an operation, and may change with a new release.
#[cfg(feature = "clients")]
pub async fn sdk_config() -> SdkConfig {
    configure(aws_config::defaults(behavior_version())).load().await
}

/// The version of the SDK's defaults that this code was tested with.
pub fn behavior_version() -> BehaviorVersion {
    BehaviorVersion::v2026_01_12()
}

/// Sets the HTTP client, the retries and the time-outs.
#[cfg(feature = "clients")]
pub fn configure(loader: ConfigLoader) -> ConfigLoader {
    use aws_smithy_http_client::Builder;
    use aws_smithy_http_client::tls::{Provider, rustls_provider::CryptoMode};

    let tls = Provider::Rustls(CryptoMode::Ring);
    loader
        .http_client(Builder::new().tls_provider(tls).build_https())
        .retry_config(retries())
        .timeout_config(time_outs())
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
