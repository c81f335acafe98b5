//! `paylink doctor`: what is wrong, where, and what to do.

use std::io::{Read, Write};
use std::net::TcpListener;
use std::sync::{Arc, Mutex};
use std::thread;

use paylink_sandbox::Fault;
use paylink_testkit::{
    Admission, Answer, Behaviour, Certificate, FaultServer, ProxyServer, Wire, ca_pem, faults,
};
use serde_json::Value;

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
    ok  cardpay  configuration  everything that cardpay needs is set
    ok  cardpay  connection     127.0.0.1 answers (HTTP 404)
    ok  cardpay  clock          it agrees with the provider's
    ok  pod      configuration  everything that pod needs is set
    ok  pod      connection     127.0.0.1 answers (HTTP 404)
    ok  pod      clock          it agrees with the provider's
    ok  sizpay   configuration  everything that sizpay needs is set
    ok  sizpay   connection     127.0.0.1 answers (HTTP 404)
    ok  sizpay   clock          it agrees with the provider's
    ok  zipay    configuration  everything that zipay needs is set
    ok  zipay    connection     127.0.0.1 answers (HTTP 200)
    ok  zipay    clock          it agrees with the provider's
    ok           return URL     payers can be sent back to shop.example

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

    At CardPay (cardpay):
      - The script runs on the merchant's own host, and the bank's messages about deposits have to be forwarded to it: it knows of payments by them alone.

    At POD (pod):
      - Ask for each service on Podium's site, and take its key from the business panel when Podium has allowed it.
      - Taking a payment needs the services `29796` (issue an invoice), `29813` (list), `29809` (verify) and `29810` (cancel); in POD's sandbox they are `39291`, `39308`, `39304` and `39305`. (From public material, not from its own document.)

    At SizPay (sizpay):
      - Create a gateway in SizPay's panel, and a payment link in it: the link's name is the setting `pay_link_name`. For a gateway by way of an intermediary SizPay creates the link itself.
      - The menu for links in the panel shows key 1 and key 2: they are `user_name` and `password`.

    At ZiPay (zipay):
      - Create a gateway in ZiPay's panel: its terminal number is the setting `terminal`.
      - The panel can restrict a key to IP addresses: then the address from which this machine, or its proxy, goes out has to be among them. The address `base_url` shows it to whoever opens it from there. (From public material, not from its own document.)
      - The panel can restrict a key to methods: then invoice creation, status, verification and list have to be among them, and the refund if you refund. (From public material, not from its own document.)

    Where a panel asks for the shop's address, give shop.example.
    ");
    // How far it is, is shown on a terminal alone.
    assert_eq!(run.stderr, "");
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
    assert_eq!(run.stderr, "error: there are 4 problems\n");
    for expected in [
        "problem  cardpay  connection     127.0.0.1:1 is not reached: the connection was refused (Connection refused",
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
    let no_quotes =
        "--config paylink.toml is not TOML in line 1, column 11: the value has no quotes";
    assert_eq!(problems[0].1, no_quotes);
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
            .all(|name| ["accept", "accept-encoding", "host", "user-agent", ""].contains(&&**name)),
        "{asked}"
    );
}

/// The variables of a ZiPay account at a server that behaves like this over TLS, whose authority the machine trusts.
///
/// Which file holds the roots is said in this way on Linux alone.
#[cfg(target_os = "linux")]
async fn behind_tls(
    shop: &Shop,
    behaviour: Behaviour,
) -> (FaultServer, [(&'static str, String); 2]) {
    let server = FaultServer::start(Wire::Tls, behaviour).await.unwrap();
    let roots = shop.path("roots.pem");
    std::fs::write(&roots, ca_pem().unwrap()).unwrap();
    let variables = [
        ("PAYLINK_ZIPAY_BASE_URL", format!("{}/", server.url())),
        ("SSL_CERT_FILE", roots.to_str().unwrap().to_owned()),
    ];
    (server, variables)
}

/// The doctor for one ZiPay account, with these variables and some more.
fn examine_with(shop: &Shop, variables: &[(&'static str, String)], more: &[(&str, &str)]) -> Run {
    let all: Vec<(&str, &str)> = variables
        .iter()
        .map(|(name, value)| (*name, &**value))
        .collect();
    examine(shop, "--json --account zipay", &[&all[..], more].concat())
}

#[cfg(target_os = "linux")]
#[tokio::test(flavor = "multi_thread")]
async fn whoever_cannot_prove_who_it_is_is_not_trusted_and_each_is_told_from_the_others() {
    let shop = Shop::open().await;
    let good = Answer::json("{}");
    let mut all = Vec::new();
    for behaviour in [
        faults::certificate(Certificate::SelfSigned, &good),
        faults::certificate(Certificate::WrongName, &good),
        faults::certificate(Certificate::Alone, &good),
        faults::certificate(Certificate::UnknownRoot, &good),
        faults::certificate(Certificate::Expired, &good),
        faults::certificate(Certificate::NotYetValid, &good),
        faults::http_for_tls(),
    ] {
        let (server, variables) = behind_tls(&shop, behaviour).await;
        let run = examine_with(&shop, &variables, &[]);
        assert_eq!(run.status, 1, "{run:?}");
        let problem = to_do(&run);
        let place = server.address().to_string();
        let clock = problem
            .split_once(" clock says ")
            .and_then(|(_, rest)| rest.get(.."2026-12-01 00:22 UTC".len()));
        all.push(
            problem
                .replace(&place, "PLACE")
                .replace(clock.unwrap_or("no clock"), "NOW"),
        );
    }
    insta::assert_snapshot!(all.join("\n"), @r#"
    problem ["zipay"]: PLACE is not reached: the server's certificate is signed by itself alone -> check the address, and whether a firewall or a proxy that reads TLS stands in between
    problem ["zipay"]: PLACE is not reached: the server's certificate is for another name -> check the address, and whether a firewall or a proxy that reads TLS stands in between
    problem ["zipay"]: PLACE is not reached: the server's certificate comes alone, and nobody this machine trusts has signed it: an intermediate certificate is missing, or the root is unknown -> have whoever runs the server send the whole chain, or update this machine's root certificates (ca-certificates)
    problem ["zipay"]: PLACE is not reached: the server's certificate comes from nobody this machine trusts -> update this machine's root certificates (ca-certificates), and check whether a firewall or a proxy that reads TLS stands in between
    problem ["zipay"]: PLACE is not reached: the server's certificate has expired on 2002-01-01 00:00 UTC, and this machine's clock says NOW -> set this machine's clock if it is wrong; else have whoever runs the server replace the certificate
    problem ["zipay"]: PLACE is not reached: the server's certificate is valid from 2999-01-01 00:00 UTC on, and this machine's clock says NOW -> set this machine's clock if it is wrong; else have whoever runs the server replace the certificate
    problem ["zipay"]: PLACE is not reached: the server does not speak TLS -> check scheme and port of the address: plain http may be spoken there, or something else
    "#);

    let (_server, variables) = behind_tls(&shop, faults::answer(&good)).await;
    std::fs::write(shop.path("no-roots.pem"), "").unwrap();
    let without_roots = examine_with(&shop, &variables, &[("SSL_CERT_FILE", "no-roots.pem")]);
    let told = to_do(&without_roots);
    let expected = "this machine has no root certificates to check the provider with -> install ca-certificates";
    assert!(told.contains(expected), "{told}");

    let known = examine_with(&shop, &variables, &[]);
    assert_eq!(known.status, 0, "{known:?}");
    let subjects: Vec<String> = found(&known, "ok")
        .into_iter()
        .map(|(subject, _)| subject)
        .collect();
    assert_eq!(subjects, ["configuration", "TLS", "connection", "clock"]);
}

/// What there is to do, a line each.
fn to_do(run: &Run) -> String {
    let document: Value = serde_json::from_str(&run.stdout).unwrap();
    let told = document.get("ok").or(document.get("error")).unwrap();
    let all = told["to_do"].as_array().unwrap().iter();
    let lines = all.map(|it| {
        let text = |key: &str| it[key].as_str().unwrap();
        format!(
            "{} {}: {} -> {}",
            text("verdict"),
            it["accounts"],
            text("finding"),
            text("remedy")
        )
    });
    lines.collect::<Vec<_>>().join("\n")
}

#[cfg(target_os = "linux")]
#[tokio::test(flavor = "multi_thread")]
async fn the_way_leads_by_the_accounts_proxy_and_who_refuses_there_is_named() {
    const PASSWORD: &str = "p%41ss:w@rd";

    let shop = Shop::open().await;
    let (server, variables) = behind_tls(&shop, faults::answer(&Answer::json("{}"))).await;
    for scheme in ["http", "socks5", "socks5h"] {
        let only = Admission::Only("shop".to_owned(), PASSWORD.to_owned());
        let proxy = ProxyServer::start(Wire::Plain, only).await.unwrap();
        let url = proxy.url_as(scheme);
        let by = |password| {
            let more = [
                ("PAYLINK_ZIPAY_PROXY", &*url),
                ("PAYLINK_ZIPAY_PROXY_USER", "shop"),
                ("PAYLINK_ZIPAY_PROXY_PASSWORD", password),
            ];
            let run = examine_with(&shop, &variables, &more);
            assert!(!format!("{run:?}").contains(password), "{run:?}");
            run
        };
        let well = by(PASSWORD);
        assert_eq!(well.status, 0, "{well:?}");
        let led = (
            "proxy".to_owned(),
            format!("127.0.0.1 is reached by {url}, with a user and a password"),
        );
        assert!(found(&well, "ok").contains(&led), "{well:?}");
        assert_eq!(well.ok()["accounts"][0]["proxy"], url);
        assert_eq!(proxy.asked(), [server.address().to_string()]);

        let refused = by("another password");
        assert_eq!(refused.status, 1, "{refused:?}");
        let address = proxy.address();
        assert_eq!(
            to_do(&refused),
            format!(
                "problem [\"zipay\"]: the proxy {address} does not accept the user and the password \
                 -> correct proxy_user and proxy_password"
            )
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_proxy_of_the_environment_is_told_where_it_could_be_meant() {
    const NAMED: [(&str, &str); 2] = [
        (
            "https_proxy",
            "http://shop:s3cr3t-of-the-proxy@proxy.example:3128",
        ),
        ("ALL_PROXY", "socks5://proxy.example:1080"),
    ];
    let shop = Shop::open().await;
    let outside = ("PAYLINK_ZIPAY_BASE_URL", "https://nowhere.invalid/");
    let warnings = |changed: &[(&str, &str)]| {
        let run = examine(&shop, "--json --account zipay", changed);
        assert!(!run.stdout.contains("s3cr3t-of-the-proxy"), "{run:?}");
        let told = to_do(&run);
        let lines = told.lines().filter(|line| line.starts_with("warning"));
        lines.map(str::to_owned).collect::<Vec<_>>().join("\n")
    };
    insta::assert_snapshot!(warnings(&[outside, NAMED[0], NAMED[1]]), @r"
    warning []: https_proxy is set in the environment and not used here -> if providers are to be reached by it, set PAYLINK_PROXY=http://proxy.example:3128, with PAYLINK_PROXY_USER and PAYLINK_PROXY_PASSWORD, or proxy in the configuration
    warning []: ALL_PROXY is set in the environment and not used here -> if providers are to be reached by it, set PAYLINK_PROXY=socks5://proxy.example:1080 or proxy in the configuration
    ");
    // A sandbox is reached without one, and whoever names a proxy, or says that there is none, means it.
    assert_eq!(warnings(&NAMED), "");
    for meant in ["none", "http://127.0.0.1:1"] {
        let meant = ("PAYLINK_ZIPAY_PROXY", meant);
        assert_eq!(warnings(&[outside, NAMED[0], meant]), "");
    }
}

#[cfg(unix)]
#[tokio::test(flavor = "multi_thread")]
async fn what_others_can_read_or_write_is_told() {
    use std::os::unix::fs::PermissionsExt;

    let shop = Shop::open().await;
    let write = |name: &str, text: &str, mode| {
        std::fs::write(shop.path(name), text).unwrap();
        std::fs::set_permissions(shop.path(name), PermissionsExt::from_mode(mode)).unwrap();
    };
    write("key", "a-key-that-others-read", 0o644);
    write(
        "paylink.toml",
        "[zipay]\nsecret_key_file = \"key\"\n",
        0o666,
    );
    let mut command = shop.command(&[
        "--json",
        "doctor",
        "--account",
        "zipay",
        "--config",
        "paylink.toml",
    ]);
    command.env_remove("PAYLINK_ZIPAY_SECRET_KEY");
    let run = shop.finish(command);
    assert_eq!(run.status, 0, "{run:?}");
    insta::assert_snapshot!(shop.tidy(&to_do(&run)), @r"
    warning []: key holds secrets and others can read it -> chmod 600 key
    warning []: paylink.toml is part of the configuration and others can change it -> chmod go-w paylink.toml
    ");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_to_do_stands_at_the_end_most_important_first() {
    let shop = Shop::open().await;
    let changed = [
        ("PAYLINK_ZIPAY_TERMINAL", "x"),
        ("PAYLINK_SIZPAY_BASE_URL", "http://127.0.0.1:1/"),
        ("PAYLINK_CARDPAY_BASE_URL", "http://127.0.0.1:1/"),
    ];
    let run = examine(&shop, "--return-url http://shop.example/back", &changed);
    assert_eq!(run.status, 1, "{run:?}");
    let (_, list) = run.stdout.split_once("To do").unwrap();
    insta::assert_snapshot!(list, @r#"
    , most important first:

      1. cardpay, sizpay: 127.0.0.1:1 is not reached: the connection was refused (Connection refused (os error 111))
         → check the address, and whether a firewall lets this machine out
      2. zipay: PAYLINK_ZIPAY_TERMINAL "x" is not a whole number above zero
         → write it in digits
      3. shop.example is to be reached over plain http: anybody on the way can read and change it
         → serve the shop over https
    "#);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_panel_must_have_is_told_once_for_each_provider() {
    let shop = Shop::open().await;
    let second = [
        ("PAYLINK_ACCOUNT_BRANCH_PROVIDER", "zipay"),
        ("PAYLINK_ACCOUNT_BRANCH_TERMINAL", "1004"),
        ("PAYLINK_ACCOUNT_BRANCH_API_KEY", "branch-key"),
        ("PAYLINK_ACCOUNT_BRANCH_SECRET_KEY", "branch-secret"),
        ("PAYLINK_ACCOUNT_BRANCH_BASE_URL", "http://127.0.0.1:1/"),
    ];
    let run = examine(&shop, "", &second);
    let (_, panels) = run.stdout.split_once("\nAt ZiPay").unwrap();
    let (panels, _) = panels.split_once("\nTo do").unwrap();
    insta::assert_snapshot!(format!("At ZiPay{panels}"), @r"
    At ZiPay (branch, zipay):
      - Create a gateway in ZiPay's panel: its terminal number is the setting `terminal`.
      - The panel can restrict a key to IP addresses: then the address from which this machine, or its proxy, goes out has to be among them. The address `base_url` shows it to whoever opens it from there. (From public material, not from its own document.)
      - The panel can restrict a key to methods: then invoice creation, status, verification and list have to be among them, and the refund if you refund. (From public material, not from its own document.)

    At CardPay (cardpay):
      - The script runs on the merchant's own host, and the bank's messages about deposits have to be forwarded to it: it knows of payments by them alone.

    At POD (pod):
      - Ask for each service on Podium's site, and take its key from the business panel when Podium has allowed it.
      - Taking a payment needs the services `29796` (issue an invoice), `29813` (list), `29809` (verify) and `29810` (cancel); in POD's sandbox they are `39291`, `39308`, `39304` and `39305`. (From public material, not from its own document.)

    At SizPay (sizpay):
      - Create a gateway in SizPay's panel, and a payment link in it: the link's name is the setting `pay_link_name`. For a gateway by way of an intermediary SizPay creates the link itself.
      - The menu for links in the panel shows key 1 and key 2: they are `user_name` and `password`.

    Where a panel asks for the shop's address, give the host of your return URL.
    ");
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
            format!(
                "{} is not reached: the answer is not proper HTTP",
                mail.place()
            )
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
    /// Its host and port.
    fn place(&self) -> &str {
        self.url.trim_start_matches("http://").trim_end_matches('/')
    }

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
