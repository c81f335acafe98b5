use paylink_core::{
    ClientConfig, ComparedField, Effect, Error, ErrorKind, Mismatch, Operation, Page, Pages,
    SearchOutcome, search,
};

use crate::config::PodConfig;
use crate::operations::ListInvoices;
use crate::{Invoice, InvoiceId, InvoiceKey, Pod};

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
