use std::time::Duration;

use paylink_sandbox::pod::{AfterTimeout, Failure, SecondVerify, VERIFY_WITHIN};
use paylink_sandbox::{Fault, Sandbox};
use paylink_tests::impatience::Impatience;
use paylink_tests::pod_shop::{self, expected, order, told};
use pod_invoice_client::{Effect, InvoiceId, Pod, Settlement, State};

/// A sandbox with an invoice that has to be verified.
async fn issued() -> (Sandbox, Pod, InvoiceId) {
    let sandbox = Sandbox::start().await.unwrap();
    let pod = pod_shop::pod(&sandbox, Impatience::new()).unwrap();
    let invoice = order("1000").unwrap().with_verification();
    let id = pod.issue_invoice(invoice).await.unwrap().value.id;
    (sandbox, pod, id)
}

async fn settle(pod: &Pod, id: InvoiceId) -> &'static str {
    told(&pod.settle(&expected(id, "1000").unwrap()).await.unwrap())
}

#[tokio::test]
async fn a_payment_is_settled_once_it_is_there_and_not_before() {
    for second_verify in [SecondVerify::Refuses, SecondVerify::AnswersInvoice] {
        let (sandbox, pod, id) = issued().await;
        let there = sandbox.pod();
        there.change_settings(|settings| settings.second_verify = second_verify);
        assert_eq!(settle(&pod, id).await, "not paid, unverified");
        there.open_gateway(id.get()).unwrap();
        assert!(settle(&pod, id).await.starts_with("not paid"));
        there.pay_by_card(id.get()).unwrap();
        assert_eq!(settle(&pod, id).await, "settled");
        assert_eq!(settle(&pod, id).await, "already settled");
        assert_eq!(there.invoice(id.get()).unwrap().times_verified(), 1);
    }
}

#[tokio::test]
async fn after_an_hour_the_money_is_back_and_nothing_is_proved() {
    for (after_timeout, came_to) in [
        (AfterTimeout::Unpaid, "not paid, unverified"),
        (AfterTimeout::Canceled, "not paid, cancelled"),
    ] {
        let (sandbox, pod, id) = issued().await;
        let there = sandbox.pod();
        there.change_settings(|settings| settings.after_timeout = after_timeout);
        let payer = there.user().user_id();
        let before = there.wallet(payer).unwrap();
        there.pay_by_wallet(id.get()).unwrap();
        assert_ne!(there.wallet(payer).unwrap(), before);

        sandbox.clock().advance(VERIFY_WITHIN);
        assert_eq!(settle(&pod, id).await, came_to);
        let invoice = there.invoice(id.get()).unwrap();
        assert!(invoice.given_back_at().is_some());
        assert_eq!(invoice.times_verified(), 0);
        assert_eq!(there.wallet(payer).unwrap(), before);
    }
}

#[tokio::test]
async fn within_the_hour_there_is_still_time() {
    let (sandbox, pod, id) = issued().await;
    sandbox.pod().pay_by_wallet(id.get()).unwrap();
    // The sandbox's clock goes on while the calls are made.
    let nearly = VERIFY_WITHIN.checked_sub(Duration::from_secs(60)).unwrap();
    sandbox.clock().advance(nearly);
    assert_eq!(settle(&pod, id).await, "settled");
    sandbox.clock().advance(VERIFY_WITHIN);
    assert_eq!(settle(&pod, id).await, "already settled");
}

#[tokio::test]
async fn what_is_verified_by_timeout_is_settled() {
    let sandbox = Sandbox::start().await.unwrap();
    let pod = pod_shop::pod(&sandbox, Impatience::new()).unwrap();
    let invoice = order("1000")
        .unwrap()
        .with_verification()
        .with_verification_timeout();
    let id = pod.issue_invoice(invoice).await.unwrap().value.id;
    sandbox.pod().pay_by_wallet(id.get()).unwrap();
    sandbox.clock().advance(VERIFY_WITHIN);
    assert_eq!(settle(&pod, id).await, "already settled");
}

#[tokio::test]
async fn a_verify_whose_answer_is_lost_is_settled_by_the_next_settle() {
    let faults = [
        Fault::DropAfter,
        Fault::Truncated,
        Fault::HtmlAfter,
        Fault::StatusAfter(502),
    ];
    for fault in faults {
        let (sandbox, pod, id) = issued().await;
        sandbox.pod().pay_by_card(id.get()).unwrap();
        sandbox.faults().next("pod", "verify-invoice", fault);
        let error = pod
            .settle(&expected(id, "1000").unwrap())
            .await
            .unwrap_err();
        assert_eq!(error.effect(), Effect::Unknown, "{fault}");
        assert_eq!(settle(&pod, id).await, "already settled", "{fault}");
        let invoice = sandbox.pod().invoice(id.get()).unwrap();
        assert_eq!(invoice.times_verified(), 1);
    }
}

#[tokio::test]
async fn a_verify_that_pod_itself_lost_is_settled_by_the_next_settle() {
    for failure in [Failure::ServiceTimeout, Failure::RelayFailed] {
        for (executed, next) in [(true, "already settled"), (false, "settled")] {
            let (sandbox, pod, id) = issued().await;
            let there = sandbox.pod();
            there.pay_by_card(id.get()).unwrap();
            if executed {
                there.fail_after("verify-invoice", failure);
            } else {
                there.fail_before("verify-invoice", failure);
            }
            let settling = pod.settle(&expected(id, "1000").unwrap()).await;
            let error = settling.unwrap_err();
            assert_eq!(error.effect(), Effect::Unknown, "{failure:?}");
            assert_eq!(settle(&pod, id).await, next, "{failure:?}");
            let invoice = there.invoice(id.get()).unwrap();
            assert_eq!(invoice.times_verified(), 1);
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_settles_at_once_both_prove_and_verify_once() {
    for second_verify in [SecondVerify::Refuses, SecondVerify::AnswersInvoice] {
        for _ in 0..5 {
            let (sandbox, pod, id) = issued().await;
            let there = sandbox.pod();
            there.change_settings(|settings| settings.second_verify = second_verify);
            there.pay_by_card(id.get()).unwrap();
            let expected = expected(id, "1000").unwrap();
            // Both have read that it is unverified before either verifies.
            let slow = Fault::Delay(Duration::from_millis(10));
            sandbox.faults().times("pod", "verify-invoice", 2, slow);
            let (one, other) = tokio::join!(pod.settle(&expected), pod.settle(&expected));
            for settlement in [one.unwrap(), other.unwrap()] {
                assert!(settlement.proof().is_some(), "{}", told(&settlement));
            }
            let invoice = there.invoice(id.get()).unwrap();
            assert_eq!(invoice.times_verified(), 1, "{second_verify:?}");
        }
    }
}

/// A payer who pays later finds the merchant's deadline running from then on.
#[tokio::test]
async fn what_went_back_can_be_paid_and_settled_again() {
    let (sandbox, pod, id) = issued().await;
    sandbox.pod().pay_by_wallet(id.get()).unwrap();
    sandbox.clock().advance(VERIFY_WITHIN);
    assert_eq!(settle(&pod, id).await, "not paid, unverified");
    sandbox.pod().pay_by_wallet(id.get()).unwrap();
    let settlement = pod.settle(&expected(id, "1000").unwrap()).await.unwrap();
    let Settlement::Settled(proof) = settlement else {
        panic!("{}", told(&settlement));
    };
    assert_eq!(proof.order(), "1000");
    let listed = pod_invoice_client::ListInvoices::one(id);
    let invoices = pod.list_invoices(listed).await.unwrap().value.invoices;
    assert_eq!(invoices[0].state(), State::Paid);
}
