use paylink_core::provider::{Capability, ExpectedPayment, PaymentRecord};
use paylink_core::{Effect, Error, ErrorKind, Handle};
use serde_json::json;

use crate::conformance::case::{Case, Verdict};
use crate::conformance::forging;
use crate::conformance::stop::{Stop, ensure, step};
use crate::conformance::trial::{Trial, refused};

/// What no merchant is called, in whatever form merchants have names.
const NOBODY: &str = "58001";

pub(super) const CASES: &[Case] = &[
    Case::new(
        "another provider's record",
        "A record of another provider is refused by every method before a byte leaves.",
        |trial| Box::pin(record_of_another_provider(trial)),
    ),
    Case::new(
        "another provider's handle",
        "A handle of another provider is refused before a byte leaves.",
        |trial| Box::pin(handle_of_another_provider(trial)),
    ),
    Case::new(
        "another merchant's record",
        "Nothing is read, given back, disabled or sent again by a record of another merchant, and nothing is sent.",
        |trial| Box::pin(record_of_another_merchant(trial)),
    ),
    Case::new(
        "another merchant's handle",
        "What is not found by a handle of another merchant is not taken for what never was.",
        |trial| Box::pin(handle_of_another_merchant(trial)),
    ),
];

async fn record_of_another_provider(trial: &Trial) -> Verdict {
    let (payment, created) = trial.paid().await?;
    let foreign = forging::record(created.record(), "provider", json!("somebody-else"))?;
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
    let foreign = forging::handle(&own, "provider", json!("somebody-else"))?;
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
    let foreign = forging::record(created.record(), "merchant", json!(NOBODY))?;
    let quiet = trial.silence();
    let results = used(trial, &foreign).await;
    if results.is_empty() {
        return Err(Stop::not_applicable(
            "It does nothing by a record but settle.",
        ));
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
    let foreign = forging::handle(&own, "merchant", json!(NOBODY))?;
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
