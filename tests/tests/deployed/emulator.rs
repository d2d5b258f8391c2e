//! MiniStack: a stand-in for AWS on this machine, which enforces permissions and talks TLS only.

use std::fs::{self, File};
use std::net::{Ipv4Addr, TcpListener};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use tempfile::TempDir;

use crate::tools::{root, tool};
use crate::wait::eventually;

/// How long it may take to end by itself.
const FAREWELL: Duration = Duration::from_secs(10);

/// Has an empty account. It ends when it is dropped, or when this process ends in whatever way.
pub(crate) struct Emulator {
    process: Child,
    folder: TempDir,
    port: u16,
    /// PEM; of the emulator itself.
    certificate: String,
}

impl Emulator {
    pub(crate) async fn start() -> Emulator {
        let folder = tempfile::tempdir().unwrap();
        let made = rcgen::generate_simple_self_signed(["127.0.0.1".to_owned(), "localhost".to_owned()]).unwrap();
        fs::write(folder.path().join("certificate.pem"), made.cert.pem()).unwrap();
        fs::write(folder.path().join("key.pem"), made.signing_key.serialize_pem()).unwrap();
        let port = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap().local_addr().unwrap().port();
        let log = File::create(folder.path().join("log")).unwrap();
        let mut emulator = Emulator {
            process: Command::new(tool("python3"))
                .arg(root().join("tests/tests/deployed/emulator.py"))
                .env_clear()
                .envs(environment(&folder, port))
                .stdin(Stdio::piped())
                .stdout(log.try_clone().unwrap())
                .stderr(log)
                .spawn()
                .unwrap(),
            folder,
            port,
            certificate: made.cert.pem(),
        };
        let http = emulator.http();
        let health = format!("{}/_ministack/health", emulator.url());
        eventually("the emulator answers", async || {
            let ended = emulator.process.try_wait().unwrap();
            assert!(ended.is_none(), "the emulator has ended:\n{}", emulator.log());
            http.get(&health).send().await.ok().filter(|answer| answer.status().is_success())
        })
        .await;
        emulator
    }

    /// Where all of AWS is.
    pub(crate) fn url(&self) -> String {
        format!("https://127.0.0.1:{}", self.port)
    }

    /// PEM.
    pub(crate) fn certificate(&self) -> &str {
        &self.certificate
    }

    /// What the AWS CLI has to know.
    pub(crate) fn environment(&self) -> Vec<(String, String)> {
        let bin = tool("aws").parent().unwrap().display().to_string();
        let certificate = self.folder.path().join("certificate.pem").display().to_string();
        [
            ("PATH", format!("{bin}:/usr/local/bin:/usr/bin:/bin")),
            ("HOME", self.folder.path().display().to_string()),
            ("AWS_ENDPOINT_URL", self.url()),
            ("AWS_CA_BUNDLE", certificate),
            ("AWS_DEFAULT_REGION", REGION.to_owned()),
            // The emulator takes this one for the owner of the account.
            ("AWS_ACCESS_KEY_ID", "test".to_owned()),
            ("AWS_SECRET_ACCESS_KEY", "test".to_owned()),
        ]
        .map(|(name, value)| (name.to_owned(), value))
        .into()
    }

    /// A client that trusts the emulator and nobody else.
    pub(crate) fn http(&self) -> reqwest_tls::Client {
        let certificate = reqwest_tls::Certificate::from_pem(self.certificate.as_bytes()).unwrap();
        let redirect = reqwest_tls::redirect::Policy::none();
        reqwest_tls::Client::builder().add_root_certificate(certificate).redirect(redirect).build().unwrap()
    }

    /// What it has logged, with the logs of the functions.
    pub(crate) fn log(&self) -> String {
        fs::read_to_string(self.folder.path().join("log")).unwrap()
    }
}

/// The region of everything.
pub(crate) const REGION: &str = "eu-central-1";

/// The functions inherit it: nothing of this machine's own is in it.
fn environment(folder: &TempDir, port: u16) -> [(&'static str, String); 11] {
    let file = |name: &str| folder.path().join(name).display().to_string();
    [
        ("PATH", "/usr/bin:/bin".to_owned()),
        ("HOME", file("")),
        ("TMPDIR", file("")),
        ("BIND_HOST", "127.0.0.1".to_owned()),
        ("GATEWAY_PORT", port.to_string()),
        ("USE_SSL", "1".to_owned()),
        ("MINISTACK_SSL_CERT", file("certificate.pem")),
        ("MINISTACK_SSL_KEY", file("key.pem")),
        ("SSL_CERT_FILE", file("certificate.pem")),
        // Without it, the functions would turn to AWS.
        ("AWS_ENDPOINT_URL", format!("https://127.0.0.1:{port}")),
        ("AUTH", "true".to_owned()),
    ]
}

impl Drop for Emulator {
    fn drop(&mut self) {
        drop(self.process.stdin.take());
        let began = Instant::now();
        while began.elapsed() < FAREWELL {
            if !matches!(self.process.try_wait(), Ok(None)) {
                return;
            }
            std::thread::sleep(Duration::from_millis(50));
        }
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}
