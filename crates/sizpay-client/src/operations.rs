//! What SizPay does, one operation a file.

mod accepted;
mod disable_link;
mod pay_status;
mod resend_sms;
mod send_link;

pub use accepted::Accepted;
pub use disable_link::DisableLink;
pub(crate) use pay_status::NamedPayStatus;
pub use pay_status::{PayStatus, ReadPayStatus};
pub use resend_sms::ResendSms;
pub use send_link::{NewLink, SentLink};
