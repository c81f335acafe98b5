use std::time::Duration;

use paylink_core::provider::{Capability, Created, NewPayment, PaymentRecord};
use paylink_core::{Effect, Error, ErrorKind, Handle, Resolution};

use crate::conformance::cases::{Case, Verdict};
use crate::conformance::trial::{Stop, Trial, books, ensure, step, timeless, told};
use crate::conformance::{Recorder, Trouble};

cases! {
    preparing: "preparing sends nothing",
        "Preparing sends nothing and names provider and order; its handle holds nothing but what the store may know.";
    sent_once: "one create is sent once", "Creating a payment sends no request twice.";
    what_it_brings: "what a create brings",
        "A create brings the link, the transfer and the time that were declared, and none that was not.";
    stored: "stored and read back",
        "What was created survives the merchant's store as JSON, and what comes back is settled.";
    never_left: "a create that never left",
        "A create at a server that refuses connections is proved not executed.";
    lost_on_its_way: "a create lost on its way",
        "A create that the server never saw is unknown, and resolving never finds it.";
    never_sent: "a create that was not sent",
        "A prepared payment that was never sent is never found; once the settling time is over it is known not to exist.";
    lost_answer(Trouble::LostAnswer): "a lost answer to a create",
        "Whichever answer is lost, the create is not sent again; its handle finds the payment, or says that nothing can.";
    lost_answer(Trouble::PageInstead): "a page in place of an answer",
        "A web page with status 200 in place of an answer proves nothing: the outcome is unknown.";
}

async fn preparing(trial: &Trial) -> Verdict {
    let payment = trial.full_payment()?;
    let quiet = trial.silence();
    let prepared = step("preparing", trial.provider.prepare(&payment))?;
    let handle = prepared.handle().clone();
    quiet.held("preparing")?;
    let provider = trial.capabilities.provider();
    step("the handle", handle.check_provider(provider))?;
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
        let mut later = requests.iter().skip(index + 1);
        let again = later.any(|it| it.repeats(request));
        ensure(!again, || format!("{} was sent twice", request.line()))?;
    }
    ensure(!requests.is_empty(), || {
        "a payment was created without a request".to_owned()
    })
}

/// Whether a create shows something that a capability promises.
type Shows = fn(&Created) -> bool;

async fn what_it_brings(trial: &Trial) -> Verdict {
    let payment = trial.full_payment()?;
    let full = trial.create(&payment).await?;
    let (_, bare) = trial.created().await?;
    let record = full.record();
    let provider = trial.capabilities.provider();
    step("the record", record.check_provider(provider))?;
    ensure(record.reference() == payment.reference(), || {
        format!("the record is of the order {}", record.reference())
    })?;
    let shows: [(Capability, Shows); 3] = [
        (Capability::PayLink, |it| it.link().is_some()),
        (Capability::ExactTransfer, |it| it.transfer().is_some()),
        (Capability::Expiry, |it| it.expires_at().is_some()),
    ];
    for (capability, shows) in shows {
        let (in_full, in_bare) = (shows(&full), shows(&bare));
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
    ensure(settlement.proof().is_some(), || {
        format!("what was stored is settled as {}", told(&settlement))
    })
}

async fn never_left(trial: &Trial) -> Verdict {
    let shut = Recorder::shut();
    let provider = trial.subject.provider(&shut).await?;
    let error = failing(provider.create(&trial.payment()?).await)?;
    ensure(error.effect() == Effect::NotExecuted, || {
        format!("nothing left, and the error does not say so: {error}")
    })
}

async fn lost_on_its_way(trial: &Trial) -> Verdict {
    let payment = trial.payment()?;
    // However often something is read before: no request arrives.
    for nth in 1..=50 {
        trial.recorder.trouble(nth, Trouble::LostRequest);
    }
    let error = failing(trial.provider.create(&payment).await)?;
    trial.recorder.recover();
    let Some(handle) = unknown(trial, &payment, &error)? else {
        // What was lost was a read that comes before.
        return trial.create(&payment).await.map(drop);
    };
    not_found(trial, &handle).await
}

async fn never_sent(trial: &Trial) -> Verdict {
    let prepared = step("preparing", trial.provider.prepare(&trial.payment()?))?;
    let handle = prepared.handle().clone();
    drop(prepared);
    not_found(trial, &handle).await
}

/// Loses each of the answers in turn that a create waits for.
async fn lost_answer(trial: &Trial, trouble: Trouble) -> Verdict {
    let before = trial.recorder.count();
    drop(trial.created().await?);
    let requests = trial.recorder.count() - before;
    let mut was_unknown = false;
    for nth in 1..=requests {
        let payment = trial.payment()?;
        let before = trial.recorder.count();
        trial.recorder.trouble(nth, trouble);
        let result = trial.provider.create(&payment).await;
        let Err(error) = result else {
            // A read was asked again.
            continue;
        };
        match unknown(trial, &payment, &error)? {
            None => drop(trial.create(&payment).await?),
            Some(handle) => {
                was_unknown = true;
                trial.not_repeated(before + nth)?;
                found(trial, &payment, &handle).await?;
            }
        }
    }
    ensure(was_unknown, || {
        "an answer was lost, and the outcome was never unknown".to_owned()
    })
}

/// The handle of an error that says that the outcome is unknown; `None` if it says that nothing was executed.
fn unknown(trial: &Trial, payment: &NewPayment, error: &Error) -> Result<Option<Handle>, Stop> {
    if error.effect() == Effect::NotExecuted {
        return Ok(None);
    }
    let without = || format!("the outcome is unknown, and there is no handle: {error}");
    let handle = error.handle().ok_or_else(|| Stop::Failed(without()))?;
    let reference = payment.reference().as_str();
    ensure(handle.reference() == Some(reference), || {
        format!("the error's handle does not name the order {reference}")
    })?;
    let prepared = step("preparing", trial.provider.prepare(payment))?;
    ensure(timeless(handle)? == timeless(prepared.handle())?, || {
        "the error's handle is not the one that preparing gave".to_owned()
    })?;
    let stored: Handle = serde_json::from_str(&serde_json::to_string(handle)?)?;
    Ok(Some(stored))
}

async fn found(trial: &Trial, payment: &NewPayment, handle: &Handle) -> Verdict {
    let resolution = trial.provider.resolve(handle).await;
    if !finds(trial) {
        return cannot_tell(resolution);
    }
    let Resolution::Executed(found) = step("resolving", resolution)? else {
        let lost = "the payment was created, and resolving does not find it";
        return Err(Stop::failed(lost));
    };
    let other = || Stop::failed("resolving a create finds something else");
    let created = found.created().ok_or_else(other)?;
    trial.subject.pay(created).await?;
    let proof = trial.prove(&books(payment, created.record())).await;
    proof.map(drop)
}

/// Checks that what does not exist is not found, now and after the settling time.
async fn not_found(trial: &Trial, handle: &Handle) -> Verdict {
    let resolution = trial.provider.resolve(handle).await;
    if !finds(trial) {
        return cannot_tell(resolution);
    }
    let wait = match step("resolving", resolution)? {
        Resolution::Executed(_) => return Err(invented()),
        Resolution::NotExecuted => return Ok(()),
        Resolution::StillUnknown { retry_after } => retry_after,
    };
    if !trial.subject.pass(wait + Duration::from_secs(1)) {
        return Ok(());
    }
    match step("resolving later", trial.provider.resolve(handle).await)? {
        Resolution::NotExecuted => Ok(()),
        Resolution::Executed(_) => Err(invented()),
        Resolution::StillUnknown { .. } => {
            Err(Stop::failed("it is unknown for longer than it said"))
        }
    }
}

fn invented() -> Stop {
    Stop::failed("resolving finds a payment that was never created")
}

/// What resolving has to say where a provider finds no created payment: nothing about the outcome.
fn cannot_tell<T>(resolution: Result<T, Error>) -> Verdict {
    let error = failing(resolution)?;
    ensure(error.kind() == ErrorKind::Unsupported, || {
        format!("it declares that it finds no lost create, and resolving says: {error}")
    })
}

fn finds(trial: &Trial) -> bool {
    let support = trial.capabilities.support(Capability::FindCreated);
    support.is_supported()
}

fn failing<T>(result: Result<T, Error>) -> Result<Error, Stop> {
    match result {
        Ok(_) => Err(Stop::failed("it succeeds where it cannot")),
        Err(error) => Ok(error),
    }
}
