use paylink::{CardNumber, PayToCard};
use serde::Serialize;

/// A card to pay to, with its number masked: what a terminal shows stays in its history.
#[derive(Debug, Serialize)]
pub(super) struct MaskedCard {
    pub(super) number: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) holder: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) bank: Option<String>,
}

impl MaskedCard {
    pub(super) fn of(card: &PayToCard) -> MaskedCard {
        let number = CardNumber::parse(card.number()).map_or_else(
            |_| "not a card's number".to_owned(),
            |card| card.to_string(),
        );
        MaskedCard {
            number,
            holder: card.holder().map(str::to_owned),
            bank: card.bank().map(str::to_owned),
        }
    }
}
