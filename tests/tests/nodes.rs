//! Several nodes sell over one PostgreSQL, while they are killed and paused, the database is restarted, its connections are
//! cut, and requests to the providers are lost; then the sandbox's books are held against the merchant's.
//!
//! In CI that lasts some seconds; `cargo xtask nodes` as long as wanted. No callback ever comes: the nodes find by themselves
//! what was paid.

mod deck;
mod figures;
mod fleet;
mod ledgers;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::{Duration, Instant, SystemTime};

use paylink_sandbox::{Fault, Sandbox};
use paylink_tests::chance::Chance;
use paylink_tests::judgement::{self, delay, lose, pay, wrongs};
use paylink_tests::postgres::{Postgres, Stop};
use paylink_tests::selling::{LEASE, order_of};
use tempfile::TempDir;
use tokio::task::JoinHandle;
use tokio::time::sleep;

use self::deck::{Befall, Deck};
use self::figures::{Gone, Spread, Takeovers};
use self::fleet::Fleet;
use self::ledgers::Ledgers;

/// What every account has set: what a look-up may prove is proved as soon as possible.
const SETTINGS: &str = "settling_seconds = 2\n";
/// Of so many payers one never pays.
const UNPAID: u64 = 17;
/// What makes a node hold an order for longer than a moment.
const SLOW: Fault = Fault::Delay(SLOW_BY);
const SLOW_BY: Duration = Duration::from_millis(600);
/// The longest that a desk's sweep leaves an account alone whose provider it takes for down.
const REST: Duration = Duration::from_secs(60);
/// How long a process may take to end that was asked to.
const ENDING: Duration = Duration::from_secs(20);

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_nodes_lose_and_double_nothing_whatever_befalls_them() {
    Trial::begin(2).await.run().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn four_nodes_lose_and_double_nothing_whatever_befalls_them() {
    Trial::begin(4).await.run().await;
}

/// How long things last.
struct Pace {
    fire: Duration,
    /// The shortest time from one befall to the next, and what chance adds to it, in milliseconds.
    between: (u64, u64),
    /// How long the nodes have to deliver everything.
    patience: Duration,
    /// Whether orders have to come to their end that nobody could pay. A create that died with its node is taken for one that
    /// never was after more than a minute: CI does not wait for it.
    is_long: bool,
}

impl Pace {
    fn chosen() -> Pace {
        let wanted = std::env::var("PAYLINK_NODES").ok();
        match wanted.map(|seconds| seconds.parse().expect("a number of seconds")) {
            None => Pace {
                fire: Duration::from_secs(25),
                between: (250, 650),
                patience: Duration::from_secs(120),
                is_long: false,
            },
            Some(seconds) => Pace {
                fire: Duration::from_secs(seconds),
                between: (400, 2_000),
                patience: Duration::from_secs(300),
                is_long: true,
            },
        }
    }
}

struct Trial {
    server: Arc<Postgres>,
    sandbox: Sandbox,
    ledgers: Ledgers,
    fleet: Fleet,
    chance: Chance,
    pace: Pace,
    /// When each order was paid.
    paid: BTreeMap<u64, SystemTime>,
    befallen: BTreeMap<Befall, u64>,
    restarting: Option<JoinHandle<()>>,
    takeovers: Takeovers,
    _folder: TempDir,
}

impl Trial {
    async fn begin(nodes: usize) -> Trial {
        let server = tokio::task::spawn_blocking(Postgres::start);
        let server = server.await.unwrap().unwrap();
        let ledgers = Ledgers::open(&server.url("judge")).await;
        let sandbox = Sandbox::start().await.unwrap();
        let folder = tempfile::tempdir().unwrap();
        let configuration = folder.path().join("paylink.toml");
        let accounts = judgement::configuration(&sandbox, SETTINGS);
        std::fs::write(&configuration, accounts).unwrap();
        let sent = folder.path().join("sent");
        let seed = std::env::var("PAYLINK_SEED").ok();
        let seed = seed.map_or(1, |seed| seed.parse().expect("a seed"));
        let fleet = Fleet::begin(nodes, server.url("node"), configuration, sent, seed);
        Trial {
            server: Arc::new(server),
            sandbox,
            ledgers,
            fleet,
            chance: Chance::seeded(seed),
            pace: Pace::chosen(),
            paid: BTreeMap::new(),
            befallen: BTreeMap::new(),
            restarting: None,
            takeovers: Takeovers::default(),
            _folder: folder,
        }
    }

    async fn run(mut self) {
        if self.pace.is_long {
            self.calm().await;
        }
        self.fire().await;
        let end = self.end().await;
        self.fleet.stop(ENDING).await;
        self.judge().await;
        self.judge_the_end().await;
        self.print(end).await;
    }

    /// Kills a node that holds something, again and again, while nothing else befalls anybody.
    async fn calm(&mut self) {
        for _ in 0..5 {
            self.idle(Duration::from_secs(3)).await;
            delay(&self.sandbox, 4, SLOW);
            self.idle(Duration::from_millis(300)).await;
            let node = self.fleet.one_running(&mut self.chance).unwrap();
            self.fleet.kill(node, Duration::ZERO).await;
            let ledgers = self.ledgers.clone();
            self.takeovers.watch(ledgers, Gone::KilledInCalm, LEASE);
            self.idle(LEASE + Duration::from_secs(10)).await;
        }
    }

    async fn idle(&mut self, time: Duration) {
        let begun = Instant::now();
        while begun.elapsed() < time {
            self.go_on().await;
            sleep(Duration::from_millis(50)).await;
        }
    }

    async fn fire(&mut self) {
        let begun = Instant::now();
        let mut deck = Deck::default();
        let (mut next_befall, mut next_judge) = (begun, begun + Duration::from_secs(3));
        while begun.elapsed() < self.pace.fire {
            self.go_on().await;
            if Instant::now() >= next_befall {
                let befall = deck.draw(&mut self.chance);
                if self.befall(befall).await {
                    *self.befallen.entry(befall).or_default() += 1;
                } else {
                    deck.put_back(befall);
                }
                let (least, more) = self.pace.between;
                let pause = least + self.chance.below(more);
                next_befall = Instant::now() + Duration::from_millis(pause);
            }
            if Instant::now() >= next_judge {
                self.judge().await;
                next_judge = Instant::now() + Duration::from_secs(3);
            }
            sleep(Duration::from_millis(50)).await;
        }
    }

    /// Lets the nodes come to the end with nothing more in their way; how long that took.
    async fn end(&mut self) -> Duration {
        self.sandbox.faults().clear();
        if let Some(restarting) = self.restarting.take() {
            restarting.await.unwrap();
        }
        self.fleet.no_longer_away();
        let begun = Instant::now();
        let mut next_judge = begun;
        self.fleet.tell("close").await;
        loop {
            self.go_on().await;
            let mut missing = self.missing().await;
            if missing.is_empty() && self.fleet.are_all_up() {
                let end = begun.elapsed();
                // A request that was slow is executed though its node is gone: what it creates is missing then.
                sleep(SLOW_BY * 2).await;
                missing = self.missing().await;
                if missing.is_empty() {
                    return end;
                }
            }
            assert!(begun.elapsed() < self.pace.patience, "{missing:#?}");
            if Instant::now() >= next_judge {
                self.judge().await;
                next_judge = Instant::now() + Duration::from_secs(3);
            }
            sleep(Duration::from_millis(100)).await;
        }
    }

    /// Orders that did not come to their end: everything that can be paid has to.
    async fn missing(&self) -> Vec<String> {
        let mut missing = self.ledgers.missing(UNPAID).await;
        if !self.pace.is_long && !missing.is_empty() {
            let created = self.created();
            missing.retain(|order, _| created.contains(order));
        }
        missing.into_values().collect()
    }

    /// What goes on by itself: nodes come back, and payers pay.
    async fn go_on(&mut self) {
        self.fleet.go_on().await;
        if let Some(restarted) = self.restarting.take_if(|it| it.is_finished()) {
            restarted.await.unwrap();
        }
        let (paid, chance) = (&mut self.paid, &mut self.chance);
        pay(&self.sandbox, |reference| {
            let order = order_of(reference).unwrap();
            let pays = !is_unpaid(order) && !paid.contains_key(&order) && chance.below(4) == 0;
            if pays {
                paid.insert(order, SystemTime::now());
            }
            pays
        });
    }

    /// Whether it could befall anybody.
    async fn befall(&mut self, befall: Befall) -> bool {
        self.fleet.disturbed();
        match befall {
            Befall::Kill | Befall::KillForLonger => {
                let Some(node) = self.fleet.one_running(&mut self.chance) else {
                    return false;
                };
                let away = match befall {
                    Befall::Kill => Duration::ZERO,
                    _ => Duration::from_millis(2_000 + self.chance.below(6_000)),
                };
                self.fleet.kill(node, away).await;
                let gone = match self.fleet.running()[..] {
                    [] => Gone::Last,
                    _ => Gone::Killed,
                };
                self.takeovers.watch(self.ledgers.clone(), gone, LEASE);
            }
            Befall::Pause => {
                if self.fleet.running().len() < 2 {
                    return false;
                }
                // What is asked for now takes longer, so that the node is likely to hold something.
                delay(&self.sandbox, 2, SLOW);
                sleep(Duration::from_millis(200)).await;
                let beyond = Duration::from_millis(1_000 + self.chance.below(3_000));
                let Some(node) = self.fleet.one_running(&mut self.chance) else {
                    return false;
                };
                self.fleet.pause(node, LEASE + beyond).await;
                let ledgers = self.ledgers.clone();
                self.takeovers.watch(ledgers, Gone::Paused, LEASE);
            }
            Befall::RestartFast => return self.restart(Stop::Fast).await,
            Befall::RestartImmediate => return self.restart(Stop::Immediate).await,
            Befall::CutAll => self.ledgers.cut(None).await,
            Befall::CutSome => self.ledgers.cut(Some(self.chance.below(2))).await,
            Befall::Lose => lose(&self.sandbox, &mut self.chance, 2),
        }
        true
    }

    /// Restarts the database, while everything else goes on.
    async fn restart(&mut self, stop: Stop) -> bool {
        if self.restarting.is_some() {
            return false;
        }
        let server = Arc::clone(&self.server);
        let restart = tokio::task::spawn_blocking(move || server.restart(stop).unwrap());
        self.restarting = Some(restart);
        true
    }

    /// What must hold at every moment, whatever is still under way.
    async fn judge(&self) {
        let goods = self.ledgers.goods().await;
        let wrongs = wrongs(&self.sandbox, &goods);
        assert!(wrongs.is_empty(), "{wrongs:#?}");
        let strange = self.ledgers.strange_writes().await;
        assert!(strange.is_empty(), "written by another: {strange:?}");
        let stolen = self.fleet.told().stolen;
        assert!(stolen.is_empty(), "held, and given to another: {stolen:?}");
        let violations = self.ledgers.violations().await;
        let of_dead = |what: &str| what.contains("nobody has looked");
        let others = violations.iter().filter(|it| !of_dead(it.what));
        assert_eq!(others.count(), 0, "{violations:#?}");
    }

    /// What must hold once everything came to its end: everything that was paid is out, and what a node was told is there.
    async fn judge_the_end(&self) {
        let violations = self.ledgers.violations().await;
        assert!(violations.is_empty(), "{violations:#?}");
        let stages = self.ledgers.stages().await;
        let stages: BTreeMap<u64, String> = stages
            .into_iter()
            .map(|(name, stage)| (name.parse().unwrap(), stage))
            .collect();
        let created = self.created();
        let told = self.fleet.told();
        let lost: Vec<_> = told
            .added
            .iter()
            .filter(|it| !stages.contains_key(it))
            .collect();
        assert!(lost.is_empty(), "confirmed, and gone: {lost:?}");
        let lost: Vec<_> = told.opened.difference(&created).collect();
        assert!(lost.is_empty(), "shown to a buyer, and gone: {lost:?}");
        let uncreated: Vec<_> = stages.keys().filter(|it| !created.contains(it)).collect();
        assert!(
            uncreated.is_empty() || !self.pace.is_long,
            "never created: {uncreated:?}"
        );

        let goods = self.ledgers.goods().await;
        let ids = self.ledgers.delivery_ids().await;
        let sent = self.fleet.sent();
        for (order, stage) in stages.iter().filter(|(order, _)| created.contains(order)) {
            let is_paid = !is_unpaid(*order);
            let name = order.to_string();
            assert_eq!(
                stage,
                if is_paid { "delivered" } else { "open" },
                "order {order}"
            );
            assert_eq!(self.paid.contains_key(order), is_paid, "order {order}");
            assert_eq!(goods.contains_key(&name), is_paid, "order {order}");
            // It was sent at least once, and each time under the id that the books have.
            let sent_as = sent.get(&name).into_iter().flat_map(BTreeMap::keys);
            assert!(
                sent_as.eq(ids.get(&name)),
                "order {order} was sent as {:?}",
                sent.get(&name)
            );
        }
        assert!(told.added.len() > 20, "only {} orders", told.added.len());
    }

    /// The orders that the sandbox's books have.
    fn created(&self) -> BTreeSet<u64> {
        let zipay = self.sandbox.zipay().invoices().into_iter();
        let zipay = zipay.map(|it| it.invoice_number);
        let pod = self.sandbox.pod().invoices().into_iter();
        let pod = pod.map(|it| it.bill_number.unwrap());
        zipay.chain(pod).map(|it| order_of(&it).unwrap()).collect()
    }

    async fn print(&self, end: Duration) {
        let nodes = self.fleet.size();
        let told = self.fleet.told();
        let taken = self.takeovers.taken();
        let sent = self.fleet.sent();
        let times: u64 = sent.values().flat_map(BTreeMap::values).sum();
        let goods_at = self.ledgers.goods_at().await;
        let delivered = self.paid.iter().map(|(order, at)| {
            let out_at = u64::try_from(goods_at[&order.to_string()]).unwrap();
            let out_at = SystemTime::UNIX_EPOCH + Duration::from_millis(out_at);
            out_at.duration_since(*at).unwrap_or_default()
        });
        let calm = Spread::of(taken.in_calm);
        let kill = Spread::of(taken.after_kill);
        let back = Spread::of(told.back_at_work);
        let lines = [
            format!(
                "{nodes} nodes for {} s: {:?}",
                self.pace.fire.as_secs(),
                self.befallen
            ),
            format!(
                "{} orders, {} paid and delivered",
                told.added.len(),
                self.paid.len()
            ),
            format!("{times} sent, {} more than once", times - sent.len() as u64),
            format!(
                "writes that came too late and were refused: {:?}",
                told.refused
            ),
            format!("from the kill of a node until another took an order over, in calm: {calm}"),
            format!("from the kill of a node until another took an order over, under fire: {kill}"),
            format!(
                "from the stop of a node until the same: {}",
                Spread::of(taken.after_pause)
            ),
            format!("the same for deliveries: {}", Spread::of(taken.deliveries)),
            format!("from the start of a node that was killed until it works: {back}"),
            format!(
                "from paid until the goods are out: {}",
                Spread::of(delivered)
            ),
            format!(
                "everything was delivered {} s after the last befall",
                end.as_secs()
            ),
        ];
        println!("{}\n", lines.join("\n  "));
        if self.pace.is_long {
            let refused: u64 = told.refused.values().sum();
            assert!(refused > 0, "no write was ever refused");
            let soon = LEASE + Duration::from_secs(5);
            assert!(calm.max() < Some(soon * 2));
            assert!(kill.max() < Some(soon * 2 + REST));
            assert!(back.max() < Some(Duration::from_secs(30)));
        }
    }
}

/// Whether the order's payer never pays.
fn is_unpaid(order: u64) -> bool {
    order % UNPAID == UNPAID - 1
}
