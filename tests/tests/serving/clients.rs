//! Shops in PHP, Python and Node: each places an order, its payer pays, and its own code verifies the event.

use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use paylink_tests::service::{EVENT_SECRET, Running};
use tempfile::TempDir;
use tokio::process::{Child, Command};

fn examples() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../examples")
}

/// A shop's program, with what its calls need.
fn shop(language: &str) -> Command {
    let clients = examples().join("clients");
    match language {
        "php" => {
            let mut command = Command::new("php");
            command.arg(clients.join("php/shop.php"));
            command
        }
        "python" => {
            let python = std::env::var_os("PAYLINK_PYTHON").unwrap_or_else(|| "python3".into());
            let mut command = Command::new(python);
            command.arg(clients.join("python/shop.py"));
            command
        }
        _ => {
            // Node looks for packages from the script's own folder upwards.
            let copy = Path::new(env!("CARGO_MANIFEST_DIR")).join("../target/npm/shop.mjs");
            std::fs::copy(clients.join("node/shop.mjs"), &copy).unwrap();
            let mut command = Command::new("node");
            command.arg(copy);
            command
        }
    }
}

/// A shop that listens for events, and notes each order that it delivered.
struct Listening {
    events_url: String,
    delivered: PathBuf,
    _process: Child,
    _folder: TempDir,
}

impl Listening {
    async fn open(language: &str) -> Listening {
        let folder = tempfile::tempdir().unwrap();
        let delivered = folder.path().join("delivered");
        let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let port = free.local_addr().unwrap().port();
        drop(free);
        let mut command = match language {
            "php" => {
                let mut command = Command::new("php");
                command.args(["-S", &format!("127.0.0.1:{port}")]);
                command.arg(examples().join("clients/php/shop.php"));
                command
            }
            _ => {
                let mut command = shop(language);
                command.args(["serve", &port.to_string()]);
                command
            }
        };
        let process = command
            .env("PAYLINK_EVENT_SECRET", EVENT_SECRET)
            .env("DELIVERED", &delivered)
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .kill_on_drop(true)
            .spawn()
            .unwrap_or_else(|error| panic!("{language}: {error}"));
        for _ in 0..200 {
            if tokio::net::TcpStream::connect(("127.0.0.1", port))
                .await
                .is_ok()
            {
                break;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        Listening {
            events_url: format!("http://127.0.0.1:{port}/"),
            delivered,
            _process: process,
            _folder: folder,
        }
    }

    fn delivered(&self) -> String {
        std::fs::read_to_string(&self.delivered).unwrap_or_default()
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_shop_in_each_language_sells_an_order_and_delivers_it_once() {
    for language in ["php", "python", "node"] {
        let shop_listens = Listening::open(language).await;
        let settings = [("events_url", shop_listens.events_url.as_str())];
        let service = Running::open(&settings, &["zipay"]).await.unwrap();
        for _ in 0..2 {
            // The same order twice is one order.
            let output = shop(language)
                .args(["order", "1000", "250000", "IRT"])
                .env("PAYLINK_URL", &service.url)
                .env("PAYLINK_KEY", &service.key)
                .output()
                .await
                .unwrap();
            assert!(output.status.success(), "{language}: {output:?}");
            let link = String::from_utf8(output.stdout).unwrap();
            let invoice = service.sandbox.zipay().invoices().pop().unwrap();
            assert!(
                link.trim().ends_with(&invoice.trackid),
                "{language}: {link}"
            );
        }
        let invoices = service.sandbox.zipay().invoices();
        assert_eq!(invoices.len(), 1, "{language}");
        service.sandbox.zipay().pay(&invoices[0].trackid).unwrap();
        let acknowledged = service
            .until("/v1/orders/1000", |order| order["stage"] == "delivered")
            .await;
        acknowledged.unwrap_or_else(|error| panic!("{language}: {error}"));
        assert_eq!(shop_listens.delivered(), "1000\n", "{language}");

        // The event is repeated, and the goods are not.
        let events = service
            .call("GET", "/v1/events", None)
            .await
            .unwrap()
            .json();
        let again = format!(
            "/v1/events/{}/resend",
            events["events"][0]["id"].as_str().unwrap()
        );
        service.call("POST", &again, None).await.unwrap();
        let twice = |all: &serde_json::Value| {
            let event = &all["events"][0];
            event["attempts"] == 2 && event["state"] == "arrived"
        };
        service.until("/v1/events", twice).await.unwrap();
        assert_eq!(shop_listens.delivered(), "1000\n", "{language}");
        service.stop().await.unwrap();
    }
}

/// Whoever has not the key of the events makes no shop deliver.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_shop_in_each_language_refuses_an_event_that_another_key_signed() {
    for language in ["php", "python", "node"] {
        let shop_listens = Listening::open(language).await;
        let other = paylink_server::new_event_secret();
        let settings = [
            ("events_url", shop_listens.events_url.as_str()),
            ("event_secrets", &other),
        ];
        let service = Running::open(&settings, &["zipay"]).await.unwrap();
        let wish = super::events::wish("1000");
        let order = service
            .call("POST", "/v1/orders", Some(&wish))
            .await
            .unwrap()
            .json();
        super::events::pay(&service, &order).await;
        let refused = |all: &serde_json::Value| {
            let problem = all["events"][0]["problem"].as_str();
            problem.is_some_and(|problem| problem.contains("400"))
        };
        let refused = service.until("/v1/events", refused).await;
        refused.unwrap_or_else(|error| panic!("{language}: {error}"));
        assert_eq!(shop_listens.delivered(), "", "{language}");
        let order = service
            .call("GET", "/v1/orders/1000", None)
            .await
            .unwrap()
            .json();
        assert_eq!(order["stage"], "awaiting_delivery", "{language}");
        service.stop().await.unwrap();
    }
}

/// The client of one file, and the plugin on it, by their own tests.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_php_client_and_the_plugin_pass_their_own_tests() {
    for tests in ["clients/php/tests.php", "woocommerce/tests.php"] {
        let output = Command::new("php")
            .arg(examples().join(tests))
            .output()
            .await;
        let output = output.expect("php, of Debian's php-cli");
        let told = String::from_utf8_lossy(&output.stdout);
        assert!(output.status.success(), "{tests}: {told}");
    }
}
