//! What a recorded card does: the deposit must be shown to come from it.

use paylink_sandbox::Sandbox;
use paylink_sandbox::cardpay::{CardMismatch, Fate, Status, TIME_ALLOWED};

use crate::shop::{Created, Shop};

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
    scene
        .sandbox
        .cardpay()
        .change_settings(|it| it.another_card = CardMismatch::Lost);
    let other = scene.sandbox.cardpay().other_payer_card();
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
    let sandbox = Sandbox::start().await.unwrap();
    let shop = Shop::of(&sandbox);
    let cardpay = sandbox.cardpay();
    let created = shop.create("1").await;
    assert_eq!(
        shop.set_card(created.pay_id, cardpay.payer_card()).await,
        (200, 200)
    );
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
