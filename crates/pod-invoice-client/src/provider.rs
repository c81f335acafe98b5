//! POD in the words that all providers share.

pub(crate) mod capabilities;
mod issuing;
mod mapping;
mod paging;
mod wanted;

use std::time::Duration;

use async_trait::async_trait;
use paylink_core::provider::{
    Capabilities, Done, ExpectedPayment, Hint, ListPayments, NewPayment, Payment, PaymentPage,
    PaymentProvider, PaymentRecord, PreparedPayment, Resolved,
};
use paylink_core::{
    Account, Effect, Error, ErrorKind, FieldKey, Handle, Invalid, Mismatch, Operation, Resolution,
    Settlement,
};

use self::wanted::{Wanted, way_back};
use crate::account::PodAccount;
use crate::find::{Found, find, nothing_under};
use crate::operations::{CancelInvoice, ListInvoices, NewInvoice};
use crate::{Invoice, InvoiceId, InvoiceKey, Pod, Return, State, resolve, settle};

/// A payment that is to be changed and must not be.
const PAYMENT: FieldKey = FieldKey::new("payment", "payment");

/// The body of a webhook.
const WEBHOOK: FieldKey = FieldKey::new("webhook", "webhook");

/// POD behind the neutral API: a payment is an invoice of one item and three steps, and a link by its unique number.
///
/// * It counts in rial, and adds no tax of its own: the price is what the payer pays, tax included.
/// * Invoices are issued in the guild of [`PodBuilder::guild`](crate::PodBuilder::guild). Without one a payment is refused
///   with [`ErrorKind::Configuration`], before anything is sent.
/// * The item is named by the description, or else by the order's reference.
/// * An invoice of three steps reads the same before its payment and after it: `state` and `list` call it `Unconfirmed`, and
///   `settle`, which asks POD to verify it, tells.
/// * A payment has to be settled within the hour, or POD gives the money back.
/// * Disabling cancels the invoice. One that is paid, or that differs from the record, is left as it is: cancelling it would
///   give the money back. So it would, if a payer has just paid what nobody has settled yet. Settle first, and disable
///   nothing that something else may be settling: between the look and the cancellation it could be verified, and the goods
///   go out for money that goes back.
#[async_trait]
impl PaymentProvider for Pod {
    fn capabilities(&self) -> &Capabilities {
        capabilities::declared()
    }

    fn longest_call(&self) -> Duration {
        self.transport().timeouts().total
    }

    fn prepare(&self, payment: &NewPayment) -> Result<PreparedPayment<'_>, Error> {
        let invoice = self.new_invoice(payment)?;
        let way_back = way_back(payment.goes_back_to(), payment.notifies())?;
        let prepared = self.issue_invoice(invoice).prepare()?;
        let handle = self.noted(payment, prepared.handle().clone());
        let wanted = Wanted::new(handle.clone(), payment.reference().clone(), way_back)?;
        wanted.must_fit(self)?;
        Ok(PreparedPayment::new(handle, async move {
            let issued = prepared.send().await?;
            let named = self.with_unique_number(issued.value).await;
            let named = named.map_err(|error| error.while_resolving(wanted.handle()))?;
            wanted.created(self, &named)
        }))
    }

    async fn settle(&self, expected: &ExpectedPayment) -> Result<Settlement<Payment>, Error> {
        let record = expected.record();
        if let Some(mismatch) = expected.differs_in_books(self.capabilities())? {
            return Ok(Settlement::Mismatch(mismatch));
        }
        if let Some(mismatch) = self.differs_in_business(record) {
            return Ok(Settlement::Mismatch(mismatch));
        }
        let told = settle::settle(self, &mapping::expected(record)?).await?;
        let view = |invoice| mapping::view_of_unpaid(&invoice, told.unpaid);
        Ok(told.settlement.map(view))
    }

    async fn resolve(&self, handle: &Handle) -> Result<Resolution<Resolved>, Error> {
        handle.must_be_of(PodAccount::PROVIDER)?;
        if let Some(business) = self.account().options().business {
            handle.must_be_at(&business.to_string())?;
        }
        if handle.operation() == NewInvoice::NAME {
            let wanted = Wanted::of(handle.clone())?;
            let found = resolve::resolve(self, handle).await?;
            return found.try_map(handle, |invoice| {
                let created = wanted.created(self, &invoice)?;
                Ok(Resolved::Created(Box::new(created)))
            });
        }
        let found = resolve::resolve(self, handle).await?;
        found.try_map(handle, |invoice| {
            Ok(Resolved::Changed(Box::new(mapping::view(&invoice))))
        })
    }

    async fn state(&self, record: &PaymentRecord) -> Result<Payment, Error> {
        let invoice = self.listed(self.own_invoice(record)?).await?;
        Ok(mapping::view(&invoice))
    }

    async fn disable(&self, record: &PaymentRecord) -> Result<Done, Error> {
        let id = self.own_invoice(record)?;
        let invoice = self.listed(id).await?;
        self.must_agree(record, &invoice)?;
        match invoice.state() {
            State::Paid => {
                let paid = Invalid::new(
                    PAYMENT,
                    "is paid: cancelling its invoice would give the money back",
                )
                .remedy("settle it");
                return Err(Error::from(paid).of(PodAccount::PROVIDER, CancelInvoice::NAME));
            }
            State::Unclear => {
                let problem =
                    "the invoice's flags do not tell whether it is paid, so it is not cancelled";
                return Err(not_executed(ErrorKind::Indeterminate, problem)
                    .of(PodAccount::PROVIDER, CancelInvoice::NAME));
            }
            State::Unpaid
            | State::AwaitingGateway
            | State::Unverified
            | State::Promised
            | State::Cancelled => {}
        }
        let cancelled = self.cancel_invoice(id).await?;
        let number = cancelled.reference_number;
        let number = number.map(|number| format!("reference number {number}"));
        Ok(Done::new().message(number.as_deref()))
    }

    async fn list(&self, list: &ListPayments) -> Result<PaymentPage, Error> {
        let place = paging::Place::of(list)?;
        let page = self.list_invoices(place.question()?).await?.value;
        let payments = page.invoices.iter().map(mapping::view).collect();
        Ok(PaymentPage::new(payments, place.after(&page)))
    }

    fn read_return(&self, query: &str) -> Result<Hint, Error> {
        Ok(mapping::hint(Return::from_query(query)?)?)
    }

    /// The document does not say what POD calls the notify URL with: a form of the return's names is read.
    fn read_webhook(&self, body: &[u8]) -> Result<Hint, Error> {
        let form = std::str::from_utf8(body)
            .map_err(|_| Invalid::new(WEBHOOK, "is not UTF-8").remedy("ignore it"))?;
        Ok(mapping::hint(Return::from_query(form)?)?)
    }
}

impl Pod {
    /// The invoice of a record that was made at this client's business.
    fn own_invoice(&self, record: &PaymentRecord) -> Result<InvoiceId, Error> {
        record.must_be_of(PodAccount::PROVIDER)?;
        match self.differs_in_business(record) {
            None => Ok(mapping::invoice_id(record)?),
            Some(mismatch) => {
                let problem = "the record is of another business; give it to that one's client";
                Err(not_executed(ErrorKind::Mismatch, problem).with_mismatch(mismatch))
            }
        }
    }

    /// A client that was not told its business, and a record that names none, rest on the token: POD lists nobody
    /// else's invoices.
    fn differs_in_business(&self, record: &PaymentRecord) -> Option<Mismatch> {
        let business = self.account().options().business?;
        record.at_merchant()?;
        record.differs_in_merchant(&business.to_string())
    }

    /// Checks that POD reports the invoice just as the record has it: no other is cancelled for it.
    fn must_agree(&self, record: &PaymentRecord, invoice: &Invoice) -> Result<(), Error> {
        let problem = "the invoice is not the one of the record; it was not cancelled";
        let error = match mapping::expected(record)?.compare(self.account(), invoice) {
            Ok(Ok(_)) => return Ok(()),
            Ok(Err(mismatch)) => not_executed(ErrorKind::Mismatch, problem).with_mismatch(mismatch),
            Err(_) => {
                let problem =
                    "POD does not say how much the invoice asks for, so it is not cancelled";
                not_executed(ErrorKind::Untrusted, problem)
            }
        };
        Err(error.of(PodAccount::PROVIDER, CancelInvoice::NAME))
    }

    async fn listed(&self, id: InvoiceId) -> Result<Invoice, Error> {
        let key = InvoiceKey::Id(id);
        let mismatch = match find(self, &key).await? {
            Found::One(invoice) => return Ok(*invoice),
            Found::None => nothing_under(&key),
            Found::Other(mismatch) => mismatch,
        };
        let problem = "POD does not list the invoice that the record names";
        Err(not_executed(ErrorKind::Mismatch, problem)
            .of(PodAccount::PROVIDER, ListInvoices::NAME)
            .with_mismatch(mismatch))
    }
}

fn not_executed(kind: ErrorKind, problem: &'static str) -> Error {
    Error::new(kind, Effect::NotExecuted, problem)
}
