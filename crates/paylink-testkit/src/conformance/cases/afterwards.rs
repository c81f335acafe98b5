use std::time::Duration;

use paylink_core::provider::{
    Capability, Created, Cursor, Done, ExpectedPayment, Input, InputRule, ListPayments, NewPayment,
    Payment, PaymentRecord, PaymentState,
};
use paylink_core::{Effect, Error, ErrorKind, JalaliDate, JalaliDateTime, Resolution, Settlement};

use crate::conformance::Trouble;
use crate::conformance::cases::{Case, Verdict};
use crate::conformance::trial::{Stop, Trial, books, ensure, ids_of, offered, step, told};

/// How long a payer is left alone before a message is sent again.
const BETWEEN_MESSAGES: Duration = Duration::from_secs(180);

/// No server of a test has as many pages.
const MOST_PAGES: usize = 1_000;

cases! {
    refund: "a refund gives back",
        "A refunded payment reads as refunded, and settles no order any more.";
    lost_refund: "a lost answer to a refund",
        "A refund whose answer is lost is not sent again, and the payment is refunded once it is resolved.";
    disable: "disabled is not payable",
        "Nobody can pay a payment that was disabled, and settling says that it is not paid.";
    lost_disable: "a lost answer to a disabling",
        "A disabling whose answer is lost is not sent again, and nobody can pay the payment.";
    resend: "a resend is one request",
        "Sending the link again sends one request, and no second one when its answer is lost.";
    walked: "a list is walked to its end",
        "Following the cursors ends, and shows every payment once.";
    of_a_day: "a list of a day",
        "The list of a day holds the payments of that day, and that of another day does not.";
}

async fn refund(trial: &Trial) -> Verdict {
    offered(&trial.capabilities, Capability::Refund)?;
    let (payment, created) = trial.settled().await?;
    let record = created.record();
    let done = step("refunding", trial.provider.refund(record).await)?;
    if let Some(stands) = done.payment() {
        ensure(*stands.state() == PaymentState::Refunded, || {
            format!("the refund says that it is {}", stands.state())
        })?;
    }
    is_refunded(trial, &books(&payment, record)).await
}

async fn lost_refund(trial: &Trial) -> Verdict {
    offered(&trial.capabilities, Capability::Refund)?;
    let (_, created) = trial.settled().await?;
    let before = trial.recorder.count();
    step("refunding", trial.provider.refund(created.record()).await)?;
    let requests = trial.recorder.count() - before;
    let mut was_unknown = false;
    for nth in 1..=requests {
        let (payment, created) = trial.settled().await?;
        let record = created.record();
        let before = trial.recorder.count();
        trial.recorder.trouble(nth, Trouble::LostAnswer);
        if let Err(error) = trial.provider.refund(record).await {
            match error.effect() {
                Effect::NotExecuted => {
                    step("refunding again", trial.provider.refund(record).await).map(drop)?;
                }
                Effect::Unknown => {
                    was_unknown = true;
                    trial.not_repeated(before + nth)?;
                    is_found(trial, &error).await?;
                }
            }
        }
        is_refunded(trial, &books(&payment, record)).await?;
    }
    ensure(was_unknown, || {
        "an answer was lost, and the outcome was never unknown".to_owned()
    })
}

async fn disable(trial: &Trial) -> Verdict {
    offered(&trial.capabilities, Capability::Disable)?;
    let (payment, created) = trial.created().await?;
    let record = created.record();
    step("disabling", trial.provider.disable(record).await)?;
    cannot_be_paid(trial, &payment, &created).await
}

async fn lost_disable(trial: &Trial) -> Verdict {
    offered(&trial.capabilities, Capability::Disable)?;
    let (_, created) = trial.created().await?;
    let before = trial.recorder.count();
    step("disabling", trial.provider.disable(created.record()).await)?;
    let requests = trial.recorder.count() - before;
    let mut was_unknown = false;
    for nth in 1..=requests {
        let (payment, created) = trial.created().await?;
        let record = created.record();
        let before = trial.recorder.count();
        trial.recorder.trouble(nth, Trouble::LostAnswer);
        if let Err(error) = trial.provider.disable(record).await {
            match error.effect() {
                Effect::NotExecuted => {
                    step("disabling again", trial.provider.disable(record).await).map(drop)?;
                }
                Effect::Unknown => {
                    was_unknown = true;
                    trial.not_repeated(before + nth)?;
                    is_found(trial, &error).await?;
                }
            }
        }
        cannot_be_paid(trial, &payment, &created).await?;
    }
    ensure(was_unknown, || {
        "an answer was lost, and the outcome was never unknown".to_owned()
    })
}

async fn resend(trial: &Trial) -> Verdict {
    offered(&trial.capabilities, Capability::Resend)?;
    let (_, created) = trial.created().await?;
    let sent = resent(trial, created.record()).await;
    step("sending again", sent.1)?;
    ensure(sent.0 == 1, || format!("{} requests were sent", sent.0))?;

    let (_, created) = trial.created().await?;
    trial.recorder.trouble(1, Trouble::LostAnswer);
    let (requests, result) = resent(trial, created.record()).await;
    let is_unknown = result.is_err_and(|error| error.effect() == Effect::Unknown);
    ensure(is_unknown, || {
        "the answer is lost, and the outcome is not unknown".to_owned()
    })?;
    ensure(requests == 1, || {
        format!("the answer is lost, and {requests} requests were sent")
    })
}

/// Sends the link again, after a while, and counts the requests.
async fn resent(trial: &Trial, record: &PaymentRecord) -> (usize, Result<Done, Error>) {
    trial.subject.pass(BETWEEN_MESSAGES);
    let before = trial.recorder.count();
    let result = trial.provider.resend(record).await;
    (trial.recorder.count() - before, result)
}

async fn cannot_be_paid(trial: &Trial, payment: &NewPayment, created: &Created) -> Verdict {
    ensure(trial.subject.pay(created).await.is_err(), || {
        "a disabled payment was paid".to_owned()
    })?;
    let settlement = trial.settle(&books(payment, created.record())).await?;
    ensure(matches!(settlement, Settlement::NotPaid(_)), || {
        format!("a disabled payment is settled as {}", told(&settlement))
    })
}

/// Resolves what was carried out: it is found, or the provider says that it cannot tell.
async fn is_found(trial: &Trial, error: &Error) -> Verdict {
    let handle = error
        .handle()
        .ok_or_else(|| Stop::failed("the outcome is unknown, and there is no handle"))?;
    match trial.provider.resolve(handle).await {
        Ok(Resolution::Executed(_)) => Ok(()),
        Err(error) if error.kind() == ErrorKind::Unsupported => Ok(()),
        Err(error) => Err(Stop::failed(format!("resolving: {error}"))),
        Ok(_) => Err(Stop::failed(
            "it was carried out, and resolving does not find it",
        )),
    }
}

async fn is_refunded(trial: &Trial, expected: &ExpectedPayment) -> Verdict {
    if trial.capabilities.support(Capability::State).is_supported() {
        let payment = step(
            "reading the state",
            trial.provider.state(expected.record()).await,
        )?;
        ensure(*payment.state() == PaymentState::Refunded, || {
            format!("a refunded payment reads as {}", payment.state())
        })?;
    }
    let settlement = trial.settle(expected).await?;
    ensure(matches!(settlement, Settlement::NotPaid(_)), || {
        format!("a refunded payment is settled as {}", told(&settlement))
    })
}

async fn walked(trial: &Trial) -> Verdict {
    offered(&trial.capabilities, Capability::List)?;
    let created = some(trial).await?;
    let list = match (trial.capabilities.input(Input::ListDay), created.first()) {
        (InputRule::Required, Some(one)) => ListPayments::new().with_day(day_of(one.record())?),
        _ => ListPayments::new(),
    };
    let payments = walk(trial, list).await?;
    for one in &created {
        let times = times_in(&payments, one.record())?;
        ensure(times == 1, || {
            format!("a payment is {times} times in a list of {}", payments.len())
        })?;
    }
    Ok(())
}

async fn of_a_day(trial: &Trial) -> Verdict {
    offered(&trial.capabilities, Capability::List)?;
    if let InputRule::Unsupported(why) = trial.capabilities.input(Input::ListDay) {
        return Err(Stop::not_applicable(why));
    }
    let created = some(trial).await?;
    let mut days = Vec::new();
    for one in &created {
        let day = day_of(one.record())?;
        if !days.contains(&day) {
            days.push(day);
        }
    }
    for day in days {
        let of_day = walk(trial, ListPayments::new().with_day(day)).await?;
        let eve = eve_of(day)?;
        let of_eve = walk(trial, ListPayments::new().with_day(eve)).await?;
        for one in &created {
            let record = one.record();
            if day_of(record)? == day {
                ensure(times_in(&of_day, record)? == 1, || {
                    format!("a payment of {day} is not once in the list of {day}")
                })?;
                ensure(times_in(&of_eve, record)? == 0, || {
                    format!("a payment of {day} is in the list of {eve}")
                })?;
            }
        }
    }
    Ok(())
}

/// More payments than a page holds.
async fn some(trial: &Trial) -> Result<Vec<Created>, Stop> {
    let mut created = Vec::new();
    for _ in 0..trial.subject.more_than_a_page() {
        created.push(trial.created().await?.1);
    }
    Ok(created)
}

async fn walk(trial: &Trial, first: ListPayments) -> Result<Vec<Payment>, Stop> {
    let mut payments = Vec::new();
    let mut cursors: Vec<Cursor> = Vec::new();
    let mut list = first.clone();
    while cursors.len() < MOST_PAGES {
        let page = step("listing", trial.provider.list(&list).await)?;
        payments.extend_from_slice(page.payments());
        let Some(next) = page.next().cloned() else {
            return Ok(payments);
        };
        ensure(!cursors.contains(&next), || {
            "a cursor leads back to where it came from".to_owned()
        })?;
        cursors.push(next.clone());
        list = first.clone().with_after(next);
    }
    Err(Stop::failed(format!(
        "the list has no end after {MOST_PAGES} pages"
    )))
}

/// How many payments of a list name the record's order, or else its ids.
fn times_in(payments: &[Payment], record: &PaymentRecord) -> Result<usize, Stop> {
    let ids = ids_of(record)?;
    let names = |payment: &Payment| match payment.reference() {
        Some(reference) => reference == record.reference().as_str(),
        None => payment.ids().any(|(name, id)| {
            ids.iter()
                .any(|(known, value)| known == name && value == id)
        }),
    };
    Ok(payments.iter().filter(|payment| names(payment)).count())
}

fn day_of(record: &PaymentRecord) -> Result<JalaliDate, Stop> {
    Ok(JalaliDate::from_system_time(record.created_at())?)
}

fn eve_of(day: JalaliDate) -> Result<JalaliDate, Stop> {
    let noon = JalaliDateTime::new(day, 12, 0, 0)?.to_system_time();
    Ok(JalaliDate::from_system_time(
        noon - Duration::from_secs(24 * 3600),
    )?)
}
