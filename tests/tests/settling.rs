//! Whole flows against the sandbox: unknown outcomes are resolved, and what is paid is settled exactly once.

use std::time::Duration;

use paylink_core::{ComparedField, Effect, Resolution, Settlement};
use paylink_sandbox::{Fault, Sandbox, zipay::SecondVerify};
use paylink_testkit::assert_matches;
use paylink_tests::chance::ANSWER_LOST;
use paylink_tests::impatience;
use paylink_tests::shop;
use zipay_client::{CreatedInvoice, Currency, Expected, Money, Status, ZiPay};

#[tokio::test]
async fn a_create_that_was_executed_is_found_by_the_shops_own_number() {
    let (sandbox, zipay) = opened().await;
    for fault in ANSWER_LOST {
        let number = format!("lost {fault}");
        sandbox
            .faults()
            .next("zipay", "create-invoice", fault)
            .unwrap();
        let order = shop::order(&number).unwrap();
        let error = zipay.create_invoice(order).await.unwrap_err();
        assert_eq!(error.effect(), Effect::Unknown, "{error}");

        // The handle goes through the shop's store.
        let stored = serde_json::to_string(error.handle().unwrap()).unwrap();
        let handle = serde_json::from_str(&stored).unwrap();
        let Resolution::Executed(found) = zipay.resolve(&handle).await.unwrap() else {
            panic!("{fault}: not found");
        };
        assert_eq!(found.invoice.invoice_number, number);
        assert_eq!(found.invoice.status, Status::Generated);
        let page = format!("/zipay/invoice_v1/{}", found.invoice.track_id);
        let path = found.redirect.as_str().strip_prefix(sandbox.url());
        assert_eq!(path, Some(&*page));
    }
    assert_eq!(sandbox.zipay().invoices().len(), 4);
}

#[tokio::test]
async fn a_create_that_never_was_is_known_after_the_settling_time() {
    let sandbox = Sandbox::start().await.unwrap();
    let clock = impatience::clock();
    let zipay = shop::zipay(&sandbox, clock.clone()).unwrap();
    let faults = sandbox.faults();
    faults
        .next("zipay", "create-invoice", Fault::DropBefore)
        .unwrap();
    let order = shop::order("1000").unwrap();
    let error = zipay.create_invoice(order).await.unwrap_err();
    assert_eq!(error.effect(), Effect::Unknown);
    let handle = error.handle().unwrap();

    let Resolution::StillUnknown { retry_after } = zipay.resolve(handle).await.unwrap() else {
        panic!("too early to say");
    };
    let settling = Duration::from_secs(180);
    assert!(retry_after <= settling && retry_after + Duration::from_secs(1) > settling);
    clock.advance(retry_after);
    let resolution = zipay.resolve(handle).await.unwrap();
    assert_eq!(resolution, Resolution::NotExecuted);
    assert!(sandbox.zipay().invoices().is_empty());

    created_at(&zipay, "1000").await;
}

#[tokio::test]
async fn a_number_that_belongs_to_another_amount_is_no_resolution() {
    let (_sandbox, zipay) = opened().await;
    created_at(&zipay, "1000").await;

    let pricier = Money::new("999", Currency::Usd).unwrap();
    let invoice = zipay_client::NewInvoice::new("1000", pricier, "https://shop.example/").unwrap();
    let handle = zipay.create_invoice(invoice).handle();
    let error = zipay.resolve(&handle).await.unwrap_err();
    let found = error.mismatch().unwrap();
    assert!(found.has(ComparedField::Amount), "{error}");
    assert_eq!(error.effect(), Effect::Unknown);
}

#[tokio::test]
async fn a_verify_whose_answer_was_lost_is_settled_by_the_next_settle() {
    for fault in ANSWER_LOST {
        let (sandbox, zipay) = opened().await;
        let created = created_at(&zipay, "1000").await;
        sandbox.zipay().pay(created.track_id.as_str()).unwrap();
        let expected = shop::expected(&created.track_id, "1000").unwrap();

        sandbox.faults().next("zipay", "verify", fault).unwrap();
        let error = zipay.settle(&expected).await.unwrap_err();
        assert_eq!(error.effect(), Effect::Unknown, "{fault}");
        assert_eq!(error.operation(), Some("verify"));
        assert_matches!(
            zipay.resolve(error.handle().unwrap()).await.unwrap(),
            Resolution::Executed(_)
        );

        let settlement = zipay.settle(&expected).await.unwrap();
        assert_matches!(settlement, Settlement::AlreadySettled(_), "{fault}");
        let there = sandbox.zipay().invoice(created.track_id.as_str()).unwrap();
        assert_eq!(there.times_verified(), 1);
    }
}

#[tokio::test]
async fn a_verify_that_never_arrived_is_done_by_the_next_settle() {
    let (sandbox, zipay) = opened().await;
    let created = created_at(&zipay, "1000").await;
    sandbox.zipay().pay(created.track_id.as_str()).unwrap();
    let expected = shop::expected(&created.track_id, "1000").unwrap();

    let faults = sandbox.faults();
    faults.next("zipay", "verify", Fault::DropBefore).unwrap();
    let error = zipay.settle(&expected).await.unwrap_err();
    assert_eq!(error.effect(), Effect::Unknown);
    let settlement = zipay.settle(&expected).await.unwrap();
    assert_matches!(settlement, Settlement::Settled(_));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_settles_at_once_both_prove_and_verify_once() {
    for second_verify in [SecondVerify::AnswersCompleted, SecondVerify::Refuses] {
        let (sandbox, zipay) = opened().await;
        let there = sandbox.zipay();
        there.change_settings(|it| it.second_verify = second_verify);
        for round in 0..20 {
            let number = round.to_string();
            let created = created_at(&zipay, &number).await;
            sandbox.zipay().pay(created.track_id.as_str()).unwrap();
            let expected = shop::expected(&created.track_id, &number).unwrap();
            // Both have read "pending" before either verifies.
            let slow = Fault::Delay(Duration::from_millis(10));
            sandbox.faults().times("zipay", "verify", 2, slow).unwrap();
            let (one, other) = tokio::join!(zipay.settle(&expected), zipay.settle(&expected));
            sandbox.faults().clear();
            for settlement in [one.unwrap(), other.unwrap()] {
                let proof = settlement.proof().expect("a proof");
                assert_eq!(proof.order(), number);
                assert_eq!(proof.reference(), created.track_id.as_str());
            }
            let there = there.invoice(created.track_id.as_str()).unwrap();
            assert_eq!(there.times_verified(), 1, "{second_verify:?}");
        }
    }
}

#[tokio::test]
async fn nothing_is_delivered_before_it_is_paid_or_after_it_went_back() {
    let (sandbox, zipay) = opened().await;
    let created = created_at(&zipay, "1000").await;
    let expected = shop::expected(&created.track_id, "1000").unwrap();
    let status_now = async || match zipay.settle(&expected).await.unwrap() {
        Settlement::NotPaid(invoice) => invoice.status,
        other => panic!("{other:?}"),
    };
    assert_eq!(status_now().await, Status::Generated);
    sandbox.zipay().pay(created.track_id.as_str()).unwrap();
    sandbox.clock().advance(Duration::from_secs(30 * 60 + 1));
    assert_eq!(status_now().await, Status::Rejected);

    let another = created_at(&zipay, "1001").await;
    sandbox.zipay().pay(another.track_id.as_str()).unwrap();
    let expected = shop::expected(&another.track_id, "1001").unwrap();
    assert!(zipay.settle(&expected).await.unwrap().proof().is_some());
    let refunded = zipay.refund_invoice(&another.track_id).await.unwrap();
    assert_eq!(refunded.status, Status::Refunded);
    assert!(zipay.settle(&expected).await.unwrap().proof().is_none());
}

#[tokio::test]
async fn a_cheap_payment_settles_no_dear_order() {
    let (sandbox, zipay) = opened().await;
    let created = created_at(&zipay, "1000").await;
    sandbox.zipay().pay(created.track_id.as_str()).unwrap();
    let price = shop::price().unwrap();
    let record = |number: &str, amount: Money| {
        Expected::new(created.track_id.clone(), number, amount).unwrap()
    };
    let pricier = Money::new("100.990001", Currency::Usd).unwrap();
    let other_currency = Money::new(shop::PRICE, Currency::Usdt).unwrap();
    let at_other = record("1000", price).with_terminal(sandbox.zipay().second_terminal());
    let cases = [
        (record("1000", pricier), ComparedField::Amount),
        (record("1000", other_currency), ComparedField::Currency),
        (record("1001", price), ComparedField::Order),
        (at_other.unwrap(), ComparedField::Merchant),
    ];
    for (expected, field) in cases {
        let Settlement::Mismatch(found) = zipay.settle(&expected).await.unwrap() else {
            panic!("{field:?} passed");
        };
        assert!(found.has(field), "{found}");
        assert_eq!(found.differences().len(), 1, "{found}");
    }
    let there = sandbox.zipay().invoice(created.track_id.as_str()).unwrap();
    assert_eq!(there.times_verified(), 0);
}

#[tokio::test]
async fn all_pages_of_a_list_are_read_once() {
    let (_sandbox, zipay) = opened().await;
    for number in 0..25 {
        created_at(&zipay, &number.to_string()).await;
    }
    let list = zipay_client::ListInvoices::new().with_limit(7).unwrap();
    let mut all = zipay.all_invoices(list);
    let mut numbers = Vec::new();
    while let Some(invoice) = all.next().await {
        numbers.push(invoice.unwrap().invoice_number.parse::<u32>().unwrap());
    }
    assert_eq!(numbers, (0..25).collect::<Vec<_>>());
}

#[tokio::test]
async fn a_look_up_that_fails_leaves_the_outcome_unknown() {
    let (sandbox, zipay) = opened().await;
    let handle = zipay.create_invoice(shop::order("1000").unwrap()).handle();
    let faults = sandbox.faults();
    faults
        .times("zipay", "list", 3, Fault::Status(503))
        .unwrap();
    let error = zipay.resolve(&handle).await.unwrap_err();
    assert_eq!(error.effect(), Effect::Unknown, "{error}");
    assert_eq!(error.handle(), Some(&handle));
}

/// A sandbox, and the shop's client of its ZiPay.
async fn opened() -> (Sandbox, ZiPay) {
    let sandbox = Sandbox::start().await.unwrap();
    let zipay = shop::zipay(&sandbox, impatience::clock()).unwrap();
    (sandbox, zipay)
}

/// The invoice of an order.
async fn created_at(zipay: &ZiPay, number: &str) -> CreatedInvoice {
    let order = shop::order(number).unwrap();
    zipay.create_invoice(order).await.unwrap()
}
