//! What POD is: its name, its addresses and its settings.

use paylink_core::FieldKey;

/// The provider's name.
pub(crate) const NAME: &str = "pod";

/// Where services are called (document "Payment"; proven).
pub(crate) const PRODUCTION_BASE_URL: &str = "https://api.pod.ir/";
/// Where services are called in POD's sandbox (the vendor's SDKs).
pub(crate) const SANDBOX_BASE_URL: &str = "https://sandbox.pod.ir/";
/// Where payers pay (document "Payment"; proven).
pub(crate) const PRODUCTION_PAY_URL: &str = "https://pay.pod.ir/";
/// Where payers pay in POD's sandbox (the vendor's SDKs).
pub(crate) const SANDBOX_PAY_URL: &str = "https://sandbox.pod.ir:1033/";

pub(crate) const TOKEN: FieldKey = FieldKey::new("token", "business token");
pub(crate) const USER_TOKEN: FieldKey = FieldKey::new("user_token", "user access token");
/// The key of every service that has none of its own; [`Service::setting`](crate::Service) has the others.
pub(crate) const API_KEY: FieldKey = FieldKey::new("api_key", "service key");
pub(crate) const GUILD: FieldKey = FieldKey::new("guild", "guild code");
pub(crate) const BUSINESS: FieldKey = FieldKey::new("business", "business id");
pub(crate) const ENVIRONMENT: FieldKey = FieldKey::new("environment", "environment");
pub(crate) const PAY_URL: FieldKey = FieldKey::new("pay_url", "pay URL");
pub(crate) const FEE_VOUCHER: FieldKey = FieldKey::new("fee_voucher", "fee voucher");
