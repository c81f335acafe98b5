use std::time::SystemTime;

use serde::Serialize;
use url::Url;
use utoipa::ToSchema;

use super::card::CardNumber;

/// One payment as the sandbox keeps it.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Payment {
    /// The script's identifier.
    pub pay_id: u64,
    /// The merchant's invoice number, unique for ever.
    pub fid: u64,
    /// What the merchant asked for, in rial.
    pub price: u64,
    /// What must be transferred, in rial, to be recognised.
    pub amount: u64,
    /// The payer's telephone, if it was given.
    pub phone: Option<String>,
    /// The payer's card, if it is recorded.
    pub card: Option<CardNumber>,
    /// The state at the time of this snapshot.
    pub status: Status,
    /// When its time is over.
    pub expires_at: SystemTime,
    /// Where the payer's browser goes back to, if the merchant said so.
    pub callback: Option<Url>,
    /// What has happened to it, oldest first. It begins with [`EventKind::Created`].
    pub history: Vec<Event>,
}

/// The states of a payment. The document gives them no names.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Status {
    /// It waits for its deposit.
    Open,
    /// Its deposit has come.
    Paid,
    /// Its deposit has come, but not from the recorded card.
    PaidFromAnotherCard,
    /// Its deposit has come, but was not shown to be from the recorded card, and nothing will tell.
    Lost,
    /// Its time was over before a deposit came.
    Expired,
}

/// Something that happened to a payment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Event {
    /// The sandbox time at which it happened.
    pub at: SystemTime,
    /// What happened.
    pub kind: EventKind,
}

/// What can happen to a payment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum EventKind {
    /// The merchant created it.
    Created,
    /// The payer's card was recorded after it was created.
    CardRecorded,
    /// Its deposit came.
    Paid,
    /// Its deposit came from another card than the recorded one.
    PaidFromAnotherCard,
    /// Its deposit came and was not recognised as the payer's.
    Lost,
    /// Its time was over.
    Expired,
    /// The merchant checked it and was told, for the first time, that it is paid.
    Verified,
    /// The merchant checked it again after that.
    VerifiedAgain,
}

/// What a check of a paid payment is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Verified {
    Now,
    Before,
}

impl Status {
    pub(super) fn title(self) -> &'static str {
        match self {
            Self::Open => "در انتظار واریز",
            Self::Paid => "پرداخت شده",
            Self::PaidFromAnotherCard => "پرداخت از کارت دیگر",
            Self::Lost => "از دست رفته",
            Self::Expired => "منقضی شده",
        }
    }

    pub(super) fn tone(self) -> &'static str {
        match self {
            Self::Open | Self::PaidFromAnotherCard => "waiting",
            Self::Paid => "good",
            Self::Lost | Self::Expired => "bad",
        }
    }
}

impl Payment {
    /// Counts the checks that were answered with 201: one at most, or it is a bug.
    #[must_use]
    pub fn times_first_verified(&self) -> usize {
        self.history
            .iter()
            .filter(|event| event.kind == EventKind::Verified)
            .count()
    }

    pub(super) fn record_card(&mut self, card: CardNumber, now: SystemTime) {
        self.card = Some(card);
        self.note(EventKind::CardRecorded, now);
    }

    /// Answers a check of this paid payment.
    pub(super) fn verify(&mut self, now: SystemTime) -> Verified {
        if self.times_first_verified() == 0 {
            self.note(EventKind::Verified, now);
            Verified::Now
        } else {
            self.note(EventKind::VerifiedAgain, now);
            Verified::Before
        }
    }

    /// Closes it as expired, noting the moment at which its time was over.
    pub(super) fn expire(&mut self) {
        self.turn(Status::Expired, EventKind::Expired, self.expires_at);
    }

    pub(super) fn turn(&mut self, status: Status, kind: EventKind, at: SystemTime) {
        self.status = status;
        self.note(kind, at);
    }

    fn note(&mut self, kind: EventKind, at: SystemTime) {
        self.history.push(Event { at, kind });
    }
}
