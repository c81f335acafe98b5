use std::collections::HashMap;

use crate::cardpay::CardpaySandbox;
use crate::cardpay::card::{CardNumber, MerchantCard};
use crate::cardpay::payment::Payment;
use crate::page::persian;

/// What a person asks the bank to do.
#[derive(Debug)]
pub(super) struct TransferForm<'a> {
    pub(super) amount: u64,
    pub(super) to: &'a MerchantCard,
    /// The payer's card, if the bank's message is to name it.
    pub(super) from: Option<CardNumber>,
}

/// What the person has to correct.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum FormError {
    Amount,
    Card,
}

impl<'a> TransferForm<'a> {
    pub(super) fn read(
        cardpay: &'a CardpaySandbox,
        payment: &Payment,
        body: &[u8],
    ) -> Result<Self, FormError> {
        let fields: HashMap<_, _> = form_urlencoded::parse(body).into_owned().collect();
        let field = |name: &str| fields.get(name).map(String::as_str).unwrap_or_default();
        let typed = |name| {
            let is_mark = |mark: char| mark.is_whitespace() || matches!(mark, ',' | '٬' | '-');
            persian::typed_digits(field(name)).replace(is_mark, "")
        };
        let amount = typed("amount").parse().ok().filter(|amount| *amount > 0);
        let from = match (field("from"), &payment.card) {
            ("recorded", Some(card)) => Some(card.clone()),
            _ => CardNumber::parse(&typed("card")),
        };
        let chosen = field("to").parse().ok();
        let chosen = chosen.and_then(|place: usize| cardpay.merchant_cards().get(place));
        let [first, ..] = &cardpay.0.cards;
        Ok(Self {
            amount: amount.ok_or(FormError::Amount)?,
            to: chosen.unwrap_or(first),
            from: Some(from.ok_or(FormError::Card)?).filter(|_| !field("names_card").is_empty()),
        })
    }
}
