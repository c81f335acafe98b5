use paylink_core::Error;
use paylink_core::provider::{Capability, Created, Hint, Input, InputRule, NewPayment};

use crate::conformance::case::{Case, Verdict};
use crate::conformance::stop::{Stop, ensure, offered, step};
use crate::conformance::trial::{Trial, books};

pub(super) const CASES: &[Case] = &[
    Case::new(
        "a return names its payment",
        "What the payer's browser brings back is read as a hint of that payment, and with it the order settles.",
        |trial| Box::pin(read_return(trial)),
    ),
    Case::new(
        "a webhook names its payment",
        "What the webhook brings is read as a hint of that payment, and with it the order settles.",
        |trial| Box::pin(read_webhook(trial)),
    ),
    Case::new(
        "rubbish is no hint",
        "Whatever else comes to a return or a webhook is refused, without a panic and without a request.",
        |trial| Box::pin(rubbish(trial)),
    ),
];

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

async fn rubbish(trial: &Trial) -> Verdict {
    let returns = offered(&trial.capabilities, Capability::ReadReturn);
    let webhooks = offered(&trial.capabilities, Capability::ReadWebhook);
    if let (Err(stop), Err(_)) = (&returns, &webhooks) {
        let Stop::NotApplicable(why) = stop else {
            return returns;
        };
        return Err(Stop::not_applicable(why));
    }
    let quiet = trial.silence();
    for rubbish in rubbish_texts() {
        let text = String::from_utf8_lossy(&rubbish);
        if returns.is_ok() {
            no_hint(&text, &trial.provider.read_return(&text))?;
        }
        if webhooks.is_ok() {
            no_hint(&text, &trial.provider.read_webhook(&rubbish))?;
        }
    }
    quiet.held("reading rubbish")
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

fn no_hint(rubbish: &str, result: &Result<Hint, Error>) -> Verdict {
    ensure(result.is_err(), || {
        let shown: String = rubbish.chars().take(40).collect();
        format!("a hint was read from {shown:?}")
    })
}

fn rubbish_texts() -> Vec<Vec<u8>> {
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
