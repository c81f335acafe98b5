//! The page where a link is paid.

use paylink_sandbox::Sandbox;
use paylink_sandbox::sizpay::{EventKind, PayerError, Status};
use serde_json::json;

use crate::client::{Reply, english, fail, send};
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
    insta::assert_snapshot!(page.content().replace(&path(&sandbox, send_id), "PATH"));
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
    shown.shows(&format!("data-copy=\"{number}\""));
    shown.hides("/pay\"");

    // A second payment changes nothing, and says so.
    for act in ["pay", "decline"] {
        let refused = request(&sandbox, "POST", &format!("{path}/{act}")).await;
        assert_eq!(refused.status, 422, "{act}");
        refused.shows("قبلاً پرداخت شده است");
    }
    let again = fail(&sandbox, &format!("{path}/fail"), "failure=pay-again").await;
    assert_eq!(again.status, 422);
    again.shows("was paid before");
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
    let refused = request(&sandbox, "POST", &pay).await;
    assert_eq!(refused.status, 422);
    refused.shows("غیرفعال شده است. مبلغی کسر نشد");
    assert_eq!(snapshot(&sandbox, send_id).status, Status::Disabled);
    let shown = page(&sandbox, send_id).await;
    shown.shows("این لینک غیرفعال است");
    shown.hides("<form method");
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
    // A name has 50 characters at most.
    let name = "\"><script>alert(1)</script><img src=x>\u{202e}";
    let fields = json!({"InvoiceNo": name, "CustomerName": name, "Description": name});
    let send_id = shop.send_with(fields).await;
    let unpaid = page(&sandbox, send_id).await;
    let index = request(&sandbox, "GET", "/").await;
    sandbox.sizpay().pay(send_id).unwrap();
    let paid = page(&sandbox, send_id).await;
    index.fetches_nothing();
    for page in [unpaid, paid] {
        page.is_inert();
        page.shows("&#60;script&#62;alert(1)");
        let policy = page.header("content-security-policy").unwrap();
        assert!(policy.contains("form-action 'self'; "), "{policy}");
    }
}

#[tokio::test]
async fn the_dashboard_lists_links_and_messages() {
    let (sandbox, shop) = open().await;
    let send_id = shop.send("99112101").await;
    let page = request(&sandbox, "GET", "/").await;
    for shown in [
        &*format!("href=\"{}\"", path(&sandbox, send_id)),
        "99112101",
        "۱۰٬۰۰۰ ریال",
    ] {
        page.shows(shown);
    }
    let messages = request(&sandbox, "GET", "/messages").await;
    messages.shows("09122272730");
    for secret in [sandbox.sizpay().user_name(), sandbox.sizpay().password()] {
        page.hides(secret);
    }
}

#[tokio::test]
async fn the_page_is_read_in_english() {
    let (sandbox, shop) = open().await;
    let send_id = shop.send_with(json!({"Amount": 12_345_675})).await;
    let page = english(&sandbox, &path(&sandbox, send_id)).await;
    for shown in [
        "12,345,675",
        "1,234,567.5 toman",
        "one million two hundred and thirty-four thousand five hundred and sixty-seven toman and five rial",
        "SizPay does not lead back to the shop",
        "waiting for payment",
    ] {
        page.shows(shown);
    }
    for secret in [sandbox.sizpay().user_name(), sandbox.sizpay().password()] {
        page.hides(secret);
    }
    let service = english(&sandbox, "/sizpay/KimiaPayLinkSend.asmx").await;
    service.shows("Methods");
    service.fetches_nothing();
}

#[tokio::test]
async fn what_the_bank_refuses_changes_nothing() {
    let (sandbox, shop) = open().await;
    let send_id = shop.send("1").await;
    let path = path(&sandbox, send_id);
    for failure in ["not-enough-money", "wrong-password", "wrong-card"] {
        let fields = format!("failure={failure}");
        let refused = fail(&sandbox, &format!("{path}/fail"), &fields).await;
        assert_eq!(refused.status, 422, "{failure}");
        refused.shows("nothing was taken");
    }
    let closed = english(&sandbox, &format!("{path}/closed")).await;
    closed.shows("You can close this window");
    let link = snapshot(&sandbox, send_id);
    assert_eq!((link.status, link.history.len()), (Status::Open, 1));
    let pay = request(&sandbox, "POST", &format!("{path}/pay")).await;
    assert_eq!(pay.status, 303);
}
