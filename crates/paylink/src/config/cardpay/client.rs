use crate::cardpay::{BodyEncoding, CardPay, Rial};
use crate::config::setup::{Fields, Setup};
use crate::config::{AccountConfig, Problems};
use crate::{Invalid, Provider, Transport};
use paylink_core::FieldKey;

const ENCODING: &str = "body encoding";

const FIELDS: Fields = &[
    ("token", "token"),
    ("base URL", "base_url"),
    ("callback field", "callback_field"),
    (ENCODING, "body_encoding"),
];

impl AccountConfig {
    /// A CardPay client of this account. The script stands at the merchant's own address: it has to be told.
    ///
    /// # Errors
    ///
    /// Everything that is wrong with the account, at once.
    pub fn cardpay(&self, transport: &Transport) -> Result<CardPay, Problems> {
        let mut setup = Setup::with(self, "cardpay")?;
        setup.require("token", "stand-in");
        setup.require("base_url", "https://stand-in.invalid/");
        setup.build(FIELDS, |setup| {
            let base_url = setup.text("base_url").unwrap_or_default();
            let mut builder = CardPay::builder(base_url, setup.secret("token"))
                .body_encoding(encoding(setup)?)
                .transport(transport.clone());
            if let Some(name) = setup.text("callback_field") {
                builder = builder.callback_field(name);
            }
            if setup.is_on("plain_http") {
                builder = builder.allow_plain_http();
            }
            if let Some(rial) = setup.number("largest_tail") {
                builder = builder.largest_tail(Rial::new(rial));
            }
            if setup.is_on("any_content_type") {
                builder = builder.accept_any_content_type();
            }
            builder.build()
        })
    }
}

pub(super) fn open(account: &AccountConfig, transport: &Transport) -> Result<Provider, Problems> {
    let cardpay = account.cardpay(transport)?;
    Ok(Provider::new(account.name(), cardpay))
}

fn encoding(setup: &Setup<'_>) -> Result<BodyEncoding, Invalid> {
    match setup.text("body_encoding") {
        None => Ok(BodyEncoding::default()),
        Some("form") => Ok(BodyEncoding::Form),
        Some("json") => Ok(BodyEncoding::Json),
        Some(other) => Err(Invalid::new(FieldKey::unkeyed(ENCODING), "is not known")
            .value(other)
            .remedy("use form or json")),
    }
}
