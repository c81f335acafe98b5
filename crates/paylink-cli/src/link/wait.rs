//! Waiting until a payment is paid, and settling it.

use std::io::{self, Write};
use std::pin::pin;
use std::time::{Duration, Instant, SystemTime};

use clap::Args;
use paylink::{
    Account, Effect, Error, ErrorKind, ExpectedPayment, Mismatch, Payment, PaymentRecord,
    Settlement,
};
use serde::Serialize;

use super::create::CreatedReport;
use super::settle::{NotPaid, WORDS, differs};
use crate::console::{Console, Countdown};
use crate::failure::{CallError, Failure, Status};
use crate::once::interrupted;
use crate::report::{Kept, Report};
use crate::settled::{Settled, unsettled};
use crate::typed::within;
use crate::waiting::{PATIENCE, may_pass, pause_after};

/// How long is waited for a payment whose provider names no end, if nobody says otherwise.
const MINUTES: u32 = 30;

/// A provider that names an end is asked once more when it is over by its own clock too.
const MARGIN: Duration = Duration::from_secs(60);

/// Whether to wait, and how long.
#[derive(Debug, Args)]
pub(super) struct WaitArgs {
    /// Wait until it is paid, and settle it
    ///
    /// It is asked for every few seconds, and less often after some minutes. The command ends with 0 when it is settled, with 4
    /// when its time is over or nobody waits any longer, with 5 if it is not the payment of your books, and with 3 if it
    /// cannot be told. Ctrl-C ends the waiting and nothing else.
    #[arg(long)]
    wait: bool,
    /// Wait so many minutes at most, 0 to ask once [default: until its time is over, 30 if the provider names none]
    #[arg(long, value_name = "MINUTES", value_parser = within::<0, 10_080>, requires = "wait")]
    wait_minutes: Option<u32>,
}

impl WaitArgs {
    /// Until when to wait for a payment that can be paid until then; `None` if nobody waits.
    pub(super) fn until(&self, expires_at: Option<SystemTime>) -> Option<SystemTime> {
        if !self.wait {
            return None;
        }
        let minutes = |minutes: u32| {
            let time = Duration::from_secs(u64::from(minutes) * 60);
            SystemTime::now().checked_add(time)
        };
        match (self.wait_minutes, expires_at) {
            (Some(typed), _) => minutes(typed),
            (None, Some(at)) => at.checked_add(MARGIN),
            (None, None) => minutes(MINUTES),
        }
    }
}

/// What came of waiting.
#[derive(Debug)]
pub(super) enum Ended {
    Settled(Settled),
    NotPaid(Payment),
    Mismatch(Mismatch),
    NoAnswer(Error),
    Interrupted,
}

/// Asks until there is an answer, until `until` or until Ctrl-C; for the first time after `begin_after`.
pub(super) async fn wait(
    provider: &Account,
    expected: &ExpectedPayment,
    begin_after: Duration,
    until: SystemTime,
    console: &Console,
) -> Ended {
    let mut stopped = pin!(interrupted());
    let mut countdown = Countdown::to("the payment", console);
    let ended = tokio::select! {
        ended = watch(provider, expected, begin_after, until, &mut countdown) => ended,
        () = &mut stopped => Ended::Interrupted,
    };
    countdown.end();
    ended
}

async fn watch(
    provider: &Account,
    expected: &ExpectedPayment,
    begin_after: Duration,
    until: SystemTime,
    countdown: &mut Countdown<'_>,
) -> Ended {
    rest(begin_after, until, countdown).await;
    let began = Instant::now();
    let mut unanswered = 0;
    loop {
        let is_last = SystemTime::now() >= until;
        let mut pause = pause_after(began.elapsed());
        match provider.settle(expected).await {
            Ok(Settlement::Settled(proof)) => return Ended::Settled(Settled::now(proof, WORDS)),
            Ok(Settlement::AlreadySettled(proof)) => {
                return Ended::Settled(Settled::before(proof, WORDS));
            }
            Ok(Settlement::Mismatch(found)) => return Ended::Mismatch(found),
            Ok(Settlement::NotPaid(payment)) if is_last || payment.state().is_final() => {
                return Ended::NotPaid(payment);
            }
            Ok(Settlement::NotPaid(_)) => unanswered = 0,
            Err(error) => {
                unanswered += 1;
                if is_last || unanswered == PATIENCE || !may_pass(error.kind()) {
                    return Ended::NoAnswer(error);
                }
                countdown.note(format_args!("{}; asking again", error.kind()));
                pause = pause.max(error.retry_after().unwrap_or_default());
            }
        }
        rest(pause, until, countdown).await;
    }
}

/// Waits, and shows how much time is left; no longer than until the end.
async fn rest(pause: Duration, until: SystemTime, countdown: &mut Countdown<'_>) {
    const SECOND: Duration = Duration::from_secs(1);
    let mut left = pause;
    while left > Duration::ZERO {
        let until_end = until.duration_since(SystemTime::now()).unwrap_or_default();
        countdown.show(Some(until_end));
        let step = left.min(SECOND).min(until_end);
        if step.is_zero() {
            return;
        }
        tokio::time::sleep(step).await;
        left = left.saturating_sub(step);
    }
}

/// Tells what came of waiting. `created` is what was told of the payment before, and `again` the command that goes on.
pub(super) fn conclude(
    ended: Ended,
    record: &PaymentRecord,
    created: Option<CreatedReport>,
    again: &str,
    console: &Console,
) -> Result<(), Failure> {
    let unpaid = |status, kind, effect, message: String, text: String| {
        let unsettled = Unsettled {
            kind,
            effect,
            message,
            payment: None,
            mismatch: None,
            created: None,
            text,
        };
        (status, unsettled)
    };
    let goes_on = |text: &str| format!("{text}\n\nThis command goes on waiting:\n\n{again}\n");
    let (status, report) = match ended {
        Ended::Settled(settled) => return console.done(&Waited { settled, created }),
        Ended::NotPaid(payment) => {
            let told = NotPaid::unsettled(&payment);
            let text = written(&told);
            let text = match payment.state().is_final() {
                true => text,
                false => goes_on(text.trim_end()),
            };
            let message = told.message().to_owned();
            let (status, report) = unpaid(
                Status::NotPaid,
                "not_paid",
                Effect::NotExecuted,
                message,
                text,
            );
            let payment = Some(payment);
            (status, Unsettled { payment, ..report })
        }
        Ended::Mismatch(found) => {
            let told = differs(found.clone(), record);
            let message = told.message().to_owned();
            let (status, report) = unpaid(
                Status::Mismatch,
                "mismatch",
                Effect::NotExecuted,
                message,
                written(&told),
            );
            let mismatch = Some(found);
            (status, Unsettled { mismatch, ..report })
        }
        Ended::NoAnswer(error) if error.kind() == ErrorKind::Mismatch => {
            let (kind, effect) = (error.kind().as_str(), error.effect());
            let message = error.to_string();
            let text = written(&unsettled(error));
            unpaid(Status::Mismatch, kind, effect, message, text)
        }
        Ended::NoAnswer(error) => {
            let mut text = Vec::new();
            CallError::write_error(&error, &mut text)?;
            let text = String::from_utf8_lossy(&text);
            let text = format!("{}\n\nWhether it is paid is not known.", text.trim_end());
            let message = format!("whether it is paid cannot be told ({error})");
            let kind = error.kind().as_str();
            unpaid(
                Status::Unknown,
                kind,
                Effect::Unknown,
                message,
                goes_on(&text),
            )
        }
        Ended::Interrupted => {
            let message = "interrupted while waiting for the payment".to_owned();
            let text = format!("error: {message}\n\nWhether it is paid is not known.");
            unpaid(
                Status::Unknown,
                "interrupted",
                Effect::Unknown,
                message,
                goes_on(&text),
            )
        }
    };
    Err(Failure::new(status, Unsettled { created, ..report }))
}

fn written(report: &impl Report) -> String {
    let mut text = Vec::new();
    // What is written to memory is written.
    let _ = report.write_text(&mut text);
    String::from_utf8_lossy(&text).into_owned()
}

/// It is settled, and everything about it.
#[derive(Debug, Serialize)]
struct Waited {
    #[serde(flatten)]
    settled: Settled,
    #[serde(skip_serializing_if = "Option::is_none")]
    created: Option<CreatedReport>,
}

impl Report for Waited {
    fn write_text(&self, out: &mut dyn Write) -> io::Result<()> {
        if self.created.is_some() {
            writeln!(out)?;
        }
        self.settled.write_text(out)
    }

    fn kept(&self) -> Kept {
        // For programs it is the only document.
        self.created.as_ref().map_or(Kept::Elsewhere, Report::kept)
    }
}

/// The payment is there, and is not settled.
#[derive(Debug, Serialize)]
struct Unsettled {
    kind: &'static str,
    effect: Effect,
    message: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    payment: Option<Payment>,
    #[serde(skip_serializing_if = "Option::is_none")]
    mismatch: Option<Mismatch>,
    #[serde(skip_serializing_if = "Option::is_none")]
    created: Option<CreatedReport>,
    #[serde(skip)]
    text: String,
}

impl Report for Unsettled {
    fn write_text(&self, out: &mut dyn Write) -> io::Result<()> {
        out.write_all(self.text.as_bytes())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_typed_wins_over_the_end_that_the_provider_names() {
        let args = |wait_minutes| WaitArgs {
            wait: true,
            wait_minutes,
        };
        let minutes = |until: Option<SystemTime>| {
            let left = until.unwrap().duration_since(SystemTime::now());
            left.unwrap_or_default().as_secs().div_ceil(60)
        };
        let expires_at = SystemTime::now().checked_add(Duration::from_secs(15 * 60));
        assert_eq!(minutes(args(Some(5)).until(expires_at)), 5);
        assert_eq!(minutes(args(None).until(expires_at)), 16);
        assert_eq!(minutes(args(None).until(None)), 30);
        let nobody = WaitArgs {
            wait: false,
            wait_minutes: None,
        };
        assert_eq!(nobody.until(expires_at), None);
    }
}
