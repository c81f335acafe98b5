use std::io::{self, Write};

use clap::Args;
use paylink::cardpay::{Code, PayId, PaymentCheck, PaymentState};
use paylink::{CardNumber, Effect};
use secrecy::SecretString;
use serde::{Serialize, Serializer};

use super::WORDS;
use crate::account::Account;
use crate::failure::{CallError, Failure, Status};
use crate::once::{self, Advice};
use crate::report::Report;
use crate::table::write_facts;
use crate::typed;

/// Ask whether a payment is paid; the first time that it is leaves a trace
///
/// It ends with 0 if the payment is paid, verified before or not; with 4 if it is not paid; and with 5 if the money came
/// from another card than the recorded one, for a person to decide.
///
/// The script answers a code and nothing else. It proves something about this pay id alone, so take the id from the order's
/// own record, never from what a browser brought.
#[derive(Debug, Args)]
pub(super) struct CheckArgs {
    /// CardPay's id of the payment, as `create` printed it
    #[arg(long, value_name = "ID")]
    pay_id: String,
}

pub(super) async fn check(args: &CheckArgs, account: &Account<'_>) -> Result<(), Failure> {
    let pay_id = super::read(PayId::KEY, &args.pay_id)?;
    let checked = account.cardpay()?.check(pay_id).await.map_err(|error| {
        let advice = match error.effect() {
            Effect::Unknown => {
                "Check again: it is safe at any time. If this was the first verification, the next one\n\
                 says \"verified before\", which proves the money as well."
            }
            Effect::NotExecuted => return CallError::of(error),
        };
        CallError::of(error).advice(advice.to_owned())
    })?;
    let checked = Checked::of(pay_id, checked);
    match checked.meaning.status {
        Status::Done => account.console.done(&checked),
        status => Err(Failure::new(status, Unpaid::of(checked))),
    }
}

/// A payment's state, as the script told it.
#[derive(Debug, Serialize)]
struct Checked {
    pay_id: PayId,
    state: &'static str,
    code: Code,
    /// The script's own words, which prove nothing.
    #[serde(skip_serializing_if = "Option::is_none")]
    msg: Option<String>,
    #[serde(skip)]
    meaning: Meaning,
}

impl Checked {
    fn of(pay_id: PayId, checked: PaymentCheck) -> Checked {
        let (name, meaning) = meaning(checked.state);
        Checked {
            pay_id,
            state: name,
            code: checked.state.code(),
            msg: checked.message,
            meaning,
        }
    }
}

/// What a state comes to.
#[derive(Clone, Copy, Debug)]
struct Meaning {
    kind: &'static str,
    says: &'static str,
    advice: &'static str,
    status: Status,
}

/// The name of a state, and what it comes to.
fn meaning(state: PaymentState) -> (&'static str, Meaning) {
    let deliver = "Deliver the order whose own record holds this pay id, unless that record says that\n\
                   it was delivered before.";
    let comes_to = |kind, says, advice, status| Meaning {
        kind,
        says,
        advice,
        status,
    };
    match state {
        PaymentState::FirstVerification => (
            "first_verification",
            comes_to(
                "paid",
                "paid, and this is the first verification",
                deliver,
                Status::Done,
            ),
        ),
        PaymentState::VerifiedBefore => (
            "verified_before",
            comes_to("paid", "paid, and verified before", deliver, Status::Done),
        ),
        PaymentState::NotPaidYet => (
            "not_paid_yet",
            comes_to(
                "not_paid",
                "not paid yet, and there is still time",
                "Do not deliver. Check again in a while.",
                Status::NotPaid,
            ),
        ),
        PaymentState::Expired => (
            "expired",
            comes_to(
                "not_paid",
                "not paid, and its time is over",
                "Do not deliver. The payer needs a new payment, under a new number.",
                Status::NotPaid,
            ),
        ),
        PaymentState::PaidFromAnotherCard => (
            "paid_from_another_card",
            comes_to(
                "mismatch",
                "paid from another card than the recorded one",
                "The money is there. A person has to decide whose it is before anything is delivered or\n\
                 given back.",
                Status::Mismatch,
            ),
        ),
        _ => (
            "other",
            comes_to(
                "indeterminate",
                "in a state that this release does not know",
                "Do not deliver, and ask the script's support what the code means.",
                Status::Unknown,
            ),
        ),
    }
}

impl Report for Checked {
    fn write_text(&self, out: &mut dyn Write) -> io::Result<()> {
        let Meaning { says, advice, .. } = self.meaning;
        let code = format!("{}, {says}", self.code);
        let mut facts = vec![(WORDS.reference, self.pay_id.to_string()), ("Code", code)];
        if let Some(msg) = &self.msg {
            facts.push(("Script", format!("\"{msg}\"")));
        }
        write_facts(out, &facts)?;
        writeln!(out, "\n{advice}")
    }
}

/// A check that does not prove the money.
#[derive(Debug, Serialize)]
struct Unpaid {
    kind: &'static str,
    effect: Effect,
    message: String,
    #[serde(flatten)]
    checked: Checked,
}

impl Unpaid {
    fn of(checked: Checked) -> Unpaid {
        let Meaning {
            kind, says, status, ..
        } = checked.meaning;
        Unpaid {
            kind,
            effect: match status {
                Status::NotPaid => Effect::NotExecuted,
                _ => Effect::Unknown,
            },
            message: format!("payment {} is {says}", checked.pay_id),
            checked,
        }
    }
}

impl Report for Unpaid {
    fn write_text(&self, out: &mut dyn Write) -> io::Result<()> {
        self.checked.write_text(out)
    }
}

const UNKNOWN: &str = "\
CardPay does not tell whether a card is recorded. Set the same card once more: it is done
then, or code -2 says that a card is recorded.";

const RECORDED_BEFORE: &str = "\
It is not told which card that is, and it cannot be changed.";

/// Record the card that the payer will transfer from; it can lose the payment
///
/// Do it only if your bank's messages show the payer's card: a deposit whose message lacks the card, or shows another
/// one, is not matched, and the payment is lost. A recorded card cannot be changed.
#[derive(Debug, Args)]
pub(super) struct SetCardArgs {
    /// CardPay's id of the payment, as `create` printed it
    #[arg(long, value_name = "ID")]
    pay_id: String,
    /// The payer's card, 16 digits
    #[arg(long, value_name = "NUMBER")]
    card_number: SecretString,
}

pub(super) async fn set_card(args: &SetCardArgs, account: &Account<'_>) -> Result<(), Failure> {
    let pay_id = super::read(PayId::KEY, &args.pay_id)?;
    let card = typed::card(CardNumber::KEY, &args.card_number)?;
    let cardpay = account.cardpay()?;
    let call = cardpay.set_card(pay_id, card.clone());
    let advice = Advice {
        unknown: UNKNOWN.to_owned(),
        refused: |refusal| {
            let is_recorded = Code::from_refusal(refusal) == Some(Code::CARD_RECORDED_BEFORE);
            is_recorded.then_some(RECORDED_BEFORE)
        },
    };
    once::send_unfindable(call, advice).await?;
    account.console.done(&Recorded { pay_id, card })
}

#[derive(Debug, Serialize)]
struct Recorded {
    pay_id: PayId,
    #[serde(serialize_with = "masked")]
    card: CardNumber,
}

/// A card number has no serialised form of its own, and prints itself masked.
fn masked<S: Serializer>(card: &CardNumber, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(card)
}

impl Report for Recorded {
    fn write_text(&self, out: &mut dyn Write) -> io::Result<()> {
        writeln!(
            out,
            "Card {} is recorded for payment {}.\n\
             A deposit that shows another card, or none, is not matched any more.",
            self.card, self.pay_id
        )
    }
}
