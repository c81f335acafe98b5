//! SizPay in the words that all providers share.

pub(crate) mod capabilities;
mod mapping;

use std::time::Duration;

use async_trait::async_trait;
use paylink_core::provider::{
    self as neutral, Ability, Capabilities, Capability, Cursor, Done, ExpectedPayment, Input,
    ListPayments, NewPayment, PaymentPage, PaymentRecord, PreparedPayment, Resolved,
};
use paylink_core::{
    Account, Effect, Error, ErrorKind, Handle, Invalid, JalaliDate, Operation, PaymentProvider,
    Resolution, Settlement,
};

use crate::account::SizPayAccount;
use crate::operations::{DisableLink, NewLink, PayStatus, ResendSms};
use crate::{Found, SendId, SizPay, days, lookup, resolve, settle};

/// SizPay behind the neutral API: a payment is a link that goes to the payer's mobile number by SMS.
///
/// * It counts in rial, and takes a reference of at most 100 characters without a comma and with Latin
///   digits alone, and a name and a description of
///   at most 50 characters each; the SMS shows the first 25 of the description.
/// * SizPay reports no amount: a proof rests on the id that the record keeps.
/// * Sending an SMS again follows no rule here. SizPay refuses a second one within two minutes, and a fourth;
///   [`SizPay::resend_by_rule`] keeps count.
/// * A link that was found again comes without its address: the payer has it by SMS.
#[async_trait]
impl PaymentProvider for SizPay {
    fn capabilities(&self) -> &Capabilities {
        if self.account().is_rest() {
            capabilities::rest()
        } else {
            capabilities::asmx()
        }
    }

    fn longest_call(&self) -> Duration {
        self.transport().timeouts().total
    }

    fn prepare(&self, payment: &NewPayment) -> Result<PreparedPayment<'_>, Error> {
        let capabilities = self.capabilities();
        let price = capabilities.check(payment)?;
        let payer = payment.payer();
        let mobile = capabilities.needed(Input::Mobile, payer.mobile())?;
        let number = mapping::invoice_number(payment.reference())?;
        let mut link = NewLink::new(number, price.to_rial()?, mobile.clone())?;
        if let Some(name) = payer.name() {
            link = link
                .customer_name(name)
                .map_err(|invalid| invalid.under(Input::PayerName.key()))?;
        }
        if let Some(description) = payment.described_as() {
            link = link
                .description(description)
                .map_err(|invalid| invalid.under(Input::Description.key()))?;
        }
        let prepared = self.send_link(link).prepare()?;
        let handle = prepared.handle().clone();
        let record = mapping::record(&handle, handle.prepared_at())?;
        Ok(PreparedPayment::new(handle, async move {
            let sent = prepared.send().await?;
            Ok(mapping::created(record, sent.send_id, sent.url))
        }))
    }

    async fn settle(
        &self,
        expected: &ExpectedPayment,
    ) -> Result<Settlement<neutral::Payment>, Error> {
        if let Some(mismatch) = expected.differs_in_books(self.capabilities())? {
            return Ok(Settlement::Mismatch(mismatch));
        }
        let record = expected.record();
        if let Some(mismatch) = record.differs_in_merchant(self.account().link_name()) {
            return Ok(Settlement::Mismatch(mismatch));
        }
        let settlement = settle::settle(self, &mapping::expected(record)?).await?;
        Ok(settlement.map(|payment| mapping::view(&payment)))
    }

    async fn resolve(&self, handle: &Handle) -> Result<Resolution<Resolved>, Error> {
        let resolution = resolve::resolve(self, handle).await?;
        resolution.try_map(handle, |found| created_again(handle, &found))
    }

    async fn state(&self, record: &PaymentRecord) -> Result<neutral::Payment, Error> {
        let send_id = self.own_link(record)?;
        let found = lookup::by_send_id(self, send_id, &days_of(record)?).await?;
        Ok(mapping::view(&found.payment))
    }

    async fn disable(&self, record: &PaymentRecord) -> Result<Done, Error> {
        self.must_offer(Capability::Disable)?;
        let (send_id, sent_on) = self.link_and_day(record).await?;
        let disable = DisableLink::by_send_id(send_id, sent_on);
        let accepted = self.disable_link(disable).await?;
        Ok(Done::new().message(accepted.message.as_deref()))
    }

    async fn resend(&self, record: &PaymentRecord) -> Result<Done, Error> {
        self.must_offer(Capability::Resend)?;
        let (send_id, sent_on) = self.link_and_day(record).await?;
        let resend = ResendSms::by_send_id(send_id, sent_on);
        let accepted = self.resend_sms(resend).await?;
        Ok(Done::new().message(accepted.message.as_deref()))
    }

    async fn list(&self, list: &ListPayments) -> Result<PaymentPage, Error> {
        self.must_offer(Capability::List)?;
        let day = self.capabilities().needed(Input::ListDay, list.on())?;
        if let Some(cursor) = list.at() {
            return Err(Invalid::new(Cursor::KEY, "is not one of SizPay's list")
                .value(cursor.as_str())
                .remedy("leave it out: a day of SizPay's is one page")
                .into());
        }
        let payments = self.pay_status(PayStatus::of_day(day)).await?;
        let payments = payments.iter().map(mapping::view).collect();
        Ok(PaymentPage::new(payments, None))
    }
}

impl SizPay {
    fn must_offer(&self, capability: Capability) -> Result<(), Error> {
        let capabilities = self.capabilities();
        match capabilities.of(capability) {
            Ability::Yes => Ok(()),
            Ability::No(_) => Err(capabilities.lacks(capability)),
        }
    }

    /// The link of a record that this client made, or one of the same link name.
    fn own_link(&self, record: &PaymentRecord) -> Result<SendId, Error> {
        record.must_be_of(SizPayAccount::PROVIDER)?;
        record.must_be_at(self.account().link_name())?;
        Ok(mapping::send_id(record)?)
    }

    /// A link, and the day under which SizPay has it. Around midnight in Tehran SizPay is asked which day that is: a
    /// link that is named under another one is not found.
    async fn link_and_day(&self, record: &PaymentRecord) -> Result<(SendId, JalaliDate), Error> {
        let send_id = self.own_link(record)?;
        let own_day = JalaliDate::on(record.created_at())?;
        let days = days_of(record)?;
        if days.len() == 1 {
            return Ok((send_id, own_day));
        }
        let found = lookup::by_send_id(self, send_id, &days).await?;
        let certain = found.payment.certainly_exists();
        Ok((send_id, if certain { found.sent_on } else { own_day }))
    }
}

fn days_of(record: &PaymentRecord) -> Result<Vec<JalaliDate>, Invalid> {
    days::between(record.created_at(), record.created_at())
}

fn created_again(handle: &Handle, found: &Found) -> Result<Resolved, Error> {
    let Some(send_id) = found.payment.send_id else {
        let problem = "SizPay has a link under this invoice number and does not name its id: look into its panel";
        return Err(
            Error::new(ErrorKind::Indeterminate, Effect::Unknown, problem)
                .of(SizPayAccount::PROVIDER, NewLink::NAME),
        );
    };
    let created_at = mapping::created_at(handle, found.sent_on)?;
    let record = mapping::record(handle, created_at)?;
    let created = mapping::created(record, send_id, None);
    Ok(Resolved::Created(Box::new(created)))
}
