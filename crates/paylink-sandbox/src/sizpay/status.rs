use serde::Serialize;
use utoipa::ToSchema;

/// What has become of a pay link.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = SizpayStatus)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum Status {
    /// It waits for its payer.
    Open,
    /// It was paid.
    Paid,
    /// The merchant disabled it before it was paid.
    Disabled,
}

impl Status {
    /// Returns the status in English, for messages.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Paid => "paid",
            Self::Disabled => "disabled",
        }
    }

    pub(super) fn title(self) -> &'static str {
        match self {
            Self::Open => "در انتظار پرداخت",
            Self::Paid => "پرداخت شده",
            Self::Disabled => "غیرفعال",
        }
    }

    pub(super) fn tone(self) -> &'static str {
        match self {
            Self::Open => "waiting",
            Self::Paid => "good",
            Self::Disabled => "bad",
        }
    }
}
