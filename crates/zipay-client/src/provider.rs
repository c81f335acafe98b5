use std::sync::LazyLock;
use std::time::{Duration, SystemTime};

use async_trait::async_trait;
use paylink_core::provider::{
    Capabilities, Capability, Created, Cursor, Done, ExpectedPayment, Hint, Input, ListPayments,
    NewPayment, OrderReference, Payment, PaymentPage, PaymentProvider, PaymentRecord, PaymentState,
    PreparedPayment, Resolved,
};
use paylink_core::{
    Currency, Effect, Error, ErrorKind, FieldKey, Handle, Invalid, Mismatch, Money, Operation,
    Resolution, ReturnUrl, Settlement, WebUrl,
};

use crate::config::Terminal;
use crate::descriptor::{NAME, TRACK_ID};
use crate::operations::{InvoicePage, ListInvoices, NewInvoice, RefundInvoice, Sort};
use crate::{Expected, Invoice, InvoiceNumber, Return, Status, TrackId, Webhook, ZiPay};
use crate::{resolve, settle};

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
        capabilities()
    }

    fn longest_call(&self) -> Duration {
        self.transport().timeouts().total
    }

    fn prepare(&self, payment: &NewPayment) -> Result<PreparedPayment<'_>, Error> {
        let capabilities = self.capabilities();
        let price = capabilities.check(payment)?;
        let callback = capabilities.require(Input::ReturnUrl, payment.return_url())?;
        let invoice = invoice_of(payment, price, callback)?;
        let prepared = self.create_invoice(invoice).prepare();
        let prepared = prepared.map_err(Error::of_configuration)?;
        let handle = prepared.handle().clone();
        let record = record_of(&handle)?;
        Ok(PreparedPayment::new(handle, async move {
            let invoice = prepared.send().await?;
            Ok(created(record, &invoice.track_id, invoice.redirect))
        }))
    }

    async fn settle(&self, expected: &ExpectedPayment) -> Result<Settlement<Payment>, Error> {
        let record = expected.record();
        if let Some(mismatch) = expected.record_mismatch(self.capabilities())? {
            return Ok(Settlement::Mismatch(mismatch));
        }
        if let Some(mismatch) = self.differs_in_terminal(record) {
            return Ok(Settlement::Mismatch(mismatch));
        }
        let settlement = settle::settle(self, &expected_of(record)?).await?;
        Ok(settlement.map(|invoice| payment_of(&invoice)))
    }

    async fn resolve(&self, handle: &Handle) -> Result<Resolution<Resolved>, Error> {
        handle.check_provider(NAME)?;
        if let Some(terminal) = self.config().terminal() {
            handle.check_merchant(&terminal.to_string())?;
        }
        resolve::resolve(self, handle)
            .await?
            .try_map(handle, |found| {
                let invoice = &found.invoice;
                if handle.operation() != NewInvoice::NAME {
                    let payment = payment_of(invoice);
                    return Ok(Resolved::Changed(Box::new(payment)));
                }
                let record = record_of(handle)?;
                let created = created(record, &invoice.track_id, found.redirect);
                Ok(Resolved::Created(Box::new(created)))
            })
    }

    async fn state(&self, record: &PaymentRecord) -> Result<Payment, Error> {
        let invoice = self.invoice_status(&self.own_track_id(record)?).await?;
        Ok(payment_of(&invoice))
    }

    async fn refund(&self, record: &PaymentRecord) -> Result<Done, Error> {
        let track_id = self.compared_track_id(record).await?;
        let invoice = self.refund_invoice(&track_id).await?;
        Ok(Done::new().with_payment(payment_of(&invoice)))
    }

    async fn list(&self, list: &ListPayments) -> Result<PaymentPage, Error> {
        let day_given = list.day().is_some();
        self.capabilities().check_input(Input::ListDay, day_given)?;
        let place = Place::after(list.after())?;
        let terminal = self.config().terminal();
        let page = self.list_invoices(place.asks_for(terminal)?).await?;
        // The filter may be ignored; what comes is compared here.
        let is_own = |it: &&Invoice| terminal.is_none_or(|own| own.number() == it.terminal);
        let own = page.invoices.iter().filter(is_own);
        let payments = own.map(payment_of).collect();
        Ok(PaymentPage::new(payments, place.following(&page)))
    }

    fn read_return(&self, query: &str) -> Result<Hint, Error> {
        let back = Return::from_query(query)?;
        Ok(hint(back.track_id(), back.invoice_number()))
    }

    fn read_webhook(&self, body: &[u8]) -> Result<Hint, Error> {
        let hook = Webhook::from_body(body)?;
        Ok(hint(hook.track_id(), hook.invoice_number()))
    }
}

impl ZiPay {
    /// The id of a payment that was created at this client's terminal.
    fn own_track_id(&self, record: &PaymentRecord) -> Result<TrackId, Error> {
        record.check_provider(NAME)?;
        if let Some(terminal) = self.config().terminal() {
            record.check_merchant(&terminal.to_string())?;
        }
        Ok(track_id_of(record)?)
    }

    /// The id of a payment that ZiPay reports just as the record has it: money goes back for no other.
    async fn compared_track_id(&self, record: &PaymentRecord) -> Result<TrackId, Error> {
        let track_id = self.own_track_id(record)?;
        let expected = expected_of(record)?;
        let terminal = expected.terminal_at(self.config())?;
        let invoice = self.invoice_status(&track_id).await?;
        match expected.compare(terminal, &invoice) {
            Ok(_) => Ok(track_id),
            Err(mismatch) => {
                let problem = "the invoice is not the one of the record; nothing was given back";
                Err(
                    Error::new(ErrorKind::Mismatch, Effect::NotExecuted, problem)
                        .with_operation(NAME, RefundInvoice::NAME)
                        .with_mismatch(mismatch),
                )
            }
        }
    }

    /// A client without a terminal of its own is at home at each of the merchant's.
    fn differs_in_terminal(&self, record: &PaymentRecord) -> Option<Mismatch> {
        let terminal = self.config().terminal()?;
        record.merchant_mismatch(&terminal.to_string())
    }
}

/// What ZiPay offers and takes, whatever the account.
pub(crate) fn capabilities() -> &'static Capabilities {
    &DECLARED
}

/// The document's own deadline: what is not verified within 30 minutes goes back to the payer.
const HALF_AN_HOUR: Duration = Duration::from_secs(30 * 60);

static DECLARED: LazyLock<Capabilities> = LazyLock::new(|| {
    let currencies = &[Currency::Usd, Currency::Usdt, Currency::Irt];
    Capabilities::new(NAME, currencies)
        .with_settlement_window(HALF_AN_HOUR)
        .supports(Capability::State)
        .supports(Capability::Refund)
        .does_not_support(
            Capability::Disable,
            "An invoice that was created can be paid.",
        )
        .does_not_support(
            Capability::Resend,
            "ZiPay sends the payer nothing; the shop shows the link.",
        )
        .supports(Capability::List)
        .supports(Capability::FindCreated)
        .supports(Capability::ReadReturn)
        .supports(Capability::ReadWebhook)
        .supports(Capability::PayLink)
        .does_not_support(
            Capability::ExactTransfer,
            "The payer pays on ZiPay's own page.",
        )
        .does_not_support(
            Capability::Expiry,
            "ZiPay does not say how long an invoice can be paid.",
        )
        .requires(Input::ReturnUrl)
        .accepts(Input::NotifyUrl)
        .accepts(Input::NationalId)
        .rejects(Input::Mobile, "An invoice has no field for it.")
        .rejects(
            Input::PayerName,
            "An invoice has no field for it; ZiPay reports the payer's own.",
        )
        .rejects(
            Input::PayerCard,
            "The payer chooses how to pay on ZiPay's own page.",
        )
        .rejects(Input::Description, "An invoice has no field for it.")
        .rejects(Input::ListDay, "The list cannot be narrowed to a day.")
});

/// The fields of an invoice, and those of a payment from which they come.
const NEUTRAL: [(FieldKey, FieldKey); 3] = [
    (InvoiceNumber::KEY, OrderReference::KEY),
    (NewInvoice::CALLBACK, Input::ReturnUrl.key()),
    (NewInvoice::WEBHOOK, Input::NotifyUrl.key()),
];

/// The invoice that a payment asks for. What ZiPay does not take is refused under the payment's own field.
fn invoice_of(
    payment: &NewPayment,
    price: Money,
    callback: &ReturnUrl,
) -> Result<NewInvoice, Invalid> {
    let number = payment.reference().as_str();
    let mut invoice = NewInvoice::new(number, price, callback.clone()).map_err(neutral)?;
    if let Some(webhook) = payment.notify_url() {
        invoice = invoice.with_webhook(webhook.clone()).map_err(neutral)?;
    }
    if let Some(national_id) = payment.national_id() {
        invoice = invoice.with_national_id(national_id.clone());
    }
    Ok(invoice)
}

fn neutral(refused: Invalid) -> Invalid {
    let mut known = NEUTRAL.into_iter();
    match known.find(|(own, _)| own.as_str() == refused.key()) {
        Some((_, neutral)) => refused.under(neutral),
        None => refused,
    }
}

/// The record of the create that this handle tells of, but for the id that only the answer tells.
fn record_of(handle: &Handle) -> Result<PaymentRecord, Invalid> {
    let reference = Handle::require("invoice number", handle.reference())?.parse()?;
    let terminal = Handle::require("terminal", handle.merchant())?;
    let record = PaymentRecord::new(
        NAME,
        reference,
        *handle.require_amount()?,
        handle.prepared_at(),
    );
    Ok(record.with_merchant(terminal))
}

/// The created payment. Creating and resolving both make it of their handle's record, so that they agree.
fn created(record: PaymentRecord, track_id: &TrackId, link: WebUrl) -> Created {
    Created::new(record.with_id(TRACK_ID, track_id.as_str())).with_link(Some(link))
}

/// What the record says about the invoice that settling will read.
fn expected_of(record: &PaymentRecord) -> Result<Expected, Invalid> {
    let terminal = record.merchant().and_then(|it| it.parse().ok());
    let terminal = terminal.ok_or_else(|| {
        Invalid::new(PaymentRecord::KEY, "holds no terminal")
            .with_remedy("give back the record as it was stored")
    })?;
    let number: Result<InvoiceNumber, Invalid> = record.reference().as_str().parse();
    let number = number.map_err(|invalid| invalid.under(OrderReference::KEY))?;
    Expected::new(track_id_of(record)?, number, *record.amount())?.with_terminal(terminal)
}

fn track_id_of(record: &PaymentRecord) -> Result<TrackId, Invalid> {
    let id: Result<TrackId, Invalid> = record.require_id(TRACK_ID)?.parse();
    id.map_err(|invalid| invalid.under(PaymentRecord::KEY))
}

/// An invoice as a payment. The payer's data stay behind.
fn payment_of(invoice: &Invoice) -> Payment {
    Payment::new(NAME, state(&invoice.status), invoice.status.as_str())
        .with_reference(Some(&invoice.invoice_number))
        .with_amount(Some(invoice.amount))
        .with_created_at(invoice.created_at.and_then(moment))
        .with_id(TRACK_ID, invoice.track_id.as_str())
}

/// A moment that ZiPay gives in seconds since 1970.
fn moment(seconds: u64) -> Option<SystemTime> {
    SystemTime::UNIX_EPOCH.checked_add(Duration::from_secs(seconds))
}

fn hint(track_id: &TrackId, invoice_number: &str) -> Hint {
    Hint::new(NAME)
        .with_reference(invoice_number)
        .with_id(TRACK_ID, track_id.as_str())
}

fn state(status: &Status) -> PaymentState {
    match status {
        Status::Generated => PaymentState::Unpaid,
        Status::Waiting => PaymentState::Paying,
        Status::Pending => PaymentState::Unconfirmed,
        Status::Completed => PaymentState::Paid,
        Status::Rejected => PaymentState::Failed,
        Status::Refunded => PaymentState::Refunded,
        Status::Other(text) => PaymentState::Unclear(text.clone()),
    }
}

/// How many invoices are asked for at once.
const PAGE_SIZE: u32 = 100;

/// A place in the list: a page, and how many invoices stand on the pages before it.
///
/// ZiPay may put fewer on a page than it was asked for, so the page's number alone does not tell whether it is the last.
/// As a cursor it reads `page.passed`.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
struct Place {
    page: u32,
    passed: u64,
}

impl Place {
    fn after(cursor: Option<&Cursor>) -> Result<Place, Invalid> {
        let Some(cursor) = cursor else {
            return Ok(Place { page: 1, passed: 0 });
        };
        let parts = cursor.as_str().split_once('.');
        let place = parts.and_then(|(page, passed)| {
            Some(Place {
                page: page.parse().ok()?,
                passed: passed.parse().ok()?,
            })
        });
        place.ok_or_else(|| {
            Invalid::new(Cursor::KEY, "is not one of ZiPay's")
                .with_value(cursor.as_str())
                .with_remedy("give back the one that came with the page before")
        })
    }

    fn asks_for(self, terminal: Option<Terminal>) -> Result<ListInvoices, Invalid> {
        let list = ListInvoices::new()
            .with_limit(PAGE_SIZE)?
            .with_page(self.page)?
            .with_sort(Sort::NewestFirst);
        match terminal {
            Some(terminal) => list.with_terminal(terminal.number()),
            None => Ok(list),
        }
    }

    /// Where the page after this one begins; `None` if this one is empty, or reaches the total.
    fn following(self, page: &InvoicePage) -> Option<Cursor> {
        let came = u64::try_from(page.invoices.len()).unwrap_or(u64::MAX);
        let passed = self.passed.saturating_add(came);
        let is_last = came == 0 || page.total.is_some_and(|total| passed >= total);
        let next = self.page.checked_add(1).filter(|_| !is_last)?;
        Some(Cursor::new(format!("{next}.{passed}")))
    }
}
