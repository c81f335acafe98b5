//! What SizPay is: its name, its addresses and the settings of an account.

use paylink_core::FieldKey;

/// The provider's name, in errors, handles and configurations.
pub(crate) const NAME: &str = "sizpay";

/// Where the REST service stands (document "REST", version 1.007, sections 1 to 3, 7 and 8; proven). Sections 4 to 6 write
/// `pysrc`, probably a slip; sending an SMS again stands there alone, so that it has a setting of its own.
pub(crate) const BASE_ADDRESS: &str = "https://pysrvc.sizpay.ir/api/PayLinkSend/";

/// Where the ASMX service stands (document "ASMX"; proven).
pub(crate) const ASMX_ADDRESS: &str = "https://pysrvc.sizpay.ir/KimiaPayLinkSend.asmx";

pub(crate) const USER_NAME: FieldKey = FieldKey::new("user_name", "user name (key 1)");
pub(crate) const PASSWORD: FieldKey = FieldKey::new("password", "password (key 2)");
pub(crate) const PAY_LINK_NAME: FieldKey = FieldKey::new("pay_link_name", "link name");
pub(crate) const RESEND_URL: FieldKey = FieldKey::new("resend_url", "resend address");
pub(crate) const ASMX_URL: FieldKey = FieldKey::new("asmx_url", "ASMX address");
#[cfg(feature = "soap")]
pub(crate) const SOAP_NAMESPACE: FieldKey = FieldKey::new("soap_namespace", "SOAP namespace");
