use std::io::{self, Write};

use paylink::{CheckResult, Effect, Error, ErrorKind, Mismatch, Proof, Reason, Refusal};
use serde::Serialize;

use crate::failure::{CallError, Status};
use crate::report::Report;
use crate::table::write_facts;
use crate::text::{amount, shown};

/// The money is there, and this is the evidence.
#[derive(Debug, Serialize)]
pub(crate) struct Settled {
    settlement: Outcome,
    proof: Proof,
    #[serde(skip)]
    words: Words,
}

/// What the merchant's number of a payment and the provider's id are called where they are shown.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Words {
    pub(crate) order: &'static str,
    pub(crate) reference: &'static str,
}

#[derive(Clone, Copy, Debug, Serialize)]
#[serde(rename_all = "snake_case")]
enum Outcome {
    Settled,
    AlreadySettled,
}

impl Settled {
    /// It was settled by this.
    pub(crate) fn now(proof: Proof, words: Words) -> Settled {
        Settled {
            settlement: Outcome::Settled,
            proof,
            words,
        }
    }

    /// It had been settled before.
    pub(crate) fn before(proof: Proof, words: Words) -> Settled {
        Settled {
            settlement: Outcome::AlreadySettled,
            proof,
            words,
        }
    }
}

impl Report for Settled {
    fn write_text(&self, out: &mut dyn Write) -> io::Result<()> {
        let proof = &self.proof;
        let settled = match self.settlement {
            Outcome::Settled => "Settled",
            Outcome::AlreadySettled => "Settled before",
        };
        writeln!(out, "{settled}: the money is yours.\n")?;
        let mut facts = vec![
            (self.words.order, proof.order().to_owned()),
            ("Amount", amount(proof.amount())),
            (self.words.reference, proof.reference().to_owned()),
        ];
        let compared: Vec<&str> = proof
            .checks()
            .iter()
            .filter(|check| check.result() == CheckResult::Equal)
            .map(|check| check.field().as_str())
            .collect();
        if !compared.is_empty() {
            facts.push(("Compared", compared.join(", ")));
        }
        write_facts(out, &facts)?;
        writeln!(
            out,
            "\nDeliver, unless your own record says that it was delivered before."
        )
    }
}

/// Settling that came to no answer. One that confirmed what is not of the merchant's record is an alarm like any other.
pub(crate) fn unsettled(error: Error) -> CallError {
    let (status, advice) = match (error.kind(), error.effect()) {
        (ErrorKind::Mismatch, Effect::Unknown) => (
            Some(Status::Mismatch),
            "What was confirmed is not the payment of your record. Do not deliver, and find out why.",
        ),
        (_, Effect::Unknown) => (
            None,
            "Settle again, with the same words: it reads the state and goes on from there.",
        ),
        (_, Effect::NotExecuted) => (None, unconfirmed(error.refusal().map(Refusal::reason))),
    };
    CallError::of(error)
        .advice(advice.to_owned())
        .status(status)
}

/// What to do when nothing was confirmed, by what the provider refused to tell.
fn unconfirmed(reason: Option<Reason>) -> &'static str {
    match reason {
        Some(Reason::NotFound) => {
            "Nothing was confirmed. Look whether the id, and the account that it was created with, are the right ones."
        }
        Some(Reason::BadCredentials | Reason::NotAllowed) => {
            "Nothing was confirmed. Set the account right, which `paylink doctor` checks, then settle again."
        }
        _ => "Nothing was confirmed. Settle again later.",
    }
}

/// The payment is not the one of the merchant's own record.
#[derive(Debug, Serialize)]
pub(crate) struct Mismatched {
    kind: &'static str,
    effect: Effect,
    message: String,
    mismatch: Mismatch,
    #[serde(skip)]
    what: &'static str,
    #[serde(skip)]
    so: &'static str,
}

impl Mismatched {
    /// What was to be settled.
    pub(crate) fn new(mismatch: Mismatch) -> Mismatched {
        let so = "Nothing was confirmed. Do not deliver, and find out who sent this.";
        Mismatched::so(mismatch, so)
    }

    /// What was to be settled through another account than the one that created it.
    pub(crate) fn of_another_account(mismatch: Mismatch) -> Mismatched {
        let so =
            "Nothing was confirmed. Give the account that created the payment, with --account.";
        let message = format!("the record is of another account: {mismatch}");
        Mismatched {
            message,
            what: "the record is of another account of this provider",
            ..Mismatched::so(mismatch, so)
        }
    }

    /// What was to be given back or withdrawn.
    pub(crate) fn untouched(mismatch: Mismatch) -> Mismatched {
        let so = "Nothing was changed. Take the record or the id that was stored with this order.";
        Mismatched::so(mismatch, so)
    }

    fn so(mismatch: Mismatch, so: &'static str) -> Mismatched {
        let message = format!("the payment is not the one of your record: {mismatch}");
        Mismatched {
            kind: "mismatch",
            effect: Effect::NotExecuted,
            message,
            mismatch,
            what: "the payment is not the one of your record",
            so,
        }
    }
}

impl Mismatched {
    /// It in a sentence.
    pub(crate) fn message(&self) -> &str {
        &self.message
    }
}

impl Report for Mismatched {
    fn write_text(&self, out: &mut dyn Write) -> io::Result<()> {
        writeln!(out, "Mismatch: {}.\n", self.what)?;
        for difference in self.mismatch.differences() {
            let (field, expected) = (difference.field().as_str(), shown(difference.expected()));
            writeln!(
                out,
                "  {field}: expected {expected}, found {}",
                shown(difference.found())
            )?;
        }
        writeln!(out, "\n{}", self.so)
    }
}
