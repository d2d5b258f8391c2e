//! The page as a Lambda function behind API Gateway.

use web::{Config, Site, service};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda_http::Error> {
    contacts_lambda::init("web");
    // Converted to text, since `main` prints its error with `Debug`.
    let config = Config::read(|name| std::env::var(name).ok()).map_err(|error| error.to_string())?;
    lambda_http::lambda_runtime::run(service(Site::embedded(config))).await
}
