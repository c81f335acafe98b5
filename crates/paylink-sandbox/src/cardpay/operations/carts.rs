use axum::http::StatusCode;
use axum::response::Response;
use serde::Serialize;

use super::Call;
use crate::cardpay::card::MerchantCard;
use crate::cardpay::{CardpaySandbox, answer};

/// One of the merchant's cards on the wire, where it is spelt `cart`.
#[derive(Debug, Serialize)]
pub(super) struct Cart<'a> {
    number: &'a str,
    name: &'a str,
    bank: &'a str,
}

impl<'a> Cart<'a> {
    pub(super) fn of_all(cardpay: &'a CardpaySandbox) -> Vec<Self> {
        cardpay.merchant_cards().iter().map(Self::from).collect()
    }
}

impl<'a> From<&'a MerchantCard> for Cart<'a> {
    fn from(card: &'a MerchantCard) -> Self {
        Self {
            number: card.number.number(),
            name: card.name,
            bank: card.bank,
        }
    }
}

/// Lists the merchant's cards, without an envelope.
pub(super) fn execute(call: &Call<'_>) -> Response {
    let settings = call.cardpay.settings().clone();
    answer::json(StatusCode::OK, &Cart::of_all(call.cardpay), &settings)
}
