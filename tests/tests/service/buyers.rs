//! The shop, which repeats each request until it has an answer, and the payers.

use std::collections::{BTreeMap, BTreeSet};
use std::net::SocketAddr;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::{Duration, Instant};

use paylink_sandbox::Sandbox;
use paylink_tests::chance::Chance;
use paylink_tests::selling::ACCOUNTS;
use serde_json::{Value, json};
use tokio::task::JoinSet;
use tokio::time::sleep;

use super::ear::Ear;
use super::http::{Answer, ask};

/// Of so many payers one never pays.
const UNPAID: u64 = 17;
/// How far an order's reference is from its number.
pub(super) const APART: u64 = 1_000;
/// The longest that the shop waits before it asks again.
const LONGEST: Duration = Duration::from_secs(3);
/// How many buyers wait for their payment at the most: a service that is dead most of the time is not to be overrun.
const AT_ONCE: usize = 48;
/// How often a payer's browser tries to come back.
const TRIES: u64 = 3;

/// What was sold.
#[derive(Debug, Default)]
pub(super) struct Sold {
    pub(super) orders: u64,
    /// When each order was paid.
    pub(super) paid: BTreeMap<u64, Instant>,
    /// The orders whose money was asked back, and whether the service said that it went.
    pub(super) refunds: BTreeMap<u64, bool>,
    /// How often the shop had an event sent again.
    pub(super) resent: u64,
    /// What each order waits for whose buyer is not done.
    pub(super) waiting: BTreeMap<u64, &'static str>,
    /// Answers that nobody should get.
    pub(super) odd: BTreeSet<String>,
    /// How often a request had no answer, or one to repeat it, by what it said.
    pub(super) repeated: BTreeMap<String, u64>,
}

pub(super) struct Shop {
    pub(super) nodes: Vec<SocketAddr>,
    pub(super) key: String,
    pub(super) sandbox: Arc<Sandbox>,
    pub(super) ear: Arc<Ear>,
    pub(super) seed: u64,
    pub(super) is_closed: AtomicBool,
    sold: Mutex<Sold>,
}

impl Shop {
    pub(super) fn new(
        nodes: Vec<SocketAddr>,
        key: String,
        sandbox: Arc<Sandbox>,
        ear: Arc<Ear>,
        seed: u64,
    ) -> Shop {
        Shop {
            nodes,
            key,
            sandbox,
            ear,
            seed,
            is_closed: AtomicBool::new(false),
            sold: Mutex::default(),
        }
    }

    pub(super) fn sold(&self) -> MutexGuard<'_, Sold> {
        self.sold.lock().unwrap()
    }

    /// Sells one order after the other, until it is closed. Each has a buyer of its own; gives those who are not done.
    pub(super) async fn sell(self: Arc<Self>) -> JoinSet<()> {
        let mut buyers = JoinSet::new();
        let mut chance = Chance::seeded(self.seed);
        while !self.is_closed.load(Ordering::SeqCst) {
            sleep(Duration::from_millis(20 + chance.below(180))).await;
            if self.opening() >= AT_ONCE {
                continue;
            }
            let order = {
                let mut sold = self.sold();
                sold.orders += 1;
                sold.orders
            };
            let own = Chance::seeded(self.seed.wrapping_mul(1_000_003).wrapping_add(order));
            buyers.spawn(Arc::clone(&self).buy(order, own));
        }
        buyers
    }

    /// How many buyers wait for their payment.
    fn opening(&self) -> usize {
        let sold = self.sold();
        let waiting = sold.waiting.values();
        waiting.filter(|what| **what == "its payment").count()
    }

    async fn buy(self: Arc<Self>, order: u64, mut chance: Chance) {
        self.waits(order, "its payment");
        let wish = wish(order);
        let created = if chance.below(5) == 0 {
            // The buyer clicks twice.
            let (mut one, mut other) = (Chance::seeded(order), Chance::seeded(order + 1));
            let one = self.created(&wish, &mut one);
            let other = self.created(&wish, &mut other);
            let (one, other) = tokio::join!(one, other);
            self.holds(one["payment"] == other["payment"], "two payments", &other);
            one
        } else {
            self.created(&wish, &mut chance).await
        };
        if !is_unpaid(order) {
            self.waits(order, "its payer");
            sleep(Duration::from_millis(chance.below(200))).await;
            self.pay(order, &created, &mut chance).await;
            self.waits(order, "its event");
            self.after_sale(order, &mut chance).await;
        }
        self.sold().waiting.remove(&order);
    }

    fn waits(&self, order: u64, what: &'static str) {
        self.sold().waiting.insert(order, what);
    }

    fn holds(&self, is_so: bool, otherwise: &str, body: &Value) {
        if !is_so {
            self.sold().odd.insert(format!("{otherwise}: {body}"));
        }
    }

    /// Asks for the order until its payment is there.
    async fn created(&self, wish: &Value, chance: &mut Chance) -> Value {
        loop {
            let body = self.surely("POST", "/v1/orders", wish, chance).await;
            if body["payment"]["link"].is_string() {
                return body;
            }
            self.holds(false, "no payment", &body);
            sleep(LONGEST).await;
        }
    }

    /// The payer pays, and comes back, or not.
    async fn pay(&self, order: u64, created: &Value, chance: &mut Chance) {
        let ids = created["payment"]["ids"].as_object().unwrap();
        let id = ids.values().next().unwrap().as_str().unwrap();
        let comes = chance.below(8);
        let mut back = None;
        match created["account"].as_str().unwrap() {
            "zipay" => {
                let zipay = self.sandbox.zipay();
                back = zipay.invoice(id).map(|invoice| invoice.return_url());
                if comes == 0 {
                    // Before having paid.
                    self.come_back(back.as_deref(), chance).await;
                }
                let paid = zipay.pay(id).map(drop);
                self.holds(paid.is_ok(), "not payable", created);
            }
            _ => {
                let paid = self.sandbox.pod().pay_by_card(id.parse().unwrap());
                match paid {
                    Ok(invoice) => back = invoice.return_url(),
                    Err(problem) => self.holds(false, &problem.to_string(), created),
                }
            }
        }
        self.sold().paid.insert(order, Instant::now());
        match comes {
            1..=3 => {}
            4 => {
                let mut other = Chance::seeded(order);
                tokio::join!(
                    self.come_back(back.as_deref(), chance),
                    self.come_back(back.as_deref(), &mut other)
                );
            }
            5 => {
                let check = format!("/v1/orders/{order}/check");
                let body = self.surely("POST", &check, &Value::Null, chance).await;
                self.holds(!body["paid"].is_null(), "looked at, and unpaid", &body);
            }
            _ => self.come_back(back.as_deref(), chance).await,
        }
    }

    /// The payer's browser comes back to any of the nodes, and gives up soon.
    async fn come_back(&self, url: Option<&str>, chance: &mut Chance) {
        let path = url.and_then(|url| url.split_once("/pay/"));
        let Some((_, path)) = path else { return };
        let path = format!("/pay/{path}");
        for _ in 0..TRIES {
            let node = self.one(chance);
            if ask(node, "GET", &path, "", &Value::Null).await.is_ok() {
                return;
            }
            sleep(Duration::from_millis(200)).await;
        }
    }

    /// Waits until the shop was told, and then now and then has that told again, or gives the money back.
    async fn after_sale(&self, order: u64, chance: &mut Chance) {
        let paid = ("order.paid".to_owned(), order);
        let id = loop {
            let told = self.ear.book().told.get(&paid).cloned();
            match told {
                Some(told) => break told.ids.into_keys().next().unwrap(),
                None => sleep(Duration::from_millis(200)).await,
            }
        };
        match chance.below(10) {
            0 => {
                self.waits(order, "its event again");
                let resend = format!("/v1/events/{id}/resend");
                self.surely("POST", &resend, &Value::Null, chance).await;
                self.sold().resent += 1;
            }
            1 | 2 if account(order) == "zipay" => {
                self.waits(order, "its refund");
                self.sold().refunds.insert(order, false);
                let refund = format!("/v1/orders/{order}/refund");
                let body = self.surely("POST", &refund, &Value::Null, chance).await;
                let is_done = body["refund"]["state"] == "done";
                self.holds(is_done, "refunded, and not done", &body);
                self.sold().refunds.insert(order, is_done);
            }
            _ => {}
        }
    }

    /// Repeats a request, at any of the nodes, until it has an answer that is the last one.
    pub(super) async fn surely(
        &self,
        method: &str,
        path: &str,
        body: &Value,
        chance: &mut Chance,
    ) -> Value {
        loop {
            let node = self.one(chance);
            let asked = ask(node, method, path, &self.key, body).await;
            let (why, pause) = match asked {
                Ok(Answer {
                    status: 200 | 201,
                    body,
                    ..
                }) => return body,
                Ok(answer) => {
                    let kind = answer.body["kind"].as_str().unwrap_or("not yet").to_owned();
                    let is_to_be_repeated = matches!(
                        kind.as_str(),
                        "not yet" | "busy" | "unknown" | "provider_failed" | "unavailable"
                    );
                    self.holds(is_to_be_repeated, &format!("{method} {path}"), &answer.body);
                    (kind, answer.again_in.unwrap_or(Duration::from_millis(300)))
                }
                Err(error) => (error.kind().to_string(), Duration::from_millis(200)),
            };
            *self.sold().repeated.entry(why).or_default() += 1;
            sleep(pause.min(LONGEST)).await;
        }
    }

    fn one(&self, chance: &mut Chance) -> SocketAddr {
        let all = u64::try_from(self.nodes.len()).unwrap();
        self.nodes[usize::try_from(chance.below(all)).unwrap()]
    }

    /// The whole of a list that the service shows page by page.
    pub(super) async fn list(&self, path: &str, of: &str) -> Vec<Value> {
        let mut chance = Chance::seeded(self.seed);
        let mut listed = Vec::new();
        let mut after = String::new();
        loop {
            let page = format!("{path}?limit=100{after}");
            let body = self.surely("GET", &page, &Value::Null, &mut chance).await;
            listed.extend(body[of].as_array().unwrap().clone());
            match body["next"].as_str() {
                Some(next) => after = format!("&after={next}"),
                None => return listed,
            }
        }
    }
}

fn account(order: u64) -> &'static str {
    ACCOUNTS[usize::from(order % 2 == 1)]
}

/// What it costs, in rial. Neighbours differ.
pub(super) fn price(order: u64) -> u64 {
    150_000 + order % 10_000 * 10
}

/// What the shop says of it: every third order in toman.
pub(super) fn amount(order: u64) -> (String, &'static str) {
    match order % 3 {
        0 => ((price(order) / 10).to_string(), "IRT"),
        _ => (price(order).to_string(), "IRR"),
    }
}

fn wish(order: u64) -> Value {
    let (amount, currency) = amount(order);
    json!({
        "order": order.to_string(),
        "account": account(order),
        "amount": amount,
        "currency": currency,
        "reference": (APART + order).to_string(),
    })
}

/// Whether the order's payer never pays.
pub(super) fn is_unpaid(order: u64) -> bool {
    order % UNPAID == UNPAID - 1
}
