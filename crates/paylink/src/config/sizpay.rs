#[cfg(feature = "sizpay")]
mod client;

use super::schema::{Open, Schema, number, secret, switch, text};

/// Where the REST service stands, and the ASMX service.
const BASE_URL: &str = "https://pysrvc.sizpay.ir/api/PayLinkSend/";
const ASMX_URL: &str = "https://pysrvc.sizpay.ir/KimiaPayLinkSend.asmx";

pub(super) const SCHEMA: Schema = Schema {
    provider: "sizpay",
    feature: "sizpay",
    settings: &[
        secret("user_name"),
        secret("password"),
        text("pay_link_name"),
        text("via"),
        text("base_url"),
        text("resend_url"),
        text("asmx_url"),
        text("soap_namespace"),
        number("settling_seconds"),
        switch("any_content_type"),
    ],
    address: |account| match account.text_or("via", "rest")?.as_str() {
        "rest" => account.text_or("base_url", BASE_URL),
        _ => account.text_or("asmx_url", ASMX_URL),
    },
    open: OPEN,
};

#[cfg(feature = "sizpay")]
const OPEN: Option<Open> = Some(client::open);
#[cfg(not(feature = "sizpay"))]
const OPEN: Option<Open> = None;
