//! CardPay against the sandbox: every state is told apart, a paid order is delivered once, and nothing else makes a proof.

use std::time::Duration;

use cardpay_client::{
    BodyEncoding, CardNumber, CardPay, Code, CreatedPayment, ErrorKind, Expected, PayId,
    PaymentRecord, PaymentState, Settlement,
};
use deliver_once::{Outcome, Shop};
use paylink_core::{ComparedField, Effect, Error, Reason, Rial};
use paylink_sandbox::cardpay::{CodeForm, TIME_ALLOWED};
use paylink_sandbox::{Fault, Sandbox};
use paylink_testkit::assert_matches;
use paylink_tests::cardpay_shop::{self, PRICE};
use paylink_tests::chance::{ANSWER_LOST, Chance};
use paylink_tests::impatience;

#[path = "../../crates/cardpay-client/examples/deliver_once/shop.rs"]
mod deliver_once;

fn client(sandbox: &Sandbox, token: &str, encoding: BodyEncoding) -> CardPay {
    let transport = impatience::transport().runtime(impatience::clock());
    CardPay::builder(sandbox.cardpay().base_url(), token)
        .body_encoding(encoding)
        .transport(transport.build().unwrap())
        .build()
        .unwrap()
}

#[tokio::test]
async fn every_state_of_a_payment_is_told_apart() {
    for (encoding, form) in [
        (BodyEncoding::Form, CodeForm::Number),
        (BodyEncoding::Json, CodeForm::Text),
        (BodyEncoding::Form, CodeForm::EverythingText),
    ] {
        let sandbox = Sandbox::start().await.unwrap();
        let there = sandbox.cardpay();
        there.change_settings(|it| it.code_form = form);
        let cardpay = client(&sandbox, there.token(), encoding);
        let order = cardpay_shop::order(1000).unwrap();
        let order = order
            .with_callback("https://shop.example/back?order=1000")
            .unwrap();
        let created = cardpay.create(order).await.unwrap();
        let link = format!("{}/cardpay/payment/{}", sandbox.url(), created.pay_id);
        assert_eq!(created.link.as_ref().unwrap().as_str(), link);
        assert!(created.unreadable.is_empty());
        let left = cardpay.time_left(created.expires.unwrap());
        // The client's clock stands still, so it may lie behind.
        assert!(left.abs_diff(TIME_ALLOWED) < Duration::from_secs(60));
        let cards = created.pay_to.iter().map(|card| card.number.expose());
        let own = there.merchant_cards().iter();
        assert!(cards.eq(own.map(|card| card.number.number())));
        assert_eq!(cardpay.cards().await.unwrap().cards, created.pay_to);

        let check = async || cardpay.check(created.pay_id).await.unwrap().state;
        assert_eq!(check().await, PaymentState::NotPaidYet);
        there.pay(created.pay_id.get()).unwrap();
        assert_eq!(check().await, PaymentState::FirstVerification);
        assert_eq!(check().await, PaymentState::VerifiedBefore);
        assert_eq!(check().await, PaymentState::VerifiedBefore);

        let late = cardpay.create(cardpay_shop::order(1001).unwrap()).await;
        sandbox.clock().advance(TIME_ALLOWED);
        let late = cardpay.check(late.unwrap().pay_id).await.unwrap();
        assert_eq!(late.state, PaymentState::Expired);
    }
}

#[tokio::test]
async fn a_card_is_recorded_once_and_never_for_what_is_final() {
    let sandbox = Sandbox::start().await.unwrap();
    let there = sandbox.cardpay();
    let cardpay = client(&sandbox, there.token(), BodyEncoding::Form);
    let card = CardNumber::parse(there.payer_card()).unwrap();
    let refused = async |pay_id| {
        let error = cardpay.set_card(pay_id, card.clone()).await.unwrap_err();
        assert_eq!(error.effect(), Effect::NotExecuted, "{error}");
        error.refusal().and_then(Code::from_refusal).unwrap()
    };
    let one = created(&cardpay, 1).await;
    cardpay.set_card(one.pay_id, card.clone()).await.unwrap();
    let recorded = there.payment(one.pay_id.get()).unwrap().card.unwrap();
    assert_eq!(recorded.number(), there.payer_card());
    assert_eq!(refused(one.pay_id).await, Code::CARD_RECORDED_BEFORE);

    let two = created(&cardpay, 2).await;
    there.pay(two.pay_id.get()).unwrap();
    assert_eq!(refused(two.pay_id).await, Code::PAYMENT_FINAL);
}

#[tokio::test]
async fn the_script_and_the_client_agree_on_the_least_price_and_on_the_token() {
    let sandbox = Sandbox::start().await.unwrap();
    let there = sandbox.cardpay();
    let cardpay = client(&sandbox, there.token(), BodyEncoding::Form);
    let least = cardpay_client::NewPayment::new(1, Rial::new(10_000)).unwrap();
    assert!(cardpay.create(least).await.is_ok());

    let stranger = client(&sandbox, "another-token", BodyEncoding::Form);
    let error = stranger.cards().await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Refused);
    let order = cardpay_shop::order(2).unwrap();
    let error = stranger.create(order).await.unwrap_err();
    let code = error.refusal().and_then(Code::from_refusal);
    assert_eq!(code, Some(Code::TOKEN_REFUSED));
    assert_eq!(there.payments().len(), 1);
}

/// The loser knows that a payment exists, and that nobody can tell its id.
fn assert_taken(error: &Error) {
    assert_eq!(error.kind(), ErrorKind::Refused, "{error}");
    assert_eq!(error.effect(), Effect::NotExecuted, "{error}");
    let refusal = error.refusal().unwrap();
    assert_eq!(Code::from_refusal(refusal), Some(Code::INVOICE_NUMBER_USED));
    assert_eq!(refusal.reason(), Reason::DuplicateOrder);
    let said = refusal.explanation().english;
    assert!(said.contains("A payment with this invoice number exists"));
    assert!(said.contains("does not tell its pay_id"), "{said}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_creates_at_once_make_one_payment() {
    let (sandbox, cardpay) = opened().await;
    for number in 1..=20 {
        // Both are under way before either is executed.
        let slow = Fault::Delay(Duration::from_millis(10));
        sandbox
            .faults()
            .times("cardpay", "create", 2, slow)
            .unwrap();
        let order = || cardpay_shop::order(number).unwrap();
        let (one, other) = tokio::join!(cardpay.create(order()), cardpay.create(order()));
        let (created, error) = match (one, other) {
            (Ok(created), Err(error)) | (Err(error), Ok(created)) => (created, error),
            both => panic!("{both:?}"),
        };
        assert_taken(&error);
        let payments = sandbox.cardpay().payments();
        let own: Vec<_> = payments.iter().filter(|it| it.fid == number).collect();
        assert_eq!(own.len(), 1);
        assert_eq!(own[0].pay_id, created.pay_id.get());
    }
}

#[tokio::test]
async fn a_create_whose_answer_was_lost_is_told_apart_by_nothing_and_does_no_harm() {
    for fault in [Fault::DropAfter, Fault::Truncated, Fault::DropBefore] {
        let (sandbox, cardpay) = opened().await;
        sandbox.faults().next("cardpay", "create", fault).unwrap();
        let lost = cardpay.create(cardpay_shop::order(1000).unwrap()).await;
        let lost = lost.unwrap_err();
        assert_eq!((lost.effect(), lost.attempts()), (Effect::Unknown, 1));

        // Nothing finds it, and the words say so instead of guessing.
        let unresolved = cardpay.resolve(lost.handle().unwrap()).await.unwrap_err();
        assert_eq!(unresolved.kind(), ErrorKind::Unsupported);
        assert_eq!(unresolved.effect(), Effect::Unknown);
        let said = unresolved.to_string();
        assert!(said.contains("finds no payment by its invoice number"));
        assert!(said.contains("creating 1000 once more cannot make a second one"));

        // And so it is.
        let again = cardpay.create(cardpay_shop::order(1000).unwrap()).await;
        match (fault, again) {
            (Fault::DropBefore, Ok(_)) => {}
            (Fault::DropAfter | Fault::Truncated, Err(error)) => assert_taken(&error),
            (_, other) => panic!("{fault}: {other:?}"),
        }
        assert_eq!(sandbox.cardpay().payments().len(), 1);
    }
}

/// More than the client's own attempts at one check.
const EVERY_ATTEMPT: u32 = 3;

#[tokio::test]
async fn a_first_verification_that_is_lost_delays_the_goods_and_loses_none() {
    for fault in ANSWER_LOST {
        let (sandbox, cardpay) = opened().await;
        let shop = Shop::default();
        shop.sell(1000, PRICE);
        let created = shop.ask_for_payment(&cardpay, 1000).await.unwrap();
        sandbox.cardpay().pay(created.pay_id.get()).unwrap();

        let faults = sandbox.faults();
        faults
            .times("cardpay", "check", EVERY_ATTEMPT, fault)
            .unwrap();
        let lost = shop.look_after(&cardpay, 1000).await.unwrap();
        let Outcome::LaterAgain(error) = lost else {
            panic!("{fault}: {lost}");
        };
        assert_eq!(error.effect(), Effect::Unknown, "{fault}");
        assert!(shop.sent_out().is_empty());
        assert!(faults.pending().is_empty());

        // The script's 201 is spent: what comes now is 200, and delivers all the same.
        let there = sandbox.cardpay().payment(created.pay_id.get()).unwrap();
        assert_eq!(there.times_first_verified(), 1, "{fault}");
        let next = shop.look_after(&cardpay, 1000).await.unwrap();
        assert_matches!(next, Outcome::Delivered, "{fault}");
        let later = shop.look_after(&cardpay, 1000).await.unwrap();
        assert_matches!(later, Outcome::DeliveredBefore);
        assert_eq!(shop.sent_out(), [1000]);
    }
}

#[tokio::test]
async fn a_201_that_is_lost_within_one_call_comes_back_as_200() {
    let (sandbox, cardpay) = opened().await;
    let created = created(&cardpay, 1000).await;
    sandbox.cardpay().pay(created.pay_id.get()).unwrap();
    sandbox
        .faults()
        .next("cardpay", "check", Fault::DropAfter)
        .unwrap();
    let settlement = settled(&cardpay, 1000, PRICE, created.record()).await;
    assert_matches!(settlement, Settlement::AlreadySettled(_));
}

/// What the runs met, so that the test cannot pass by meeting nothing.
#[derive(Default)]
struct Met {
    /// Creates that ended without an answer.
    unanswered_creates: u32,
    /// Runs in which the answer 201 was lost on the way.
    lost_first_verifications: u32,
    /// Proofs that came when the goods had gone out.
    proofs_too_many: u32,
}

impl Met {
    fn count(&mut self, outcomes: impl IntoIterator<Item = Outcome>, seed: u64) {
        for outcome in outcomes {
            match outcome {
                Outcome::Delivered | Outcome::LaterAgain(_) => {}
                Outcome::DeliveredBefore => self.proofs_too_many += 1,
                other => panic!("seed {seed}: {other}"),
            }
        }
    }
}

/// Each run is seeded by its number: what fails, fails again.
#[tokio::test]
async fn in_a_thousand_runs_with_random_faults_every_order_is_delivered_exactly_once() {
    let sandbox = Sandbox::builder().seed(1).start().await.unwrap();
    let cardpay = cardpay_shop::cardpay(&sandbox, impatience::clock()).unwrap();
    let mut met = Met::default();
    for seed in 0..1_000 {
        run(seed, &sandbox, &cardpay, &mut met).await;
    }
    assert!(met.unanswered_creates > 100, "{}", met.unanswered_creates);
    // A merchant who delivers on `Settled` alone would have delivered nothing in these.
    let lost = met.lost_first_verifications;
    assert!(lost > 100, "{lost}");
    // A merchant who delivers on every proof would have delivered so many times too often.
    assert!(met.proofs_too_many > 500, "{}", met.proofs_too_many);
}

/// One order from its sale to its delivery, with a fault before or after anything that is sent.
async fn run(seed: u64, sandbox: &Sandbox, cardpay: &CardPay, met: &mut Met) {
    let mut chance = Chance::seeded(seed);
    let faults = sandbox.faults();
    let shop = Shop::default();
    let befall = |operation: &str, chance: &mut Chance| {
        for _ in 0..chance.below(8) {
            faults.next("cardpay", operation, chance.fault()).unwrap();
        }
    };

    // An order whose create was not answered goes on under another number.
    befall("create", &mut chance);
    let mut number = seed * 100 + 1;
    let created = loop {
        shop.sell(number, PRICE);
        match shop.ask_for_payment(cardpay, number).await {
            Ok(created) => break created,
            Err(_) => met.unanswered_creates += 1,
        }
        number += 1;
    };
    let pay_id = created.pay_id.get();
    if chance.below(2) == 0 {
        let early = shop.look_after(cardpay, number).await.unwrap();
        assert_matches!(early, Outcome::NotPaid(_), "seed {seed}");
    }
    sandbox.cardpay().pay(pay_id).unwrap();
    sandbox.clear_journal();

    // The payer's return, a timer, two of them at once; and at last a time at which nothing goes wrong.
    befall("check", &mut chance);
    for _ in 0..chance.below(4) {
        let (one, other) = tokio::join!(
            shop.look_after(cardpay, number),
            shop.look_after(cardpay, number)
        );
        met.count([one.unwrap(), other.unwrap()], seed);
    }
    faults.clear();
    met.count(shop.look_after(cardpay, number).await, seed);
    met.lost_first_verifications += u32::from(is_first_verification_lost(sandbox));
    assert_eq!(shop.sent_out(), [number], "seed {seed}");
    let there = sandbox.cardpay().payment(pay_id).unwrap();
    assert_eq!(there.times_first_verified(), 1, "seed {seed}");
}

/// Whether the first check that was executed was answered with something else than 201.
fn is_first_verification_lost(sandbox: &Sandbox) -> bool {
    let journal = sandbox.journal();
    let executed = journal.iter().find(|check| {
        let before = [Fault::DropBefore, Fault::Status(503), Fault::Html];
        !check.fault.is_some_and(|fault| before.contains(&fault))
    });
    let fault = executed.and_then(|check| check.fault);
    fault.is_some_and(|fault| ANSWER_LOST.contains(&fault))
}

/// A sandbox, and the shop's client of its CardPay.
async fn opened() -> (Sandbox, CardPay) {
    let sandbox = Sandbox::start().await.unwrap();
    let cardpay = cardpay_shop::cardpay(&sandbox, impatience::clock()).unwrap();
    (sandbox, cardpay)
}

/// The payment of an order.
async fn created(cardpay: &CardPay, number: u64) -> CreatedPayment {
    let order = cardpay_shop::order(number).unwrap();
    cardpay.create(order).await.unwrap()
}

/// Settles what the shop's record says.
async fn settled(
    cardpay: &CardPay,
    number: u64,
    price: Rial,
    record: &PaymentRecord,
) -> Settlement {
    let expected = Expected::new(number, price, record.clone()).unwrap();
    cardpay.settle(&expected).await.unwrap()
}

/// How often the script was asked.
fn checks(sandbox: &Sandbox) -> usize {
    let journal = sandbox.journal();
    let checks = journal.iter().filter(|entry| entry.operation == "check");
    checks.count()
}

#[tokio::test]
async fn a_paid_payment_settles_no_other_order() {
    let (sandbox, cardpay) = opened().await;
    let paid = created(&cardpay, 1).await;
    sandbox.cardpay().pay(paid.pay_id.get()).unwrap();
    let pricier = Rial::new(PRICE.get() + 1);
    for (number, price, field) in [
        (2, PRICE, ComparedField::Order),
        (1, pricier, ComparedField::Amount),
    ] {
        let settlement = settled(&cardpay, number, price, paid.record()).await;
        let Settlement::Mismatch(found) = settlement else {
            panic!("{field:?} passed");
        };
        assert!(found.has(field), "{found}");
        assert_eq!(found.differences().len(), 1, "{found}");
    }
    // Another shop has a payment of this id as well.
    let record = serde_json::to_string(paid.record()).unwrap();
    let elsewhere = record.replace("/cardpay/api/", "/cardpay/other/api/");
    let elsewhere = serde_json::from_str(&elsewhere).unwrap();
    let settlement = settled(&cardpay, 1, PRICE, &elsewhere).await;
    assert_matches!(settlement, Settlement::Mismatch(found) if found.has(ComparedField::Merchant));

    // The first verification was not spent on any of them.
    assert_eq!(checks(&sandbox), 0);
    let settlement = settled(&cardpay, 1, PRICE, paid.record()).await;
    assert_matches!(settlement, Settlement::Settled(_));
    let proof = settlement.proof().unwrap();
    assert_eq!(proof.order(), "1");
    assert_eq!(proof.amount(), &paid.transfer_exactly.money());
}

#[tokio::test]
async fn a_pay_id_that_a_browser_brought_has_no_way_into_a_settlement() {
    let (sandbox, cardpay) = opened().await;
    let paid = created(&cardpay, 1).await;
    let unpaid = created(&cardpay, 2).await;
    sandbox.cardpay().pay(paid.pay_id.get()).unwrap();
    // The id of another order's paid payment says "paid", as it does to everybody; what comes of it is a state.
    let forged = PayId::new(paid.pay_id.get()).unwrap();
    let state: PaymentState = cardpay.check(forged).await.unwrap().state;
    assert_eq!(state, PaymentState::FirstVerification);
    // The order is settled by the record of its own payment.
    let settlement = settled(&cardpay, 2, PRICE, unpaid.record()).await;
    assert_matches!(settlement, Settlement::NotPaid(PaymentState::NotPaidYet));

    let made_up = PayId::new(999_999).unwrap();
    let error = cardpay.check(made_up).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Refused);
}

#[tokio::test]
async fn another_sum_pays_nothing_or_whoever_waits_for_it() {
    let (sandbox, cardpay) = opened().await;
    let one = created(&cardpay, 1).await;
    let two = created(&cardpay, 2).await;
    assert_ne!(one.transfer_exactly, two.transfer_exactly);
    let there = sandbox.cardpay();
    let state = async |number, record| settled(&cardpay, number, PRICE, record).await;

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
    let (sandbox, cardpay) = opened().await;
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
        let settlement = settled(&cardpay, 1, PRICE, other.record()).await;
        let Settlement::Mismatch(found) = settlement else {
            panic!("another card passed");
        };
        assert!(found.has(ComparedField::Payer), "{found}");
        assert!(found.to_string().contains("the money is there"), "{found}");
    }

    // A message without a card: the payment is lost, and looks like one that nobody paid.
    let none = cardpay.create(order(2)).await.unwrap();
    let amount = none.transfer_exactly.rial().get();
    there.transfer(none.pay_id.get(), amount, None).unwrap();
    let settlement = settled(&cardpay, 2, PRICE, none.record()).await;
    assert_matches!(settlement, Settlement::NotPaid(PaymentState::NotPaidYet));
    let left = cardpay.time_left(none.expires.unwrap());
    sandbox.clock().advance(left + Duration::from_secs(1));
    let settlement = settled(&cardpay, 2, PRICE, none.record()).await;
    assert_matches!(settlement, Settlement::NotPaid(PaymentState::Expired));
}
