//! What may never become a proof.

use std::time::Duration;

use paylink_core::{CheckResult, ComparedField, Effect, FieldCheck, Settlement};
use paylink_sandbox::Sandbox;
use paylink_sandbox::sizpay::Status;
use paylink_tests::sizpay_shop::{self, PRICE};
use sizpay_client::{DisableLink, Expected, JalaliDate, SendId, SizPay, Via};

use super::client;

/// Sends a link for this order that its payer pays.
async fn paid(sandbox: &Sandbox, sizpay: &SizPay, number: &str) -> SendId {
    let link = sizpay_shop::link(number).unwrap();
    let id = sizpay.send_link(link).await.unwrap().send_id;
    sandbox.sizpay().pay(id.get()).unwrap();
    id
}

#[tokio::test]
async fn another_orders_link_is_a_mismatch() {
    for via in Via::ALL {
        let sandbox = sizpay_shop::open().await.unwrap();
        let sizpay = client(&sandbox, *via);
        let cheap = paid(&sandbox, &sizpay, "1000").await;
        let dear = sizpay_shop::link("1001").unwrap();
        sizpay.send_link(dear).await.unwrap();
        // The record of the dear order with the id of the cheap link.
        let expected = sizpay_shop::expected(&sandbox, cheap, "1001").unwrap();
        let Settlement::Mismatch(found) = sizpay.settle(&expected).await.unwrap() else {
            panic!("{via}: settled");
        };
        assert!(found.has(ComparedField::Order), "{via}: {found}");
    }
}

#[tokio::test]
async fn a_link_of_somebody_else_or_of_nobody_is_no_proof() {
    let sandbox = sizpay_shop::open().await.unwrap();
    let there = sandbox.sizpay();
    let other = there.other_merchant();
    let other = SizPay::builder(other.user_name(), other.password(), other.pay_link_name())
        .base_url(there.base_url())
        .build()
        .unwrap();
    let foreign = paid(&sandbox, &other, "1000").await;
    let nobodys = SendId::new(foreign.get() + 1).unwrap();
    for via in Via::ALL {
        let sizpay = client(&sandbox, *via);
        for id in [foreign, nobodys] {
            let expected = sizpay_shop::expected(&sandbox, id, "1000").unwrap();
            let error = sizpay.settle(&expected).await.unwrap_err();
            assert_eq!(error.effect(), Effect::NotExecuted, "{via}: {error}");
        }
    }
}

#[tokio::test]
async fn another_days_link_is_no_proof_over_rest() {
    let sandbox = sizpay_shop::open().await.unwrap();
    let rest = client(&sandbox, Via::Rest);
    let id = paid(&sandbox, &rest, "1000").await;
    let day = Duration::from_secs(24 * 60 * 60);
    for time in [
        sandbox.clock().now() - 2 * day,
        sandbox.clock().now() + 2 * day,
    ] {
        let other_day = JalaliDate::from_system_time(time).unwrap();
        let expected = Expected::new(id, "1000", PRICE, other_day).unwrap();
        let error = rest.settle(&expected).await.unwrap_err();
        assert_eq!(error.effect(), Effect::NotExecuted, "{error}");
    }
    // The negative control: on its own day it is one.
    let own_day = sizpay_shop::day_of(&sandbox, id).unwrap();
    let expected = Expected::new(id, "1000", PRICE, own_day).unwrap();
    assert!(rest.settle(&expected).await.unwrap().proof().is_some());
}

#[tokio::test]
async fn a_disabled_link_is_never_paid() {
    for via in Via::ALL {
        let sandbox = sizpay_shop::open().await.unwrap();
        let sizpay = client(&sandbox, *via);
        let link = sizpay_shop::link("1000").unwrap();
        let id = sizpay.send_link(link).await.unwrap().send_id;
        let day = sizpay_shop::day_of(&sandbox, id).unwrap();
        let rest = client(&sandbox, Via::Rest);
        rest.disable_link(DisableLink::by_invoice_number("1000", day).unwrap())
            .await
            .unwrap();
        assert_eq!(
            sandbox.sizpay().link(id.get()).unwrap().status,
            Status::Disabled
        );
        assert!(sandbox.sizpay().pay(id.get()).is_err());
        let expected = sizpay_shop::expected(&sandbox, id, "1000").unwrap();
        let settlement = sizpay.settle(&expected).await.unwrap();
        assert!(
            matches!(settlement, Settlement::NotPaid(_)),
            "{via}: {settlement:?}"
        );
    }
}

#[tokio::test]
async fn a_proof_says_what_sizpay_never_reports() {
    let sandbox = sizpay_shop::open().await.unwrap();
    for via in Via::ALL {
        let sizpay = client(&sandbox, *via);
        let id = paid(&sandbox, &sizpay, via.as_str()).await;
        let expected = sizpay_shop::expected(&sandbox, id, via.as_str()).unwrap();
        let settlement = sizpay.settle(&expected).await.unwrap();
        let proof = settlement.proof().unwrap();
        let checked = |wanted| {
            let of = |checked| {
                proof
                    .checks()
                    .iter()
                    .filter(move |it| it.result() == checked)
            };
            of(wanted).map(FieldCheck::field).collect::<Vec<_>>()
        };
        assert_eq!(
            checked(CheckResult::NotReported),
            [
                ComparedField::Currency,
                ComparedField::Amount,
                ComparedField::Merchant
            ],
            "{via}"
        );
        assert_eq!(
            checked(CheckResult::Equal),
            [ComparedField::Order, ComparedField::Reference],
            "{via}"
        );
    }
}
