use paylink_core::provider::{Capability, Created, PaymentRecord};
use paylink_core::{Handle, Settlement};

use crate::conformance::case::{Case, Verdict};
use crate::conformance::stop::{ensure, step};
use crate::conformance::trial::{Trial, books, told};

pub(super) const CASES: &[Case] = &[
    Case::new(
        "preparing sends nothing",
        "Preparing sends nothing and names provider and order; its handle holds nothing but what the store may know.",
        |trial| Box::pin(preparing(trial)),
    ),
    Case::new(
        "one create is sent once",
        "Creating a payment sends no request twice.",
        |trial| Box::pin(sent_once(trial)),
    ),
    Case::new(
        "what a create brings",
        "A create brings the link, the transfer and the time that were declared, and none that was not.",
        |trial| Box::pin(what_it_brings(trial)),
    ),
    Case::new(
        "stored and read back",
        "What was created survives the merchant's store as JSON, and what comes back is settled.",
        |trial| Box::pin(stored(trial)),
    ),
];

async fn preparing(trial: &Trial) -> Verdict {
    let payment = trial.full_payment()?;
    let quiet = trial.silence();
    let prepared = step("preparing", trial.provider.prepare(&payment))?;
    let handle = prepared.handle().clone();
    quiet.held("preparing")?;
    step(
        "the handle",
        handle.check_provider(trial.capabilities.provider()),
    )?;
    let reference = payment.reference().as_str();
    ensure(handle.reference() == Some(reference), || {
        format!("the handle does not name the order {reference}")
    })?;
    let stored: Handle = serde_json::from_str(&serde_json::to_string(&handle)?)?;
    ensure(stored == handle, || {
        "the handle comes back from the store as another".to_owned()
    })
}

async fn sent_once(trial: &Trial) -> Verdict {
    let before = trial.recorder.count();
    drop(trial.create(&trial.payment()?).await?);
    let requests = trial.recorder.requests();
    let requests: Vec<_> = requests.iter().skip(before).collect();
    for (index, request) in requests.iter().enumerate() {
        let again = requests
            .iter()
            .skip(index + 1)
            .any(|it| it.repeats(request));
        ensure(!again, || format!("{} was sent twice", request.line()))?;
    }
    ensure(!requests.is_empty(), || {
        "a payment was created without a request".to_owned()
    })
}

async fn what_it_brings(trial: &Trial) -> Verdict {
    let payment = trial.full_payment()?;
    let full = trial.create(&payment).await?;
    let (_, bare) = trial.created().await?;
    let record = full.record();
    step(
        "the record",
        record.check_provider(trial.capabilities.provider()),
    )?;
    ensure(record.reference() == payment.reference(), || {
        format!("the record is of the order {}", record.reference())
    })?;
    for (capability, in_full, in_bare) in [
        (
            Capability::PayLink,
            full.link().is_some(),
            bare.link().is_some(),
        ),
        (
            Capability::ExactTransfer,
            full.transfer().is_some(),
            bare.transfer().is_some(),
        ),
        (
            Capability::Expiry,
            full.expires_at().is_some(),
            bare.expires_at().is_some(),
        ),
    ] {
        let is_declared = trial.capabilities.support(capability).is_supported();
        ensure(in_full == is_declared && (is_declared || !in_bare), || {
            let declared = if is_declared { "yes" } else { "no" };
            format!("it declares {declared} to {capability}, and a create shows the contrary")
        })?;
    }
    if let Some(transfer) = full.transfer() {
        ensure(!transfer.cards().is_empty(), || {
            "there is no card to transfer to".to_owned()
        })?;
    }
    Ok(())
}

async fn stored(trial: &Trial) -> Verdict {
    let payment = trial.full_payment()?;
    let created = trial.create(&payment).await?;
    let back: Created = serde_json::from_str(&serde_json::to_string(&created)?)?;
    ensure(back == created, || {
        "what was created comes back from the store as something else".to_owned()
    })?;
    let record: PaymentRecord = serde_json::from_str(&serde_json::to_string(created.record())?)?;
    trial.subject.pay(&back).await?;
    // Another provider of the same account, as after the program was started again.
    let restarted = trial.subject.provider(&trial.recorder).await?;
    let settlement = restarted.settle(&books(&payment, &record)).await;
    let settlement = step("settling what was stored", settlement)?;
    ensure(
        matches!(
            settlement,
            Settlement::Settled(_) | Settlement::AlreadySettled(_)
        ),
        || format!("what was stored is settled as {}", told(&settlement)),
    )
}
