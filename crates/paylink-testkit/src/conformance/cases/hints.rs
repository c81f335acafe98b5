use paylink_core::Error;
use paylink_core::provider::{
    Capability, Created, Hint, Input, InputRule, ListPayments, NewPayment,
};
use tracing::instrument::WithSubscriber;

use crate::conformance::Trouble;
use crate::conformance::cases::{Case, Verdict};
use crate::conformance::trial::{Stop, Trial, books, ensure, offered, step};
use crate::{Canaries, Capture};

cases! {
    read_return: "a return names its payment",
        "What the payer's browser brings back is read as a hint of that payment, and with it the order settles.";
    read_webhook: "a webhook names its payment",
        "What the webhook brings is read as a hint of that payment, and with it the order settles.";
    malformed: "a malformed hint",
        "Whatever else comes to a return or a webhook is refused, without a panic and without a request.";
    stay_secret: "secrets stay secret",
        "No credential, card or national id is in any output, be it a record, a handle, an error or a log at level TRACE.";
}

async fn read_return(trial: &Trial) -> Verdict {
    offered(&trial.capabilities, Capability::ReadReturn)?;
    let (payment, created) = paid_with(trial, Input::ReturnUrl).await?;
    let query = trial.subject.returned(&created).await?;
    let quiet = trial.silence();
    let hint = step("reading the return", trial.provider.read_return(&query))?;
    quiet.held("reading a return")?;
    names(trial, &payment, &created, hint).await
}

async fn read_webhook(trial: &Trial) -> Verdict {
    offered(&trial.capabilities, Capability::ReadWebhook)?;
    let (payment, created) = paid_with(trial, Input::NotifyUrl).await?;
    let body = trial.subject.notified(&created).await?;
    let quiet = trial.silence();
    let hint = step("reading the webhook", trial.provider.read_webhook(&body))?;
    quiet.held("reading a webhook")?;
    names(trial, &payment, &created, hint).await
}

async fn malformed(trial: &Trial) -> Verdict {
    let returns = offered(&trial.capabilities, Capability::ReadReturn);
    let webhooks = offered(&trial.capabilities, Capability::ReadWebhook);
    if let (Err(stop), Err(_)) = (&returns, &webhooks) {
        let Stop::NotApplicable(why) = stop else {
            return returns;
        };
        return Err(Stop::not_applicable(why));
    }
    let quiet = trial.silence();
    for malformed in malformed_texts() {
        let text = String::from_utf8_lossy(&malformed);
        if returns.is_ok() {
            no_hint(&text, &trial.provider.read_return(&text))?;
        }
        if webhooks.is_ok() {
            no_hint(&text, &trial.provider.read_webhook(&malformed))?;
        }
    }
    quiet.held("reading a malformed hint")
}

/// An order that was paid, and said where the payer or the provider is to go.
async fn paid_with(trial: &Trial, input: Input) -> Result<(NewPayment, Created), Stop> {
    let mut payment = trial.payment()?;
    if trial.capabilities.input(input) == InputRule::Optional {
        payment = trial.samples.put(payment, input)?;
    }
    let created = trial.create(&payment).await?;
    trial.subject.pay(&created).await?;
    Ok((payment, created))
}

/// Checks that a hint names this payment and nothing else, and settles the order with it.
async fn names(trial: &Trial, payment: &NewPayment, created: &Created, hint: Hint) -> Verdict {
    let record = created.record();
    let ids: Vec<(&str, &str)> = hint.ids().collect();
    let names_order = hint.reference() == Some(payment.reference().as_str());
    let knows = |(name, id): &(&str, &str)| record.id(name) == Some(*id);
    ensure(names_order || ids.iter().any(knows), || {
        format!("the hint names neither the order nor an id of the record: {hint:?}")
    })?;
    ensure(ids.iter().all(knows), || {
        format!("the hint names an id that the record does not have: {hint:?}")
    })?;
    trial
        .prove(&books(payment, record).with_hint(hint))
        .await
        .map(drop)
}

fn no_hint(malformed: &str, result: &Result<Hint, Error>) -> Verdict {
    ensure(result.is_err(), || {
        let shown: String = malformed.chars().take(40).collect();
        format!("a hint was read from {shown:?}")
    })
}

fn malformed_texts() -> Vec<Vec<u8>> {
    let mut texts: Vec<Vec<u8>> = [
        "",
        "=",
        "&&&",
        "?",
        "%",
        "%zz=%",
        "%00=%00",
        "a=b",
        "a",
        "{",
        "{}",
        "[]",
        "null",
        "0",
        "\"\"",
        "{\"a\":{}}",
        "<a/>",
        "\u{feff}",
        "\r\n\r\n",
    ]
    .iter()
    .map(|text| text.as_bytes().to_vec())
    .collect();
    texts.push(vec![0xff, 0xfe, b'=', 0xff]);
    texts.push(vec![b'['; 100_000]);
    texts.push(b"a=b&".repeat(100_000));
    texts
}

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
