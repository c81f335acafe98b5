//! `paylink cardpay`: payments from card to card.

mod check;
mod create;
pub(super) mod demo;
pub(super) mod examples;

use std::io::{self, Write};
use std::str::FromStr;

use clap::{Args, Subcommand};
use paylink::cardpay::{CardPay, DESCRIPTOR, MerchantCard, MerchantCards};
use paylink::{CardNumber, FieldKey, Invalid};
use serde::Serialize;

use super::{GLOBAL, account_help};
use crate::account::{Account, Setup, transport};
use crate::console::Console;
use crate::failure::{CallError, Failure, UsageError};
use crate::report::Report;
use crate::schema::schemas;
use crate::settled::Words;
use crate::table::{Column, table};
use crate::text::shown;
use crate::typed;

/// CardPay's words of a payment.
const WORDS: Words = Words {
    order: "Invoice",
    reference: "Pay id",
};

/// The form of what its operations print for programs.
pub(super) const SCHEMAS: &[(&str, &str)] = schemas! {
    "cardpay-cards" "cardpay-check" "cardpay-create" "cardpay-set-card"
};

/// What comes back, what a program hands over, and what the client says of itself.
#[cfg(test)]
pub(super) const NEVER_TYPED: &[&str] = &[];

#[derive(Debug, Args)]
#[command(after_help = account_help(&DESCRIPTOR, "Card numbers are shown with their first six and last four digits.\n"), subcommand_value_name = "OPERATION", subcommand_help_heading = "Operations")]
pub(crate) struct CardpayArgs {
    /// Where the script's API stands: https, or http on loopback
    #[arg(long, global = true, value_name = "URL", help_heading = GLOBAL)]
    base_url: Option<String>,

    #[command(subcommand)]
    operation: Operation,
}

#[derive(Debug, Subcommand)]
enum Operation {
    /// Create a payment, and show what to transfer to which cards
    Create(create::CreateArgs),
    SetCard(check::SetCardArgs),
    Check(check::CheckArgs),
    /// List your own cards, to which payers transfer
    Cards,
}

/// Reads a value that is not a card. A card number that was typed in the wrong place is not repeated.
fn read<T: FromStr<Err = Invalid>>(field: FieldKey, typed: &str) -> Result<T, UsageError> {
    typed::read(field, typed).map_err(|refused| match CardNumber::parse(typed) {
        Ok(_) => typed::of_flag(
            Invalid::new(field, "is the number of a card")
                .with_remedy("cards are given with --card-number"),
        ),
        Err(_) => refused,
    })
}

/// Carries out what was typed.
pub(super) async fn run(
    args: CardpayArgs,
    config: Setup<'_>,
    console: &Console,
) -> Result<(), Failure> {
    let account = Account {
        console,
        config,
        base_url: args.base_url.as_deref(),
    };
    match args.operation {
        Operation::Create(args) => create::create(&args, &account).await,
        Operation::SetCard(args) => check::set_card(&args, &account).await,
        Operation::Check(args) => check::check(&args, &account).await,
        Operation::Cards => cards(&account).await,
    }
}

impl Account<'_> {
    /// A client of the merchant's own script.
    fn cardpay(&self) -> Result<CardPay, Failure> {
        let account = self.with(&DESCRIPTOR)?;
        Ok(account.client(&transport()?).map_err(UsageError::from)?)
    }
}

async fn cards(account: &Account<'_>) -> Result<(), Failure> {
    let cards = account.cardpay()?.cards().await.map_err(CallError::of)?;
    account.console.done(&Cards(cards))
}

#[derive(Debug, Serialize)]
#[serde(transparent)]
struct Cards(MerchantCards);

impl Report for Cards {
    fn write_text(&self, out: &mut dyn Write) -> io::Result<()> {
        let cards = &self.0.cards;
        if cards.is_empty() {
            return writeln!(out, "No cards.");
        }
        write_cards(out, cards)
    }
}

/// Writes cards as a table, their numbers masked.
fn write_cards(out: &mut dyn Write, cards: &[MerchantCard]) -> io::Result<()> {
    let row = |card: &MerchantCard| {
        let text = |text: &Option<String>| shown(text.as_deref().unwrap_or("-"));
        vec![
            shown(&card.number.to_string()),
            text(&card.bank),
            text(&card.holder),
        ]
    };
    let columns = [
        Column::id("CARD"),
        Column::name("BANK").spare(0),
        Column::name("HOLDER").spare(1),
    ];
    table(columns, cards.iter().map(row)).write(out)
}
