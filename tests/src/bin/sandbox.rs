//! What the sandbox achieves on this machine: `sandbox PAYLINK PAYMENTS KEEP`, where `PAYLINK` is the command to run it with. `cargo
//! xtask sandbox` runs it.
//!
//! Each payment is created with one of the four providers, paid through `/_sandbox`, and settled by its client, eight at
//! once. The sandbox is a process of its own, whose memory is read on the way; it keeps `KEEP` payments of each provider.

use std::collections::BTreeMap;
use std::error::Error;
use std::io::Write;
use std::process::Stdio;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use http::Request;
use http_body_util::{BodyExt, Empty};
use hyper::body::Bytes;
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use paylink::{
    ExpectedPayment, Input, InputRule, Money, NewPayment, PaymentProvider, Settlement, Transport,
};
use paylink_core::provider::{Descriptor, Settings};
use paylink_sandbox::Sandbox;
use paylink_tests::providers::{descriptor, known};
use serde_json::Value;
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::{Child, Command};
use tokio::task::JoinSet;

type Result<T> = std::result::Result<T, Box<dyn Error + Send + Sync>>;

/// How many payments are under way at once.
const AT_ONCE: u64 = 8;

/// How many lines the table has.
const LINES: u64 = 10;

#[tokio::main]
async fn main() -> Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let [paylink, payments, keep] = arguments[..] else {
        return Err("usage: sandbox PAYLINK PAYMENTS KEEP".into());
    };
    let payments: u64 = payments.parse()?;
    say(&in_process().await?)?;
    let begun = Instant::now();
    let running = Running::start(paylink, keep).await?;
    say(&format!(
        "the command started in {} ms",
        begun.elapsed().as_millis()
    ))?;
    say("| payments | a minute | p50 | p99 | memory |")?;
    say("|---|---|---|---|---|")?;
    let running = Arc::new(running);
    let next = Arc::new(AtomicU64::new(1));
    for line in 1..=LINES {
        let (begun, until) = (Instant::now(), payments * line / LINES);
        let before = next.load(Ordering::Relaxed) - 1;
        let mut sellers = JoinSet::new();
        for _ in 0..AT_ONCE {
            sellers.spawn(sell(Arc::clone(&running), Arc::clone(&next), until));
        }
        let mut times = Vec::new();
        while let Some(sold) = sellers.join_next().await {
            times.extend(sold??);
        }
        next.store(until + 1, Ordering::Relaxed);
        times.sort_unstable();
        let at = |percent| times.get(times.len() * percent / 100).copied();
        let [p50, p99] = [50, 99].map(|percent| at(percent).unwrap_or_default().as_millis());
        let a_minute = u128::from(until - before) * 60_000 / begun.elapsed().as_millis().max(1);
        let memory = running.memory()?;
        say(&format!(
            "| {until} | {a_minute} | {p50} ms | {p99} ms | {memory} MiB |"
        ))?;
    }
    Ok(())
}

/// How long a sandbox takes to start and to stop in a test's own process, and a hundred of them at once.
async fn in_process() -> Result<String> {
    let mut times = Vec::new();
    for _ in 0..100 {
        let begun = Instant::now();
        let sandbox = Sandbox::start().await?;
        let started = begun.elapsed();
        sandbox.shutdown().await;
        times.push((started, begun.elapsed()));
    }
    times.sort_unstable();
    let median = times.get(times.len() / 2).copied();
    let (started, stopped) = median.unwrap_or_default();
    let begun = Instant::now();
    let mut all = Vec::new();
    for _ in 0..100 {
        all.push(Sandbox::start().await?);
    }
    let hundred = begun.elapsed();
    Ok(format!(
        "in a test's process one starts in {} us and has stopped after {} us, medians of 100; 100 at once start in {} ms",
        started.as_micros(),
        stopped.as_micros(),
        hundred.as_millis()
    ))
}

/// Sells until the number is reached, and returns how long each payment took.
async fn sell(running: Arc<Running>, next: Arc<AtomicU64>, until: u64) -> Result<Vec<Duration>> {
    let mut times = Vec::new();
    loop {
        let number = next.fetch_add(1, Ordering::Relaxed);
        if number > until {
            return Ok(times);
        }
        let begun = Instant::now();
        running.take(number).await?;
        times.push(begun.elapsed());
    }
}

/// A sandbox that runs as a command, and a client of each of its providers.
struct Running {
    url: String,
    process: Child,
    shops: Vec<Shop>,
    payers: Client<HttpConnector, Empty<Bytes>>,
}

/// An account with one provider.
struct Shop {
    provider: &'static Descriptor,
    paid_at: &'static str,
    client: Arc<dyn PaymentProvider>,
}

impl Running {
    async fn start(paylink: &str, keep: &str) -> Result<Running> {
        let mut process = Command::new(paylink)
            .args(["--json", "sandbox", "--keep", keep])
            .stdout(Stdio::piped())
            .kill_on_drop(true)
            .spawn()?;
        let out = process.stdout.take().ok_or("it has no output")?;
        let mut lines = BufReader::new(out).lines();
        let line = lines.next_line().await?.ok_or("it says nothing")?;
        let said: Value = serde_json::from_str(&line)?;
        let url = said.pointer("/ok/url").and_then(Value::as_str);
        let url = url.ok_or("it says no address")?;
        let environment = said.pointer("/ok/environment");
        let environment: BTreeMap<String, String> =
            serde_json::from_value(environment.cloned().unwrap_or_default())?;
        let transport = Transport::builder().build()?;
        let mut shops = Vec::new();
        for known in known() {
            let provider = descriptor(known.name);
            let of = format!("PAYLINK_{}_", provider.name().to_uppercase());
            let settings = environment.iter().filter_map(|(name, value)| {
                let key = name.strip_prefix(&of)?.to_lowercase();
                let setting = provider.setting(&key)?;
                Some((setting.key(), value.as_str()))
            });
            let settings: Settings<'_> = settings.collect();
            let client = provider.open(&settings, &transport)?;
            shops.push(Shop {
                provider,
                paid_at: known.paid_at,
                client,
            });
        }
        Ok(Running {
            url: url.to_owned(),
            process,
            shops,
            payers: Client::builder(TokioExecutor::new()).build_http(),
        })
    }

    /// Creates a payment, pays it as its payer, and settles it.
    async fn take(&self, number: u64) -> Result<()> {
        let place = usize::try_from(number)? % self.shops.len();
        let Shop {
            provider,
            paid_at,
            client,
        } = self.shops.get(place).ok_or("there is no shop")?;
        let name = provider.name();
        let capabilities = client.capabilities();
        let takes = |input| !matches!(capabilities.input(input), InputRule::Unsupported(_));
        let currencies = capabilities.currencies();
        let currency = currencies.first().ok_or("it has no currency")?;
        let price = Money::new("250000", *currency)?;
        let mut payment = NewPayment::new(&number.to_string(), price)?;
        if takes(Input::ReturnUrl) {
            payment = payment.with_return_url("http://127.0.0.1:9/back")?;
        }
        if takes(Input::Mobile) {
            payment = payment.with_mobile("09122272730".parse()?);
        }
        let created = client.create(&payment).await?;
        let id = created.record().require_id(provider.id_name())?;
        let path = paid_at.replace("ID", id);
        let url = format!("{}/_sandbox/{name}/{path}", self.url);
        let paid = self
            .payers
            .request(Request::post(url).body(Empty::new())?)
            .await?;
        let status = paid.status();
        paid.into_body().collect().await?;
        if !status.is_success() {
            return Err(format!("{name} {id} was not paid: {status}").into());
        }
        let (reference, record) = (payment.reference().clone(), created.record().clone());
        let expected = ExpectedPayment::new(reference, price, record);
        match client.settle(&expected).await? {
            Settlement::Settled(_) | Settlement::AlreadySettled(_) => Ok(()),
            other => Err(format!("{name} {id}: {other:?}").into()),
        }
    }

    /// What the sandbox's process has in memory, in MiB.
    fn memory(&self) -> Result<u64> {
        let id = self.process.id().ok_or("it has ended")?;
        let status = std::fs::read_to_string(format!("/proc/{id}/status"))?;
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
        let kilobytes = line
            .ok_or("it has no memory")?
            .trim()
            .trim_end_matches(" kB");
        Ok(kilobytes.trim().parse::<u64>()? / 1024)
    }
}

fn say(line: &str) -> Result<()> {
    Ok(writeln!(std::io::stdout(), "{line}")?)
}
