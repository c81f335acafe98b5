use paylink_core::provider::{Capability, Payment, PaymentRecord, PaymentState, Transfer};
use paylink_core::{ComparedField, Settlement};

use crate::conformance::Trouble;
use crate::conformance::cases::{Case, Verdict};
use crate::conformance::trial::{Stop, Trial, books, ensure, offered, step, told};

cases! {
    follows: "the state follows the payment",
        "The state says paid once the payment is settled, and never before the payer has paid; reading it confirms nothing.";
    unpaid: "unpaid is not settled",
        "Settling an unpaid payment says so, as often as it is asked, and the payment can be paid afterwards.";
    proof: "a proof has every field",
        "A proof states amount, currency, order, merchant and reference, each compared or declared as never reported.";
    settled_once: "settled once",
        "Whatever settles a second time is settled already, never afresh.";
    lost_answer: "a lost answer to a settle",
        "Whichever answer is lost while settling, settling again proves the payment.";
}

async fn follows(trial: &Trial) -> Verdict {
    offered(&trial.capabilities, Capability::State)?;
    let tells_first = trial.tells_first().await?;
    let (payment, created) = trial.created().await?;
    let record = created.record();

    let unpaid = read(trial, record).await?;
    ensure(is_open(&unpaid), || {
        format!("an unpaid payment reads as {unpaid}")
    })?;
    let may_be_paid = unpaid == PaymentState::Unconfirmed;
    let is_declared = trial.capabilities.is_unconfirmed_before_payment();
    ensure(is_declared || !may_be_paid, || {
        "an unpaid payment reads as unconfirmed, which is not declared".to_owned()
    })?;

    trial.subject.pay(&created).await?;
    for _ in 0..2 {
        let paid = read(trial, record).await?;
        let has_money = matches!(paid, PaymentState::Unconfirmed | PaymentState::Paid);
        ensure(has_money, || format!("a paid payment reads as {paid}"))?;
    }

    let expected = books(&payment, record);
    trial.settles_still(&expected, tells_first).await?;
    let settled = read(trial, record).await?;
    ensure(settled == PaymentState::Paid, || {
        format!("a settled payment reads as {settled}")
    })
}

/// Whether it says that the payment can be paid. A provider may not tell that from one that waits for its merchant.
pub(super) fn is_open(state: &PaymentState) -> bool {
    matches!(
        state,
        PaymentState::Unpaid | PaymentState::Paying | PaymentState::Unconfirmed
    )
}

async fn read(trial: &Trial, record: &PaymentRecord) -> Result<PaymentState, Stop> {
    let payment = step("reading the state", trial.provider.state(record).await)?;
    is_of(&payment, record)?;
    Ok(payment.state().clone())
}

/// Checks that a view is of the record's payment, as far as it says.
fn is_of(payment: &Payment, record: &PaymentRecord) -> Verdict {
    let same_provider = payment.provider() == record.provider();
    let reference = payment.reference();
    let same_order = reference.is_none_or(|it| it == record.reference().as_str());
    let amount = payment.amount();
    let same_amount = amount.is_none_or(|it| it == record.amount());
    let mut ids = payment.ids();
    let same_ids = ids.all(|(name, id)| record.id(name).is_none_or(|known| known == id));
    ensure(
        same_provider && same_order && same_amount && same_ids,
        || format!("the view is of another payment: {payment:?}"),
    )
}

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
