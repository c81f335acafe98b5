//! What is measured: how soon others take over what a node held that died or stopped.

use std::collections::BTreeSet;
use std::fmt;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use tokio::time::sleep;

use super::ledgers::{self, Held, Ledgers};

/// How long ago a claim was made at the most that a node holds, in milliseconds.
const RECENT: i64 = 4_000;

/// How long each claim of a node that held it no more kept its order, from when that node died or stopped.
#[derive(Clone, Debug, Default)]
pub(super) struct Takeovers {
    /// The claims that are watched already, by order and fence.
    watched: Arc<Mutex<BTreeSet<(String, i64)>>>,
    taken: Arc<Mutex<Taken>>,
}

#[derive(Clone, Debug, Default)]
pub(super) struct Taken {
    /// Of orders whose node died while nothing else befell anybody.
    pub(super) in_calm: Vec<Duration>,
    /// Of orders whose node died.
    pub(super) after_kill: Vec<Duration>,
    /// Of orders whose node stopped.
    pub(super) after_pause: Vec<Duration>,
    /// Of orders that were handed out, which wait for their delivery to be sent again.
    pub(super) deliveries: Vec<Duration>,
}

/// Why a node holds its orders no more.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Gone {
    KilledInCalm,
    Killed,
    Paused,
    /// It was the last one: how soon others take over says nothing.
    Last,
}

impl Takeovers {
    /// Watches what is held by a node that has gone just now, while everything else goes on.
    ///
    /// The books do not say who holds an order. Whoever lives gives back soon; nobody else can take over what a dead node
    /// held before its lease has ended. Claims that are older have been lost before.
    pub(super) fn watch(&self, ledgers: Ledgers, gone: Gone, lease: Duration) {
        let since = Instant::now();
        let by = ledgers::now() + i64::try_from(lease.as_millis()).unwrap();
        let this = self.clone();
        tokio::spawn(async move {
            let mut held = ledgers.held(by - RECENT, by).await;
            held.retain(|it| {
                let claim = (it.name.clone(), it.fence);
                this.watched.lock().unwrap().insert(claim)
            });
            while !held.is_empty() {
                sleep(Duration::from_millis(100)).await;
                let names: Vec<String> = held.iter().map(|it| it.name.clone()).collect();
                let again = ledgers.again(&names).await;
                let after = since.elapsed();
                held.retain(|before| {
                    let now = again.iter().find(|now| now.name == before.name).unwrap();
                    this.note(before, now, gone, after)
                });
            }
        });
    }

    /// Whether the claim still holds, or nobody took it over yet.
    fn note(&self, before: &Held, now: &Held, gone: Gone, after: Duration) -> bool {
        if now.fence == before.fence {
            // One that is delivered is nobody's concern any more.
            return now.claimed_until == before.claimed_until && before.stage != "delivered";
        }
        if ledgers::now() >= before.claimed_until {
            let mut taken = self.taken.lock().unwrap();
            match gone {
                Gone::Last => {}
                _ if before.stage == "awaiting_delivery" => taken.deliveries.push(after),
                // Nobody looks for it before it is due.
                _ if !before.is_due => {}
                Gone::KilledInCalm => taken.in_calm.push(after),
                Gone::Killed => taken.after_kill.push(after),
                Gone::Paused => taken.after_pause.push(after),
            }
        }
        false
    }

    pub(super) fn taken(&self) -> Taken {
        self.taken.lock().unwrap().clone()
    }
}

/// How times are spread.
pub(super) struct Spread(Vec<Duration>);

impl Spread {
    pub(super) fn of(times: impl IntoIterator<Item = Duration>) -> Spread {
        let mut times: Vec<Duration> = times.into_iter().collect();
        times.sort_unstable();
        Spread(times)
    }

    /// The time that so many hundredths of them do not exceed.
    fn hundredth(&self, hundredths: usize) -> Option<Duration> {
        let place = (self.0.len() * hundredths).div_ceil(100).max(1) - 1;
        self.0.get(place).copied()
    }

    pub(super) fn max(&self) -> Option<Duration> {
        self.0.last().copied()
    }
}

impl fmt::Display for Spread {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let seconds = |time: Option<Duration>| {
            time.map_or("-".to_owned(), |it| {
                format!("{}.{:03}", it.as_secs(), it.subsec_millis())
            })
        };
        let (min, max) = (self.0.first().copied(), self.max());
        write!(
            f,
            "min {} / median {} / p99 {} / max {} s of {}",
            seconds(min),
            seconds(self.hundredth(50)),
            seconds(self.hundredth(99)),
            seconds(max),
            self.0.len()
        )
    }
}
