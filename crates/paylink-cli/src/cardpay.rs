//! `paylink cardpay`: payments from card to card, one operation a file.

mod account;
mod cards;
mod check;
mod create;
mod created;
mod set_card;
mod wait;

use std::path::Path;
use std::str::FromStr;

use clap::{Args, Subcommand};
use paylink::{CardNumber, FieldKey, Invalid};

use crate::account::Account;
use crate::console::Console;
use crate::failure::Failure;
use crate::typed;
use crate::usage_error::UsageError;

/// What CardPay calls its id of a payment.
const REFERENCE: &str = "Pay id";

const AFTER_HELP: &str = "\
The account comes from the environment or from [cardpay] in the configuration:
  PAYLINK_CARDPAY_TOKEN      token        the token of the script; secret
  PAYLINK_CARDPAY_BASE_URL   base_url     where the script's API stands on your own host,
                                          such as https://shop.example/CartToCart/api/

Card numbers are shown with their first six and last four digits.
`paylink sandbox` gives an account to try with.";

#[derive(Debug, Args)]
#[command(after_help = AFTER_HELP, subcommand_value_name = "OPERATION", subcommand_help_heading = "Operations")]
pub(crate) struct CardpayArgs {
    /// Where the script's API stands: https, or http on loopback
    #[arg(
        long,
        global = true,
        value_name = "URL",
        help_heading = "Global options"
    )]
    base_url: Option<String>,

    #[command(subcommand)]
    operation: Operation,
}

#[derive(Debug, Subcommand)]
enum Operation {
    /// Create a payment, and show what to transfer to which cards
    Create(create::CreateArgs),
    SetCard(set_card::SetCardArgs),
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
pub(crate) async fn run(
    args: CardpayArgs,
    config: Option<&Path>,
    console: &Console,
) -> Result<(), Failure> {
    let account = Account {
        console,
        config,
        base_url: args.base_url.as_deref(),
    };
    match args.operation {
        Operation::Create(args) => create::run(&args, &account).await,
        Operation::SetCard(args) => set_card::run(&args, &account).await,
        Operation::Check(args) => check::run(&args, &account).await,
        Operation::Cards => cards::run(&account).await,
    }
}
