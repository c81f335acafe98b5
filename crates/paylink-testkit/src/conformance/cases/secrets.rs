use paylink_core::Error;
use paylink_core::provider::{Capability, Input, InputRule, ListPayments};
use tracing::instrument::WithSubscriber;

use crate::conformance::Trouble;
use crate::conformance::case::{Case, Verdict};
use crate::conformance::stop::{Stop, ensure, step};
use crate::conformance::trial::{Trial, books};
use crate::{Canaries, Capture};

pub(super) const CASES: &[Case] = &[Case::new(
    "secrets stay secret",
    "No credential, card or national id is in any output, be it a record, a handle, an error or a log at level TRACE.",
    |trial| Box::pin(stay_secret(trial)),
)];

async fn stay_secret(trial: &Trial) -> Verdict {
    let mut secrets = trial.subject.secrets();
    for input in [Input::NationalId, Input::PayerCard] {
        if !matches!(trial.capabilities.input(input), InputRule::Unsupported(_)) {
            secrets.push(trial.samples.on_the_wire(input).to_owned());
        }
    }
    let canaries = step("the secrets", Canaries::new(&secrets))?;
    let capture = Capture::new(canaries.clone());
    let before = trial.recorder.count();
    life(trial, &capture)
        .with_subscriber(capture.subscriber())
        .await?;

    let leaks: Vec<String> = capture.leaks().iter().map(ToString::to_string).collect();
    ensure(leaks.is_empty(), || {
        format!("secrets are shown: {}", leaks.join("; "))
    })?;
    // The search is not blind: it finds them where they have to be.
    let requests = trial.recorder.requests();
    let mut sent = requests.iter().skip(before);
    let is_sent = sent.any(|request| {
        let body = String::from_utf8_lossy(request.body());
        !canaries.find_in(request.head()).is_empty() || !canaries.find_in(&body).is_empty()
    });
    ensure(is_sent, || {
        "no request holds any of the secrets: are they those that it is connected with?".to_owned()
    })
}

/// A payment's life, with everything that a program could print of it.
async fn life(trial: &Trial, capture: &Capture) -> Verdict {
    let provider = &trial.provider;
    capture.look("provider", provider);
    capture.look_serialized("capabilities", &trial.capabilities)?;

    let payment = trial.full_payment()?;
    capture.look("new payment", &payment);
    let prepared = step("preparing", provider.prepare(&payment))?;
    capture.look("prepared", &prepared);
    let handle = prepared.handle().clone();
    drop(prepared);
    capture.look("handle", &handle);
    capture.look_serialized("handle", &handle)?;

    for trouble in [Trouble::LostRequest, Trouble::PageInstead] {
        trial.recorder.trouble(1, trouble);
        look_at(capture, provider.create(&trial.full_payment()?).await)?;
    }
    let created = trial.create(&payment).await?;
    capture.look("created", &created);
    capture.look_serialized("record", created.record())?;
    let expected = books(&payment, created.record());
    look_at(capture, provider.settle(&expected).await)?;
    trial.subject.pay(&created).await?;
    trial.recorder.trouble(1, Trouble::PageInstead);
    look_at(capture, provider.settle(&expected).await)?;
    look_at(capture, provider.settle(&expected).await)?;

    if trial.capabilities.support(Capability::State).is_supported() {
        look_at(capture, provider.state(created.record()).await)?;
    }
    if trial.capabilities.support(Capability::List).is_supported() {
        look_at(capture, provider.list(&ListPayments::new()).await)?;
    }
    // Created once more, which some refuse.
    look_at(capture, provider.create(&payment).await)
}

/// Looks at whatever came, be it an error.
fn look_at<T: std::fmt::Debug>(capture: &Capture, result: Result<T, Error>) -> Result<(), Stop> {
    match result {
        Ok(value) => capture.look("value", &value),
        Err(error) => {
            capture.look_error("error", &error);
            capture.look_serialized("error", &error.report())?;
        }
    }
    Ok(())
}
