//! The page where a link is paid.

use paylink_sandbox::Sandbox;
use paylink_sandbox::sizpay::{EventKind, PayerError, Status};
use serde_json::json;

use crate::client::{Reply, send};
use crate::sizpay::open;

async fn request(sandbox: &Sandbox, verb: &str, path: &str) -> Reply {
    send(sandbox.url(), verb, path, &[], b"").await
}

/// The path of the page where a link is paid.
fn path(sandbox: &Sandbox, send_id: u64) -> String {
    let url = sandbox.sizpay().link(send_id).unwrap().url;
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

    let link = sandbox.sizpay().link(send_id).unwrap();
    let number = link.reference_number.unwrap();
    assert_eq!((link.status, number.len()), (Status::Paid, 12));
    let shown = page(&sandbox, send_id).await.body;
    assert!(
        shown.contains("پرداخت انجام شد") && shown.contains(&number),
        "{shown}"
    );
    assert!(!shown.contains("<form"));

    // A second click changes nothing.
    request(&sandbox, "POST", &format!("{path}/pay")).await;
    request(&sandbox, "POST", &format!("{path}/decline")).await;
    let link = sandbox.sizpay().link(send_id).unwrap();
    assert_eq!(
        (link.reference_number, link.history.len()),
        (Some(number), 2)
    );
    assert_eq!(
        sandbox.sizpay().pay(send_id).unwrap_err(),
        PayerError::AlreadyPaid
    );
}

#[tokio::test]
async fn who_declined_can_still_pay() {
    let (sandbox, shop) = open().await;
    let send_id = shop.send("1").await;
    let path = path(&sandbox, send_id);
    let reply = request(&sandbox, "POST", &format!("{path}/decline")).await;
    assert_eq!(reply.status, 303);
    let shown = page(&sandbox, send_id).await.body;
    assert!(
        shown.contains("انصراف دادید") && shown.contains("<form"),
        "{shown}"
    );

    request(&sandbox, "POST", &format!("{path}/pay")).await;
    let link = sandbox.sizpay().link(send_id).unwrap();
    let kinds: Vec<_> = link.history.iter().map(|event| event.kind).collect();
    assert_eq!(
        kinds,
        [EventKind::Sent, EventKind::Declined, EventKind::Paid]
    );
}

#[tokio::test]
async fn a_disabled_link_says_so() {
    let (sandbox, shop) = open().await;
    let send_id = shop.send("1").await;
    shop.by_id("PayLinkDisable", send_id).await;
    let pay = format!("{}/pay", path(&sandbox, send_id));
    assert_eq!(request(&sandbox, "POST", &pay).await.status, 303);
    assert_eq!(
        sandbox.sizpay().link(send_id).unwrap().status,
        Status::Disabled
    );
    let shown = page(&sandbox, send_id).await.body;
    assert!(
        shown.contains("این لینک غیرفعال است") && !shown.contains("<form"),
        "{shown}"
    );
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
        assert!(reply.body.contains("لینک پرداخت پیدا نشد"), "{reply:?}");
    }
    assert_eq!(
        sandbox.sizpay().pay(7).unwrap_err(),
        PayerError::UnknownLink
    );
    assert_eq!(
        sandbox.sizpay().decline(7).unwrap_err(),
        PayerError::UnknownLink
    );
    assert_eq!(sandbox.sizpay().link(send_id).unwrap().status, Status::Open);
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
        for fetching in ["<link", "<script", "<img", "url(", "@import"] {
            assert!(!page.body.contains(fetching), "{fetching}: {}", page.body);
        }
        assert!(page.body.contains("&#60;script&#62;alert(1)"));
        let policy = page.header("content-security-policy").unwrap();
        assert!(policy.starts_with("default-src 'none'"), "{policy}");
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
        assert!(page.body.contains(shown), "{shown}");
    }
    for secret in [sandbox.sizpay().user_name(), sandbox.sizpay().password()] {
        assert!(!page.body.contains(secret));
    }
}
