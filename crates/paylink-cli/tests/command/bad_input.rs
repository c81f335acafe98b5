//! What cannot be right is refused before anything is sent: it names what was typed, the value and the remedy.

use crate::shop::Shop;

const CREATE: &str = "zipay create-invoice --invoice-number 1000";

/// Runs a line that is wrong, as text and as JSON, and returns what it says.
fn refused(shop: &Shop, line: &str) -> String {
    let told = shop.line(line);
    told.failed(2);
    let json = shop.line(&format!("--json {line}"));
    assert_eq!((json.status, &*json.stderr), (2, ""), "{json:?}");
    let error = json.error();
    assert_has!(error, {"kind": "usage", "effect": "not_executed"});
    let message = error["message"].as_str().unwrap();
    assert!(told.stderr.contains(message), "{told:?} {error}");
    for named in ["place", "remedy"] {
        let named = error[named].as_str().unwrap();
        assert!(message.contains(named), "{error}");
    }
    if let Some(key) = error.get("field") {
        let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_';
        assert!(key.as_str().unwrap().chars().all(plain), "{error}");
    }
    assert!(shop.sandbox.journal().is_empty(), "something was sent");
    assert!(shop.sandbox.zipay().invoices().is_empty());
    told.stderr
}

#[tokio::test(flavor = "multi_thread")]
async fn an_unknown_currency() {
    let shop = Shop::open().await;
    let line = format!("{CREATE} --amount 12.5 --currency EUR --callback https://shop.example/");
    insta::assert_snapshot!(refused(&shop, &line), @r#"error: --currency "EUR" is not known: use USD, USDT or IRT, which is toman"#);
}

#[tokio::test(flavor = "multi_thread")]
async fn rial_where_toman_is_meant() {
    let shop = Shop::open().await;
    let line = format!("{CREATE} --amount 12500 --currency IRR --callback https://shop.example/");
    insta::assert_snapshot!(refused(&shop, &line), @r"error: --currency is rial (IRR), which ZiPay does not take: convert the amount to toman (IRT)");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_amount_that_is_none() {
    let shop = Shop::open().await;
    let line = format!("{CREATE} --amount 12,5x --currency USD --callback https://shop.example/");
    insta::assert_snapshot!(refused(&shop, &line), @r#"error: --amount "12,5x" is not a number: write digits, thousands marks between groups of three or none, and a decimal point if there is a fraction, such as 250,000 or 1,250.75"#);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_callback_without_scheme() {
    let shop = Shop::open().await;
    let line = format!("{CREATE} --amount 12.5 --currency USD --callback shop.example");
    insta::assert_snapshot!(refused(&shop, &line), @r#"error: --callback "shop.example" is not an http or https URL: write it whole, such as https://shop.example/back"#);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_missing_secret() {
    let shop = Shop::open().await;
    for variable in ["PAYLINK_ZIPAY_API_KEY", "PAYLINK_ZIPAY_SECRET_KEY"] {
        let line =
            format!("{CREATE} --amount 12.5 --currency USD --callback https://shop.example/");
        let mut command = shop.command(&line.split(' ').collect::<Vec<_>>());
        command.env_remove(variable);
        let told = shop.finish(command);
        assert_eq!(told.status, 2, "{told:?}");
        let key = variable.trim_start_matches("PAYLINK_ZIPAY_").to_lowercase();
        assert_eq!(
            shop.tidy(&told.stderr),
            format!(
                "error: {variable} is missing: set it, or write {key} under [zipay] in \
                 ~/.config/paylink/config.toml; `paylink sandbox` gives one to try with\n"
            )
        );
        assert!(shop.sandbox.journal().is_empty());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_missing_terminal() {
    let shop = Shop::open().await;
    let line = format!("{CREATE} --amount 12.5 --currency USD --callback https://shop.example/");
    let mut command = shop.command(&line.split(' ').collect::<Vec<_>>());
    command.env_remove("PAYLINK_ZIPAY_TERMINAL");
    let told = shop.finish(command);
    assert_eq!(told.status, 2, "{told:?}");
    insta::assert_snapshot!(told.stderr, @r"error: --terminal is missing: give it, or set PAYLINK_ZIPAY_TERMINAL to the terminal from ZiPay's panel, such as 1003");
    assert!(shop.sandbox.journal().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn every_other_value_is_checked_too() {
    let shop = Shop::open().await;
    let good = "--amount 12.5 --currency USD --callback https://shop.example/";
    for (line, said) in [
        (
            format!("{CREATE} {good} --webhook ftp://shop.example/"),
            "--webhook \"ftp://shop.example/\"",
        ),
        (
            format!("{CREATE} {good} --terminal 0"),
            "--terminal \"0\"",
        ),
        (
            format!("{CREATE} {good} --terminal 10x"),
            "--terminal \"10x\"",
        ),
        (
            format!("{CREATE} {good} --base-url http://example.com/"),
            "--base-url \"http://example.com/\"",
        ),
        (
            format!("zipay create-invoice --invoice-number  {good}"),
            "--invoice-number \"\"",
        ),
        (
            format!("{CREATE} --amount 0 --currency USD --callback https://shop.example/"),
            "--amount is zero",
        ),
        (
            "zipay status --trackid ../7".to_owned(),
            "--trackid \"../7\"",
        ),
        (
            "zipay settle --trackid a --invoice-number 1 --amount 1 --currency eur".to_owned(),
            "--currency \"eur\"",
        ),
        (
            format!("{CREATE} --amount 1,000 --currency USD --callback https://shop.example/"),
            "--amount \"1,000\" can be read in two ways: write 1000 or 1.000",
        ),
        (
            format!("{CREATE} --amount 250.000 --currency IRT --callback https://shop.example/"),
            "--amount \"250.000\" can be read in two ways: write 250000 or 250.0000",
        ),
        (
            format!("{CREATE} --amount 1 --currency USD --callback https://shop.example/#/back"),
            "--callback \"https://shop.example/#/back\" holds a fragment",
        ),
        (
            format!("{CREATE} --amount 1 --currency USD --callback https://shop.example/?trackid=7"),
            "--callback has a parameter trackid in its query",
        ),
        (
            format!("{CREATE} --amount 1 --currency USD --callback https://shop.example\\back"),
            "holds a backslash: write / in its place",
        ),
        (
            format!("{CREATE} --amount 1 --currency USD --callback-app https://shop.example/"),
            "--callback-app \"https://shop.example/\" is a web address",
        ),
        (
            format!("{CREATE} --amount 1 --currency USD --callback-app javascript://x"),
            "--callback-app \"javascript://x\" has a scheme",
        ),
        (
            format!("{CREATE} {good} --national-id 100234567890"),
            "--national-id has 12 digits, as a foreigner's code has",
        ),
        (
            format!("{CREATE} {good} --foreigner-id 0076229645"),
            "--foreigner-id does not have the 12 digits",
        ),
        (
            "link create --account zipay --order 1 --amount 1 --currency USD --return-app mailto://x".to_owned(),
            "--return-app \"mailto://x\" has a scheme",
        ),
        (
            "link create --account zipay --order 1 --amount 1 --currency USD --foreigner-id 12".to_owned(),
            "--foreigner-id does not have the 12 digits",
        ),
        (
            "sizpay status --send-id 1,234".to_owned(),
            "--send-id \"1,234\" holds a comma: give the flag once for each",
        ),
        (
            "cardpay check --pay-id 1,9".to_owned(),
            "--pay-id \"1,9\" is not a whole number",
        ),
        (
            "pod send-payment-sms --invoice-id 7 --sms-content-type 4".to_owned(),
            "--sms-content-type \"4\" is not known: use 1, 2 or 3",
        ),
        (
            "zipay list --terminal x".to_owned(),
            "--terminal \"x\"",
        ),
    ] {
        let told = refused(&shop, &line);
        assert!(told.contains(said), "{line}: {told}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_national_id_is_not_repeated() {
    let shop = Shop::open().await;
    let good = "--amount 12.5 --currency USD --callback https://shop.example/";
    let told = refused(&shop, &format!("{CREATE} {good} --national-id 0076229654"));
    assert!(told.contains("--national-id"), "{told}");
    assert!(!told.contains("7622"), "{told}");
}

#[tokio::test(flavor = "multi_thread")]
async fn words_that_the_command_does_not_know() {
    let shop = Shop::open().await;
    for (line, said) in [
        ("zipay status", "--trackid <ID>"),
        ("zipay staus", "\"staus\" is no command of `paylink zipay`"),
        ("zipay list --limit 0", "--limit <COUNT>"),
        (
            "zipay list --status paid",
            "--status <STATUS> \"paid\" is not known",
        ),
        ("zipay list --all --page 2", "--page"),
        ("sandbox --listen here", "--listen <ADDR>"),
        ("completions tcsh", "<SHELL> \"tcsh\" is not known"),
    ] {
        let told = shop.line(line);
        told.failed(2);
        assert!(told.stderr.contains(said), "{line}: {}", told.stderr);
        let json = shop.line(&format!("{line} --json"));
        assert_eq!((json.status, &*json.stderr), (2, ""), "{json:?}");
        let error = json.error();
        assert_eq!(error["kind"], "usage");
        let message = error["message"].as_str().unwrap();
        assert!(message.contains(said), "{line}: {message}");
        let remedy = error["remedy"].as_str().unwrap();
        assert_eq!(told.stderr, format!("error: {message}\n{remedy}\n"));
    }
    assert!(shop.sandbox.journal().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_secret_is_not_taken_from_a_flag_nor_repeated() {
    let shop = Shop::open().await;
    let key = shop.sandbox.zipay().secret_key().to_owned();
    for flag in [
        format!("--secret-key={key}"),
        format!("--secret-key {key}"),
        format!("--api-key {key}"),
    ] {
        // The harness looks for the key in what is said.
        let told = shop.line(&format!("zipay list {flag}"));
        assert_eq!(told.status, 2);
        told.complains("Secrets are never taken from flags: set PAYLINK_ZIPAY_");
        let json = shop.line(&format!("zipay list --json {flag}"));
        let error = json.error();
        let remedy = error["remedy"].as_str().unwrap();
        assert!(remedy.starts_with("Secrets are never taken"), "{json:?}");
    }
}

/// Whatever a file that was named has to say, no more of it is read than it can hold.
#[cfg(unix)]
#[tokio::test(flavor = "multi_thread")]
async fn what_has_no_end_is_refused() {
    let shop = Shop::open().await;
    let large = "a".repeat(64 * 1024 + 1);
    std::fs::write(shop.path("large.json"), large).unwrap();
    for (line, said) in [
        (
            "--config /dev/zero zipay list",
            "--config /dev/zero is larger than 1 MiB",
        ),
        (
            "--config . zipay list",
            "--config . cannot be read: Is a directory",
        ),
        (
            "link status --account zipay --record /dev/zero",
            "the record in /dev/zero is not a record: it is larger than 64 KiB",
        ),
        (
            "link status --account zipay --record large.json",
            "the record in large.json is not a record: it is larger than 64 KiB",
        ),
        (
            "zipay resolve /dev/zero",
            "the handle in /dev/zero is not a handle: it is larger than 64 KiB",
        ),
        (
            "link resolve --account zipay .",
            "the handle in . cannot be read: it is a folder",
        ),
    ] {
        let run = shop.line(line);
        assert_eq!(run.status, 2, "{run:?}");
        assert!(run.stderr.starts_with(&format!("error: {said}")), "{run:?}");
    }
    let mut piped = shop.command(&["zipay", "resolve", "-"]);
    piped.stdin(std::fs::File::open("/dev/zero").unwrap());
    let run = shop.finish(piped);
    assert_eq!(run.status, 2, "{run:?}");
    let mut secret = shop.command(&["zipay", "list"]);
    secret
        .env_remove("PAYLINK_ZIPAY_API_KEY")
        .env("PAYLINK_ZIPAY_API_KEY_FILE", "/dev/zero");
    shop.finish(secret)
        .complains("is a file of more than 64 KiB");
    assert!(shop.sandbox.journal().is_empty());
}

/// Every flag that takes a number reads what an Iranian keyboard writes, and means the same by it.
#[tokio::test(flavor = "multi_thread")]
async fn numbers_are_read_alike_everywhere() {
    let shop = Shop::open().await;
    let create = "zipay create-invoice --currency IRT --callback https://shop.example/";
    for (order, amount) in ["250,000", "۲۵۰٬۰۰۰", "۲۵۰،۰۰۰", "٢٥٠٠٠٠", "250000"]
        .into_iter()
        .enumerate()
    {
        let told = shop.line(&format!(
            "{create} --invoice-number {order} --amount {amount}"
        ));
        assert_eq!(told.status, 0, "{amount}: {told:?}");
    }
    let invoices = shop.sandbox.zipay().invoices();
    assert_eq!(invoices.len(), 5);
    for invoice in invoices {
        assert_eq!(invoice.amount, "250000");
    }
    for line in [
        "zipay list --limit ۱۰ --page ۱ --terminal ۱٬۰۰۳",
        "cardpay check --pay-id ۱٬۹۹۹",
        "cardpay create --invoice-number ۱۰۰۰ --price ۱۵۰،۰۰۰",
        "sizpay status --send-id ۲۶۰۴۱",
        "sizpay disable --yes --send-id ۲۶٬۰۴۱",
        "pod invoices --offset ۰ --size ۱۰ --user-id ۷",
        "pod close --invoice-id ۳۲٬۱۵۷",
    ] {
        let told = shop.line(line);
        assert_ne!(told.status, 2, "{line}: {told:?}");
    }
}
