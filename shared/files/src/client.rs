//! The client that moves objects of any size.

use std::time::Duration;

use aws_config::SdkConfig;
use aws_config::timeout::TimeoutConfig;
use aws_sdk_s3::Client;
use aws_sdk_s3::config::Builder;

/// A client of S3 that has more time than those of the table: sending a part of a file, or putting thousands of parts
/// together, takes longer than any request to the table. An attempt has a minute, an operation three.
pub fn client(config: &SdkConfig) -> Client {
    let time_outs = TimeoutConfig::builder()
        .connect_timeout(Duration::from_secs(1))
        .operation_attempt_timeout(Duration::from_secs(60))
        .operation_timeout(Duration::from_secs(180))
        .build();
    Client::from_conf(Builder::from(config).timeout_config(time_outs).build())
}
