//! `paylink doctor`: what is wrong, where, and what to do.

use std::io::{Read, Write};
use std::net::TcpListener;
use std::sync::{Arc, Mutex};
use std::thread;

use paylink_sandbox::Fault;
use rustls::ServerConfig;
use rustls::pki_types::PrivateKeyDer;
use serde_json::Value;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio_rustls::TlsAcceptor;

use crate::shop::{Run, Shop};

/// The doctor for one ZiPay account, with these variables changed.
fn examine(shop: &Shop, words: &str, changed: &[(&str, &str)]) -> Run {
    let line = format!("doctor {words}");
    let mut command = shop.command(&line.split_whitespace().collect::<Vec<_>>());
    command.envs(changed.iter().copied());
    shop.finish(command)
}

/// The findings with this verdict, each with its subject.
fn found(run: &Run, verdict: &str) -> Vec<(String, String)> {
    let document: Value = serde_json::from_str(&run.stdout).unwrap();
    let told = document.get("ok").or(document.get("error")).unwrap();
    let text = |check: &Value, key: &str| check[key].as_str().unwrap().to_owned();
    let checks = told["checks"].as_array().unwrap().iter();
    checks
        .filter(|check| check["verdict"] == verdict)
        .map(|check| (text(check, "subject"), text(check, "finding")))
        .collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn all_is_well() {
    let shop = Shop::open().await;
    // Whatever other providers there are does not change what is shown of these.
    let mut command = shop.command(&["doctor", "--return-url", "https://shop.example/back"]);
    for provider in paylink::providers() {
        if !["cardpay", "pod", "sizpay", "zipay"].contains(&provider.name()) {
            for setting in provider.settings() {
                let variable = format!("PAYLINK_{}_{}", provider.name(), setting.key());
                command.env_remove(variable.to_uppercase());
            }
        }
    }
    let run = shop.finish(command);
    assert_eq!(run.status, 0, "{run:?}");
    insta::assert_snapshot!(shop.tidy(&run.stdout), @r"
    ok       cardpay  configuration  everything that cardpay needs is set
    ok       cardpay  connection     127.0.0.1 answers (HTTP 404)
    ok       cardpay  clock          it agrees with the provider's
    ok       pod      configuration  everything that pod needs is set
    ok       pod      connection     127.0.0.1 answers (HTTP 404)
    ok       pod      clock          it agrees with the provider's
    ok       sizpay   configuration  everything that sizpay needs is set
    ok       sizpay   connection     127.0.0.1 answers (HTTP 404)
    ok       sizpay   clock          it agrees with the provider's
    ok       zipay    configuration  everything that zipay needs is set
    ok       zipay    connection     127.0.0.1 answers (HTTP 200)
    ok       zipay    clock          it agrees with the provider's
    ok                return URL     payers can be sent back to shop.example

    OFFERS                             CARDPAY  POD  SIZPAY  ZIPAY
    ───────────────────────────────────────────────────────────────────────
    counting in                        IRR      IRR  IRR     USD, USDT, IRT
    reading a payment's state          –        yes  yes     yes
    a refund                           –        –    –       yes
    disabling a payment                –        yes  yes     –
    sending a link again               –        –    yes     –
    a list of payments                 –        yes  yes     yes
    looking up a lost create           –        yes  yes     yes
    a readable return                  –        yes  –       yes
    a readable webhook                 –        yes  –       yes
    a pay link                         yes      yes  yes     yes
    an exact amount to transfer        yes      –    –       –
    a time until which it can be paid  yes      –    –       –
    ");
    assert!(
        run.stderr.starts_with("Asking 127.0.0.1 for cardpay …\n"),
        "{run:?}"
    );
    // Nothing that a provider could act on was asked, and nobody said who asks.
    for entry in shop.sandbox.journal() {
        assert!(entry.parameters.is_empty(), "{entry:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_provider_is_examined_and_its_offers_are_told() {
    let shop = Shop::open().await;
    let run = shop.line("--json doctor");
    let accounts = run.ok()["accounts"].as_array().unwrap().clone();
    let named = |it: &Value| it["capabilities"]["provider"].as_str().map(str::to_owned);
    let examined: Vec<_> = accounts.iter().filter_map(named).collect();
    let known: Vec<_> = paylink::providers().iter().map(|it| it.name()).collect();
    assert_eq!(examined, known);
    // Its configuration, its connection and its clock.
    assert_eq!(found(&run, "ok").len(), 3 * known.len(), "{run:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn every_problem_is_a_line_with_what_to_do() {
    let shop = Shop::open().await;
    let mut command = shop.command(&["doctor"]);
    command
        .env_remove("PAYLINK_ZIPAY_TERMINAL")
        .env("PAYLINK_CARDPAY_BASE_URL", "http://127.0.0.1:1/")
        .env("PAYLINK_SIZPAY_PASSWORD", "two words")
        .env("PAYLINK_POD_ENVIRONMENT", "staging");
    let run = shop.finish(command);
    assert_eq!(run.status, 1, "{run:?}");
    assert!(
        run.stderr.ends_with("\nerror: there are 4 problems\n"),
        "{run:?}"
    );
    for expected in [
        "problem  cardpay  connection     nobody listens at 127.0.0.1 port 1: ",
        "problem  pod      configuration  PAYLINK_POD_ENVIRONMENT \"staging\" is not known\n",
        "problem  sizpay   configuration  PAYLINK_SIZPAY_PASSWORD holds a space or a character that is not ASCII\n",
        "problem  zipay    configuration  PAYLINK_ZIPAY_TERMINAL is missing\n",
        "→ set it, or write terminal under [zipay] in ",
        "→ use production or sandbox\n",
    ] {
        assert!(run.stdout.contains(expected), "{expected}: {run:?}");
    }
    assert!(!run.stdout.contains("two words"));
}

#[tokio::test(flavor = "multi_thread")]
async fn one_account_can_be_examined_alone_and_programs_get_one_document() {
    let shop = Shop::open().await;
    let well = examine(&shop, "--json --account zipay", &[]);
    let ok = well.ok();
    assert_eq!(ok["accounts"].as_array().unwrap().len(), 1);
    assert_eq!(ok["accounts"][0]["capabilities"]["provider"], "zipay");
    assert!(found(&well, "problem").is_empty());

    let unwell = examine(
        &shop,
        "--json --account zipay",
        &[("PAYLINK_ZIPAY_TERMINAL", "x")],
    );
    assert_eq!(unwell.status, 1);
    assert_eq!(unwell.error()["kind"], "unwell");
    assert_eq!(found(&unwell, "problem").len(), 1);

    let unknown = examine(&shop, "--account main", &[]);
    assert_eq!(unknown.status, 2, "{unknown:?}");
    let nothing = shop.finish(shop.bare(&["doctor"]));
    assert_eq!(nothing.status, 1);
    assert!(
        nothing.stdout.contains("no account is configured"),
        "{nothing:?}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_that_is_wrong_is_told_with_everything_else() {
    let shop = Shop::open().await;
    std::fs::write(
        shop.path("paylink.toml"),
        "[zippay]\n[zipay]\napi_kye = \"s\"\n",
    )
    .unwrap();
    let run = examine(&shop, "--json --account zipay --config paylink.toml", &[]);
    assert_eq!(run.status, 1);
    let problems = found(&run, "problem");
    assert_eq!(problems.len(), 2, "{problems:?}");
    std::fs::write(shop.path("paylink.toml"), "api_key = s3cr3t\n").unwrap();
    let run = examine(&shop, "--json --config paylink.toml", &[]);
    let problems = found(&run, "problem");
    assert_eq!(problems[0].1, "--config paylink.toml is not TOML in line 1");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_clock_that_is_far_from_the_providers_is_a_warning() {
    let shop = Shop::open().await;
    let elsewhen = answering(
        "HTTP/1.1 404 Not Found\r\nDate: Tue, 29 Feb 2000 23:59:59 GMT\r\nContent-Length: 0\r\n\r\n",
    );
    let run = examine(
        &shop,
        "--json --account zipay",
        &[("PAYLINK_ZIPAY_BASE_URL", &elsewhen.url)],
    );
    assert_eq!(run.status, 0, "{run:?}");
    let warnings = found(&run, "warning");
    assert_eq!(warnings.len(), 1, "{warnings:?}");
    assert_eq!(warnings[0].0, "clock");
    assert!(
        warnings[0].1.starts_with("this machine is ")
            && warnings[0].1.ends_with(" ahead of the provider")
    );

    let asked = elsewhen.asked();
    assert!(asked.starts_with("HEAD / HTTP/1.1\r\n"), "{asked}");
    let names: Vec<String> = asked
        .lines()
        .skip(1)
        .map(|line| line.split(':').next().unwrap().to_lowercase())
        .collect();
    assert!(
        names
            .iter()
            .all(|name| ["host", "user-agent", ""].contains(&&**name)),
        "{asked}"
    );
}

// Which file holds the roots is said in this way on Linux.
#[cfg(target_os = "linux")]
#[tokio::test(flavor = "multi_thread")]
async fn whoever_cannot_prove_who_it_is_is_not_trusted() {
    let shop = Shop::open().await;
    let server = behind_tls(&shop).await;
    let address = [("PAYLINK_ZIPAY_BASE_URL", &*server.url)];
    let stranger = examine(&shop, "--json --account zipay", &address);
    assert_eq!(stranger.status, 1);
    let problems = found(&stranger, "problem");
    assert_eq!(problems.len(), 1, "{problems:?}");
    assert_eq!(problems[0].0, "TLS");

    let trusted = [address[0], ("SSL_CERT_FILE", &*server.certificate)];
    let known = examine(&shop, "--json --account zipay", &trusted);
    assert_eq!(known.status, 0, "{known:?}");
    let subjects: Vec<String> = found(&known, "ok")
        .into_iter()
        .map(|(subject, _)| subject)
        .collect();
    assert!(
        subjects.contains(&"TLS".to_owned()) && subjects.contains(&"DNS".to_owned()),
        "{subjects:?}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_name_that_nobody_has_is_told() {
    let shop = Shop::open().await;
    let run = examine(
        &shop,
        "--json --account zipay --return-url http://192.168.1.7/back",
        &[("PAYLINK_ZIPAY_BASE_URL", "https://nowhere.invalid/")],
    );
    assert_eq!(run.status, 1);
    let problems = found(&run, "problem");
    let subjects: Vec<&str> = problems.iter().map(|(subject, _)| &**subject).collect();
    // That is no sandbox: payers come from outside.
    assert_eq!(subjects, ["DNS", "return URL"], "{problems:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_return_url_is_asked_only_where_that_is_wanted() {
    let shop = Shop::open().await;
    let page = answering("HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\n\r\n");
    let words = format!("--json --account zipay --return-url {}", page.url);
    let run = examine(&shop, &words, &[]);
    assert_eq!(run.status, 0, "{run:?}");
    assert_eq!(page.asked(), "");
    let run = examine(&shop, &format!("{words} --fetch"), &[]);
    assert_eq!(run.status, 0, "{run:?}");
    assert_eq!(
        found(&run, "warning"),
        [(
            "return URL".to_owned(),
            "the shop fails there (HTTP 502)".to_owned()
        )]
    );
    assert!(page.asked().starts_with("HEAD / "));

    let nobody = examine(
        &shop,
        "--json --account zipay --return-url http://127.0.0.1:1/ --fetch",
        &[],
    );
    assert_eq!(nobody.status, 1);
    let misread = examine(&shop, "--return-url shop.example", &[]);
    assert_eq!(misread.status, 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn somebody_who_listens_and_says_nothing_sensible_is_told() {
    let shop = Shop::open().await;
    let mail = answering("220 mail.example ESMTP\r\n");
    let run = examine(
        &shop,
        "--json --account zipay",
        &[("PAYLINK_ZIPAY_BASE_URL", &mail.url)],
    );
    assert_eq!(run.status, 1);
    assert_eq!(
        found(&run, "problem"),
        [(
            "connection".to_owned(),
            "127.0.0.1 listens and does not answer".to_owned()
        )]
    );
    shop.sandbox
        .faults()
        .next("zipay", "create-invoice", Fault::DropBefore)
        .unwrap();
    assert_eq!(examine(&shop, "--account zipay", &[]).status, 0);
    assert_eq!(
        shop.sandbox.faults().pending().len(),
        1,
        "no operation was asked for"
    );
}

/// A server that answers everybody the same.
struct Answering {
    url: String,
    asked: Arc<Mutex<String>>,
}

impl Answering {
    /// What it was asked last.
    fn asked(&self) -> String {
        self.asked.lock().unwrap().clone()
    }
}

fn answering(answer: &'static str) -> Answering {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/", listener.local_addr().unwrap());
    let asked = Arc::new(Mutex::new(String::new()));
    let noted = Arc::clone(&asked);
    thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            let mut request = Vec::new();
            let mut byte = [0];
            while !request.ends_with(b"\r\n\r\n") && stream.read(&mut byte).unwrap() == 1 {
                request.push(byte[0]);
            }
            *noted.lock().unwrap() = String::from_utf8(request).unwrap();
            stream.write_all(answer.as_bytes()).unwrap();
        }
    });
    Answering { url, asked }
}

/// A server behind TLS, with a certificate that it signed itself.
struct BehindTls {
    url: String,
    /// Where the certificate is.
    certificate: String,
}

async fn behind_tls(shop: &Shop) -> BehindTls {
    let own = rcgen::generate_simple_self_signed(["localhost".to_owned()]).unwrap();
    let key = PrivateKeyDer::try_from(own.signing_key.serialize_der()).unwrap();
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![own.cert.der().clone()], key)
        .unwrap();
    let acceptor = TlsAcceptor::from(Arc::new(config));
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    tokio::spawn(async move {
        loop {
            let (stream, _) = listener.accept().await.unwrap();
            let Ok(mut stream) = acceptor.accept(stream).await else {
                continue;
            };
            let mut request = [0; 1024];
            let _ = stream.read(&mut request).await;
            let answer = b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n";
            let _ = stream.write_all(answer).await;
        }
    });
    let certificate = shop.path("certificate.pem");
    std::fs::write(&certificate, own.cert.pem()).unwrap();
    BehindTls {
        url: format!("https://localhost:{port}/"),
        certificate: certificate.to_str().unwrap().to_owned(),
    }
}
