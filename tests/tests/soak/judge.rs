//! Holds the providers' books against the merchant's, once everything has come to its end.

use std::collections::BTreeMap;
use std::fmt;
use std::time::{Duration, SystemTime};

use super::bills::{self, Bill};
use super::merchant::WATCHED;
use super::order::{Facts, Order, order_of};
use super::world::{Blocked, World, locked};
use paylink_tests::selling::Result;

/// How much longer than the longest pause between two looks a time in reach has to be for the merchant to have settled.
const REACH: Duration = Duration::from_secs(8 * 60);
/// About the end of a watch nothing is said.
pub(super) const ABOUT: Duration = Duration::from_secs(12 * 60);
/// The longest pauses between two looks of the sweep: a third of the time to settle.
const LONGEST_PAUSES: [(&str, Duration); 2] = [
    ("zipay", Duration::from_secs(10 * 60)),
    ("pod", Duration::from_secs(20 * 60)),
];

/// Something that must not be.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Wrong {
    /// What kind of wrong it is.
    pub(crate) kind: &'static str,
    /// The order, and what is known of it.
    pub(crate) what: String,
}

impl fmt::Display for Wrong {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.kind, self.what)
    }
}

/// Everything that is wrong.
pub(super) async fn judge(world: &World, orders: &[Order]) -> Result<Vec<Wrong>> {
    let bills = world
        .at_providers(bills::all)
        .await
        .ok_or("there is no sandbox")?;
    let mut court = Court {
        world,
        blocked: world.all_blocked(),
        goods: world.reader.goods().await?,
        stages: world.reader.stages().await?,
        sent: locked(&world.sent).clone(),
        facts: locked(&world.facts).clone(),
        wrongs: Vec::new(),
    };
    let mut by_order: BTreeMap<u64, Vec<(u64, Bill)>> = BTreeMap::new();
    for bill in bills {
        match order_of(&bill.reference) {
            Some((order, payment)) => by_order.entry(order).or_default().push((payment, bill)),
            None => court.is_wrong("created and never asked for", format!("{bill:?}")),
        }
    }
    for order in orders {
        let bills = by_order.remove(&order.number).unwrap_or_default();
        court.judge(order, &bills);
    }
    for (order, bills) in by_order {
        court.is_wrong(
            "created and never asked for",
            format!("order {order}: {bills:?}"),
        );
    }
    for (order, what) in world.reader.violations().await? {
        court.is_wrong(
            "books that contradict themselves",
            format!("order {order}: {what}"),
        );
    }
    Ok(court.wrongs)
}

struct Court<'w> {
    world: &'w World,
    blocked: Vec<Blocked>,
    goods: BTreeMap<String, i64>,
    stages: BTreeMap<String, String>,
    sent: BTreeMap<String, u32>,
    facts: BTreeMap<u64, Facts>,
    wrongs: Vec<Wrong>,
}

impl Court<'_> {
    fn is_wrong(&mut self, kind: &'static str, what: String) {
        self.wrongs.push(Wrong { kind, what });
    }

    fn judge(&mut self, order: &Order, bills: &[(u64, Bill)]) {
        let name = order.name();
        let tally = &self.world.tally;
        tally.count("payments", order.account);
        let handed_out = self.goods.get(&name).copied().unwrap_or_default();
        let sent = self.sent.get(&name).copied().unwrap_or_default();
        let stage = self
            .stages
            .get(&name)
            .cloned()
            .unwrap_or_else(|| "none".to_owned());
        let facts = self.facts.get(&order.number).cloned().unwrap_or_default();
        tally.count("outcomes", stage.clone());
        let told = format!(
            "order {name}, {} rial, {stage}, {order:?}, {facts:?}, {bills:?}",
            order.rial()
        );
        let mut wrong = |is_wrong: bool, kind: &'static str| {
            if is_wrong {
                self.wrongs.push(Wrong {
                    kind,
                    what: told.clone(),
                });
            }
        };
        let is_settled = bills.iter().any(|(_, bill)| bill.is_settled);
        let is_confirmed = bills.iter().any(|(_, bill)| bill.is_confirmed);
        wrong(handed_out > 1, "handed out twice");
        wrong(handed_out > 0 && !is_settled, "handed out and not paid");
        wrong(
            handed_out > 0 && is_settled && !is_confirmed,
            "handed out and not confirmed",
        );
        wrong(handed_out == 0 && is_settled, "paid and not handed out");
        wrong(handed_out > 0 && sent == 0, "handed out and never sent");
        wrong(handed_out == 0 && sent > 0, "sent and not handed out");
        let is_at_its_end = matches!(stage.as_str(), "delivered" | "over" | "new");
        wrong(!is_at_its_end, "not at its end");
        wrong(
            (stage == "delivered") != (handed_out > 0),
            "not as the merchant's books say",
        );
        wrong(
            bills.iter().any(|(_, bill)| bill.is_pending),
            "paid and left alone",
        );
        wrong(
            bills.iter().any(|(_, bill)| bill.times > 1),
            "confirmed twice",
        );
        wrong(
            bills
                .iter()
                .any(|(_, bill)| bill.rial != Some(order.rial())),
            "another amount",
        );
        wrong(
            bills.iter().any(|(_, bill)| bill.account != order.account),
            "at another provider",
        );
        let mut times: BTreeMap<u64, u32> = BTreeMap::new();
        for (payment, _) in bills {
            *times.entry(*payment).or_default() += 1;
        }
        wrong(times.values().any(|times| *times > 1), "created twice");
        let other = times.keys().find(|payment| **payment > facts.reopened);
        wrong(other.is_some(), "created and never asked for");
        // One more is asked for only when nothing can come of those before.
        let opened_over = bills.iter().any(|(payment, bill)| {
            bills.iter().any(|(before, other)| {
                before < payment
                    && other.paid.iter().any(|(paid_at, back_at)| {
                        *paid_at < bill.created_at
                            && back_at.is_none_or(|back_at| back_at > bill.created_at)
                    })
            })
        });
        wrong(opened_over, "asked for again though paid");
        for (_, bill) in bills {
            self.judge_what_went_back(order, &facts, bill, &told);
        }
    }

    /// Money goes back only if the merchant was kept from settling for nearly all of the time, or had no reason to look.
    fn judge_what_went_back(&mut self, order: &Order, facts: &Facts, bill: &Bill, told: &str) {
        for (paid_at, back_at) in &bill.paid {
            let Some(back_at) = *back_at else { continue };
            let pause = LONGEST_PAUSES
                .iter()
                .find(|(account, _)| *account == order.account);
            let pause = pause.map_or(Duration::ZERO, |(_, pause)| *pause);
            let shown = facts.shown_at.iter().filter(|at| *at <= paid_at).max();
            let age = shown.and_then(|shown| paid_at.duration_since(*shown).ok());
            let is_watched = age.is_some_and(|age| age.saturating_add(ABOUT) < WATCHED);
            let visited = facts.visited_at.iter().find(|at| *at > paid_at);
            let from = match (is_watched, visited) {
                (true, _) => Some(*paid_at),
                (false, Some(visited)) => Some(*visited),
                (false, None) => None,
            };
            let reach = from.map_or(Duration::ZERO, |from| {
                self.in_reach(order.account, from, back_at)
            });
            if reach < pause.saturating_add(REACH) {
                self.world.tally.count(
                    "outcomes",
                    match from {
                        Some(_) => "given back, out of reach",
                        None => "given back, nobody came",
                    },
                );
            } else {
                let what = format!("{} s in reach: {told}", reach.as_secs());
                self.is_wrong("given back though it could be settled", what);
            }
        }
    }

    /// The longest time in between in which the merchant could ask the provider.
    fn in_reach(&self, account: &str, from: SystemTime, until: SystemTime) -> Duration {
        let mut blocked: Vec<_> = self
            .blocked
            .iter()
            .filter(|it| it.concerns(account))
            .collect();
        blocked.sort_by_key(|it| it.from);
        let mut longest = Duration::ZERO;
        let mut free_from = from;
        for it in blocked {
            if it.from > until {
                break;
            }
            longest = longest.max(it.from.duration_since(free_from).unwrap_or_default());
            free_from = free_from.max(it.until.unwrap_or(until));
        }
        longest.max(until.duration_since(free_from).unwrap_or_default())
    }
}
