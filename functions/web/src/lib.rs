//! The function that serves the page: a document, its assets, and what the page has to know to sign people in.
//!
//! Everything is embedded and compressed at build time. The document names its assets under a hash of them all, so they
//! may be kept for ever: whoever has the document of one version gets the assets of that version, or none.

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

/// What the function answers, as API Gateway names it, to GET and HEAD.
pub const PATHS: [&str; 3] = ["/", "/config.json", "/assets/{proxy+}"];

/// What is served.
#[derive(Clone, Debug)]
pub struct Site {
    page: Page,
    config: Config,
}

impl Site {
    /// The page of this build.
    pub fn embedded(config: Config) -> Site {
        Site::of(embedded::EMBEDDED.clone(), config)
    }

    /// Another page, for those who change it.
    pub fn of(page: Page, config: Config) -> Site {
        Site { page, config }
    }
}

/// The site for Lambda's runtime: events of API Gateway in, answers for it out.
pub fn service(
    site: Site,
) -> impl Service<LambdaEvent<LambdaRequest>, Response: serde::Serialize, Error = Infallible, Future: Send> {
    let answer = move |request: Request| ready(Ok(answer::answer(&site, &request)));
    MapRequest::new(Adapter::from(service_fn(answer)), without_query)
}

/// Takes away the query, which means nothing here: [`lambda_http`] panics at one that no URI may have.
fn without_query(mut event: LambdaEvent<LambdaRequest>) -> LambdaEvent<LambdaRequest> {
    if let LambdaRequest::ApiGatewayV2(request) = &mut event.payload {
        request.raw_query_string = None;
    }
    event
}
