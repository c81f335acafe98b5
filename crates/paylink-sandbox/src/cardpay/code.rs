use axum::http::StatusCode;
use serde::Serialize;

use super::settings::{CodeForm, NotFoundStatus};

/// The answers of the script's table of codes, and the two calls it reports to have done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Code {
    NoSuchEndpoint,
    WrongMethod,
    Forbidden,
    PriceNotNumeric,
    CardMalformed,
    CardRecordedBefore,
    Final,
    PriceTooLow,
    InvoiceNumberMissing,
    InvoiceNumberUsed,
    PayIdMissing,
    PayIdUnknown,
    Expired,
    NotPaidYet,
    FirstVerification,
    VerifiedBefore,
    AnotherCard,
    /// The card is recorded: the document shows no answer for this.
    CardRecorded,
}

/// A code as the wire writes it.
#[derive(Debug, Serialize)]
#[serde(untagged)]
pub(super) enum WireCode {
    Number(i16),
    Text(String),
}

impl Code {
    /// The HTTP status that the document gives for this code.
    pub(super) fn http(self, not_found: NotFoundStatus) -> StatusCode {
        match self {
            Self::NoSuchEndpoint => match not_found {
                NotFoundStatus::NotFound => StatusCode::NOT_FOUND,
                NotFoundStatus::Ok => StatusCode::OK,
            },
            Self::WrongMethod => StatusCode::METHOD_NOT_ALLOWED,
            Self::Forbidden => StatusCode::FORBIDDEN,
            Self::PriceNotNumeric
            | Self::CardMalformed
            | Self::CardRecordedBefore
            | Self::Final
            | Self::PriceTooLow
            | Self::InvoiceNumberMissing
            | Self::InvoiceNumberUsed
            | Self::PayIdMissing
            | Self::PayIdUnknown
            | Self::Expired => StatusCode::INTERNAL_SERVER_ERROR,
            Self::NotPaidYet
            | Self::FirstVerification
            | Self::VerifiedBefore
            | Self::AnotherCard
            | Self::CardRecorded => StatusCode::OK,
        }
    }

    pub(super) fn number(self) -> i16 {
        match self {
            Self::NoSuchEndpoint => 404,
            Self::WrongMethod => 405,
            Self::Forbidden => 403,
            Self::PriceNotNumeric => 0,
            Self::CardMalformed => -3,
            Self::CardRecordedBefore => -2,
            Self::Final => -1,
            Self::PriceTooLow => 1,
            Self::InvoiceNumberMissing => 2,
            Self::InvoiceNumberUsed => 3,
            Self::PayIdMissing => 4,
            Self::PayIdUnknown => 5,
            Self::Expired => 6,
            Self::NotPaidYet => 7,
            Self::FirstVerification => 201,
            Self::VerifiedBefore | Self::CardRecorded => 200,
            Self::AnotherCard => 199,
        }
    }

    /// What `status` says beside the code. The document shows it for successes alone.
    pub(super) fn is_success(self) -> bool {
        matches!(
            self,
            Self::FirstVerification | Self::VerifiedBefore | Self::AnotherCard | Self::CardRecorded
        )
    }

    /// A sentence for `msg`. Only that of a complete payment is documented.
    pub(super) fn message(self) -> &'static str {
        match self {
            Self::NoSuchEndpoint => "Not found.",
            Self::WrongMethod => "Method not allowed.",
            Self::Forbidden => "Token is missing or not valid.",
            Self::PriceNotNumeric => "Price is not numeric.",
            Self::CardMalformed => "Card number is missing or not valid.",
            Self::CardRecordedBefore => "Card number is already recorded.",
            Self::Final => "Payment is final.",
            Self::PriceTooLow => "Price is less than 10000 rial.",
            Self::InvoiceNumberMissing => "Invoice number is missing.",
            Self::InvoiceNumberUsed => "Invoice number is already used.",
            Self::PayIdMissing => "pay_id is missing.",
            Self::PayIdUnknown => "pay_id is not valid.",
            Self::Expired => "Payment is expired.",
            Self::NotPaidYet => "Payment is waiting.",
            Self::FirstVerification | Self::VerifiedBefore => "Payment is complete.",
            Self::AnotherCard => "Payment is complete, but from another card.",
            Self::CardRecorded => "Card number is recorded.",
        }
    }
}

impl WireCode {
    pub(super) fn of(number: i16, form: CodeForm) -> Self {
        match form {
            CodeForm::Number => Self::Number(number),
            CodeForm::Text | CodeForm::EverythingText => Self::Text(number.to_string()),
        }
    }
}
