//! What stands for S3: it keeps what is put, or is out of reach. Links are made without it.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use aws_sdk_s3::config::{Config, Credentials, Region};
use aws_smithy_runtime_api::client::http::{HttpConnector, HttpConnectorFuture, SharedHttpConnector, http_client_fn};
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use aws_smithy_runtime_api::client::result::ConnectorError;
use aws_smithy_types::body::SdkBody;
use contacts_lambda::aws;
use percent_encoding::percent_decode_str;
use serde_json::Value;

/// A bucket. Clones share what is in it.
#[derive(Clone, Debug, Default)]
pub(crate) struct Bucket(Arc<Mutex<State>>);

#[derive(Debug, Default)]
struct State {
    out_of_reach: bool,
    /// By their URLs.
    objects: BTreeMap<String, Value>,
}

impl Bucket {
    /// The client of the functions, as it signs for AWS.
    pub(crate) fn client(&self) -> aws_sdk_s3::Client {
        let connector = SharedHttpConnector::new(self.clone());
        let config = Config::builder()
            .behavior_version(aws::behavior_version())
            .region(Region::from_static("us-east-1"))
            .credentials_provider(Credentials::new("key", "secret", None, None, "tests"))
            .http_client(http_client_fn(move |_, _| connector.clone()))
            .retry_config(aws::retries())
            .timeout_config(aws::time_outs());
        aws_sdk_s3::Client::from_conf(config.build())
    }

    /// From now on nothing gets there.
    pub(crate) fn cut_off(&self) {
        self.0.lock().unwrap().out_of_reach = true;
    }

    /// The objects, by their URLs.
    pub(crate) fn objects(&self) -> BTreeMap<String, Value> {
        self.0.lock().unwrap().objects.clone()
    }
}

impl HttpConnector for Bucket {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let mut state = self.0.lock().unwrap();
        if state.out_of_reach {
            return HttpConnectorFuture::ready(Err(ConnectorError::timeout("out of reach".into())));
        }
        assert_eq!(request.method(), "PUT");
        assert_eq!(request.headers().get("content-type"), Some("application/json"));
        let url = request.uri().split('?').next().unwrap().to_owned();
        let object = serde_json::from_slice(request.body().bytes().unwrap()).unwrap();
        state.objects.insert(url, object);
        HttpConnectorFuture::ready(Ok(HttpResponse::new(200.try_into().unwrap(), SdkBody::empty())))
    }
}

/// A signed link: its URL without the query, and what the query says.
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
