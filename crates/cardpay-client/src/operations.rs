//! What CardPay does, one operation a file.

mod cards;
mod check;
mod create;
mod set_card;

pub use cards::{ListCards, MerchantCards};
pub use check::{CheckPayment, PaymentCheck};
pub use create::{CreatedPayment, NewPayment};
pub use set_card::SetCard;
