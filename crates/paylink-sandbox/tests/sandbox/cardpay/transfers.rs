//! Deposits: what their amount decides, and what a recorded card does.

use paylink_sandbox::Sandbox;
use paylink_sandbox::cardpay::{CardMismatch, Fate, Status, TIME_ALLOWED, TransferError};

use crate::cardpay::{Created, Shop, open};

#[tokio::test]
async fn a_wrong_amount_reaches_no_payment() {
    let (sandbox, shop) = open().await;
    let cardpay = sandbox.cardpay();
    let created = shop.create("1").await;
    let Created { pay_id, amount } = created;
    for wrong in [11_000, amount - 1, amount + 1, amount * 10] {
        let deposit = cardpay.transfer(pay_id, wrong, Some(cardpay.payer_card()));
        let deposit = deposit.unwrap();
        assert_eq!((deposit.fate, deposit.matched), (Fate::Unmatched, None));
        assert_eq!(shop.check(pay_id).await, (200, 7), "{wrong}");
    }
    let paid = cardpay.transfer(pay_id, amount, None).unwrap();
    assert_eq!((paid.fate, paid.matched), (Fate::Paid, Some(pay_id)));
    assert_eq!(shop.check(pay_id).await, (200, 201));
}

#[tokio::test]
async fn the_amount_alone_says_which_payment_is_meant() {
    let (sandbox, shop) = open().await;
    let (one, other) = (shop.create("1").await, shop.create("2").await);
    let cardpay = sandbox.cardpay();
    let deposit = cardpay.transfer(one.pay_id, other.amount, None).unwrap();
    assert_eq!(deposit.meant_for, one.pay_id);
    assert_eq!(deposit.matched, Some(other.pay_id));
    assert_eq!(shop.check(one.pay_id).await, (200, 7));
    assert_eq!(shop.check(other.pay_id).await, (200, 201));
}

#[tokio::test]
async fn money_that_comes_twice_or_late_belongs_to_no_payment() {
    let (sandbox, shop) = open().await;
    let cardpay = sandbox.cardpay();
    let (paid, late) = (shop.create("1").await, shop.create("2").await);
    cardpay.pay(paid.pay_id).unwrap();
    assert_eq!(cardpay.pay(paid.pay_id).unwrap().fate, Fate::Unmatched);
    sandbox.clock().advance(TIME_ALLOWED);
    assert_eq!(cardpay.pay(late.pay_id).unwrap().fate, Fate::Unmatched);
    assert_eq!(shop.check(late.pay_id).await, (500, 6));
    let received = cardpay.deposits().into_iter().map(|it| it.amount);
    assert_eq!(received.sum::<u64>(), paid.amount * 2 + late.amount);
}

#[tokio::test]
async fn what_cannot_be_transferred_is_not() {
    let (sandbox, shop) = open().await;
    let pay_id = shop.create("1").await.pay_id;
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
    let (sandbox, shop) = open().await;
    let Created { pay_id, amount } = shop.create("1").await;
    let cardpay = sandbox.cardpay();
    let persian = Some("۵۰۲۲۲۹۰۰۰۰۰۰۰۰۴۲");
    cardpay.transfer(pay_id, 1_234_567, persian).unwrap();
    cardpay.transfer(pay_id, amount, None).unwrap();
    let messages = sandbox.sms();
    let bank = cardpay.merchant_cards()[0].bank;
    assert!(messages[0].text.starts_with(bank), "{:?}", messages[0]);
    assert!(messages[0].text.contains("واریز: ۱٬۲۳۴٬۵۶۷ ریال\n"));
    assert!(messages[0].text.contains("به کارت: 621986XXXXXX0017\n"));
    assert!(messages[0].text.contains("از کارت: 502229XXXXXX0042\n"));
    assert!(!messages[1].text.contains("از کارت"), "{:?}", messages[1]);
    assert_eq!(messages[1].provider, "cardpay");
}

/// A sandbox with one payment whose payer's card is recorded.
struct Scene {
    sandbox: Sandbox,
    created: Created,
}

impl Scene {
    async fn new() -> Self {
        let sandbox = Sandbox::start().await.unwrap();
        let card = sandbox.cardpay().payer_card();
        let created = Shop::of(&sandbox).create_with("1", &[("card", card)]).await;
        Self { sandbox, created }
    }

    /// Transfers the exact amount; the bank's message names this card.
    fn transfer_from(&self, card: Option<&str>) -> Fate {
        let Created { pay_id, amount } = self.created;
        let deposit = self.sandbox.cardpay().transfer(pay_id, amount, card);
        let deposit = deposit.unwrap();
        assert_eq!(deposit.matched, Some(pay_id));
        deposit.fate
    }

    async fn check(&self) -> (u16, i64) {
        Shop::of(&self.sandbox).check(self.created.pay_id).await
    }

    fn status(&self) -> Status {
        let payment = self.sandbox.cardpay().payment(self.created.pay_id);
        payment.unwrap().status
    }

    async fn is_reported(&self) {
        assert_eq!(self.status(), Status::PaidFromAnotherCard);
        for _ in 0..3 {
            assert_eq!(self.check().await, (200, 199));
        }
        self.sandbox.clock().advance(TIME_ALLOWED);
        assert_eq!(self.check().await, (200, 199));
    }

    async fn is_lost(&self) {
        assert_eq!(self.status(), Status::Lost);
        assert_eq!(self.check().await, (200, 7));
        // The deposit is gone with it: another one belongs to nothing.
        let again = self.sandbox.cardpay().pay(self.created.pay_id).unwrap();
        assert_eq!(again.fate, Fate::Unmatched);
        self.sandbox.clock().advance(TIME_ALLOWED);
        assert_eq!(self.check().await, (500, 6));
        assert_eq!(self.status(), Status::Lost);
    }
}

#[tokio::test]
async fn the_recorded_card_pays() {
    let scene = Scene::new().await;
    let card = scene.sandbox.cardpay().payer_card();
    assert_eq!(scene.transfer_from(Some(card)), Fate::Paid);
    assert_eq!(scene.check().await, (200, 201));
    assert_eq!(scene.check().await, (200, 200));
}

#[tokio::test]
async fn another_card_is_reported() {
    let scene = Scene::new().await;
    let other = scene.sandbox.cardpay().other_payer_card();
    assert_eq!(scene.transfer_from(Some(other)), Fate::PaidFromAnotherCard);
    scene.is_reported().await;
}

#[tokio::test]
async fn a_card_that_differs_where_it_is_masked_is_another() {
    let scene = Scene::new().await;
    let card = scene.sandbox.cardpay().payer_card();
    let other = card.replacen("0000", "0100", 1);
    assert_ne!(other, card);
    assert_eq!(scene.transfer_from(Some(&other)), Fate::PaidFromAnotherCard);
}

#[tokio::test]
async fn a_message_without_a_card_loses_the_payment() {
    let scene = Scene::new().await;
    assert_eq!(scene.transfer_from(None), Fate::Lost);
    scene.is_lost().await;
}

#[tokio::test]
async fn which_of_the_two_happens_can_be_chosen() {
    let scene = Scene::new().await;
    let cardpay = scene.sandbox.cardpay();
    cardpay.change_settings(|it| it.another_card = CardMismatch::Lost);
    let other = cardpay.other_payer_card();
    assert_eq!(scene.transfer_from(Some(other)), Fate::Lost);
    scene.is_lost().await;

    let scene = Scene::new().await;
    let cardpay = scene.sandbox.cardpay();
    cardpay.change_settings(|it| it.missing_card = CardMismatch::Reported);
    assert_eq!(scene.transfer_from(None), Fate::PaidFromAnotherCard);
    scene.is_reported().await;
}

#[tokio::test]
async fn a_card_can_be_recorded_later_and_then_counts() {
    let (sandbox, shop) = open().await;
    let cardpay = sandbox.cardpay();
    let created = shop.create("1").await;
    let recorded = shop.set_card(created.pay_id, cardpay.payer_card()).await;
    assert_eq!(recorded, (200, 200));
    let other = Some(cardpay.other_payer_card());
    let deposit = cardpay.transfer(created.pay_id, created.amount, other);
    assert_eq!(deposit.unwrap().fate, Fate::PaidFromAnotherCard);
}

#[tokio::test]
async fn a_lost_payment_takes_no_card() {
    let scene = Scene::new().await;
    scene.transfer_from(None);
    let shop = Shop::of(&scene.sandbox);
    let other = scene.sandbox.cardpay().other_payer_card();
    assert_eq!(shop.set_card(scene.created.pay_id, other).await, (500, -2));
}
