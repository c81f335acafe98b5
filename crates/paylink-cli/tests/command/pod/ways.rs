//! Every way to pay.

use paylink_sandbox::pod::{DoneAnswer, State, VERIFY_WITHIN, WordedRefusals};
use serde_json::json;

use super::{issue_id, owed, pod, sent, state};
use crate::shop::Shop;

#[tokio::test(flavor = "multi_thread")]
async fn from_the_wallet_and_never_twice() {
    let shop = Shop::open().await;
    let id = issue_id(&shop, "");
    let line = format!("pay-any-invoice --invoice-id {id}");
    let paid = pod(&shop, &line).ok();
    assert_eq!(paid["invoice_id"], id);
    assert!(paid["reference_number"].is_string());
    assert_eq!(state(&shop, id), State::Paid);
    let again = pod(&shop, &line);
    assert_eq!(again.status, 1);
    assert_eq!(again.error()["code"], "24");
    assert_eq!(again.error()["effect"], "not_executed");
    assert_eq!(shop.sandbox.pod().invoice(id).unwrap().times_paid(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn not_while_a_payer_is_at_the_gateway() {
    let shop = Shop::open().await;
    let id = issue_id(&shop, "");
    shop.sandbox.pod().open_gateway(id).unwrap();
    let refused = pod(&shop, &format!("pay-any-invoice --invoice-id {id}"));
    assert_eq!(
        (refused.status, &refused.error()["code"]),
        (1, &json!("72"))
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn with_credit_in_the_order_that_was_typed() {
    let shop = Shop::open().await;
    let there = shop.sandbox.pod();
    let (sponsor, user) = (there.sponsor().user_id(), there.user().user_id());
    let business = there.business().user_id();
    there.delegate(sponsor, business, 100_000).unwrap();
    there.delegate(user, business, 100_000).unwrap();
    let id = issue_id(&shop, "");
    let line = format!(
        "pay-any-invoice --invoice-id {id} --delegator-id {user} --delegator-id {sponsor} --force-delegation true"
    );
    pod(&shop, &line).ok();
    assert_eq!(
        sent(&shop, "delegatorId"),
        [user.to_string(), sponsor.to_string()]
    );
    assert_eq!(sent(&shop, "forceDelegation"), ["true"]);
    assert_eq!(sent(&shop, "wallet"), ["PODLAND_WALLET"]);
    assert_eq!(state(&shop, id), State::Paid);
}

#[tokio::test(flavor = "multi_thread")]
async fn ones_own_as_the_user_it_was_issued_to() {
    let shop = Shop::open().await;
    let user = shop.sandbox.pod().user().user_id();
    let id = issue_id(&shop, &format!(" --user-id {user}"));
    let line = format!("pay-own-invoice --invoice-id {id} --wallet");
    let refused = pod(&shop, &line);
    assert_eq!(
        (refused.status, &refused.error()["code"]),
        (1, &json!("99"))
    );
    pod(&shop, &format!("{line} --as-user")).ok();
    assert_eq!(state(&shop, id), State::Paid);
}

#[tokio::test(flavor = "multi_thread")]
async fn by_sms() {
    let shop = Shop::open().await;
    let user = shop.sandbox.pod().user().user_id();
    for outside in [false, true] {
        let number = format!("sms-{outside}");
        let line = super::ISSUE.replace("1000", &number);
        let issued = shop.line(&format!("--json {line} --user-id {user}")).ok();
        let id = issued["id"].as_u64().unwrap();
        let send = format!("send-payment-sms --invoice-id {id} --sms-content-type 1");
        pod(&shop, &send).ok();
        let text = shop.sandbox.sms().last().unwrap().text.clone();
        let (_, rest) = text.split_once("کد ").unwrap();
        let code = rest.split_whitespace().next().unwrap();
        if outside {
            let confirm = format!("confirm-payment-sms --invoice-id {id} --code");
            let wrong = pod(&shop, &format!("{confirm} 00000"));
            assert_eq!(wrong.status, 1);
            pod(&shop, &format!("{confirm} {code}")).ok();
        } else {
            shop.sandbox.pod().answer_sms(code).unwrap();
        }
        assert_eq!(state(&shop, id), State::Paid, "{outside}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn outside_pod() {
    let shop = Shop::open().await;
    let id = issue_id(&shop, "");
    let run = shop.line(&format!("pod mark-paid --invoice-id {id}"));
    assert_eq!((run.status, &*run.stderr), (0, ""));
    assert!(
        run.stdout.starts_with("The invoice is marked as paid"),
        "{run:?}"
    );
    assert_eq!(state(&shop, id), State::Paid);
}

#[tokio::test(flavor = "multi_thread")]
async fn with_the_money_of_another_invoice() {
    let shop = Shop::open().await;
    let (creditor, debtor) = (owed(&shop), issue_id(&shop, ""));
    let line = |creditor: u64, debtor: u64| {
        format!("pay-with-invoice --creditor-invoice-id {creditor} --debtor-invoice-id {debtor}")
    };
    assert_eq!(pod(&shop, &line(creditor, debtor)).status, 1);
    shop.sandbox.pod().pay_by_card(debtor).unwrap();
    assert_eq!(pod(&shop, &line(debtor, creditor)).status, 1);
    pod(&shop, &line(creditor, debtor)).ok();
    assert_eq!(state(&shop, creditor), State::AwaitingSettlement);
    assert_eq!(sent(&shop, "debtorInvoiceId"), [debtor.to_string()]);
}

#[tokio::test(flavor = "multi_thread")]
async fn on_a_later_day() {
    let shop = Shop::open().await;
    let id = owed(&shop);
    let line = format!("pay-in-future --invoice-id {id} --date 1499/12/29 --wallet");
    pod(&shop, &line).ok();
    assert_eq!(state(&shop, id), State::Guaranteed);
    assert_eq!(sent(&shop, "date"), ["1499/12/29"]);
    assert_eq!(sent(&shop, "wallet"), ["PODLAND_WALLET"]);
    shop.sandbox.clock().advance(VERIFY_WITHIN);
    assert_eq!(state(&shop, id), State::Guaranteed);
}

#[tokio::test(flavor = "multi_thread")]
async fn on_a_later_day_as_the_user_it_was_issued_to_and_never_on_a_day_gone_by() {
    let shop = Shop::open().await;
    let user = shop.sandbox.pod().user().user_id();
    let id = issue_id(&shop, &format!(" --user-id {user}"));
    let line = |day: &str| format!("pay-in-future --invoice-id {id} --date {day} --wallet");
    let refused = pod(&shop, &line("1499/12/29"));
    assert_eq!(
        (refused.status, &refused.error()["code"]),
        (1, &json!("99"))
    );
    let sent_so_far = shop.sandbox.journal().len();
    let gone = pod(&shop, &format!("{} --as-user", line("1404/01/01")));
    assert_eq!(
        (gone.status, &gone.error()["place"]),
        (2, &json!("--date")),
        "{gone:?}"
    );
    assert_eq!(shop.sandbox.journal().len(), sent_so_far);
    pod(&shop, &format!("{} --as-user", line("1499/12/29"))).ok();
    assert_eq!(state(&shop, id), State::Guaranteed);
}

/// Those of `docs/pod.md` that a user calls for an invoice of their own: as copied from there, they are not refused.
#[tokio::test(flavor = "multi_thread")]
async fn the_commands_of_the_guide_that_are_for_a_user() {
    let guide = include_str!("../../../../../docs/pod.md");
    let shop = Shop::open().await;
    let there = shop.sandbox.pod();
    for (number, operation) in ["share-link", "pay-in-future", "pay-own-invoice"]
        .into_iter()
        .enumerate()
    {
        let written = format!("paylink pod {operation} ");
        let line = guide.lines().find(|line| line.starts_with(&written));
        let line = line.expect(operation).split('#').next().unwrap();
        let issue = super::ISSUE.replace("1000", &format!("guide-{number}"));
        let user = there.user().user_id();
        let issued = shop.line(&format!("--json {issue} --user-id {user}")).ok();
        let id = issued["id"].as_u64().unwrap().to_string();
        let line = line
            .replace("paylink ", "--json ")
            .replace("32157", &id)
            .replace("16850", &there.other_user().user_id().to_string())
            .replace("1405/12/29", "1499/12/29");
        shop.line(line.trim()).ok();
    }
    assert_eq!(shop.sandbox.sms().len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_pod_says_in_place_of_true_is_shown() {
    let shop = Shop::open().await;
    let there = shop.sandbox.pod();
    for (done, said) in [
        (DoneAnswer::Text, None),
        (DoneAnswer::Link, Some("/v1/pbc/payinvoice/")),
        (DoneAnswer::Words, Some("عملیات با موفقیت انجام شد")),
    ] {
        there.change_settings(|settings| settings.done = done);
        let issue = super::ISSUE.replace("1000", &format!("{done:?}"));
        let issued = shop.line(&format!("--json {issue}")).ok();
        let id = issued["id"].as_u64().unwrap();
        let told = shop.line(&format!("pod mark-paid --invoice-id {id}"));
        assert_eq!(told.status, 0, "{told:?}");
        let shown = told.stdout.lines().find(|line| line.contains("POD says"));
        assert_eq!(shown.is_some(), said.is_some(), "{told:?}");
        assert!(told.stdout.contains(said.unwrap_or_default()), "{told:?}");
        assert_eq!(state(&shop, id), State::Paid);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refusal_in_words_alone_is_one() {
    let shop = Shop::open().await;
    let there = shop.sandbox.pod();
    there.change_settings(|settings| settings.worded_refusals = WordedRefusals::Absent);
    let (creditor, debtor) = (owed(&shop), issue_id(&shop, ""));
    let line =
        format!("pay-with-invoice --creditor-invoice-id {creditor} --debtor-invoice-id {debtor}");
    let refused = pod(&shop, &line);
    assert_eq!(refused.status, 1, "{refused:?}");
    assert_eq!(refused.error()["effect"], "not_executed");
    assert_eq!(refused.error()["code"], "فاکتور بستانکار پرداخت نشده است");
}

#[tokio::test(flavor = "multi_thread")]
async fn at_a_point_of_sale() {
    let shop = Shop::open().await;
    let id = issue_id(&shop, "");
    let slip = shop.sandbox.pod().pos_purchase(id).unwrap();
    let report = |tracking: &str| {
        let id = id.to_string();
        let words = [
            "--json",
            "pod",
            "pos-payment",
            "--invoice-id",
            &id,
            "--terminal-number",
            &slip.terminal_number,
            "--merchant-code",
            &slip.merchant_code,
            "--reference-number",
            &slip.reference_number,
            "--tracking-number",
            tracking,
            "--transaction-date",
            &slip.transaction_date,
        ];
        shop.run(&words)
    };
    assert_eq!(report("1").status, 1);
    report(&slip.tracking_number).ok();
    assert_eq!(state(&shop, id), State::Paid);
}
