//! The program, running.

use std::fs::File;
use std::io::{BufRead as _, BufReader};
use std::net::TcpListener;
use std::process::{Child, Command, Stdio};

use serde_json::Value;

pub(crate) const PROGRAM: &str = env!("CARGO_BIN_EXE_contacts-local");

/// How often a start is tried.
const ATTEMPTS: usize = 3;

/// The running program. It is stopped when dropped.
pub(crate) struct Program {
    child: Child,
    pub(crate) port: u16,
}

impl Program {
    pub(crate) fn start(arguments: &[&str]) -> Program {
        Program::run(arguments, |_| ())
    }

    /// Starts it with all of its log in `log`.
    pub(crate) fn start_with_log(arguments: &[&str], log: &File) -> Program {
        Program::run(arguments, |program| {
            program.env("RUST_LOG", "info").stderr(log.try_clone().unwrap());
        })
    }

    fn run(arguments: &[&str], configure: impl Fn(&mut Command)) -> Program {
        // Somebody else may be given a port between its choice and its use.
        for _ in 0..ATTEMPTS {
            let port = three_free_ports();
            let mut program = Command::new(PROGRAM);
            program.args(arguments).args(["--port", &port.to_string()]).stdout(Stdio::piped());
            configure(&mut program);
            let mut child = program.spawn().unwrap();
            let mut line = String::new();
            BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
            if line == format!("Contacts is running at http://127.0.0.1:{port}\n") {
                return Program { child, port };
            }
            assert_eq!((line.as_str(), child.wait().unwrap().code()), ("", Some(1)));
        }
        panic!("the program did not start");
    }

    pub(crate) fn url(&self, path: &str) -> String {
        format!("http://127.0.0.1:{}{path}", self.port)
    }

    pub(crate) fn dynamodb(&self) -> String {
        format!("http://127.0.0.1:{}", self.port + 1)
    }

    pub(crate) async fn token(&self, workspace: &str) -> String {
        let token: Value = json_of(reqwest::get(self.url(&format!("/dev/token?workspace={workspace}"))).await).await;
        token["access_token"].as_str().unwrap().to_owned()
    }

    pub(crate) async fn api(&self, workspace: &str, path: &str) -> Value {
        let request = reqwest::Client::new().get(self.url(path));
        json_of(request.bearer_auth(self.token(workspace).await).send().await).await
    }

    pub(crate) async fn invoke(&self, function: &str, event: &Value) -> Value {
        let path = format!("/2015-03-31/functions/{function}/invocations");
        let request = reqwest::Client::new().post(self.url(&path)).body(event.to_string());
        json_of(request.send().await).await
    }

    /// Kills it, as a crash does.
    pub(crate) fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    pub(crate) fn stop(mut self) {
        let sent = Command::new("kill").args(["-TERM", &self.child.id().to_string()]).status();
        assert!(sent.unwrap().success());
        assert!(self.child.wait().unwrap().success());
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        // Only a test that has failed leaves it running.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

pub(crate) async fn json_of(answer: reqwest::Result<reqwest::Response>) -> Value {
    answer.unwrap().json().await.unwrap()
}

/// The first of three ports in a row that were free a moment ago.
fn three_free_ports() -> u16 {
    loop {
        let first = TcpListener::bind(("127.0.0.1", 0)).unwrap();
        let port = first.local_addr().unwrap().port();
        let others = [1, 2].map(|n| TcpListener::bind(("127.0.0.1", port.saturating_add(n))));
        if others.iter().all(Result::is_ok) {
            return port;
        }
    }
}
