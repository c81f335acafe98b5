//! Numbers of people and cards, which are right once they exist.

pub(crate) mod card_number;
pub(crate) mod mask;
pub(crate) mod mobile;
pub(crate) mod national_id;

pub use card_number::CardNumber;
pub use mobile::Mobile;
pub use national_id::NationalId;
