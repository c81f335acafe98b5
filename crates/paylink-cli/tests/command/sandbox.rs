//! `paylink sandbox`: what it prints is enough to use it.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::process::{Child, Command, Output, Stdio};

use serde_json::Value;

use crate::documents::{self, Called};
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
        while !exports.contains("PAYLINK_ACCOUNT_ZIPAY_OTHER_TERMINAL=") {
            assert_ne!(out.read_line(&mut exports).unwrap(), 0, "{exports}");
        }
        exports
    }

    /// What is printed as JSON.
    fn document(&mut self) -> Value {
        let line = &self.lines(1)[0];
        documents::check(&Called::line("--json sandbox"), line);
        let document: Value = serde_json::from_str(line).unwrap();
        document["ok"].clone()
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
        r#"{exports}
set -e
'{PAYLINK}' zipay create-invoice --invoice-number 1 --amount 1 --currency USD --callback https://shop.example/
'{PAYLINK}' cardpay create --price 150000 --invoice-number 1
sent=$('{PAYLINK}' --json sizpay send-link --amount 10000 --mobile 09122272730 --invoice-number 1)
id=$(printf %s "$sent" | tr -d ' \n' | sed 's/.*"send_id":\([0-9]*\).*/\1/')
'{PAYLINK}' sizpay status --send-id "$id" --via soap | grep "$id"
"#
    );
    let output = shell(&script);
    assert!(output.status.success(), "{exports}\n{output:?}");

    let (status, stderr) = sandbox.stop("-INT");
    assert_eq!(status, Some(0));
    assert!(
        stderr.contains("The keys are made up") && stderr.contains("http://127.0.0.1:"),
        "{stderr}"
    );
}

/// Runs a script with nothing in the environment but where its programs are.
fn shell(script: &str) -> Output {
    let mut shell = Command::new("sh");
    shell.args(["-c", script]).env_clear();
    shell.env("PATH", std::env::var_os("PATH").unwrap());
    let output = shell.output().unwrap();
    let stdout = String::from_utf8_lossy(&output.stdout);
    documents::check(&Called::of(&shell), &stdout);
    output
}

/// What a person sees, with what differs from run to run replaced.
#[cfg(unix)]
#[tokio::test(flavor = "multi_thread")]
async fn people_see_where_it_is_and_how_to_have_it_again() {
    let shop = Shop::open().await;
    let port = free_port();
    let mut sandbox = Running::start(&shop, &["--seed", "5", "--listen", &port]);
    sandbox.exports();
    let (_, stderr) = sandbox.stop("-TERM");
    insta::assert_snapshot!(stderr.replace(&port, "PORT"), @r"
    The sandbox is at http://127.0.0.1:PORT; Ctrl-C stops it.

      dashboard  http://127.0.0.1:PORT/
      API        http://127.0.0.1:PORT/_sandbox
      seed       5

    Paste these lines into another shell to use it. The keys are made up by the
    sandbox and good for nothing else, so they may be shown.
    ");
}

/// A port that nobody listened at a moment ago.
fn free_port() -> String {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    listener.local_addr().unwrap().port().to_string()
}

/// POD's service 29800 is between two merchants, and the accounts of both are printed.
#[cfg(unix)]
#[tokio::test(flavor = "multi_thread")]
async fn a_merchant_pays_another_with_an_invoice_by_what_is_printed() {
    let shop = Shop::open().await;
    let port = free_port();
    let mut sandbox = Running::start(&shop, &["--listen", &port]);
    let exports = sandbox.exports();
    let paylink = |line: &str| {
        let alias = format!("paylink() {{ '{PAYLINK}' \"$@\"; }}");
        let run = shell(&format!("{exports}\n{alias}\n{line}"));
        assert!(run.status.success(), "{line}: {run:?}");
        let document: Value = serde_json::from_slice(&run.stdout).unwrap();
        document["ok"].clone()
    };
    let accounts = call(&port, "GET /_sandbox/pod/accounts");
    let mut accounts = accounts.as_array().unwrap().iter();
    let own = accounts.find(|account| exports.contains(&business_of(account)));
    let user = &own.unwrap()["user_id"];

    let issue = "pod issue-invoice --bill-number 1000 --guild-code CLOTHING_GUILD \
                 --item-description shoes --item-price 150000 --tax-rate 0 --json";
    let other = format!(
        "PAYLINK_POD_TOKEN=$PAYLINK_ACCOUNT_POD_OTHER_TOKEN paylink {issue} --user-id {user}"
    );
    let creditor = &paylink(&other)["id"];
    let debtor = &paylink(&format!("paylink {issue}"))["id"];
    call(
        &port,
        &format!("POST /_sandbox/pod/invoices/{debtor}/pay-by-card"),
    );
    paylink(&format!(
        "paylink pod pay-with-invoice --creditor-invoice-id {creditor} --debtor-invoice-id {debtor} --json"
    ));
    let paid = call(&port, &format!("GET /_sandbox/pod/invoices/{creditor}"));
    assert_eq!(paid["state"], "awaiting-settlement", "{paid}");
    sandbox.stop("-TERM");
}

/// How the line of POD's business ends that this account is.
fn business_of(account: &Value) -> String {
    format!("PAYLINK_POD_BUSINESS={}\n", account["business_id"])
}

/// What the sandbox answers to a request without a body.
fn call(port: &str, request: &str) -> Value {
    let mut stream = TcpStream::connect(("127.0.0.1", port.parse::<u16>().unwrap())).unwrap();
    let head = format!("{request} HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n");
    stream.write_all(head.as_bytes()).unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    assert!(answer.starts_with("HTTP/1.1 200"), "{request}: {answer}");
    serde_json::from_str(answer.split_once("\r\n\r\n").unwrap().1).unwrap()
}

#[cfg(unix)]
#[tokio::test(flavor = "multi_thread")]
async fn as_json_it_prints_one_document_and_ends_on_sigterm() {
    let shop = Shop::open().await;
    let mut sandbox = Running::start(&shop, &["--json", "--listen", "127.0.0.1:0"]);
    let document = sandbox.document();
    let other = &document["other_accounts"][0];
    assert_has!(other, {"name": "pod-other", "provider": "pod"});
    assert_eq!(
        other["environment"]["PAYLINK_ACCOUNT_POD_OTHER_PROVIDER"],
        "pod"
    );
    let environment = document["environment"].as_object().unwrap();
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

#[tokio::test(flavor = "multi_thread")]
async fn what_is_no_address_is_told_with_what_to_write() {
    let shop = Shop::open().await;
    let told = shop.line("sandbox --listen 127.0.0.1");
    told.failed(2);
    assert!(told.stderr.contains("write 127.0.0.1:8080"), "{told:?}");
    let named = shop.line("sandbox --listen no-such-name.invalid:80");
    assert!(
        named.failed(2).contains("--listen names no address"),
        "{named:?}"
    );
}

#[cfg(unix)]
#[tokio::test(flavor = "multi_thread")]
async fn a_probe_finds_the_sandbox_and_nothing_else() {
    let shop = Shop::open().await;
    let port = free_port();
    let probe = format!("sandbox --probe --listen {port}");
    let nobody = shop.line(&probe);
    insta::assert_snapshot!(nobody.failed(1).replace(&port, "PORT"), @"error: the sandbox at http://127.0.0.1:PORT cannot be used: nobody listens there; name the address of a running one with --listen, or start it");

    let at_all = format!("0.0.0.0:{port}");
    let mut sandbox = Running::start(&shop, &["--listen", &at_all, "--allow-non-loopback"]);
    sandbox.exports();
    for listen in [&at_all, &port, &format!("localhost:{port}")] {
        let found = shop.run(&["sandbox", "--probe", "--listen", listen]);
        assert_eq!(found.status, 0, "{found:?}");
    }
    assert_eq!(sandbox.stop("-TERM").0, Some(0));

    let silent = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    let silent = silent.local_addr().unwrap();
    let told = shop.line(&format!("sandbox --probe --listen {silent}"));
    assert!(told.failed(1).contains("within 2 seconds"), "{told:?}");
    insta::assert_snapshot!(shop.line("sandbox --probe").failed(2), @"error: --listen is missing: name the port of a running sandbox, such as --listen 8080");
}

#[cfg(unix)]
#[tokio::test(flavor = "multi_thread")]
async fn it_begins_with_the_faults_and_allows_the_hosts_that_were_named() {
    let shop = Shop::open().await;
    let port = free_port();
    let line = format!(
        "--listen {port} --fault provider-down --fault webhook-twice \
         --allow-host pay.shop.example --allow-target shop.example"
    );
    let mut sandbox = Running::start(&shop, &line.split(' ').collect::<Vec<_>>());
    let exports = sandbox.exports();
    let run = shell(&format!("{exports}\n'{PAYLINK}' zipay list"));
    let told = String::from_utf8(run.stderr).unwrap();
    assert!(told.contains("503"), "{told}");
    let faults = call(&port, "GET /_sandbox/faults");
    let presets = faults.as_array().unwrap().iter();
    let presets: Vec<_> = presets.map(|fault| &fault["preset"]).collect();
    assert_eq!(presets, ["provider-down", "webhook-twice"]);

    let mut stream = TcpStream::connect(("127.0.0.1", port.parse::<u16>().unwrap())).unwrap();
    let named = b"GET / HTTP/1.1\r\nhost: pay.shop.example\r\nconnection: close\r\n\r\n";
    stream.write_all(named).unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");

    insta::assert_snapshot!(shop.line("sandbox --public-url sandbox:8080").failed(2), @r#"error: --public-url "sandbox:8080" is no public address: write http or https, a host and a port, and nothing behind them"#);
    let mut sandbox = Running::start(&shop, &["--public-url", "http://sandbox:8080"]);
    let exports = sandbox.exports();
    let base_url = "http://sandbox:8080/cardpay/api/";
    assert!(exports.contains(base_url), "{exports}");
    sandbox.stop("-INT");

    let unknown = shop.line("sandbox --fault slow");
    unknown.failed(2);
    assert!(
        unknown.stderr.contains("slow-bank, lost-answer"),
        "{unknown:?}"
    );
}

/// A payment that was created before a restart is paid after it, with the keys and the numbers of the same sandbox.
#[cfg(unix)]
#[tokio::test(flavor = "multi_thread")]
async fn a_restart_goes_on_from_the_state_in_the_file() {
    let shop = Shop::open().await;
    let (port, file) = (free_port(), shop.path("state.json"));
    let words = ["--listen", &port, "--state", "state.json"];
    let mut sandbox = Running::start(&shop, &[&words[..], &["--seed", "5"]].concat());
    let exports = sandbox.exports();
    let create = |number: u8| {
        let run = shell(&format!(
            "{exports}\n'{PAYLINK}' --json cardpay create --price 150000 --invoice-number {number}"
        ));
        let created: Value = serde_json::from_slice(&run.stdout).unwrap();
        created["ok"]["record"]["pay_id"].as_u64().unwrap()
    };
    let first = create(1);
    let (status, stderr) = sandbox.stop("-TERM");
    assert_eq!(status, Some(0));
    assert!(stderr.contains("\n  state      state.json\n"), "{stderr}");
    let mode = std::os::unix::fs::PermissionsExt::mode(&file.metadata().unwrap().permissions());
    assert_eq!(mode & 0o777, 0o600);

    let mut sandbox = Running::start(&shop, &words);
    assert_eq!(sandbox.exports(), exports);
    call(
        &port,
        &format!("POST /_sandbox/cardpay/payments/{first}/pay"),
    );
    let second = create(2);
    assert_ne!(first, second);
    // What is written while it runs is enough where nobody stops it in order.
    let is_there = |text: &str| text.contains(&second.to_string());
    let kept = (0..200).any(|_| {
        std::thread::sleep(std::time::Duration::from_millis(50));
        is_there(&std::fs::read_to_string(&file).unwrap())
    });
    assert!(kept);
    assert_eq!(sandbox.stop("-KILL").0, None);

    let mut sandbox = Running::start(&shop, &words);
    sandbox.exports();
    let payments = call(&port, "GET /_sandbox/cardpay/payments");
    assert_eq!(payments.as_array().unwrap().len(), 2, "{payments}");
    sandbox.stop("-INT");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_state_that_cannot_be_used_is_refused() {
    let shop = Shop::open().await;
    let state = |more: &str| shop.line(&format!("sandbox --state state.json{more}"));
    let file = shop.path("state.json");
    std::fs::write(&file, "{}").unwrap();
    insta::assert_snapshot!(state("").failed(2), @"error: --state state.json holds no state of a sandbox, as line 1 column 2 shows: name another file, or remove this one to start over");

    let snapshot = shop.sandbox.snapshot();
    std::fs::write(&file, serde_json::to_string(&snapshot).unwrap()).unwrap();
    insta::assert_snapshot!(state(" --seed 2").failed(2), @"error: --seed is not 1, the seed of the state in state.json: leave it out, or name another file with --state");

    let mut later = serde_json::to_value(&snapshot).unwrap();
    later["version"] = 2.into();
    std::fs::write(&file, later.to_string()).unwrap();
    insta::assert_snapshot!(state("").failed(2), @"error: --state state.json cannot be used: the snapshot has version 2, and this release reads version 1: name another file, or remove this one to start over");
    assert_eq!(std::fs::read_to_string(&file).unwrap(), later.to_string());

    let nowhere = shop.line("sandbox --state nowhere/state.json");
    assert!(
        nowhere.failed(2).contains("cannot be written"),
        "{nowhere:?}"
    );
}

#[cfg(unix)]
#[tokio::test(flavor = "multi_thread")]
async fn it_keeps_as_many_payments_as_it_was_told() {
    let shop = Shop::open().await;
    let port = free_port();
    let mut sandbox = Running::start(&shop, &["--listen", &port, "--keep", "1"]);
    let exports = sandbox.exports();
    for number in 1..=2 {
        let line = format!("cardpay create --price 150000 --invoice-number {number}");
        assert!(
            shell(&format!("{exports}\n'{PAYLINK}' {line}"))
                .status
                .success()
        );
    }
    let payments = call(&port, "GET /_sandbox/cardpay/payments");
    assert_eq!(payments.as_array().unwrap().len(), 1, "{payments}");
    sandbox.stop("-TERM");
    assert!(shop.line("sandbox --keep 0").failed(2).contains("below 1"));
}

/// The shell of `docs/sandbox.md`, from the first line to the last.
#[cfg(unix)]
#[tokio::test(flavor = "multi_thread")]
async fn the_guide_can_be_followed_line_by_line() {
    let guide = include_str!("../../../../docs/sandbox.md");
    let shop = Shop::open().await;
    let blocks = guide.split("```sh\n").skip(1);
    let script: String = blocks.filter_map(|it| it.split("```").next()).collect();
    let script = format!(
        "trap 'kill $!; wait' EXIT\nset -ex\nPATH=${{PAYLINK%/*}}:$PATH\n{}",
        script.replace("8080", &free_port())
    );
    let mut shell = Command::new("sh");
    shell.args(["-c", &script]).env_clear();
    shell.env("PATH", std::env::var_os("PATH").unwrap());
    shell.env("PAYLINK", PAYLINK).current_dir(shop.path(""));
    let output = shell.output().unwrap();
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    let har = std::fs::read_to_string(shop.path("sandbox.har")).unwrap();
    assert!(har.contains("/cardpay/api/create"), "{har}");
}
