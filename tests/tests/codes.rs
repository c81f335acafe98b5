//! The catalogue of codes: complete, plain to people in two languages, and the one that the docs show.

use std::iter;

use paylink_core::CodeEntry;

mod documented;
mod page;
mod texts;

/// What all providers may say.
fn catalogue() -> impl Iterator<Item = &'static CodeEntry> {
    iter::empty()
        .chain(cardpay_client::codes::catalogue())
        .chain(pod_invoice_client::codes::catalogue())
        .chain(sizpay_client::codes::catalogue())
        .chain(zipay_client::codes::catalogue())
}
