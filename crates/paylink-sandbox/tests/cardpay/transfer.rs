use paylink_sandbox::Sandbox;
use paylink_sandbox::cardpay::{Fate, Status, TIME_ALLOWED, TransferError};

use crate::shop::Shop;

#[tokio::test]
async fn a_wrong_amount_reaches_no_payment() {
    let sandbox = Sandbox::start().await.unwrap();
    let shop = Shop::of(&sandbox);
    let cardpay = sandbox.cardpay();
    let created = shop.create("1").await;
    for wrong in [
        11_000,
        created.amount - 1,
        created.amount + 1,
        created.amount * 10,
    ] {
        let deposit = cardpay
            .transfer(created.pay_id, wrong, Some(cardpay.payer_card()))
            .unwrap();
        assert_eq!((deposit.fate, deposit.matched), (Fate::Unmatched, None));
        assert_eq!(shop.check(created.pay_id).await, (200, 7), "{wrong}");
    }
    let deposit = cardpay
        .transfer(created.pay_id, created.amount, None)
        .unwrap();
    assert_eq!(
        (deposit.fate, deposit.matched),
        (Fate::Paid, Some(created.pay_id))
    );
    assert_eq!(shop.check(created.pay_id).await, (200, 201));
}

#[tokio::test]
async fn the_amount_alone_says_which_payment_is_meant() {
    let sandbox = Sandbox::start().await.unwrap();
    let shop = Shop::of(&sandbox);
    let (one, other) = (shop.create("1").await, shop.create("2").await);
    let deposit = sandbox
        .cardpay()
        .transfer(one.pay_id, other.amount, None)
        .unwrap();
    assert_eq!(
        (deposit.meant_for, deposit.matched),
        (one.pay_id, Some(other.pay_id))
    );
    assert_eq!(shop.check(one.pay_id).await, (200, 7));
    assert_eq!(shop.check(other.pay_id).await, (200, 201));
}

#[tokio::test]
async fn money_that_comes_twice_or_late_belongs_to_no_payment() {
    let sandbox = Sandbox::start().await.unwrap();
    let shop = Shop::of(&sandbox);
    let cardpay = sandbox.cardpay();
    let (paid, late) = (shop.create("1").await, shop.create("2").await);
    cardpay.pay(paid.pay_id).unwrap();
    assert_eq!(cardpay.pay(paid.pay_id).unwrap().fate, Fate::Unmatched);
    sandbox.clock().advance(TIME_ALLOWED);
    assert_eq!(cardpay.pay(late.pay_id).unwrap().fate, Fate::Unmatched);
    assert_eq!(shop.check(late.pay_id).await, (500, 6));
    let received: u64 = cardpay
        .deposits()
        .iter()
        .map(|deposit| deposit.amount)
        .sum();
    assert_eq!(received, paid.amount * 2 + late.amount);
}

#[tokio::test]
async fn what_cannot_be_transferred_is_not() {
    let sandbox = Sandbox::start().await.unwrap();
    let pay_id = Shop::of(&sandbox).create("1").await.pay_id;
    let cardpay = sandbox.cardpay();
    for (pay_id, amount, card, error) in [
        (1, 11_000, None, TransferError::UnknownPayment),
        (pay_id, 0, None, TransferError::NoAmount),
        (pay_id, 11_000, Some("5022"), TransferError::MalformedCard),
    ] {
        assert_eq!(cardpay.transfer(pay_id, amount, card).unwrap_err(), error);
    }
    assert_eq!(cardpay.pay(1).unwrap_err(), TransferError::UnknownPayment);
    assert!(cardpay.deposits().is_empty() && sandbox.sms().is_empty());
    assert_eq!(cardpay.payment(pay_id).unwrap().status, Status::Open);
}

#[tokio::test]
async fn the_bank_writes_with_the_payer_s_card_or_without() {
    let sandbox = Sandbox::start().await.unwrap();
    let created = Shop::of(&sandbox).create("1").await;
    let cardpay = sandbox.cardpay();
    cardpay
        .transfer(created.pay_id, 1_234_567, Some("۵۰۲۲۲۹۰۰۰۰۰۰۰۰۴۲"))
        .unwrap();
    cardpay
        .transfer(created.pay_id, created.amount, None)
        .unwrap();
    let messages = sandbox.sms();
    let bank = cardpay.merchant_cards()[0].bank;
    assert!(messages[0].text.starts_with(bank), "{:?}", messages[0]);
    assert!(messages[0].text.contains("واریز: ۱٬۲۳۴٬۵۶۷ ریال\n"));
    assert!(messages[0].text.contains("به کارت: 621986XXXXXX0017\n"));
    assert!(messages[0].text.contains("از کارت: 502229XXXXXX0042\n"));
    assert!(!messages[1].text.contains("از کارت"), "{:?}", messages[1]);
    assert_eq!(messages[1].provider, "cardpay");
}
