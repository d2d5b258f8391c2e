//! The function that serves the page: a document, its assets, and the configuration for signing in.
//!
//! All files are compressed and embedded at build time. The paths of assets contain a hash of all files, so browsers may
//! cache them forever: the document of one version gets either the assets of that version or a 404.

mod answer;
mod config;
mod embedded;
mod encoding;
mod origin;
mod page;

use std::convert::Infallible;
use std::future::ready;

use lambda_http::request::LambdaRequest;
use lambda_http::{Adapter, LambdaEvent, Request, service_fn};
use tower::Service;
use tower::util::MapRequest;

pub use config::{Config, ConfigError};
pub use page::Page;

/// The paths of the function's routes in API Gateway, for GET and HEAD.
pub const PATHS: [&str; 3] = ["/", "/config.json", "/assets/{proxy+}"];

/// A page and its configuration.
#[derive(Clone, Debug)]
pub struct Site {
    page: Page,
    config: Config,
}

impl Site {
    /// The embedded page.
    pub fn embedded(config: Config) -> Site {
        Site::of(embedded::EMBEDDED.clone(), config)
    }

    /// Another page, for development.
    pub fn of(page: Page, config: Config) -> Site {
        Site { page, config }
    }
}

/// The site as a Lambda function, for events of API Gateway.
pub fn service(
    site: Site,
) -> impl Service<LambdaEvent<LambdaRequest>, Response: serde::Serialize, Error = Infallible, Future: Send> {
    let answer = move |request: Request| ready(Ok(answer::answer(&site, &request)));
    MapRequest::new(Adapter::from(service_fn(answer)), without_query)
}

/// Removes the query, which this function ignores: an invalid one would make [`lambda_http`] panic.
fn without_query(mut event: LambdaEvent<LambdaRequest>) -> LambdaEvent<LambdaRequest> {
    if let LambdaRequest::ApiGatewayV2(request) = &mut event.payload {
        request.raw_query_string = None;
    }
    event
}
