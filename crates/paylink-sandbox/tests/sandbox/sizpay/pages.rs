//! The page where a link is paid.

use paylink_sandbox::Sandbox;
use paylink_sandbox::sizpay::{EventKind, PayerError, Status};
use serde_json::json;

use crate::client::{Reply, send};
use crate::sizpay::{open, snapshot};

async fn request(sandbox: &Sandbox, verb: &str, path: &str) -> Reply {
    send(sandbox.url(), verb, path, &[], b"").await
}

/// The path of the page where a link is paid.
fn path(sandbox: &Sandbox, send_id: u64) -> String {
    let url = snapshot(sandbox, send_id).url;
    url.strip_prefix(sandbox.url()).unwrap().to_owned()
}

async fn page(sandbox: &Sandbox, send_id: u64) -> Reply {
    request(sandbox, "GET", &path(sandbox, send_id)).await
}

#[tokio::test]
async fn the_page_shows_all_that_the_merchant_said() {
    let (sandbox, shop) = open().await;
    let fields = json!({
        "Amount": 12_345_675, "InvoiceNo": "99112101",
        "CustomerName": "خانم رضایی", "Description": "بابت خرید کتاب",
    });
    let send_id = shop.send_with(fields).await;
    let page = page(&sandbox, send_id).await;
    let (_, content) = page.body.split_once("</style>").unwrap();
    insta::assert_snapshot!(content.replace(&path(&sandbox, send_id), "PATH"));
}

#[tokio::test]
async fn a_person_pays_and_sees_the_reference_number() {
    let (sandbox, shop) = open().await;
    let send_id = shop.send("1").await;
    let path = path(&sandbox, send_id);
    let reply = request(&sandbox, "POST", &format!("{path}/pay")).await;
    assert_eq!(reply.location(), path);

    let link = snapshot(&sandbox, send_id);
    let number = link.reference_number.unwrap();
    assert_eq!((link.status, number.len()), (Status::Paid, 12));
    let shown = page(&sandbox, send_id).await;
    shown.shows("پرداخت انجام شد");
    shown.shows(&number);
    shown.hides("<form");

    // A second click changes nothing.
    request(&sandbox, "POST", &format!("{path}/pay")).await;
    request(&sandbox, "POST", &format!("{path}/decline")).await;
    let link = snapshot(&sandbox, send_id);
    assert_eq!(link.reference_number, Some(number));
    assert_eq!(link.history.len(), 2);
    let refused = sandbox.sizpay().pay(send_id).unwrap_err();
    assert_eq!(refused, PayerError::AlreadyPaid);
}

#[tokio::test]
async fn who_declined_can_still_pay() {
    let (sandbox, shop) = open().await;
    let send_id = shop.send("1").await;
    let path = path(&sandbox, send_id);
    let reply = request(&sandbox, "POST", &format!("{path}/decline")).await;
    assert_eq!(reply.status, 303);
    let shown = page(&sandbox, send_id).await;
    shown.shows("انصراف دادید");
    shown.shows("<form");

    request(&sandbox, "POST", &format!("{path}/pay")).await;
    let link = snapshot(&sandbox, send_id);
    let kinds: Vec<_> = link.history.iter().map(|event| event.kind).collect();
    use EventKind::{Declined, Paid, Sent};
    assert_eq!(kinds, [Sent, Declined, Paid]);
}

#[tokio::test]
async fn a_disabled_link_says_so() {
    let (sandbox, shop) = open().await;
    let send_id = shop.send("1").await;
    shop.by_id("PayLinkDisable", send_id).await;
    let pay = format!("{}/pay", path(&sandbox, send_id));
    assert_eq!(request(&sandbox, "POST", &pay).await.status, 303);
    assert_eq!(snapshot(&sandbox, send_id).status, Status::Disabled);
    let shown = page(&sandbox, send_id).await;
    shown.shows("این لینک غیرفعال است");
    shown.hides("<form");
}

#[tokio::test]
async fn another_address_leads_to_no_link() {
    let (sandbox, shop) = open().await;
    let send_id = shop.send("1").await;
    let path = path(&sandbox, send_id);
    for (verb, path) in [
        ("GET", format!("{path}0")),
        ("GET", path.replace("hosseini", "digar")),
        ("POST", format!("{path}0/pay")),
        ("POST", format!("{path}0/decline")),
    ] {
        let reply = request(&sandbox, verb, &path).await;
        assert_eq!(reply.status, 404, "{verb} {path}");
        reply.shows("لینک پرداخت پیدا نشد");
    }
    let sizpay = sandbox.sizpay();
    for refused in [sizpay.pay(7), sizpay.decline(7)] {
        assert_eq!(refused.unwrap_err(), PayerError::UnknownLink);
    }
    assert_eq!(snapshot(&sandbox, send_id).status, Status::Open);
}

#[tokio::test]
async fn markup_is_text_and_nothing_is_fetched() {
    let (sandbox, shop) = open().await;
    let attack = "\"><script>alert(1)</script><img src=x>";
    let fields = json!({"InvoiceNo": attack, "CustomerName": attack, "Description": attack});
    let send_id = shop.send_with(fields).await;
    let unpaid = page(&sandbox, send_id).await;
    let index = request(&sandbox, "GET", "/").await;
    sandbox.sizpay().pay(send_id).unwrap();
    let paid = page(&sandbox, send_id).await;
    for page in [unpaid, index, paid] {
        page.fetches_nothing();
        page.shows("&#60;script&#62;alert(1)");
        let policy = page.header("content-security-policy").unwrap();
        assert!(policy.contains("form-action 'self'; "), "{policy}");
    }
}

#[tokio::test]
async fn the_first_page_lists_links_and_messages() {
    let (sandbox, shop) = open().await;
    let send_id = shop.send("99112101").await;
    let page = request(&sandbox, "GET", "/").await;
    for shown in [
        sandbox.sizpay().base_url(),
        &format!("href=\"{}\"", path(&sandbox, send_id)),
        "99112101",
        "۱۰٬۰۰۰ ریال",
        "09122272730",
    ] {
        page.shows(shown);
    }
    for secret in [sandbox.sizpay().user_name(), sandbox.sizpay().password()] {
        page.hides(secret);
    }
}
