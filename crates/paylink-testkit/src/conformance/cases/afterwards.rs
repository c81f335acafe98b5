use std::time::Duration;

use paylink_core::provider::{
    Capability, Created, Done, ExpectedPayment, NewPayment, PaymentRecord, PaymentState,
};
use paylink_core::{Effect, Error, ErrorKind, Resolution, Settlement};

use crate::conformance::Trouble;
use crate::conformance::case::{Case, Verdict};
use crate::conformance::stop::{Stop, ensure, offered, step};
use crate::conformance::trial::{Trial, books, told};

/// How long a payer is left alone before a message is sent again.
const BETWEEN_MESSAGES: Duration = Duration::from_secs(180);

pub(super) const CASES: &[Case] = &[
    Case::new(
        "a refund gives back",
        "A refunded payment reads as refunded, and settles no order any more.",
        |trial| Box::pin(refund(trial)),
    ),
    Case::new(
        "a lost answer to a refund",
        "A refund whose answer is lost is not sent again, and the payment is refunded once it is resolved.",
        |trial| Box::pin(lost_refund(trial)),
    ),
    Case::new(
        "disabled is not payable",
        "Nobody can pay a payment that was disabled, and settling says that it is not paid.",
        |trial| Box::pin(disable(trial)),
    ),
    Case::new(
        "a lost answer to a disabling",
        "A disabling whose answer is lost is not sent again, and nobody can pay the payment.",
        |trial| Box::pin(lost_disable(trial)),
    ),
    Case::new(
        "a resend is one request",
        "Sending the link again sends one request, and no second one when its answer is lost.",
        |trial| Box::pin(resend(trial)),
    ),
];

async fn refund(trial: &Trial) -> Verdict {
    offered(&trial.capabilities, Capability::Refund)?;
    let (payment, created) = trial.settled().await?;
    let record = created.record();
    let done = step("refunding", trial.provider.refund(record).await)?;
    if let Some(stands) = done.payment() {
        ensure(*stands.state() == PaymentState::Refunded, || {
            format!("the refund says that it is {}", stands.state())
        })?;
    }
    is_refunded(trial, &books(&payment, record)).await
}

async fn lost_refund(trial: &Trial) -> Verdict {
    offered(&trial.capabilities, Capability::Refund)?;
    let (_, created) = trial.settled().await?;
    let before = trial.recorder.count();
    step("refunding", trial.provider.refund(created.record()).await)?;
    let requests = trial.recorder.count() - before;
    let mut was_unknown = false;
    for nth in 1..=requests {
        let (payment, created) = trial.settled().await?;
        let record = created.record();
        let before = trial.recorder.count();
        trial.recorder.trouble(nth, Trouble::LostAnswer);
        if let Err(error) = trial.provider.refund(record).await {
            match error.effect() {
                Effect::NotExecuted => {
                    step("refunding again", trial.provider.refund(record).await).map(drop)?;
                }
                Effect::Unknown => {
                    was_unknown = true;
                    trial.not_repeated(before + nth)?;
                    is_found(trial, &error).await?;
                }
            }
        }
        is_refunded(trial, &books(&payment, record)).await?;
    }
    ensure(was_unknown, || {
        "an answer was lost, and the outcome was never unknown".to_owned()
    })
}

async fn disable(trial: &Trial) -> Verdict {
    offered(&trial.capabilities, Capability::Disable)?;
    let (payment, created) = trial.created().await?;
    let record = created.record();
    step("disabling", trial.provider.disable(record).await)?;
    cannot_be_paid(trial, &payment, &created).await
}

async fn lost_disable(trial: &Trial) -> Verdict {
    offered(&trial.capabilities, Capability::Disable)?;
    let (_, created) = trial.created().await?;
    let before = trial.recorder.count();
    step("disabling", trial.provider.disable(created.record()).await)?;
    let requests = trial.recorder.count() - before;
    let mut was_unknown = false;
    for nth in 1..=requests {
        let (payment, created) = trial.created().await?;
        let record = created.record();
        let before = trial.recorder.count();
        trial.recorder.trouble(nth, Trouble::LostAnswer);
        if let Err(error) = trial.provider.disable(record).await {
            match error.effect() {
                Effect::NotExecuted => {
                    step("disabling again", trial.provider.disable(record).await).map(drop)?;
                }
                Effect::Unknown => {
                    was_unknown = true;
                    trial.not_repeated(before + nth)?;
                    is_found(trial, &error).await?;
                }
            }
        }
        cannot_be_paid(trial, &payment, &created).await?;
    }
    ensure(was_unknown, || {
        "an answer was lost, and the outcome was never unknown".to_owned()
    })
}

async fn resend(trial: &Trial) -> Verdict {
    offered(&trial.capabilities, Capability::Resend)?;
    let (_, created) = trial.created().await?;
    let sent = resent(trial, created.record()).await;
    step("sending again", sent.1)?;
    ensure(sent.0 == 1, || format!("{} requests were sent", sent.0))?;

    let (_, created) = trial.created().await?;
    trial.recorder.trouble(1, Trouble::LostAnswer);
    let (requests, result) = resent(trial, created.record()).await;
    let is_unknown = result.is_err_and(|error| error.effect() == Effect::Unknown);
    ensure(is_unknown, || {
        "the answer is lost, and the outcome is not unknown".to_owned()
    })?;
    ensure(requests == 1, || {
        format!("the answer is lost, and {requests} requests were sent")
    })
}

/// Sends the link again, after a while, and counts the requests.
async fn resent(trial: &Trial, record: &PaymentRecord) -> (usize, Result<Done, Error>) {
    trial.subject.pass(BETWEEN_MESSAGES);
    let before = trial.recorder.count();
    let result = trial.provider.resend(record).await;
    (trial.recorder.count() - before, result)
}

async fn cannot_be_paid(trial: &Trial, payment: &NewPayment, created: &Created) -> Verdict {
    ensure(trial.subject.pay(created).await.is_err(), || {
        "a disabled payment was paid".to_owned()
    })?;
    let settlement = trial.settle(&books(payment, created.record())).await?;
    ensure(matches!(settlement, Settlement::NotPaid(_)), || {
        format!("a disabled payment is settled as {}", told(&settlement))
    })
}

/// Resolves what was carried out: it is found, or the provider says that it cannot tell.
async fn is_found(trial: &Trial, error: &Error) -> Verdict {
    let handle = error
        .handle()
        .ok_or_else(|| Stop::failed("the outcome is unknown, and there is no handle"))?;
    match trial.provider.resolve(handle).await {
        Ok(Resolution::Executed(_)) => Ok(()),
        Err(error) if error.kind() == ErrorKind::Unsupported => Ok(()),
        Err(error) => Err(Stop::failed(format!("resolving: {error}"))),
        Ok(_) => Err(Stop::failed(
            "it was carried out, and resolving does not find it",
        )),
    }
}

async fn is_refunded(trial: &Trial, expected: &ExpectedPayment) -> Verdict {
    if trial.capabilities.support(Capability::State).is_supported() {
        let payment = step(
            "reading the state",
            trial.provider.state(expected.record()).await,
        )?;
        ensure(*payment.state() == PaymentState::Refunded, || {
            format!("a refunded payment reads as {}", payment.state())
        })?;
    }
    let settlement = trial.settle(expected).await?;
    ensure(matches!(settlement, Settlement::NotPaid(_)), || {
        format!("a refunded payment is settled as {}", told(&settlement))
    })
}
