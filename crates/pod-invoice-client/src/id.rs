use std::fmt;
use std::num::NonZeroU64;
use std::str::FromStr;

use paylink_core::{FieldKey, Invalid, digits};
use serde::Serialize;

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
                    .ok_or_else(|| wrong($id::KEY, "0"))
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
                read($id::KEY, text).map($id)
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

    /// POD's id of a user: a payer, or somebody who delegates credit. As text it is read by [`digits::whole`].
    UserId("user_id", "user id");
}

fn read(field: FieldKey, text: &str) -> Result<NonZeroU64, Invalid> {
    let id = digits::whole(field, text).map_err(|invalid| invalid.remedy(REMEDY))?;
    NonZeroU64::new(id).ok_or_else(|| wrong(field, text))
}

fn wrong(field: FieldKey, text: &str) -> Invalid {
    Invalid::new(field, "is not an id")
        .value(text)
        .remedy(REMEDY)
}
