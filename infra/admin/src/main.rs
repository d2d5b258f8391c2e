//! `contacts-admin`: tasks of an operator on a system in AWS, with the credentials in the environment.

use std::io::{self, Write as _};
use std::process::ExitCode;

use clap::Parser as _;
use contacts_admin::{Cli, run};
use contacts_lambda::{aws, causes};

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    let cli = Cli::parse();
    let config = aws::sdk_config().await;
    match run(cli, &config).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            // A closed standard error cannot be helped.
            let _ = writeln!(io::stderr(), "contacts-admin: failed to {}", causes(&error));
            ExitCode::FAILURE
        }
    }
}
