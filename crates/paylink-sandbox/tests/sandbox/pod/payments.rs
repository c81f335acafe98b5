//! Payments by wallet and text message, on a later day, and out of another invoice.

use std::time::Duration;

use paylink_sandbox::Sandbox;
use paylink_sandbox::pod::{ConfirmationAnswer, EventKind, PayerError, SETTLES_AFTER, State};

use serde_json::json;

use crate::client::{Param, get, of, with};
use crate::pod::{GUILD, Shop, earned, open, snapshot};

const WALLET: Param<'_> = ("wallet", "PODLAND_WALLET");
const NOT_ENOUGH: &str = "اعتبار کافی جهت پرداخت فاکتور را ندارید";

#[tokio::test]
async fn any_invoice_is_paid_from_the_callers_wallet() {
    let (sandbox, shop) = open().await;
    let pod = sandbox.pod();
    let id = shop.issue_id(&[]).await;
    let text = id.to_string();
    let payer = Shop::of_account(&sandbox, pod.other_user());
    let payment = [("invoiceId", text.as_str()), WALLET];
    payer.gives(29821, &payment, true).await;
    assert_eq!(pod.wallet(pod.other_user().user_id()).unwrap(), "99950000");
    assert_eq!(earned(pod, pod.business()), "50000");
    let invoice = shop.invoice(id).await;
    assert_eq!(invoice["payed"], true);
    assert!(invoice["paymentDate"].as_u64().unwrap() >= invoice["issuanceDate"].as_u64().unwrap());
    payer.refuses(29821, &payment, 24).await;
    assert_eq!(snapshot(pod, id).times_paid(), 1);
}

#[tokio::test]
async fn the_wallet_must_be_named() {
    let (_sandbox, shop) = open().await;
    let id = shop.issue_id(&[]).await.to_string();
    let reason = (193, "کد حساب دیجیتال را وارد نکرده اید");
    shop.says(29821, &[("invoiceId", &id)], reason).await;
    let other = ("wallet", "OTHER_WALLET");
    shop.refuses(29821, &[("invoiceId", &id), other], 193).await;
    shop.refuses(29821, &[WALLET], 1001).await;
    let unknown = [("invoiceId", "7"), WALLET];
    shop.refuses(29821, &unknown, 1002).await;
}

#[tokio::test]
async fn ones_own_invoice_is_ones_own() {
    let (sandbox, shop) = open().await;
    let pod = sandbox.pod();
    let user_id = pod.user().user_id().to_string();
    let id = shop.issue_id(&[("userId", &user_id)]).await;
    let text = id.to_string();
    let stranger = Shop::of_account(&sandbox, pod.other_user());
    let reason = (99, "فاکتور برای شما صادر نشده است");
    stranger.says(30382, &[("invoiceId", &text)], reason).await;
    let user = Shop::of_account(&sandbox, pod.user());
    user.gives(30382, &[("invoiceId", &text)], true).await;
    assert_eq!(pod.wallet(pod.user().user_id()).unwrap(), "99950000");
}

#[tokio::test]
async fn a_wallet_with_too_little_pays_nothing() {
    let (sandbox, shop) = open().await;
    let pod = sandbox.pod();
    let id = shop.issue_id(&[]).await;
    let user_id = pod.user().user_id();
    pod.set_wallet(user_id, 49_999).unwrap();
    let user = Shop::of_account(&sandbox, pod.user());
    let text = id.to_string();
    let (_, message) = user.refused(29821, &[("invoiceId", &text), WALLET]).await;
    assert_eq!(message, NOT_ENOUGH);
    assert_eq!(pod.wallet(user_id).unwrap(), "49999");
    pod.set_wallet(user_id, 50_000).unwrap();
    user.done(29821, &[("invoiceId", &text), WALLET]).await;
    assert_eq!(pod.wallet(user_id).unwrap(), "0");
}

#[tokio::test]
async fn credits_pay_first_and_alone_if_so_told() {
    let (sandbox, shop) = open().await;
    let pod = sandbox.pod();
    let (sponsor, user) = (pod.sponsor().user_id(), pod.user().user_id());
    let hash = pod.delegate(sponsor, user, 30_000).unwrap();
    let caller = Shop::of_account(&sandbox, pod.user());
    let (id, sponsor) = (shop.issue_id(&[]).await, sponsor.to_string());
    let text = id.to_string();
    let base = vec![("invoiceId", text.as_str()), WALLET];
    let forced = [("delegatorId", &*sponsor), ("forceDelegation", "true")];
    let (_, message) = caller.refused(29821, &with(base.clone(), &forced)).await;
    assert_eq!(message, NOT_ENOUGH);
    let hashed = [("delegationHash", &*hash), ("forceDelegation", "false")];
    caller.done(29821, &with(base, &hashed)).await;
    assert_eq!(shop.invoice(id).await["delegationAmount"], 30000);
    assert_eq!(pod.wallet(user).unwrap(), "99980000");
}

#[tokio::test]
async fn an_invoice_that_cannot_be_paid_says_why() {
    let (sandbox, shop) = open().await;
    let pod = sandbox.pod();
    let user_id = pod.user().user_id().to_string();
    let payer = Shop::of_account(&sandbox, pod.user());
    // It is paid, cancelled, closed, not verified yet, or its payer is at the gateway.
    for code in [24, 32, 45, 58, 72] {
        let verification = if code == 58 { "true" } else { "false" };
        let different = [("userId", &*user_id), ("verificationNeeded", verification)];
        let id = shop.issue_id(&different).await;
        let text = id.to_string();
        match code {
            32 => drop(shop.done(29810, &[("id", &text)]).await),
            72 => drop(pod.open_gateway(id).unwrap()),
            _ => drop(pod.pay_by_card(id).unwrap()),
        }
        if code == 45 {
            shop.done(29812, &[("id", &text)]).await;
        }
        let invoice = ("invoiceId", text.as_str());
        payer.refuses(29821, &[invoice, WALLET], code).await;
        payer.refuses(30382, &[invoice, WALLET], code).await;
        shop.refuses(29807, &[invoice], code).await;
        shop.refuses(369_550, &[invoice, ("code", "1")], code).await;
        shop.refuses(29799, &[invoice], code).await;
        shop.refuses(29815, &[invoice], code).await;
        let due = [invoice, ("date", "1499/01/01"), WALLET];
        payer.refuses(29802, &due, code).await;
        let pos = [
            invoice,
            ("terminalNumber", "1"),
            ("merchantCode", "1"),
            ("referenceNumber", "1"),
            ("trackingNumber", "1"),
            ("transactionDate", "1403/01/01 00:00:00"),
        ];
        shop.refuses(29801, &pos, code).await;
        let shared = [invoice, ("userId", user_id.as_str())];
        payer.refuses(1_113_426, &shared, code).await;
    }
}

/// Issues an invoice to the user and returns its id.
async fn issue(sandbox: &Sandbox) -> u64 {
    let user_id = sandbox.pod().user().user_id().to_string();
    Shop::of(sandbox).issue_id(&[("userId", &user_id)]).await
}

/// The last word of the line that holds it.
fn code(text: &str) -> &str {
    let (_, tail) = text.split_once("کد ").unwrap();
    tail.split(' ').next().unwrap()
}

fn link(text: &str) -> &str {
    text.lines().last().unwrap()
}

#[tokio::test]
async fn a_message_has_a_code_a_link_or_both() {
    let (sandbox, shop) = open().await;
    let id = issue(&sandbox).await;
    let text = id.to_string();
    for (content, has_code, has_link) in [
        (None, true, false),
        (Some("1"), true, false),
        (Some("2"), false, true),
        (Some("3"), true, true),
    ] {
        let mut params = vec![("invoiceId", text.as_str())];
        params.extend(content.map(|content| ("smsContentType", content)));
        shop.gives(29807, &params, true).await;
        let message = sandbox.sms().pop().unwrap();
        assert_eq!((message.provider, &*message.to), ("pod", "09120000001"));
        for shown in [sandbox.pod().business().name(), &text, "50000 ریال"] {
            assert!(message.text.contains(shown), "{shown}: {}", message.text);
        }
        let parts = [("کد ", has_code), ("http://", has_link)];
        for (part, is_there) in parts {
            assert_eq!(message.text.contains(part), is_there, "{}", message.text);
        }
    }
    for content in ["0", "4", "code"] {
        let params = [("invoiceId", text.as_str()), ("smsContentType", content)];
        shop.refuses(29807, &params, 1001).await;
    }
}

#[tokio::test]
async fn the_user_pays_by_answering_with_the_code() {
    let (sandbox, shop) = open().await;
    let pod = sandbox.pod();
    let id = issue(&sandbox).await;
    let user = pod.user().user_id();
    let sponsor = pod.sponsor().user_id();
    pod.delegate(sponsor, user, 20_000).unwrap();
    let (text, sponsor) = (id.to_string(), sponsor.to_string());
    let params = [("invoiceId", text.as_str()), ("delegatorId", &sponsor)];
    shop.done(29807, &params).await;
    shop.done(29807, &params).await;
    let sent: Vec<_> = sandbox.sms().into_iter().map(|sms| sms.text).collect();
    let answer = |text| pod.answer_sms(code(text));
    // A second message makes the first one's code worthless.
    assert_eq!(answer(&sent[0]).unwrap_err(), PayerError::UnknownCode);
    let paid = answer(&sent[1]).unwrap();
    assert_eq!((paid.id, paid.state), (id, State::Paid));
    assert_eq!(pod.wallet(user).unwrap(), "99970000");
    assert_eq!(answer(&sent[1]).unwrap_err(), PayerError::UnknownCode);
}

#[tokio::test]
async fn the_link_leads_to_the_pay_page_and_back() {
    let (sandbox, shop) = open().await;
    let id = issue(&sandbox).await.to_string();
    let params = [
        ("invoiceId", &*id),
        ("smsContentType", "2"),
        ("redirectUri", "http://127.0.0.1:9/back?a=1&b=2"),
        ("callbackUri", "http://127.0.0.1:9/call"),
    ];
    shop.done(29807, &params).await;
    let text = sandbox.sms().pop().unwrap().text;
    let path = link(&text).strip_prefix(sandbox.url()).unwrap();
    let page = get(&sandbox, path).await;
    assert_eq!(page.status, 200);
    page.shows("http://127.0.0.1:9/back?a=1&#38;b=2");
    page.shows("http://127.0.0.1:9/call");
}

#[tokio::test]
async fn only_a_confirmed_mobile_is_written_to() {
    let (sandbox, shop) = open().await;
    let silent = sandbox.pod().user_without_mobile().user_id().to_string();
    for (user_id, code) in [("", 1002), (silent.as_str(), 1001)] {
        let id = shop.issue_id(&[("userId", user_id)]).await.to_string();
        shop.refuses(29807, &[("invoiceId", &id)], code).await;
    }
    assert!(sandbox.sms().is_empty());
}

#[tokio::test]
async fn a_wallet_outside_pod_pays_with_the_code() {
    let (sandbox, shop) = open().await;
    let pod = sandbox.pod();
    let (id, other) = (issue(&sandbox).await, issue(&sandbox).await);
    let (text, other) = (id.to_string(), other.to_string());
    shop.done(29807, &[("invoiceId", &text)]).await;
    let sent = sandbox.sms().pop().unwrap().text;
    let code = ("code", code(&sent));
    shop.refuses(369_550, &[("invoiceId", &text)], 1001).await;
    shop.refuses(369_550, &[("invoiceId", &text), ("code", "1")], 1001)
        .await;
    shop.refuses(369_550, &[("invoiceId", &other), code], 1001)
        .await;
    pod.change_settings(|settings| settings.confirmation = ConfirmationAnswer::Text);
    shop.gives(369_550, &[("invoiceId", &text), code], "true")
        .await;
    let paid = snapshot(pod, id).history.last().unwrap().kind;
    assert_eq!(paid, EventKind::PaidByOutsideWallet);
    assert_eq!(pod.wallet(pod.user().user_id()).unwrap(), "100000000");

    pod.change_settings(|settings| settings.confirmation = ConfirmationAnswer::Truth);
    shop.done(29807, &[("invoiceId", &other)]).await;
    let sent = sandbox.sms().pop().unwrap().text;
    let code = ("code", self::code(&sent));
    shop.gives(369_550, &[("invoiceId", &other), code], true)
        .await;
}

#[tokio::test]
async fn a_user_sends_the_link_to_another() {
    let sandbox = Sandbox::start().await.unwrap();
    let pod = sandbox.pod();
    let id = issue(&sandbox).await;
    let text = id.to_string();
    let user = Shop::of_account(&sandbox, pod.user());
    let friend = pod.other_user().user_id().to_string();
    let silent = pod.user_without_mobile().user_id().to_string();
    let back = ("redirectUri", "http://127.0.0.1:9/back");
    let invoice = ("invoiceId", text.as_str());
    user.gives(1_113_426, &[invoice, ("userId", &silent), back], false)
        .await;
    assert!(sandbox.sms().is_empty());
    user.gives(1_113_426, &[invoice, ("userId", &friend), back], true)
        .await;
    let message = sandbox.sms().pop().unwrap();
    assert_eq!(message.to, "09120000002");
    let unique = snapshot(pod, id).unique_number;
    let query = format!("uniqueNumber={unique}&redirectUri=http%3A%2F%2F127.0.0.1%3A9%2Fback");
    let page = format!("{}v1/pbc/payInvoiceByUniqueNumber", pod.pay_url());
    assert_eq!(link(&message.text), format!("{page}?{query}"));
    user.refuses(1_113_426, &[invoice, ("userId", "1")], 1002)
        .await;
    let stranger = Shop::of_account(&sandbox, pod.other_user());
    stranger
        .refuses(1_113_426, &[invoice, ("userId", &friend)], 99)
        .await;
}

const YEAR: Duration = Duration::from_secs(366 * 24 * 60 * 60);

/// A Jalali date that is still to come, and within the sandbox clock's reach.
const TO_COME: &str = "1440/01/01";

/// Two businesses, and the id of an invoice that the first issued to the second.
async fn debt(sandbox: &Sandbox) -> (Shop, Shop, u64) {
    let pod = sandbox.pod();
    let creditor = Shop::of(sandbox);
    let debtor = Shop::of_account(sandbox, pod.other_business());
    let user_id = pod.other_business().user_id().to_string();
    let id = creditor.issue_id(&[("userId", &user_id)]).await;
    (creditor, debtor, id)
}

#[tokio::test]
async fn money_is_set_aside_now_and_moves_on_the_day() {
    let sandbox = Sandbox::start().await.unwrap();
    let pod = sandbox.pod();
    let (creditor, debtor, id) = debt(&sandbox).await;
    let text = id.to_string();
    let promise = [("invoiceId", text.as_str()), ("date", TO_COME), WALLET];
    debtor.gives(29802, &promise, true).await;
    let debtor_id = pod.other_business().user_id();
    assert_eq!(pod.wallet(debtor_id).unwrap(), "99950000");
    let promised = creditor.invoice(id).await;
    let shown = of(&promised, &["payed", "willBePaid"]);
    assert_eq!(shown, json!([false, true]));
    let due = promised["willBePaidAt"].as_u64().unwrap();
    // The day begins at midnight in Tehran, half past eight in the evening in UTC.
    assert_eq!(due % 86_400_000, (20 * 60 + 30) * 60_000);

    // Neither paid again nor cancelled by the debtor.
    let reason = (1000, "فاکتور در انتظار پرداخت توسط تضمین ارائه شده میباشد");
    debtor.says(29821, &[promise[0], WALLET], reason).await;
    debtor.refuses(29810, &[("id", &text)], 4).await;

    sandbox.clock().advance(40 * YEAR);
    let invoice = snapshot(pod, id);
    assert_eq!(invoice.state, State::Paid);
    let kept = invoice.history.last().unwrap();
    assert_eq!(kept.kind, EventKind::PromiseKept);
    let at = kept.at.duration_since(std::time::UNIX_EPOCH).unwrap();
    assert_eq!(at.as_millis(), u128::from(due));
    let listed = creditor.invoice(id).await;
    assert_eq!(of(&listed, &["payed", "paymentDate"]), json!([true, due]));
    assert_eq!(earned(pod, pod.business()), "50000");
}

#[tokio::test]
async fn the_creditor_may_cancel_a_promise() {
    let sandbox = Sandbox::start().await.unwrap();
    let pod = sandbox.pod();
    let (creditor, debtor, id) = debt(&sandbox).await;
    let text = id.to_string();
    let promise = [("invoiceId", text.as_str()), ("date", TO_COME), WALLET];
    debtor.done(29802, &promise).await;
    creditor.done(29810, &[("id", &text)]).await;
    let debtor_id = pod.other_business().user_id();
    assert_eq!(pod.wallet(debtor_id).unwrap(), "100000000");
    sandbox.clock().advance(40 * YEAR);
    assert_eq!(snapshot(pod, id).state, State::Canceled);
    assert_eq!(earned(pod, pod.business()), "0");
}

#[tokio::test]
async fn a_promise_takes_a_guild_or_the_wallet_and_a_day_to_come() {
    let sandbox = Sandbox::start().await.unwrap();
    let pod = sandbox.pod();
    let (_, debtor, id) = debt(&sandbox).await;
    let text = id.to_string();
    let invoice = ("invoiceId", text.as_str());
    let (date, guild) = (("date", TO_COME), ("guildCode", GUILD));
    debtor
        .refuses(29802, &[invoice, date, WALLET, guild], 1001)
        .await;
    debtor.refuses(29802, &[invoice, date], 193).await;
    debtor.refuses(29802, &[invoice, WALLET], 1001).await;
    for bad in ["1403/01/01", "1440/1/1", "2061/01/01x"] {
        debtor
            .refuses(29802, &[invoice, ("date", bad), WALLET], 1001)
            .await;
    }
    let stranger = Shop::of_account(&sandbox, pod.user());
    stranger.refuses(29802, &[invoice, date, WALLET], 99).await;
    // The guild has earned nothing yet.
    let reason = (1000, "اعتبار کافی جهت انجام عملیات مسدودی را ندارید");
    debtor.says(29802, &[invoice, date, guild], reason).await;
    let paid = debtor.issue_id(&[]).await;
    pod.pay_by_card(paid).unwrap();
    debtor.gives(29802, &[invoice, date, guild], true).await;
    assert_eq!(earned(pod, pod.other_business()), "0");
}

/// The parameters with which one invoice is paid out of another.
fn pair<'a>(creditor: &'a str, debtor: &'a str) -> [Param<'a>; 2] {
    [("creditorInvoiceId", creditor), ("debtorInvoiceId", debtor)]
}

#[tokio::test]
async fn a_paid_invoice_pays_another_once_the_banks_have_settled() {
    let sandbox = Sandbox::start().await.unwrap();
    let pod = sandbox.pod();
    let (creditor, debtor, owed) = debt(&sandbox).await;
    let own = debtor.issue_id(&[("price", "30000")]).await;
    let (owed_text, own_text) = (owed.to_string(), own.to_string());
    let pair = pair(&owed_text, &own_text);
    let reason = (1000, "فاکتور بستانکار پرداخت نشده است");
    debtor.says(29800, &pair, reason).await;
    pod.pay_by_card(own).unwrap();

    let swapped = self::pair(&own_text, &owed_text);
    debtor.refuses(29800, &swapped, 4).await;
    creditor.refuses(29800, &pair, 4).await;
    // No business pays out of what another has earned.
    let foreign = creditor.issue_id(&[]).await;
    pod.pay_by_card(foreign).unwrap();
    let foreign = foreign.to_string();
    let stolen = [pair[0], ("debtorInvoiceId", foreign.as_str())];
    debtor.refuses(29800, &stolen, 4).await;
    let (_, message) = debtor.refused(29800, &swapped).await;
    assert_eq!(message, "مجوز انجام این عملیات را ندارید");

    debtor.gives(29800, &pair, true).await;
    let (_, message) = debtor.refused(29800, &pair).await;
    assert_eq!(message, "فاکتور بستانکار آماده برای مسدودی می باشد");
    let paid = creditor.invoice(owed).await;
    assert_eq!(of(&paid, &["willBePaid", "payed"]), json!([true, false]));
    assert_eq!(debtor.invoice(own).await["willBeBlocked"], true);
    assert_eq!(earned(pod, pod.other_business()), "10000");

    sandbox.clock().advance(SETTLES_AFTER);
    let paid = creditor.invoice(owed).await;
    assert_eq!(of(&paid, &["willBePaid", "payed"]), json!([false, true]));
    assert_eq!(earned(pod, pod.business()), "100000");
}

#[tokio::test]
async fn an_invoice_must_cover_what_it_pays() {
    let sandbox = Sandbox::start().await.unwrap();
    let pod = sandbox.pod();
    let (creditor, debtor, owed) = debt(&sandbox).await;
    let own = debtor.issue_id(&[("price", "24999")]).await;
    pod.pay_by_card(own).unwrap();
    let (owed_text, own_text) = (owed.to_string(), own.to_string());
    let pair = pair(&owed_text, &own_text);
    let (_, message) = debtor.refused(29800, &pair).await;
    assert_eq!(message, "اعتبار کافی جهت انجام عملیات مسدودی را ندارید");
    assert_eq!(creditor.invoice(owed).await["willBePaid"], false);
}

#[tokio::test]
async fn cancelling_lets_the_blocked_invoice_go() {
    let sandbox = Sandbox::start().await.unwrap();
    let pod = sandbox.pod();
    let (creditor, debtor, owed) = debt(&sandbox).await;
    let own = debtor.issue_id(&[]).await;
    pod.pay_by_card(own).unwrap();
    let (owed_text, own_text) = (owed.to_string(), own.to_string());
    let pair = pair(&owed_text, &own_text);
    debtor.done(29800, &pair).await;
    creditor.done(29810, &[("id", &owed_text)]).await;
    assert_eq!(debtor.invoice(own).await["willBeBlocked"], false);
    assert_eq!(earned(pod, pod.other_business()), "50000");
}
