//! Which payment of the list is which order's, and in what the two differ.

use std::collections::{HashMap, HashSet};
use std::time::SystemTime;

use paylink::desk::{Attempt, Delivery, Stage, StoredOrder};
use paylink::{
    Account, Capabilities, Created, Currency, Handle, Money, Payment, PaymentRecord, PaymentState,
    Rial,
};

use super::Reconciliation;
use super::found::{Agreed, Discrepancy, DiscrepancyKind, Reconciled};
use super::listed::{List, Listed};

/// The list of a provider, and what came of holding orders against it.
pub(super) struct Matching<'a> {
    account: &'a str,
    capabilities: &'a Capabilities,
    what: &'a Reconciliation,
    began: SystemTime,
    list: List,
    /// Where a payment stands in the list, by the name of an id and the id.
    by_id: HashMap<String, HashMap<String, usize>>,
    by_reference: HashMap<String, Vec<usize>>,
    /// The orders whose payments these are.
    owners: HashMap<usize, String>,
    /// The orders of whose payments these have the reference, and perhaps nothing else.
    namesakes: HashMap<usize, String>,
    missing: Vec<Missing>,
    report: Reconciled,
}

/// A payment that an order has asked for, as the books have it.
struct Own<'o> {
    facts: Facts,
    record: Option<&'o PaymentRecord>,
    /// Whether it was asked for through the account, and of its provider.
    is_of_account: bool,
    is_of_provider: bool,
}

/// What is compared of it, and shown.
#[derive(Clone)]
struct Facts {
    order: String,
    stage: Stage,
    price: Money,
    reference: String,
    /// When it was created, or asked for; `None` if it never was, as far as the books know.
    created_at: Option<SystemTime>,
    settled_at: Option<SystemTime>,
    /// Whether the order was handed out for it.
    is_delivered: bool,
}

/// A settled payment that the list does not hold.
pub(super) struct Missing {
    facts: Facts,
    pub(super) record: Option<PaymentRecord>,
    /// What the provider says of it when it is asked for it alone.
    pub(super) found: Option<Payment>,
}

/// Where a payment there and its order here stand together.
enum Standing {
    Paid,
    Unpaid,
    Undecided,
    /// It is paid there, and not what the order was handed out for.
    Unsettled,
    Differs(DiscrepancyKind),
}

/// The payments of an order. One that never asked for any has the one that it would ask for: books that were restored do
/// not know what was asked for since.
fn own_payments<'o>(
    name: &str,
    order: &'o StoredOrder,
    account: &str,
    provider: &str,
) -> Vec<Own<'o>> {
    let ledger = order.ledger();
    let delivery = ledger.delivery();
    let reference = order.payment().reference();
    let facts = Facts {
        order: name.to_owned(),
        stage: ledger.stage(),
        price: *order.payment().price(),
        reference: reference.as_str().to_owned(),
        created_at: None,
        settled_at: delivery.map(Delivery::settled_at),
        is_delivered: false,
    };
    if ledger.attempts().is_empty() {
        let is_of_account = order.account() == account;
        return vec![Own {
            facts,
            record: None,
            is_of_account,
            is_of_provider: is_of_account,
        }];
    }
    let own = |attempt: &'o Attempt| {
        let reference = attempt.reference(reference);
        let record = attempt.created().map(Created::record);
        let handle = attempt.handle();
        let asked_at = handle.map(Handle::prepared_at);
        Own {
            facts: Facts {
                reference: reference.as_str().to_owned(),
                created_at: record.map(PaymentRecord::created_at).or(asked_at),
                is_delivered: delivery.is_some_and(|it| it.reference() == reference),
                ..facts.clone()
            },
            record,
            is_of_account: attempt.account() == account,
            is_of_provider: match record {
                Some(record) => record.provider() == provider,
                None => handle.is_some_and(|handle| handle.check_provider(provider).is_ok()),
            },
        }
    };
    ledger.attempts().iter().map(own).collect()
}

impl<'a> Matching<'a> {
    pub(super) fn new(
        account: &'a Account,
        what: &'a Reconciliation,
        began: SystemTime,
        list: List,
    ) -> Matching<'a> {
        let mut by_id: HashMap<String, HashMap<String, usize>> = HashMap::new();
        let mut by_reference: HashMap<String, Vec<usize>> = HashMap::new();
        for (place, listed) in list.payments.iter().enumerate() {
            for (name, id) in listed.payment.ids() {
                let ids = by_id.entry(name.to_owned()).or_default();
                ids.insert(id.to_owned(), place);
            }
            if let Some(reference) = listed.payment.reference() {
                let places = by_reference.entry(reference.to_owned()).or_default();
                places.push(place);
            }
        }
        let capabilities = account.capabilities();
        let of_period = list.payments.iter().filter(|it| it.is_of(what)).count();
        let report = Reconciled {
            account: account.name().to_owned(),
            provider: capabilities.provider().to_owned(),
            from: what.from(),
            to: what.to(),
            discrepancies: Vec::new(),
            agreed: Agreed::default(),
            listed: u64::try_from(of_period).unwrap_or(u64::MAX),
            pages: list.pages,
            orders: 0,
            undecided: 0,
            in_flight: 0,
            unreached: 0,
            undated: 0,
            asked_alone: 0,
            cut_short: list.cut_short,
        };
        Matching {
            account: account.name(),
            capabilities,
            what,
            began,
            list,
            by_id,
            by_reference,
            owners: HashMap::new(),
            namesakes: HashMap::new(),
            missing: Vec::new(),
            report,
        }
    }

    /// How many orders were held against the list.
    pub(super) fn orders(&self) -> u64 {
        self.report.orders
    }

    /// Whether the list has payments of the period that are none of those orders'.
    pub(super) fn has_strangers(&self) -> bool {
        let mut all = self.list.payments.iter().enumerate();
        all.any(|(place, listed)| !self.owners.contains_key(&place) && listed.is_of(self.what))
    }

    /// The settled payments that were not found in the list.
    pub(super) fn take_missing(&mut self) -> Vec<Missing> {
        std::mem::take(&mut self.missing)
    }

    /// Holds one order against the list.
    pub(super) fn hold(&mut self, name: &str, order: &StoredOrder) {
        self.report.orders = self.report.orders.saturating_add(1);
        let provider = self.capabilities.provider();
        let mut unsettled: Vec<(Facts, Payment, bool)> = Vec::new();
        for own in own_payments(name, order, self.account, provider) {
            let place = self.place_of(&own);
            self.note_namesakes(&own);
            let listed = place.and_then(|place| self.list.payments.get(place));
            let (Some(place), Some(listed)) = (place, listed) else {
                self.miss(own);
                continue;
            };
            let is_of_period = self.is_of_period(&own.facts, listed);
            let payment = listed.payment.clone();
            self.owners.insert(place, name.to_owned());
            if matches!(self.standing(&own.facts, &payment), Standing::Unsettled) {
                unsettled.push((own.facts, payment, is_of_period));
            } else if is_of_period {
                self.compare(&own.facts, &payment);
            }
        }
        self.settle_accounts(&unsettled);
    }

    /// Payments of one order that are paid, and for which it was not handed out. If it was for another one, or if there are
    /// several, one is too many.
    fn settle_accounts(&mut self, unsettled: &[(Facts, Payment, bool)]) {
        let is_twice_of_period = unsettled.len() > 1 && unsettled.iter().any(|it| it.2);
        for (number, (facts, payment, is_of_period)) in unsettled.iter().enumerate() {
            let is_too_many = facts.settled_at.is_some() || number > 0;
            let kind = match is_too_many {
                true => DiscrepancyKind::PaidTwice,
                false => DiscrepancyKind::PaidNotSettled,
            };
            if *is_of_period || (is_too_many && is_twice_of_period) {
                self.compare_values(facts, payment);
                self.differs(kind, facts, Some(payment));
            }
        }
    }

    /// Where the list has a payment: by its ids, or by its reference where the books or the list know no id of it.
    fn place_of(&self, own: &Own<'_>) -> Option<usize> {
        if !own.is_of_provider {
            return None;
        }
        let by_id = own.record.and_then(|record| {
            let mut known = self.by_id.iter();
            known.find_map(|(name, ids)| ids.get(record.id(name)?))
        });
        if by_id.is_some() || !own.is_of_account {
            return by_id.copied();
        }
        let places = self.by_reference.get(&own.facts.reference)?;
        let mut places = places.iter().copied();
        places.find(|place| {
            let listed = self.list.payments.get(*place);
            let mut ids = listed.into_iter().flat_map(|it| it.payment.ids());
            let has_another_id =
                ids.any(|(name, _)| own.record.is_some_and(|record| record.id(name).is_some()));
            !has_another_id && !self.owners.contains_key(place)
        })
    }

    fn note_namesakes(&mut self, own: &Own<'_>) {
        if !own.is_of_account {
            return;
        }
        let places = self.by_reference.get(&own.facts.reference);
        for place in places.into_iter().flatten() {
            let order = self.namesakes.entry(*place);
            order.or_insert_with(|| own.facts.order.clone());
        }
    }

    /// Whether a payment is one of the period: by when it was created, as the books have it. A list of days that does not say
    /// when a payment was created may list it under another day, and counts as well.
    fn is_of_period(&self, facts: &Facts, listed: &Listed) -> bool {
        match facts.created_at {
            Some(at) if !listed.has_day_alone() => self.what.holds(at),
            Some(at) => self.what.holds(at) || listed.is_of(self.what),
            None => listed.is_of(self.what),
        }
    }

    /// What was settled or created since the list was asked for cannot be in it as it is now.
    fn is_in_flight(&self, facts: &Facts) -> bool {
        let is_later = |at: Option<SystemTime>| at.is_some_and(|at| at >= self.began);
        is_later(facts.settled_at) || is_later(facts.created_at)
    }

    /// Notes a payment that is not in the list, if the order was handed out for it.
    fn miss(&mut self, own: Own<'_>) {
        let facts = own.facts;
        let created_at = facts.created_at.filter(|at| self.what.holds(*at));
        let Some(created_at) = created_at.filter(|_| facts.is_delivered && own.is_of_account)
        else {
            return;
        };
        if self.is_in_flight(&facts) {
            self.report.in_flight = self.report.in_flight.saturating_add(1);
        } else if self.list.reaches(created_at) {
            let record = own.record.cloned();
            self.missing.push(Missing {
                facts,
                record,
                found: None,
            });
        } else {
            self.report.unreached = self.report.unreached.saturating_add(1);
        }
    }

    fn standing(&self, facts: &Facts, payment: &Payment) -> Standing {
        let tells_nothing = self.capabilities.is_unconfirmed_before_payment();
        match (payment.state(), facts.is_delivered) {
            (PaymentState::Paid, true) => Standing::Paid,
            (PaymentState::Refunded, true) => Standing::Differs(DiscrepancyKind::RefundedThere),
            (_, true) => Standing::Differs(DiscrepancyKind::NotPaidThere),
            (PaymentState::Paid, false) => Standing::Unsettled,
            (PaymentState::Unconfirmed, false) if !tells_nothing => Standing::Unsettled,
            (PaymentState::Unconfirmed | PaymentState::Unclear(_), false)
                if facts.settled_at.is_none() =>
            {
                Standing::Undecided
            }
            (_, false) => Standing::Unpaid,
        }
    }

    /// Holds a payment of the period against what the books have of it.
    fn compare(&mut self, facts: &Facts, payment: &Payment) {
        if facts.is_delivered && self.is_in_flight(facts) {
            self.report.in_flight = self.report.in_flight.saturating_add(1);
            return;
        }
        let is_equal = self.compare_values(facts, payment);
        match self.standing(facts, payment) {
            Standing::Differs(kind) => self.differs(kind, facts, Some(payment)),
            Standing::Undecided => {
                self.report.undecided = self.report.undecided.saturating_add(1);
            }
            Standing::Paid if is_equal => {
                let amount = payment.amount().copied();
                let amount = amount.unwrap_or_else(|| self.due(&facts.price));
                self.report.agreed.add_paid(amount);
            }
            Standing::Unpaid if is_equal => self.report.agreed.add_unpaid(),
            // Told with the other payments of the order, or told already.
            Standing::Unsettled | Standing::Paid | Standing::Unpaid => {}
        }
    }

    /// Compares reference and amount.
    fn compare_values(&mut self, facts: &Facts, payment: &Payment) -> bool {
        let told = payment.reference();
        let has_reference = told.is_none_or(|told| told == facts.reference);
        let amount = payment.amount();
        let has_amount = amount.is_none_or(|amount| is_worth(&facts.price, amount));
        if !has_reference {
            self.differs(DiscrepancyKind::ReferenceDiffers, facts, Some(payment));
        }
        if !has_amount {
            self.differs(DiscrepancyKind::AmountDiffers, facts, Some(payment));
        }
        has_reference && has_amount
    }

    fn differs(&mut self, kind: DiscrepancyKind, facts: &Facts, payment: Option<&Payment>) {
        let told = |payment: &Payment| payment.reference().map(str::to_owned);
        let discrepancy = Discrepancy {
            kind,
            what: kind.what(),
            to_do: kind.to_do(Some(facts.stage)),
            order: Some(facts.order.clone()),
            stage: Some(facts.stage.as_str()),
            reference: payment
                .and_then(told)
                .or_else(|| Some(facts.reference.clone())),
            id: payment.and_then(id_of),
            state: payment.map(|payment| payment.state().clone()),
            amount_here: Some(self.due(&facts.price)),
            amount_there: payment.and_then(|payment| payment.amount().copied()),
            created_at: facts.created_at.or(payment.and_then(Payment::created_at)),
        };
        self.report.discrepancies.push(discrepancy);
    }

    /// A price in what the provider counts in, or as it is where that cannot be said exactly.
    fn due(&self, price: &Money) -> Money {
        self.capabilities.convert(price).unwrap_or(*price)
    }

    /// Tells of a payment that is no order's.
    fn is_strange(&mut self, kind: DiscrepancyKind, place: usize, order: Option<String>) {
        let Some(listed) = self.list.payments.get(place) else {
            return;
        };
        if listed.is_undated() {
            self.report.undated = self.report.undated.saturating_add(1);
        }
        let payment = &listed.payment;
        self.report.discrepancies.push(Discrepancy {
            kind,
            what: kind.what(),
            to_do: kind.to_do(None),
            order,
            stage: None,
            reference: payment.reference().map(str::to_owned),
            id: id_of(payment),
            state: Some(payment.state().clone()),
            amount_here: None,
            amount_there: payment.amount().copied(),
            created_at: payment.created_at(),
        });
    }

    /// What came of it, once all orders were held against the list, and each missing payment was asked for.
    pub(super) fn into_report(mut self, missing: Vec<Missing>) -> Reconciled {
        for Missing { facts, found, .. } in missing {
            match found {
                Some(payment) => {
                    self.report.asked_alone = self.report.asked_alone.saturating_add(1);
                    self.compare(&facts, &payment);
                }
                None => self.differs(DiscrepancyKind::MissingThere, &facts, None),
            }
        }
        self.tell_strangers();
        let mut report = self.report;
        report.discrepancies.sort_by(|one, other| {
            let by = |it: &Discrepancy| (it.kind, it.created_at, it.order.clone(), it.id.clone());
            by(one).cmp(&by(other))
        });
        report
    }

    fn tell_strangers(&mut self) {
        let of_no_order = |place: &usize| {
            let listed = self.list.payments.get(*place);
            !self.owners.contains_key(place) && listed.is_some_and(|it| it.is_of(self.what))
        };
        let strangers: Vec<usize> = (0..self.list.payments.len()).filter(of_no_order).collect();
        // Of several with one reference, one may be right: the order's, or else the first of the list.
        let mut first = HashSet::new();
        for places in self.by_reference.values().filter(|it| it.len() > 1) {
            let owned = places.iter().find(|place| self.owners.contains_key(place));
            first.extend(owned.or(places.first()).copied());
        }
        for place in strangers {
            let reference = self.list.payments.get(place);
            let reference = reference.and_then(|it| it.payment.reference());
            let places = reference.and_then(|it| self.by_reference.get(it));
            let is_another = places.is_some_and(|it| it.len() > 1) && !first.contains(&place);
            let kind = match is_another {
                true => DiscrepancyKind::ReferenceTwice,
                false => DiscrepancyKind::UnknownHere,
            };
            let order = self.namesakes.get(&place).cloned();
            self.is_strange(kind, place, order);
        }
    }
}

/// The first of the provider's ids of a payment.
fn id_of(payment: &Payment) -> Option<String> {
    payment.ids().next().map(|(_, id)| id.to_owned())
}

/// Whether an amount is the price: the same currency and number, or rial and toman of the same value. Nothing is rounded or
/// exchanged.
fn is_worth(price: &Money, amount: &Money) -> bool {
    match (price.currency(), amount.currency()) {
        (one, other) if one == other => price == amount,
        (Currency::Irr, Currency::Irt) | (Currency::Irt, Currency::Irr) => {
            match (Rial::try_from(*price), Rial::try_from(*amount)) {
                (Ok(price), Ok(amount)) => price == amount,
                _ => false,
            }
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rial_and_toman_are_held_by_value_and_nothing_else_is() {
        let money = |amount, currency| Money::new(amount, currency).unwrap();
        let price = money("150000", Currency::Irr);
        for (amount, currency, is_it) in [
            ("150000", Currency::Irr, true),
            ("15000", Currency::Irt, true),
            ("15000.0", Currency::Irt, true),
            ("150000", Currency::Irt, false),
            ("15000", Currency::Irr, false),
            ("15000.01", Currency::Irt, false),
            ("150000", Currency::Usd, false),
        ] {
            let amount = money(amount, currency);
            assert_eq!(is_worth(&price, &amount), is_it, "{amount}");
            assert_eq!(is_worth(&amount, &price), is_it, "{amount}");
        }
        let broken = money("150000.5", Currency::Irr);
        assert!(is_worth(&broken, &broken));
        assert!(!is_worth(&broken, &money("15000.05", Currency::Irt)));
    }
}
