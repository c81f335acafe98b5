//! What becomes of an invoice, and failures in POD's own envelope.

use std::time::Duration;

use paylink_sandbox::pod::{
    AfterTimeout, BillNumbers, EventKind, Failure, GATEWAY_WAITS, PosInquiry, State, VERIFY_WITHIN,
};

use serde_json::json;

use crate::client::{Param, of};
use crate::pod::{Shop, earned, open, report, snapshot};

const SECOND: Duration = Duration::from_secs(1);

#[tokio::test]
async fn a_three_step_payment_counts_once_verified() {
    let (sandbox, shop) = open().await;
    let pod = sandbox.pod();
    let different = [("verificationNeeded", "true"), ("billNumber", "7")];
    let id = shop.issue_id(&different).await;
    shop.refuses(29809, &[("billNumber", "7")], 55).await;
    pod.pay_by_card(id).unwrap();
    let waiting = shop.invoice(id).await;
    assert_eq!(of(&waiting, &["payed", "waiting"]), json!([false, true]));
    assert!(waiting["paymentDate"].as_u64().unwrap() > 0);
    assert_eq!(waiting["maskedCardNumber"], "502229******0008");
    assert_eq!(earned(pod, pod.business()), "0");
    let verified = shop.done(29809, &[("billNumber", "7")]).await;
    assert_eq!(of(&verified, &["payed", "waiting"]), json!([true, false]));
    assert_eq!(earned(pod, pod.business()), "50000");
    sandbox.clock().advance(2 * VERIFY_WITHIN);
    assert_eq!(snapshot(pod, id).state, State::Paid);
}

#[tokio::test]
async fn the_money_goes_back_after_an_hour_without_verification() {
    let (sandbox, shop) = open().await;
    let pod = sandbox.pod();
    assert_eq!(VERIFY_WITHIN, 3600 * SECOND);
    let user = pod.user().user_id();
    let user_id = user.to_string();
    let issue = [("verificationNeeded", "true"), ("userId", user_id.as_str())];
    let (by_wallet, by_card) = (shop.issue_id(&issue).await, shop.issue_id(&issue).await);
    pod.pay_by_wallet(by_wallet).unwrap();
    assert_eq!(pod.wallet(user).unwrap(), "99950000");
    pod.pay_by_card(by_card).unwrap();
    let almost = VERIFY_WITHIN.saturating_sub(10 * SECOND);
    sandbox.clock().advance(almost);
    assert_eq!(snapshot(pod, by_wallet).state, State::AwaitingVerification);
    sandbox.clock().advance(10 * SECOND);
    // From the wallet back to the wallet, and from the card to the wallet too.
    assert_eq!(pod.wallet(user).unwrap(), "100050000");
    let invoice = snapshot(pod, by_wallet);
    assert_eq!(invoice.state, State::Unpaid);
    let paid_at = invoice.history[1].at;
    assert_eq!(invoice.given_back_at(), Some(paid_at + VERIFY_WITHIN));
    shop.refuses(29809, &[("id", &by_wallet.to_string())], 55)
        .await;
    let listed = shop.invoice(by_card).await;
    assert_eq!(of(&listed, &["payed", "paymentDate"]), json!([false, 0]));
    assert!(listed.get("maskedCardNumber").is_none());
    pod.pay_by_wallet(by_wallet).unwrap();
}

#[tokio::test]
async fn after_the_hour_it_may_be_cancelled_or_verified_by_itself() {
    let (sandbox, shop) = open().await;
    let pod = sandbox.pod();
    pod.change_settings(|settings| settings.after_timeout = AfterTimeout::Canceled);
    let lost = shop.issue_id(&[("verificationNeeded", "true")]).await;
    let by_itself = ("verifyAfterTimeout", "true");
    let kept = [("verificationNeeded", "true"), by_itself];
    let kept = shop.issue_id(&kept).await;
    pod.pay_by_card(lost).unwrap();
    pod.pay_by_card(kept).unwrap();
    sandbox.clock().advance(VERIFY_WITHIN);
    shop.refuses(29809, &[("id", &lost.to_string())], 32).await;
    let kept = snapshot(pod, kept);
    assert_eq!((kept.state, kept.times_verified()), (State::Paid, 1));
    assert_eq!(earned(pod, pod.business()), "50000");
}

#[tokio::test]
async fn verify_and_close_does_both() {
    let (sandbox, shop) = open().await;
    let id = shop.issue_id(&[("verificationNeeded", "true")]).await;
    let named = id.to_string();
    let named = [("id", named.as_str())];
    shop.refuses(29808, &named, 55).await;
    sandbox.pod().pay_by_card(id).unwrap();
    shop.refuses(29812, &named, 58).await;
    let closed = shop.done(29808, &named).await;
    assert_eq!(of(&closed, &["payed", "closed"]), json!([true, true]));
    for number in [29808, 29809, 29812, 29810] {
        shop.refuses(number, &named, 45).await;
    }
}

#[tokio::test]
async fn only_paid_invoices_close_and_only_unpaid_ones_cancel() {
    let (sandbox, shop) = open().await;
    let pod = sandbox.pod();
    let id = shop.issue_id(&[]).await;
    let named = id.to_string();
    let named = [("id", named.as_str())];
    shop.refuses(29812, &named, 55).await;
    pod.open_gateway(id).unwrap();
    shop.refuses(29810, &named, 72).await;
    pod.pay_by_card(id).unwrap();
    shop.refuses(29810, &named, 24).await;
    shop.gives(29812, &named, true).await;

    let other = shop.issue_id(&[]).await;
    let named = other.to_string();
    let named = [("id", named.as_str())];
    shop.gives(29810, &named, true).await;
    shop.refuses(29810, &named, 32).await;
    assert_eq!(shop.invoice(other).await["canceled"], true);
    assert!(shop.invoice(other).await["cancelDate"].as_u64().unwrap() > 0);
}

#[tokio::test]
async fn cancelling_before_verification_gives_the_money_back() {
    let (sandbox, shop) = open().await;
    let pod = sandbox.pod();
    let id = shop.issue_id(&[("verificationNeeded", "true")]).await;
    pod.pay_by_wallet(id).unwrap();
    let user = pod.user().user_id();
    assert_eq!(pod.wallet(user).unwrap(), "99950000");
    shop.done(29810, &[("id", &id.to_string())]).await;
    assert_eq!(pod.wallet(user).unwrap(), "100000000");
    sandbox.clock().advance(2 * VERIFY_WITHIN);
    assert_eq!(snapshot(pod, id).state, State::Canceled);
    assert_eq!(pod.wallet(user).unwrap(), "100000000");
}

#[tokio::test]
async fn what_was_paid_elsewhere_is_marked() {
    let (sandbox, shop) = open().await;
    let pod = sandbox.pod();
    let id = shop.issue_id(&[("verificationNeeded", "true")]).await;
    shop.gives(29799, &[("invoiceId", &id.to_string())], true)
        .await;
    let invoice = snapshot(pod, id);
    assert_eq!(invoice.state, State::Paid);
    assert_eq!(invoice.history.last().unwrap().kind, EventKind::MarkedPaid);
    assert_eq!(earned(pod, pod.business()), "0");
}

#[tokio::test]
async fn a_purchase_at_a_point_of_sale_is_looked_up() {
    let (sandbox, shop) = open().await;
    let pod = sandbox.pod();
    let (id, other) = (shop.issue_id(&[]).await, shop.issue_id(&[]).await);
    let made = pod.pos_purchase(id).unwrap();
    let (id_text, other_text) = (id.to_string(), other.to_string());
    shop.refuses(29801, &report(&other_text, &made), 1002).await;
    for place in 1..6 {
        let mut wrong = report(&id_text, &made).to_vec();
        wrong[place].1 = "1403/01/01 00:00:00";
        shop.refuses(29801, &wrong, 1002).await;
        wrong.remove(place);
        shop.refuses(29801, &wrong, 1001).await;
    }
    shop.gives(29801, &report(&id_text, &made), true).await;
    assert_eq!(snapshot(pod, id).state, State::Paid);
    shop.refuses(29801, &report(&id_text, &made), 24).await;

    pod.change_settings(|settings| settings.pos_inquiry = PosInquiry::Trusts);
    shop.done(29801, &report(&other_text, &made)).await;
}

#[tokio::test]
async fn the_gateway_loses_patience() {
    let (sandbox, shop) = open().await;
    let pod = sandbox.pod();
    let id = shop.issue_id(&[]).await;
    pod.open_gateway(id).unwrap();
    let almost = GATEWAY_WAITS.saturating_sub(10 * SECOND);
    sandbox.clock().advance(almost);
    assert_eq!(snapshot(pod, id).state, State::AtGateway);
    sandbox.clock().advance(10 * SECOND);
    assert_eq!(snapshot(pod, id).state, State::Unpaid);
    pod.pay_by_card(id).unwrap();
    assert_eq!(snapshot(pod, id).times_paid(), 1);
}

#[tokio::test]
async fn a_new_visit_to_the_gateway_has_all_the_time_again() {
    let (sandbox, shop) = open().await;
    let pod = sandbox.pod();
    let id = shop.issue_id(&[]).await;
    pod.open_gateway(id).unwrap();
    sandbox.clock().advance(600 * SECOND);
    pod.leave_gateway(id).unwrap();
    pod.open_gateway(id).unwrap();
    sandbox.clock().advance(600 * SECOND);
    assert_eq!(snapshot(pod, id).state, State::AtGateway);
    sandbox.clock().advance(300 * SECOND);
    assert_eq!(snapshot(pod, id).state, State::Unpaid);
}

#[tokio::test]
async fn a_purchase_and_a_code_pay_once_even_if_the_money_went_back() {
    let (sandbox, shop) = open().await;
    let pod = sandbox.pod();
    let user_id = pod.user().user_id().to_string();
    let different = [("userId", &*user_id), ("verificationNeeded", "true")];
    let id = shop.issue_id(&different).await;
    let text = id.to_string();
    let made = pod.pos_purchase(id).unwrap();
    let report = report(&text, &made);
    shop.done(29801, &report).await;
    sandbox.clock().advance(VERIFY_WITHIN);
    shop.refuses(29801, &report, 1002).await;

    shop.done(29807, &[("invoiceId", &text)]).await;
    let message = sandbox.sms().pop().unwrap().text;
    let code = message.split_once("کد ").unwrap().1.split(' ').next();
    let confirm = [("invoiceId", text.as_str()), ("code", code.unwrap())];
    shop.done(369_550, &confirm).await;
    sandbox.clock().advance(VERIFY_WITHIN);
    shop.refuses(369_550, &confirm, 1001).await;
    assert_eq!(snapshot(pod, id).times_paid(), 2);
}

#[tokio::test]
async fn a_bill_number_is_taken_once() {
    let (sandbox, shop) = open().await;
    let numbered = crate::pod::new(&[("billNumber", "7")]);
    shop.done(29796, &numbered).await;
    shop.refuses(29796, &numbered, 1001).await;
    let pod = sandbox.pod();
    let other = Shop::of_account(&sandbox, pod.other_business());
    other.done(29796, &numbered).await;
    pod.change_settings(|settings| settings.bill_numbers = BillNumbers::Repeatable);
    shop.done(29796, &numbered).await;
}

const WALLET: Param<'_> = ("wallet", "PODLAND_WALLET");

#[tokio::test]
async fn pod_fails_in_its_own_envelope_before_or_after_executing() {
    let (sandbox, shop) = open().await;
    let pod = sandbox.pod();
    for (failure, code) in [
        (Failure::ServiceTimeout, 227),
        (Failure::RelayFailed, 378),
        (Failure::Internal, 999),
    ] {
        let id = shop.issue_id(&[]).await;
        let text = id.to_string();
        let params = [("invoiceId", text.as_str()), WALLET];
        pod.fail_before("pay-any-invoice", failure);
        shop.refuses(29821, &params, code).await;
        assert_eq!(snapshot(pod, id).state, State::Unpaid);
        pod.fail_after("pay-any-invoice", failure);
        shop.refuses(29821, &params, code).await;
        assert_eq!(snapshot(pod, id).state, State::Paid);
        shop.refuses(29821, &params, 24).await;
        assert_eq!(snapshot(pod, id).times_paid(), 1);
    }
}

#[tokio::test]
async fn a_failure_waits_for_its_own_operation_and_for_a_caller_who_is_let_in() {
    let (sandbox, shop) = open().await;
    sandbox.pod().fail_before("cancel", Failure::Internal);
    let id = shop.issue_id(&[]).await.to_string();
    let mut wrong = Shop::of(&sandbox);
    wrong.api_key = "0000".to_owned();
    wrong.refuses(29810, &[("id", &id)], 4).await;
    shop.refuses(29810, &[("id", &id)], 999).await;
    shop.gives(29810, &[("id", &id)], true).await;
}
