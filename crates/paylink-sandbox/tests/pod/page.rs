//! The pages themselves, paid through their own forms.

use paylink_sandbox::Sandbox;
use paylink_sandbox::pod::{GATEWAY_WAITS, State};

use crate::client::{Reply, send};
use crate::shop::{Shop, query, snapshot};

async fn get(sandbox: &Sandbox, path: &str) -> Reply {
    send(sandbox.url(), "GET", path, &[], b"").await
}

async fn post(sandbox: &Sandbox, path: &str, body: &str) -> Reply {
    send(sandbox.url(), "POST", path, &[], body.as_bytes()).await
}

fn door(sandbox: &Sandbox, id: u64) -> (String, String) {
    let unique = snapshot(sandbox.pod(), id).unique_number;
    (
        "/pod/v1/pbc/payInvoiceByUniqueNumber".to_owned(),
        format!("uniqueNumber={unique}&redirectUri=http%3A%2F%2F127.0.0.1%3A9%2Fback"),
    )
}

#[tokio::test]
async fn the_page_shows_business_amount_and_lines() {
    let sandbox = Sandbox::start().await.unwrap();
    let id = Shop::of(&sandbox)
        .issue_id(&[("billNumber", "A-17"), ("preferredTaxRate", "0.09")])
        .await;
    let (path, query) = door(&sandbox, id);
    let page = get(&sandbox, &format!("{path}?{query}")).await;
    assert_eq!(page.status, 200);
    for shown in [
        "فروشگاه نمونه",
        "۵۴٬۵۰۰",
        "A-17",
        "پیراهن",
        "۲ × ۲۵٬۰۰۰",
        "۴٬۵۰۰",
        "ریال",
    ] {
        assert!(page.body.contains(shown), "{shown}: {}", page.body);
    }
    let policy = page.header("content-security-policy").unwrap();
    assert!(
        policy.contains("form-action 'self' http://127.0.0.1:9;"),
        "{policy}"
    );
}

#[tokio::test]
async fn a_card_pays_at_the_bank() {
    let sandbox = Sandbox::start().await.unwrap();
    let id = Shop::of(&sandbox).issue_id(&[]).await;
    let (path, fields) = door(&sandbox, id);
    let sent = post(
        &sandbox,
        &path,
        &format!("{fields}&payer=16849&method=card"),
    )
    .await;
    assert_eq!(sent.status, 303);
    let bank = sent.header("location").unwrap().to_owned();
    let page = get(&sandbox, &bank).await;
    assert!(page.body.contains("۵۰٬۰۰۰"), "{}", page.body);
    let pay = format!("{bank}/pay");
    for wrong in ["", "card=1234", "card=5022291000000009"] {
        assert_eq!(post(&sandbox, &pay, wrong).await.status, 422, "{wrong}");
    }
    assert_eq!(snapshot(sandbox.pod(), id).state, State::AtGateway);
    // Persian digits, in groups of four.
    let card = "card=%DB%B4%DB%B1%DB%B1%DB%B1+1111-1111+1111";
    let paid = post(&sandbox, &pay, card).await;
    let back = query(paid.header("location").unwrap());
    assert_eq!(
        back[5],
        ("maskedCardNumber".to_owned(), "411111******1111".to_owned())
    );
    assert_eq!(post(&sandbox, &pay, card).await.status, 404);
    assert_eq!(snapshot(sandbox.pod(), id).times_paid(), 1);
}

#[tokio::test]
async fn who_declines_at_the_bank_comes_back_unpaid() {
    let sandbox = Sandbox::start().await.unwrap();
    let id = Shop::of(&sandbox).issue_id(&[]).await;
    let (path, fields) = door(&sandbox, id);
    let sent = post(
        &sandbox,
        &path,
        &format!("{fields}&payer=16849&method=card"),
    )
    .await;
    let bank = sent.header("location").unwrap().to_owned();
    let left = post(&sandbox, &format!("{bank}/decline"), "").await;
    let back = query(left.header("location").unwrap());
    assert_eq!(back[0].0, "errorResult");
    assert!(back[0].1.contains(r#""errorCode":55"#), "{back:?}");
    assert_eq!(snapshot(sandbox.pod(), id).state, State::Unpaid);
    // And can begin again.
    let again = post(
        &sandbox,
        &path,
        &format!("{fields}&payer=16849&method=card"),
    )
    .await;
    assert!(again.header("location").unwrap().contains("/gateway/"));
}

#[tokio::test]
async fn a_new_visit_to_the_bank_ends_the_old_one() {
    let sandbox = Sandbox::start().await.unwrap();
    let id = Shop::of(&sandbox).issue_id(&[]).await;
    let (path, fields) = door(&sandbox, id);
    let choose = format!("{fields}&payer=16849&method=card");
    let first = post(&sandbox, &path, &choose).await;
    let first = first.header("location").unwrap().to_owned();
    sandbox.clock().advance(GATEWAY_WAITS);
    assert_eq!(get(&sandbox, &first).await.status, 404);
    let second = post(&sandbox, &path, &choose).await;
    let second = second.header("location").unwrap().to_owned();
    assert_eq!(get(&sandbox, &first).await.status, 404);
    assert_eq!(get(&sandbox, &second).await.status, 200);
}

#[tokio::test]
async fn a_wallet_that_is_too_small_is_told_so() {
    let sandbox = Sandbox::start().await.unwrap();
    let pod = sandbox.pod();
    let id = Shop::of(&sandbox).issue_id(&[]).await;
    let (path, fields) = door(&sandbox, id);
    let user = pod.user().user_id();
    pod.set_wallet(user, 49_999).unwrap();
    let choose = format!("{fields}&payer={user}&method=wallet");
    let refused = post(&sandbox, &path, &choose).await;
    assert_eq!(refused.status, 422);
    assert!(refused.body.contains("موجودی این کیف پول کافی نیست"));
    assert_eq!(
        post(&sandbox, &path, &format!("{fields}&method=wallet"))
            .await
            .status,
        422
    );
    pod.set_wallet(user, 50_000).unwrap();
    assert_eq!(post(&sandbox, &path, &choose).await.status, 303);
    assert_eq!(snapshot(pod, id).state, State::Paid);
    // A second click brings the reason back.
    let again = post(&sandbox, &path, &choose).await;
    assert!(
        query(again.header("location").unwrap())[0]
            .1
            .contains(r#""errorCode":24"#)
    );
}

#[tokio::test]
async fn without_a_way_back_the_page_shows_what_became_of_it() {
    let sandbox = Sandbox::start().await.unwrap();
    let id = Shop::of(&sandbox)
        .issue_id(&[("verificationNeeded", "true")])
        .await;
    let unique = snapshot(sandbox.pod(), id).unique_number;
    let path = "/pod/v1/pbc/payInvoiceByUniqueNumber";
    let fields = format!("uniqueNumber={unique}");
    let paid = post(
        &sandbox,
        path,
        &format!("{fields}&payer=16849&method=wallet"),
    )
    .await;
    let receipt = paid
        .header("location")
        .unwrap()
        .strip_prefix(sandbox.url())
        .unwrap();
    let page = get(&sandbox, receipt).await;
    assert_eq!(page.status, 200);
    assert!(page.body.contains("تا یک ساعت تأیید کند"), "{}", page.body);
    assert!(!page.body.contains("<form"));
}

#[tokio::test]
async fn markup_is_text_and_nothing_is_fetched() {
    let sandbox = Sandbox::start().await.unwrap();
    let attack = "\"><script>alert(1)</script><img src=x>";
    let id = Shop::of(&sandbox)
        .issue_id(&[("billNumber", attack), ("productDescription", attack)])
        .await;
    let (path, fields) = door(&sandbox, id);
    let page = get(&sandbox, &format!("{path}?{fields}")).await;
    let bank = get(&sandbox, &format!("{path}?{fields}&gateway=PEP")).await;
    let bank = get(&sandbox, bank.header("location").unwrap()).await;
    let lost = get(&sandbox, &path).await;
    let index = get(&sandbox, "/").await;
    for page in [page, bank, lost, index] {
        for fetching in ["<script", "<img", "<link", "src=", "url(", "@import"] {
            let body = page.body.replace("img src=x&#62;", "");
            assert!(!body.contains(fetching), "{fetching}: {body}");
        }
        let policy = page.header("content-security-policy").unwrap();
        assert!(policy.starts_with("default-src 'none'"), "{policy}");
    }
}

#[tokio::test]
async fn the_first_page_lists_what_has_happened() {
    let sandbox = Sandbox::start().await.unwrap();
    let id = Shop::of(&sandbox).issue_id(&[("billNumber", "A-17")]).await;
    sandbox.pod().pay_by_wallet(id).unwrap();
    let page = get(&sandbox, "/").await;
    for shown in [
        "A-17",
        "۵۰٬۰۰۰ ریال",
        "پرداخت شده",
        sandbox.pod().base_url(),
    ] {
        assert!(page.body.contains(shown), "{shown}");
    }
}
