//! The four providers, as their guides in `docs/` tell of them: what they keep of a payment, and when money goes back.

use paylink_core::{Currency, Money};

use super::corners::Corner;
use super::world::{HOUR, MINUTE, SECOND, State};

/// How long after the last byte of a create has left its payment is found by its reference at the latest.
pub(super) const SETTLING: u64 = 180 * SECOND;
/// How long of that a create may be on its way, and then be left out of the list. The clocks of processes differ by the rest.
const ON_ITS_WAY: u64 = 100 * SECOND;
const UNLISTED: u64 = 40 * SECOND;

/// Whose rules an account keeps.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Kind {
    /// Has to be verified within half an hour, or the payment is rejected. Counts in toman.
    ZiPay,
    /// Has to be verified within an hour, or it is an unpaid one again. Never says which it is but by verifying.
    Pod,
    /// Paid is paid. The payer has the link by SMS. Tells no amount.
    SizPay,
    /// Paid is paid, within a quarter of an hour, by an exact amount. Finds nothing by its reference, and tells a code alone.
    CardPay,
}

impl Kind {
    pub(super) const ALL: [Kind; 4] = [Kind::ZiPay, Kind::Pod, Kind::SizPay, Kind::CardPay];

    pub(super) fn name(self) -> &'static str {
        match self {
            Kind::ZiPay => "zipay",
            Kind::Pod => "pod",
            Kind::SizPay => "sizpay",
            Kind::CardPay => "cardpay",
        }
    }

    /// For how long a payment can be confirmed after it was made.
    pub(super) fn window(self) -> Option<u64> {
        match self {
            Kind::ZiPay => Some(30 * MINUTE),
            Kind::Pod => Some(HOUR),
            Kind::SizPay | Kind::CardPay => None,
        }
    }

    pub(super) fn currencies(self) -> &'static [Currency] {
        match self {
            Kind::ZiPay => &[Currency::Irt],
            Kind::Pod | Kind::SizPay | Kind::CardPay => &[Currency::Irr],
        }
    }

    /// Whether it finds a payment by the merchant's reference.
    pub(super) fn finds(self) -> bool {
        self != Kind::CardPay
    }

    /// Whether a payer or a webhook brings back which payment it is about.
    pub(super) fn hints(self) -> bool {
        matches!(self, Kind::ZiPay | Kind::Pod)
    }

    /// For how long a payment can be paid.
    fn payable_for(self) -> Option<u64> {
        (self == Kind::CardPay).then_some(15 * MINUTE)
    }
}

/// A payment, as its provider has it.
#[derive(Clone, Debug)]
pub(super) struct Bill {
    pub(super) id: String,
    pub(super) reference: String,
    pub(super) order: usize,
    /// What it was created for, or the exact transfer.
    pub(super) amount: Money,
    /// What the provider reports.
    pub(super) reported: Money,
    pub(super) created_at: u64,
    /// From when on it is listed.
    listed_at: u64,
    pub(super) expires_at: Option<u64>,
    /// Whether a payer knows of it.
    pub(super) is_shown: bool,
    is_at_gateway: bool,
    /// The bank has turned its payer down, who may try once more.
    is_turned_down: bool,
    pub(super) paid_at: Option<u64>,
    pub(super) settled_at: Option<u64>,
    /// When it was paid, when the money went back, and whether it was paid late.
    pub(super) given_back: Vec<(u64, u64, bool)>,
    /// It is not what was asked for: it is of another amount, or paid from another card.
    pub(super) is_odd: bool,
    /// When it was paid the order was given up.
    pub(super) is_late: bool,
}

/// What its provider says of a payment.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Standing {
    Unpaid,
    AtGateway,
    /// Paid, and to be confirmed.
    Pending,
    Paid,
    Rejected,
    Expired,
    /// Paid from another card.
    OtherCard,
}

/// What became of a create that was sent.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Sent {
    /// It was carried out.
    Executed,
    /// It is on its way.
    OnItsWay,
    /// It is gone, which nobody but the provider knows.
    Gone,
    /// It was refused, and the merchant knows.
    Refused,
}

/// A time in which a provider does not do as it should.
#[derive(Clone, Copy, Debug)]
pub(super) struct Spell {
    pub(super) until: u64,
    pub(super) ill: Ill,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Ill {
    Down,
    Silent,
    Broken,
    TurnsAway { names_time: bool },
    Slow,
}

/// A provider's account.
#[derive(Debug)]
pub(super) struct Books {
    pub(super) kind: Kind,
    pub(super) bills: Vec<Bill>,
    pub(super) sent: Vec<(String, u64, Sent)>,
    pub(super) spell: Option<Spell>,
    /// When it could not be reached.
    pub(super) outages: Vec<(u64, u64)>,
}

impl Bill {
    /// Lets time pass: what nobody confirmed goes back.
    fn pass(&mut self, kind: Kind, now: u64) -> bool {
        let (Some(window), Some(paid_at), None) = (kind.window(), self.paid_at, self.settled_at)
        else {
            return false;
        };
        let over = paid_at + window;
        if now < over {
            return false;
        }
        self.given_back.push((paid_at, over, self.is_late));
        self.paid_at = None;
        self.is_at_gateway = false;
        true
    }

    pub(super) fn standing(&self, kind: Kind, now: u64) -> Standing {
        let is_settled = self.settled_at.is_some();
        match self.paid_at {
            Some(_) if kind.window().is_some() && !is_settled => Standing::Pending,
            Some(_) if kind == Kind::CardPay && self.is_odd => Standing::OtherCard,
            Some(_) => Standing::Paid,
            None if kind == Kind::ZiPay && !self.given_back.is_empty() => Standing::Rejected,
            None if self.is_turned_down => Standing::Rejected,
            None if self.expires_at.is_some_and(|at| at <= now) => Standing::Expired,
            None if self.is_at_gateway => Standing::AtGateway,
            None => Standing::Unpaid,
        }
    }

    fn is_payable(&self, kind: Kind, now: u64) -> bool {
        match self.standing(kind, now) {
            Standing::Unpaid | Standing::AtGateway => true,
            Standing::Rejected => self.is_turned_down && self.given_back.is_empty(),
            _ => false,
        }
    }
}

impl Books {
    pub(super) fn new(kind: Kind) -> Books {
        Books {
            kind,
            bills: Vec::new(),
            sent: Vec::new(),
            spell: None,
            outages: Vec::new(),
        }
    }

    pub(super) fn bill(&self, id: &str) -> Option<&Bill> {
        self.bills.iter().find(|bill| bill.id == id)
    }

    pub(super) fn listed(&self, reference: &str, now: u64) -> Option<Bill> {
        let mut bills = self.bills.iter();
        let bill = bills.find(|bill| bill.reference == reference && bill.listed_at <= now);
        bill.cloned()
    }
}

/// A create is refused since its reference was used before.
#[derive(Debug)]
pub(super) struct Used;

impl State {
    /// Lets time pass at a provider.
    pub(super) fn pass(&mut self, account: usize, now: u64) {
        let books = &mut self.books[account];
        let kind = books.kind;
        let mut passed = Vec::new();
        for bill in &mut books.bills {
            if bill.pass(kind, now) {
                passed.push(bill.id.clone());
            }
        }
        for id in passed {
            self.corners.saw(Corner::GivenBack);
            self.say(now, || format!("      the money of {id} has gone back"));
        }
    }

    /// Notes that a create leaves, and that none of its reference may be carried out besides.
    pub(super) fn is_sent(&mut self, account: usize, reference: &str, now: u64, fate: Sent) {
        let before = self.books[account].sent.iter();
        let same: Vec<_> = before
            .filter(|(own, ..)| own == reference)
            .cloned()
            .collect();
        for (_, at, before) in same {
            match before {
                Sent::Executed | Sent::OnItsWay => {
                    self.is_wrong(now, format!("the create of {reference} was sent twice"));
                }
                Sent::Gone if now < at + SETTLING - 20 * SECOND => {
                    let what = "was sent again before the first could be known to be lost";
                    self.is_wrong(now, format!("the create of {reference} {what}"));
                }
                Sent::Gone => self.corners.saw(Corner::CreateTwice),
                Sent::Refused => {}
            }
        }
        self.books[account]
            .sent
            .push((reference.to_owned(), now, fate));
    }

    /// Carries a create out.
    pub(super) fn create(
        &mut self,
        account: usize,
        reference: &str,
        price: Money,
        now: u64,
    ) -> Result<Bill, Used> {
        let order = self.references[reference];
        let unlisted = match self.once_in(3) {
            true => self.chance.below(UNLISTED),
            false => 0,
        };
        let tail = self.chance.below(100);
        let is_odd = self.once_in(40);
        let books = &mut self.books[account];
        let kind = books.kind;
        if books.bills.iter().any(|bill| bill.reference == reference) {
            self.is_wrong(now, format!("{reference} was created twice"));
            return Err(Used);
        }
        let mut amount = price;
        if kind == Kind::CardPay {
            let exact = price.amount().parse::<u64>().unwrap_or_default() + tail;
            amount = Money::new(&exact.to_string(), price.currency()).unwrap();
        }
        let is_odd = is_odd && kind.window().is_some();
        let bill = Bill {
            id: format!("{}-{}", kind.name(), books.bills.len()),
            reference: reference.to_owned(),
            order,
            amount,
            reported: if is_odd { less(amount) } else { amount },
            created_at: now,
            listed_at: now + unlisted,
            expires_at: kind.payable_for().map(|time| now + time),
            is_shown: kind == Kind::SizPay,
            is_at_gateway: false,
            is_turned_down: false,
            paid_at: None,
            settled_at: None,
            given_back: Vec::new(),
            is_odd,
            is_late: false,
        };
        books.bills.push(bill.clone());
        self.say(now, || {
            format!("      {} is created for {reference}", bill.id)
        });
        Ok(bill)
    }

    /// How long a create is on its way that is carried out after its call has ended.
    pub(super) fn delay(&mut self) -> u64 {
        self.between(SECOND, ON_ITS_WAY)
    }

    /// Reads a payment.
    pub(super) fn read(&mut self, account: usize, id: &str, now: u64) -> (Standing, Bill) {
        self.pass(account, now);
        let books = &self.books[account];
        let bill = books
            .bill(id)
            .expect("a provider is asked about what it has");
        (bill.standing(books.kind, now), bill.clone())
    }

    /// Confirms a payment that has to be, or says why not.
    pub(super) fn verify(&mut self, account: usize, id: &str, now: u64) -> Standing {
        let (standing, _) = self.read(account, id, now);
        if standing != Standing::Pending {
            return standing;
        }
        let bills = &mut self.books[account].bills;
        let bill = bills
            .iter_mut()
            .find(|bill| bill.id == id)
            .expect("the bill that was read");
        bill.settled_at = Some(now);
        let is_odd = bill.is_odd;
        if is_odd {
            self.is_wrong(
                now,
                format!("{id} was confirmed and is not what was asked for"),
            );
        }
        self.corners.saw(Corner::Confirmed);
        self.say(now, || format!("      {id} is confirmed"));
        Standing::Paid
    }

    /// The payments that a payer knows of and can pay.
    pub(super) fn payable(&mut self, now: u64) -> Vec<(usize, usize)> {
        let mut payable = Vec::new();
        for account in 0..self.books.len() {
            self.pass(account, now);
            let books = &self.books[account];
            let bills = books.bills.iter().enumerate();
            let bills = bills.filter(|(_, bill)| bill.is_shown && bill.is_payable(books.kind, now));
            payable.extend(bills.map(|(index, _)| (account, index)));
        }
        payable
    }

    /// The payer is at the gateway.
    pub(super) fn begin_to_pay(&mut self, (account, index): (usize, usize)) {
        self.books[account].bills[index].is_at_gateway = true;
    }

    /// The bank turns the payer down, of this order. The page stays open.
    pub(super) fn turn_down(
        &mut self,
        (account, index): (usize, usize),
        now: u64,
    ) -> Option<usize> {
        let books = &mut self.books[account];
        let bill = &mut books.bills[index];
        if books.kind != Kind::ZiPay || bill.paid_at.is_some() {
            return None;
        }
        bill.is_turned_down = true;
        let (id, order) = (bill.id.clone(), bill.order);
        self.corners.saw(Corner::TurnedDown);
        self.say(now, || format!("      the payer of {id} is turned down"));
        Some(order)
    }

    /// The payer pays, if it is still possible.
    pub(super) fn pay(
        &mut self,
        (account, index): (usize, usize),
        other_card: bool,
        is_late: bool,
        now: u64,
    ) -> bool {
        self.pass(account, now);
        let books = &mut self.books[account];
        let kind = books.kind;
        let bill = &mut books.bills[index];
        if !bill.is_payable(kind, now) {
            return false;
        }
        bill.paid_at = Some(now);
        bill.is_late = is_late;
        bill.is_odd |= other_card && kind == Kind::CardPay;
        let (id, order, reference) = (bill.id.clone(), bill.order, bill.reference.clone());
        let has_newer = books.bills[index + 1..]
            .iter()
            .any(|bill| bill.order == order);
        let others = self.books.iter().flat_map(|books| &books.bills);
        let paid = others.filter(|bill| bill.order == order && bill.paid_at.is_some());
        let is_second = paid.count() > 1;
        self.corners.saw(Corner::Paid);
        for (seen, corner) in [
            (has_newer, Corner::PaidOld),
            (is_second, Corner::PaidTwice),
            (is_late, Corner::PaidLate),
        ] {
            if seen {
                self.corners.saw(corner);
            }
        }
        self.say(now, || format!("      {id} is paid for {reference}"));
        true
    }
}

/// Somewhat less than that.
fn less(amount: Money) -> Money {
    let less = amount.amount().parse::<u64>().unwrap_or_default() - 10;
    Money::new(&less.to_string(), amount.currency()).unwrap()
}
