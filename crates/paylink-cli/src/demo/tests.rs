use paylink_sandbox::{Fault, Sandbox};

use super::{show, walk};
use crate::console::Console;
use crate::failure::{Failure, Status};

/// Shows the demo with a fault set, and tells the steps that differed and what the shell would be told.
async fn with_fault(provider: &str, operation: &str, fault: Fault) -> (Vec<&'static str>, Status) {
    let console = Console::silent();
    let sandbox = Sandbox::start().await.unwrap();
    sandbox.faults().next(provider, operation, fault).unwrap();
    let steps = walk(&sandbox, &console).await.unwrap();
    assert!(
        sandbox.faults().pending().is_empty(),
        "the demo never met the fault"
    );

    let sandbox = Sandbox::start().await.unwrap();
    sandbox.faults().next(provider, operation, fault).unwrap();
    let status = console.conclude(show(&sandbox, &console).await);
    (
        steps
            .iter()
            .filter(|step| !step.ok)
            .map(|step| step.step)
            .collect(),
        status,
    )
}

#[tokio::test]
async fn without_a_fault_every_step_is_ok() {
    let sandbox = Sandbox::start().await.unwrap();
    let steps = walk(&sandbox, &Console::silent()).await.unwrap();
    for provider in ["POD", "ZiPay", "CardPay"] {
        assert!(steps.iter().any(|step| step.provider == provider));
    }
    for step in steps {
        assert!(step.ok, "{step:?}");
    }
}

#[tokio::test]
async fn a_lost_answer_to_the_verify_fails_the_step_and_the_demo() {
    // The next settle finds the invoice completed, as it should.
    assert_eq!(
        with_fault("zipay", "verify", Fault::DropAfter).await,
        (vec!["settle"], Status::Refused)
    );
}

#[tokio::test]
async fn a_refund_that_fails_is_told_although_it_comes_last() {
    assert_eq!(
        with_fault("zipay", "refund", Fault::Html).await,
        (vec!["refund"], Status::Refused)
    );
}

#[tokio::test]
async fn a_payment_by_sms_that_is_not_asked_for_fails_and_the_rest_is_not_shown() {
    assert_eq!(
        with_fault("pod", "send-payment-sms", Fault::DropBefore).await,
        (vec!["ask to pay by SMS"], Status::Refused)
    );
}

#[tokio::test]
async fn a_demo_that_cannot_begin_fails() {
    assert_eq!(
        with_fault("zipay", "create-invoice", Fault::Status(503)).await,
        (vec!["create an invoice"], Status::Refused)
    );
}

#[tokio::test]
async fn a_lost_create_ends_its_providers_demo_and_no_other() {
    assert_eq!(
        with_fault("cardpay", "create", Fault::DropAfter).await,
        (vec!["create a payment"], Status::Refused)
    );
    let sandbox = Sandbox::start().await.unwrap();
    let fault = Fault::Status(503);
    sandbox
        .faults()
        .next("zipay", "create-invoice", fault)
        .unwrap();
    let steps = walk(&sandbox, &Console::silent()).await.unwrap();
    assert!(
        steps
            .iter()
            .filter(|step| step.provider == "CardPay")
            .count()
            > 10
    );
}

#[tokio::test]
async fn a_lost_first_verification_shows_as_one_that_was_verified_before() {
    // The first check of all is the one that comes too early; the client asks three times by itself.
    let sandbox = Sandbox::start().await.unwrap();
    let faults = sandbox.faults();
    faults
        .next("cardpay", "check", Fault::Delay(std::time::Duration::ZERO))
        .unwrap();
    faults.next("cardpay", "check", Fault::DropAfter).unwrap();
    let steps = walk(&sandbox, &Console::silent()).await.unwrap();
    let differing: Vec<_> = steps.iter().filter(|step| !step.ok).collect();
    assert_eq!(differing.len(), 1, "{differing:?}");
    assert_eq!(differing[0].step, "verify, the first time");
    assert_eq!(differing[0].got, "already settled");
}

#[tokio::test]
async fn a_lost_answer_ends_one_way_to_sizpay_and_no_other() {
    let sandbox = Sandbox::start().await.unwrap();
    let lost = Fault::DropAfter;
    sandbox.faults().next("sizpay", "send-link", lost).unwrap();
    let steps = walk(&sandbox, &Console::silent()).await.unwrap();
    let of = |provider: &str| {
        let own = steps.iter().filter(|step| step.provider == provider);
        own.map(|step| step.ok).collect::<Vec<_>>()
    };
    assert_eq!(of("SizPay, REST"), [false]);
    for whole in ["SizPay, SOAP", "SizPay, ASMX JSON"] {
        assert_eq!(of(whole), [true; 15], "{whole}");
    }
}

#[tokio::test]
async fn what_cannot_be_told_is_not_taken_for_a_step_that_differed() {
    let sandbox = Sandbox::start().await.unwrap();
    let outcome = show(&sandbox, &Console::deaf()).await;
    assert!(matches!(outcome, Err(Failure::Output(_))), "{outcome:?}");
}
