//! 227 and 378 are no refusals: exit 3, a handle, and the way to find out.

use std::fs;

use paylink_sandbox::Fault;
use paylink_sandbox::pod::Failure;
use serde_json::json;

use super::{ISSUE, issue_id, pod};
use crate::shop::Shop;

#[tokio::test(flavor = "multi_thread")]
async fn a_payment_that_was_made_is_found_by_its_handle() {
    for failure in [Failure::ServiceTimeout, Failure::RelayFailed] {
        let shop = Shop::open().await;
        let id = issue_id(&shop, "");
        shop.sandbox.pod().fail_after("pay-any-invoice", failure);
        let file = shop.path("handle");
        let line = format!(
            "pay-any-invoice --invoice-id {id} --handle-file {}",
            file.display()
        );
        let run = pod(&shop, &line);
        let error = run.error();
        assert_eq!(run.status, 3, "{run:?}");
        assert_eq!(
            (&error["effect"], &error["code"]),
            (&json!("unknown"), &json!(failure.code().to_string()))
        );
        let found = pod(&shop, &format!("resolve {}", file.display())).ok();
        assert_eq!(
            (&found["resolution"], &found["id"], &found["state"]),
            (&json!("executed"), &json!(id), &json!("paid"))
        );
        assert_eq!(shop.sandbox.pod().invoice(id).unwrap().times_paid(), 1);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_payment_that_was_not_made_is_still_unknown_right_after() {
    let shop = Shop::open().await;
    let id = issue_id(&shop, "");
    let failure = Failure::ServiceTimeout;
    shop.sandbox.pod().fail_before("mark-paid", failure);
    let run = pod(&shop, &format!("mark-paid --invoice-id {id}"));
    assert_eq!(run.status, 3);
    let file = shop.path("handle");
    fs::write(&file, run.error()["handle"].to_string()).unwrap();
    let asked = pod(&shop, &format!("resolve {}", file.display()));
    let error = asked.error();
    assert_eq!((asked.status, &error["kind"]), (3, &json!("still_unknown")));
    let seconds = error["retry_after_seconds"].as_u64().unwrap();
    assert!((170..=180).contains(&seconds), "{error}");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_invoice_whose_answer_was_lost_is_found_and_the_way_is_told() {
    let shop = Shop::open().await;
    shop.sandbox
        .faults()
        .next("pod", "issue-invoice", Fault::DropAfter);
    let run = shop.line(ISSUE);
    assert_eq!((run.status, &*run.stdout), (3, ""));
    assert!(
        run.stderr.contains("paylink pod resolve <<'HANDLE'"),
        "{run:?}"
    );
    let json = run.stderr.lines().find(|line| line.starts_with('{'));
    let file = shop.path("handle");
    fs::write(&file, json.unwrap()).unwrap();
    let told = shop.line(&format!("pod resolve {}", file.display()));
    assert_eq!((told.status, &*told.stderr), (0, ""));
    assert!(told.stdout.starts_with("It was carried out."), "{told:?}");
    assert!(told.stdout.contains("Bill number"), "{told:?}");
    assert_eq!(shop.sandbox.pod().invoices().len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn of_an_sms_it_is_said_what_there_is_to_do() {
    let shop = Shop::open().await;
    let user = shop.sandbox.pod().user().user_id();
    let id = issue_id(&shop, &format!(" --user-id {user}"));
    let failure = Failure::RelayFailed;
    shop.sandbox.pod().fail_after("send-payment-sms", failure);
    let run = shop.line(&format!("pod send-payment-sms --invoice-id {id}"));
    assert_eq!((run.status, &*run.stdout), (3, ""));
    assert!(
        run.stderr
            .contains("POD does not tell whether an SMS went out."),
        "{run:?}"
    );
}
