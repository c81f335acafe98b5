use paylink_core::provider::{Capability, ExpectedPayment, Hint, PaymentRecord};
use paylink_core::{
    CheckResult, ComparedField, Currency, Effect, Error, ErrorKind, Handle, Money, Settlement,
};
use serde_json::json;

use crate::conformance::cases::{Case, Verdict};
use crate::conformance::trial::{
    Stop, Trial, books, ensure, forged_handle, forged_record, ids_of, refused, step, told,
    with_ids_of,
};

/// What no merchant is called, in whatever form merchants have names.
const NOBODY: &str = "58001";

cases! {
    expensive_order: "an expensive order",
        "A paid payment of a cheap order does not pay an expensive one, and nothing is confirmed.";
    another_currency: "another currency", "The same number in another currency does not pay.";
    another_order: "another order", "A payment does not pay another order of the same price.";
    another_merchant: "another merchant",
        "A payment that was made to another merchant does not pay.";
    another_hint: "a hint of another payment",
        "A return or webhook that names another payment settles nothing; a true one does no harm.";
    reported_amount: "a reported amount is compared",
        "If the provider reports the amount, a record that says more than was paid is a mismatch.";
    reported_order: "a reported order is compared",
        "If the provider reports the order, a record with the ids of another payment is a mismatch.";
    record_of_another_provider: "another provider's record",
        "A record of another provider is refused by every method before a byte leaves.";
    handle_of_another_provider: "another provider's handle",
        "A handle of another provider is refused before a byte leaves.";
    record_of_another_merchant: "another merchant's record",
        "Nothing is read, given back, disabled or sent again by a record of another merchant, and nothing is sent.";
    handle_of_another_merchant: "another merchant's handle",
        "What is not found by a handle of another merchant is not taken for what never was.";
}

async fn expensive_order(trial: &Trial) -> Verdict {
    let tells_first = trial.tells_first().await?;
    let (payment, created) = trial.paid().await?;
    let expensive = payment.price().checked_add(*payment.price())?;
    let record = created.record().clone();
    let expected = ExpectedPayment::new(payment.reference().clone(), expensive, record.clone());
    differs(trial, &expected, ComparedField::Amount).await?;
    let own = books(&payment, &record);
    trial.settles_still(&own, tells_first).await
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
    let own = books(&payment, &record);
    trial.settles_still(&own, tells_first).await
}

async fn another_order(trial: &Trial) -> Verdict {
    let tells_first = trial.tells_first().await?;
    let (payment, created) = trial.paid().await?;
    let (another, _) = trial.created().await?;
    let record = created.record();
    differs(trial, &books(&another, record), ComparedField::Order).await?;
    let own = books(&payment, record);
    trial.settles_still(&own, tells_first).await
}

async fn another_merchant(trial: &Trial) -> Verdict {
    let tells_first = trial.tells_first().await?;
    let (payment, created) = trial.paid().await?;
    let record = created.record();
    if record.merchant().is_none() {
        return Err(Stop::not_applicable("Its records name no merchant."));
    }
    let forged = forged_record(record, "merchant", json!("58001"))?;
    no_proof(trial, &books(&payment, &forged), ComparedField::Merchant).await?;
    let order = trial.payment()?;
    let subject = &trial.subject;
    if let Some(elsewhere) = subject.at_another_merchant(&trial.recorder, &order).await? {
        let foreign = books(&order, elsewhere.record());
        no_proof(trial, &foreign, ComparedField::Merchant).await?;
        if let Some(mine) = record.merchant() {
            // It was put into the store as if it had been made here.
            let forged = forged_record(elsewhere.record(), "merchant", json!(mine))?;
            no_proof(trial, &books(&order, &forged), ComparedField::Merchant).await?;
        }
    }
    let own = books(&payment, record);
    trial.settles_still(&own, tells_first).await
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
    let own = expected().with_hint(hint);
    trial.settles_still(&own, tells_first).await
}

async fn reported_amount(trial: &Trial) -> Verdict {
    reports(trial, ComparedField::Amount).await?;
    let (payment, created) = trial.paid().await?;
    let amount = *created.record().amount();
    let twice = amount.checked_add(amount)?;
    let forged = forged_record(created.record(), "amount", serde_json::to_value(twice)?)?;
    let expensive = payment.price().checked_add(*payment.price())?;
    let expected = ExpectedPayment::new(payment.reference().clone(), expensive, forged);
    no_proof(trial, &expected, ComparedField::Amount).await?;
    let proof = trial.prove(&books(&payment, created.record())).await;
    proof.map(drop)
}

async fn reported_order(trial: &Trial) -> Verdict {
    reports(trial, ComparedField::Order).await?;
    let (payment, created) = trial.paid().await?;
    let (another, of_another) = trial.created().await?;
    let forged = with_ids_of(of_another.record(), created.record())?;
    no_proof(trial, &books(&another, &forged), ComparedField::Order).await?;
    let proof = trial.prove(&books(&payment, created.record())).await;
    proof.map(drop)
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
    for (name, value) in ids_of(record)? {
        hint = hint.with_id(&name, value);
    }
    Ok(hint)
}

async fn record_of_another_provider(trial: &Trial) -> Verdict {
    let (payment, created) = trial.paid().await?;
    let foreign = forged_record(created.record(), "provider", json!("somebody-else"))?;
    let quiet = trial.silence();
    let (reference, price) = (payment.reference().clone(), *payment.price());
    let expected = ExpectedPayment::new(reference, price, foreign.clone());
    let settled = trial.provider.settle(&expected).await;
    refused("settling", settled, ErrorKind::Invalid)?;
    for (capability, result) in used(trial, &foreign).await {
        refused(capability.as_str(), result, ErrorKind::Invalid)?;
    }
    quiet.held("a record of another provider")
}

async fn handle_of_another_provider(trial: &Trial) -> Verdict {
    let own = prepared(trial)?;
    let foreign = forged_handle(&own, "provider", json!("somebody-else"))?;
    let quiet = trial.silence();
    let result = trial.provider.resolve(&foreign).await;
    refused("resolving", result, ErrorKind::Invalid)?;
    quiet.held("a handle of another provider")
}

async fn record_of_another_merchant(trial: &Trial) -> Verdict {
    let (_, created) = trial.paid().await?;
    if created.record().merchant().is_none() {
        return Err(Stop::not_applicable("Its records name no merchant."));
    }
    let foreign = forged_record(created.record(), "merchant", json!(NOBODY))?;
    let quiet = trial.silence();
    let results = used(trial, &foreign).await;
    if results.is_empty() {
        let nothing = "It does nothing by a record but settle.";
        return Err(Stop::not_applicable(nothing));
    }
    for (capability, result) in results {
        let is_refused = result.is_err_and(|error| {
            let kind = matches!(error.kind(), ErrorKind::Invalid | ErrorKind::Mismatch);
            kind && error.effect() == Effect::NotExecuted
        });
        ensure(is_refused, || format!("{capability}: it is not refused"))?;
    }
    quiet.held("a record of another merchant")
}

async fn handle_of_another_merchant(trial: &Trial) -> Verdict {
    let own = prepared(trial)?;
    if own.merchant().is_none() {
        return Err(Stop::not_applicable("Its handles name no merchant."));
    }
    let foreign = forged_handle(&own, "merchant", json!(NOBODY))?;
    let resolved = trial.provider.resolve(&foreign).await;
    ensure(resolved.is_err(), || {
        "it resolves what only another merchant can know of".to_owned()
    })
}

/// The handle of a payment that is never sent.
fn prepared(trial: &Trial) -> Result<Handle, Stop> {
    let prepared = step("preparing", trial.provider.prepare(&trial.payment()?))?;
    Ok(prepared.handle().clone())
}

/// Does by this record whatever the provider offers to do by one.
async fn used(trial: &Trial, record: &PaymentRecord) -> Vec<(Capability, Result<(), Error>)> {
    let provider = &trial.provider;
    let mut results = Vec::new();
    for capability in Capability::ALL.iter().copied() {
        if !trial.capabilities.support(capability).is_supported() {
            continue;
        }
        let result = match capability {
            Capability::State => provider.state(record).await.map(drop),
            Capability::Refund => provider.refund(record).await.map(drop),
            Capability::Disable => provider.disable(record).await.map(drop),
            Capability::Resend => provider.resend(record).await.map(drop),
            _ => continue,
        };
        results.push((capability, result));
    }
    results
}
