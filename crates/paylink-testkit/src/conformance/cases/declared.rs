use paylink_core::provider::{
    Capability, Created, Input, InputRule, ListPayments, NewPayment, PaymentRecord, Support,
};
use paylink_core::{Currency, Error, ErrorKind, Money, Rial, Toman};

use crate::conformance::cases::{Case, Verdict};
use crate::conformance::recorder::values_of;
use crate::conformance::trial::{Stop, Trial, ensure, refused};

cases! {
    declarations: "declarations are whole",
        "The provider has a name and a currency, and gives a sentence for whatever it does not offer or take.";
    missing_capabilities: "missing capabilities",
        "What is not offered is refused as unsupported before a byte leaves.";
    refused_inputs: "refused inputs",
        "A payment with an input that the provider does not take is refused before a byte leaves, whichever input it is.";
    needed_inputs: "needed inputs",
        "A payment without an input that the provider needs is refused before a byte leaves.";
    taken_inputs: "taken inputs are sent",
        "Every input that is taken is in a request or in the pay link of its payment, and not in those of a payment without it.";
    foreign_currencies: "foreign currencies",
        "A price in a currency that the provider does not count in is refused before a byte leaves.";
    every_currency: "every currency",
        "A price in each currency that the provider counts in is on the wire and in the record, to the last digit.";
    rial_and_toman: "rial and toman",
        "Rial and toman stand for one another exactly, and what does not divide is refused before a byte leaves.";
}

async fn declarations(trial: &Trial) -> Verdict {
    let declared = &trial.capabilities;
    ensure(!declared.provider().is_empty(), || {
        "it has no name".to_owned()
    })?;
    trial.currency()?;
    for capability in Capability::ALL.iter().copied() {
        if let Support::Unsupported(why) = declared.support(capability) {
            ensure(is_a_sentence(why), || {
                format!("the reason against {capability} is no sentence: \"{why}\"")
            })?;
        }
    }
    for input in Input::ALL.iter().copied() {
        if let InputRule::Unsupported(why) = declared.input(input) {
            ensure(is_a_sentence(why), || {
                format!("the reason against a {input} is no sentence: \"{why}\"")
            })?;
        }
    }
    ensure(trial.provider.capabilities() == declared, || {
        "it declares something else when it is asked again".to_owned()
    })
}

async fn missing_capabilities(trial: &Trial) -> Verdict {
    let supported = |capability| trial.capabilities.support(capability).is_supported();
    let mut missing = Capability::ALL.to_vec();
    missing.retain(|capability| !supported(*capability));
    if missing.is_empty() {
        return Err(Stop::not_applicable("It offers every capability there is."));
    }
    let (_, created) = trial.created().await?;
    for capability in missing {
        let quiet = trial.silence();
        if let Some(result) = use_of(trial, capability, created.record()).await {
            refused(capability.as_str(), result, ErrorKind::Unsupported)?;
        }
        quiet.held(format_args!("{capability}, which is not offered"))?;
    }
    Ok(())
}

/// Uses a capability; `None` for those that show in what a create brings, or in what resolving finds.
async fn use_of(
    trial: &Trial,
    capability: Capability,
    record: &PaymentRecord,
) -> Option<Result<(), Error>> {
    let provider = &trial.provider;
    let result = match capability {
        Capability::State => provider.state(record).await.map(drop),
        Capability::Refund => provider.refund(record).await.map(drop),
        Capability::Disable => provider.disable(record).await.map(drop),
        Capability::Resend => provider.resend(record).await.map(drop),
        Capability::List => provider.list(&ListPayments::new()).await.map(drop),
        Capability::ReadReturn => provider.read_return("id=1").map(drop),
        Capability::ReadWebhook => provider.read_webhook(b"id=1").map(drop),
        _ => return None,
    };
    Some(result)
}

fn is_a_sentence(text: &str) -> bool {
    text.ends_with('.') && text.starts_with(char::is_uppercase) && text.contains(' ')
}

async fn refused_inputs(trial: &Trial) -> Verdict {
    let inputs = trial.inputs(|demand| matches!(demand, InputRule::Unsupported(_)));
    let day = refused_day(trial);
    if inputs.is_empty() && !day {
        return Err(Stop::not_applicable("It takes every input there is."));
    }
    for input in inputs {
        let payment = trial.samples.put(trial.payment()?, input)?;
        let what = format!("with a {input}, which is not taken");
        refused_unsent(trial, &payment, &what, ErrorKind::Unsupported).await?;
    }
    if day {
        let list = ListPayments::new().with_day("1403/05/20".parse()?);
        let quiet = trial.silence();
        let result = trial.provider.list(&list).await;
        refused("a list of a day", result, ErrorKind::Unsupported)?;
        quiet.held("a list of a day, which is not taken")?;
    }
    Ok(())
}

async fn needed_inputs(trial: &Trial) -> Verdict {
    let inputs = trial.inputs(|demand| demand == InputRule::Required);
    let needs_day = lists(trial) && trial.capabilities.input(Input::ListDay) == InputRule::Required;
    if inputs.is_empty() && !needs_day {
        return Err(Stop::not_applicable("It needs no input."));
    }
    for input in inputs {
        let payment = trial.payment_without(input)?;
        let what = format!("without a {input}");
        refused_unsent(trial, &payment, &what, ErrorKind::Invalid).await?;
    }
    if needs_day {
        let quiet = trial.silence();
        let result = trial.provider.list(&ListPayments::new()).await;
        refused("a list without a day", result, ErrorKind::Invalid)?;
        quiet.held("a list without a day")?;
    }
    Ok(())
}

async fn taken_inputs(trial: &Trial) -> Verdict {
    let inputs = trial.inputs(|demand| !matches!(demand, InputRule::Unsupported(_)));
    if inputs.is_empty() {
        return Err(Stop::not_applicable("It takes no input."));
    }
    for input in inputs {
        let value = trial.samples.on_the_wire(input).to_owned();
        if trial.capabilities.input(input) == InputRule::Optional {
            let before = trial.recorder.count();
            let created = trial.create(&trial.payment()?).await?;
            ensure(!is_sent(trial, before, &created, &value), || {
                format!("a {input} is sent that was not given: choose another sample")
            })?;
        }
        let given = trial.samples.put(trial.payment()?, input)?;
        let before = trial.recorder.count();
        let created = trial.create(&given).await?;
        ensure(is_sent(trial, before, &created, &value), || {
            format!("a {input} was given, and neither a request nor the link holds it")
        })?;
    }
    Ok(())
}

/// Whether a request says it, or the link that takes the payer, and the value along, to the provider.
fn is_sent(trial: &Trial, before: usize, created: &Created, value: &str) -> bool {
    let requests = trial.recorder.requests();
    let mut requests = requests.iter().skip(before);
    let link = created.link().map(|link| values_of(link.as_str(), ""));
    requests.any(|request| request.mentions(value))
        || link.is_some_and(|values| values.iter().any(|it| it.contains(value)))
}

fn refused_day(trial: &Trial) -> bool {
    let rule = trial.capabilities.input(Input::ListDay);
    lists(trial) && matches!(rule, InputRule::Unsupported(_))
}

fn lists(trial: &Trial) -> bool {
    trial.capabilities.support(Capability::List).is_supported()
}

async fn foreign_currencies(trial: &Trial) -> Verdict {
    let mut foreign = Vec::from(Currency::ALL);
    foreign.retain(|it| !counts_in(trial, *it) && twin_counted(trial, *it).is_none());
    if foreign.is_empty() {
        return Err(Stop::not_applicable(
            "It counts in every currency there is, or converts it.",
        ));
    }
    for currency in foreign {
        let payment = trial.payment_of(Money::new("250000", currency)?)?;
        let what = format!("at {}", payment.price());
        refused_unsent(trial, &payment, &what, ErrorKind::Unsupported).await?;
    }
    Ok(())
}

async fn every_currency(trial: &Trial) -> Verdict {
    for currency in trial.capabilities.currencies() {
        let price = trial.subject.price(*currency)?;
        sent_as(trial, price, price).await?;
    }
    Ok(())
}

async fn rial_and_toman(trial: &Trial) -> Verdict {
    let mut both = true;
    for (currency, twin) in [
        (Currency::Irr, Currency::Irt),
        (Currency::Irt, Currency::Irr),
    ] {
        if !counts_in(trial, currency) || counts_in(trial, twin) {
            continue;
        }
        both = false;
        let counted = trial.subject.price(currency)?;
        let (given, odd) = if currency == Currency::Irr {
            let toman = Toman::try_from(counted)?;
            (Money::from(toman), format!("{}.05", toman.get()))
        } else {
            let rial = Rial::try_from(counted)?;
            (Money::from(rial), rial.get().saturating_add(5).to_string())
        };
        sent_as(trial, given, counted).await?;
        let odd = trial.payment_of(Money::new(&odd, twin)?)?;
        let what = format!("at {}", odd.price());
        refused_unsent(trial, &odd, &what, ErrorKind::Invalid).await?;
    }
    if both {
        return Err(Stop::not_applicable(
            "It counts in neither rial nor toman, or in both, so that nothing is converted.",
        ));
    }
    Ok(())
}

/// Creates a payment of a given price and finds what it is counted as.
async fn sent_as(trial: &Trial, given: Money, counted: Money) -> Verdict {
    let payment = trial.payment_of(given)?;
    let prepared = trial.provider.prepare(&payment);
    let prepared = prepared.map_err(|error| Stop::failed(format!("preparing {given}: {error}")))?;
    let of_handle = prepared.handle().amount().copied();
    drop(prepared);
    let before = trial.recorder.count();
    let created = trial.create(&payment).await?;
    let recorded = created.record().amount();
    ensure(*recorded == counted, || {
        format!("{given} is {counted}, and the record says {recorded}")
    })?;
    ensure(of_handle.is_none_or(|amount| amount == counted), || {
        format!("{given} is {counted}, and the handle says another amount")
    })?;
    let digits = counted.amount();
    let requests = trial.recorder.requests();
    let is_sent = requests.iter().skip(before).any(|it| it.says(&digits));
    ensure(is_sent, || {
        format!("{given} is {counted}, and no request says {digits}")
    })
}

/// Checks that a payment is neither prepared nor created, and that nothing is sent for it.
async fn refused_unsent(
    trial: &Trial,
    payment: &NewPayment,
    what: &str,
    kind: ErrorKind,
) -> Verdict {
    let quiet = trial.silence();
    let prepared = trial.provider.prepare(payment);
    refused(&format!("preparing {what}"), prepared, kind)?;
    let created = trial.provider.create(payment).await;
    refused(&format!("creating {what}"), created, kind)?;
    quiet.held(format_args!("a payment {what}"))
}

fn counts_in(trial: &Trial, currency: Currency) -> bool {
    trial.capabilities.currencies().contains(&currency)
}

/// The other of rial and toman, if the provider counts in that.
fn twin_counted(trial: &Trial, currency: Currency) -> Option<Currency> {
    let twin = match currency {
        Currency::Irr => Currency::Irt,
        Currency::Irt => Currency::Irr,
        _ => return None,
    };
    counts_in(trial, twin).then_some(twin)
}
