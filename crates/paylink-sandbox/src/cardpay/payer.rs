use thiserror::Error;

use super::card::{CardNumber, MerchantCard};
use super::deposit::{Deposit, Transfer};
use super::{CardpaySandbox, NAME};
use crate::page::persian;

/// Why the payer could not transfer; nothing has happened then.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum TransferError {
    /// There is no payment with this `pay_id`.
    #[error("there is no such payment")]
    UnknownPayment,
    /// The amount is zero.
    #[error("a transfer moves at least one rial")]
    NoAmount,
    /// The payer's card has not sixteen digits.
    #[error("a card number has sixteen digits")]
    MalformedCard,
}

impl CardpaySandbox {
    /// Transfers `amount` rial to the merchant's first card, as the payer of `pay_id`, and writes the
    /// bank's message to the SMS outbox.
    ///
    /// `from_card` is the payer's card as the message names it, in Latin, Persian or Arabic digits;
    /// with none the bank names no card. The script knows the amount alone: whichever open payment
    /// waits for exactly that much takes the deposit, and the answer says which. A payment whose time
    /// is over takes none, yet the money is transferred.
    ///
    /// # Errors
    ///
    /// Each [`TransferError`] says what to correct; nothing was transferred.
    pub fn transfer(
        &self,
        pay_id: u64,
        amount: u64,
        from_card: Option<&str>,
    ) -> Result<Deposit, TransferError> {
        let read = |text| {
            CardNumber::parse(&persian::typed_digits(text)).ok_or(TransferError::MalformedCard)
        };
        let from = from_card.map(read).transpose()?;
        let [first, ..] = &self.0.cards;
        self.transfer_to(first, pay_id, amount, from)
    }

    /// Transfers exactly what a payment waits for, from the recorded card or, if there is none, from
    /// [`payer_card`](Self::payer_card).
    ///
    /// # Errors
    ///
    /// [`TransferError::UnknownPayment`]; nothing was transferred.
    pub fn pay(&self, pay_id: u64) -> Result<Deposit, TransferError> {
        let payment = self.payment(pay_id).ok_or(TransferError::UnknownPayment)?;
        let card = payment.card.as_ref();
        let card = card.map_or(self.payer_card(), CardNumber::number);
        self.transfer(pay_id, payment.amount, Some(card))
    }

    pub(super) fn transfer_to(
        &self,
        to: &MerchantCard,
        meant_for: u64,
        amount: u64,
        from: Option<CardNumber>,
    ) -> Result<Deposit, TransferError> {
        if amount == 0 {
            return Err(TransferError::NoAmount);
        }
        let settings = self.settings().clone();
        let now = self.now();
        let mut store = self.store();
        store.get(meant_for).ok_or(TransferError::UnknownPayment)?;
        let transfer = Transfer {
            meant_for,
            amount,
            to: to.clone(),
            from,
        };
        let deposit = store.deposit(transfer, &settings, now);
        drop(store);
        let text = deposit.report();
        self.0.world.sms.send(NAME, deposit.reported_to(), text);
        Ok(deposit)
    }
}
