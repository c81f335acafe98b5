use paylink_sandbox::Fault;
use serde_json::json;

use super::{create, newest};
use crate::shop::Shop;

#[tokio::test(flavor = "multi_thread")]
async fn each_state_has_its_words_and_its_status() {
    let shop = Shop::open().await;
    let pay_id = create(&shop, "");
    let line = format!("cardpay check --pay-id {pay_id}");

    let early = shop.line(&line);
    assert_eq!((early.status, &*early.stdout), (4, ""));
    insta::assert_snapshot!(early.stderr, @r#"
      Pay id  21
      Code    7, not paid yet, and there is still time
      Script  "Payment is waiting."

    Do not deliver. Check again in a while.
    "#);
    shop.sandbox.cardpay().pay(pay_id).unwrap();
    let first = shop.line(&line);
    assert_eq!((first.status, &*first.stderr), (0, ""));
    insta::assert_snapshot!(first.stdout, @r#"
      Pay id  21
      Code    201, paid, and this is the first verification
      Script  "Payment is complete."

    Deliver the order whose own record holds this pay id, unless that record says that
    it was delivered before.
    "#);
    let second = shop.line(&line);
    assert_eq!((second.status, &*second.stderr), (0, ""));
    insta::assert_snapshot!(second.stdout, @r#"
      Pay id  21
      Code    200, paid, and verified before
      Script  "Payment is complete."

    Deliver the order whose own record holds this pay id, unless that record says that
    it was delivered before.
    "#);
    assert_eq!(newest(&shop).times_first_verified(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn money_from_another_card_is_for_a_person_to_decide() {
    let shop = Shop::open().await;
    let pay_id = create(&shop, "");
    let cardpay = shop.sandbox.cardpay();
    let set = shop.line(&format!(
        "cardpay set-card --pay-id {pay_id} --card-number {}",
        cardpay.payer_card()
    ));
    assert_eq!((set.status, &*set.stderr), (0, ""));
    insta::assert_snapshot!(set.stdout, @r"
    Card 502229******0042 is recorded for payment 21.
    A deposit that shows another card, or none, is not matched any more.
    ");
    let amount = newest(&shop).amount;
    let other = cardpay.other_payer_card();
    cardpay.transfer(pay_id, amount, Some(other)).unwrap();

    let run = shop.line(&format!("cardpay check --pay-id {pay_id}"));
    assert_eq!((run.status, &*run.stdout), (5, ""));
    insta::assert_snapshot!(run.stderr, @r#"
      Pay id  21
      Code    199, paid from another card than the recorded one
      Script  "Payment is complete, but from another card."

    The money is there. A person has to decide whose it is before anything is delivered or
    given back.
    "#);
}

#[tokio::test(flavor = "multi_thread")]
async fn programs_read_state_and_code() {
    let shop = Shop::open().await;
    let pay_id = create(&shop, "");
    let line = format!("--json cardpay check --pay-id {pay_id}");
    assert_eq!(
        shop.line(&line).error(),
        json!({
            "kind": "not_paid", "effect": "not_executed", "pay_id": pay_id,
            "message": format!("payment {pay_id} is not paid yet, and there is still time"),
            "state": "not_paid_yet", "code": 7, "msg": "Payment is waiting.",
        })
    );
    shop.sandbox
        .clock()
        .advance(paylink_sandbox::cardpay::TIME_ALLOWED);
    let late = shop.line(&line);
    assert_eq!(late.status, 4);
    assert_eq!(
        (&late.error()["state"], &late.error()["code"]),
        (&json!("expired"), &json!(6))
    );

    let pay_id = shop
        .line("--json cardpay create --price 10000 --invoice-number 1001")
        .ok()["pay_id"]
        .clone();
    shop.sandbox
        .cardpay()
        .pay(pay_id.as_u64().unwrap())
        .unwrap();
    for (state, code) in [("first_verification", 201), ("verified_before", 200)] {
        let paid = shop.line(&format!("--json cardpay check --pay-id {pay_id}"));
        assert_eq!(
            paid.ok(),
            json!({"pay_id": pay_id, "state": state, "code": code, "msg": "Payment is complete."})
        );
    }
    let unknown = shop.line("--json cardpay check --pay-id 99999");
    assert_eq!(unknown.status, 1);
    assert_eq!(unknown.error()["code"], "5");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lost_first_verification_is_proved_by_the_next_check() {
    let shop = Shop::open().await;
    let pay_id = create(&shop, "");
    shop.sandbox.cardpay().pay(pay_id).unwrap();
    // The client asks three times by itself.
    let faults = shop.sandbox.faults();
    faults.times("cardpay", "check", 3, Fault::HtmlAfter);
    let lost = shop.line(&format!("cardpay check --pay-id {pay_id}"));
    assert_eq!((lost.status, &*lost.stdout), (3, ""), "{lost:?}");
    assert!(
        lost.stderr.contains("Check again: it is safe at any time."),
        "{lost:?}"
    );
    let next = shop.line(&format!("cardpay check --pay-id {pay_id}"));
    assert_eq!(next.status, 0);
    assert!(next.stdout.contains("200, paid, and verified before"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_card_is_recorded_once() {
    let shop = Shop::open().await;
    let pay_id = create(&shop, "");
    let cardpay = shop.sandbox.cardpay();
    let line = format!(
        "--json cardpay set-card --pay-id {pay_id} --card-number {}",
        cardpay.payer_card()
    );
    assert_eq!(
        shop.line(&line).ok(),
        json!({"pay_id": pay_id, "card": "502229******0042"})
    );
    let again = shop.line(line.trim_start_matches("--json "));
    assert_eq!((again.status, &*again.stdout), (1, ""));
    insta::assert_snapshot!(again.stderr, @r#"
    error: cardpay set-card: the provider refused (code -2, "Card number is already recorded.")

    It is not told which card that is, and it cannot be changed.
    "#);

    let other = shop
        .line("--json cardpay create --price 10000 --invoice-number 1001")
        .ok();
    shop.sandbox
        .faults()
        .next("cardpay", "setCard", Fault::DropAfter);
    let lost = shop.line(&format!(
        "cardpay set-card --pay-id {} --card-number {}",
        other["pay_id"],
        cardpay.payer_card()
    ));
    assert_eq!((lost.status, &*lost.stdout), (3, ""), "{lost:?}");
    insta::assert_snapshot!(lost.stderr, @r"
    error: cardpay set-card: the connection broke before a whole answer came; the outcome is unknown, and the provider offers no way to look it up

    CardPay does not tell whether a card is recorded. Set the same card once more: it is done
    then, or code -2 says that a card is recorded.
    ");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_merchants_cards_are_listed() {
    let shop = Shop::open().await;
    let run = shop.line("cardpay cards");
    assert_eq!((run.status, &*run.stderr), (0, ""));
    insta::assert_snapshot!(run.stdout, @r"
    CARD              BANK            HOLDER
    ──────────────────────────────────────────────
    621986******0017  بانک سامان      سارا آزمایشی
    610433******0029  بانک ملت        سارا آزمایشی
    603799******0030  بانک ملی ایران  سارا آزمایشی
    ");
    let cards = shop.line("--json cardpay cards").ok();
    assert_eq!(cards["cards"].as_array().unwrap().len(), 3);
    assert_eq!(cards["cards"][1]["number"], "610433******0029");
}
