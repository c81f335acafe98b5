use std::time::Duration;

use paylink_core::{
    ClientConfig, ComparedField, Effect, Error, ErrorKind, Handle, Inquiry, Invalid, Mismatch,
    Operation, Page, Pages, Resolution, SearchOutcome, search,
};

use crate::config::PodConfig;
use crate::operations::{
    CancelInvoice, CloseInvoice, ConfirmPaymentSms, INVOICE_ID, ListInvoices, MarkPaid, NewInvoice,
    PayAnyInvoice, PayInFuture, PayOwnInvoice, PayWithInvoice, PosPayment, SendPaymentSms,
    ShareLink, VerifyAndClose, VerifyInvoice,
};
use crate::{BillNumber, Invoice, InvoiceId, InvoiceKey, Pod, State};

/// How long POD keeps the money of a three-step payment that nobody verifies (document "Payment"; proven), and some.
const THREE_STEPS: Duration = Duration::from_secs(65 * 60);

pub(crate) async fn resolve(pod: &Pod, handle: &Handle) -> Result<Resolution<Invoice>, Error> {
    handle.check_provider(PodConfig::PROVIDER)?;
    let resolved = match handle.operation() {
        NewInvoice::NAME => issued(pod, handle).await,
        PayAnyInvoice::NAME
        | PayOwnInvoice::NAME
        | ConfirmPaymentSms::NAME
        | MarkPaid::NAME
        | PosPayment::NAME => reached(pod, handle, paid).await,
        PayInFuture::NAME => reached(pod, handle, promised).await,
        PayWithInvoice::NAME => reached(pod, handle, blocked).await,
        VerifyInvoice::NAME => reached(pod, handle, verified).await,
        VerifyAndClose::NAME | CloseInvoice::NAME => reached(pod, handle, closed).await,
        CancelInvoice::NAME => reached(pod, handle, cancelled).await,
        SendPaymentSms::NAME | ShareLink::NAME => Err(unknowable(
            handle,
            "POD does not tell whether an SMS went out; a second one does no more than repeat it",
        )),
        other => {
            return Err(Invalid::new(
                Handle::KEY,
                "is of an operation that changes nothing or is not known",
            )
            .with_value(other)
            .with_remedy("there is nothing to resolve")
            .into());
        }
    };
    // Whatever stood in the way of looking, the operation is as unknown as it was.
    resolved.map_err(|error| error.while_resolving(handle))
}

/// Looks a new invoice up by the merchant's own number.
async fn issued(pod: &Pod, handle: &Handle) -> Result<Resolution<Invoice>, Error> {
    let number: BillNumber = Handle::require("bill number", handle.reference())?.parse()?;
    let total = handle.require_amount()?;
    let (inquiry, found) = look(pod, &InvoiceKey::BillNumber(number)).await?;
    let invoice = match found {
        Some(Found::One(invoice)) => *invoice,
        Some(Found::None) => return Ok(inquiry.absent(handle, settling_time(pod))),
        Some(Found::Other(mismatch)) => return Err(another_invoice(handle, mismatch)),
        None => return Ok(inquiry.inconclusive(handle, settling_time(pod))),
    };
    match &invoice.total_amount {
        Some(reported) if reported == total => Ok(Resolution::Executed(invoice)),
        Some(reported) => {
            let mismatch = Mismatch::new(ComparedField::Amount, total, reported);
            Err(another_invoice(handle, mismatch))
        }
        None => Err(another_invoice(
            handle,
            Mismatch::new(ComparedField::Amount, total, "none"),
        )),
    }
}

/// How far an invoice has come on the way that an operation leads.
enum Progress {
    Done,
    CannotHappen,
    /// It would show within the settling time.
    MayStillCome,
    /// It would show only once the merchant verified, or the money went back.
    Hidden,
}

fn paid(invoice: &Invoice) -> Progress {
    match invoice.state() {
        State::Paid => Progress::Done,
        State::Unverified => Progress::Hidden,
        State::Cancelled => Progress::CannotHappen,
        _ => Progress::MayStillCome,
    }
}

fn promised(invoice: &Invoice) -> Progress {
    match invoice.state() {
        State::Promised | State::Paid => Progress::Done,
        State::Cancelled => Progress::CannotHappen,
        _ => Progress::MayStillCome,
    }
}

/// The debtor's invoice, which the caller issued, tells: its money is meant for the other one.
fn blocked(invoice: &Invoice) -> Progress {
    match invoice.will_be_blocked {
        Some(true) => Progress::Done,
        _ => Progress::MayStillCome,
    }
}

fn verified(invoice: &Invoice) -> Progress {
    match invoice.state() {
        State::Paid => Progress::Done,
        State::Cancelled => Progress::CannotHappen,
        _ => Progress::MayStillCome,
    }
}

fn closed(invoice: &Invoice) -> Progress {
    match (invoice.closed, invoice.cancelled) {
        (Some(true), _) => Progress::Done,
        (_, Some(true)) => Progress::CannotHappen,
        _ => Progress::MayStillCome,
    }
}

fn cancelled(invoice: &Invoice) -> Progress {
    match (invoice.cancelled, invoice.closed) {
        (Some(true), _) => Progress::Done,
        (_, Some(true)) => Progress::CannotHappen,
        _ => Progress::MayStillCome,
    }
}

/// Looks for the invoice.
async fn look(pod: &Pod, key: &InvoiceKey) -> Result<(Inquiry, Option<Found>), Error> {
    let (inquiry, found) = pod.transport().inquire(look_up(pod, key)).await;
    Ok((inquiry, found?))
}

/// Looks the invoice of an operation up by its id.
async fn reached(
    pod: &Pod,
    handle: &Handle,
    progress: fn(&Invoice) -> Progress,
) -> Result<Resolution<Invoice>, Error> {
    let key = match (handle.id(INVOICE_ID), handle.reference()) {
        (Some(id), _) => InvoiceKey::Id(id.parse::<InvoiceId>()?),
        (None, number) => InvoiceKey::BillNumber(Handle::require("invoice id", number)?.parse()?),
    };
    let (inquiry, found) = look(pod, &key).await?;
    let invoice = match found {
        Some(Found::One(invoice)) => *invoice,
        // POD lists the invoices that the merchant issued. One that another business issued does not show there, and
        // that it does not show says nothing about it.
        Some(Found::None) => {
            return Err(unknowable(
                handle,
                "POD lists no such invoice to this merchant; ask its issuer, or POD's panel",
            ));
        }
        Some(Found::Other(mismatch)) => return Err(another_invoice(handle, mismatch)),
        None => return Ok(inquiry.inconclusive(handle, settling_time(pod))),
    };
    Ok(match progress(&invoice) {
        Progress::Done => Resolution::Executed(invoice),
        Progress::CannotHappen => Resolution::NotExecuted,
        Progress::MayStillCome => inquiry.absent(handle, settling_time(pod)),
        Progress::Hidden => inquiry.absent(handle, settling_time(pod).max(THREE_STEPS)),
    })
}

fn settling_time(pod: &Pod) -> Duration {
    pod.config().options().settling_time
}

fn unknowable(handle: &Handle, message: &'static str) -> Error {
    Error::new(ErrorKind::Unsupported, Effect::Unknown, message).with_handle(handle.clone())
}

fn another_invoice(handle: &Handle, mismatch: Mismatch) -> Error {
    Error::new(
        ErrorKind::Mismatch,
        Effect::Unknown,
        "what POD has under this name is another invoice",
    )
    .with_handle(handle.clone())
    .with_mismatch(mismatch)
}

/// What was found under a key.
pub(crate) enum Found {
    One(Box<Invoice>),
    None,
    /// Something else, or more than one.
    Other(Mismatch),
}

/// Asks for the one invoice that a key names. What comes is held against the key to the letter: POD's filter is not
/// taken at its word.
pub(crate) async fn find(pod: &Pod, key: &InvoiceKey) -> Result<Found, Error> {
    let list = ListInvoices::one(key.clone());
    let found = found(pod, key, list).await?;
    found
        .ok_or_else(|| indeterminate("POD's list of invoices changed while it was read: ask again"))
}

/// Asks as [`find`] does, to believe it that an invoice is not there; `None` where that cannot be told, since the list
/// changed while it was read.
pub(crate) async fn look_up(pod: &Pod, key: &InvoiceKey) -> Result<Option<Found>, Error> {
    // An empty list names no question, so it has to be the answer to this very one.
    let list = ListInvoices::one(key.clone()).on_own_connection();
    found(pod, key, list).await
}

async fn found(pod: &Pod, key: &InvoiceKey, list: ListInvoices) -> Result<Option<Found>, Error> {
    let searched = search(&Lookup { pod, key, list }).await?;
    Ok(Some(match searched {
        SearchOutcome::Found(invoices) => {
            let mut invoices = invoices.into_iter();
            match (invoices.next(), invoices.next()) {
                (Some(one), None) => Found::One(Box::new(one)),
                (Some(_), Some(_)) => Found::Other(several_under(key)),
                (None, _) => Found::None,
            }
        }
        SearchOutcome::Absent(Some(other)) if !key.may_let_through(&other) => {
            key.difference(&other).map_or(Found::None, Found::Other)
        }
        SearchOutcome::Absent(_) => Found::None,
        SearchOutcome::Moved => return Ok(None),
        SearchOutcome::Endless => {
            let problem =
                "POD lists more invoices under this name than are read here: look into its panel";
            return Err(indeterminate(problem));
        }
    }))
}

/// The list in which the invoice of a key stands, if it is there.
struct Lookup<'a> {
    pod: &'a Pod,
    key: &'a InvoiceKey,
    list: ListInvoices,
}

impl Pages for Lookup<'_> {
    type Row = Invoice;
    type Id = InvoiceId;

    async fn page(&self, number: u32, rows: usize) -> Result<Page<Invoice>, Error> {
        // One row is expected. Where many come, the filter does something else.
        let size = if number == 0 { 10 } else { 100 };
        let offset = u64::try_from(rows).unwrap_or(u64::MAX);
        let page = self.list.clone().at_offset(offset).with_size(size)?;
        let page = self.pod.list_invoices(page).await?.value;
        Ok(Page {
            rows: page.invoices,
            total: page.total,
            limit: None,
        })
    }

    fn is_unique(&self) -> bool {
        matches!(self.key, InvoiceKey::Id(_))
    }

    fn id(invoice: &Invoice) -> InvoiceId {
        invoice.id
    }

    fn matches(&self, invoice: &Invoice) -> bool {
        self.key.difference(invoice).is_none()
    }
}

pub(crate) fn nothing_under(key: &InvoiceKey) -> Mismatch {
    under(key, "no invoice of this merchant")
}

fn several_under(key: &InvoiceKey) -> Mismatch {
    under(key, "several invoices")
}

fn under(key: &InvoiceKey, found: &str) -> Mismatch {
    match key {
        InvoiceKey::Id(id) => Mismatch::new(ComparedField::Reference, id, found),
        InvoiceKey::BillNumber(number) => Mismatch::new(ComparedField::Order, number, found),
    }
}

fn indeterminate(problem: &'static str) -> Error {
    Error::new(ErrorKind::Indeterminate, Effect::NotExecuted, problem)
        .with_operation(PodConfig::PROVIDER, ListInvoices::NAME)
}
