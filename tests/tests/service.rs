//! The service is killed at any moment, again and again, while its shop is killed and fails, events come again, requests to
//! the providers are lost, and the database is restarted. Then every paid order was told to the shop under one id, and the
//! books of sandbox, service and shop agree.
//!
//! CI kills it some dozen times; `cargo xtask service-crash` as often as wanted.

mod buyers;
mod ear;
mod http;
mod lives;

use std::collections::{BTreeMap, BTreeSet};
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use paylink::config::Config;
use paylink_sandbox::zipay::EventKind;
use paylink_sandbox::{Sandbox, pod};
use paylink_server::{Premises, Right, SECTION, SETTINGS, ServeConfig, new_event_secret};
use paylink_tests::chance::Chance;
use paylink_tests::judgement::{self, lose, wrongs};
use paylink_tests::postgres::{Postgres, Stop, free_port};
use serde_json::Value;
use tempfile::TempDir;
use tokio::sync::mpsc::unbounded_channel;
use tokio::task::{JoinHandle, JoinSet, spawn_blocking};
use tokio::time::sleep;

use self::buyers::{APART, Shop, amount, is_unpaid, price};
use self::ear::Ear;
use self::lives::{Life, killed};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn killed_on_sqlite_it_tells_of_every_paid_order() {
    let folder = tempfile::tempdir().unwrap();
    let books = folder.path().join("shop.db").display().to_string();
    let pace = Pace::chosen(20, |kills| kills);
    Trial::begin(folder, &books, 1, pace).await.run(None).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_nodes_killed_over_a_database_that_restarts_tell_of_every_paid_order() {
    let server = spawn_blocking(Postgres::start).await.unwrap().unwrap();
    let folder = tempfile::tempdir().unwrap();
    let pace = Pace::chosen(24, |kills| kills * 3 / 10);
    let trial = Trial::begin(folder, &server.url("service"), 2, pace).await;
    trial.run(Some(Arc::new(server))).await;
}

/// How long things last.
struct Pace {
    kills: u64,
    /// How long everything may take to come to its end after the last kill, and as long again as that went on.
    patience: Duration,
    /// Whether what cannot be told at once has to come to its end as well: a create or a refund that died with its process
    /// is only looked up after a minute. CI does not wait for it.
    is_long: bool,
}

impl Pace {
    fn chosen(otherwise: u64, wanted: impl FnOnce(u64) -> u64) -> Pace {
        let kills = std::env::var("PAYLINK_KILLS").ok();
        let kills = kills.map(|kills| kills.parse().expect("a number of kills"));
        Pace {
            kills: kills.map_or(otherwise, wanted),
            patience: Duration::from_secs(if kills.is_some() { 240 } else { 90 }),
            is_long: kills.is_some(),
        }
    }
}

struct Trial {
    sandbox: Arc<Sandbox>,
    premises: Premises,
    shop: Arc<Shop>,
    ear: Arc<Ear>,
    /// One for each node.
    configurations: Vec<PathBuf>,
    seed: u64,
    pace: Pace,
    _folder: TempDir,
}

impl Trial {
    async fn begin(folder: TempDir, books: &str, nodes: usize, pace: Pace) -> Trial {
        let sandbox = Arc::new(Sandbox::start().await.unwrap());
        let seed = std::env::var("PAYLINK_SEED").ok();
        let seed = seed.map_or(1, |seed| seed.parse().expect("a seed"));
        let secret = new_event_secret();
        let ear = Arc::new(Ear::new(address(), &secret, Chance::seeded(seed + 1)));
        let accounts = judgement::configuration(&sandbox, "settling_seconds = 2\n");
        let nodes: Vec<SocketAddr> = (0..nodes).map(|_| address()).collect();
        let configurations = nodes.iter().map(|node| {
            let section = format!(
                "[serve]\nlisten = \"{node}\"\nbooks = {books:?}\nevents_url = \"http://{}/events\"\n\
                 event_secrets = {secret:?}\nallow_private_events = true\nlook_after_seconds = 1\n\
                 requests_per_key = 100000\nrequests_per_address = 100000\n",
                ear.address
            );
            let file = folder.path().join(format!("{}.toml", node.port()));
            std::fs::write(&file, format!("{accounts}{section}")).unwrap();
            file
        });
        let configurations: Vec<PathBuf> = configurations.collect();
        let config = Config::builder().section(SECTION, SETTINGS);
        let config = config.load(&configurations[0]).unwrap();
        let serve = config.section(SECTION).unwrap().read(ServeConfig::read);
        let premises = Premises::open(&serve.unwrap()).await.unwrap();
        let key = premises.make_key("shop", &Right::ALL).await.unwrap();
        let key = key.expose().to_owned();
        let shop = Shop::new(nodes, key, Arc::clone(&sandbox), Arc::clone(&ear), seed);
        Trial {
            sandbox,
            premises,
            shop: Arc::new(shop),
            ear,
            configurations,
            seed,
            pace,
            _folder: folder,
        }
    }

    async fn run(self, server: Option<Arc<Postgres>>) {
        let begun = Instant::now();
        let (kill_ear, ear_is_killed) = unbounded_channel();
        tokio::spawn(Arc::clone(&self.ear).listen(ear_is_killed));
        let selling = tokio::spawn(Arc::clone(&self.shop).sell());
        let nodes = u64::try_from(self.configurations.len()).unwrap();
        let mut dying = JoinSet::new();
        for (node, configuration) in (0..nodes).zip(self.configurations.clone()) {
            let chance = Chance::seeded(self.seed + 10 + node);
            let kills = (self.pace.kills + node) / nodes;
            dying.spawn(async move { killed(&configuration, kills, chance).await });
        }
        let mut chance = Chance::seeded(self.seed + 2);
        let mut lives: Vec<Life> = Vec::new();
        let mut restarting: Option<JoinHandle<()>> = None;
        let (mut ear_kills, mut restarts) = (0, 0);
        let (mut next_judge, mut next_restart) = (begun, begun + Duration::from_secs(2));
        while !dying.is_empty() {
            tokio::select! {
                life = dying.join_next() => lives.extend(life.map(Result::unwrap)),
                () = sleep(Duration::from_millis(200)) => {}
            }
            lose(&self.sandbox, &mut chance, 8);
            if chance.below(20) == 0 {
                ear_kills += 1;
                let away = Duration::from_millis(chance.below(1_000));
                kill_ear.send(away).unwrap();
            }
            if let Some(restarted) = restarting.take_if(|it| it.is_finished()) {
                restarted.await.unwrap();
            }
            if let (Some(server), None) = (&server, &restarting)
                && Instant::now() >= next_restart
            {
                restarts += 1;
                next_restart += Duration::from_millis(3_000 + chance.below(4_000));
                let stop = [Stop::Fast, Stop::Immediate][usize::from(chance.below(2) == 1)];
                let server = Arc::clone(server);
                restarting = Some(spawn_blocking(move || server.restart(stop).unwrap()));
            }
            if Instant::now() >= next_judge {
                self.judge();
                next_judge = Instant::now() + Duration::from_secs(3);
            }
        }
        if let Some(restarting) = restarting {
            restarting.await.unwrap();
        }
        let fire = begun.elapsed();
        // The pause before an event comes again grows with the time for which the shop did not take it.
        let end = self.end(selling, self.pace.patience + fire).await;
        self.judge();
        self.judge_the_end().await;
        for life in lives {
            life.end().await;
        }
        let kills = self.pace.kills;
        println!(
            "{kills} kills of {nodes} nodes in {} s, {ear_kills} of the shop, {restarts} restarts of the database",
            fire.as_secs()
        );
        self.print(end);
    }

    /// Lets everything come to its end with nothing more in its way; how long that took.
    async fn end(&self, selling: JoinHandle<JoinSet<()>>, patience: Duration) -> Duration {
        let begun = Instant::now();
        self.shop.is_closed.store(true, Ordering::SeqCst);
        self.ear.is_well.store(true, Ordering::SeqCst);
        self.sandbox.faults().clear();
        let mut buyers = selling.await.unwrap();
        loop {
            let missing = self.missing();
            if missing.is_empty() {
                break;
            }
            assert!(begun.elapsed() < patience, "{missing:#?}");
            self.judge();
            sleep(Duration::from_millis(500)).await;
        }
        buyers.shutdown().await;
        loop {
            // What an aborted buyer asked for last is done within that.
            sleep(Duration::from_millis(500)).await;
            let untold = self.untold();
            let events = self.shop.list("/v1/events", "events").await;
            let is_due = |event: &&Value| event["state"] == "due";
            let due: Vec<_> = events.iter().filter(is_due).collect();
            if untold.is_empty() && due.is_empty() {
                return begun.elapsed();
            }
            assert!(begun.elapsed() < patience, "{untold:?} {due:#?}");
        }
    }

    /// The orders that did not come to their end, and what they wait for.
    fn missing(&self) -> BTreeMap<u64, &'static str> {
        let mut waiting = self.shop.sold().waiting.clone();
        if !self.pace.is_long {
            let created = self.created();
            waiting.retain(|order, what| match *what {
                "its payment" => created.contains_key(order),
                what => what != "its refund",
            });
        }
        waiting
    }

    /// The orders that were paid and that the shop was not told of.
    fn untold(&self) -> BTreeSet<u64> {
        let told = self.told();
        let sold = self.shop.sold();
        let paid = sold.paid.keys().copied();
        paid.filter(|order| !told.contains_key(order)).collect()
    }

    /// Under which ids the shop was told that an order is paid, and how often.
    fn told(&self) -> BTreeMap<u64, ear::Told> {
        let book = self.ear.book();
        let paid = book
            .told
            .iter()
            .filter(|((kind, _), _)| kind == "order.paid");
        paid.map(|((_, order), told)| (*order, told.clone()))
            .collect()
    }

    /// The orders that the sandbox's books have, whether their money is confirmed, and how much it is, in rial.
    fn created(&self) -> BTreeMap<u64, (bool, u64)> {
        let zipay = self.sandbox.zipay().invoices().into_iter().map(|it| {
            let toman: u64 = it.amount.parse().unwrap();
            (it.times_verified() > 0, it.invoice_number, toman * 10)
        });
        let pod = self.sandbox.pod().invoices().into_iter().map(|it| {
            let (is_confirmed, rial) = (it.state == pod::State::Paid, it.payable_amount());
            let reference = it.bill_number.unwrap_or_default();
            (is_confirmed, reference, rial.parse().unwrap())
        });
        let orders = zipay.chain(pod);
        let numbered = orders.map(|(is_confirmed, reference, rial)| {
            let reference: u64 = reference.parse().unwrap();
            (reference - APART, (is_confirmed, rial))
        });
        numbered.collect()
    }

    /// What must hold at every moment, whatever is still under way.
    fn judge(&self) {
        // What was told is confirmed before.
        let told = self.told();
        let ids = told.iter().map(|(order, told)| {
            let ids = i64::try_from(told.ids.len()).unwrap();
            (order.to_string(), ids)
        });
        let wrongs = wrongs(&self.sandbox, &ids.collect());
        assert!(wrongs.is_empty(), "{wrongs:#?}");
        let created = self.created();
        for (order, told) in &told {
            let (amount, currency) = amount(*order);
            let said = told.amounts.iter().map(String::as_str);
            assert!(
                said.eq([format!("{amount} {currency}")]),
                "{order}: {told:?}"
            );
            assert_eq!(created[order], (true, price(*order)), "order {order}");
        }
        let wrongs = &self.ear.book().wrongs;
        assert!(wrongs.is_empty(), "{wrongs:#?}");
        let odd = &self.shop.sold().odd;
        assert!(odd.is_empty(), "{odd:#?}");
    }

    /// What must hold once everything came to its end: the books of all agree.
    async fn judge_the_end(&self) {
        let orders = self.shop.list("/v1/orders", "orders").await;
        let events = self.shop.list("/v1/events", "events").await;
        let mut chance = Chance::seeded(self.seed);
        let alarms = "/v1/alarms";
        let alarms = self
            .shop
            .surely("GET", alarms, &Value::Null, &mut chance)
            .await;
        assert_eq!(
            alarms["alarms"].as_array().map(Vec::len),
            Some(0),
            "{alarms}"
        );
        let violations = self.premises.books().check().await.unwrap();
        assert!(violations.is_empty(), "{violations:#?}");

        let (told, created) = (self.told(), self.created());
        let mut written = BTreeMap::<(String, u64), Vec<String>>::new();
        for event in &events {
            assert_eq!(event["state"], "arrived", "{event}");
            let of = (text(&event["type"]), text(&event["order"]).parse().unwrap());
            written.entry(of).or_default().push(text(&event["id"]));
        }
        let sold = self.shop.sold();
        let mut listed = BTreeSet::new();
        for view in &orders {
            let order: u64 = text(&view["order"]).parse().unwrap();
            listed.insert(order);
            let is_paid = sold.paid.contains_key(&order);
            let is_confirmed = created.get(&order).is_some_and(|it| it.0);
            assert_eq!(is_confirmed, is_paid, "{view}");
            let stage = text(&view["stage"]);
            match (is_paid, self.pace.is_long) {
                (true, _) => assert_eq!(stage, "delivered", "{view}"),
                (false, true) => assert_eq!(stage, "open", "{view}"),
                (false, false) => assert!(
                    ["open", "creating", "over", "new"].contains(&&*stage),
                    "{view}"
                ),
            }
            let ids = told.get(&order).map(|told| told.ids.keys());
            let ids: Vec<String> = ids.into_iter().flatten().cloned().collect();
            let paid = written.remove(&("order.paid".to_owned(), order));
            assert_eq!(paid.unwrap_or_default(), ids, "{view}");
            assert_eq!(ids.len(), usize::from(is_paid), "{view}");
            let is_refunded = view["refund"]["state"] == "done";
            let refunded = written.remove(&("order.refunded".to_owned(), order));
            let refunded = refunded.unwrap_or_default().len();
            assert_eq!(refunded, usize::from(is_refunded), "{view}");
        }
        assert!(written.is_empty(), "{written:?}");
        let lost: Vec<_> = created.keys().filter(|it| !listed.contains(it)).collect();
        assert!(lost.is_empty(), "created, and gone: {lost:?}");
        for invoice in self.sandbox.zipay().invoices() {
            let history = invoice.history.iter();
            let refunds = history.filter(|it| it.kind == EventKind::Refunded).count();
            let order = invoice.invoice_number.parse::<u64>().unwrap() - APART;
            let asked = sold.refunds.get(&order);
            assert!(refunds <= usize::from(asked.is_some()), "{invoice:?}");
            if self.pace.is_long || asked == Some(&true) {
                assert_eq!(refunds == 1, asked == Some(&true), "{invoice:?}");
            }
        }
        if self.pace.is_long {
            assert_eq!(u64::try_from(listed.len()).unwrap(), sold.orders);
            let unpaid = (1..=sold.orders).filter(|order| is_unpaid(*order)).count();
            assert_eq!(sold.paid.len() + unpaid, listed.len());
        }
        assert!(told.len() > 10, "only {} orders were paid", told.len());
    }

    fn print(&self, end: Duration) {
        let (sold, book) = (self.shop.sold(), self.ear.book());
        let times: u64 = book.told.values().flat_map(|told| told.ids.values()).sum();
        let refunds = sold.refunds.values().filter(|is_done| **is_done).count();
        let mut noticed: Vec<Duration> = Vec::new();
        for ((kind, order), told) in &book.told {
            if let (Some(at), "order.paid") = (sold.paid.get(order), kind.as_str()) {
                noticed.push(told.first_at.saturating_duration_since(*at));
            }
        }
        noticed.sort_unstable();
        let lines = [
            format!(
                "{} orders, {} paid, {refunds} refunded",
                sold.orders,
                sold.paid.len()
            ),
            format!(
                "{} events were taken {times} times, {} of them since the shop asked again; what it did: {:?}",
                book.told.len(),
                sold.resent,
                book.did
            ),
            format!("requests that were repeated: {:?}", sold.repeated),
            format!(
                "from paid until the shop knew: median {:?}, longest {:?}",
                noticed[noticed.len() / 2],
                noticed[noticed.len() - 1]
            ),
            format!(
                "everything came to its end {:.1} s after the last kill",
                end.as_secs_f32()
            ),
        ];
        println!("  {}\n", lines.join("\n  "));
    }
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

/// An address that nobody is given while the service is dead.
fn address() -> SocketAddr {
    let port = free_port().expect("no port is free");
    SocketAddr::from(([127, 0, 0, 1], port))
}
