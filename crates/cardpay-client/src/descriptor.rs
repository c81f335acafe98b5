use paylink_core::FieldKey;

use crate::PayId;

/// CardPay's name in errors, handles and logs.
pub(crate) const NAME: &str = "cardpay";

/// The script's name of its own id, in requests, records and handles.
pub(crate) const PAY_ID: &str = PayId::KEY.as_str();

/// What the script knows the merchant's shop by.
pub(crate) const TOKEN: FieldKey = FieldKey::new("token", "token");

/// The parameter in which a create sends the callback.
pub(crate) const CALLBACK_FIELD: FieldKey = FieldKey::new("callback_field", "callback field");
