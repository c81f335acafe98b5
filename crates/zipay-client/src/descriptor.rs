use paylink_core::FieldKey;

use crate::TrackId;

/// ZiPay's name in errors, handles and logs.
pub(crate) const NAME: &str = "zipay";

/// ZiPay's name of its own id, in requests, records and handles.
pub(crate) const TRACK_ID: &str = TrackId::KEY.as_str();

/// Where ZiPay's operations stand (document "Invoice"; proven).
pub(crate) const BASE_URL: &str = "https://api.zipay.io/api/";

/// The merchant's key, which each request carries.
pub(crate) const API_KEY: FieldKey = FieldKey::new("api_key", "API key");

/// The key with which each request is signed.
pub(crate) const SECRET_KEY: FieldKey = FieldKey::new("secret_key", "secret key");

/// The merchant's terminal, of the client or of one operation.
pub(crate) const TERMINAL: FieldKey = FieldKey::new("terminal", "terminal number");
