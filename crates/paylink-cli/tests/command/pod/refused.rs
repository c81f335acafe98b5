//! What is typed or configured wrongly ends with 2, names the place, and sends nothing.

use serde_json::json;

use super::{ISSUE, pod};
use crate::shop::{Run, Shop};

fn assert_unsent(shop: &Shop, run: &Run, field: &str) {
    assert_eq!(run.status, 2, "{run:?}");
    let error = run.error();
    assert_eq!(
        (&error["kind"], &error["place"]),
        (&json!("usage"), &json!(field)),
        "{run:?}"
    );
    assert!(
        shop.sandbox.journal().is_empty(),
        "{field}: something was sent"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn values_that_cannot_be() {
    let shop = Shop::open().await;
    let issue = |from: &str, to: &str| ISSUE.replace(from, to).replace("pod ", "");
    for (line, field) in [
        (
            "pay-any-invoice --invoice-id 12x".to_owned(),
            "--invoice-id",
        ),
        ("mark-paid --invoice-id 0".to_owned(), "--invoice-id"),
        ("close --invoice-id -".to_owned(), "--invoice-id"),
        (
            "pay-own-invoice --invoice-id 1 --delegator-id x".to_owned(),
            "--delegator-id",
        ),
        (
            "pay-in-future --invoice-id 1 --date 1404/12/30 --wallet".to_owned(),
            "--date",
        ),
        (
            "pay-with-invoice --creditor-invoice-id 7 --debtor-invoice-id 7".to_owned(),
            "--debtor-invoice-id",
        ),
        (
            "payment-link --invoice-id 1 --redirect-url shop.example".to_owned(),
            "--redirect-url",
        ),
        (
            "link-by-invoice --invoice-id 1 --gateway LOC".to_owned(),
            "--gateway",
        ),
        (
            "payment-link --invoice-id 1 --gateway LOC".to_owned(),
            "--gateway",
        ),
        (
            "link-by-invoice --invoice-id 1 --gateway XYZ".to_owned(),
            "--gateway",
        ),
        ("invoices --size 501".to_owned(), "--size"),
        ("invoices --from-date yesterday".to_owned(), "--from-date"),
        (issue("150000", "12,5x"), "--item-price"),
        (issue("150000", "0"), "--item-price"),
        (issue("rate 0", "rate 9"), "--tax-rate"),
        (
            issue("--item-price 150000", "--item-price 1 --item-price 2"),
            "--item-price",
        ),
        (
            issue(
                "--item-price 150000",
                "--item-price 1 --item-quantity 1 --item-quantity 1",
            ),
            "--item-quantity",
        ),
        (
            issue("1000", "1000 --redirect-url shop.example"),
            "--redirect-url",
        ),
    ] {
        assert_unsent(&shop, &pod(&shop, &line), field);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn exactly_one_of_guild_and_wallet_pays_later() {
    let shop = Shop::open().await;
    let line = "pay-in-future --invoice-id 1 --date 1499/12/29";
    for more in ["", " --wallet --guild-code G"] {
        let run = pod(&shop, &format!("{line}{more}"));
        assert_eq!(run.status, 2, "{run:?}");
    }
    assert!(shop.sandbox.journal().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_service_that_the_sandbox_environment_lacks() {
    let shop = Shop::open().await;
    for line in [
        "share-link --invoice-id 1 --user-id 2",
        "confirm-payment-sms --invoice-id 1 --code 12345",
    ] {
        let run = pod(&shop, &format!("--environment sandbox {line}"));
        let field = run.error()["place"].as_str().unwrap().to_owned();
        assert!(field.starts_with("service "), "{run:?}");
        assert_unsent(&shop, &run, &field);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_missing_or_wrong_in_the_configuration() {
    let shop = Shop::open().await;
    let line = ["--json", "pod", "mark-paid", "--invoice-id", "1"];
    for name in ["PAYLINK_POD_TOKEN", "PAYLINK_POD_API_KEY"] {
        let mut command = shop.command(&line);
        command.env_remove(name);
        assert_unsent(&shop, &shop.finish(command), name);
    }
    for (name, value) in [
        ("PAYLINK_POD_ENVIRONMENT", "staging"),
        ("PAYLINK_POD_BASE_URL", "http://pod.example/"),
        ("PAYLINK_POD_PAY_URL", "http://pod.example/"),
        ("PAYLINK_POD_API_KEY_29799", "two words"),
    ] {
        let mut command = shop.command(&line);
        command.env(name, value);
        assert_unsent(&shop, &shop.finish(command), name);
    }
    let mut command = shop.command(&[
        "--json",
        "pod",
        "pay-own-invoice",
        "--invoice-id",
        "1",
        "--as-user",
    ]);
    command.env_remove("PAYLINK_POD_USER_TOKEN");
    assert_unsent(&shop, &shop.finish(command), "PAYLINK_POD_USER_TOKEN");
}

#[tokio::test(flavor = "multi_thread")]
async fn each_service_can_have_a_key_of_its_own() {
    let shop = Shop::open().await;
    let key = shop.sandbox.pod().api_key_of(29796).unwrap().to_owned();
    let mut command = shop.command(&ISSUE.split_whitespace().collect::<Vec<_>>());
    command
        .env_remove("PAYLINK_POD_API_KEY")
        .env("PAYLINK_POD_API_KEY_29796", &key);
    let run = shop.finish(command);
    assert_eq!(run.status, 0, "{run:?}");
    assert!(!run.stdout.contains(&key) && !run.stderr.contains(&key));

    // The key of one service opens no other.
    let mut command = shop.command(&["--json", "pod", "invoices"]);
    command.env("PAYLINK_POD_API_KEY_29813", &key);
    let run = shop.finish(command);
    assert_eq!(
        (run.status, &run.error()["effect"]),
        (1, &json!("not_executed"))
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn the_file_is_read_and_the_environment_wins() {
    let shop = Shop::open().await;
    let there = shop.sandbox.pod();
    let file = shop.path("pod.toml");
    let settings = format!(
        "[pod]\ntoken = \"{}\"\napi_key = \"{}\"\nbase_url = \"{}\"\npay_url = \"{}\"\nenvironment = \"sandbox\"\n",
        there.token(),
        there.api_key(),
        there.base_url(),
        there.pay_url()
    );
    std::fs::write(&file, settings).unwrap();
    let words = [
        "--json",
        "--config",
        file.to_str().unwrap(),
        "pod",
        "invoices",
    ];
    shop.finish(shop.bare(&words)).ok();
    assert_eq!(super::sent(&shop, "scProductId"), ["39308"]);
    let mut command = shop.bare(&words);
    command.env("PAYLINK_POD_ENVIRONMENT", "production");
    shop.finish(command).ok();
    assert_eq!(super::sent(&shop, "scProductId"), ["29813"]);
}
