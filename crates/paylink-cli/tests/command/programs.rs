//! What programs read: the form of the documents, and what an error tells them.

use std::io::ErrorKind;
use std::path::Path;
use std::process::{Command, Stdio};
use std::{env, fs};

use paylink_sandbox::Fault;
use serde_json::json;

use crate::shop::{PAYLINK, Run, Shop};

const TWICE: &str = "--json zipay create-invoice --invoice-number 1000 --amount 250000 --currency IRT \
                     --callback https://shop.example/back";

/// A program need not have the catalogue: a refusal says in both languages what people are told.
#[tokio::test(flavor = "multi_thread")]
async fn a_refusal_is_explained_in_both_languages() {
    let shop = Shop::open().await;
    shop.line(TWICE).ok();
    let error = shop.line(TWICE).fails(1, json!({"kind": "refused"}));
    let mut catalogue = paylink::catalogue();
    let entry = catalogue
        .find(|entry| entry.provider == "zipay" && error["code"] == entry.code)
        .unwrap();
    assert_has!(error, {
        "refusal/code": error["code"],
        "explanation/english": entry.explanation.english,
        "explanation/persian": entry.explanation.persian,
        "explanation/party": entry.explanation.party,
        "explanation/visible_to_payer": entry.explanation.visible_to_payer,
        "advice/action": entry.advice,
        "advice/english": entry.advice.english(),
        "advice/persian": entry.advice.persian(),
    });
}

const EXAMPLES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../examples/command");

/// Runs one of the example shops; none if its language is not here, which is a failure in CI.
fn example(shop: &Shop, language: &str, words: &[&str]) -> Option<Run> {
    let (program, file) = match language {
        "php" => ("php".into(), "shop.php"),
        "node" => ("node".into(), "shop.mjs"),
        _ => {
            let python = env::var_os("PAYLINK_PYTHON");
            (python.unwrap_or_else(|| "python3".into()), "shop.py")
        }
    };
    let account = shop.command(&[]);
    let account = account.get_envs();
    // In a folder of its own: beside the command stand other programs, one of which is called as a language is.
    let here = shop.path("bin");
    fs::create_dir_all(&here).unwrap();
    let named = here.join(Path::new(PAYLINK).file_name().unwrap());
    if !named.exists() {
        fs::hard_link(PAYLINK, named).unwrap();
    }
    let usual = env::var_os("PATH").unwrap();
    let path = [here].into_iter().chain(env::split_paths(&usual));
    let mut command = Command::new(program);
    command
        .arg(Path::new(EXAMPLES).join(file))
        .args(words)
        .env_clear()
        .envs(account.filter_map(|(name, value)| Some((name, value?))))
        .env("PATH", env::join_paths(path).unwrap())
        .current_dir(shop.path(""))
        .stdin(Stdio::null());
    match command.output() {
        Err(error) if error.kind() == ErrorKind::NotFound && env::var_os("CI").is_none() => {
            eprintln!("{language} is not here: its shop is not tried");
            None
        }
        output => {
            let output = output.unwrap();
            Some(Run {
                status: output.status.code().unwrap(),
                stdout: String::from_utf8(output.stdout).unwrap(),
                stderr: String::from_utf8(output.stderr).unwrap(),
            })
        }
    }
}

/// Each status leads to what it should, with an order's reference in Persian.
#[tokio::test(flavor = "multi_thread")]
async fn a_shop_in_each_language_does_the_right_thing() {
    for language in ["php", "python", "node"] {
        let shop = Shop::open().await;
        let sells = |words: &[&str]| example(&shop, language, words);
        let Some(unpaid) = sells(&["سفارش-۱۰۰۰"]) else {
            continue;
        };
        let ends = |run: &Run, status: i32, says: &str| {
            assert_eq!(
                (run.status, &*run.stderr),
                (status, ""),
                "{language}: {run:?}"
            );
            assert_eq!(run.stdout.lines().last(), Some(says), "{language}: {run:?}");
        };
        let not_paid = "not paid, do not deliver; it is unpaid";
        ends(&unpaid, 4, not_paid);
        unpaid.prints("send the payer to http://127.0.0.1:");
        ends(&sells(&["سفارش-۱۰۰۰"]).unwrap(), 4, not_paid);

        // The answer is lost, so that nobody knows.
        shop.fault("zipay", "verify", Fault::DropAfter);
        let lost = sells(&["سفارش-۱۰۰۱", "pay"]).unwrap();
        ends(
            &lost,
            3,
            "nobody knows yet: settle again, and do not deliver",
        );
        let paid = sells(&["سفارش-۱۰۰۱"]).unwrap();
        ends(&paid, 0, "deliver سفارش-۱۰۰۱ once; it was paid with 250000");
        let orders = shop.sandbox.zipay().invoices();
        let orders: Vec<_> = orders.iter().map(|it| it.invoice_number.clone()).collect();
        assert_eq!(orders, ["سفارش-۱۰۰۰", "سفارش-۱۰۰۱"]);

        // The record of a cheaper order is put in the place of another one.
        let named = |end: &str| {
            let files = fs::read_dir(shop.path(""))
                .unwrap()
                .map(|it| it.unwrap().path());
            let mut files = files.filter(|path| path.to_str().unwrap().ends_with(end));
            files.next().unwrap()
        };
        let record = fs::read(named("%B1.json")).unwrap();
        fs::write(named("%B0.json"), record).unwrap();
        let swapped = sells(&["سفارش-۱۰۰۰"]).unwrap();
        assert_eq!(swapped.status, 5, "{swapped:?}");
        swapped.prints("ALARM, do not deliver: ");
    }
}

#[test]
fn the_page_shows_the_shops_as_they_are() {
    let page = include_str!("../../../../docs/json.md");
    for file in ["shop.py", "shop.php", "shop.mjs"] {
        let shop = fs::read_to_string(Path::new(EXAMPLES).join(file)).unwrap();
        assert!(
            page.contains(&format!("\n{}\n```\n", shop.trim_end())),
            "{file}"
        );
    }
}
