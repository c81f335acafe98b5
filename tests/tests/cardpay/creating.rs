//! One number, two creates: one payment, and a loser who is told what is known.

use std::time::Duration;

use cardpay_client::{Code, ErrorKind};
use paylink_core::{Effect, Error, Reason};
use paylink_sandbox::{Fault, Sandbox};
use paylink_tests::cardpay_shop;
use paylink_tests::impatience::Impatience;

/// The loser knows that a payment exists, and that nobody can tell its id.
fn assert_taken(error: &Error) {
    assert_eq!(
        (error.kind(), error.effect()),
        (ErrorKind::Refused, Effect::NotExecuted),
        "{error}"
    );
    let refusal = error.refusal().unwrap();
    assert_eq!(Code::from_refusal(refusal), Some(Code::INVOICE_NUMBER_USED));
    assert_eq!(refusal.reason(), Reason::DuplicateOrder);
    let said = refusal.explanation().english;
    assert!(said.contains("A payment with this invoice number exists"));
    assert!(said.contains("does not tell its pay_id"), "{said}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_creates_at_once_make_one_payment() {
    let sandbox = Sandbox::start().await.unwrap();
    let cardpay = cardpay_shop::cardpay(&sandbox, Impatience::new()).unwrap();
    for number in 1..=20 {
        // Both are under way before either is executed.
        let slow = Fault::Delay(Duration::from_millis(10));
        sandbox.faults().times("cardpay", "create", 2, slow);
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
        let sandbox = Sandbox::start().await.unwrap();
        let cardpay = cardpay_shop::cardpay(&sandbox, Impatience::new()).unwrap();
        sandbox.faults().next("cardpay", "create", fault);
        let lost = cardpay.create(cardpay_shop::order(1000).unwrap()).await;
        let lost = lost.unwrap_err();
        assert_eq!((lost.effect(), lost.attempts()), (Effect::Unknown, 1));

        // Nothing finds it, and the words say so instead of guessing.
        let unresolved = cardpay.resolve(lost.handle().unwrap()).await.unwrap_err();
        assert_eq!(
            (unresolved.kind(), unresolved.effect()),
            (ErrorKind::Unsupported, Effect::Unknown)
        );
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
