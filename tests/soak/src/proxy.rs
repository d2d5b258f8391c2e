//! The endpoint of AWS for deployed functions: a proxy that forwards their requests through a fault injector.

use std::io;
use std::net::Ipv4Addr;

use aws_smithy_runtime_api::client::http::HttpConnectorFuture;
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use aws_smithy_runtime_api::client::result::ConnectorError;
use aws_smithy_types::body::SdkBody;
use bytes::Bytes;
use contacts_testing::FaultInjector;
use http::{HeaderName, Request, Response, header};
use http_body_util::{BodyExt as _, Full};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use tokio::net::TcpListener;

use crate::state::SoakError;

/// Headers that concern one connection only.
const OF_THE_CONNECTION: [HeaderName; 3] = [header::CONNECTION, header::TRANSFER_ENCODING, header::CONTENT_LENGTH];

/// The address of a proxy, which is known before the URL that it forwards to.
pub(crate) struct ProxyListener(TcpListener);

#[derive(Clone)]
struct Proxy {
    faults: FaultInjector,
    http: reqwest_tls::Client,
    /// The URL that it forwards to, without a path.
    onward: String,
}

impl ProxyListener {
    pub(crate) async fn open() -> io::Result<ProxyListener> {
        Ok(ProxyListener(TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?))
    }

    /// Its URL.
    pub(crate) fn url(&self) -> io::Result<String> {
        Ok(format!("http://{}", self.0.local_addr()?))
    }

    /// Forwards requests until it is dropped.
    pub(crate) async fn serve(self, faults: FaultInjector, http: reqwest_tls::Client, onward: String) {
        let proxy = Proxy { faults, http, onward };
        while let Ok((stream, _)) = self.0.accept().await {
            let proxy = proxy.clone();
            tokio::spawn(async move {
                let service = service_fn(|request| proxy.clone().hand_on(request));
                // Injected faults end connections.
                let _ = http1::Builder::new().serve_connection(TokioIo::new(stream), service).await;
            });
        }
    }
}

impl Proxy {
    /// An error closes the connection.
    async fn hand_on(self, request: Request<Incoming>) -> Result<Response<Full<Bytes>>, SoakError> {
        let (parts, body) = request.into_parts();
        let body = SdkBody::from(body.collect().await?.to_bytes());
        let request = HttpRequest::try_from(Request::from_parts(parts, body))?;
        let faults = self.faults.clone();
        let answer = faults.deliver(request, |request| HttpConnectorFuture::new(self.send(request))).await?;
        let answer = answer.try_into_http1x()?;
        Ok(answer.map(|body| Full::new(Bytes::copy_from_slice(body.bytes().unwrap_or_default()))))
    }

    async fn send(self, request: HttpRequest) -> Result<HttpResponse, ConnectorError> {
        let request = request.try_into_http1x().map_err(|error| ConnectorError::user(error.into()))?;
        let url = format!("{}{}", self.onward, request.uri());
        let mut headers = request.headers().clone();
        OF_THE_CONNECTION.iter().for_each(|name| drop(headers.remove(name)));
        let body = request.body().bytes().map(Bytes::copy_from_slice).unwrap_or_default();
        let sent = self.http.request(request.method().clone(), url).headers(headers).body(body).send().await;
        let io = |error: reqwest_tls::Error| ConnectorError::io(error.into());
        let answer = sent.map_err(io)?;
        let mut response = Response::builder().status(answer.status());
        for (name, value) in answer.headers().iter().filter(|(name, _)| **name != header::TRANSFER_ENCODING) {
            response = response.header(name, value);
        }
        let response = response.body(SdkBody::from(answer.bytes().await.map_err(io)?));
        let response = response.map_err(|error| ConnectorError::other(error.into(), None))?;
        HttpResponse::try_from(response).map_err(|error| ConnectorError::other(error.into(), None))
    }
}
