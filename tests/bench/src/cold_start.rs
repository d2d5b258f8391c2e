//! The time from a process's start to its first question for work.

use std::io::{self, Read as _};
use std::net::TcpListener;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use crate::stats::median;

/// The reported figure is the median of so many starts; those of `WARM_UP` warm the page cache.
const STARTS: usize = 51;
const WARM_UP: usize = 3;

/// How exactly the time is known.
const LOOK_EVERY: Duration = Duration::from_micros(20);

/// Seconds of a function and of another, started in turn.
pub(crate) fn measure(binary: &Path, other: &Path) -> io::Result<(f64, f64)> {
    let pairs: io::Result<Vec<_>> = (0..WARM_UP + STARTS).map(|_| Ok((start(binary)?, start(other)?))).collect();
    Ok(median(&pairs?[WARM_UP..]))
}

/// Starts a function with what Lambda gives it, and ends it when it asks the runtime API for its first event.
fn start(binary: &Path) -> io::Result<f64> {
    let runtime_api = TcpListener::bind("127.0.0.1:0")?;
    runtime_api.set_nonblocking(true)?;
    let mut command = Command::new(binary);
    command
        .env_clear()
        .env("AWS_LAMBDA_RUNTIME_API", runtime_api.local_addr()?.to_string())
        .env("AWS_LAMBDA_FUNCTION_NAME", "bench")
        .env("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "512")
        .env("AWS_LAMBDA_FUNCTION_VERSION", "$LATEST")
        .env("AWS_LAMBDA_LOG_GROUP_NAME", "bench")
        .env("AWS_LAMBDA_LOG_STREAM_NAME", "bench")
        .env("AWS_REGION", "us-east-1")
        .env("AWS_ACCESS_KEY_ID", "bench")
        .env("AWS_SECRET_ACCESS_KEY", "bench")
        .env("TABLE_NAME", "contacts")
        .env("BUCKET_NAME", "contacts")
        .env("EVENT_BUS_NAME", "default")
        .env("OIDC_ISSUER", "https://id.example.com")
        .env("OIDC_CLIENT_ID", "contacts")
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    let begun = Instant::now();
    let mut function = command.spawn()?;
    let mut connection = loop {
        match runtime_api.accept() {
            Ok((connection, _)) => break connection,
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
            Err(error) => return Err(error),
        }
        if let Some(status) = function.try_wait()? {
            return Err(io::Error::other(format!("{} ended with {status}", binary.display())));
        }
        std::thread::sleep(LOOK_EVERY);
    };
    connection.set_nonblocking(false)?;
    let mut first = [0; 64];
    let length = connection.read(&mut first)?;
    let took = begun.elapsed();
    function.kill()?;
    function.wait()?;
    if !first[..length].starts_with(b"GET /2018-06-01/runtime/invocation/next") {
        return Err(io::Error::other("the function did not ask for an event"));
    }
    Ok(took.as_secs_f64())
}
