use paylink_core::provider::{
    Descriptor, FromSettings, OperationInfo, PanelNote, Setting, Settings, Variant,
};
use paylink_core::{BaseUrl, Error, FieldKey, Rial, Transport, Validation};

use crate::config::CALLBACK_PARAMETER;
use crate::operations::{CheckPayment, ListCards, NewPayment, SetCard};
use crate::provider::capabilities;
use crate::{BodyEncoding, CardPay, PayId, codes};

/// CardPay's name in errors, handles and logs.
pub(crate) const NAME: &str = "cardpay";

/// The script's name of its own id, in requests, records and handles.
pub(crate) const PAY_ID: &str = PayId::KEY.as_str();

/// What the script knows the merchant's shop by.
pub(crate) const TOKEN: FieldKey = FieldKey::new("token", "token");

/// The parameter in which a create sends the callback.
pub(crate) const CALLBACK_FIELD: FieldKey = FieldKey::new("callback_field", "callback field");

const PLAIN_HTTP: FieldKey = FieldKey::new("plain_http", "plain http");

const ANY_CONTENT_TYPE: FieldKey = FieldKey::new("any_content_type", "any content type");

const LARGEST_TAIL: FieldKey = FieldKey::new("largest_tail", "largest tail");

/// What CardPay is, and how an installation of it is opened.
pub static DESCRIPTOR: Descriptor = Descriptor::new::<CardPay>(NAME)
    .with_titles("CardPay", "کارت‌پی")
    .with_settings(&[
        Setting::secret(TOKEN)
            .required()
            .with_help("The script's token, which each request carries."),
        Setting::address(BaseUrl::KEY)
            .required()
            .with_help("The address of the script's API on the merchant's own host."),
        Setting::text(CALLBACK_FIELD)
            .with_default(CALLBACK_PARAMETER)
            .with_help("The parameter in which the script reads the callback."),
        Setting::choice(BodyEncoding::KEY, &BodyEncoding::WORDS)
            .with_default(BodyEncoding::Form.as_str())
            .with_help("What the bodies of requests are written in."),
        Setting::switch(PLAIN_HTTP)
            .with_help("Whether the address may be plain http, on the shop's own private network."),
        Setting::switch(ANY_CONTENT_TYPE)
            .with_help("Whether answers are read whatever content type they carry."),
        Setting::number(LARGEST_TAIL)
            .with_default("10000")
            .with_help("How many rial the exact amount may be from the price."),
    ])
    .with_variants(&[Variant::new("CardPay", &[], capabilities)])
    .with_operations(&[
        OperationInfo::of::<NewPayment>(),
        OperationInfo::of::<SetCard>(),
        OperationInfo::of::<CheckPayment>(),
        OperationInfo::of::<ListCards>(),
    ])
    .with_id_name(PAY_ID)
    .with_panel(&[PanelNote::documented(
        "The script runs on the merchant's own host, and the bank's messages about deposits have to be forwarded to it: it \
         knows of payments by them alone.",
        "اسکریپت روی هاست خود پذیرنده اجرا می‌شود و پیامک‌های واریز بانک باید به آن ارسال شوند؛ اسکریپت پرداخت‌ها را فقط از روی همین \
         پیامک‌ها تشخیص می‌دهد.",
    )])
    .with_codes(|| Box::new(codes::catalogue()))
    .with_address(|settings| {
        let address = settings.get(BaseUrl::KEY).filter(|text| !text.is_empty());
        address.map(str::to_owned)
    });

impl FromSettings for CardPay {
    const DESCRIPTOR: &'static Descriptor = &DESCRIPTOR;

    fn from_settings(settings: &Settings<'_>, transport: &Transport) -> Result<CardPay, Error> {
        let mut validation = Validation::new();
        let mut builder = CardPay::builder(settings.text(BaseUrl::KEY), settings.text(TOKEN))
            .transport(transport.clone());
        if let Some(name) = settings.get(CALLBACK_FIELD) {
            builder = builder.callback_field(name);
        }
        let encoding = settings.get(BodyEncoding::KEY).map(str::parse);
        if let Some(encoding) = validation.take(encoding.transpose()).flatten() {
            builder = builder.body_encoding(encoding);
        }
        if let Some(rial) = validation.take(settings.number(LARGEST_TAIL)).flatten() {
            builder = builder.max_tail(Rial::new(rial));
        }
        if validation.take(settings.is_on(PLAIN_HTTP)) == Some(true) {
            builder = builder.allow_plain_http();
        }
        if validation.take(settings.is_on(ANY_CONTENT_TYPE)) == Some(true) {
            builder = builder.accept_any_content_type();
        }
        validation.and(builder.build())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Options;

    #[test]
    fn the_defaults_that_are_told_are_those_that_count() {
        let counts = Options::default();
        let told = |key: FieldKey| DESCRIPTOR.setting(key.as_str()).unwrap().default().unwrap();
        assert_eq!(told(CALLBACK_FIELD), counts.callback_field);
        assert_eq!(told(BodyEncoding::KEY).parse(), Ok(counts.encoding));
        assert_eq!(told(LARGEST_TAIL), counts.largest_tail.get().to_string());
    }
}
