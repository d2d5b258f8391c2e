//! A stand-in for S3, which keeps what is put. The API signs links without it.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use aws_sdk_s3::config::{Config, Credentials, Region};
use aws_smithy_runtime_api::client::http::{
    HttpConnector, HttpConnectorFuture, SharedHttpClient, SharedHttpConnector, http_client_fn,
};
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use aws_smithy_types::body::SdkBody;
use contacts_lambda::aws;
use contacts_testing::FaultInjector;
use percent_encoding::percent_decode_str;
use serde_json::Value;

/// A bucket. Clones share its objects.
#[derive(Clone, Debug, Default)]
pub(crate) struct Bucket {
    /// Between the API and the bucket.
    pub(crate) faults: FaultInjector,
    /// By their URLs.
    objects: Arc<Mutex<BTreeMap<String, Value>>>,
}

impl Bucket {
    /// A client that is configured like the one on AWS, but sends to this bucket.
    pub(crate) fn client(&self) -> aws_sdk_s3::Client {
        let connector = SharedHttpConnector::new(self.clone());
        let bucket = SharedHttpClient::new(http_client_fn(move |_, _| connector.clone()));
        let config = Config::builder()
            .behavior_version(aws::behavior_version())
            .region(Region::from_static("us-east-1"))
            .credentials_provider(Credentials::new("key", "secret", None, None, "tests"))
            .http_client(self.faults.http_client_over(bucket))
            .retry_config(aws::retries())
            .timeout_config(aws::time_outs());
        aws_sdk_s3::Client::from_conf(config.build())
    }

    /// The objects, by their URLs.
    pub(crate) fn objects(&self) -> BTreeMap<String, Value> {
        self.objects.lock().unwrap().clone()
    }
}

impl HttpConnector for Bucket {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        assert_eq!(request.method(), "PUT");
        assert_eq!(request.headers().get("content-type"), Some("application/json"));
        let url = request.uri().split('?').next().unwrap().to_owned();
        let object = serde_json::from_slice(request.body().bytes().unwrap()).unwrap();
        self.objects.lock().unwrap().insert(url, object);
        HttpConnectorFuture::ready(Ok(HttpResponse::new(200.try_into().unwrap(), SdkBody::empty())))
    }
}

/// A signed link: its URL without the query, and the parameters of the query.
#[track_caller]
pub(crate) fn link(url: &str) -> (&str, BTreeMap<&str, String>) {
    let (url, query) = url.split_once('?').unwrap();
    let decoded = |text| percent_decode_str(text).decode_utf8().unwrap().into_owned();
    let pairs = query.split('&').map(|pair| pair.split_once('=').unwrap());
    let query: BTreeMap<&str, String> = pairs.map(|(name, value)| (name, decoded(value))).collect();
    assert!(query["X-Amz-Credential"].starts_with("key/"), "{query:?}");
    assert_eq!(query["X-Amz-Expires"], "3600", "{query:?}");
    assert_eq!(query["X-Amz-Signature"].len(), 64, "{query:?}");
    (url, query)
}
