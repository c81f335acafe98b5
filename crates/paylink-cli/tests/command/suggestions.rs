//! Every command that an output suggests is one that works when it is pasted.

use std::fs;

use paylink_sandbox::Fault;

use crate::link::{create, providers};
use crate::shop::{Run, Shop};

/// The commands that a text suggests, each whole: broken lines are joined, and what it reads comes with it.
fn suggested(text: &str) -> Vec<String> {
    let mut commands = Vec::new();
    let mut lines = text.lines();
    while let Some(line) = lines.next() {
        let Some(words) = line.trim_start().strip_prefix("paylink ") else {
            continue;
        };
        let mut command = words.to_owned();
        while command.ends_with('\\') {
            command.push_str(&format!("\n{}", lines.next().unwrap()));
        }
        if let Some((_, mark)) = command.clone().rsplit_once("<<'") {
            let end = mark.trim_end_matches('\'');
            for line in lines.by_ref() {
                command.push_str(&format!("\n{line}"));
                if line == end {
                    break;
                }
            }
        }
        commands.push(command);
    }
    commands
}

/// Pastes every command that a run suggests; each is understood.
fn paste(shop: &Shop, run: &Run) -> Vec<String> {
    let commands = suggested(&format!("{}\n{}", run.stdout, run.stderr));
    assert!(!commands.is_empty(), "nothing is suggested: {run:?}");
    for command in &commands {
        let pasted = shop.pasted(command);
        assert_ne!(pasted.status, 2, "{command}\n{pasted:?}");
    }
    commands
}

const INVOICE: &str = "--invoice-number 7 --amount 250000 --currency IRT";

#[tokio::test(flavor = "multi_thread")]
async fn of_a_payment_with_any_provider() {
    let shop = Shop::open().await;
    for provider in providers() {
        let named = create(provider, "1000");
        paste(&shop, &shop.line(&named));
        fs::remove_file(shop.path("1000.json")).unwrap();
        let unnamed = create(provider, "1001").replace("--record-to 1001.json", "");
        paste(&shop, &shop.line(unnamed.trim_end()));
    }
}

/// The look-up writes the record where the create was to write it.
#[tokio::test(flavor = "multi_thread")]
async fn of_a_payment_whose_answer_is_lost() {
    let shop = Shop::open().await;
    for (provider, operation) in [
        ("pod", "issue-invoice"),
        ("sizpay", "send-link"),
        ("zipay", "create-invoice"),
    ] {
        shop.fault(provider, operation, Fault::DropAfter);
        let line = format!("{} --handle-file handle.json", create(provider, "1000"));
        let commands = paste(&shop, &shop.line(&line));
        let written =
            format!("link resolve handle.json --record-to 1000.json --account {provider}");
        assert_eq!(commands, [written]);
        assert!(shop.path("1000.json").exists(), "{provider}");
        fs::remove_file(shop.path("handle.json")).unwrap();
        fs::remove_file(shop.path("1000.json")).unwrap();

        shop.fault(provider, operation, Fault::DropAfter);
        paste(&shop, &shop.line(&create(provider, "1001")));
        assert!(shop.path("1001.json").exists(), "{provider}");
        fs::remove_file(shop.path("1001.json")).unwrap();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn of_what_is_refused() {
    let shop = Shop::open().await;
    let line = create("zipay", "1000");
    assert_eq!(shop.line(&line).status, 0);
    paste(&shop, &shop.line(&line.replace("1000.json", "again.json")));
    let link = create("sizpay", "1001");
    assert_eq!(shop.line(&link).status, 0);
    let disable = "link disable --account sizpay --record 1001.json --yes";
    assert_eq!(shop.line(disable).status, 0);
    paste(&shop, &shop.line(disable));
    let list = shop.line(&format!(
        "zipay create-invoice {INVOICE} --callback https://shop.example/"
    ));
    paste(&shop, &list);
    paste(
        &shop,
        &shop.line(&format!(
            "zipay create-invoice {INVOICE} --callback https://shop.example/"
        )),
    );
}

/// Names that a shell or the command itself would take for something else.
#[tokio::test(flavor = "multi_thread")]
async fn of_names_that_need_care() {
    let shop = Shop::open().await;
    for (order, record) in [
        ("-7", "-7.json"),
        ("it's $7", "a b.json"),
        ("سفارش", "سفارش.json"),
    ] {
        let order = format!("--order={order}");
        let record = format!("--record-to={record}");
        let words = [
            "link",
            "create",
            "--account",
            "zipay",
            &*order,
            &*record,
            "--amount",
            "250000",
            "--currency",
            "IRT",
            "--return-url",
            "https://shop.example/back",
        ];
        let run = shop.run(&words);
        assert_eq!(run.status, 0, "{run:?}");
        paste(&shop, &run);
    }
    shop.fault("zipay", "create-invoice", Fault::DropAfter);
    let words = create("zipay", "8").replace(" --record-to 8.json", "");
    let run = shop.line(&format!("{words} --handle-file=-handle.json"));
    assert_eq!(run.status, 3, "{run:?}");
    paste(&shop, &run);
}

#[tokio::test(flavor = "multi_thread")]
async fn of_each_providers_own_group() {
    let shop = Shop::open().await;
    let issue = "pod issue-invoice --guild-code CLOTHING_GUILD --item-description shoes --item-price 150000 --bill-number";
    for (operation, lines) in [
        (
            "create-invoice",
            vec![format!(
                "zipay create-invoice {INVOICE} --callback https://shop.example/back"
            )],
        ),
        (
            "send-link",
            vec![
                "sizpay send-link --amount 250000 --mobile 09122272730 --invoice-number 7"
                    .to_owned(),
            ],
        ),
        (
            "issue-invoice",
            vec![
                format!("{issue} 7"),
                format!("{issue} 8 --verification-needed"),
            ],
        ),
    ] {
        for line in lines {
            let provider = line.split(' ').next().unwrap();
            paste(&shop, &shop.line(&line));
            shop.fault(provider, operation, Fault::DropAfter);
            let again = line.replace(" 7", " 17").replace(" 8", " 18");
            let lost = shop.line(&again);
            assert_eq!(lost.status, 3, "{lost:?}");
            paste(&shop, &lost);
        }
    }
    paste(
        &shop,
        &shop.line("cardpay create --price 10000 --invoice-number 7"),
    );
    let invoice = shop
        .line(&format!("--json {issue} 9 --verification-needed"))
        .ok()["id"]
        .clone();
    shop.sandbox
        .pod()
        .pay_by_card(invoice.as_u64().unwrap())
        .unwrap();
    let unverified = shop.line(&format!("pod close --invoice-id {invoice}"));
    assert_eq!(unverified.status, 1, "{unverified:?}");
    paste(&shop, &unverified);
    let closed = shop
        .line(&format!("--json pod close --invoice-id {invoice}"))
        .ok();
    assert_eq!(closed["done_before"], true);
}

/// One page of a list leads to the next.
#[tokio::test(flavor = "multi_thread")]
async fn of_a_list_that_goes_on() {
    let shop = Shop::open().await;
    for order in 1..=101 {
        shop.create(&order.to_string());
    }
    paste(&shop, &shop.line("link list --account zipay"));
}

#[test]
fn commands_are_read_whole() {
    let text = "x\n\n  paylink a \\\n    b\npaylink c <<'X'\n{}\nX\n  paylink d\n";
    assert_eq!(suggested(text), ["a \\\n    b", "c <<'X'\n{}\nX", "d"]);
}

/// The flags that led to the account are repeated, so that nothing else has to.
#[tokio::test(flavor = "multi_thread")]
async fn with_the_flags_that_led_to_the_account() {
    let shop = Shop::open().await;
    for (line, flags) in [
        (
            format!("zipay create-invoice {INVOICE} --callback https://shop.example/back"),
            &["base_url"][..],
        ),
        (
            "sizpay send-link --amount 250000 --mobile 09122272730 --invoice-number 7".to_owned(),
            &["base_url", "pay_link_name"],
        ),
        (
            "cardpay create --price 10000 --invoice-number 7".to_owned(),
            &["base_url"],
        ),
        (
            "pod issue-invoice --guild-code CLOTHING_GUILD --item-description shoes --item-price 150000 --bill-number 7"
                .to_owned(),
            &["base_url", "pay_url"],
        ),
    ] {
        let provider = line.split(' ').next().unwrap();
        let simulated = shop.sandbox.providers().iter();
        let settings = simulated.clone().find(|it| it.name() == provider).unwrap().settings();
        let mut words = line.clone();
        let mut variables = Vec::new();
        for (key, value) in settings {
            if flags.contains(&key) {
                words.push_str(&format!(" --{} {value}", key.replace('_', "-")));
                variables.push(format!("PAYLINK_{provider}_{key}").to_uppercase());
            }
        }
        assert_eq!(variables.len(), flags.len(), "{provider}");
        let forget = |command: &mut std::process::Command| {
            for variable in &variables {
                command.env_remove(variable);
            }
        };
        let run = shop.line_with(&words, |it| {
            forget(it);
            it
        });
        assert_eq!(run.status, 0, "{run:?}");
        for command in suggested(&run.stdout) {
            let pasted = shop.pasted_with(&command, |it| {
                forget(it);
                it
            });
            assert_ne!(pasted.status, 2, "{command}\n{pasted:?}");
        }
    }
}
