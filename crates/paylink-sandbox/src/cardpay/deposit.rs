use std::time::SystemTime;

use serde::Serialize;
use utoipa::ToSchema;

use super::card::{CardNumber, MerchantCard};
use super::payment::{EventKind, Status};
use super::settings::{CardMismatch, Settings};
use crate::calendar;
use crate::page::persian;

/// The telephone to which the merchant's banks write.
const MERCHANT_PHONE: &str = "09120000000";

/// Money that came to one of the merchant's cards.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Deposit {
    /// Its number, counted from 1.
    pub number: u64,
    /// The sandbox time at which it came.
    pub at: SystemTime,
    /// How much came, in rial.
    pub amount: u64,
    /// The merchant's card it came to.
    pub to: MerchantCard,
    /// The payer's card, if the bank's message names it.
    pub from: Option<CardNumber>,
    /// The payment for which the payer meant it. The script cannot know.
    pub meant_for: u64,
    /// The payment that waited for exactly this amount.
    pub matched: Option<u64>,
    /// What became of it.
    pub fate: Fate,
}

/// What became of a deposit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Fate {
    /// It paid the payment that it matched.
    Paid,
    /// It paid the payment that it matched, but from another card than the recorded one.
    PaidFromAnotherCard,
    /// It matched a payment, and both are lost.
    Lost,
    /// No open payment waited for this amount: the money is there and belongs to no payment.
    Unmatched,
}

/// What a payer does at the bank.
#[derive(Debug)]
pub(super) struct Transfer {
    pub(super) meant_for: u64,
    pub(super) amount: u64,
    pub(super) to: MerchantCard,
    /// The payer's card, if the bank's message is to name it.
    pub(super) from: Option<CardNumber>,
}

impl Transfer {
    /// What becomes of this transfer to a payment for which this card is recorded.
    pub(super) fn fate_for(&self, recorded: Option<&CardNumber>, settings: &Settings) -> Fate {
        let mismatch = match (recorded, &self.from) {
            (None, _) => return Fate::Paid,
            (Some(recorded), Some(from)) if recorded == from => return Fate::Paid,
            (Some(_), Some(_)) => settings.another_card,
            (Some(_), None) => settings.missing_card,
        };
        match mismatch {
            CardMismatch::Reported => Fate::PaidFromAnotherCard,
            CardMismatch::Lost => Fate::Lost,
        }
    }
}

impl Fate {
    /// What this means for the payment that the deposit matched.
    pub(super) fn of_payment(self) -> Option<(Status, EventKind)> {
        match self {
            Self::Paid => Some((Status::Paid, EventKind::Paid)),
            Self::PaidFromAnotherCard => {
                Some((Status::PaidFromAnotherCard, EventKind::PaidFromAnotherCard))
            }
            Self::Lost => Some((Status::Lost, EventKind::Lost)),
            Self::Unmatched => None,
        }
    }
}

impl Deposit {
    /// The telephone to which the merchant's bank reports it.
    pub(super) fn reported_to(&self) -> &'static str {
        MERCHANT_PHONE
    }

    /// The bank's message. Cards are masked in it, while the script compares whole numbers.
    pub(super) fn report(&self) -> String {
        let mut lines = vec![
            self.to.bank.to_owned(),
            format!("واریز: {} ریال", persian::amount(&self.amount.to_string())),
            format!("به کارت: {}", self.to.number.masked()),
        ];
        lines.extend(
            self.from
                .as_ref()
                .map(|from| format!("از کارت: {}", from.masked())),
        );
        lines.extend(calendar::in_tehran(self.at));
        lines.join("\n")
    }
}
