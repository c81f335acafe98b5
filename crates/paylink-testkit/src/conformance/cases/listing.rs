use std::time::Duration;

use paylink_core::provider::{
    Capability, Created, Cursor, Input, InputRule, ListPayments, Payment, PaymentRecord,
};
use paylink_core::{JalaliDate, JalaliDateTime};

use crate::conformance::case::{Case, Verdict};
use crate::conformance::forging;
use crate::conformance::stop::{Stop, ensure, offered, step};
use crate::conformance::trial::Trial;

/// No server of a test has as many pages.
const MOST_PAGES: usize = 1_000;

pub(super) const CASES: &[Case] = &[
    Case::new(
        "a list is walked to its end",
        "Following the cursors ends, and shows every payment once.",
        |trial| Box::pin(walked(trial)),
    ),
    Case::new(
        "a list of a day",
        "The list of a day holds the payments of that day, and that of another day does not.",
        |trial| Box::pin(of_a_day(trial)),
    ),
];

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
    let ids = forging::ids(record)?;
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
