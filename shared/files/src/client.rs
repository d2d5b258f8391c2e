//! The S3 client for objects of any size.

use std::time::Duration;

use aws_sdk_s3::Client;
use aws_sdk_s3::config::Builder;
use aws_sdk_s3::config::timeout::TimeoutConfig;
use aws_types::SdkConfig;

/// Creates an S3 client with longer timeouts than the table's client: one minute per attempt, three per operation.
///
/// Sending a part of a file, or completing an upload of thousands of parts, takes longer than any request to the table.
pub fn client(config: &SdkConfig) -> Client {
    let timeouts = TimeoutConfig::builder()
        .connect_timeout(Duration::from_secs(1))
        .operation_attempt_timeout(Duration::from_secs(60))
        .operation_timeout(Duration::from_secs(180))
        .build();
    Client::from_conf(Builder::from(config).timeout_config(timeouts).build())
}
