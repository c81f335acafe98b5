#[cfg(feature = "cardpay")]
mod client;

use super::schema::{Open, Schema, number, secret, switch, text};

pub(super) const SCHEMA: Schema = Schema {
    provider: "cardpay",
    feature: "cardpay",
    settings: &[
        secret("token"),
        text("base_url"),
        text("callback_field"),
        text("body_encoding"),
        switch("plain_http"),
        switch("any_content_type"),
        number("largest_tail"),
    ],
    // The script stands at the merchant's own address.
    address: |account| {
        account
            .text_or("base_url", "")
            .filter(|address| !address.is_empty())
    },
    open: OPEN,
};

#[cfg(feature = "cardpay")]
const OPEN: Option<Open> = Some(client::open);
#[cfg(not(feature = "cardpay"))]
const OPEN: Option<Open> = None;
