//! The links by which a payer comes, the pages, and the ways back.

use std::time::Duration;

use paylink_sandbox::pod::{Environment, GATEWAY_WAITS, LinkEnding, State};
use paylink_sandbox::{Sandbox, WebhookState};

use crate::client::{ATTACK, Reply, english, fail, get, post_form, send};
use crate::pod::{Shop, open, query, snapshot};

const BACK: &str = "http%3A%2F%2F127.0.0.1%3A9%2Fback%3Forder%3D7";

/// The envelope a payer brings back, and the query the address had before.
fn error_result(reply: &Reply) -> (String, serde_json::Value) {
    let pairs = query(reply.location());
    assert_eq!(pairs.len(), 2, "{pairs:?}");
    assert_eq!(pairs[1].0, "errorResult");
    let envelope = serde_json::from_str(&pairs[1].1).unwrap();
    (pairs[0].1.clone(), envelope)
}

fn by_unique_number(sandbox: &Sandbox, id: u64) -> String {
    let unique = snapshot(sandbox.pod(), id).unique_number;
    format!("/pod/v1/pbc/payInvoiceByUniqueNumber?uniqueNumber={unique}&redirectUri={BACK}")
}

#[tokio::test]
async fn loc_pays_by_itself_and_returns_with_the_documented_query() {
    let (sandbox, shop) = open().await;
    let id = shop.issue_id(&[("billNumber", "B 1")]).await;
    let address = format!("{}&gateway=LOC", by_unique_number(&sandbox, id));
    let reply = get(&sandbox, &address).await;
    let back = reply.location();
    let expected = "http://127.0.0.1:9/back?order=7&";
    assert!(back.starts_with(expected), "{back}");
    let pairs = query(back);
    let names: Vec<_> = pairs.iter().map(|(name, _)| name.as_str()).collect();
    let documented =
        "order billNumber paymentBillNumber invoiceId paid terminalId maskedCardNumber rrn tref";
    assert_eq!(names.join(" "), documented);
    assert_eq!(pairs[1].1, "B 1");
    assert_eq!(pairs[3].1, id.to_string());
    assert_eq!(pairs[4].1, "true");
    assert_eq!(pairs[6].1, "502229******0008");
    assert_eq!(pairs[7].1.len(), 12);
    assert_eq!(snapshot(sandbox.pod(), id).state, State::Paid);
}

#[tokio::test]
async fn a_payment_to_be_verified_returns_as_not_paid() {
    let (sandbox, shop) = open().await;
    let id = shop.issue_id(&[("verificationNeeded", "true")]).await;
    let address = format!("{}&gateway=LOC", by_unique_number(&sandbox, id));
    let back = query(get(&sandbox, &address).await.location());
    assert!(back.contains(&("paid".to_owned(), "false".to_owned())));
}

#[tokio::test]
async fn loc_means_nothing_in_production() {
    let (sandbox, shop) = open().await;
    let id = shop.issue_id(&[]).await;
    let pod = sandbox.pod();
    pod.change_settings(|settings| settings.environment = Environment::Production);
    let address = format!("{}&gateway=LOC", by_unique_number(&sandbox, id));
    let page = get(&sandbox, &address).await;
    assert_eq!(page.status, 200);
    assert_eq!(snapshot(sandbox.pod(), id).state, State::Unpaid);
}

#[tokio::test]
async fn pep_goes_straight_to_the_bank_and_a_second_visit_brings_72_back() {
    let (sandbox, shop) = open().await;
    let id = shop.issue_id(&[]).await;
    let address = by_unique_number(&sandbox, id);
    let reply = get(&sandbox, &format!("{address}&gateway=PEP")).await;
    let bank = reply.location().to_owned();
    assert!(bank.starts_with("/pod/v1/pbc/gateway/"), "{bank}");
    assert_eq!(snapshot(sandbox.pod(), id).state, State::AtGateway);
    assert_eq!(get(&sandbox, &bank).await.status, 200);

    let (order, envelope) = error_result(&get(&sandbox, &address).await);
    assert_eq!(order, "7");
    assert_eq!(
        envelope.to_string(),
        r#"{"count":0,"errorCode":72,"hasError":true,"message":"قبض منتظر درگاه برای ادامه تراکنش می باشد"}"#
    );
}

#[tokio::test]
async fn what_cannot_be_paid_sends_back_the_reason() {
    let (sandbox, shop) = open().await;
    let pod = sandbox.pod();
    let user_id = pod.other_business().user_id().to_string();
    let code = async |id: u64| {
        let (_, envelope) = error_result(&get(&sandbox, &by_unique_number(&sandbox, id)).await);
        envelope["errorCode"].as_u64().unwrap()
    };
    let paid = shop.issue_id(&[]).await;
    pod.pay_by_card(paid).unwrap();
    assert_eq!(code(paid).await, 24);
    shop.done(29812, &[("id", &paid.to_string())]).await;
    assert_eq!(code(paid).await, 45);
    let canceled = shop.issue_id(&[]).await;
    shop.done(29810, &[("id", &canceled.to_string())]).await;
    assert_eq!(code(canceled).await, 32);
    let unverified = shop.issue_id(&[("verificationNeeded", "true")]).await;
    pod.pay_by_card(unverified).unwrap();
    assert_eq!(code(unverified).await, 58);
    let promised = shop.issue_id(&[("userId", &user_id)]).await;
    let promise = [
        ("invoiceId", &*promised.to_string()),
        ("date", "1499/01/01"),
        ("wallet", "PODLAND_WALLET"),
    ];
    let debtor = Shop::of_account(&sandbox, pod.other_business());
    debtor.done(29802, &promise).await;
    let (_, envelope) = error_result(&get(&sandbox, &by_unique_number(&sandbox, promised)).await);
    assert_eq!(envelope["message"], "اجازه پرداخت این فاکتور را ندارید");
}

#[tokio::test]
async fn ten_thousand_rial_are_too_little_for_a_card() {
    let (sandbox, shop) = open().await;
    let little = shop.issue_id(&[("price", "5000")]).await;
    let address = format!("{}&gateway=PEP", by_unique_number(&sandbox, little));
    let (_, envelope) = error_result(&get(&sandbox, &address).await);
    assert_eq!(envelope["errorCode"], 1000);
    assert_eq!(snapshot(sandbox.pod(), little).state, State::Unpaid);
    let enough = shop.issue_id(&[("price", "5000.5")]).await;
    let address = format!("{}&gateway=PEP", by_unique_number(&sandbox, enough));
    let reply = get(&sandbox, &address).await;
    assert!(reply.location().contains("/gateway/"));
}

#[tokio::test]
async fn a_link_of_service_29815_lives_for_300_seconds() {
    let (sandbox, shop) = open().await;
    let pod = sandbox.pod();
    let id = shop.issue_id(&[]).await;
    let text = id.to_string();
    let make = async || {
        let link = shop.done(29815, &[("invoiceId", &text)]).await;
        link.as_str().unwrap().to_owned()
    };
    let link = make().await;
    assert!(link.starts_with(&format!("{}v1/pbc/PayInvoiceDispatcher/?h=", pod.pay_url())));
    assert!(link.ends_with('&'), "{link}");
    pod.change_settings(|settings| settings.link_ending = LinkEnding::Bare);
    assert!(!make().await.ends_with('&'));

    let address = format!("{link}redirectUri={BACK}&callbackUri={BACK}");
    let page = get(&sandbox, &address).await;
    assert_eq!(page.status, 200);
    page.shows("name=\"callUri\"");
    for (seconds, status) in [(290, 200), (10, 410)] {
        sandbox.clock().advance(Duration::from_secs(seconds));
        assert_eq!(get(&sandbox, &link).await.status, status, "{seconds}");
    }
    let address = format!("{}&redirectUri={BACK}&gateway=LOC", make().await);
    let paid = get(&sandbox, &address).await;
    assert!(paid.location().contains("paid=true"));
}

#[tokio::test]
async fn only_its_own_user_pays_by_the_invoices_id() {
    let (sandbox, shop) = open().await;
    let pod = sandbox.pod();
    let door = "/pod/v1/pbc/payinvoice/";
    let nobodys = shop.issue_id(&[]).await;
    let page = get(&sandbox, &format!("{door}?invoiceId={nobodys}")).await;
    assert_eq!(page.status, 404);
    page.shows("فاکتور یافت نشد");

    let user_id = pod.user().user_id().to_string();
    let id = shop.issue_id(&[("userId", &user_id)]).await;
    let page = get(&sandbox, &format!("{door}?invoiceId={id}")).await;
    assert_eq!(page.status, 200);
    let choose = async |payer: u64, method: &str| {
        let body = format!("invoiceId={id}&redirectUri={BACK}&payer={payer}&method={method}");
        send(sandbox.url(), "POST", door, &[], body.as_bytes()).await
    };
    for method in ["card", "wallet"] {
        let refused = choose(pod.other_user().user_id(), method).await;
        assert_eq!(refused.status, 422, "{method}");
        refused.shows("فاکتور یافت نشد");
    }
    assert_eq!(snapshot(pod, id).state, State::Unpaid);
    let paid = choose(pod.user().user_id(), "wallet").await;
    let pairs = query(paid.location());
    // A wallet has no terminal and no card.
    for (name, value) in &pairs {
        if ["terminalId", "maskedCardNumber", "rrn", "tref"].contains(&name.as_str()) {
            assert_eq!(value, "", "{name}");
        }
    }
    assert_eq!(pairs[4], ("paid".to_owned(), "true".to_owned()));
}

#[tokio::test]
async fn a_wrong_link_leads_nowhere() {
    let sandbox = Sandbox::start().await.unwrap();
    for (address, status) in [
        ("/pod/v1/pbc/payInvoiceByUniqueNumber?uniqueNumber=0", 404),
        ("/pod/v1/pbc/payInvoiceByUniqueNumber/", 404),
        ("/pod/v1/pbc/payinvoice?invoiceId=7", 404),
        ("/pod/v1/pbc/payinvoice/?invoiceId=x", 404),
        ("/pod/v1/pbc/PayInvoiceDispatcher/?h=0", 410),
        ("/pod/v1/pbc/gateway/0", 404),
        (
            "/pod/v1/pbc/payinvoice/?invoiceId=7&redirectUri=javascript:alert(1)",
            400,
        ),
    ] {
        let page = get(&sandbox, address).await;
        assert_eq!(page.status, status, "{address}");
        page.shows(r#"<html lang="fa" dir="rtl">"#);
        page.shows("<footer");
    }
}

#[tokio::test]
async fn the_call_uri_is_called_once_it_is_paid() {
    let (sandbox, shop) = open().await;
    let id = shop.issue_id(&[]).await;
    let call = "http%3A%2F%2F192.0.2.1%2Fcall";
    let address = by_unique_number(&sandbox, id);
    get(&sandbox, &format!("{address}&callUri={call}")).await;
    assert!(sandbox.webhooks().is_empty());
    get(&sandbox, &format!("{address}&callUri={call}&gateway=LOC")).await;
    let webhooks = sandbox.webhooks();
    assert_eq!(webhooks.len(), 1);
    assert_eq!(webhooks[0].url, "http://192.0.2.1/call");
    assert_eq!(webhooks[0].state, WebhookState::Refused);
    let news = format!("invoiceId={id}&paid=true");
    assert!(webhooks[0].body.contains(&news));
}

#[tokio::test]
async fn without_a_redirect_uri_the_one_of_the_invoice_counts() {
    let (sandbox, shop) = open().await;
    let redirect = ("redirectURL", "http://127.0.0.1:9/shop");
    let id = shop.issue_id(&[redirect]).await;
    let unique = snapshot(sandbox.pod(), id).unique_number;
    let address = format!("/pod/v1/pbc/payInvoiceByUniqueNumber?uniqueNumber={unique}&gateway=LOC");
    let reply = get(&sandbox, &address).await;
    let back = reply.location();
    let expected = "http://127.0.0.1:9/shop?billNumber=&";
    assert!(back.starts_with(expected), "{back}");
    let return_url = snapshot(sandbox.pod(), id).return_url();
    assert_eq!(return_url.as_deref(), Some(back));
}

#[tokio::test]
async fn a_payer_without_a_browser_follows_the_link_all_the_same() {
    let (sandbox, shop) = open().await;
    let (id, other) = (shop.issue_id(&[]).await, shop.issue_id(&[]).await);
    let pod = sandbox.providers().iter().find(|it| it.name() == "pod");
    let pay = |link: &str| pod.unwrap().pay(&id.to_string(), Some(link));
    let call = "http%3A%2F%2F192.0.2.1%2Fcall";
    let link = format!("{}{}", sandbox.url(), by_unique_number(&sandbox, id));
    let elsewhere = format!("{}{}", sandbox.url(), by_unique_number(&sandbox, other));
    let reason = "the link does not lead to the invoice";
    let expected = format!("POD cannot take a payment for \"{id}\": {reason}");
    let unknown = link.replace("/v1/", "/v2/");
    for wrong in [&elsewhere, &unknown, "http://127.0.0.1:9/"] {
        let refused = pay(wrong).unwrap_err().to_string();
        assert_eq!(refused, expected, "{wrong}");
    }
    assert_eq!(snapshot(sandbox.pod(), id).times_paid(), 0);
    let back = pay(&format!("{link}&callUri={call}")).unwrap().unwrap();
    let expected = "http://127.0.0.1:9/back?order=7&";
    assert!(back.starts_with(expected), "{back}");
    assert_eq!(query(&back)[4], ("paid".to_owned(), "true".to_owned()));
    assert_eq!(snapshot(sandbox.pod(), id).times_paid(), 1);
    assert_eq!(sandbox.webhooks()[0].url, "http://192.0.2.1/call");
    assert!(pay(&link).is_err());
}

/// Chooses how to pay, as the user 16849.
async fn choose(sandbox: &Sandbox, path: &str, fields: &str, method: &str) -> Reply {
    let body = format!("{fields}&payer=16849&method={method}");
    post_form(sandbox, path, &body).await
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
    let (sandbox, shop) = open().await;
    let different = [("billNumber", "A-17"), ("preferredTaxRate", "0.09")];
    let id = shop.issue_id(&different).await;
    let (path, query) = door(&sandbox, id);
    let page = get(&sandbox, &format!("{path}?{query}")).await;
    assert_eq!(page.status, 200);
    #[rustfmt::skip]
    let cases = [
        "فروشگاه نمونه", "۵۴٬۵۰۰", "A-17", "پیراهن", "۲ × ۲۵٬۰۰۰", "۴٬۵۰۰", "ریال",
    ];
    for shown in cases {
        page.shows(shown);
    }
    let policy = page.header("content-security-policy").unwrap();
    let forms = "form-action 'self' http://127.0.0.1:9;";
    assert!(policy.contains(forms), "{policy}");
}

#[tokio::test]
async fn a_card_pays_at_the_bank() {
    let (sandbox, shop) = open().await;
    let id = shop.issue_id(&[]).await;
    let (path, fields) = door(&sandbox, id);
    let sent = choose(&sandbox, &path, &fields, "card").await;
    let bank = sent.location().to_owned();
    let page = get(&sandbox, &bank).await;
    page.shows("۵۰٬۰۰۰");
    let pay = format!("{bank}/pay");
    for wrong in ["card=1234", "card=5022291000000009"] {
        let refused = post_form(&sandbox, &pay, wrong).await;
        assert_eq!(refused.status, 422, "{wrong}");
    }
    assert_eq!(snapshot(sandbox.pod(), id).state, State::AtGateway);
    // Persian digits, in groups of four.
    let card = "card=%DB%B4%DB%B1%DB%B1%DB%B1+1111-1111+1111";
    let paid = post_form(&sandbox, &pay, card).await;
    let back = query(paid.location());
    assert_eq!(back[5].0, "maskedCardNumber");
    assert_eq!(back[5].1, "411111******1111");
    assert_eq!(post_form(&sandbox, &pay, card).await.status, 404);
    assert_eq!(snapshot(sandbox.pod(), id).times_paid(), 1);
}

#[tokio::test]
async fn who_declines_at_the_bank_comes_back_unpaid() {
    let (sandbox, shop) = open().await;
    let id = shop.issue_id(&[]).await;
    let (path, fields) = door(&sandbox, id);
    let sent = choose(&sandbox, &path, &fields, "card").await;
    let bank = sent.location().to_owned();
    let left = post_form(&sandbox, &format!("{bank}/decline"), "").await;
    let back = query(left.location());
    assert_eq!(back[0].0, "errorResult");
    assert!(back[0].1.contains(r#""errorCode":55"#), "{back:?}");
    assert_eq!(snapshot(sandbox.pod(), id).state, State::Unpaid);
    // And can begin again.
    let again = choose(&sandbox, &path, &fields, "card").await;
    assert!(again.location().contains("/gateway/"));
}

#[tokio::test]
async fn a_new_visit_to_the_bank_ends_the_old_one() {
    let (sandbox, shop) = open().await;
    let id = shop.issue_id(&[]).await;
    let (path, fields) = door(&sandbox, id);
    let choose = format!("{fields}&payer=16849&method=card");
    let first = post_form(&sandbox, &path, &choose).await;
    let first = first.location().to_owned();
    sandbox.clock().advance(GATEWAY_WAITS);
    let over = english(&sandbox, &first).await;
    assert_eq!(over.status, 410);
    over.shows("The gateway&#39;s time is over");
    over.shows("/pod/v1/pbc/payInvoiceByUniqueNumber?uniqueNumber=");
    let second = post_form(&sandbox, &path, &choose).await;
    let second = second.location().to_owned();
    assert_eq!(get(&sandbox, &first).await.status, 404);
    assert_eq!(get(&sandbox, &second).await.status, 200);
}

#[tokio::test]
async fn a_wallet_that_is_too_small_is_told_so() {
    let (sandbox, shop) = open().await;
    let pod = sandbox.pod();
    let id = shop.issue_id(&[]).await;
    let (path, fields) = door(&sandbox, id);
    let user = pod.user().user_id();
    pod.set_wallet(user, 49_999).unwrap();
    let choose = format!("{fields}&payer={user}&method=wallet");
    let refused = post_form(&sandbox, &path, &choose).await;
    assert_eq!(refused.status, 422);
    refused.shows("موجودی این کیف پول کافی نیست");
    let nobody = format!("{fields}&method=wallet");
    assert_eq!(post_form(&sandbox, &path, &nobody).await.status, 422);
    pod.set_wallet(user, 50_000).unwrap();
    assert_eq!(post_form(&sandbox, &path, &choose).await.status, 303);
    assert_eq!(snapshot(pod, id).state, State::Paid);
    // A second click brings the reason back.
    let again = post_form(&sandbox, &path, &choose).await;
    assert!(query(again.location())[0].1.contains(r#""errorCode":24"#));
}

#[tokio::test]
async fn without_a_way_back_the_page_shows_what_became_of_it() {
    let (sandbox, shop) = open().await;
    let id = shop.issue_id(&[("verificationNeeded", "true")]).await;
    let unique = snapshot(sandbox.pod(), id).unique_number;
    let path = "/pod/v1/pbc/payInvoiceByUniqueNumber";
    let fields = format!("uniqueNumber={unique}");
    let paid = choose(&sandbox, path, &fields, "wallet").await;
    let receipt = paid.location().strip_prefix(sandbox.url()).unwrap();
    let page = get(&sandbox, receipt).await;
    assert_eq!(page.status, 200);
    page.shows("تا یک ساعت تأیید کند");
    page.hides("name=\"method\"");
    page.shows("data-left=\"");
    let page = english(&sandbox, receipt).await;
    page.shows("Left for the shop to confirm");
    // A second payment is refused and shown, since nobody can be sent back with the reason.
    for (path, fields) in [
        ("/pod/v1/pbc/fail", format!("{fields}&failure=pay-again")),
        (path, format!("{fields}&payer=16849&method=wallet")),
    ] {
        let refused = fail(&sandbox, path, &fields).await;
        assert_eq!(refused.status, 422);
        refused.shows("was paid before");
    }
    assert_eq!(snapshot(sandbox.pod(), id).times_paid(), 1);
}

#[tokio::test]
async fn markup_is_text_and_nothing_is_fetched() {
    let (sandbox, shop) = open().await;
    let different = [
        ("billNumber", ATTACK),
        ("productDescription", ATTACK),
        ("description", ATTACK),
    ];
    let id = shop.issue_id(&different).await;
    let (path, fields) = door(&sandbox, id);
    let page = get(&sandbox, &format!("{path}?{fields}")).await;
    let hidden = get(
        &sandbox,
        &format!("{path}?{fields}&callUri=http://a.example/%22%3E%3Cimg%3E"),
    )
    .await;
    let bank = get(&sandbox, &format!("{path}?{fields}&gateway=PEP")).await;
    let bank = get(&sandbox, bank.location()).await;
    let lost = get(&sandbox, &path).await;
    let index = get(&sandbox, "/").await;
    index.fetches_nothing();
    page.shows("&#60;script&#62;alert(1)");
    for page in [page, bank, lost, hidden] {
        page.is_inert();
    }
}

#[tokio::test]
async fn the_first_page_lists_what_has_happened() {
    let (sandbox, shop) = open().await;
    let id = shop.issue_id(&[("billNumber", "A-17")]).await;
    sandbox.pod().pay_by_wallet(id).unwrap();
    let page = get(&sandbox, "/").await;
    let address = sandbox.pod().base_url();
    for shown in ["A-17", "۵۰٬۰۰۰ ریال", "پرداخت‌شده", address] {
        page.shows(shown);
    }
}

#[tokio::test]
async fn the_card_stands_before_the_wallet() {
    let (sandbox, shop) = open().await;
    let id = shop.issue_id(&[]).await;
    let (path, query) = door(&sandbox, id);
    let page = english(&sandbox, &format!("{path}?{query}")).await;
    let place = |text: &str| page.body.find(text).unwrap_or_else(|| panic!("{text}"));
    assert!(place("Pay by bank card") < place("or, with a wallet of POD"));
    assert!(place("or, with a wallet of POD") < place("<select"));
    page.shows("five thousand toman");
    let pod = sandbox.pod();
    for secret in [pod.token(), pod.user_token(), pod.api_key()] {
        page.hides(secret);
    }
    let little = shop.issue_id(&[("price", "5000")]).await;
    let (path, query) = door(&sandbox, little);
    let page = english(&sandbox, &format!("{path}?{query}")).await;
    page.hides("value=\"card\"");
    page.shows("Only more than 10,000 rial can be paid by card");
}

#[tokio::test]
async fn too_little_for_a_card_is_told_who_has_no_way_back() {
    let (sandbox, shop) = open().await;
    let id = shop.issue_id(&[("price", "5000")]).await;
    let unique = snapshot(sandbox.pod(), id).unique_number;
    let path = "/pod/v1/pbc/payInvoiceByUniqueNumber";
    let fields = format!("uniqueNumber={unique}&payer=16849&method=card");
    let refused = post_form(&sandbox, path, &fields).await;
    assert_eq!(refused.status, 422);
    refused.shows("از کیف پول بپردازید");
    assert_eq!(snapshot(sandbox.pod(), id).state, State::Unpaid);
}

#[tokio::test]
async fn what_is_refused_changes_nothing() {
    let (sandbox, shop) = open().await;
    let id = shop.issue_id(&[]).await;
    let (path, fields) = door(&sandbox, id);
    let own = format!("{fields}&failure=empty-wallet");
    let refused = fail(&sandbox, "/pod/v1/pbc/fail", &own).await;
    assert_eq!(refused.status, 422);
    refused.shows("This wallet has not enough money");
    refused.shows(&format!(
        "href=\"{path}?{}",
        fields.split_once('&').unwrap().0
    ));
    let closed = english(&sandbox, &format!("/pod/v1/pbc/closed?{fields}")).await;
    closed.shows("You can close this window");
    closed.shows("payInvoiceByUniqueNumber?uniqueNumber=");
    assert_eq!(snapshot(sandbox.pod(), id).state, State::Unpaid);

    let sent = choose(&sandbox, &path, &fields, "card").await;
    let bank = sent.location().to_owned();
    for failure in ["not-enough-money", "wrong-password", "wrong-card"] {
        let fields = format!("failure={failure}");
        let refused = fail(&sandbox, &format!("{bank}/fail"), &fields).await;
        assert_eq!(refused.status, 422, "{failure}");
        refused.shows("nothing was taken");
    }
    let closed = english(&sandbox, &format!("{bank}/closed")).await;
    closed.shows(&format!("href=\"{bank}\""));
    let page = english(&sandbox, &bank).await;
    page.shows("Time left");
    page.shows("502229******0008");
    page.hides("5022291000000008");
    assert_eq!(snapshot(sandbox.pod(), id).state, State::AtGateway);
    // Nothing typed means the card that is shown.
    let paid = post_form(&sandbox, &format!("{bank}/pay"), "card=").await;
    assert_eq!(query(paid.location())[5].1, "502229******0008");
}

#[tokio::test]
async fn who_declines_without_a_way_back_can_pay_again() {
    let (sandbox, shop) = open().await;
    let id = shop.issue_id(&[]).await;
    let unique = snapshot(sandbox.pod(), id).unique_number;
    let path = "/pod/v1/pbc/payInvoiceByUniqueNumber";
    let sent = choose(&sandbox, path, &format!("uniqueNumber={unique}"), "card").await;
    let left = post_form(&sandbox, &format!("{}/decline", sent.location()), "").await;
    let page = english(
        &sandbox,
        left.location().strip_prefix(sandbox.url()).unwrap(),
    )
    .await;
    assert_eq!(page.status, 200);
    page.shows("Nothing was paid at the gateway");
    page.shows("Pay by bank card");
}

#[tokio::test]
async fn a_dispatcher_link_shows_how_long_it_works() {
    let (sandbox, shop) = open().await;
    let id = shop.issue_id(&[]).await;
    let link = shop.done(29815, &[("invoiceId", &id.to_string())]).await;
    let link = link.as_str().unwrap().trim_end_matches('&').to_owned();
    sandbox.clock().advance(Duration::from_secs(240));
    let page = english(&sandbox, link.strip_prefix(sandbox.url()).unwrap()).await;
    page.shows("This link works for");
    let left = page.body.split_once("data-left=\"").unwrap().1;
    let left: u64 = left.split_once('"').unwrap().0.parse().unwrap();
    assert!((1..=60).contains(&left), "{left}");
}
