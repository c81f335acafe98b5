use paylink_core::ErrorKind;
use paylink_core::provider::{Capability, Created, Input, InputRule, ListPayments};

use crate::conformance::case::{Case, Verdict};
use crate::conformance::recorder::values;
use crate::conformance::stop::{Stop, ensure};
use crate::conformance::trial::{Trial, refused};

pub(super) const CASES: &[Case] = &[
    Case::new(
        "refused inputs",
        "A payment with an input that the provider does not take is refused before a byte leaves, whichever input it is.",
        |trial| Box::pin(refused_inputs(trial)),
    ),
    Case::new(
        "needed inputs",
        "A payment without an input that the provider needs is refused before a byte leaves.",
        |trial| Box::pin(needed_inputs(trial)),
    ),
    Case::new(
        "taken inputs are sent",
        "Every input that is taken is in a request or in the pay link of its payment, and not in those of a payment without it.",
        |trial| Box::pin(taken_inputs(trial)),
    ),
];

async fn refused_inputs(trial: &Trial) -> Verdict {
    let inputs = trial.inputs(|demand| matches!(demand, InputRule::Unsupported(_)));
    let day = refused_day(trial);
    if inputs.is_empty() && !day {
        return Err(Stop::not_applicable("It takes every input there is."));
    }
    for input in inputs {
        let payment = trial.samples.put(trial.payment()?, input)?;
        let quiet = trial.silence();
        let what = format!("preparing with a {input}");
        refused(
            &what,
            trial.provider.prepare(&payment),
            ErrorKind::Unsupported,
        )?;
        let what = format!("creating with a {input}");
        refused(
            &what,
            trial.provider.create(&payment).await,
            ErrorKind::Unsupported,
        )?;
        quiet.held(format_args!("a {input}, which is not taken"))?;
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
        let quiet = trial.silence();
        let what = format!("preparing without a {input}");
        refused(&what, trial.provider.prepare(&payment), ErrorKind::Invalid)?;
        let what = format!("creating without a {input}");
        refused(
            &what,
            trial.provider.create(&payment).await,
            ErrorKind::Invalid,
        )?;
        quiet.held(format_args!("a payment without a {input}"))?;
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
    let link = created.link().map(|link| values::of(link.as_str(), ""));
    requests.any(|request| request.mentions(value))
        || link.is_some_and(|values| values.iter().any(|it| it.contains(value)))
}

fn refused_day(trial: &Trial) -> bool {
    lists(trial)
        && matches!(
            trial.capabilities.input(Input::ListDay),
            InputRule::Unsupported(_)
        )
}

fn lists(trial: &Trial) -> bool {
    trial.capabilities.support(Capability::List).is_supported()
}
