use std::borrow::Cow;

use paylink_core::json::{Amount, FromJson, Number, Object, Wire, each_of_at_most};
use paylink_core::{Currency, Money};
use serde::de::SeqAccess;
use serde::{Deserialize, Serialize};

use super::wire::plain;

/// One item of an invoice. It is for display: what cannot be read is `None`.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
#[non_exhaustive]
pub struct InvoiceItem {
    /// What it is.
    pub description: Option<String>,
    /// The price of one.
    pub amount: Option<Money>,
    /// How many, as POD writes it; it need not be whole.
    pub quantity: Option<String>,
}

/// The most items of one invoice that are read.
const MOST_ITEMS: usize = 500;

/// The items of an invoice.
pub(super) struct Items(pub(super) Vec<InvoiceItem>);

#[derive(Deserialize)]
struct WireItem<'a> {
    #[serde(default, borrow)]
    description: Wire<Cow<'a, str>>,
    #[serde(default, borrow)]
    amount: Wire<Amount<'a>>,
    #[serde(default, borrow)]
    quantity: Wire<Number<'a>>,
}

impl<'de> FromJson<'de> for Items {
    const EXPECTED: &'static str = "an array of at most 500 items";

    /// `None` if one of them is not an item at all, says nothing, or is one too many.
    fn from_seq<A: SeqAccess<'de>>(seq: A) -> Result<Option<Self>, A::Error> {
        let items = each_of_at_most(
            MOST_ITEMS,
            seq,
            |item: Wire<Object<WireItem<'de>>>| match item {
                Wire::Is(Object(item)) => item.read(),
                Wire::Absent | Wire::Null | Wire::Wrong(_) => None,
            },
        )?;
        Ok(items.map(|mut items| {
            items.shrink_to_fit();
            Items(items)
        }))
    }
}

impl WireItem<'_> {
    fn read(self) -> Option<InvoiceItem> {
        let amount = self.amount.ok();
        let item = InvoiceItem {
            description: self.description.ok().map(|text| plain(&text)),
            amount: amount.and_then(|amount| amount.to_money("amount", Currency::Irr).ok()),
            quantity: self
                .quantity
                .ok()
                .map(|quantity| quantity.as_str().to_owned()),
        };
        let says_nothing =
            item.description.is_none() && item.amount.is_none() && item.quantity.is_none();
        (!says_nothing).then_some(item)
    }
}
