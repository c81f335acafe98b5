use paylink_core::{
    Class, Handle, Invalid, Lookup, Operation, Rejection, Reply, Request, Untrusted,
};
use serde::Serialize;

use crate::account::CardPayAccount;
use crate::envelope::Envelope;
use crate::{MerchantCard, merchant_card};

/// Reads the merchant's own cards (document "list of cards"; proven).
#[derive(Clone, Copy, Debug)]
pub struct ListCards(());

impl ListCards {
    pub(crate) fn new() -> ListCards {
        ListCards(())
    }
}

/// The merchant's own cards.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
#[non_exhaustive]
pub struct MerchantCards {
    /// The cards, in the script's order.
    pub cards: Vec<MerchantCard>,
    /// The display fields that came in a form that could not be read.
    pub unreadable: Vec<&'static str>,
}

impl Operation for ListCards {
    type Account = CardPayAccount;
    type Output = MerchantCards;

    const NAME: &'static str = "cards";
    const CLASS: Class = Class::Read;
    const LOOKUP: Lookup = Lookup::Nowhere;

    fn request(&self, account: &CardPayAccount) -> Result<Request, Invalid> {
        Ok(account.get(&account.endpoints().cards))
    }

    fn decode(&self, _: &CardPayAccount, reply: Reply<'_>) -> Result<MerchantCards, Rejection> {
        // The list stands bare, without the envelope that every other answer has.
        if reply.text().trim_start().starts_with('{') {
            return Err(Envelope::read(reply)?.failure(Self::NAME, reply));
        }
        if reply.status() != 200 {
            return Err(Untrusted::new("a list of cards came with another status than 200").into());
        }
        let list = paylink_core::json::from_array(reply.text())?;
        let mut unreadable = Vec::new();
        Ok(MerchantCards {
            cards: merchant_card::all(list, &mut unreadable)?,
            unreadable,
        })
    }

    fn refuses_with_500(&self, _: &CardPayAccount) -> bool {
        true
    }

    fn describe(&self, account: &CardPayAccount, handle: Handle) -> Handle {
        handle.merchant(account.shop())
    }
}
