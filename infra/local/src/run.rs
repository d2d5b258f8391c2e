//! The program: starts the system, waits for a signal, and stops it.

use std::io::{self, Write as _};

use crate::cli::RunArgs;
use crate::system::{Options, StartError, System};
use crate::wiring;

/// Why the program failed. Each text fits "failed to {error}".
#[derive(Debug, thiserror::Error)]
pub enum RunError {
    /// The system did not start.
    #[error(transparent)]
    Start(#[from] StartError),
    /// Signals or the standard output cannot be used.
    #[error("use the terminal")]
    Terminal(#[from] io::Error),
}

/// Runs until SIGINT or SIGTERM.
///
/// # Errors
///
/// See [`RunError`].
pub async fn run(args: RunArgs) -> Result<(), RunError> {
    // Listen for signals first, so that none interrupts a starting system.
    let stopped = stop_signal()?;
    let options = Options {
        port: args.port,
        data: (!args.memory).then(|| args.data.clone()),
        workspace_claim: args.workspace_claim.clone(),
        role_claim: args.role_claim.clone(),
        ..Options::default()
    };
    let system = System::start(options, |endpoints| wiring::wire(endpoints, args)).await?;
    writeln!(io::stdout(), "Contacts is running at {}", system.url())?;
    stopped.await;
    system.stop().await;
    Ok(())
}

/// Resolves at the first stop signal. A second one ends the process at once.
fn stop_signal() -> io::Result<impl Future<Output = ()>> {
    use tokio::signal::unix::{SignalKind, signal};
    let (mut interrupt, mut terminate) = (signal(SignalKind::interrupt())?, signal(SignalKind::terminate())?);
    Ok(async move {
        tokio::select! {
            _ = interrupt.recv() => {}
            _ = terminate.recv() => {}
        }
        tracing::info!("stopping; send the signal again to stop at once");
        tokio::spawn(async move {
            tokio::select! {
                _ = interrupt.recv() => {}
                _ = terminate.recv() => {}
            }
            std::process::exit(130);
        });
    })
}
