//! Two returns and a webhook for one order at the same moment, with faults at the provider, processes that die between
//! any two steps, and a store whose answers are lost. Each round is seeded by its number: what fails, fails again.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use paylink::core::provider::Descriptor;
use paylink::desk::{Desk, MarkedDelivered, MemoryStore, Opened, Outcome, Reopened, StoredOrder};
use paylink::{Accounts, Capability, Created, Hint};
use paylink_tests::chance::Chance;

use super::crashing_store::{CrashPoint, CrashingProvider, CrashingStore, Fate};
use super::stall::{DeskClock, Stall};

/// How many rounds each provider plays.
const ROUNDS: u64 = 1_000;
/// How many sandboxes they are played in at once.
const SANDBOXES: u64 = 4;
/// How many of them share a sandbox, so that its clock stays on one day.
const A_DAY: u64 = 50;

async fn rounds(provider: &'static Descriptor) -> Met {
    let begin = |sandbox| {
        tokio::spawn(async move {
            let mut met = Met::default();
            let mut stall = Stall::open(provider).await;
            for (played, seed) in (0..).zip((0..ROUNDS).filter(|it| it % SANDBOXES == sandbox)) {
                if played % A_DAY == A_DAY - 1 {
                    stall = Stall::open(provider).await;
                }
                Round::play(seed, &stall, &mut met).await;
            }
            met
        })
    };
    let all: Vec<_> = (0..SANDBOXES).map(begin).collect();
    let mut met = Met::default();
    for one in all {
        met.add(&one.await.unwrap());
    }
    println!("{}: {met:?}", provider.name());
    assert_eq!(u64::from(met.paid + met.unpaid), ROUNDS);
    assert!(met.unpaid > 50, "{met:?}");
    assert!(met.deaths > 500, "{met:?}");
    assert!(met.errors > 500, "{met:?}");
    assert!(met.too_late > 500, "{met:?}");
    assert!(met.busy > 50, "{met:?}");
    // Whoever keeps no outbox and delivers on the word alone would have lost these.
    assert!(met.unheard > 5, "{met:?}");
    met
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn orders_are_handed_out_exactly_once() {
    for provider in paylink::providers() {
        let met = rounds(provider).await;
        let finds = Stall::open(provider).await.offers(Capability::FindCreated);
        let as_declared = if finds {
            met.not_yet_known > 100 && met.lost == 0
        } else {
            met.lost > 100 && met.not_yet_known == 0
        };
        assert!(as_declared, "{}: {met:?}", provider.name());
    }
}

const LEASE: Duration = Duration::from_secs(60);
/// How many processes something happens to.
const TROUBLED: usize = 4;
/// How many processes there are in all; the last ones meet no fault and no blow.
const PROCESSES: usize = 8;
/// A process makes about so many steps in a round.
const STEPS: u64 = 40;

type MortalDesk = Desk<CrashingStore>;

/// One order, from its page to its delivery, through processes that die.
struct Round<'a> {
    seed: u64,
    stall: &'a Stall,
    store: Arc<MemoryStore>,
    /// How many references were used up.
    numbers: AtomicU64,
    pays: bool,
    /// What the payer saw last.
    shown: Option<Created>,
    paid: Option<Created>,
    /// How often anybody was told to deliver.
    told: u32,
    had_blows: bool,
}

/// What the rounds met, so that the test cannot pass by meeting nothing.
#[derive(Default, Debug)]
struct Met {
    paid: u32,
    unpaid: u32,
    deaths: u32,
    /// Errors of the store or a provider that a desk reported.
    errors: u32,
    /// Orders that were handed out while nobody lived to hear it.
    unheard: u32,
    /// Hints that found the order handed out before.
    too_late: u32,
    /// Hints that found somebody else at it.
    busy: u32,
    not_yet_known: u32,
    lost: u32,
}

impl Met {
    fn add(&mut self, other: &Met) {
        self.paid += other.paid;
        self.unpaid += other.unpaid;
        self.deaths += other.deaths;
        self.errors += other.errors;
        self.unheard += other.unheard;
        self.too_late += other.too_late;
        self.busy += other.busy;
        self.not_yet_known += other.not_yet_known;
        self.lost += other.lost;
    }
}

impl Round<'_> {
    /// Plays the round of this seed, and checks what came of it.
    async fn play(seed: u64, stall: &Stall, met: &mut Met) {
        let mut chance = Chance::seeded(seed);
        let mut round = Round {
            seed,
            stall,
            store: Arc::new(MemoryStore::new()),
            numbers: AtomicU64::new(1),
            pays: chance.below(8) > 0,
            shown: None,
            paid: None,
            told: 0,
            had_blows: false,
        };
        let order = round.order();
        let stored = StoredOrder::new("main", stall.payment(&order));
        round.store.put(order, stored);
        for process in 0..PROCESSES {
            let is_troubled = process < TROUBLED;
            let blows = if is_troubled {
                stall.befall(&mut chance);
                blows(&mut chance)
            } else {
                Vec::new()
            };
            round.had_blows |= !blows.is_empty();
            let fate = Fate::of(blows);
            let is_done = round.process(&fate, &mut chance, met).await;
            stall.sandbox.faults().clear();
            met.deaths += u32::from(fate.is_dead());
            let stays_unpaid = !round.pays && !is_troubled;
            if is_done || stays_unpaid {
                break;
            }
            stall.advance(LEASE);
        }
        round.check(met);
    }

    /// One process, from its start to its end or its death. Says whether there is nothing left to do.
    async fn process(&mut self, fate: &Arc<Fate>, chance: &mut Chance, met: &mut Met) -> bool {
        let desk = self.desk(fate);
        if let Some(Some(created)) = fate.live(self.page(&desk, met)).await {
            self.show(created);
        }
        let mut hearing = Vec::new();
        for hint in self.hints(chance) {
            let (desk, fate, order) = (Arc::clone(&desk), Arc::clone(fate), self.order());
            hearing.push(tokio::spawn(async move {
                let heard = async {
                    match hint {
                        Some(hint) => desk.hint(&order, hint).await,
                        None => desk.check(&order).await,
                    }
                };
                fate.live(heard).await
            }));
        }
        // Now and then the claims run out while their holders are at it.
        if chance.below(3) == 0 {
            tokio::time::sleep(Duration::from_millis(chance.below(6))).await;
            self.stall.advance(LEASE);
        }
        for one in hearing {
            match one.await.unwrap() {
                None => {}
                Some(Ok(outcome)) => self.hear(&outcome, met),
                Some(Err(_)) => met.errors += 1,
            }
        }
        let order = self.order();
        let acknowledged = fate.live(desk.mark_delivered(&order)).await;
        matches!(acknowledged, Some(Ok(MarkedDelivered::Done { .. })))
    }

    fn desk(&self, fate: &Arc<Fate>) -> Arc<MortalDesk> {
        let account = CrashingProvider::account("main", Arc::clone(&self.stall.client), fate);
        let store = CrashingStore::new(&self.store, fate);
        let desk = Desk::new(store, Accounts::new([account]).unwrap())
            .lease(LEASE)
            .unwrap()
            // Nothing is spared here: as much as can happens at once.
            .visit_intervals(Duration::ZERO, Duration::ZERO)
            .claim_timeout(Duration::from_secs(1))
            .runtime(Arc::new(DeskClock(Arc::clone(&self.stall.clock))));
        Arc::new(desk)
    }

    /// The checkout page.
    async fn page(&self, desk: &MortalDesk, met: &mut Met) -> Option<Created> {
        let order = self.order();
        match desk.open(&order).await {
            Ok(Opened::Ready(created)) => return Some(*created),
            Ok(Opened::Unresolved { retry_after }) => {
                met.not_yet_known += 1;
                self.stall.advance(retry_after);
            }
            Ok(Opened::Lost(_)) => {
                met.lost += 1;
                let next = self.number(self.numbers.fetch_add(1, Ordering::SeqCst));
                let restarted = desk.reopen(&order, next.parse().unwrap()).await;
                if let Ok(Reopened::Opened(Opened::Ready(created))) = restarted {
                    return Some(*created);
                }
            }
            Ok(Opened::AlreadyPaid(_)) => {}
            Ok(Opened::Busy { .. }) => met.busy += 1,
            Err(_) => met.errors += 1,
        }
        None
    }

    /// The payer sees the page and pays, but not twice.
    fn show(&mut self, created: Created) {
        if self.pays && self.paid.is_none() {
            self.stall.pay(created.record());
            self.paid = Some(created.clone());
        }
        self.shown = Some(created);
    }

    /// Two returns and a webhook, in any order; a look where the provider gives nothing readable.
    fn hints(&self, chance: &mut Chance) -> Vec<Option<Hint>> {
        let hint = |by| self.stall.hint(by, self.shown.as_ref()?.record());
        let mut hints = vec![hint(Capability::ReadReturn), hint(Capability::ReadReturn)];
        let place = usize::try_from(chance.below(3)).unwrap();
        hints.insert(place, hint(Capability::ReadWebhook));
        hints
    }

    fn hear(&mut self, outcome: &Outcome, met: &mut Met) {
        match outcome {
            Outcome::DeliverNow(_) => self.told += 1,
            Outcome::AwaitingDelivery(_) | Outcome::Delivered { .. } => met.too_late += 1,
            Outcome::Busy { .. } => met.busy += 1,
            Outcome::Unresolved { retry_after } => self.stall.advance(*retry_after),
            Outcome::NotPaid(_)
            | Outcome::Lost(_)
            | Outcome::NotOpened
            | Outcome::TooSoon { .. } => {}
            Outcome::Mismatch(mismatch) => panic!("seed {}: {mismatch}", self.seed),
        }
    }

    fn check(&self, met: &mut Met) {
        let seed = self.seed;
        let delivered = self.store.deliveries();
        let used = self.numbers.load(Ordering::SeqCst);
        let created = (0..used).map(|number| self.stall.created_under(&self.number(number)));
        let created: usize = created.sum();
        if self.stall.offers(Capability::FindCreated) {
            assert!(created <= 1, "seed {seed}: {created} were created");
        } else {
            let is_bounded = created as u64 <= used;
            assert!(is_bounded, "seed {seed}: {created} were created");
        }
        let Some(paid) = &self.paid else {
            met.unpaid += 1;
            // The payer was shown a payment.
            assert!(!self.pays, "seed {seed}");
            assert_eq!((self.told, delivered.len()), (0, 0), "seed {seed}");
            return;
        };
        met.paid += 1;
        assert_eq!(delivered.len(), 1, "seed {seed}");
        let reference = paid.record().reference();
        assert_eq!(delivered[0].reference(), reference, "seed {seed}");
        assert!(self.told <= 1, "seed {seed}: told {} times", self.told);
        met.unheard += u32::from(self.told == 0);
        let is_told = self.told == 1;
        assert!(self.had_blows || is_told, "seed {seed}: nobody was told");
    }

    fn order(&self) -> String {
        self.number(0)
    }

    fn number(&self, number: u64) -> String {
        (1_000_000 + self.seed * 100 + number).to_string()
    }
}

/// What happens to a process: nothing, its death, an answer that its store loses, or both.
fn blows(chance: &mut Chance) -> Vec<(u32, CrashPoint)> {
    let mut at = |blow| (u32::try_from(chance.below(STEPS)).unwrap(), blow);
    let (dies, fails) = (at(CrashPoint::Dies), at(CrashPoint::StoreFails));
    match chance.below(4) {
        0 => Vec::new(),
        1 => vec![dies],
        2 => vec![fails],
        _ => vec![dies, fails],
    }
}
