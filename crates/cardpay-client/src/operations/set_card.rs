use paylink_core::{
    CardNumber, Class, Handle, Invalid, Lookup, Operation, Rejection, Reply, Request,
};

use crate::PayId;
use crate::account::CardPayAccount;
use crate::codes::Says;
use crate::descriptor::PAY_ID;
use crate::encoding::Parameters;
use crate::envelope::Envelope;

/// Records the card that the payer of a payment will transfer from (document "recording the payer's card"; proven, but for
/// the answer, of which there is no sample).
///
/// **Only where the bank's deposit messages carry the payer's card**: otherwise the payment is lost, as described at
/// [`NewPayment::payer_card`](crate::NewPayment::payer_card).
#[derive(Clone, Debug)]
pub struct SetCard {
    pay_id: PayId,
    card: CardNumber,
}

impl SetCard {
    pub(crate) fn of(pay_id: PayId, card: CardNumber) -> SetCard {
        SetCard { pay_id, card }
    }
}

impl Operation for SetCard {
    type Account = CardPayAccount;
    type Output = ();

    const NAME: &'static str = "set-card";
    const CLASS: Class = Class::Once;
    const LOOKUP: Lookup = Lookup::Nowhere;

    fn request(&self, account: &CardPayAccount) -> Result<Request, Invalid> {
        let parameters = Parameters::default()
            .number(PAY_ID, self.pay_id.get())
            .text("card", Some(self.card.expose()));
        Ok(account.post(&account.endpoints().set_card, &parameters))
    }

    fn decode(&self, _: &CardPayAccount, reply: Reply<'_>) -> Result<(), Rejection> {
        Envelope::read(reply)?.done(Self::NAME, reply, Says::TrueIfAnything)
    }

    fn refuses_with_500(&self, _: &CardPayAccount) -> bool {
        true
    }

    /// The answer names no payment: its connection alone says which one it is about.
    fn needs_own_connection(&self, _: &CardPayAccount) -> bool {
        true
    }

    fn describe(&self, account: &CardPayAccount, handle: Handle) -> Handle {
        handle
            .merchant(account.shop())
            .id(PAY_ID, self.pay_id.to_string())
    }
}
