use std::io::{self, Write};
use std::pin::pin;
use std::time::Duration;

use paylink::cardpay::{CardPay, Expected, PaymentState, Settlement};
use paylink::{Effect, Error, ErrorKind, Mismatch};
use serde::Serialize;

use super::REFERENCE;
use super::created::Created;
use crate::call_error::CallError;
use crate::console::{Console, Format};
use crate::countdown::Countdown;
use crate::failure::Failure;
use crate::interrupt::interrupted;
use crate::report::Report;
use crate::settled::Settled;
use crate::status::Status;

/// Seconds between two checks: a transfer from card to card takes a minute or more.
const PACE: u32 = 3;

/// Checks in a row without an answer before nobody waits any longer.
const PATIENCE: u32 = 20;

/// Tells what to transfer, and waits until it is paid or its time is over.
pub(super) async fn until_paid(
    cardpay: &CardPay,
    expected: &Expected,
    created: Created,
    console: &Console,
) -> Result<(), Failure> {
    let mut stopped = pin!(interrupted());
    tell(&created, console)?;
    let mut countdown = Countdown::to("the transfer", console);
    let ended = tokio::select! {
        ended = watch(cardpay, expected, &created, &mut countdown) => ended,
        () = &mut stopped => Err(Unpaid::Interrupted),
    };
    countdown.end();
    match ended {
        Ok(settled) => console.done(&Paid {
            settled,
            payment: created,
        }),
        Err(unpaid) => Err(Failure::new(
            unpaid.status(),
            NotProved::of(unpaid, created),
        )),
    }
}

/// What to transfer has to be known before it can be paid; for programs that is beside the one document.
fn tell(created: &Created, console: &Console) -> Result<(), Failure> {
    match console.format() {
        Format::People => console.done(created),
        Format::Json => {
            let mut text = Vec::new();
            created.write_what_to_transfer(&mut text)?;
            console.note(String::from_utf8_lossy(&text).trim_end());
            Ok(())
        }
    }
}

/// Why nothing is proved.
#[derive(Debug)]
enum Unpaid {
    Expired,
    AnotherCard(Mismatch),
    NoAnswer(Error),
    Interrupted,
}

async fn watch(
    cardpay: &CardPay,
    expected: &Expected,
    created: &Created,
    countdown: &mut Countdown<'_>,
) -> Result<Settled, Unpaid> {
    let expires = created.payment().expires;
    let mut unanswered = 0;
    loop {
        for _ in 0..PACE {
            countdown.show(expires.map(|expires| cardpay.time_left(expires)));
            tokio::time::sleep(Duration::from_secs(1)).await;
        }
        match cardpay.settle(expected).await {
            Ok(Settlement::Settled(proof)) => return Ok(Settled::now(proof, REFERENCE)),
            // The answer to the first verification was lost, or somebody else has checked.
            Ok(Settlement::AlreadySettled(proof)) => {
                return Ok(Settled::before(proof, REFERENCE));
            }
            Ok(Settlement::NotPaid(PaymentState::NotPaidYet)) => unanswered = 0,
            Ok(Settlement::NotPaid(_)) => return Err(Unpaid::Expired),
            Ok(Settlement::Mismatch(found)) => return Err(Unpaid::AnotherCard(found)),
            Err(error) => {
                unanswered += 1;
                if !may_pass(error.kind()) || unanswered == PATIENCE {
                    return Err(Unpaid::NoAnswer(error));
                }
                countdown.note(format_args!("{}; checking again", error.kind()));
            }
        }
    }
}

/// Whether asking again can come to something else.
fn may_pass(kind: ErrorKind) -> bool {
    !matches!(
        kind,
        ErrorKind::Refused
            | ErrorKind::Indeterminate
            | ErrorKind::Redirected
            | ErrorKind::Tls
            | ErrorKind::Invalid
            | ErrorKind::Configuration
            | ErrorKind::Unsupported
    )
}

impl Unpaid {
    fn effect(&self) -> Effect {
        match self {
            Unpaid::Expired => Effect::NotExecuted,
            Unpaid::AnotherCard(_) | Unpaid::NoAnswer(_) | Unpaid::Interrupted => Effect::Unknown,
        }
    }

    fn status(&self) -> Status {
        match self {
            Unpaid::Expired => Status::NotPaid,
            Unpaid::AnotherCard(_) => Status::Mismatch,
            Unpaid::NoAnswer(_) | Unpaid::Interrupted => Status::Unknown,
        }
    }

    fn kind(&self) -> &'static str {
        match self {
            Unpaid::Expired => "not_paid",
            Unpaid::AnotherCard(_) => "mismatch",
            Unpaid::NoAnswer(error) => error.kind().as_str(),
            Unpaid::Interrupted => "interrupted",
        }
    }

    fn message(&self) -> String {
        match self {
            Unpaid::Expired => "the payment is not paid, and its time is over".to_owned(),
            Unpaid::AnotherCard(found) => format!("the payment is not the one expected: {found}"),
            Unpaid::NoAnswer(error) => format!("whether it is paid cannot be told ({error})"),
            Unpaid::Interrupted => "interrupted while waiting for the transfer".to_owned(),
        }
    }
}

/// It is paid, and everything about it.
#[derive(Debug, Serialize)]
struct Paid {
    #[serde(flatten)]
    settled: Settled,
    payment: Created,
}

impl Report for Paid {
    fn write_text(&self, out: &mut dyn Write) -> io::Result<()> {
        writeln!(out)?;
        self.settled.write_text(out)
    }
}

/// The payment exists, and its money is not proved.
#[derive(Debug, Serialize)]
struct NotProved {
    kind: &'static str,
    effect: Effect,
    message: String,
    payment: Created,
    #[serde(skip)]
    unpaid: Unpaid,
}

impl NotProved {
    fn of(unpaid: Unpaid, payment: Created) -> NotProved {
        NotProved {
            kind: unpaid.kind(),
            effect: unpaid.effect(),
            message: unpaid.message(),
            payment,
            unpaid,
        }
    }
}

impl Report for NotProved {
    fn write_text(&self, out: &mut dyn Write) -> io::Result<()> {
        match &self.unpaid {
            Unpaid::Expired => writeln!(
                out,
                "Not paid: its time is over.\n\
                 Do not deliver. The payer needs a new payment, under a new number."
            ),
            Unpaid::AnotherCard(_) => writeln!(
                out,
                "Paid from another card than the recorded one: the money is there.\n\
                 A person has to decide whose it is before anything is delivered or given back."
            ),
            Unpaid::NoAnswer(error) => {
                CallError::write_error(error, out)?;
                self.write_check(out)
            }
            Unpaid::Interrupted => {
                writeln!(out, "error: {}", self.message)?;
                self.write_check(out)
            }
        }
    }
}

impl NotProved {
    fn write_check(&self, out: &mut dyn Write) -> io::Result<()> {
        writeln!(
            out,
            "\nWhether it is paid is not known. This command asks, as often as you like:\n\n{}",
            self.payment.check()
        )
    }
}
