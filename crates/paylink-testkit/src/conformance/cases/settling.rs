use paylink_core::provider::Transfer;
use paylink_core::{ComparedField, Settlement};

use super::state::is_open;
use crate::conformance::Trouble;
use crate::conformance::case::{Case, Verdict};
use crate::conformance::stop::{Stop, ensure};
use crate::conformance::trial::{Trial, books, told};

pub(super) const CASES: &[Case] = &[
    Case::new(
        "unpaid is not settled",
        "Settling an unpaid payment says so, as often as it is asked, and the payment can be paid afterwards.",
        |trial| Box::pin(unpaid(trial)),
    ),
    Case::new(
        "a proof has every field",
        "A proof states amount, currency, order, merchant and reference, each compared or declared as never reported.",
        |trial| Box::pin(proof(trial)),
    ),
    Case::new(
        "settled once",
        "Whatever settles a second time is settled already, never afresh.",
        |trial| Box::pin(settled_once(trial)),
    ),
    Case::new(
        "a lost answer to a settle",
        "Whichever answer is lost while settling, settling again proves the payment.",
        |trial| Box::pin(lost_answer(trial)),
    ),
];

async fn unpaid(trial: &Trial) -> Verdict {
    let (payment, created) = trial.created().await?;
    let expected = books(&payment, created.record());
    for _ in 0..2 {
        match trial.settle(&expected).await? {
            Settlement::NotPaid(view) => {
                ensure(is_open(view.state()), || {
                    format!("an unpaid payment is not paid, {}", view.state())
                })?;
            }
            other => {
                return Err(Stop::failed(format!(
                    "an unpaid payment is settled as {}",
                    told(&other)
                )));
            }
        }
    }
    trial.subject.pay(&created).await?;
    trial.prove(&expected).await.map(drop)
}

async fn proof(trial: &Trial) -> Verdict {
    let (payment, created) = trial.paid().await?;
    let record = created.record();
    let proof = trial.prove(&books(&payment, record)).await?;
    for field in ComparedField::ALL {
        let checks = proof.checks().iter().filter(|check| check.field() == field);
        ensure(checks.count() == 1, || {
            format!("the proof does not state the {} once", field.as_str())
        })?;
    }
    let reference = payment.reference().as_str();
    ensure(proof.order() == reference, || {
        format!("the proof is of the order {}", proof.order())
    })?;
    // What is transferred from card to card differs from the price: that is what makes it recognisable.
    let due = created.transfer().map_or(record.amount(), Transfer::amount);
    ensure(proof.amount() == due, || {
        format!("the proof is of {}, and {due} was due", proof.amount())
    })?;
    ensure(proof.provider() == trial.capabilities.provider(), || {
        format!("the proof is of {}", proof.provider())
    })
}

async fn settled_once(trial: &Trial) -> Verdict {
    let (payment, created) = trial.settled().await?;
    for _ in 0..2 {
        let settlement = trial.settle(&books(&payment, created.record())).await?;
        ensure(matches!(settlement, Settlement::AlreadySettled(_)), || {
            format!("a settled payment is settled as {}", told(&settlement))
        })?;
    }
    Ok(())
}

async fn lost_answer(trial: &Trial) -> Verdict {
    let before = trial.recorder.count();
    let (payment, created) = trial.paid().await?;
    let created_by = trial.recorder.count() - before;
    trial.prove(&books(&payment, created.record())).await?;
    let settled_by = trial.recorder.count() - before - created_by;
    for nth in 1..=settled_by {
        for trouble in [Trouble::LostAnswer, Trouble::PageInstead] {
            let (payment, created) = trial.paid().await?;
            let expected = books(&payment, created.record());
            trial.recorder.trouble(nth, trouble);
            // It may ask again by itself, or fail.
            let first = trial.provider.settle(&expected).await;
            trial.recorder.recover();
            if let Ok(settlement) = &first {
                ensure(settlement.proof().is_some(), || {
                    let told = told(settlement);
                    format!("answer {nth} is lost, and a paid payment is settled as {told}")
                })?;
            }
            trial.prove(&expected).await?;
        }
    }
    ensure(settled_by > 0, || "it settles without asking".to_owned())
}
