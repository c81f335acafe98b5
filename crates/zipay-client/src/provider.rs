pub(crate) mod capabilities;
mod mapping;
mod paging;

use std::time::Duration;

use async_trait::async_trait;
use paylink_core::provider::{
    Capabilities, Done, ExpectedPayment, Hint, Input, ListPayments, NewPayment, Payment,
    PaymentPage, PaymentProvider, PaymentRecord, PreparedPayment, Resolved,
};
use paylink_core::{Effect, Error, ErrorKind, Handle, Mismatch, Operation, Resolution, Settlement};

use crate::descriptor::NAME;
use crate::operations::{NewInvoice, RefundInvoice};
use crate::{Invoice, Return, TrackId, Webhook, ZiPay, resolve, settle};

/// ZiPay behind the neutral API: an invoice is a payment.
///
/// It counts in USD, USDT and toman; a price in rial is converted where it divides by ten. It needs a return URL, takes a
/// notify URL and a national id, and refuses every other input. A payment has to be settled within 30 minutes, or ZiPay
/// gives the money back.
///
/// A record of another terminal than the client's own is a mismatch, and nothing is asked or given back for it. A refund
/// reads the invoice first, and gives nothing back that differs from the record. A list holds the invoices of the client's
/// own terminal, newest first: one that is created between two pages shows another one twice, and hides none.
#[async_trait]
impl PaymentProvider for ZiPay {
    fn capabilities(&self) -> &Capabilities {
        capabilities::declared()
    }

    fn longest_call(&self) -> Duration {
        self.transport().timeouts().total
    }

    fn prepare(&self, payment: &NewPayment) -> Result<PreparedPayment<'_>, Error> {
        let capabilities = self.capabilities();
        let price = capabilities.check(payment)?;
        let callback = capabilities.needed(Input::ReturnUrl, payment.goes_back_to())?;
        let invoice = mapping::invoice(payment, price, callback)?;
        let prepared = self.create_invoice(invoice).prepare()?;
        let handle = prepared.handle().clone();
        let record = mapping::record(&handle)?;
        Ok(PreparedPayment::new(handle, async move {
            let invoice = prepared.send().await?;
            Ok(mapping::created(
                record,
                &invoice.track_id,
                invoice.redirect,
            ))
        }))
    }

    async fn settle(&self, expected: &ExpectedPayment) -> Result<Settlement<Payment>, Error> {
        let record = expected.record();
        if let Some(mismatch) = expected.differs_in_books(self.capabilities())? {
            return Ok(Settlement::Mismatch(mismatch));
        }
        if let Some(mismatch) = self.differs_in_terminal(record) {
            return Ok(Settlement::Mismatch(mismatch));
        }
        let settlement = settle::settle(self, &mapping::expected(record)?).await?;
        Ok(settlement.map(|invoice| mapping::payment(&invoice)))
    }

    async fn resolve(&self, handle: &Handle) -> Result<Resolution<Resolved>, Error> {
        handle.must_be_of(NAME)?;
        if let Some(terminal) = self.account().terminal() {
            handle.must_be_at(&terminal.to_string())?;
        }
        resolve::resolve(self, handle)
            .await?
            .try_map(handle, |found| {
                let invoice = &found.invoice;
                if handle.operation() != NewInvoice::NAME {
                    let payment = mapping::payment(invoice);
                    return Ok(Resolved::Changed(Box::new(payment)));
                }
                let record = mapping::record(handle)?;
                let created = mapping::created(record, &invoice.track_id, found.redirect);
                Ok(Resolved::Created(Box::new(created)))
            })
    }

    async fn state(&self, record: &PaymentRecord) -> Result<Payment, Error> {
        let invoice = self.invoice_status(&self.own_track_id(record)?).await?;
        Ok(mapping::payment(&invoice))
    }

    async fn refund(&self, record: &PaymentRecord) -> Result<Done, Error> {
        let track_id = self.compared_track_id(record).await?;
        let invoice = self.refund_invoice(&track_id).await?;
        Ok(Done::new().payment(mapping::payment(&invoice)))
    }

    async fn list(&self, list: &ListPayments) -> Result<PaymentPage, Error> {
        let day_given = list.on().is_some();
        self.capabilities().check_input(Input::ListDay, day_given)?;
        let place = paging::Place::after(list.at())?;
        let terminal = self.account().terminal();
        let page = self.list_invoices(place.asks_for(terminal)?).await?;
        // The filter may be ignored; what comes is compared here.
        let is_own = |it: &&Invoice| terminal.is_none_or(|own| own.number() == it.terminal);
        let own = page.invoices.iter().filter(is_own);
        let payments = own.map(mapping::payment).collect();
        Ok(PaymentPage::new(payments, place.following(&page)))
    }

    fn read_return(&self, query: &str) -> Result<Hint, Error> {
        let back = Return::from_query(query)?;
        Ok(mapping::hint(back.track_id(), back.invoice_number()))
    }

    fn read_webhook(&self, body: &[u8]) -> Result<Hint, Error> {
        let hook = Webhook::from_body(body)?;
        Ok(mapping::hint(hook.track_id(), hook.invoice_number()))
    }
}

impl ZiPay {
    /// The id of a payment that was created at this client's terminal.
    fn own_track_id(&self, record: &PaymentRecord) -> Result<TrackId, Error> {
        record.must_be_of(NAME)?;
        if let Some(terminal) = self.account().terminal() {
            record.must_be_at(&terminal.to_string())?;
        }
        Ok(mapping::track_id(record)?)
    }

    /// The id of a payment that ZiPay reports just as the record has it: money goes back for no other.
    async fn compared_track_id(&self, record: &PaymentRecord) -> Result<TrackId, Error> {
        let track_id = self.own_track_id(record)?;
        let expected = mapping::expected(record)?;
        let terminal = expected.terminal_at(self.account())?;
        let invoice = self.invoice_status(&track_id).await?;
        match expected.compare(terminal, &invoice) {
            Ok(_) => Ok(track_id),
            Err(mismatch) => {
                let problem = "the invoice is not the one of the record; nothing was given back";
                Err(
                    Error::new(ErrorKind::Mismatch, Effect::NotExecuted, problem)
                        .of(NAME, RefundInvoice::NAME)
                        .with_mismatch(mismatch),
                )
            }
        }
    }

    /// A client without a terminal of its own is at home at each of the merchant's.
    fn differs_in_terminal(&self, record: &PaymentRecord) -> Option<Mismatch> {
        let terminal = self.account().terminal()?;
        record.differs_in_merchant(&terminal.to_string())
    }
}
