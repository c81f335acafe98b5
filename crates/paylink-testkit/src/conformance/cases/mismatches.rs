use paylink_core::provider::{ExpectedPayment, Hint, PaymentRecord};
use paylink_core::{CheckResult, ComparedField, Currency, Effect, Money, Settlement};
use serde_json::json;

use crate::conformance::case::{Case, Verdict};
use crate::conformance::forging;
use crate::conformance::stop::{Stop, ensure};
use crate::conformance::trial::{Trial, books, told};

pub(super) const CASES: &[Case] = &[
    Case::new(
        "a dear order",
        "A paid payment of a cheap order does not pay a dear one, and nothing is confirmed.",
        |trial| Box::pin(dear_order(trial)),
    ),
    Case::new(
        "another currency",
        "The same number in another currency does not pay.",
        |trial| Box::pin(another_currency(trial)),
    ),
    Case::new(
        "another order",
        "A payment does not pay another order of the same price.",
        |trial| Box::pin(another_order(trial)),
    ),
    Case::new(
        "another merchant",
        "A payment that was made to another merchant does not pay.",
        |trial| Box::pin(another_merchant(trial)),
    ),
    Case::new(
        "a hint of another payment",
        "A return or webhook that names another payment settles nothing; a true one does no harm.",
        |trial| Box::pin(another_hint(trial)),
    ),
    Case::new(
        "a reported amount is compared",
        "If the provider reports the amount, a record that says more than was paid is a mismatch.",
        |trial| Box::pin(reported_amount(trial)),
    ),
    Case::new(
        "a reported order is compared",
        "If the provider reports the order, a record with the ids of another payment is a mismatch.",
        |trial| Box::pin(reported_order(trial)),
    ),
];

async fn dear_order(trial: &Trial) -> Verdict {
    let tells_first = trial.tells_first().await?;
    let (payment, created) = trial.paid().await?;
    let dear = payment.price().checked_add(*payment.price())?;
    let record = created.record().clone();
    let expected = ExpectedPayment::new(payment.reference().clone(), dear, record.clone());
    differs(trial, &expected, ComparedField::Amount).await?;
    trial
        .settles_still(&books(&payment, &record), tells_first)
        .await
}

async fn another_currency(trial: &Trial) -> Verdict {
    let tells_first = trial.tells_first().await?;
    let (payment, created) = trial.paid().await?;
    let record = created.record().clone();
    let price = payment.price();
    let other = match price.currency() {
        Currency::Usd => Currency::Usdt,
        _ => Currency::Usd,
    };
    let price = Money::new(&price.amount(), other)?;
    let expected = ExpectedPayment::new(payment.reference().clone(), price, record.clone());
    differs(trial, &expected, ComparedField::Currency).await?;
    trial
        .settles_still(&books(&payment, &record), tells_first)
        .await
}

async fn another_order(trial: &Trial) -> Verdict {
    let tells_first = trial.tells_first().await?;
    let (payment, created) = trial.paid().await?;
    let (another, _) = trial.created().await?;
    let record = created.record();
    differs(trial, &books(&another, record), ComparedField::Order).await?;
    trial
        .settles_still(&books(&payment, record), tells_first)
        .await
}

async fn another_merchant(trial: &Trial) -> Verdict {
    let tells_first = trial.tells_first().await?;
    let (payment, created) = trial.paid().await?;
    let record = created.record();
    if record.merchant().is_none() {
        return Err(Stop::not_applicable("Its records name no merchant."));
    }
    let forged = forging::record(record, "merchant", json!("58001"))?;
    no_proof(trial, &books(&payment, &forged), ComparedField::Merchant).await?;
    let order = trial.payment()?;
    let subject = &trial.subject;
    if let Some(elsewhere) = subject.at_another_merchant(&trial.recorder, &order).await? {
        no_proof(
            trial,
            &books(&order, elsewhere.record()),
            ComparedField::Merchant,
        )
        .await?;
        if let Some(mine) = record.merchant() {
            // Somebody put it into the store as if it had been made here.
            let forged = forging::record(elsewhere.record(), "merchant", json!(mine))?;
            no_proof(trial, &books(&order, &forged), ComparedField::Merchant).await?;
        }
    }
    trial
        .settles_still(&books(&payment, record), tells_first)
        .await
}

async fn another_hint(trial: &Trial) -> Verdict {
    let tells_first = trial.tells_first().await?;
    let (payment, created) = trial.paid().await?;
    let (_, another) = trial.paid().await?;
    let expected = || books(&payment, created.record());
    let hint = hint_of(trial, another.record())?;
    differs(trial, &expected().with_hint(hint), ComparedField::Reference).await?;
    let hint = Hint::new(trial.capabilities.provider());
    let by_order = hint.with_reference(another.record().reference().as_str());
    differs(trial, &expected().with_hint(by_order), ComparedField::Order).await?;
    let hint = hint_of(trial, created.record())?;
    trial
        .settles_still(&expected().with_hint(hint), tells_first)
        .await
}

async fn reported_amount(trial: &Trial) -> Verdict {
    reports(trial, ComparedField::Amount).await?;
    let (payment, created) = trial.paid().await?;
    let amount = *created.record().amount();
    let twice = amount.checked_add(amount)?;
    let forged = forging::record(created.record(), "amount", serde_json::to_value(twice)?)?;
    let dear = payment.price().checked_add(*payment.price())?;
    let expected = ExpectedPayment::new(payment.reference().clone(), dear, forged);
    no_proof(trial, &expected, ComparedField::Amount).await?;
    trial
        .prove(&books(&payment, created.record()))
        .await
        .map(drop)
}

async fn reported_order(trial: &Trial) -> Verdict {
    reports(trial, ComparedField::Order).await?;
    let (payment, created) = trial.paid().await?;
    let (another, of_another) = trial.created().await?;
    let forged = forging::with_ids_of(of_another.record(), created.record())?;
    no_proof(trial, &books(&another, &forged), ComparedField::Order).await?;
    trial
        .prove(&books(&payment, created.record()))
        .await
        .map(drop)
}

/// Settles what must differ in this field.
async fn differs(trial: &Trial, expected: &ExpectedPayment, field: ComparedField) -> Verdict {
    match trial.settle(expected).await? {
        Settlement::Mismatch(mismatch) => ensure(mismatch.has(field), || {
            format!("it differs in the {}, and is {mismatch}", field.as_str())
        }),
        other => Err(Stop::failed(format!(
            "it differs in the {}, and is settled as {}",
            field.as_str(),
            told(&other)
        ))),
    }
}

/// Settles by a record that no provider wrote: it is a mismatch, or an error that confirmed nothing.
async fn no_proof(trial: &Trial, expected: &ExpectedPayment, field: ComparedField) -> Verdict {
    let forged = || format!("its record was forged in the {}", field.as_str());
    match trial.provider.settle(expected).await {
        Ok(Settlement::Mismatch(_)) => Ok(()),
        Ok(other) => Err(Stop::Failed(format!(
            "{}, and it is settled as {}",
            forged(),
            told(&other)
        ))),
        Err(error) => ensure(error.effect() == Effect::NotExecuted, || {
            format!("{}: {error}", forged())
        }),
    }
}

/// Ends the case as not applicable unless the provider reports this field, going by a proof of it.
async fn reports(trial: &Trial, field: ComparedField) -> Verdict {
    let (payment, created) = trial.paid().await?;
    let proof = trial.prove(&books(&payment, created.record())).await?;
    let mut checks = proof.checks().iter();
    let compared = checks.any(|it| it.field() == field && it.result() == CheckResult::Equal);
    if compared {
        return Ok(());
    }
    Err(Stop::not_applicable(format!(
        "Its proof says that the {} is never reported.",
        field.as_str()
    )))
}

/// A hint that names every id of a record.
fn hint_of(trial: &Trial, record: &PaymentRecord) -> Result<Hint, Stop> {
    let mut hint = Hint::new(trial.capabilities.provider());
    for (name, value) in forging::ids(record)? {
        hint = hint.with_id(&name, value);
    }
    Ok(hint)
}
