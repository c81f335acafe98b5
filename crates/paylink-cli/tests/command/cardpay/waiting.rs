//! `create --wait`: what to transfer at once, and then how it ended.

use std::process::{Child, Stdio};
use std::time::Duration;

use paylink_sandbox::Fault;
use paylink_sandbox::cardpay::{Payment, TIME_ALLOWED};
use serde_json::json;

use super::{CREATE, newest};
use crate::shop::{Run, Shop};

/// Starts a command that waits, and lets its payment come into being.
async fn start(shop: &Shop, more: &str) -> (Child, Payment) {
    let line = format!("{CREATE} --wait{more}");
    let mut command = shop.command(&line.split(' ').collect::<Vec<_>>());
    let child = command
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    while shop.sandbox.cardpay().payments().is_empty() {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    (child, newest(shop))
}

/// Waits beside the sandbox, which answers in the meantime.
fn ended(shop: &Shop, child: Child) -> Run {
    tokio::task::block_in_place(|| shop.wait(child))
}

#[tokio::test(flavor = "multi_thread")]
async fn the_first_verification_ends_it_well() {
    let shop = Shop::open().await;
    let (child, payment) = start(&shop, "").await;
    shop.sandbox.cardpay().pay(payment.pay_id).unwrap();
    let run = ended(&shop, child);
    assert_eq!(run.status, 0, "{run:?}");
    let (created, settled) = run.stdout.split_once("\nSettled: ").unwrap();
    assert!(created.contains(" rial, which is "), "{created}");
    let facts = format!(
        "  Amount   {} IRR (rial)\n  Pay id   {}\n",
        payment.amount, payment.pay_id
    );
    assert!(settled.contains(&facts), "{settled}");
    assert!(settled.contains("Deliver, unless your own record says"));
    assert_eq!(run.stderr, "Waiting for the transfer, 15 min left\n");
    assert_eq!(newest(&shop).times_first_verified(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lost_first_verification_ends_it_well_too() {
    let shop = Shop::open().await;
    let (child, payment) = start(&shop, " --json").await;
    shop.sandbox.cardpay().pay(payment.pay_id).unwrap();
    // More than the client's own attempts: the command asks again by itself.
    shop.sandbox
        .faults()
        .times("cardpay", "check", 4, Fault::DropAfter);
    let run = ended(&shop, child);
    let paid = run.ok();
    assert_eq!(paid["settlement"], "already_settled");
    assert_eq!(
        paid["proof"]["amount"],
        json!({"amount": payment.amount.to_string(), "currency": "IRR"})
    );
    assert_eq!(paid["payment"]["pay_id"], json!(payment.pay_id));
    // What to transfer was told beside the one document, in time.
    let told = run.stderr.find(" rial, which is ").unwrap();
    let waited = run.stderr.find("Waiting for the transfer").unwrap();
    assert!(told < waited, "{run:?}");
    assert!(run.stderr.contains("checking again"), "{run:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn time_that_is_over_ends_it() {
    let shop = Shop::open().await;
    let (child, payment) = start(&shop, "").await;
    shop.sandbox.clock().advance(TIME_ALLOWED);
    let run = ended(&shop, child);
    assert_eq!(run.status, 4, "{run:?}");
    assert!(
        run.stderr.ends_with(
            "Not paid: its time is over.\n\
             Do not deliver. The payer needs a new payment, under a new number.\n"
        ),
        "{run:?}"
    );
    assert_eq!(newest(&shop).pay_id, payment.pay_id);
}

#[tokio::test(flavor = "multi_thread")]
async fn money_from_another_card_ends_it_as_a_mismatch() {
    let shop = Shop::open().await;
    let card = shop.sandbox.cardpay().payer_card();
    let (child, payment) = start(&shop, &format!(" --json --card-number {card}")).await;
    let other = shop.sandbox.cardpay().other_payer_card();
    shop.sandbox
        .cardpay()
        .transfer(payment.pay_id, payment.amount, Some(other))
        .unwrap();
    let run = ended(&shop, child);
    assert_eq!(run.status, 5, "{run:?}");
    let error = run.error();
    assert_eq!(
        [
            &error["kind"],
            &error["effect"],
            &error["payment"]["pay_id"]
        ],
        [
            &json!("mismatch"),
            &json!("unknown"),
            &json!(payment.pay_id)
        ]
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_script_that_refuses_to_answer_ends_it_unknown() {
    let shop = Shop::open().await;
    let (child, payment) = start(&shop, "").await;
    shop.sandbox
        .faults()
        .times("cardpay", "check", 9, Fault::Status(301));
    let run = ended(&shop, child);
    assert_eq!(run.status, 3, "{run:?}");
    let way_on = format!("  paylink cardpay check --pay-id {}\n", payment.pay_id);
    assert!(run.stderr.ends_with(&way_on), "{run:?}");
}

#[cfg(unix)]
#[tokio::test(flavor = "multi_thread")]
async fn ctrl_c_leaves_the_payment_and_says_how_to_go_on() {
    let shop = Shop::open().await;
    let (mut child, payment) = start(&shop, " --json").await;
    let mut heard = String::new();
    {
        use std::io::{BufRead, BufReader};
        let mut told = BufReader::new(child.stderr.as_mut().unwrap());
        while !heard.contains("Waiting") {
            told.read_line(&mut heard).unwrap();
        }
    }
    let killed = std::process::Command::new("kill")
        .args(["-INT", &child.id().to_string()])
        .status()
        .unwrap();
    assert!(killed.success());
    let run = ended(&shop, child);
    assert_eq!(run.status, 3, "{run:?}");
    let error = run.error();
    assert_eq!(
        [&error["kind"], &error["payment"]["record"]["pay_id"]],
        [&json!("interrupted"), &json!(payment.pay_id)]
    );
}
