use std::time::Duration;

use paylink_sandbox::Sandbox;
use paylink_sandbox::pod::{EventKind, SETTLES_AFTER, State};

use crate::shop::{GUILD, Param, Shop, snapshot};

const WALLET: Param<'_> = ("wallet", "PODLAND_WALLET");
const YEAR: Duration = Duration::from_secs(366 * 24 * 60 * 60);

/// A Jalali date that is still to come, and within the sandbox clock's reach.
const TO_COME: &str = "1440/01/01";

/// Two businesses, and the id of an invoice that the first issued to the second.
async fn debt<'a>(sandbox: &'a Sandbox) -> (Shop<'a>, Shop<'a>, u64) {
    let pod = sandbox.pod();
    let (creditor, debtor) = (
        Shop::of(sandbox),
        Shop::of_account(sandbox, pod.other_business()),
    );
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
    assert_eq!(debtor.done(29802, &promise).await, true);
    let debtor_id = pod.other_business().user_id();
    assert_eq!(pod.wallet(debtor_id).unwrap(), "99950000");
    let promised = creditor.invoice(id).await;
    assert_eq!(
        (&promised["payed"], &promised["willBePaid"]),
        (&false.into(), &true.into())
    );
    let due = promised["willBePaidAt"].as_u64().unwrap();
    // The day begins at midnight in Tehran, half past eight in the evening in UTC.
    assert_eq!(due % 86_400_000, (20 * 60 + 30) * 60_000);

    // Neither paid again nor cancelled by the debtor.
    let (code, message) = debtor.refused(29821, &[promise[0], WALLET]).await;
    assert_eq!(code, 1000);
    assert_eq!(
        message,
        "فاکتور در انتظار پرداخت توسط تضمین ارائه شده میباشد"
    );
    assert_eq!(debtor.code(29810, &[("id", &text)]).await, 4);

    sandbox.clock().advance(40 * YEAR);
    let invoice = snapshot(pod, id);
    assert_eq!(invoice.state, State::Paid);
    let kept = invoice.history.last().unwrap();
    assert_eq!(kept.kind, EventKind::PromiseKept);
    let at = kept.at.duration_since(std::time::UNIX_EPOCH).unwrap();
    assert_eq!(at.as_millis(), u128::from(due));
    let listed = creditor.invoice(id).await;
    assert_eq!(
        (&listed["payed"], &listed["paymentDate"]),
        (&true.into(), &due.into())
    );
    assert_eq!(
        pod.earnings(pod.business().user_id(), GUILD).unwrap(),
        "50000"
    );
}

#[tokio::test]
async fn the_creditor_may_cancel_a_promise() {
    let sandbox = Sandbox::start().await.unwrap();
    let pod = sandbox.pod();
    let (creditor, debtor, id) = debt(&sandbox).await;
    let text = id.to_string();
    debtor
        .done(29802, &[("invoiceId", &text), ("date", TO_COME), WALLET])
        .await;
    creditor.done(29810, &[("id", &text)]).await;
    let debtor_id = pod.other_business().user_id();
    assert_eq!(pod.wallet(debtor_id).unwrap(), "100000000");
    sandbox.clock().advance(40 * YEAR);
    assert_eq!(snapshot(pod, id).state, State::Canceled);
    assert_eq!(pod.earnings(pod.business().user_id(), GUILD).unwrap(), "0");
}

#[tokio::test]
async fn a_promise_takes_a_guild_or_the_wallet_and_a_day_to_come() {
    let sandbox = Sandbox::start().await.unwrap();
    let pod = sandbox.pod();
    let (_, debtor, id) = debt(&sandbox).await;
    let text = id.to_string();
    let (invoice, date, guild) = (
        ("invoiceId", text.as_str()),
        ("date", TO_COME),
        ("guildCode", GUILD),
    );
    assert_eq!(
        debtor.code(29802, &[invoice, date, WALLET, guild]).await,
        1001
    );
    assert_eq!(debtor.code(29802, &[invoice, date]).await, 193);
    assert_eq!(debtor.code(29802, &[invoice, WALLET]).await, 1001);
    for bad in ["1403/01/01", "1440/1/1", "2061/01/01x"] {
        assert_eq!(
            debtor.code(29802, &[invoice, ("date", bad), WALLET]).await,
            1001,
            "{bad}"
        );
    }
    let stranger = Shop::of_account(&sandbox, pod.user());
    assert_eq!(stranger.code(29802, &[invoice, date, WALLET]).await, 99);
    // The guild has earned nothing yet.
    let (code, message) = debtor.refused(29802, &[invoice, date, guild]).await;
    assert_eq!(code, 1000);
    assert_eq!(message, "اعتبار کافی جهت انجام عملیات مسدودی را ندارید");
    let earned = debtor.issue_id(&[]).await;
    pod.pay_by_card(earned).unwrap();
    assert_eq!(debtor.done(29802, &[invoice, date, guild]).await, true);
    assert_eq!(
        pod.earnings(pod.other_business().user_id(), GUILD).unwrap(),
        "0"
    );
}

#[tokio::test]
async fn a_paid_invoice_pays_another_once_the_banks_have_settled() {
    let sandbox = Sandbox::start().await.unwrap();
    let pod = sandbox.pod();
    let (creditor, debtor, owed) = debt(&sandbox).await;
    let own = debtor.issue_id(&[("price", "30000")]).await;
    let (owed_text, own_text) = (owed.to_string(), own.to_string());
    let pair = [
        ("creditorInvoiceId", owed_text.as_str()),
        ("debtorInvoiceId", own_text.as_str()),
    ];
    let (code, message) = debtor.refused(29800, &pair).await;
    assert_eq!(
        (code, message.as_str()),
        (1000, "فاکتور بستانکار پرداخت نشده است")
    );
    pod.pay_by_card(own).unwrap();

    let swapped = [
        ("creditorInvoiceId", own_text.as_str()),
        ("debtorInvoiceId", &owed_text),
    ];
    assert_eq!(debtor.code(29800, &swapped).await, 4);
    assert_eq!(creditor.code(29800, &pair).await, 4);
    // Nobody pays out of what somebody else has earned.
    let foreign = creditor.issue_id(&[]).await;
    pod.pay_by_card(foreign).unwrap();
    let foreign = foreign.to_string();
    let stolen = [pair[0], ("debtorInvoiceId", foreign.as_str())];
    assert_eq!(debtor.code(29800, &stolen).await, 4);
    let (_, message) = debtor.refused(29800, &swapped).await;
    assert_eq!(message, "مجوز انجام این عملیات را ندارید");

    assert_eq!(debtor.done(29800, &pair).await, true);
    let (_, message) = debtor.refused(29800, &pair).await;
    assert_eq!(message, "فاکتور بستانکار آماده برای مسدودی می باشد");
    let paid = creditor.invoice(owed).await;
    assert_eq!(
        (&paid["willBePaid"], &paid["payed"]),
        (&true.into(), &false.into())
    );
    assert_eq!(debtor.invoice(own).await["willBeBlocked"], true);
    assert_eq!(
        pod.earnings(pod.other_business().user_id(), GUILD).unwrap(),
        "10000"
    );

    sandbox.clock().advance(SETTLES_AFTER);
    let paid = creditor.invoice(owed).await;
    assert_eq!(
        (&paid["willBePaid"], &paid["payed"]),
        (&false.into(), &true.into())
    );
    assert_eq!(
        pod.earnings(pod.business().user_id(), GUILD).unwrap(),
        "100000"
    );
}

#[tokio::test]
async fn an_invoice_must_cover_what_it_pays() {
    let sandbox = Sandbox::start().await.unwrap();
    let pod = sandbox.pod();
    let (creditor, debtor, owed) = debt(&sandbox).await;
    let own = debtor.issue_id(&[("price", "24999")]).await;
    pod.pay_by_card(own).unwrap();
    let pair = [
        ("creditorInvoiceId", owed.to_string()),
        ("debtorInvoiceId", own.to_string()),
    ];
    let pair = [(pair[0].0, pair[0].1.as_str()), (pair[1].0, &pair[1].1)];
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
    let pair = [
        ("creditorInvoiceId", owed_text.as_str()),
        ("debtorInvoiceId", own_text.as_str()),
    ];
    debtor.done(29800, &pair).await;
    creditor.done(29810, &[("id", &owed_text)]).await;
    assert_eq!(debtor.invoice(own).await["willBeBlocked"], false);
    assert_eq!(
        pod.earnings(pod.other_business().user_id(), GUILD).unwrap(),
        "50000"
    );
}
