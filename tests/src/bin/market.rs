//! What the service achieves on this machine: `market sell PLACE ORDERS` and `market flood PLACE`. `cargo xtask service` runs it.
//!
//! * `sell`: orders created, settled when the shop asks, and acknowledged by its answer to the event, 64 at once; latencies, and
//!   the memory of the whole process on the way.
//! * `flood`: the same for 2,000 orders, alone and beside 5,000 idle connections, 500 that send a byte now and then, and a
//!   flood of forged returns.
//!
//! Service, shop, payers and an instant provider share one process, so that the figures are those of all of them on these
//! processors. A place is a new SQLite file, or the URL of a PostgreSQL
//! database, in which a schema of its own is made and dropped.

use std::error::Error;
use std::io::Write;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use http::Request;
use http_body_util::{BodyExt, Full};
use hyper::body::Bytes;
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::{TokioExecutor, TokioIo};
use paylink::{Account, Accounts};
use paylink_server::{Premises, Right, ServeConfig, Server};
use paylink_tests::postgres::in_own_place;
use paylink_tests::prompt::Prompt;
use paylink_tests::service::EVENT_SECRET;
use tokio::io::AsyncWriteExt;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::oneshot;
use tokio::task::JoinSet;

type Result<T> = std::result::Result<T, Box<dyn Error + Send + Sync>>;

/// How many requests of the shop are under way at once.
const AT_ONCE: u64 = 64;
const IDLE: usize = 5_000;
const SLOW: usize = 500;
/// How many orders are sold while the flood comes, and how many before it.
const SOLD: u64 = 2_000;

#[tokio::main]
async fn main() -> Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match arguments[..] {
        ["sell", place, orders] => {
            let orders = orders.parse()?;
            in_own_place(place, async |place| sell(&place, orders).await).await
        }
        ["flood", place] => in_own_place(place, async |place| flood(&place).await).await,
        _ => Err("usage: market sell PLACE ORDERS | market flood PLACE".into()),
    }
}

async fn sell(place: &str, orders: u64) -> Result<()> {
    let market = Market::open(place).await?;
    let begun = Instant::now();
    say("| orders | created a second | p50 | p99 | settled a second | p50 | p99 | memory |")?;
    say("|---|---|---|---|---|---|---|---|")?;
    let steps = 10;
    for step in 1..=steps {
        let (created, settled) = market.sell(orders / steps).await?;
        say(&format!(
            "| {} | {} | {} | {} MiB |",
            orders * step / steps,
            created,
            settled,
            memory()? / 1024
        ))?;
    }
    let sold_in = begun.elapsed();
    market.all_are_told(orders).await;
    say(&format!(
        "{orders} orders in {} s; the shop had heard of all of them {} ms later",
        sold_in.as_secs(),
        begun.elapsed().saturating_sub(sold_in).as_millis()
    ))?;
    market.close().await
}

async fn flood(place: &str) -> Result<()> {
    let market = Arc::new(Market::open(place).await?);
    let (created, settled) = market.sell(SOLD).await?;
    say(&format!("alone: created {created}; settled {settled}"))?;
    let address = market.address.clone();
    let mut idle = Vec::new();
    for _ in 0..IDLE {
        idle.push(TcpStream::connect(&address).await?);
    }
    let mut attackers = JoinSet::new();
    for _ in 0..SLOW {
        let address = address.clone();
        attackers.spawn(async move {
            loop {
                let Ok(mut slow) = TcpStream::connect(&address).await else { continue };
                for byte in b"POST /v1/orders HTTP/1.1\r\nHost: shop.example\r\nContent-Length: 1000\r\n\r\n" {
                    tokio::time::sleep(Duration::from_millis(200)).await;
                    if slow.write_all(&[*byte]).await.is_err() {
                        break;
                    }
                }
            }
        });
    }
    let forged = Arc::new(AtomicU64::new(0));
    for number in 0..8 {
        let (market, forged) = (Arc::clone(&market), Arc::clone(&forged));
        attackers.spawn(async move {
            for order in 0_u64.. {
                let path = format!("/pay/return/sold-{order}?forged={number}");
                if market.get(&path, "192.0.2.66").await.is_err() {
                    break;
                }
                forged.fetch_add(1, Ordering::Relaxed);
            }
        });
    }
    tokio::time::sleep(Duration::from_secs(2)).await;
    let before = forged.load(Ordering::Relaxed);
    let begun = Instant::now();
    let (created, settled) = market.sell(SOLD).await?;
    let came = (forged.load(Ordering::Relaxed) - before) * 1000;
    let a_second = came / u64::try_from(begun.elapsed().as_millis())?.max(1);
    say(&format!(
        "beside {IDLE} idle and {SLOW} slow connections and {a_second} forged returns a second: created {created}; settled {settled}; memory {} MiB",
        memory()? / 1024
    ))?;
    market.all_are_told(2 * SOLD).await;
    attackers.shutdown().await;
    drop(idle);
    let market = Arc::into_inner(market).ok_or("an attacker is left")?;
    market.close().await
}

/// How often, and how soon.
struct Pace {
    a_second: u64,
    p50: Duration,
    p99: Duration,
}

impl Pace {
    fn of(mut took: Vec<Duration>, begun: Instant) -> Pace {
        took.sort_unstable();
        let at = |percent: usize| {
            let last = took.len().saturating_sub(1);
            took.get((took.len() * percent / 100).min(last))
                .copied()
                .unwrap_or_default()
        };
        let millis = u64::try_from(begun.elapsed().as_millis()).unwrap_or(u64::MAX);
        let count = u64::try_from(took.len()).unwrap_or_default();
        Pace {
            a_second: count * 1000 / millis.max(1),
            p50: at(50),
            p99: at(99),
        }
    }
}

impl std::fmt::Display for Pace {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let (p50, p99) = (self.p50.as_millis(), self.p99.as_millis());
        write!(f, "{} | {p50} ms | {p99} ms", self.a_second)
    }
}

/// A service with its shop, its payers and a provider at which everything is paid.
struct Market {
    address: String,
    key: String,
    client: Client<HttpConnector, Full<Bytes>>,
    next: AtomicU64,
    told: Arc<AtomicU64>,
    stop: oneshot::Sender<()>,
    server: tokio::task::JoinHandle<()>,
}

impl Market {
    async fn open(place: &str) -> Result<Market> {
        let told = Arc::new(AtomicU64::new(0));
        let events_url = shop(Arc::clone(&told)).await?;
        let settings = [
            ("listen", "127.0.0.1:0"),
            ("books", place),
            ("events_url", &events_url),
            ("event_secrets", EVENT_SECRET),
            ("allow_private_events", "true"),
            ("requests_per_key", "100000"),
            ("trusted_proxies", "127.0.0.1"),
        ];
        let config = ServeConfig::read(&settings.into_iter().collect())?;
        let premises = Premises::open(&config).await?;
        let key = premises
            .make_key("load", &Right::ALL)
            .await?
            .expose()
            .to_owned();
        let prompt = Prompt::new("prompt", Duration::ZERO, None);
        prompt.everything_is_paid();
        let accounts = Accounts::new([Account::from_arc("prompt", prompt)])?;
        let server = Server::bind(&config, accounts, premises).await?;
        let address = server.address().to_string();
        let (stop, stopped) = oneshot::channel::<()>();
        let server = tokio::spawn(server.run(async move { drop(stopped.await) }));
        Ok(Market {
            address,
            key,
            client: Client::builder(TokioExecutor::new()).build_http(),
            next: AtomicU64::new(0),
            told,
            stop,
            server,
        })
    }

    /// Sells so many orders: each is created, and settled.
    async fn sell(&self, orders: u64) -> Result<(Pace, Pace)> {
        let first = self.next.fetch_add(orders, Ordering::Relaxed);
        let names: Vec<u64> = (first..first + orders).collect();
        let begun = Instant::now();
        let created = self.each(&names, |order| self.create(order)).await?;
        let created = Pace::of(created, begun);
        let begun = Instant::now();
        let settled = self.each(&names, |order| self.settle(order)).await?;
        Ok((created, Pace::of(settled, begun)))
    }

    /// Does this for each order, several at once, and tells how long each took.
    async fn each<F>(&self, orders: &[u64], work: impl Fn(u64) -> F) -> Result<Vec<Duration>>
    where
        F: Future<Output = Result<()>>,
    {
        let (next, took) = (
            AtomicU64::new(0),
            Mutex::new(Vec::with_capacity(orders.len())),
        );
        let worker = || async {
            loop {
                let place = usize::try_from(next.fetch_add(1, Ordering::Relaxed))?;
                let Some(order) = orders.get(place) else {
                    break;
                };
                let begun = Instant::now();
                work(*order).await?;
                took.lock()
                    .unwrap_or_else(PoisonError::into_inner)
                    .push(begun.elapsed());
            }
            Ok::<_, Box<dyn Error + Send + Sync>>(())
        };
        let workers: Vec<_> = (0..AT_ONCE).map(|_| worker()).collect();
        at_once(workers).await?;
        Ok(took.into_inner().unwrap_or_else(PoisonError::into_inner))
    }

    async fn create(&self, order: u64) -> Result<()> {
        let body =
            format!("{{\"order\":\"sold-{order}\",\"amount\":\"250000\",\"currency\":\"IRR\"}}");
        self.post("/v1/orders", body).await.map(drop)
    }

    async fn post(&self, path: &str, body: String) -> Result<String> {
        let request = Request::post(format!("http://{}{path}", self.address))
            .header("authorization", format!("Bearer {}", self.key))
            .header("content-type", "application/json");
        let answer = self
            .client
            .request(request.body(Full::new(body.into()))?)
            .await?;
        let status = answer.status();
        let body = answer.into_body().collect().await?.to_bytes();
        let body = String::from_utf8_lossy(&body).into_owned();
        match status.is_success() {
            true => Ok(body),
            false => Err(format!("{status}: {body}").into()),
        }
    }

    /// The shop asks: a return would be looked at no sooner than the desk's pauses allow.
    async fn settle(&self, order: u64) -> Result<()> {
        let path = format!("/v1/orders/sold-{order}/check");
        let mut asked = self.post(&path, String::new()).await;
        while matches!(&asked, Err(error) if error.to_string().contains("\"busy\"")) {
            // The service looks by itself just now.
            tokio::time::sleep(Duration::from_millis(20)).await;
            asked = self.post(&path, String::new()).await;
        }
        let body = asked?;
        match body.contains("\"stage\":\"awaiting_delivery\"")
            || body.contains("\"stage\":\"delivered\"")
        {
            true => Ok(()),
            false => Err(body.into()),
        }
    }

    async fn get(&self, path: &str, from: &str) -> Result<u16> {
        let request = Request::get(format!("http://{}{path}", self.address));
        let request = request.header("x-forwarded-for", from);
        let answer = self.client.request(request.body(Full::default())?).await?;
        let status = answer.status().as_u16();
        answer.into_body().collect().await?;
        Ok(status)
    }

    async fn all_are_told(&self, orders: u64) {
        while self.told.load(Ordering::Relaxed) < orders {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    }

    async fn close(self) -> Result<()> {
        drop(self.stop);
        Ok(self.server.await?)
    }
}

/// Drives them all in this task.
async fn at_once<F: Future<Output = Result<()>>>(workers: Vec<F>) -> Result<()> {
    let mut workers: Vec<_> = workers.into_iter().map(Box::pin).collect();
    std::future::poll_fn(move |context| {
        let mut failed = None;
        workers.retain_mut(|worker| match worker.as_mut().poll(context) {
            std::task::Poll::Ready(done) => {
                failed = failed.take().or(done.err());
                false
            }
            std::task::Poll::Pending => true,
        });
        match (failed, workers.is_empty()) {
            (Some(error), _) => std::task::Poll::Ready(Err(error)),
            (None, true) => std::task::Poll::Ready(Ok(())),
            (None, false) => std::task::Poll::Pending,
        }
    })
    .await
}

/// A shop that takes every event, and counts them.
async fn shop(told: Arc<AtomicU64>) -> Result<String> {
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let url = format!("http://{}/events", listener.local_addr()?);
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let told = Arc::clone(&told);
            let hear =
                hyper::service::service_fn(move |request: Request<hyper::body::Incoming>| {
                    let told = Arc::clone(&told);
                    async move {
                        request.into_body().collect().await?;
                        told.fetch_add(1, Ordering::Relaxed);
                        Ok::<_, hyper::Error>(http::Response::new(Full::<Bytes>::default()))
                    }
                });
            let connection = hyper::server::conn::http1::Builder::new();
            tokio::spawn(connection.serve_connection(TokioIo::new(stream), hear));
        }
    });
    Ok(url)
}

/// What the whole process holds of the machine's memory, in KiB.
fn memory() -> Result<u64> {
    let status = std::fs::read_to_string("/proc/self/status")?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    let number = line.and_then(|line| line.split_whitespace().next());
    Ok(number.ok_or("no VmRSS")?.parse()?)
}

fn say(line: &str) -> Result<()> {
    let mut output = std::io::stdout().lock();
    writeln!(output, "{line}")?;
    Ok(output.flush()?)
}
