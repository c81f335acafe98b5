use std::borrow::Cow;
use std::fmt;

use paylink_core::json::{Object, Wire, lossless};
use paylink_core::text::excerpt;
use paylink_core::{
    DecodeError, FieldKey, Handle, Idempotency, Invalid, Lookup, Operation, Request, Response,
    Untrusted,
};
use serde::{Deserialize, Serialize};

use crate::config::{Terminal, ZiPayConfig};
use crate::envelope::{self, Verdict};
use crate::invoice::WireInvoice;
use crate::signature::Form;
use crate::{Invoice, InvoiceNumber, Status};

/// The most invoices that are asked for on one page; it keeps a page well within the cap of an answer.
const LARGEST_PAGE: u32 = 500;

/// What ZiPay puts on a page if nobody says (document "Invoice List"; proven).
const DEFAULT_LIMIT: u32 = 10;

/// Which invoices to list (document "Invoice List"; proven). What is left out is ZiPay's choice.
#[derive(Clone, Debug, Default)]
#[must_use = "a list is read by the client"]
pub struct ListInvoices {
    terminal: Option<Terminal>,
    invoice_number: Option<InvoiceNumber>,
    status: Option<Status>,
    limit: Option<u32>,
    page: Option<u32>,
    sort: Option<Sort>,
    on_own_connection: bool,
}

impl ListInvoices {
    /// The field under which a size of a page is refused.
    pub const LIMIT: FieldKey = FieldKey::new("limit", "limit");
    /// The field under which the number of a page is refused.
    pub const PAGE: FieldKey = FieldKey::new("page", "page");

    /// All of the merchant's invoices, ten a page, newest first.
    pub fn new() -> ListInvoices {
        ListInvoices::default()
    }

    /// Lists those of one terminal.
    ///
    /// # Errors
    ///
    /// Zero is no terminal.
    pub fn with_terminal(mut self, number: u64) -> Result<ListInvoices, Invalid> {
        self.terminal = Some(Terminal::new(number)?);
        Ok(self)
    }

    /// Lists those with this number.
    ///
    /// # Errors
    ///
    /// If it cannot be an invoice number.
    pub fn with_invoice_number(
        mut self,
        number: impl TryInto<InvoiceNumber, Error: Into<Invalid>>,
    ) -> Result<ListInvoices, Invalid> {
        self.invoice_number = Some(number.try_into().map_err(Into::into)?);
        Ok(self)
    }

    /// Lists those in this state.
    pub fn with_status(mut self, status: Status) -> ListInvoices {
        self.status = Some(status);
        self
    }

    /// Puts this many on a page, 1 to 500.
    ///
    /// # Errors
    ///
    /// If it is zero or more than 500.
    pub fn with_limit(mut self, limit: u32) -> Result<ListInvoices, Invalid> {
        if !(1..=LARGEST_PAGE).contains(&limit) {
            return Err(Invalid::new(ListInvoices::LIMIT, "is out of range")
                .with_value(&limit.to_string())
                .with_remedy("use 1 to 500"));
        }
        self.limit = Some(limit);
        Ok(self)
    }

    /// Asks for this page; the first one is 1.
    ///
    /// # Errors
    ///
    /// Zero is no page.
    pub fn with_page(mut self, page: u32) -> Result<ListInvoices, Invalid> {
        if page == 0 {
            return Err(
                Invalid::new(ListInvoices::PAGE, "is zero").with_remedy("the first page is 1")
            );
        }
        self.page = Some(page);
        Ok(self)
    }

    /// Sorts them by age.
    pub fn with_sort(mut self, sort: Sort) -> ListInvoices {
        self.sort = Some(sort);
        self
    }

    /// Asks on a connection that nobody used before: a page names no question, and one that is empty nothing at all.
    pub(crate) fn on_own_connection(mut self) -> ListInvoices {
        self.on_own_connection = true;
        self
    }

    pub(crate) fn page_number(&self) -> u32 {
        self.page.unwrap_or(1)
    }

    pub(crate) fn page_size(&self) -> u32 {
        self.limit.unwrap_or(DEFAULT_LIMIT)
    }

    pub(crate) fn at_page(&self, page: u32) -> ListInvoices {
        ListInvoices {
            page: Some(page),
            ..self.clone()
        }
    }

    /// Oldest first, if no other order was set: what is added meanwhile then shifts no page.
    pub(crate) fn steady(self) -> ListInvoices {
        ListInvoices {
            sort: self.sort.or(Some(Sort::OldestFirst)),
            ..self
        }
    }
}

/// The order of a list.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Sort {
    /// The newest invoice first: ZiPay's `desc`, and its default.
    NewestFirst,
    /// The oldest invoice first: ZiPay's `asc`.
    OldestFirst,
}

impl fmt::Display for Sort {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Sort::NewestFirst => "desc",
            Sort::OldestFirst => "asc",
        })
    }
}

/// One page of a list.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
#[non_exhaustive]
pub struct InvoicePage {
    /// The invoices, each read as strictly as a single one.
    pub invoices: Vec<Invoice>,
    /// How many there are on all pages.
    pub total: Option<u64>,
    /// The number of this page.
    pub page: u32,
    /// How many ZiPay says that it puts on a page; it may be fewer than were asked for.
    pub limit: Option<u64>,
    /// The order in which ZiPay says that they come: `desc` or `asc`.
    pub sort: Option<String>,
    /// The display fields that came in a form that could not be read.
    pub unreadable: Vec<&'static str>,
}

impl Operation for ListInvoices {
    type Config = ZiPayConfig;
    type Output = InvoicePage;

    const NAME: &'static str = "list";
    const IDEMPOTENCY: Idempotency = Idempotency::ReadOnly;
    const LOOKUP: Lookup = Lookup::ByReference;

    fn request(&self, config: &ZiPayConfig) -> Result<Request, Invalid> {
        let form = Form::new()
            .optional("terminal_number", self.terminal)
            .optional("invoice_number", self.invoice_number.as_ref())
            .optional("status", self.status.as_ref())
            .optional("limit", self.limit)
            .optional("page", self.page)
            .optional("sort", self.sort);
        config.signed(&config.endpoints().invoice_list, form)
    }

    fn decode(&self, _: &ZiPayConfig, response: Response<'_>) -> Result<InvoicePage, DecodeError> {
        let list: WireList<'_> = envelope::successful(None, response)?;
        let asked = self.page_number();
        let told = list.page.optional("page")?;
        if told.is_some_and(|page| page != u64::from(asked)) {
            return Err(Untrusted::new("the answer is another page than the one asked for").into());
        }
        let mut unreadable = Vec::new();
        let items = list.items.required("items")?;
        let invoices = items
            .into_iter()
            .map(|Object(item)| item.read())
            .collect::<Result<_, _>>()?;
        Ok(InvoicePage {
            invoices,
            total: list.total.optional("total")?,
            page: asked,
            limit: list.limit.shown("limit", &mut unreadable),
            sort: list
                .sort
                .shown("sort", &mut unreadable)
                .map(|sort| excerpt(&sort, 20)),
            unreadable,
        })
    }

    fn max_response_bytes(&self, _: &ZiPayConfig) -> usize {
        4 * 1024 * 1024
    }

    fn needs_fresh_connection(&self, _: &ZiPayConfig) -> bool {
        self.on_own_connection
    }

    fn fill_handle(&self, _: &ZiPayConfig, handle: Handle) -> Handle {
        handle
    }
}

#[derive(Default, Deserialize)]
#[serde(default, bound(deserialize = "'de: 'a"))]
struct WireList<'a> {
    #[serde(deserialize_with = "lossless")]
    success: Wire<bool>,
    #[serde(deserialize_with = "lossless")]
    status: Wire<u64>,
    items: Wire<Vec<Object<WireInvoice<'a>>>>,
    #[serde(deserialize_with = "lossless")]
    total: Wire<u64>,
    #[serde(deserialize_with = "lossless")]
    page: Wire<u64>,
    #[serde(deserialize_with = "lossless")]
    limit: Wire<u64>,
    sort: Wire<Cow<'a, str>>,
}

impl Verdict for WireList<'_> {
    fn success(&self) -> Wire<bool> {
        self.success
    }

    fn status(&self) -> Wire<u64> {
        self.status
    }
}

#[cfg(test)]
mod tests {
    use paylink_core::Operation;

    use super::ListInvoices;
    use crate::ZiPay;

    /// A list that names its invoices may share a connection; what is missing in it is believed on one of its own alone.
    #[test]
    fn a_list_has_a_connection_of_its_own_where_it_is_asked_for() {
        let zipay = ZiPay::builder("a", "s").build().unwrap();
        let fresh = |list: ListInvoices| list.needs_fresh_connection(zipay.config());
        let list = ListInvoices::new;
        assert!(!fresh(list()) && fresh(list().on_own_connection()));
    }
}
