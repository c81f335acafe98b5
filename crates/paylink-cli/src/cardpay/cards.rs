use std::io::{self, Write};

use paylink::cardpay::{MerchantCard, MerchantCards};
use serde::Serialize;

use crate::account::Account;
use crate::call_error::CallError;
use crate::failure::Failure;
use crate::report::Report;
use crate::table::table;
use crate::text::shown;

pub(super) async fn run(account: &Account<'_>) -> Result<(), Failure> {
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
pub(super) fn write_cards(out: &mut dyn Write, cards: &[MerchantCard]) -> io::Result<()> {
    let row = |card: &MerchantCard| {
        let text = |text: &Option<String>| shown(text.as_deref().unwrap_or("-"));
        vec![
            shown(&card.number.to_string()),
            text(&card.bank),
            text(&card.holder),
        ]
    };
    let table = table(&["CARD", "BANK", "HOLDER"], cards.iter().map(row), &[1, 2]);
    writeln!(out, "{}", table.trim_fmt())
}
