//! The page where a payment is paid, and what no page or journal shows.

use std::time::Duration;

use paylink_sandbox::Sandbox;
use paylink_sandbox::cardpay::{CardMismatch, Fate, ReturnQuery, Status, TIME_ALLOWED};

use crate::cardpay::{CALLBACK, Created, Shop, open};
use crate::client::{Param, Reply, english, fail, form, get, noted, post_form};

async fn pay_page(sandbox: &Sandbox, pay_id: u64) -> Reply {
    let path = format!("/cardpay/payment/{pay_id}");
    get(sandbox, &path).await
}

async fn submit(sandbox: &Sandbox, pay_id: u64, fields: &[Param<'_>]) -> Reply {
    let path = format!("/cardpay/payment/{pay_id}/transfer");
    post_form(sandbox, &path, &form(fields)).await
}

/// A sandbox that repeats itself, with one payment.
async fn scene(more: &[Param<'_>]) -> (Sandbox, Created) {
    let sandbox = Sandbox::builder().seed(7).start().await.unwrap();
    let created = Shop::of(&sandbox).create_with("1000", more).await;
    (sandbox, created)
}

/// What a person sees, without the moments that differ in each run.
fn content(page: &Reply) -> String {
    let moment = |line: &&str| line.contains("زمان باقی‌مانده") || line.contains("<dt>تا</dt>");
    let lines = page.content().lines().filter(|line| !moment(line));
    lines.collect::<Vec<_>>().join("\n")
}

#[tokio::test]
async fn the_page_shows_amount_cards_and_form() {
    let (sandbox, created) = scene(&[CALLBACK]).await;
    insta::assert_snapshot!(content(&pay_page(&sandbox, created.pay_id).await));
}

#[tokio::test]
async fn the_page_warns_of_the_recorded_card() {
    let (sandbox, created) = scene(&[("card", "6274120000000069")]).await;
    insta::assert_snapshot!(content(&pay_page(&sandbox, created.pay_id).await));
}

#[tokio::test]
async fn the_card_offered_is_another_than_the_recorded_one() {
    let (sandbox, created) = scene(&[("card", "5022290000000042")]).await;
    let page = pay_page(&sandbox, created.pay_id).await;
    page.shows("5892 10XX XXXX 0057");
    page.hides("5022 2900 0000 0042");
    // Nothing typed means that one.
    let amount = created.amount.to_string();
    let fields = [
        ("amount", amount.as_str()),
        ("from", "other"),
        ("names_card", "yes"),
    ];
    submit(&sandbox, created.pay_id, &fields).await;
    let from = sandbox.cardpay().deposits().remove(0).from.unwrap();
    assert_eq!(from.number(), sandbox.cardpay().other_payer_card());
}

#[tokio::test]
async fn the_time_left_goes_by_the_sandbox_clock() {
    let (sandbox, created) = scene(&[]).await;
    sandbox.clock().advance(Duration::from_secs(14 * 60));
    let page = pay_page(&sandbox, created.pay_id).await;
    page.shows("<dt>زمان باقی‌مانده</dt>");
    let left = page.body.split_once("data-left=\"").unwrap().1;
    let left: u64 = left.split_once('"').unwrap().0.parse().unwrap();
    assert!((1..=60).contains(&left), "{left}");
    sandbox.clock().advance(Duration::from_secs(60));
    let page = pay_page(&sandbox, created.pay_id).await;
    page.hides("data-left=");
}

#[tokio::test]
async fn an_exact_transfer_leads_back_to_the_merchant() {
    let (sandbox, created) = scene(&[CALLBACK]).await;
    let amount = created.amount.to_string();
    let card = sandbox.cardpay().other_payer_card();
    let fields = [("amount", amount.as_str()), ("card", card), ("to", "1")];
    let reply = submit(&sandbox, created.pay_id, &fields).await;
    let back = "http://127.0.0.1:9/back?order=7";
    assert_eq!(reply.location(), back);
    let deposit = sandbox.cardpay().deposits().remove(0);
    assert_eq!(deposit.to, sandbox.cardpay().merchant_cards()[1]);
    assert_eq!(deposit.from, None, "the box was not ticked");
    assert_eq!(Shop::of(&sandbox).check(created.pay_id).await, (200, 201));
}

#[tokio::test]
async fn the_callback_can_carry_the_pay_id() {
    let (sandbox, created) = scene(&[CALLBACK]).await;
    let cardpay = sandbox.cardpay();
    cardpay.change_settings(|it| it.return_query = ReturnQuery::PayId);
    let amount = created.amount.to_string();
    let fields = [("amount", amount.as_str()), ("card", "5022290000000042")];
    let reply = submit(&sandbox, created.pay_id, &fields).await;
    let back = format!("{}&pay_id={}", CALLBACK.1, created.pay_id);
    assert_eq!(reply.location(), back);
}

#[tokio::test]
async fn amount_and_card_are_read_as_people_write_them() {
    let (sandbox, created) = scene(&[("card", "5022290000000042")]).await;
    let typed = format!(" {}٬{:03} ", created.amount / 1000, created.amount % 1000);
    let persian: String = typed
        .chars()
        .map(|mark| match mark.to_digit(10) {
            Some(digit) => char::from_u32('۰' as u32 + digit).unwrap(),
            None => mark,
        })
        .collect();
    let fields = [
        ("amount", persian.as_str()),
        ("from", "other"),
        ("card", "۵۰۲۲-۲۹۰۰ 0000 0042"),
        ("names_card", "yes"),
    ];
    assert_eq!(submit(&sandbox, created.pay_id, &fields).await.status, 303);
    assert_eq!(sandbox.cardpay().deposits()[0].fate, Fate::Paid);
}

#[tokio::test]
async fn a_wrong_amount_stays_on_the_page_and_is_told() {
    let (sandbox, created) = scene(&[CALLBACK]).await;
    let fields = [("amount", "11000"), ("card", "5022290000000042")];
    let reply = submit(&sandbox, created.pay_id, &fields).await;
    let page = format!("/cardpay/payment/{}", created.pay_id);
    assert_eq!(reply.location(), page);
    let page = pay_page(&sandbox, created.pay_id).await;
    page.shows("۱۱٬۰۰۰ ریال");
    page.shows("با هیچ پرداختی مطابقت نداشت");
    page.shows("واریز آزمایشی");
}

#[tokio::test]
async fn an_amount_that_pays_another_payment_stays_on_the_page_and_is_told() {
    let (sandbox, created) = scene(&[CALLBACK]).await;
    let other = Shop::of(&sandbox).create("2").await;
    let amount = other.amount.to_string();
    let fields = [("amount", amount.as_str()), ("card", "5022290000000042")];
    let reply = submit(&sandbox, created.pay_id, &fields).await;
    let page = format!("/cardpay/payment/{}", created.pay_id);
    assert_eq!(reply.header("location"), Some(page.as_str()));
    let page = pay_page(&sandbox, created.pay_id).await;
    page.shows("برای پرداخت دیگری حساب شد");
}

#[tokio::test]
async fn the_recorded_card_can_be_chosen_without_typing_it() {
    let (sandbox, created) = scene(&[("card", "6274120000000069")]).await;
    let amount = created.amount.to_string();
    let fields = [
        ("amount", amount.as_str()),
        ("from", "recorded"),
        ("card", ""),
        ("names_card", "yes"),
    ];
    assert_eq!(submit(&sandbox, created.pay_id, &fields).await.status, 303);
    let status = sandbox.cardpay().payment(created.pay_id).unwrap().status;
    assert_eq!(status, Status::Paid);
}

#[tokio::test]
async fn what_cannot_be_transferred_is_told_and_not_done() {
    let (sandbox, created) = scene(&[]).await;
    let card = ("card", "5022290000000042");
    for (fields, told) in [
        (vec![card], "مبلغ را با رقم"),
        (vec![("amount", "0"), card], "مبلغ را با رقم"),
        (vec![("amount", "1.5"), card], "مبلغ را با رقم"),
        (vec![("amount", "11000"), ("card", "5022")], "۱۶ رقم"),
        (vec![("amount", "11000"), ("card", "۵۰۲۲-x")], "۱۶ رقم"),
    ] {
        let reply = submit(&sandbox, created.pay_id, &fields).await;
        assert_eq!(reply.status, 422, "{fields:?}");
        reply.shows(told);
    }
    assert!(sandbox.cardpay().deposits().is_empty());
}

#[tokio::test]
async fn the_page_shows_what_has_become_of_the_payment() {
    let (sandbox, paid) = scene(&[CALLBACK]).await;
    let shop = Shop::of(&sandbox);
    let cardpay = sandbox.cardpay();
    let card = ("card", cardpay.payer_card());
    let other = shop.create_with("2", &[card, CALLBACK]).await;
    let lost = shop.create_with("3", &[card, CALLBACK]).await;
    let expired = shop.create_with("4", &[CALLBACK]).await;
    cardpay.pay(paid.pay_id).unwrap();
    let from = Some(cardpay.other_payer_card());
    cardpay.transfer(other.pay_id, other.amount, from).unwrap();
    cardpay.change_settings(|it| it.another_card = CardMismatch::Lost);
    cardpay.transfer(lost.pay_id, lost.amount, from).unwrap();
    sandbox.clock().advance(TIME_ALLOWED);
    for (created, text) in [
        (paid, "واریز شما رسید"),
        (other, "واریز از کارت دیگری رسید"),
        (lost, "واریز رسید، ولی شناخته نشد"),
        (expired, "مهلت پرداخت تمام شد"),
    ] {
        let page = pay_page(&sandbox, created.pay_id).await;
        page.shows(text);
        page.hides("/transfer\"");
        page.shows("بازگشت به فروشگاه");
    }
}

#[tokio::test]
async fn a_link_that_leads_nowhere_says_so() {
    let (sandbox, _) = scene(&[]).await;
    for reply in [pay_page(&sandbox, 1).await, submit(&sandbox, 1, &[]).await] {
        assert_eq!(reply.status, 404);
        reply.shows("پرداخت پیدا نشد");
    }
}

#[tokio::test]
async fn the_page_fetches_nothing_and_its_form_leads_to_the_callback_alone() {
    let (sandbox, created) = scene(&[CALLBACK]).await;
    let page = pay_page(&sandbox, created.pay_id).await;
    page.fetches_nothing();
    let policy = page.header("content-security-policy").unwrap();
    let forms = "; form-action 'self' http://127.0.0.1:9; ";
    assert!(policy.contains(forms), "{policy}");
}

#[tokio::test]
async fn the_journal_names_token_and_card_without_their_values() {
    let (sandbox, shop) = open().await;
    let card = sandbox.cardpay().payer_card();
    let token = sandbox.cardpay().token();
    let created = shop
        .create_with("7", &[("card", card), ("shoe", "43"), ("phone", token)])
        .await;
    shop.check(created.pay_id).await;
    let journal = sandbox.journal();
    assert_eq!(
        noted(&journal[0]),
        [
            ("token", "[redacted]"),
            ("price", "11000"),
            ("fid", "7"),
            ("card", "[redacted]"),
            ("shoe", "[redacted]"),
            ("phone", "[redacted]"),
        ]
    );
    let pay_id = created.pay_id.to_string();
    assert_eq!(journal[1].parameters[1].value, pay_id);
}

#[tokio::test]
async fn no_payer_s_card_is_shown_whole() {
    let (sandbox, shop) = open().await;
    let cardpay = sandbox.cardpay();
    // Neither is on the page as what it offers.
    let (recorded, depositor) = ("6274120000000069", cardpay.other_payer_card());
    let created = shop.create_with("7", &[("card", recorded), CALLBACK]).await;
    let page = format!("/cardpay/payment/{}", created.pay_id);
    let before = get(&sandbox, &page).await.body;
    assert!(before.contains("6274 12XX XXXX 0069"), "{before}");
    cardpay
        .transfer(created.pay_id, created.amount, Some(depositor))
        .unwrap();

    let mut shown = vec![before];
    let api = "sms journal cardpay/payments cardpay/deposits".split(' ');
    let api = api.map(|path| format!("/_sandbox/{path}"));
    for path in api.chain([page, "/".to_owned()]) {
        shown.push(get(&sandbox, &path).await.body);
    }
    shown.push(format!(
        "{sandbox:?} {cardpay:?} {:?} {:?} {:?} {:?}",
        cardpay.payments(),
        cardpay.deposits(),
        sandbox.journal(),
        sandbox.sms()
    ));
    for text in shown {
        let digits = text.replace([' ', '-'], "");
        for secret in [recorded, depositor, cardpay.token()] {
            assert!(!digits.contains(secret), "{secret} in {text}");
        }
    }
}

#[tokio::test]
async fn the_page_is_read_in_english() {
    let (sandbox, created) = scene(&[("card", "6274120000000069")]).await;
    let path = format!("/cardpay/payment/{}", created.pay_id);
    let page = english(&sandbox, &path).await;
    for shown in [
        "Transfer exactly this amount",
        "Time left",
        "6274 12XX XXXX 0069",
        "The shop has named no address to come back to",
        &format!("data-copy=\"{}\"", created.amount),
    ] {
        page.shows(shown);
    }
    page.hides(sandbox.cardpay().token());
    for card in sandbox.cardpay().merchant_cards() {
        page.shows(&format!("data-copy=\"{}\"", card.number.number()));
    }
}

#[tokio::test]
async fn what_the_bank_refuses_transfers_nothing() {
    let (sandbox, created) = scene(&[CALLBACK]).await;
    let path = format!("/cardpay/payment/{}", created.pay_id);
    for failure in ["not-enough-money", "wrong-password", "wrong-card"] {
        let fields = format!("failure={failure}");
        let refused = fail(&sandbox, &format!("{path}/fail"), &fields).await;
        assert_eq!(refused.status, 422, "{failure}");
        refused.shows("nothing was taken");
    }
    let closed = english(&sandbox, &format!("{path}/closed")).await;
    closed.shows("You can close this window");
    assert!(sandbox.cardpay().deposits().is_empty());
    assert!(sandbox.sms().is_empty());
    let status = sandbox.cardpay().payment(created.pay_id).unwrap().status;
    assert_eq!(status, Status::Open);
}

#[tokio::test]
async fn a_second_transfer_arrives_and_matches_nothing() {
    let (sandbox, created) = scene(&[CALLBACK]).await;
    let cardpay = sandbox.cardpay();
    let path = format!("/cardpay/payment/{}", created.pay_id);
    let act = format!("{path}/fail");
    // Not before it is paid.
    assert_eq!(fail(&sandbox, &act, "failure=pay-again").await.status, 200);
    assert!(cardpay.deposits().is_empty());
    cardpay.pay(created.pay_id).unwrap();
    let again = fail(&sandbox, &act, "failure=pay-again").await;
    assert_eq!(again.location(), path);
    let fates: Vec<_> = cardpay.deposits().iter().map(|it| it.fate).collect();
    assert_eq!(fates, [Fate::Paid, Fate::Unmatched]);
    let page = english(&sandbox, &path).await;
    page.shows("matched no payment");
    page.shows("Your transfer has arrived");
    assert_eq!(Shop::of(&sandbox).check(created.pay_id).await, (200, 201));
}

#[tokio::test]
async fn a_rial_less_and_a_transfer_too_late_reach_no_payment() {
    let (sandbox, created) = scene(&[]).await;
    let cardpay = sandbox.cardpay();
    let path = format!("/cardpay/payment/{}", created.pay_id);
    let act = format!("{path}/fail");
    let less = fail(&sandbox, &act, "failure=one-rial-less").await;
    assert_eq!(less.location(), path);
    assert_eq!(fail(&sandbox, &act, "failure=too-late").await.status, 200);
    sandbox.clock().advance(TIME_ALLOWED);
    assert_eq!(
        fail(&sandbox, &act, "failure=too-late").await.location(),
        path
    );
    let deposits = cardpay.deposits();
    let amounts: Vec<_> = deposits.iter().map(|it| (it.amount, it.fate)).collect();
    let expected = [
        (created.amount - 1, Fate::Unmatched),
        (created.amount, Fate::Unmatched),
    ];
    assert_eq!(amounts, expected);
    english(&sandbox, &path)
        .await
        .shows("The time allowed is over");
}
