//! MiniStack: a stand-in for AWS on this machine, which enforces permissions and talks TLS only.

use std::fs::{self, File};
use std::net::{Ipv4Addr, TcpListener};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use aws_sdk_dynamodb::config::{Credentials, Region, SharedCredentialsProvider, SharedHttpClient};
use aws_smithy_http_client::Builder;
use aws_smithy_http_client::tls::rustls_provider::CryptoMode;
use aws_smithy_http_client::tls::{Provider, TlsContext, TrustStore};
use aws_types::SdkConfig;
use contacts_lambda::aws;
use tempfile::TempDir;

use crate::tools::{root, tool};
use crate::wait::eventually;

/// How long it may take to end by itself.
const FAREWELL: Duration = Duration::from_secs(10);

/// Has an empty account. It ends when it is dropped, or when this process ends in whatever way.
pub struct Emulator {
    process: Child,
    folder: TempDir,
    port: u16,
    /// PEM; of the emulator itself.
    certificate: String,
}

impl Emulator {
    /// Starts one. The functions that are deployed in it find AWS at `endpoint`; without one, at the emulator itself.
    ///
    /// # Panics
    /// When it does not start: the test cannot go on. So it is with all that follows.
    pub async fn start(endpoint: Option<&str>) -> Emulator {
        let folder = tempfile::tempdir().unwrap();
        let made = rcgen::generate_simple_self_signed(["127.0.0.1".to_owned(), "localhost".to_owned()]).unwrap();
        fs::write(folder.path().join("certificate.pem"), made.cert.pem()).unwrap();
        fs::write(folder.path().join("key.pem"), made.signing_key.serialize_pem()).unwrap();
        let port = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap().local_addr().unwrap().port();
        let log = File::create(folder.path().join("log")).unwrap();
        let mut emulator = Emulator {
            process: Command::new(tool("python3"))
                .arg(root().join("tests/src/emulator.py"))
                .env_clear()
                .envs(environment(&folder, port, endpoint))
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
    pub fn url(&self) -> String {
        format!("https://127.0.0.1:{}", self.port)
    }

    /// What the AWS CLI has to know.
    pub fn environment(&self) -> Vec<(String, String)> {
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

    /// A client that trusts only the emulator.
    pub fn http(&self) -> reqwest_tls::Client {
        let certificate = reqwest_tls::Certificate::from_pem(self.certificate.as_bytes()).unwrap();
        let redirect = reqwest_tls::redirect::Policy::none();
        reqwest_tls::Client::builder().add_root_certificate(certificate).redirect(redirect).build().unwrap()
    }

    /// An HTTP client of the SDK that trusts only the emulator.
    pub fn sdk_client(&self) -> SharedHttpClient {
        let trust = TrustStore::empty().with_pem_certificate(self.certificate.as_bytes());
        let tls = TlsContext::builder().with_trust_store(trust).build().unwrap();
        Builder::new().tls_provider(Provider::Rustls(CryptoMode::Ring)).tls_context(tls).build_https()
    }

    /// What the clients of the account's owner are made from.
    pub fn sdk_config(&self) -> SdkConfig {
        SdkConfig::builder()
            .behavior_version(aws::behavior_version())
            .region(Region::from_static(REGION))
            .credentials_provider(SharedCredentialsProvider::new(Credentials::new("test", "test", None, None, "tests")))
            .endpoint_url(self.url())
            .http_client(self.sdk_client())
            .build()
    }

    /// The ids of the processes of functions, from `/proc`.
    pub fn functions(&self) -> Vec<u32> {
        let threads = fs::read_dir(format!("/proc/{}/task", self.process.id())).into_iter().flatten().flatten();
        let children = threads.filter_map(|thread| fs::read_to_string(thread.path().join("children")).ok());
        let children =
            children.flat_map(|ids| ids.split_whitespace().filter_map(|id| id.parse().ok()).collect::<Vec<u32>>());
        let is_function =
            |id: &u32| fs::read_link(format!("/proc/{id}/exe")).is_ok_and(|exe| exe.ends_with("bootstrap"));
        children.filter(is_function).collect()
    }

    /// What it has logged, with the logs of the functions.
    pub fn log(&self) -> String {
        fs::read_to_string(self.folder.path().join("log")).unwrap()
    }
}

/// The region of everything.
pub const REGION: &str = "eu-central-1";

/// The functions inherit it, so it has no variable of this machine.
fn environment(folder: &TempDir, port: u16, endpoint: Option<&str>) -> [(&'static str, String); 11] {
    let endpoint = endpoint.map_or_else(|| format!("https://127.0.0.1:{port}"), ToOwned::to_owned);
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
        ("AWS_ENDPOINT_URL", endpoint),
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
