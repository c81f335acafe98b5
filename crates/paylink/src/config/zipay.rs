#[cfg(feature = "zipay")]
mod client;

use super::schema::{Open, Schema, number, secret, switch, text};

/// Where ZiPay's operations stand.
const BASE_URL: &str = "https://api.zipay.io/api/";

pub(super) const SCHEMA: Schema = Schema {
    provider: "zipay",
    feature: "zipay",
    settings: &[
        secret("api_key"),
        secret("secret_key"),
        number("terminal"),
        text("base_url"),
        number("settling_seconds"),
        switch("any_content_type"),
    ],
    address: |account| account.text_or("base_url", BASE_URL),
    open: OPEN,
};

#[cfg(feature = "zipay")]
const OPEN: Option<Open> = Some(client::open);
#[cfg(not(feature = "zipay"))]
const OPEN: Option<Open> = None;
