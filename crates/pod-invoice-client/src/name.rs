use std::fmt;
use std::num::NonZeroU64;
use std::str::FromStr;

use paylink_core::text::check_name;
use paylink_core::{ComparedField, FieldKey, Invalid, Mismatch, checked_name, digits};
use serde::Serialize;

use crate::config::Form;
use crate::{Invoice, html};

/// The most characters of a name. POD documents no bound; no real name comes near.
const LONGEST: usize = 200;

checked_name! {
    /// The merchant's own number of an invoice, `billNumber`: unique among the merchant's invoices.
    ///
    /// ```
    /// use pod_invoice_client::BillNumber;
    ///
    /// assert!("1000".parse::<BillNumber>().is_ok());
    /// assert!(" 1000".parse::<BillNumber>().is_err());
    /// ```
    BillNumber("bill_number", "bill number"), unescaped
}

checked_name! {
    /// The code that POD gives an invoice, `uniqueNumber`. Anyone who knows it may pay the invoice.
    UniqueNumber("unique_number", "unique number"), plain
}

checked_name! {
    /// The code of one of the merchant's guilds, such as `CLOTHING_GUILD`, from POD's business panel.
    GuildCode("guild_code", "guild code"),
    |code| checked(GuildCode::KEY, code)
}

impl UniqueNumber {
    /// As long as one can be: a link that holds it shows whether there is room for any.
    pub(crate) fn longest() -> UniqueNumber {
        UniqueNumber("0".repeat(LONGEST).into())
    }
}

/// Refuses what cannot be a name of anything.
pub(crate) fn checked(field: FieldKey, text: &str) -> Result<(), Invalid> {
    check_name(field, text, LONGEST)
}

fn unescaped(number: &str) -> Result<(), Invalid> {
    checked(BillNumber::KEY, number)?;
    if html::unescape(number) == number {
        return Ok(());
    }
    Err(
        Invalid::new(BillNumber::KEY, "holds an HTML character reference")
            .with_value(number)
            .with_remedy(
                "leave it out: some of POD's answers are escaped that way, and it would not be recognised",
            ),
    )
}

fn plain(number: &str) -> Result<(), Invalid> {
    checked(UniqueNumber::KEY, number)?;
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
    if number.bytes().all(plain) {
        return Ok(());
    }
    Err(
        Invalid::new(UniqueNumber::KEY, "holds a character that none has")
            .with_value(number)
            .with_remedy("give it as POD wrote it, such as 6a8419e0de989b8f"),
    )
}

const REMEDY: &str = "write the number that POD gave, such as 32157";

/// Declares ids: numbers above zero that POD gives.
macro_rules! ids {
    ($($(#[$doc:meta])+ $id:ident($key:literal, $label:literal);)+) => {$(
        $(#[$doc])+
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
        #[serde(transparent)]
        pub struct $id(NonZeroU64);

        impl $id {
            /// The field under which it is refused.
            pub const KEY: FieldKey = FieldKey::new($key, $label);

            /// Takes an id.
            ///
            /// # Errors
            ///
            /// Zero is no id.
            pub fn new(id: u64) -> Result<$id, Invalid> {
                NonZeroU64::new(id)
                    .map($id)
                    .ok_or_else(|| not_an_id($id::KEY, "0"))
            }

            /// The bare number.
            #[must_use]
            pub fn get(self) -> u64 {
                self.0.get()
            }
        }

        impl FromStr for $id {
            type Err = Invalid;

            fn from_str(text: &str) -> Result<$id, Invalid> {
                read_id($id::KEY, text).map($id)
            }
        }

        impl fmt::Display for $id {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "{}", self.0)
            }
        }

        impl fmt::Debug for $id {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, concat!(stringify!($id), "({})"), self.0)
            }
        }

        paylink_core::try_from_text!($id);
    )+};
}

ids! {
    /// POD's id of an invoice: the `id` that issuing it yields. As text it is read by [`digits::whole`].
    ///
    /// ```
    /// use pod_invoice_client::InvoiceId;
    ///
    /// assert_eq!("32157".parse::<InvoiceId>()?, InvoiceId::new(32157)?);
    /// assert!("0".parse::<InvoiceId>().is_err());
    /// # Ok::<(), pod_invoice_client::Invalid>(())
    /// ```
    InvoiceId("invoice_id", "invoice id");

    /// POD's id of a user: a payer, or a user who delegates credit. As text it is read by [`digits::whole`].
    UserId("user_id", "user id");
}

fn read_id(field: FieldKey, text: &str) -> Result<NonZeroU64, Invalid> {
    let id = digits::whole(field, text).map_err(|invalid| invalid.with_remedy(REMEDY))?;
    NonZeroU64::new(id).ok_or_else(|| not_an_id(field, text))
}

fn not_an_id(field: FieldKey, text: &str) -> Invalid {
    Invalid::new(field, "is not an id")
        .with_value(text)
        .with_remedy(REMEDY)
}

/// What names an invoice: POD's id, or the merchant's own number.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub enum InvoiceKey {
    /// By POD's id.
    Id(InvoiceId),
    /// By the merchant's own number.
    BillNumber(BillNumber),
}

impl InvoiceKey {
    pub(crate) fn write(&self, form: Form) -> Form {
        match self {
            InvoiceKey::Id(id) => form.pair("id", id),
            InvoiceKey::BillNumber(number) => form.pair("billNumber", number),
        }
    }

    /// Whether a filter that looks for a part of the name lets an invoice through that has another one.
    pub(crate) fn may_let_through(&self, invoice: &Invoice) -> bool {
        match self {
            InvoiceKey::Id(_) => false,
            InvoiceKey::BillNumber(number) => {
                let reported = invoice.bill_number.as_deref();
                reported.is_some_and(|reported| reported.contains(number.as_str()))
            }
        }
    }

    /// How an invoice differs from the one that is named; `None` if it is the one.
    pub(crate) fn difference(&self, invoice: &Invoice) -> Option<Mismatch> {
        match self {
            InvoiceKey::Id(id) => (invoice.id != *id)
                .then(|| Mismatch::new(ComparedField::Reference, id, &invoice.id)),
            InvoiceKey::BillNumber(number) => {
                let reported = invoice.bill_number.as_deref().unwrap_or("none");
                (reported != number.as_str())
                    .then(|| Mismatch::new(ComparedField::Order, number, reported))
            }
        }
    }
}

impl From<InvoiceId> for InvoiceKey {
    fn from(id: InvoiceId) -> InvoiceKey {
        InvoiceKey::Id(id)
    }
}

impl From<BillNumber> for InvoiceKey {
    fn from(number: BillNumber) -> InvoiceKey {
        InvoiceKey::BillNumber(number)
    }
}
