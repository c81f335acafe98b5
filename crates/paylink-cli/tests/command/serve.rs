//! `paylink serve`: what it prints sells an order, and what is wrong is said before anything is served.

use std::fs;
use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};

use serde_json::Value;

use crate::shop::{Run, Shop};

/// A service that the command runs, ended with the test.
struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// A configuration with this under `[serve]`, beside the sandbox's accounts.
fn with_section(shop: &Shop, section: &str) -> std::io::Result<String> {
    let books = shop.path("paylink.db");
    let file = shop.path("paylink.toml");
    let text = format!("[serve]\nbooks = {books:?}\nlisten = \"127.0.0.1:0\"\n{section}");
    fs::write(&file, text)?;
    Ok(file.display().to_string())
}

fn serve(shop: &Shop, config: &str, words: &[&str]) -> Run {
    shop.run(&[&["--config", config, "serve"], words].concat())
}

/// A person pastes the lines into a shell, and the order is paid.
#[tokio::test(flavor = "multi_thread")]
async fn what_serve_sandbox_prints_sells_an_order() {
    let shop = Shop::open().await;
    let mut command = shop.bare(&["serve", "--sandbox"]);
    let command = command.stdout(Stdio::piped()).stderr(Stdio::null());
    let mut running = Running(command.spawn().unwrap());
    let out = BufReader::new(running.0.stdout.take().unwrap());
    let mut script = String::new();
    for line in out.lines().map(Result::unwrap) {
        script.push_str(&line);
        script.push('\n');
        if line.ends_with("/v1/orders/1000\" -H \"Authorization: Bearer $PAYLINK_KEY\"; echo") {
            break;
        }
    }
    let folder = tempfile::tempdir().unwrap();
    let mut shell = Command::new("sh");
    let sold = shell.args(["-euc", &script]).current_dir(folder.path());
    let sold = sold.output().unwrap();
    assert!(sold.status.success(), "{sold:?}");
    let lines = String::from_utf8(sold.stdout).unwrap();
    let last: Value = serde_json::from_str(lines.lines().last().unwrap()).unwrap();
    assert_has!(last, {"order": "1000", "stage": "awaiting_delivery", "paid/amount": "250000"});
    let id = running.0.id().to_string();
    Command::new("kill").arg(&id).status().unwrap();
    assert!(running.0.wait().unwrap().success(), "SIGTERM ends it well");
}

#[tokio::test(flavor = "multi_thread")]
async fn everything_that_is_wrong_is_said_and_nothing_is_served() {
    let shop = Shop::open().await;
    let wrong = with_section(
        &shop,
        "events_url = \"http://shop.example/events\"\ncors_origins = \"shop.example\"\nmax_requests = \"many\"\ncolour = 1\n",
    ).unwrap();
    let told = serve(&shop, &wrong, &["--check"]);
    for part in [
        "events_url under [serve] in",
        "is not https",
        "cors_origins under [serve] in",
        "max_requests under [serve] in",
        "has the unknown key colour under [serve]",
    ] {
        assert!(told.failed(2).contains(part), "{part}: {}", told.told());
    }
    let open = with_section(&shop, "").unwrap();
    let open = shop.run(&[
        "--config",
        &open,
        "serve",
        "--check",
        "--listen",
        "0.0.0.0:8700",
    ]);
    open.failed(2);
    open.complains("can be reached from other machines, without TLS");
    let private = with_section(
        &shop,
        "events_url = \"https://10.0.0.1/\"\nevent_secrets = \"whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw\"\n",
    ).unwrap();
    let private = serve(&shop, &private, &["--check"]);
    private.failed(1);
    private.complains("10.0.0.1, which is not a public one");
    assert!(!private.stderr.contains("MfKQ9r8"));
    let sound = with_section(&shop, "").unwrap();
    for (listen, address) in [
        ("localhost:8701", "127.0.0.1:8701"),
        ("8702", "127.0.0.1:8702"),
    ] {
        let told = serve(&shop, &sound, &["--check", "--listen", listen]);
        told.prints(&format!("listening on {address}."));
    }
    let named = fs::read_to_string(&sound).unwrap();
    fs::write(&sound, named.replace("127.0.0.1:0", "localhost:8703")).unwrap();
    serve(&shop, &sound, &["--check"]).prints("listening on 127.0.0.1:8703.");
    // The section is the service's own: no other command minds it.
    shop.run(&["--config", &wrong, "sandbox", "--listen", "0.0.0.0:0"])
        .complains("can be reached from other machines");
    serve(&shop, &with_section(&shop, "").unwrap(), &["--check"])
        .prints("The configuration is sound");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_is_shown_once_and_counts_until_it_is_revoked() {
    let shop = Shop::open().await;
    let config = with_section(&shop, "").unwrap();
    let made = serve(
        &shop,
        &config,
        &[
            "keys",
            "create",
            "the shop",
            "--right",
            "take-payments",
            "--right",
            "read",
        ],
    );
    let key = made.told().trim().to_owned();
    assert!(key.starts_with("paylink_") && key.len() > 60, "{key}");
    let listed = serve(&shop, &config, &["keys", "list"]);
    let id = key.split('_').nth(1).unwrap();
    listed.prints(&format!("{id}  the shop  take-payments read  in force"));
    assert!(!listed.stdout.contains(&key));
    serve(&shop, &config, &["keys", "revoke", id]).prints("counts no more");
    serve(&shop, &config, &["keys", "list"]).prints("take-payments read  revoked");
    serve(&shop, &config, &["keys", "revoke", id]).failed(2);
    serve(
        &shop,
        &config,
        &["keys", "create", "x", "--right", "everything"],
    )
    .failed(2);
    serve(&shop, &config, &["keys", "create", "x"]).failed(2);
    let secret = serve(&shop, &config, &["secret"]);
    assert!(secret.told().starts_with("whsec_"));
}
