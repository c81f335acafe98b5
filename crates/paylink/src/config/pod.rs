#[cfg(feature = "pod-invoice")]
mod client;

use super::schema::{Open, Schema, number, secret, switch, text};

/// Where services are called, in production and in POD's sandbox.
const BASE_URL: &str = "https://api.pod.ir/";
const SANDBOX_URL: &str = "https://sandbox.pod.ir/";

/// POD hands out a key for each service, which is named by its number in production.
pub(super) const SCHEMA: Schema = Schema {
    provider: "pod",
    feature: "pod-invoice",
    settings: &[
        secret("token"),
        secret("user_token"),
        secret("api_key"),
        secret("api_key_29796"),
        secret("api_key_29799"),
        secret("api_key_29800"),
        secret("api_key_29801"),
        secret("api_key_29802"),
        secret("api_key_29807"),
        secret("api_key_29808"),
        secret("api_key_29809"),
        secret("api_key_29810"),
        secret("api_key_29812"),
        secret("api_key_29813"),
        secret("api_key_29815"),
        secret("api_key_29816"),
        secret("api_key_29821"),
        secret("api_key_30382"),
        secret("api_key_369550"),
        secret("api_key_1113426"),
        text("guild"),
        number("business"),
        text("environment"),
        text("base_url"),
        text("pay_url"),
        secret("fee_voucher"),
        number("settling_seconds"),
        switch("any_content_type"),
    ],
    address: |account| {
        let usual = match account.text_or("environment", "production")?.as_str() {
            "sandbox" => SANDBOX_URL,
            _ => BASE_URL,
        };
        account.text_or("base_url", usual)
    },
    open: OPEN,
};

#[cfg(feature = "pod-invoice")]
const OPEN: Option<Open> = Some(client::open);
#[cfg(not(feature = "pod-invoice"))]
const OPEN: Option<Open> = None;
