//! Flags win over the environment, the environment wins over the file.

use std::fs;
use std::path::PathBuf;

use crate::shop::Shop;

const CREATE: [&str; 10] = [
    "zipay",
    "create-invoice",
    "--invoice-number",
    "1000",
    "--amount",
    "1",
    "--currency",
    "USD",
    "--callback",
    "https://shop.example/",
];

/// Writes a file with the whole account, at the terminal given.
fn write_file(shop: &Shop, name: &str, terminal: u64) -> PathBuf {
    let zipay = shop.sandbox.zipay();
    let path = shop.path(name);
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    let text = format!(
        "[zipay]\napi_key = \"{}\"\nsecret_key = \"{}\"\nbase_url = \"{}\"\nterminal = {terminal}\n",
        zipay.api_key(),
        zipay.secret_key(),
        zipay.base_url(),
    );
    fs::write(&path, text).unwrap();
    #[cfg(unix)]
    fs::set_permissions(&path, std::os::unix::fs::PermissionsExt::from_mode(0o600)).unwrap();
    path
}

/// The terminal that the last request named.
fn terminal_sent(shop: &Shop) -> String {
    let journal = shop.sandbox.journal();
    let sent = journal.last().expect("something was sent");
    sent.parameters
        .iter()
        .find(|it| it.name == "terminal_number")
        .unwrap()
        .value
        .clone()
}

#[tokio::test(flavor = "multi_thread")]
async fn each_place_wins_over_the_next() {
    let shop = Shop::open().await;
    write_file(&shop, ".config/paylink/config.toml", 11);
    let named = write_file(&shop, "named.toml", 12);
    let by_variable = write_file(&shop, "by-variable.toml", 13);

    let by_variable = Some(("PAYLINK_CONFIG", by_variable.to_str().unwrap()));
    let terminal = Some(("PAYLINK_ZIPAY_TERMINAL", "14"));
    let named = ["--config", named.to_str().unwrap()];
    let typed = [&named[..], &["--terminal", "15"]].concat();
    for (variable, flags, expected) in [
        (None, &[][..], "11"),
        (by_variable, &[], "13"),
        (by_variable, &named, "12"),
        (terminal, &named, "14"),
        (terminal, &typed, "15"),
    ] {
        let mut command = shop.bare(&CREATE);
        command.envs(variable).args(flags);
        shop.finish(command);
        assert_eq!(terminal_sent(&shop), expected);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn keys_in_the_environment_win_over_those_in_the_file() {
    let shop = Shop::open().await;
    write_file(&shop, ".config/paylink/config.toml", 1003);
    assert_eq!(shop.finish(shop.bare(&["zipay", "list"])).status, 0);
    for variable in ["PAYLINK_ZIPAY_API_KEY", "PAYLINK_ZIPAY_SECRET_KEY"] {
        let mut command = shop.bare(&["zipay", "list"]);
        command.env(variable, "another-key");
        let refused = shop.finish(command);
        assert_eq!(refused.status, 1, "{refused:?}");
        assert!(!refused.stderr.contains("another-key"), "{refused:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn another_address_is_named_by_where_it_came_from() {
    let shop = Shop::open().await;
    let run = shop.line_with("zipay list", |it| {
        it.env("PAYLINK_ZIPAY_BASE_URL", "api.zipay.io")
    });
    insta::assert_snapshot!(run.failed(2), @r#"error: PAYLINK_ZIPAY_BASE_URL "api.zipay.io" is not a URL: write it whole, such as https://api.example/"#);
    let run = shop.line_with("zipay list", |it| {
        it.env("PAYLINK_ZIPAY_API_KEY", "two words")
    });
    assert_eq!(run.status, 2);
    assert!(
        run.stderr.starts_with("error: PAYLINK_ZIPAY_API_KEY ")
            && !run.stderr.contains("two words"),
        "{run:?}"
    );
    assert!(shop.sandbox.journal().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn an_unknown_key_in_the_file_is_named() {
    let shop = Shop::open().await;
    fs::write(shop.path("paylink.toml"), "[zipay]\napi-key = \"s3cr3t\"\n").unwrap();
    let run = shop.line("zipay list --config paylink.toml");
    insta::assert_snapshot!(run.failed(2), @r"error: --config paylink.toml has the unknown key api-key under [zipay]: did you mean api_key? the keys are api_key, secret_key, terminal, base_url, settling_seconds, any_content_type");
    assert!(shop.sandbox.journal().is_empty());
}

#[cfg(unix)]
#[tokio::test(flavor = "multi_thread")]
async fn a_file_with_secrets_that_others_can_read_is_warned_of_beside_the_result() {
    use std::os::unix::fs::PermissionsExt;

    let shop = Shop::open().await;
    let path = write_file(&shop, "paylink.toml", 1003);
    fs::set_permissions(&path, fs::Permissions::from_mode(0o644)).unwrap();
    let run = shop.line("--json zipay list --config paylink.toml");
    run.ok();
    assert_eq!(
        run.stderr,
        "warning: paylink.toml holds secrets and others can read it: chmod 600 paylink.toml\n"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn the_configured_way_to_sizpay_is_taken_where_none_is_typed() {
    let shop = Shop::open().await;
    let send = |number: &str, more: &str| {
        let line = format!(
            "sizpay send-link --amount 250000 --mobile 09123456789 --invoice-number {number}{more}"
        );
        let mut command = shop.command(&line.split(' ').collect::<Vec<_>>());
        command.env("PAYLINK_SIZPAY_VIA", "asmx-json");
        assert_eq!(shop.finish(command).status, 0);
        shop.sandbox.journal().last().unwrap().request().line
    };
    let asmx = "POST /sizpay/KimiaPayLinkSend.asmx/PayLinkSendRest";
    assert_eq!(send("1000", ""), asmx);
    let rest = "POST /sizpay/api/PayLinkSend/PayLinkSend";
    assert_eq!(send("1001", " --via rest"), rest);
    // What REST alone offers goes by REST.
    let link = shop.sandbox.sizpay().links()[0].send_id.to_string();
    let mut command = shop.command(&["sizpay", "disable", "--yes", "--send-id", &link]);
    command.env("PAYLINK_SIZPAY_VIA", "asmx-json");
    let disabled = shop.finish(command);
    assert_eq!(disabled.status, 0, "{disabled:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_in_a_file_of_its_own_is_the_one_that_is_sent() {
    let shop = Shop::open().await;
    let key = shop.sandbox.zipay().api_key();
    for (content, status) in [(format!("{key}\n"), 0), ("another-key\n".to_owned(), 1)] {
        fs::write(shop.path("key"), content).unwrap();
        let mut command = shop.command(&["zipay", "list"]);
        command
            .env_remove("PAYLINK_ZIPAY_API_KEY")
            .env("PAYLINK_ZIPAY_API_KEY_FILE", shop.path("key"));
        assert_eq!(shop.finish(command).status, status);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn everything_that_is_missing_is_told_at_once() {
    let shop = Shop::open().await;
    let run = shop.finish(shop.bare(&["zipay", "list"]));
    assert_eq!(run.status, 2);
    let place =
        "under [zipay] in ~/.config/paylink/config.toml; `paylink sandbox` gives one to try with";
    assert_eq!(
        shop.tidy(&run.stderr),
        format!(
            "error: PAYLINK_ZIPAY_API_KEY is missing: set it, or write api_key {place}\n\
             error: PAYLINK_ZIPAY_SECRET_KEY is missing: set it, or write secret_key {place}\n"
        )
    );
}
