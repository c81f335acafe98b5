pub(crate) mod capabilities;
mod mapping;

use std::time::Duration;

use async_trait::async_trait;
use paylink_core::provider::{
    self as neutral, Capabilities, ExpectedPayment, Payment, PaymentProvider, PreparedPayment,
    Resolved,
};
use paylink_core::{Error, Handle, Resolution, Settlement};

use crate::descriptor::PAY_ID;
use crate::{CardPay, PayId, resolve, settle};

/// CardPay behind the neutral API: the payer transfers an exact amount from card to card.
///
/// It counts in rial; a price in toman is converted. The reference has to be a whole number in plain digits, since that
/// is what the script takes. It takes a return URL, without which there is **no pay link**, a mobile number and the
/// payer's card, and refuses every other input.
///
/// **A payer's card can lose the payment.** Once it is recorded, a deposit whose message lacks the card or shows another
/// one is not matched: the payer has paid, and the shop does not see it. Give one only where the bank's deposit messages
/// carry the payer's card.
///
/// Show the payer the exact transfer of [`Created`], never the price. A create whose answer was lost cannot be looked up:
/// go on under another reference, as [`CardPay::create`] says. Nothing is read of a payment without settling it.
#[async_trait]
impl PaymentProvider for CardPay {
    fn capabilities(&self) -> &Capabilities {
        capabilities::declared()
    }

    fn longest_call(&self) -> Duration {
        self.transport().timeouts().total
    }

    fn prepare(&self, payment: &neutral::NewPayment) -> Result<PreparedPayment<'_>, Error> {
        let price = self.capabilities().check(payment)?.to_rial()?;
        let reference = payment.reference().clone();
        let prepared = self
            .create(mapping::payment_of(payment, price)?)
            .prepare()?;
        let handle = prepared.handle().clone();
        Ok(PreparedPayment::new(handle.clone(), async move {
            let created = prepared.send().await?;
            mapping::created(created, reference, handle)
        }))
    }

    async fn settle(&self, expected: &ExpectedPayment) -> Result<Settlement<Payment>, Error> {
        let record = expected.record();
        if let Some(mismatch) = expected.differs_in_books(self.capabilities())? {
            return Ok(Settlement::Mismatch(mismatch));
        }
        if let Some(mismatch) = record.differs_in_merchant(self.account().shop()) {
            return Ok(Settlement::Mismatch(mismatch));
        }
        let sealed = mapping::sealed(record)?;
        if let Some(mismatch) = mapping::differs_in_id(record, &sealed) {
            return Ok(Settlement::Mismatch(mismatch));
        }
        let pay_id = sealed.pay_id;
        let settlement = settle::settle(self, &mapping::expected(record, sealed)?).await?;
        Ok(settlement.map(|state| mapping::payment(pay_id, state)))
    }

    async fn resolve(&self, handle: &Handle) -> Result<Resolution<Resolved>, Error> {
        // A create and a card end here, with an error that says what is known.
        let resolution = resolve::resolve(self, handle).await?;
        let pay_id: PayId = Handle::needed(PAY_ID, handle.known_id(PAY_ID))?.parse()?;
        resolution.try_map(handle, |state| {
            let payment = mapping::payment(pay_id, state);
            Ok(Resolved::Changed(Box::new(payment)))
        })
    }
}
