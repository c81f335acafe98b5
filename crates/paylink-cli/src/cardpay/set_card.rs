use std::io::{self, Write};

use clap::Args;
use paylink::CardNumber;
use paylink::cardpay::{Code, PayId};
use secrecy::SecretString;
use serde::{Serialize, Serializer};

use crate::account::Account;
use crate::failure::Failure;
use crate::once::{self, Advice};
use crate::report::Report;
use crate::typed;

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

pub(super) async fn run(args: &SetCardArgs, account: &Account<'_>) -> Result<(), Failure> {
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
