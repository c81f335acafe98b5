//! The lost 201: the merchant of the client's sample delivers exactly once, whatever is lost on the way.

use cardpay_client::{CardPay, Settlement};
use paylink_core::Effect;
use paylink_sandbox::{Fault, Sandbox};
use paylink_tests::cardpay_shop::{self, PRICE};
use paylink_tests::chance::Chance;
use paylink_tests::impatience::Impatience;

use super::deliver_once::{Outcome, Shop};

/// More than the client's own attempts at one check.
const EVERY_ATTEMPT: u32 = 3;

#[tokio::test]
async fn a_first_verification_that_is_lost_delays_the_goods_and_loses_none() {
    for fault in [
        Fault::DropAfter,
        Fault::Truncated,
        Fault::HtmlAfter,
        Fault::StatusAfter(502),
    ] {
        let sandbox = Sandbox::start().await.unwrap();
        let cardpay = cardpay_shop::cardpay(&sandbox, Impatience::new()).unwrap();
        let shop = Shop::default();
        shop.sell(1000, PRICE);
        let created = shop.ask_for_payment(&cardpay, 1000).await.unwrap();
        sandbox.cardpay().pay(created.pay_id.get()).unwrap();

        let faults = sandbox.faults();
        faults.times("cardpay", "check", EVERY_ATTEMPT, fault);
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
        assert!(matches!(next, Outcome::Delivered), "{fault}: {next}");
        let later = shop.look_after(&cardpay, 1000).await.unwrap();
        assert!(matches!(later, Outcome::DeliveredBefore), "{later}");
        assert_eq!(shop.sent_out(), [1000]);
    }
}

#[tokio::test]
async fn a_201_that_is_lost_within_one_call_comes_back_as_200() {
    let sandbox = Sandbox::start().await.unwrap();
    let cardpay = cardpay_shop::cardpay(&sandbox, Impatience::new()).unwrap();
    let created = cardpay
        .create(cardpay_shop::order(1000).unwrap())
        .await
        .unwrap();
    sandbox.cardpay().pay(created.pay_id.get()).unwrap();
    sandbox.faults().next("cardpay", "check", Fault::DropAfter);
    let record = created.record().clone();
    let expected = cardpay_client::Expected::new(1000, PRICE, record).unwrap();
    let settlement = cardpay.settle(&expected).await.unwrap();
    assert!(
        matches!(settlement, Settlement::AlreadySettled(_)),
        "{settlement:?}"
    );
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
    let cardpay = cardpay_shop::cardpay(&sandbox, Impatience::new()).unwrap();
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
            faults.next("cardpay", operation, chance.fault());
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
        assert!(matches!(early, Outcome::NotPaid(_)), "seed {seed}: {early}");
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
    let lost = [
        Fault::DropAfter,
        Fault::StatusAfter(502),
        Fault::HtmlAfter,
        Fault::Truncated,
    ];
    fault.is_some_and(|fault| lost.contains(&fault))
}
