use std::borrow::Cow;

use paylink_core::json::{Number, Object, Wire};
use paylink_core::{Currency, Money};
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

#[derive(Deserialize)]
pub(super) struct WireItem<'a> {
    #[serde(default, borrow)]
    description: Wire<Cow<'a, str>>,
    #[serde(default, borrow)]
    amount: Wire<Number<'a>>,
    #[serde(default, borrow)]
    quantity: Wire<Number<'a>>,
}

/// Reads the items. `None` if one of them is not an item at all.
pub(super) fn read(items: Vec<Wire<Object<WireItem<'_>>>>) -> Option<Vec<InvoiceItem>> {
    items
        .into_iter()
        .map(|item| {
            let Object(item) = item.ok()?;
            let amount = item.amount.ok();
            Some(InvoiceItem {
                description: item.description.ok().map(|text| plain(&text)),
                amount: amount.and_then(|amount| amount.to_money("amount", Currency::Irr).ok()),
                quantity: item
                    .quantity
                    .ok()
                    .map(|quantity| quantity.as_str().to_owned()),
            })
        })
        .collect()
}
