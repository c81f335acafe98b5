use serde::Serialize;
use utoipa::ToSchema;

/// The states of ZiPay's document.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum Status {
    /// Created; nobody has opened the page.
    Generated,
    /// The payer has opened the page.
    Waiting,
    /// Paid, not verified yet.
    Pending,
    /// Paid and verified: the money is the merchant's.
    Completed,
    /// Declined, or given back because it was not verified in time.
    Rejected,
    /// The merchant gave the money back.
    Refunded,
}

impl Status {
    /// Reads a status as the wire writes it.
    #[must_use]
    pub fn from_wire(text: &str) -> Option<Self> {
        let all = [
            Self::Generated,
            Self::Waiting,
            Self::Pending,
            Self::Completed,
            Self::Rejected,
            Self::Refunded,
        ];
        all.into_iter().find(|status| status.as_str() == text)
    }

    /// Returns the status as the wire writes it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Generated => "generated",
            Self::Waiting => "waiting",
            Self::Pending => "pending",
            Self::Completed => "completed",
            Self::Rejected => "rejected",
            Self::Refunded => "refunded",
        }
    }

    pub(super) fn title(self) -> &'static str {
        match self {
            Self::Generated => "صادر شده",
            Self::Waiting => "در انتظار پرداخت",
            Self::Pending => "پرداخت شده",
            Self::Completed => "تکمیل شده",
            Self::Rejected => "لغو شده",
            Self::Refunded => "بازگردانده شده",
        }
    }

    pub(super) fn tone(self) -> &'static str {
        match self {
            Self::Generated | Self::Waiting => "waiting",
            Self::Pending | Self::Completed => "good",
            Self::Rejected | Self::Refunded => "bad",
        }
    }
}
