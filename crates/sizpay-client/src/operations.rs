//! What SizPay does, and what it takes and answers.

mod change_link;
mod pay_status;
mod send_link;

pub use change_link::{Accepted, DisableLink, ResendSms};
pub(crate) use pay_status::NamedPayStatus;
pub use pay_status::{PayStatus, ReadPayStatus};
pub use send_link::{NewLink, SentLink};
