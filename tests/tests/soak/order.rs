//! The orders that are sold, what their payers are up to, and what is noted of them on the way.

use std::time::{Duration, SystemTime};

use paylink::desk::StoredOrder;
use paylink::web::Routes;
use paylink::{CardNumber, Money, NewPayment, Rial, Toman};

use super::world::ACCOUNTS;
use paylink_tests::chance::Chance;
use paylink_tests::selling::Result;

/// How far an order's reference is from its number, and that of its next payment from there.
const APART: u64 = 1_000;
const NEXT: u64 = 10_000_000;

const MINUTE: u64 = 60;

/// An order, and its payer.
#[derive(Clone, Debug)]
pub(super) struct Order {
    pub(super) number: u64,
    pub(super) account: &'static str,
    pub(super) toman: u64,
    /// In which unit the shop counts it.
    is_in_rial: bool,
    /// Whether the payer's card is recorded, where it can be.
    pub(super) has_card: bool,
    pub(super) pays: Pays,
    /// How long the payer thinks before that.
    pub(super) thinks: Duration,
    pub(super) comes_back: ComesBack,
    /// Whether the page is opened twice at the same moment.
    pub(super) opens_twice: bool,
    /// Whether a stranger meddles.
    pub(super) is_meddled_with: bool,
    /// Whether the payer asks for another payment right after having paid.
    pub(super) starts_over: bool,
}

/// What a payer does.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Pays {
    InTime,
    /// When nobody looks by itself any more.
    Late,
    Never,
    /// Declines first, or lets it expire, and then pays another one.
    AtSecondTry,
    /// Pays what is paid once more.
    Twice,
    /// Transfers another amount, or from another card, where that can be done.
    Wrongly,
}

/// How the merchant hears of it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum ComesBack {
    Once,
    Often,
    /// Before having paid, and not after.
    Early,
    Later,
    Never,
}

/// What happened to an order, as far as the merchant's and the providers' books do not tell.
#[derive(Clone, Default, Debug)]
pub(super) struct Facts {
    /// When its payment was shown.
    pub(super) shown_at: Vec<SystemTime>,
    /// When its payer looked at the order's page in vain or not.
    pub(super) visited_at: Vec<SystemTime>,
    /// How many payments it had by the payer's wish.
    pub(super) reopened: u64,
}

impl Order {
    pub(super) fn drawn(seed: u64, number: u64) -> Order {
        let mut chance = Chance::stream(seed, number);
        let place = usize::try_from(number % 4).unwrap_or_default();
        let account = ACCOUNTS.get(place).copied().unwrap_or("zipay");
        let pays = match chance.below(100) {
            0..=71 => Pays::InTime,
            72..=76 => Pays::Late,
            77..=84 => Pays::Never,
            85..=90 => Pays::AtSecondTry,
            91..=94 => Pays::Twice,
            _ => Pays::Wrongly,
        };
        let thinks = match pays {
            Pays::Late => chance.between(100 * MINUTE, 150 * MINUTE),
            Pays::AtSecondTry if account == "cardpay" => chance.between(16 * MINUTE, 30 * MINUTE),
            // CardPay waits for a quarter of an hour.
            _ if account != "cardpay" && chance.once_in(10) => {
                chance.between(12 * MINUTE, 60 * MINUTE)
            }
            _ => chance.between(1, 12 * MINUTE),
        };
        let comes_back = match chance.below(10) {
            0..=4 => ComesBack::Once,
            5 => ComesBack::Often,
            6 => ComesBack::Early,
            7 => ComesBack::Later,
            _ => ComesBack::Never,
        };
        Order {
            number,
            account,
            // Neighbours differ in their price, so that one's payment is not taken for the other's.
            toman: 15_000 + number % 10_000 * 101 + chance.below(50),
            is_in_rial: chance.once_in(2),
            has_card: account == "cardpay" && (pays == Pays::Wrongly || chance.once_in(6)),
            pays,
            thinks: Duration::from_secs(thinks),
            comes_back,
            opens_twice: chance.once_in(10),
            is_meddled_with: chance.once_in(8),
            starts_over: chance.once_in(20),
        }
    }

    /// By which name it stands in the books.
    pub(super) fn name(&self) -> String {
        self.number.to_string()
    }

    /// The reference of one of its payments, counted from 0.
    pub(super) fn reference(&self, payment: u64) -> String {
        (APART + self.number + payment * NEXT).to_string()
    }

    /// What its payer is to pay, in rial.
    pub(super) fn rial(&self) -> u64 {
        self.toman * 10
    }

    pub(super) fn stored(&self, routes: &Routes, card: &str) -> Result<StoredOrder> {
        let price: Money = match self.is_in_rial {
            true => Rial::new(self.rial()).into(),
            false => Toman::new(self.toman).into(),
        };
        let payment = NewPayment::new(&self.reference(0), price)?;
        let name = self.name();
        let payment = match self.account {
            "sizpay" => payment.with_mobile("09122272730".parse()?),
            "cardpay" => payment.with_return_url(&routes.return_url(&name)?)?,
            _ => payment
                .with_return_url(&routes.return_url(&name)?)?
                .with_notify_url(&routes.notify_url(&name)?)?,
        };
        let payment = match self.has_card {
            true => payment.with_payer_card(card.parse::<CardNumber>()?),
            false => payment,
        };
        Ok(StoredOrder::new(self.account, payment))
    }
}

/// The number of the order that a reference belongs to, and which of its payments it is.
pub(super) fn order_of(reference: &str) -> Option<(u64, u64)> {
    let number = reference.parse::<u64>().ok()?.checked_sub(APART)?;
    Some((number % NEXT, number / NEXT))
}
