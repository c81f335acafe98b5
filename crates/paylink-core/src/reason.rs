use serde::Serialize;

use crate::{Advice, Explanation};

mod texts;

/// Why a provider refused, in words that all providers share.
///
/// A provider's own code says more; see [`Refusal::code`](crate::Refusal::code).
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Reason {
    /// The key, token or signature was not accepted.
    BadCredentials,
    /// The credentials are good, but not for this.
    NotAllowed,
    /// The provider knows no such payment, invoice or page.
    NotFound,
    /// The merchant's reference was used before.
    DuplicateOrder,
    /// It is paid already.
    AlreadyPaid,
    /// It is not paid yet.
    NotPaidYet,
    /// Its time is over.
    Expired,
    /// It was cancelled or disabled.
    Cancelled,
    /// It is closed and can no longer change.
    Closed,
    /// It is paid and waits for the merchant's confirmation.
    AwaitingConfirmation,
    /// It waits for the bank's gateway.
    AwaitingGateway,
    /// The amount is below what the provider takes.
    AmountTooSmall,
    /// There is not enough money or credit.
    InsufficientFunds,
    /// The same was asked for a moment ago.
    TooSoon,
    /// It was asked for too many times.
    TooMany,
    /// Something in the request is missing or malformed.
    BadRequest,
    /// The provider failed inside.
    ProviderFailure,
    /// None of the others, as far as the provider's words tell.
    Other,
}

impl Reason {
    /// Every reason there is, in a fixed order.
    pub const ALL: &'static [Reason] = &[
        Reason::BadCredentials,
        Reason::NotAllowed,
        Reason::NotFound,
        Reason::DuplicateOrder,
        Reason::AlreadyPaid,
        Reason::NotPaidYet,
        Reason::Expired,
        Reason::Cancelled,
        Reason::Closed,
        Reason::AwaitingConfirmation,
        Reason::AwaitingGateway,
        Reason::AmountTooSmall,
        Reason::InsufficientFunds,
        Reason::TooSoon,
        Reason::TooMany,
        Reason::BadRequest,
        Reason::ProviderFailure,
        Reason::Other,
    ];

    /// What to tell people about it, where the provider's own code says no more.
    #[must_use]
    pub const fn explanation(self) -> Explanation {
        texts::of(self)
    }

    /// What to do next, where the provider's own code says no more.
    #[must_use]
    pub const fn advice(self) -> Advice {
        match self {
            Reason::BadCredentials
            | Reason::NotAllowed
            | Reason::NotFound
            | Reason::AmountTooSmall
            | Reason::InsufficientFunds
            | Reason::BadRequest => Advice::MendAndRepeat,
            Reason::NotPaidYet | Reason::AwaitingGateway | Reason::TooSoon => Advice::WaitAndRepeat,
            Reason::DuplicateOrder | Reason::ProviderFailure => Advice::LookUpFirst,
            Reason::AlreadyPaid | Reason::AwaitingConfirmation => Advice::SettleInstead,
            Reason::Expired | Reason::Cancelled | Reason::Closed => Advice::StartAnew,
            Reason::TooMany | Reason::Other => Advice::NeverRepeat,
        }
    }
}
