//! `paylink sandbox`: what it prints is enough to use it.

use std::io::{BufRead, BufReader, Read};
use std::process::{Child, Command, Stdio};

use serde_json::Value;

use crate::shop::{PAYLINK, Shop};

/// A sandbox that the command runs, ended with the test.
struct Running(Child);

impl Running {
    fn start(shop: &Shop, words: &[&str]) -> Running {
        let mut command = shop.bare(&[&["sandbox"], words].concat());
        Running(
            command
                .stdout(Stdio::piped())
                .stderr(Stdio::piped())
                .spawn()
                .unwrap(),
        )
    }

    fn lines(&mut self, count: usize) -> Vec<String> {
        let out = BufReader::new(self.0.stdout.as_mut().unwrap());
        out.lines().take(count).map(Result::unwrap).collect()
    }

    /// The lines to paste, one for each setting of each provider.
    fn exports(&mut self) -> String {
        let mut exports = String::new();
        let mut out = BufReader::new(self.0.stdout.as_mut().unwrap());
        // They are sorted by name, and the shell that reads them waits for no end.
        while !exports.contains("PAYLINK_ZIPAY_TERMINAL=") {
            assert_ne!(out.read_line(&mut exports).unwrap(), 0, "{exports}");
        }
        exports
    }

    fn stop(mut self, signal: &str) -> (Option<i32>, String) {
        Command::new("kill")
            .args([signal, &self.0.id().to_string()])
            .status()
            .unwrap();
        let status = self.0.wait().unwrap().code();
        let mut stderr = String::new();
        self.0
            .stderr
            .take()
            .unwrap()
            .read_to_string(&mut stderr)
            .unwrap();
        (status, stderr)
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.0.kill();
    }
}

#[cfg(unix)]
#[tokio::test(flavor = "multi_thread")]
async fn what_it_prints_can_be_pasted_into_a_shell() {
    let shop = Shop::open().await;
    let mut sandbox = Running::start(&shop, &["--seed", "5"]);
    let exports = sandbox.exports();
    let script = format!(
        "{exports}\nset -e\n\
         '{PAYLINK}' zipay create-invoice --invoice-number 1 --amount 1 --currency USD --callback https://shop.example/\n\
         '{PAYLINK}' cardpay create --price 150000 --invoice-number 1\n\
         '{PAYLINK}' sizpay send-link --amount 10000 --mobile 09122272730 --invoice-number 1\n\
         '{PAYLINK}' sizpay status --send-id 26041 --via soap"
    );
    let output = Command::new("sh")
        .args(["-c", &script])
        .env_clear()
        .output()
        .unwrap();
    assert!(output.status.success(), "{exports}\n{output:?}");

    let (status, stderr) = sandbox.stop("-INT");
    assert_eq!(status, Some(0));
    assert!(
        stderr.contains("The keys are made up") && stderr.contains("http://127.0.0.1:"),
        "{stderr}"
    );
}

#[cfg(unix)]
#[tokio::test(flavor = "multi_thread")]
async fn as_json_it_prints_one_document_and_ends_on_sigterm() {
    let shop = Shop::open().await;
    let mut sandbox = Running::start(&shop, &["--json", "--listen", "127.0.0.1:0"]);
    let document: Value = serde_json::from_str(&sandbox.lines(1)[0]).unwrap();
    let environment = document["ok"]["environment"].as_object().unwrap();
    let mut list = Command::new(PAYLINK);
    list.args(["zipay", "list"]).env_clear();
    list.envs(
        environment
            .iter()
            .map(|(name, value)| (name, value.as_str().unwrap())),
    );
    assert!(list.status().unwrap().success());

    let mut rest = String::new();
    let mut stdout = sandbox.0.stdout.take().unwrap();
    assert_eq!(sandbox.stop("-TERM"), (Some(0), String::new()));
    stdout.read_to_string(&mut rest).unwrap();
    assert_eq!(rest, "");
}

#[tokio::test(flavor = "multi_thread")]
async fn it_is_for_this_machine_unless_told_otherwise() {
    let shop = Shop::open().await;
    insta::assert_snapshot!(shop.line("sandbox --listen 0.0.0.0:0").failed(2), @r#"error: --listen "0.0.0.0:0" can be reached from other machines: choose an address on loopback, or add --allow-non-loopback if that is meant"#);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_port_that_is_taken_is_told() {
    let shop = Shop::open().await;
    let taken = shop.sandbox.address().to_string();
    let run = shop.line(&format!("--json sandbox --listen {taken}"));
    assert_eq!(run.status, 1);
    assert!(
        run.error()["message"].as_str().unwrap().contains(&taken),
        "{run:?}"
    );
}
