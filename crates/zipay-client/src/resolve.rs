use paylink_core::{
    ComparedField, Effect, Error, ErrorKind, Handle, Invalid, Mismatch, Money, Operation, Page,
    Pages, Resolution, SearchOutcome, WebUrl, search,
};
use serde::Serialize;

use crate::descriptor::{NAME, TRACK_ID};
use crate::operations::{ListInvoices, NewInvoice, RefundInvoice, Sort, VerifyInvoice};
use crate::{Invoice, Status, TrackId, ZiPay};

/// An invoice that was found again, with the link to its pay page.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
#[non_exhaustive]
pub struct Found {
    /// The invoice as ZiPay has it.
    pub invoice: Invoice,
    /// Where to send the payer. ZiPay's list holds no link; this one has the documented form, which is a reading.
    pub redirect: WebUrl,
}

pub(crate) async fn resolve(zipay: &ZiPay, handle: &Handle) -> Result<Resolution<Found>, Error> {
    handle.check_provider(NAME)?;
    let resolved = match handle.operation() {
        NewInvoice::NAME => created(zipay, handle).await,
        VerifyInvoice::NAME => {
            reached(zipay, handle, |status| match status {
                Status::Completed | Status::Refunded => Progress::Done,
                Status::Rejected => Progress::CannotHappen,
                _ => Progress::MayStillCome,
            })
            .await
        }
        RefundInvoice::NAME => {
            reached(zipay, handle, |status| match status {
                Status::Refunded => Progress::Done,
                _ => Progress::MayStillCome,
            })
            .await
        }
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

/// Looks a create up by the merchant's own invoice number.
async fn created(zipay: &ZiPay, handle: &Handle) -> Result<Resolution<Found>, Error> {
    let number = Handle::require("invoice number", handle.reference())?;
    let terminal = Handle::require("terminal", handle.merchant())?
        .parse::<u64>()
        .map_err(|_| Invalid::new(Handle::KEY, "holds a terminal that is not a number"))?;
    let amount = handle.require_amount()?;
    let list = ListInvoices::new()
        .with_terminal(terminal)?
        .with_invoice_number(number)?
        .with_limit(100)?;
    let lookup = Lookup {
        zipay,
        // What is not in an answer is believed, so it has to be the answer to this very question.
        list: list.steady().on_own_connection(),
        number,
        terminal,
    };
    let (inquiry, searched) = zipay.transport().inquire(search(&lookup)).await;
    let settling = zipay.config().settling_time();
    match searched? {
        SearchOutcome::Found(invoices) => match invoices.into_iter().next() {
            Some(invoice) if invoice.amount == *amount => {
                found(zipay, invoice).map(Resolution::Executed)
            }
            Some(invoice) => Err(another_invoice(amount, &invoice)),
            None => Ok(inquiry.inconclusive(handle, settling)),
        },
        SearchOutcome::Absent(_) => Ok(inquiry.absent(handle, settling)),
        SearchOutcome::Moved => Ok(inquiry.inconclusive(handle, settling)),
        SearchOutcome::Endless => Err(endless()),
    }
}

/// The list in which a lost create stands, if it is there.
struct Lookup<'a> {
    zipay: &'a ZiPay,
    list: ListInvoices,
    number: &'a str,
    terminal: u64,
}

impl Pages for Lookup<'_> {
    type Row = Invoice;
    type Id = TrackId;

    async fn page(&self, number: u32, _: usize) -> Result<Page<Invoice>, Error> {
        self.read(self.list.at_page(number.saturating_add(1))).await
    }

    /// Oldest first, an invoice of a minute ago stands on the last page of all if the filter is passed over.
    async fn newest(&self) -> Result<Option<Page<Invoice>>, Error> {
        let newest_first = self.list.clone().with_sort(Sort::NewestFirst);
        self.read(newest_first.at_page(1)).await.map(Some)
    }

    /// An invoice number names one invoice of a terminal.
    fn is_unique(&self) -> bool {
        true
    }

    fn id(invoice: &Invoice) -> TrackId {
        invoice.track_id.clone()
    }

    /// The filter may be a prefix or passed over; what comes is compared here, to the letter.
    fn matches(&self, invoice: &Invoice) -> bool {
        invoice.invoice_number == self.number && invoice.terminal == self.terminal
    }
}

impl Lookup<'_> {
    async fn read(&self, page: ListInvoices) -> Result<Page<Invoice>, Error> {
        let page = self.zipay.list_invoices(page).await?;
        Ok(Page {
            rows: page.invoices,
            total: page.total,
            limit: page.limit,
        })
    }
}

/// How far an invoice has come on the way that an operation leads.
enum Progress {
    Done,
    CannotHappen,
    MayStillCome,
}

/// Looks a verify or a refund up by the trackid.
async fn reached(
    zipay: &ZiPay,
    handle: &Handle,
    progress: impl Fn(&Status) -> Progress,
) -> Result<Resolution<Found>, Error> {
    let track_id: TrackId = Handle::require(TRACK_ID, handle.id(TRACK_ID))?.parse()?;
    let asking = async { zipay.invoice_status(&track_id).await };
    let (inquiry, asked) = zipay.transport().inquire(asking).await;
    let invoice = asked?;
    match progress(&invoice.status) {
        Progress::Done => found(zipay, invoice).map(Resolution::Executed),
        Progress::CannotHappen => Ok(Resolution::NotExecuted),
        Progress::MayStillCome => Ok(inquiry.absent(handle, zipay.config().settling_time())),
    }
}

fn found(zipay: &ZiPay, invoice: Invoice) -> Result<Found, Error> {
    use paylink_core::ClientConfig;

    let page = format!("invoice_v1/{}", invoice.track_id);
    let redirect = zipay.config().base_url().sibling_page(&page)?;
    Ok(Found { invoice, redirect })
}

fn another_invoice(amount: &Money, invoice: &Invoice) -> Error {
    Error::new(
        ErrorKind::Mismatch,
        Effect::Unknown,
        "the invoice number is taken by another invoice",
    )
    .with_operation(NAME, NewInvoice::NAME)
    .with_mismatch(Mismatch::new(
        ComparedField::Amount,
        amount,
        &invoice.amount,
    ))
}

fn endless() -> Error {
    Error::new(
        ErrorKind::Indeterminate,
        Effect::Unknown,
        "ZiPay lists more invoices under this number than are read here: look into its panel",
    )
    .with_operation(NAME, NewInvoice::NAME)
}
