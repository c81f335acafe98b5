//! No other payment, no browser and no other sum ever makes a proof.

use cardpay_client::{CardNumber, Expected, PayId, PaymentRecord, PaymentState, Settlement};
use paylink_core::{ComparedField, ErrorKind, Rial};
use paylink_sandbox::Sandbox;
use paylink_tests::cardpay_shop::{self, PRICE};
use paylink_tests::impatience::Impatience;

fn expected(number: u64, price: Rial, record: &PaymentRecord) -> Expected {
    Expected::new(number, price, record.clone()).unwrap()
}

/// How often the script was asked.
fn checks(sandbox: &Sandbox) -> usize {
    let journal = sandbox.journal();
    let checks = journal.iter().filter(|entry| entry.operation == "check");
    checks.count()
}

#[tokio::test]
async fn a_paid_payment_settles_no_other_order() {
    let sandbox = Sandbox::start().await.unwrap();
    let cardpay = cardpay_shop::cardpay(&sandbox, Impatience::new()).unwrap();
    let paid = cardpay
        .create(cardpay_shop::order(1).unwrap())
        .await
        .unwrap();
    sandbox.cardpay().pay(paid.pay_id.get()).unwrap();
    let dearer = Rial::new(PRICE.get() + 1);
    for (number, price, field) in [
        (2, PRICE, ComparedField::Order),
        (1, dearer, ComparedField::Amount),
    ] {
        let settlement = cardpay
            .settle(&expected(number, price, paid.record()))
            .await;
        let Settlement::Mismatch(found) = settlement.unwrap() else {
            panic!("{field:?} passed");
        };
        assert!(
            found.has(field) && found.differences().len() == 1,
            "{found}"
        );
    }
    // Another shop has a payment of this id as well.
    let record = serde_json::to_string(paid.record()).unwrap();
    let elsewhere = record.replace("/cardpay/api/", "/cardpay/other/api/");
    let elsewhere = serde_json::from_str(&elsewhere).unwrap();
    let settlement = cardpay
        .settle(&expected(1, PRICE, &elsewhere))
        .await
        .unwrap();
    assert!(
        matches!(&settlement, Settlement::Mismatch(found) if found.has(ComparedField::Merchant)),
        "{settlement:?}"
    );

    // The first verification was not spent on any of them.
    assert_eq!(checks(&sandbox), 0);
    let settlement = cardpay.settle(&expected(1, PRICE, paid.record())).await;
    let settlement = settlement.unwrap();
    assert!(
        matches!(settlement, Settlement::Settled(_)),
        "{settlement:?}"
    );
    let proof = settlement.proof().unwrap();
    assert_eq!(proof.order(), "1");
    assert_eq!(proof.amount(), &paid.transfer_exactly.money());
}

#[tokio::test]
async fn a_pay_id_that_a_browser_brought_has_no_way_into_a_settlement() {
    let sandbox = Sandbox::start().await.unwrap();
    let cardpay = cardpay_shop::cardpay(&sandbox, Impatience::new()).unwrap();
    let paid = cardpay
        .create(cardpay_shop::order(1).unwrap())
        .await
        .unwrap();
    let unpaid = cardpay
        .create(cardpay_shop::order(2).unwrap())
        .await
        .unwrap();
    sandbox.cardpay().pay(paid.pay_id.get()).unwrap();
    // The id of somebody's paid payment says "paid", as it does to everybody; what comes of it is a state.
    let forged = PayId::new(paid.pay_id.get()).unwrap();
    let state: PaymentState = cardpay.check(forged).await.unwrap().state;
    assert_eq!(state, PaymentState::FirstVerification);
    // The order is settled by the record of its own payment.
    let settlement = cardpay.settle(&expected(2, PRICE, unpaid.record())).await;
    assert!(matches!(
        settlement.unwrap(),
        Settlement::NotPaid(PaymentState::NotPaidYet)
    ));

    let made_up = PayId::new(999_999).unwrap();
    let error = cardpay.check(made_up).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Refused);
}

#[tokio::test]
async fn another_sum_pays_nothing_or_whoever_waits_for_it() {
    let sandbox = Sandbox::start().await.unwrap();
    let cardpay = cardpay_shop::cardpay(&sandbox, Impatience::new()).unwrap();
    let one = cardpay
        .create(cardpay_shop::order(1).unwrap())
        .await
        .unwrap();
    let two = cardpay
        .create(cardpay_shop::order(2).unwrap())
        .await
        .unwrap();
    assert_ne!(one.transfer_exactly, two.transfer_exactly);
    let there = sandbox.cardpay();
    let state = async |number, record| {
        let settlement = cardpay.settle(&expected(number, PRICE, record)).await;
        settlement.unwrap()
    };

    // The price is not what has to be transferred, and a rial more is not either.
    let exactly = one.transfer_exactly.rial().get();
    for amount in [PRICE.get(), exactly + 1] {
        if amount != two.transfer_exactly.rial().get() {
            there.transfer(one.pay_id.get(), amount, None).unwrap();
        }
    }
    assert!(state(1, one.record()).await.proof().is_none());
    // The first payer's money pays the second order if it has the second order's amount.
    let other = two.transfer_exactly.rial().get();
    there.transfer(one.pay_id.get(), other, None).unwrap();
    assert!(state(1, one.record()).await.proof().is_none());
    assert!(state(2, two.record()).await.proof().is_some());
}

#[tokio::test]
async fn with_a_recorded_card_another_card_or_none_is_no_proof() {
    let sandbox = Sandbox::start().await.unwrap();
    let cardpay = cardpay_shop::cardpay(&sandbox, Impatience::new()).unwrap();
    let there = sandbox.cardpay();
    let card = CardNumber::parse(there.payer_card()).unwrap();
    let order = |number| {
        cardpay_shop::order(number)
            .unwrap()
            .with_payer_card(card.clone())
    };

    let other = cardpay.create(order(1)).await.unwrap();
    let amount = other.transfer_exactly.rial().get();
    there
        .transfer(other.pay_id.get(), amount, Some(there.other_payer_card()))
        .unwrap();
    for _ in 0..2 {
        let settlement = cardpay.settle(&expected(1, PRICE, other.record())).await;
        let Settlement::Mismatch(found) = settlement.unwrap() else {
            panic!("another card passed");
        };
        assert!(found.has(ComparedField::Payer), "{found}");
        assert!(found.to_string().contains("the money is there"), "{found}");
    }

    // A message without a card: the payment is lost, and looks like one that nobody paid.
    let none = cardpay.create(order(2)).await.unwrap();
    let amount = none.transfer_exactly.rial().get();
    there.transfer(none.pay_id.get(), amount, None).unwrap();
    let settlement = cardpay.settle(&expected(2, PRICE, none.record())).await;
    assert!(matches!(
        settlement.unwrap(),
        Settlement::NotPaid(PaymentState::NotPaidYet)
    ));
    let left = cardpay.time_left(none.expires.unwrap());
    sandbox
        .clock()
        .advance(left + std::time::Duration::from_secs(1));
    let settlement = cardpay.settle(&expected(2, PRICE, none.record())).await;
    assert!(matches!(
        settlement.unwrap(),
        Settlement::NotPaid(PaymentState::Expired)
    ));
}
