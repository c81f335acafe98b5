//! The command as people read it who read Persian.

use std::process::Command;

use paylink_sandbox::Fault;

use crate::shop::{Run, Shop};

const RETURN: &str = "https://shop.example/back";

fn persian(command: &mut Command) -> &mut Command {
    command.env("PAYLINK_LANG", "fa")
}

/// Runs a line in Persian, and sees that no words of it are English.
fn told(shop: &Shop, line: &str, status: i32) -> Run {
    let run = shop.line_with(line, persian);
    assert_eq!(run.status, status, "{line}: {run:?}");
    assert_persian(line, &run);
    run
}

fn assert_persian(line: &str, run: &Run) {
    for said in [&run.stdout, &run.stderr] {
        // A command may go on in the next line.
        for told in said.replace("\\\n", "").lines() {
            assert_eq!(english(told), None, "{line}: {told}\n{said}");
        }
        assert!(
            !said.contains(['\u{2066}', '\u{2067}', '\u{2068}', '\u{e000}']),
            "{said}"
        );
        assert!(!said.contains('\u{1b}'), "{said}");
    }
}

/// A word of English in a line, if there is one that is not part of a command, a name or a value.
fn english(line: &str) -> Option<String> {
    let is_pasted = |line: &str| {
        [
            "paylink ", "export ", "curl ", "  -d", "LINK=", "echo ", "printf ",
        ]
        .iter()
        .any(|begin| line.trim_start().starts_with(begin))
    };
    // These are the values that may be typed.
    if is_pasted(line) || line.starts_with("یکی از ") && line.ends_with(" را به کار ببرید.")
    {
        return None;
    }
    // What is quoted is what was typed, and what is in backticks is a command.
    let bare: String = line.split(['"', '`']).step_by(2).collect();
    let words = bare.split_whitespace().map(|word| {
        word.trim_matches(|c: char| !c.is_ascii_alphanumeric() && !"-/_.=<>[]".contains(c))
    });
    // Names of providers, settings, languages of the machine: they are the same in every language.
    const NAMES: [&str; 20] = [
        "cardpay", "pod", "sizpay", "zipay", "paylink", "yes", "none", "true", "false", "handle",
        "seed", "loopback", "resolver", "os", "error", "base64", "query", "fragment", "callback",
        "chmod",
    ];
    words
        .map(|word| word.trim_end_matches('.'))
        .filter(|word| word.len() > 1 && word.chars().all(|c| c.is_ascii_lowercase()))
        .find(|word| !NAMES.contains(word))
        .map(str::to_owned)
}

#[test]
fn a_word_of_english_is_noticed() {
    assert_eq!(english("خطا: the invoice"), Some("the".to_owned()));
    assert_eq!(english("STATUS  paid"), Some("paid".to_owned()));
    for fine in [
        "خطا: --amount \"the x\" `paylink zipay list` /a/b api_key https://a.b/c",
        "paylink link list",
    ] {
        assert_eq!(english(fine), None);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_called_wrongly() {
    let shop = Shop::open().await;
    let mut all = String::new();
    for line in [
        "zipay staus",
        "zipay status",
        "zipay list --limit 0",
        "zipay list --limit x",
        "zipay list --status paid",
        "zipay list --all --page 2",
        "zipay list --limit 1 --limit 2",
        "zipay list --amout 2",
        "zipay list 2",
        "completions tcsh",
        "zipay list --secret-key=x",
        "zipay create-invoice --invoice-number 1 --currency IRT --callback https://shop.example/ --amount 12,5x",
        "zipay create-invoice --invoice-number 1 --currency EUR --callback https://shop.example/ --amount 1",
        "zipay create-invoice --invoice-number 1 --currency IRT --callback shop.example --amount 1",
        "link status --record nowhere.json --account zipay",
        "link status --record nowhere.json --account branch",
        "sandbox --listen here",
        "books orders",
    ] {
        let run = told(&shop, line, 2);
        all += &format!("$ paylink {line}\n{}", shop.tidy(&run.stderr));
    }
    insta::assert_snapshot!(all, @"");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_payment_with_each_provider() {
    let shop = Shop::open().await;
    let mut all = String::new();
    let mut tell = |line: &str, status: i32| {
        let run = told(&shop, line, status);
        all += &format!("$ paylink {line}\n{}{}", run.stdout, run.stderr);
    };
    tell(
        &format!(
            "link create --account zipay --order 1000 --amount 250000 --currency IRT --return-url {RETURN} --record-to zipay.json"
        ),
        0,
    );
    tell("link status --account zipay --record zipay.json", 0);
    tell(
        "link settle --account zipay --record zipay.json --order 1000 --amount 250000 --currency IRT",
        4,
    );
    let record = std::fs::read_to_string(shop.path("zipay.json")).unwrap();
    let invoices = shop.sandbox.zipay().invoices();
    assert_eq!(invoices.len(), 1, "{record}");
    shop.sandbox.zipay().pay(&invoices[0].trackid).unwrap();
    tell(
        "link settle --account zipay --record zipay.json --order 1000 --amount 25000 --currency IRT",
        5,
    );
    tell(
        "link settle --account zipay --record zipay.json --order 1000 --amount 250000 --currency IRT",
        0,
    );
    tell(
        "link settle --account zipay --record zipay.json --order 1000 --amount 250000 --currency IRT",
        0,
    );
    tell("link list --account zipay", 0);
    tell("zipay list", 0);
    tell("zipay status --trackid 7-8", 1);
    tell("link refund --account zipay --record zipay.json --yes", 0);
    tell("link disable --account zipay --record zipay.json --yes", 2);
    tell(
        "sizpay send-link --invoice-number 99112101 --price 250000 --mobile 09122272730",
        0,
    );
    tell("sizpay status --day 1405/08/30", 0);
    tell("cardpay create --invoice-number 12 --price 150000", 0);
    tell("cardpay cards", 0);
    tell("cardpay check --pay-id 9", 1);
    tell(
        "pod issue-invoice --item-description shoes --item-price 150000 --guild CLOTHING_GUILD",
        0,
    );
    tell("pod invoices", 0);
    tell("doctor", 0);
    let all = shop.tidy(&all);
    insta::assert_snapshot!(all, @"");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_goes_wrong_on_the_way() {
    let shop = Shop::open().await;
    let create = format!(
        "zipay create-invoice --invoice-number 1000 --amount 250000 --currency IRT --callback {RETURN}"
    );
    let mut all = String::new();
    for (fault, status) in [
        (Fault::DropAfter, 3),
        (Fault::Html, 3),
        (Fault::Truncated, 3),
        (Fault::Status(503), 3),
    ] {
        shop.fault("zipay", "create-invoice", fault);
        let run = told(&shop, &create, status);
        all += &run.stderr;
    }
    insta::assert_snapshot!(shop.tidy(&all), @"");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_demo() {
    let shop = Shop::open().await;
    told(&shop, "demo", 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn documents_are_the_same_in_every_language() {
    let shop = Shop::open().await;
    for line in [
        "--json zipay status --trackid 7-8",
        "--json zipay lst",
        "--json cardpay cards",
    ] {
        let english = shop.line(line);
        let persian = shop.line_with(line, persian);
        assert_eq!(english.stdout, persian.stdout);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_language_is_chosen_by_the_flag_and_then_by_the_environment() {
    let shop = Shop::open().await;
    let run = |line: &str, variables: &[(&str, &str)]| {
        let run = shop.line_with(line, |command| command.envs(variables.iter().copied()));
        run.stderr.starts_with("خطا: ")
    };
    assert!(run("zipay lst", &[("LANG", "fa_IR.UTF-8")]));
    assert!(run("zipay lst --lang fa", &[]));
    assert!(!run("zipay lst --lang en", &[("LANG", "fa_IR.UTF-8")]));
    assert!(!run(
        "zipay lst",
        &[("LC_ALL", "C"), ("LANG", "fa_IR.UTF-8")]
    ));
}
