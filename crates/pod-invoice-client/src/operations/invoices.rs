use paylink_core::json::{FromJson, Object, bounded_elements};
use paylink_core::{FieldKey, Handle, Idempotency, Invalid, JalaliDateTime, Lookup, Operation};
use paylink_core::{Request, Response, Untrusted};
use serde::Serialize;
use serde::de::SeqAccess;

use super::Decoded;
use crate::config::PodConfig;
use crate::envelope;
use crate::invoice::WireInvoice;
use crate::{
    GuildCode, Invoice, InvoiceId, InvoiceKey, PodResponse, Service, UniqueNumber, UserId,
};

/// The most invoices that are asked for at once; it keeps an answer well within its cap.
const LARGEST_PAGE: u16 = 500;

const SIZE: FieldKey = FieldKey::new("size", "size");

/// Which invoices to list (service 29813; the vendor's SDKs). It is how a state is asked for.
#[derive(Clone, Debug)]
#[must_use = "a list is read by the client"]
pub struct ListInvoices {
    start: Start,
    size: Option<u32>,
    key: Option<InvoiceKey>,
    unique_number: Option<UniqueNumber>,
    issued_from: Option<JalaliDateTime>,
    issued_to: Option<JalaliDateTime>,
    paid: Option<bool>,
    waiting: Option<bool>,
    cancelled: Option<bool>,
    closed: Option<bool>,
    guild: Option<GuildCode>,
    user: Option<UserId>,
    on_own_connection: bool,
}

/// Where the list begins: POD wants exactly one of the three.
#[derive(Clone, Copy, Debug)]
enum Start {
    Offset(u64),
    FirstId(Option<InvoiceId>),
    LastId(Option<InvoiceId>),
}

impl ListInvoices {
    /// Begins after this many invoices.
    pub fn from_offset(offset: u64) -> ListInvoices {
        ListInvoices::beginning(Start::Offset(offset))
    }

    /// Begins at this id and goes on to later ones; `None` begins at the very first.
    pub fn from_first_id(id: Option<InvoiceId>) -> ListInvoices {
        ListInvoices::beginning(Start::FirstId(id))
    }

    /// Begins at this id and goes back to earlier ones; `None` begins at the very last.
    pub fn from_last_id(id: Option<InvoiceId>) -> ListInvoices {
        ListInvoices::beginning(Start::LastId(id))
    }

    /// Lists the one invoice that this names.
    pub fn one(key: impl Into<InvoiceKey>) -> ListInvoices {
        let mut list = ListInvoices::from_offset(0);
        list.key = Some(key.into());
        list
    }

    /// Lists at most this many, 1 to 500.
    ///
    /// # Errors
    ///
    /// If it is zero or more than 500.
    pub fn with_size(mut self, size: u32) -> Result<ListInvoices, Invalid> {
        if !(1..=u32::from(LARGEST_PAGE)).contains(&size) {
            return Err(Invalid::new(SIZE, "is out of range")
                .with_value(&size.to_string())
                .with_remedy("use 1 to 500"));
        }
        self.size = Some(size);
        Ok(self)
    }

    paylink_core::setters! { self: ListInvoices;
        /// Lists the one with this code.
        with_unique_number(number: UniqueNumber) => self.unique_number = Some(number);
        /// Lists those issued at this time or later.
        with_issued_from(time: JalaliDateTime) => self.issued_from = Some(time);
        /// Lists those issued at this time or earlier.
        with_issued_to(time: JalaliDateTime) => self.issued_to = Some(time);
        /// Lists those that are paid, or those that are not.
        with_paid(paid: bool) => self.paid = Some(paid);
        /// Lists those whose payer is at the bank's gateway, or those whose payer is not.
        with_waiting(waiting: bool) => self.waiting = Some(waiting);
        /// Lists those that are cancelled, or those that are not.
        with_cancelled(cancelled: bool) => self.cancelled = Some(cancelled);
        /// Lists those that are closed, or those that are not.
        with_closed(closed: bool) => self.closed = Some(closed);
        /// Lists those of one guild.
        with_guild(code: GuildCode) => self.guild = Some(code);
        /// Lists those issued to one user.
        with_user(user: UserId) => self.user = Some(user);
    }

    /// The same list after this many invoices.
    pub(crate) fn at_offset(self, offset: u64) -> ListInvoices {
        let start = Start::Offset(offset);
        ListInvoices { start, ..self }
    }

    /// Asks on a connection that nobody used before.
    pub(crate) fn on_own_connection(mut self) -> ListInvoices {
        self.on_own_connection = true;
        self
    }

    fn beginning(start: Start) -> ListInvoices {
        ListInvoices {
            start,
            size: None,
            key: None,
            unique_number: None,
            issued_from: None,
            issued_to: None,
            paid: None,
            waiting: None,
            cancelled: None,
            closed: None,
            guild: None,
            user: None,
            on_own_connection: false,
        }
    }
}

/// A part of a list.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
#[non_exhaustive]
pub struct InvoiceList {
    /// The invoices, each read as strictly as a single one.
    pub invoices: Vec<Invoice>,
    /// How many there are in all, where POD says so.
    pub total: Option<u64>,
}

/// The invoices of an answer, or why one of them is not believed. No answer holds more than may be asked for.
struct Page(Result<Vec<Invoice>, Untrusted>);

impl<'de> FromJson<'de> for Page {
    const EXPECTED: &'static str = "an array of at most 500 invoices";

    fn from_seq<A: SeqAccess<'de>>(seq: A) -> Result<Option<Self>, A::Error> {
        let mut problem = None;
        let read = |Object(wire): Object<WireInvoice<'de>>| match wire.read() {
            Ok(invoice) => Some(invoice),
            Err(untrusted) => {
                problem = Some(untrusted);
                None
            }
        };
        let invoices = bounded_elements(usize::from(LARGEST_PAGE), seq, read)?;
        Ok(match problem {
            Some(untrusted) => Some(Page(Err(untrusted))),
            None => invoices.map(|invoices| Page(Ok(invoices))),
        })
    }
}

impl Operation for ListInvoices {
    type Config = PodConfig;
    type Output = PodResponse<InvoiceList>;

    const NAME: &'static str = "invoices";
    const IDEMPOTENCY: Idempotency = Idempotency::ReadOnly;
    const LOOKUP: Lookup = Lookup::ByReference;

    fn request(&self, config: &PodConfig) -> Result<Request, Invalid> {
        let (name, value) = match self.start {
            Start::Offset(offset) => ("offset", offset),
            Start::FirstId(id) => ("firstId", id.map_or(0, InvoiceId::get)),
            Start::LastId(id) => ("lastId", id.map_or(0, InvoiceId::get)),
        };
        config.call(Service::ListInvoices, |form| {
            let form = form.pair(name, value).optional("size", self.size);
            let form = match &self.key {
                Some(key) => key.write(form),
                None => form,
            };
            form.optional("uniqueNumber", self.unique_number.as_ref())
                .optional("fromDate", self.issued_from)
                .optional("toDate", self.issued_to)
                .optional("isPayed", self.paid)
                .optional("isWaiting", self.waiting)
                .optional("isCanceled", self.cancelled)
                .optional("isClosed", self.closed)
                .optional("guildCode", self.guild.as_ref())
                .optional("userId", self.user)
        })
    }

    fn decode(&self, _: &PodConfig, response: Response<'_>) -> Decoded<InvoiceList> {
        let success = envelope::success::<Page>(Self::NAME, response)?;
        let total = success.count.optional("count")?;
        success.required()?.try_map(|Page(invoices)| {
            Ok(InvoiceList {
                invoices: invoices?,
                total,
            })
        })
    }

    fn max_response_bytes(&self, _: &PodConfig) -> usize {
        4 * 1024 * 1024
    }

    fn needs_fresh_connection(&self, _: &PodConfig) -> bool {
        self.on_own_connection
    }

    fn fill_handle(&self, _: &PodConfig, handle: Handle) -> Handle {
        handle
    }
}

#[cfg(test)]
mod tests {
    use paylink_core::Operation;

    use super::ListInvoices;
    use crate::{BusinessToken, Pod};

    /// A list that names its invoices may share a connection; what is missing in it is believed on one of its own alone.
    #[test]
    fn a_list_has_a_connection_of_its_own_where_it_is_asked_for() {
        let pod = Pod::builder(BusinessToken::new("t")).key("k").build();
        let pod = pod.unwrap();
        let list = || ListInvoices::from_offset(0);
        let fresh = |list: ListInvoices| list.needs_fresh_connection(pod.config());
        assert!(!fresh(list()) && fresh(list().on_own_connection()));
    }
}
