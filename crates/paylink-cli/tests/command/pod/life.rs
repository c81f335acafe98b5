use paylink_sandbox::pod::State;
use serde_json::json;

use super::{issue, issue_id, pod, sent, state};
use crate::shop::Shop;

#[tokio::test(flavor = "multi_thread")]
async fn issued_paid_verified_and_closed() {
    let shop = Shop::open().await;
    let issued = issue(&shop, " --verification-needed");
    let id = issued["id"].as_u64().unwrap();
    assert_eq!(issued["state"], "unverified");
    assert_eq!(issued["bill_number"], "1000");
    let link = format!(
        "{}v1/pbc/payInvoiceByUniqueNumber?uniqueNumber={}",
        shop.sandbox.pod().pay_url(),
        issued["unique_number"].as_str().unwrap()
    );
    assert_eq!(issued["link"], json!(link));
    let reference = issued["reference_number"].as_str().unwrap();
    assert!(reference.bytes().all(|b| b.is_ascii_digit()), "{reference}");

    let early = pod(&shop, &format!("verify-invoice --invoice-id {id}"));
    assert_eq!((early.status, &early.error()["code"]), (1, &json!("55")));
    shop.sandbox.pod().pay_by_card(id).unwrap();
    let verified = pod(&shop, "verify-invoice --bill-number 1000").ok();
    assert_eq!(
        (&verified["id"], &verified["state"]),
        (&json!(id), &json!("paid"))
    );
    assert_eq!(
        pod(&shop, &format!("close --invoice-id {id}")).ok()["invoice_id"],
        id
    );
    assert!(shop.sandbox.pod().invoice(id).unwrap().closed);
}

#[tokio::test(flavor = "multi_thread")]
async fn verified_and_closed_at_once() {
    let shop = Shop::open().await;
    let id = issue_id(&shop, " --verification-needed");
    shop.sandbox.pod().pay_by_wallet(id).unwrap();
    let verified = pod(&shop, &format!("verify-and-close --invoice-id {id}")).ok();
    assert_eq!(verified["closed"], true);
    assert_eq!(shop.sandbox.pod().invoice(id).unwrap().times_verified(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn cancelled_it_cannot_be_paid() {
    let shop = Shop::open().await;
    let id = issue_id(&shop, "");
    let unasked = shop.line(&format!("pod cancel --invoice-id {id}"));
    assert_eq!((unasked.status, &*unasked.stdout), (2, ""), "{unasked:?}");
    assert_ne!(state(&shop, id), State::Canceled);
    let run = shop.line(&format!("pod cancel --invoice-id {id} --yes"));
    assert!(
        run.stdout.starts_with("The invoice is cancelled."),
        "{run:?}"
    );
    assert_eq!(state(&shop, id), State::Canceled);
    let refused = pod(&shop, &format!("pay-any-invoice --invoice-id {id}"));
    assert_eq!(
        (refused.status, &refused.error()["code"]),
        (1, &json!("32"))
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn items_are_sent_in_their_order() {
    let shop = Shop::open().await;
    let issued = issue(
        &shop,
        " --item-quantity 2 --item-description socks --item-price 20000 --item-quantity 3 --product-id 0 --product-id 7",
    );
    assert_eq!(issued["total_amount"]["amount"], "360000");
    assert_eq!(sent(&shop, "productDescription"), ["shoes", "socks"]);
    assert_eq!(sent(&shop, "price"), ["150000", "20000"]);
    assert_eq!(sent(&shop, "quantity"), ["2", "3"]);
    assert_eq!(sent(&shop, "productId"), ["0", "7"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn invoices_are_listed_and_narrowed() {
    let shop = Shop::open().await;
    assert_eq!(shop.line("pod invoices").stdout, "No invoices.\n");
    let first = issue_id(&shop, "");
    let line = super::ISSUE.replace("1000", "1001");
    shop.line(&line);
    shop.sandbox.pod().pay_by_wallet(first).unwrap();

    let listed = pod(&shop, "invoices --size 1").ok();
    assert_eq!(listed["total"], 2);
    assert_eq!(listed["invoices"][0]["bill_number"], "1001");
    for narrowed in [
        "--paid true".to_owned(),
        format!("--invoice-id {first}"),
        "--bill-number 1000".to_owned(),
        format!("--last-id {first}"),
    ] {
        let listed = pod(&shop, &format!("invoices {narrowed}")).ok();
        assert_eq!(
            listed["invoices"].as_array().unwrap().len(),
            1,
            "{narrowed}"
        );
        let invoice = &listed["invoices"][0];
        assert_eq!(
            (&invoice["id"], &invoice["state"]),
            (&json!(first), &json!("paid")),
            "{narrowed}"
        );
    }
    let table = shop.line("pod invoices").stdout;
    assert!(
        table.contains("BILL NUMBER") && table.ends_with("2 of 2\n"),
        "{table}"
    );
    let one = shop
        .line(&format!("pod invoices --invoice-id {first}"))
        .stdout;
    assert!(one.contains("paid, the money is yours"), "{one}");
    assert!(one.contains("150000 IRR (rial)"), "{one}");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_issued_invoice_tells_what_comes_next() {
    let shop = Shop::open().await;
    for (more, next) in [
        ("", "pod invoices --invoice-id"),
        (" --verification-needed", "pod verify-invoice --invoice-id"),
    ] {
        let line = super::ISSUE.replace("1000", &format!("next{}", more.len()));
        let run = shop.line(&format!("{line}{more}"));
        assert_eq!((run.status, &*run.stderr), (0, ""));
        assert!(run.stdout.starts_with("The invoice is issued."), "{run:?}");
        // The command can be taken as it stands.
        let (_, command) = run.stdout.split_once("  paylink ").unwrap();
        assert!(command.starts_with(next), "{command}");
        let id: u64 = command.trim().rsplit(' ').next().unwrap().parse().unwrap();
        shop.sandbox.pod().pay_by_wallet(id).unwrap();
        let done = shop.line(command.trim());
        assert!(done.stdout.contains("paid, the money is yours"), "{done:?}");
    }
}
