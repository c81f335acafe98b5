//! Floods of forged hints: what the shop takes of them, what the provider sees, and how soon a paid order is settled meanwhile.
//!
//! The shop is a desk over books on SQLite at the sandbox's ZiPay, with the routes of `paylink::web` in front. Its clock may go
//! faster than the machine's.

use std::collections::HashMap;
use std::error::Error;
use std::fmt;
use std::pin::Pin;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant, SystemTime};

use async_trait::async_trait;
use axum::Router;
use http::Request;
use http_body_util::{BodyExt, Full};
use hyper::body::Bytes;
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use paylink::desk::{Deliver, Delivery, Desk, Opened, StoredOrder};
use paylink::web::{self, Pages};
use paylink::{Account, Accounts, Hint, NewPayment};
use paylink_books::Books;
use paylink_core::Runtime;
use paylink_sandbox::Sandbox;
use tokio::net::TcpListener;
use tokio::sync::oneshot;
use tokio::task::JoinSet;

use crate::selling::Result;
use crate::{impatience, shop};

/// The order that is paid and whose payer comes back.
const HINTED: &str = "hinted";
/// The order that is paid and of which nobody hears.
const SILENT: &str = "silent";

/// How many strangers send at once.
const STRANGERS: u64 = 16;

/// Whom the hints name.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Named {
    /// The order whose payer is about to come back.
    OneOrder,
    /// That one, all orders that are open, and as many that nobody has.
    ManyOrders,
}

/// Which way they come.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Way {
    /// Over HTTP, through the routes.
    Routes,
    /// To the desk itself.
    Desk,
}

/// A flood.
#[derive(Clone, Copy, Debug)]
pub struct Flood {
    /// Whom the hints name.
    pub named: Named,
    /// Which way they come.
    pub way: Way,
    /// How many other orders are open.
    pub orders: u64,
    /// How long it lasts, by the shop's clock.
    pub lasts: Duration,
    /// How many hints come at the least, however slow the machine is.
    pub at_least: u64,
    /// How much faster than the machine's that clock goes.
    pub speed: u32,
    /// What each stranger waits between two hints, by the machine's clock.
    pub pause: Duration,
}

/// What came of a flood.
#[derive(Clone, Copy, Debug)]
pub struct Figures {
    /// The flood.
    pub flood: Flood,
    /// How many hints were sent and answered.
    pub hints: u64,
    /// How long that took.
    pub took: Duration,
    /// The same by the shop's clock.
    pub shop_time: Duration,
    /// How many requests the provider saw from the beginning of the flood.
    pub requests: u64,
    /// How many of them were about the order whose payer came back.
    pub of_hinted: usize,
    /// How often the provider confirmed that order's payment.
    pub confirmed: usize,
    /// How often the two orders that were paid were given to whoever sends goods.
    pub delivered: usize,
    /// How soon after it was paid the order was settled whose payer came back, by the shop's clock.
    pub hinted_after: Duration,
    /// The same of the order of which nobody heard.
    pub silent_after: Duration,
}

impl fmt::Display for Figures {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Flood { named, way, .. } = self.flood;
        let per_second = u128::from(self.hints) * 1_000 / self.took.as_millis().max(1);
        write!(
            f,
            "{named:?} by {way:?}: {} hints in {:.1?}, {per_second} a second; the provider saw {} requests in {:.0?} of the shop's time, \
            {} of them about the order that was hinted at; that one was settled {:.1?} after it was paid, the silent one {:.1?}",
            self.hints,
            self.took,
            self.requests,
            self.shop_time,
            self.of_hinted,
            self.hinted_after,
            self.silent_after,
        )
    }
}

impl Figures {
    /// The most requests that the desk's pauses and its sweep let the provider see in this time.
    #[must_use]
    pub fn most_requests(&self) -> u64 {
        let Flood { named, orders, .. } = self.flood;
        let seconds = self.shop_time.as_secs() + 1;
        let by_sweep = (orders + 2) * (seconds / 45 + 1);
        let by_strangers = match named {
            Named::OneOrder => of_one(seconds),
            // One in 200 milliseconds.
            Named::ManyOrders => seconds * 5 + 1,
        };
        // What is paid is confirmed as well.
        by_sweep + by_strangers + 2
    }

    /// The same of the order that was hinted at.
    #[must_use]
    pub fn most_of_hinted(&self) -> u64 {
        let seconds = self.shop_time.as_secs() + 1;
        of_one(seconds) + seconds / 45 + 2
    }
}

/// How many looks strangers cause at one order: the first at once, the next ones after 2, 4, 8 … and at last 60 seconds.
fn of_one(seconds: u64) -> u64 {
    let (mut looks, mut at, mut pause) = (1, 0, 2);
    while at + pause <= seconds {
        at += pause;
        pause = (pause * 2).min(60);
        looks += 1;
    }
    looks
}

/// A clock that goes faster.
#[derive(Debug)]
struct Fast {
    speed: u32,
    begun: (Instant, SystemTime),
}

impl Fast {
    fn elapsed(&self) -> Duration {
        self.begun.0.elapsed() * self.speed
    }
}

impl Runtime for Fast {
    fn now(&self) -> SystemTime {
        self.begun.1 + self.elapsed()
    }

    fn sleep(&self, pause: Duration) -> Pin<Box<dyn Future<Output = ()> + Send + '_>> {
        Box::pin(tokio::time::sleep(pause / self.speed))
    }

    fn random(&self) -> u64 {
        0
    }
}

/// Whoever sends the goods, and notes when it heard of each order.
struct Warehouse {
    clock: Arc<Fast>,
    sent: Arc<Mutex<Vec<(String, Duration)>>>,
}

#[async_trait]
impl Deliver for Warehouse {
    async fn deliver(
        &self,
        delivery: &Delivery,
    ) -> std::result::Result<(), Box<dyn Error + Send + Sync>> {
        let mut sent = self.sent.lock().unwrap_or_else(PoisonError::into_inner);
        sent.push((delivery.order().to_owned(), self.clock.elapsed()));
        Ok(())
    }
}

struct PlainPages;

impl Pages for PlainPages {}

/// The shop under the flood.
struct Shop {
    desk: Arc<Desk<Books>>,
    url: String,
    client: Client<HttpConnector, Full<Bytes>>,
    /// The payments of the orders that are open: id and reference.
    payments: HashMap<String, (String, String)>,
    names: Vec<String>,
}

impl Flood {
    /// Lets it come, and tells what came of it.
    ///
    /// # Errors
    ///
    /// If the shop cannot be opened, or a paid order is not settled within the time that its provider gives.
    pub async fn come(self) -> Result<Figures> {
        let sandbox = Sandbox::start().await?;
        let zipay = shop::zipay(&sandbox, impatience::clock())?;
        let folder = tempfile::tempdir()?;
        let books = Books::sqlite(folder.path().join("shop.db")).await?;
        let clock = Arc::new(Fast {
            speed: self.speed,
            begun: (Instant::now(), SystemTime::now()),
        });
        let accounts = Accounts::new([Account::new("zipay", zipay)])?;
        let desk =
            Desk::new(books.clone(), accounts).runtime(Arc::clone(&clock) as Arc<dyn Runtime>);
        let desk = Arc::new(desk);
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let url = format!("http://{}/pay", listener.local_addr()?);
        let router = Router::new().nest("/pay", web::router(Arc::clone(&desk), PlainPages));
        let mut running = JoinSet::new();
        running.spawn(async move { drop(axum::serve(listener, router).await) });
        let shop = Arc::new(Shop::open(desk, url, self.orders).await?);

        let sent = Arc::default();
        let warehouse = Warehouse {
            clock: Arc::clone(&clock),
            sent: Arc::clone(&sent),
        };
        let (stop, stopped) = oneshot::channel::<()>();
        let watch = books.watch(&shop.desk, warehouse);
        running.spawn(watch.run(async move { drop(stopped.await) }));

        let seen = || sandbox.journal().last().map_or(0, |entry| entry.number);
        let (before, begun, begun_there) = (seen(), Instant::now(), clock.elapsed());
        let (hints, over) = (
            Arc::new(AtomicU64::new(0)),
            Arc::new(AtomicBool::new(false)),
        );
        let mut strangers = JoinSet::new();
        for stranger in 0..STRANGERS {
            let (shop, hints, over) = (Arc::clone(&shop), Arc::clone(&hints), Arc::clone(&over));
            strangers.spawn(async move {
                let mut number = stranger;
                while !over.load(Ordering::Relaxed) {
                    shop.forge(self, number).await?;
                    hints.fetch_add(1, Ordering::Relaxed);
                    number += STRANGERS;
                    tokio::time::sleep(self.pause).await;
                }
                Ok::<_, Box<dyn Error + Send + Sync>>(())
            });
        }
        tokio::time::sleep(self.lasts / 4 / self.speed).await;
        let paid = clock.elapsed();
        for order in [HINTED, SILENT] {
            sandbox.zipay().pay(shop.id_of(order)?)?;
        }
        let back = sandbox.zipay().invoice(shop.id_of(HINTED)?);
        let back = back.ok_or("the invoice is gone")?.return_url();
        shop.get(&back).await?;
        let all = |order: &str| {
            let sent = sent.lock().unwrap_or_else(PoisonError::into_inner);
            let of_order = sent.iter().filter(|(sent, _)| sent == order);
            of_order.map(|(_, at)| *at).collect::<Vec<_>>()
        };
        let window = Duration::from_secs(30 * 60);
        let is_over = || {
            let lasted = clock.elapsed().saturating_sub(begun_there) >= self.lasts;
            lasted && hints.load(Ordering::Relaxed) >= self.at_least
        };
        loop {
            let are_settled = !all(HINTED).is_empty() && !all(SILENT).is_empty();
            if are_settled && is_over() {
                break;
            }
            if !are_settled && clock.elapsed().saturating_sub(paid) > window {
                return Err("a paid order was not settled in time".into());
            }
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        over.store(true, Ordering::Relaxed);
        while let Some(stranger) = strangers.join_next().await {
            stranger??;
        }
        let took = begun.elapsed();
        let (hinted, silent) = (all(HINTED), all(SILENT));
        let id = shop.id_of(HINTED)?;
        let of_hinted = sandbox.journal().into_iter();
        let of_hinted =
            of_hinted.filter(|it| it.number > before && it.payment.as_deref() == Some(id));
        let after = |all: &[Duration]| all.first().map(|at| at.saturating_sub(paid));
        let figures = Figures {
            flood: self,
            hints: hints.load(Ordering::Relaxed),
            took,
            shop_time: clock.elapsed().saturating_sub(begun_there),
            requests: seen() - before,
            of_hinted: of_hinted.count(),
            confirmed: sandbox
                .zipay()
                .invoice(id)
                .ok_or("the invoice is gone")?
                .times_verified(),
            delivered: hinted.len() + silent.len(),
            hinted_after: after(&hinted).ok_or("not delivered")?,
            silent_after: after(&silent).ok_or("not delivered")?,
        };
        drop(stop);
        Ok(figures)
    }
}

impl Shop {
    /// Opens an order for each, and the two that will be paid.
    async fn open(desk: Arc<Desk<Books>>, url: String, orders: u64) -> Result<Shop> {
        let mut names: Vec<String> = (0..orders).map(|order| format!("open-{order}")).collect();
        names.extend([HINTED.to_owned(), SILENT.to_owned()]);
        let mut payments = HashMap::new();
        for (number, name) in (1_000_u32..).zip(&names) {
            let reference = format!("{number}");
            let payment = NewPayment::new(&reference, shop::price()?)?;
            let payment = payment.with_return_url(&format!("{url}/return/{name}"))?;
            desk.store()
                .add(name, &StoredOrder::new("zipay", payment))
                .await?;
            let Opened::Ready(created) = desk.open(name).await? else {
                return Err(format!("{name} is not opened").into());
            };
            let id = created.record().require_id("trackid")?.to_owned();
            payments.insert(name.clone(), (id, reference));
        }
        names.retain(|name| name != SILENT);
        Ok(Shop {
            desk,
            url,
            client: Client::builder(TokioExecutor::new()).build_http(),
            payments,
            names,
        })
    }

    fn id_of(&self, order: &str) -> Result<&str> {
        let payment = self.payments.get(order).ok_or("no such order")?;
        Ok(&payment.0)
    }

    /// Sends one hint, right, wrong or unreadable.
    async fn forge(&self, flood: Flood, number: u64) -> Result<()> {
        let invented = format!("nobody-{number}");
        let place = usize::try_from(number / 2)? % self.names.len();
        let order = match flood.named {
            Named::OneOrder => HINTED,
            Named::ManyOrders if number.is_multiple_of(2) => &invented,
            Named::ManyOrders => self.names.get(place).map_or(HINTED, String::as_str),
        };
        let wrong = (
            "00000000-0000-4000-8000-000000000000".to_owned(),
            "1".to_owned(),
        );
        let right = self.payments.get(order).unwrap_or(&wrong);
        let (id, reference) = match number / 2 % 4 {
            0 => (&right.0, &right.1),
            1 => (&wrong.0, &right.1),
            2 => (&right.0, &wrong.1),
            _ => (&wrong.0, &wrong.1),
        };
        if flood.way == Way::Desk {
            let hint = Hint::new("zipay")
                .with_id("trackid", id)
                .with_reference(reference);
            // Of an order that nobody has, that is said.
            let _ = self.desk.hint(order, hint).await;
            return Ok(());
        }
        let url = &self.url;
        match number % 5 {
            0 => {
                self.get(&format!("{url}/return/{order}?trackid={id}&trackid={id}"))
                    .await
            }
            1 => {
                let body = format!(
                    "{{\"trackid\":\"{id}\",\"invoice_number\":\"{reference}\",\"status\":\"pending\"}}"
                );
                let request = Request::post(format!("{url}/notify/{order}"));
                self.send(request.body(Full::from(body))?).await
            }
            _ => {
                self.get(&format!(
                    "{url}/return/{order}?trackid={id}&invoice_number={reference}"
                ))
                .await
            }
        }
    }

    async fn get(&self, url: &str) -> Result<()> {
        self.send(Request::get(url).body(Full::default())?).await
    }

    async fn send(&self, request: Request<Full<Bytes>>) -> Result<()> {
        let answer = self.client.request(request).await?;
        let status = answer.status().as_u16();
        answer.into_body().collect().await?;
        match status {
            200..300 | 404 | 503 => Ok(()),
            other => Err(format!("answered with {other}").into()),
        }
    }
}
