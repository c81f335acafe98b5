use serde_json::json;

use super::{issue, owed, pod};
use crate::shop::Shop;

#[tokio::test(flavor = "multi_thread")]
async fn by_unique_number_and_by_invoice_nothing_is_sent() {
    let shop = Shop::open().await;
    let page = format!("{}v1/pbc/", shop.sandbox.pod().pay_url());
    let way = "redirectUri=https%3A%2F%2Fshop.example%2Fback%3Fa%3D1%26b%3D2&callUri=https%3A%2F%2Fshop.example%2Fhook&gateway=PEP";
    let flags = "--redirect-url https://shop.example/back?a=1&b=2 --callback-url https://shop.example/hook --gateway PEP";
    let by_number = format!("link-by-unique-number --unique-number 6a8419e0de989b8f {flags}");
    assert_eq!(
        pod(&shop, &by_number).ok()["link"],
        json!(format!(
            "{page}payInvoiceByUniqueNumber?uniqueNumber=6a8419e0de989b8f&{way}"
        ))
    );
    let by_invoice = format!("link-by-invoice --invoice-id 32157 {flags}");
    assert_eq!(
        pod(&shop, &by_invoice).ok()["link"],
        json!(format!("{page}payinvoice/?invoiceId=32157&{way}"))
    );
    let drawn = shop.line("pod link-by-invoice --invoice-id 32157 --qr always");
    assert!(drawn.stdout.contains('█'), "{drawn:?}");
    assert!(shop.sandbox.journal().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_short_lived_one_says_how_long() {
    let shop = Shop::open().await;
    let id = issue(&shop, "")["id"].as_u64().unwrap();
    let line = format!("payment-link --invoice-id {id} --redirect-url https://shop.example/");
    let link = pod(&shop, &line).ok();
    let left = link["seconds_left"].as_u64().unwrap();
    assert!((290..=300).contains(&left), "{link}");
    let url = link["link"].as_str().unwrap();
    assert!(url.contains("/v1/pbc/PayInvoiceDispatcher/?h="), "{url}");
    assert!(
        url.ends_with("&redirectUri=https%3A%2F%2Fshop.example%2F"),
        "{url}"
    );
    let told = shop.line(&format!("pod {line}"));
    assert!(told.stdout.contains("Time left  4 min 5"), "{told:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn sent_to_somebody_else() {
    let shop = Shop::open().await;
    let there = shop.sandbox.pod();
    let id = owed(&shop);
    let share = |user: u64| {
        pod(
            &shop,
            &format!("share-link --invoice-id {id} --user-id {user}"),
        )
    };
    share(there.other_user().user_id()).ok();
    let sms = shop.sandbox.sms();
    assert_eq!(sms.len(), 1);
    assert_eq!(Some(&*sms[0].to), there.other_user().mobile());

    let user = there.user().user_id();
    let line = super::ISSUE.replace("1000", "1001");
    let own = shop.line(&format!("--json {line} --user-id {user}")).ok();
    let to = there.other_user().user_id();
    let share_own = format!("share-link --invoice-id {} --user-id {to}", own["id"]);
    let refused = pod(&shop, &share_own);
    assert_eq!(
        (refused.status, &refused.error()["code"]),
        (1, &json!("99"))
    );
    pod(&shop, &format!("{share_own} --as-user")).ok();
    assert_eq!(shop.sandbox.sms().len(), 2);

    let unsent = share(there.user_without_mobile().user_id());
    assert_eq!(
        (unsent.status, &unsent.error()["kind"]),
        (1, &json!("not_sent"))
    );
    assert_eq!(shop.sandbox.sms().len(), 2);
}
