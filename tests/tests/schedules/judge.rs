//! What has to hold once everything has come to its end.

use paylink::desk::Stage;

use super::corners::Corner;
use super::play::name_of;
use super::providers::Bill;
use super::shelf::{Row, Store};
use super::world::{MINUTE, SECOND, State, World, clock};

/// How long after trouble the desk looks again at the latest, once there is none any more.
const AFTER_TROUBLE: u64 = 5 * MINUTE;
/// What a look comes later than it is due: the pause of the sweep, two requests, and what the clocks differ by.
const LATE: u64 = 90 * SECOND;
/// The longest from what a look saw to the write of what it came to.
const LOOK: u64 = 2 * MINUTE;

/// Holds the store, the providers and what was told against one another.
pub(super) fn at_the_end(world: &World, store: &Store, min_pause: u64) {
    let now = world.now();
    let rows = store.rows().clone();
    let outbox = store.memory.deliveries();
    let mut state = world.state();
    for account in 0..state.books.len() {
        state.pass(account, now);
    }
    for row in rows.values() {
        let order = row.order;
        let name = name_of(order);
        match row.stage {
            Stage::New | Stage::Over | Stage::Delivered => {}
            stage => state.is_wrong(now, format!("{name} ends as {stage}")),
        }
        let in_outbox = outbox.iter().filter(|it| it.order() == name).count();
        if in_outbox > 1 || (in_outbox == 1) != (row.handed_out > 0) {
            state.is_wrong(
                now,
                format!("{name} stands {in_outbox} times in the outbox"),
            );
        }
        let sent = state.sent.get(&order).copied().unwrap_or_default();
        let by_hand = state.by_hand.get(&order).copied().unwrap_or_default();
        match (row.handed_out > 0, sent) {
            (true, 0) if by_hand == 0 => {
                state.is_wrong(now, format!("the goods of {name} never went out"));
            }
            (true, 0) => {}
            (true, _) => state.corners.saw(Corner::Delivered),
            (false, 0) => {}
            (false, _) => state.is_wrong(now, format!("the goods of {name} went out unpaid")),
        }
        if row.handed_out > 0 && row.stage != Stage::Delivered {
            state.is_wrong(
                now,
                format!("{name} was handed out and ends as {}", row.stage),
            );
        }
        for account in 0..state.books.len() {
            let bills = state.books[account].bills.iter();
            let bills: Vec<_> = bills.filter(|bill| bill.order == order).cloned().collect();
            for bill in bills {
                state.judge(account, row, &bill, min_pause, now);
            }
        }
    }
}

impl State {
    fn judge(&mut self, account: usize, row: &Row, bill: &Bill, min_pause: u64, now: u64) {
        let id = &bill.id;
        if bill.is_odd {
            // Nobody was to take it for the order's payment.
            return;
        }
        let is_missed = row.handed_out == 0 && bill.paid_at.is_some() && !bill.is_late;
        if is_missed && bill.paid_at.is_some_and(|at| !row.was_over(at)) {
            self.is_wrong(
                now,
                format!("{id} is paid, and its order was never handed out"),
            );
        }
        if row.handed_out == 0 && bill.settled_at.is_some() {
            self.is_wrong(
                now,
                format!("{id} is confirmed, and its order was never handed out"),
            );
        }
        for (paid_at, back_at, is_late) in &bill.given_back {
            let was_out = row.handed_out_at.is_some_and(|at| at < *back_at);
            if was_out || *is_late || row.was_over(*paid_at) {
                continue;
            }
            let window = back_at - paid_at;
            // As `docs/desk.md` says: a twentieth of its age, and a third of the time to settle at the most.
            let by_age = (back_at - bill.created_at) / 20;
            let pause = by_age.max(min_pause).min(window / 3);
            let parts = self.in_reach(row.order, account, (*paid_at, *back_at));
            let troubles = self.troubles.get(&row.order).cloned().unwrap_or_default();
            let missed = parts.iter().find(|(from, until)| {
                let after_trouble = troubles
                    .iter()
                    .any(|at| paid_at < at && *at <= until - AFTER_TROUBLE.min(*until));
                let length = until - from;
                length >= AFTER_TROUBLE.max(pause + LATE)
                    || (after_trouble && length >= AFTER_TROUBLE)
            });
            let Some((from, until)) = missed else {
                self.corners.saw(Corner::Excused);
                continue;
            };
            let (paid, back) = (clock(*paid_at), clock(*back_at));
            let (from, until) = (clock(*from), clock(*until));
            self.is_wrong(
                now,
                format!(
                    "the money of {id}, paid at {paid}, went back at {back}, though it was in reach from {from} to {until}",
                ),
            );
        }
    }
}

impl Row {
    /// Whether nobody was to look at the order any more when that was paid, as far as the look before had seen.
    fn was_over(&self, at: u64) -> bool {
        let mut over = self.over.iter();
        over.any(|(from, until)| from.saturating_sub(LOOK) <= at && at <= *until)
    }
}
