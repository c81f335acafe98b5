//! What the books achieve on the database and the disk at hand. `cargo xtask books` runs it.
//!
//! * `books throughput PLACE ORDERS`: payments settled a second, beside what the disk and a bare transaction allow, in empty
//!   tables and beside so many orders.
//! * `books noticed PLACE SECONDS`: how long from a payment to the order's being handed out, with 10,000 orders open and no
//!   callback at all, measured for so long.
//!
//! A place is a new SQLite file, or the URL of a PostgreSQL database, in which a schema of its own is made and dropped.

use std::error::Error;
use std::fs::File;
use std::future::Future;
use std::io::Write;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant, SystemTime};

use async_trait::async_trait;
use paylink::desk::{Deliver, Delivery, Desk, OrderStore, Outcome, StoredOrder};
use paylink::{Account, Accounts, NewPayment, Rial};
use paylink_books::{Books, sqlx};
use paylink_tests::chance::Chance;
use paylink_tests::postgres::in_own_place;
use paylink_tests::prompt::Prompt;
use tokio::task::JoinSet;

type Result<T> = std::result::Result<T, Box<dyn Error + Send + Sync>>;

/// How many payments are settled for a figure.
const PAYMENTS: u64 = 2_000;
/// How many are in flight at once, for each figure.
const IN_FLIGHT: [u64; 2] = [1, 64];
/// How many orders are due when what is due is claimed.
const DUE: u64 = 10_000;

#[tokio::main]
async fn main() -> Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let [what, place, number] = arguments[..] else {
        return Err("usage: books throughput PLACE ORDERS | books noticed PLACE SECONDS".into());
    };
    let number = number.parse()?;
    in_own_place(place, async |place| measured(what, &place, number).await).await
}

async fn measured(what: &str, place: &str, number: u64) -> Result<()> {
    match what {
        "throughput" => throughput(place, number).await,
        "noticed" => noticed(place, number).await,
        _ => Err("there are throughput and noticed".into()),
    }
}

async fn throughput(place: &str, orders: u64) -> Result<()> {
    let books = Books::open(place).await?;
    let prompt = Prompt::new("prompt", Duration::ZERO, None);
    prompt.everything_is_paid();
    let account = Account::from_arc("prompt", prompt);
    let bench = Bench {
        desk: Arc::new(Desk::new(books.clone(), Accounts::new([account])?)),
        books,
        next: AtomicU64::new(0),
    };
    say(&format!(
        "| {}, a second | in flight | fsyncs of 4 KiB | bare transactions of the two rows | payments settled |",
        bench.kind()
    ))?;
    say("|---|---|---|---|---|")?;
    bench.measure("empty tables").await?;
    let begun = Instant::now();
    bench.fill(orders).await?;
    let took = begun.elapsed().as_secs();
    bench.measure(&format!("{orders} orders")).await?;
    bench.ask(took).await
}

fn say(line: &str) -> Result<()> {
    let mut output = std::io::stdout().lock();
    writeln!(output, "{line}")?;
    Ok(output.flush()?)
}

fn each_second(count: u64, since: Instant) -> u64 {
    let millis = u64::try_from(since.elapsed().as_millis()).unwrap_or(u64::MAX);
    count * 1_000 / millis.max(1)
}

/// Within what time so many of a hundred were done.
fn within(sorted: &[Duration], percent: usize) -> Duration {
    let last = sorted.len().saturating_sub(1);
    let at = sorted.get((sorted.len() * percent / 100).min(last));
    at.copied().unwrap_or_default()
}

/// How often a second the disk confirms that 4 KiB are written.
fn fsyncs() -> Result<u64> {
    let folder = tempfile::tempdir()?;
    let mut file = File::create(folder.path().join("synced"))?;
    let begun = Instant::now();
    let mut count = 0_u64;
    while begun.elapsed() < Duration::from_secs(3) {
        file.write_all(&[0; 4096])?;
        file.sync_data()?;
        count += 1;
    }
    Ok(each_second(count, begun))
}

struct Bench {
    desk: Arc<Desk<Books>>,
    books: Books,
    next: AtomicU64,
}

/// The same two rows that a settled payment writes, and nothing else.
const BARE: [&str; 2] = [
    "UPDATE paylink_orders SET stage = 'delivered', next_check_at = NULL, ledger = ledger WHERE name = $1",
    "INSERT INTO paylink_outbox (id, order_name, delivery, created_at, due_at) \
     SELECT $1, $1, payment, 1, 1 FROM paylink_orders WHERE name = $1",
];

impl Bench {
    fn kind(&self) -> &'static str {
        match self.books.sqlite_pool() {
            Some(_) => "SQLite",
            None => "PostgreSQL",
        }
    }

    async fn measure(&self, beside: &str) -> Result<()> {
        for in_flight in IN_FLIGHT {
            let synced = fsyncs()?;
            let names = self.open_orders().await?;
            let bare = self.a_second(&names, in_flight, bare).await?;
            let names = self.open_orders().await?;
            let settled = self.a_second(&names, in_flight, settled).await?;
            say(&format!(
                "| {beside} | {in_flight} | {synced} | {bare} | {settled} |"
            ))?;
        }
        Ok(())
    }

    /// Orders with a payment that is paid.
    async fn open_orders(&self) -> Result<Vec<String>> {
        let first = self.next.fetch_add(PAYMENTS, Ordering::Relaxed);
        opened(&self.desk, "prompt", first, PAYMENTS).await
    }

    /// Does this for each order, so many at once, and says how many it was a second.
    async fn a_second<F>(
        &self,
        names: &[String],
        in_flight: u64,
        each: fn(Arc<Desk<Books>>, String) -> F,
    ) -> Result<u64>
    where
        F: Future<Output = Result<()>> + Send + 'static,
    {
        let begun = Instant::now();
        let mut names = names.iter();
        let mut tasks = JoinSet::new();
        let mut count = 0_u64;
        loop {
            while (tasks.len() as u64) < in_flight
                && let Some(name) = names.next()
            {
                tasks.spawn(each(Arc::clone(&self.desk), name.clone()));
            }
            match tasks.join_next().await {
                Some(done) => done??,
                None => break,
            }
            count += 1;
        }
        Ok(each_second(count, begun))
    }

    /// Lays so many delivered orders beside the others, each as large as a real one, and makes some due.
    async fn fill(&self, orders: u64) -> Result<()> {
        let (numbers, model) = (numbers(&self.books), format!("prompt-{}", PAYMENTS * 2));
        let fill = [
            format!(
                "INSERT INTO paylink_orders \
                 (name, account, reference, payment, ledger, stage, next_check_at, created_at) \
                 {numbers} SELECT 'old-' || n, account, 'old-' || n, payment, ledger, 'delivered', NULL, n \
                 FROM numbers CROSS JOIN (SELECT * FROM paylink_orders WHERE name = '{model}') model"
            ),
            format!(
                "INSERT INTO paylink_outbox (id, order_name, delivery, created_at, due_at) \
                 {numbers} SELECT 'old-' || n, 'old-' || n, delivery, n, NULL \
                 FROM numbers CROSS JOIN (SELECT * FROM paylink_outbox WHERE id = '{model}') model"
            ),
        ];
        for statement in fill {
            run(&self.books, &statement, i64::try_from(orders)?).await?;
        }
        run(&self.books, "ANALYZE", 0).await?;
        let due = "UPDATE paylink_orders SET stage = 'open', next_check_at = created_at WHERE created_at <= $1";
        run(&self.books, due, i64::try_from(DUE)?).await
    }

    /// How long the questions take beside all of them.
    async fn ask(&self, filled_in: u64) -> Result<()> {
        let mut took = Vec::new();
        for _ in 0..200 {
            let begun = Instant::now();
            let (now, lease) = (SystemTime::now(), Duration::from_secs(120));
            let claimed = self.books.claim_due("prompt", now, lease, 16).await?;
            took.push(begun.elapsed());
            if claimed.len() != 16 {
                return Err(format!("{} of 16 were claimed", claimed.len()).into());
            }
        }
        took.sort_unstable();
        say("")?;
        say(&format!(
            "Filled in {filled_in} s. Claiming 16 of {DUE} that are due: median {:?}, at most {:?}.",
            within(&took, 50),
            within(&took, 100)
        ))?;
        let begun = Instant::now();
        let snapshot = self.books.snapshot().await?;
        say(&format!("A snapshot: {:?}.", begun.elapsed()))?;
        let begun = Instant::now();
        let violations = self.books.check().await?.len();
        say(&format!(
            "The check of everything: {:?}; {} orders, {violations} violations (the made-up ones that are due).",
            begun.elapsed(),
            snapshot.orders.values().sum::<u64>(),
        ))
    }
}

/// After how many milliseconds an order is looked at that was shown, and again.
const PAUSE: u64 = 45_000;

/// When the order of this number is shown, in milliseconds.
fn shown_at(number: u64, orders: u64) -> u64 {
    number * PAUSE / orders
}

/// Orders of this account that are open, numbered from `first` on: one is opened, and the others are its copies. They are
/// shown one after another within the time of one pause, and looked at that long after.
async fn opened(desk: &Desk<Books>, account: &str, first: u64, orders: u64) -> Result<Vec<String>> {
    let (books, model) = (desk.store(), format!("model-of-{account}"));
    if first == 0 {
        let payment = NewPayment::new(&model, Rial::new(1_500_000).into())?;
        let order = StoredOrder::new(account, payment);
        books.add(&model, &order).await?;
        let _ = desk.open(&model).await?;
    }
    let own = format!("'{account}-' || (n + {first})");
    let copy = format!(
        "INSERT INTO paylink_orders \
         (name, account, reference, payment, ledger, stage, next_check_at, created_at) \
         {} SELECT {own}, account, {own}, replace(payment, '{model}', {own}), \
         replace(ledger, '{model}', {own}), stage, next_check_at + n * {PAUSE} / {orders}, created_at \
         FROM numbers CROSS JOIN (SELECT * FROM paylink_orders WHERE name = '{model}') model",
        numbers(books)
    );
    run(books, &copy, i64::try_from(orders)?).await?;
    let numbers = first..first + orders;
    Ok(numbers.map(|it| format!("{account}-{}", it + 1)).collect())
}

/// The numbers from 1 to $1, as `n`.
fn numbers(books: &Books) -> &'static str {
    match books.sqlite_pool() {
        Some(_) => {
            "WITH RECURSIVE numbers (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < $1)"
        }
        None => "WITH numbers AS (SELECT n FROM generate_series(1, $1) n)",
    }
}

async fn run(books: &Books, statement: &str, number: i64) -> Result<()> {
    let has_number = statement.contains("$1");
    let statement = sqlx::AssertSqlSafe(statement.to_owned());
    if let Some(pool) = books.sqlite_pool() {
        let query = sqlx::query(statement);
        let query = if has_number {
            query.bind(number)
        } else {
            query
        };
        query.execute(pool).await?;
    } else if let Some(pool) = books.postgres_pool() {
        let query = sqlx::query(statement);
        let query = if has_number {
            query.bind(number)
        } else {
            query
        };
        query.execute(pool).await?;
    }
    Ok(())
}

async fn settled(desk: Arc<Desk<Books>>, name: String) -> Result<()> {
    match desk.check(&name).await? {
        Outcome::DeliverNow(_) => Ok(()),
        other => Err(format!("{other:?}").into()),
    }
}

async fn bare(desk: Arc<Desk<Books>>, name: String) -> Result<()> {
    let books = desk.store();
    if let Some(pool) = books.sqlite_pool() {
        let mut transaction = pool.begin_with("BEGIN IMMEDIATE").await?;
        for statement in BARE {
            let query = sqlx::query(statement).bind(&name);
            query.execute(&mut *transaction).await?;
        }
        transaction.commit().await?;
    } else if let Some(pool) = books.postgres_pool() {
        let mut transaction = pool.begin().await?;
        for statement in BARE {
            let query = sqlx::query(statement).bind(&name);
            query.execute(&mut *transaction).await?;
        }
        transaction.commit().await?;
    }
    Ok(())
}

/// How many orders are open.
const OPEN: u64 = 10_000;
/// How long a provider takes to answer.
const ANSWERS_AFTER: Duration = Duration::from_millis(200);
/// The mean time that a payer takes, in seconds, and the longest.
const PAYS_AFTER: u64 = 3 * 60;
const PAYS_WITHIN: Duration = Duration::from_secs(15 * 60);

/// Accounts as the four providers are: how long a payment can be settled after it was made.
const WINDOWS: [(&str, Option<Duration>); 4] = [
    ("half-an-hour", Some(Duration::from_secs(30 * 60))),
    ("an-hour", Some(Duration::from_secs(60 * 60))),
    ("no-end", None),
    ("no-end-either", None),
];

/// The goods go out with the ledger.
struct Sent;

#[async_trait]
impl Deliver for Sent {
    async fn deliver(&self, _: &Delivery) -> Result<()> {
        Ok(())
    }
}

async fn noticed(place: &str, seconds: u64) -> Result<()> {
    let books = Books::open(place).await?;
    let prompts = WINDOWS.map(|(name, window)| Prompt::new(name, ANSWERS_AFTER, window));
    let accounts = WINDOWS.iter().zip(&prompts).map(|((name, _), prompt)| {
        let prompt: Arc<dyn paylink::PaymentProvider> = prompt.clone();
        Account::from_arc(*name, prompt)
    });
    let accounts = Accounts::new(accounts.collect::<Vec<_>>())?;
    let desk = Desk::new(books.clone(), accounts).min_pause(Duration::from_millis(PAUSE));
    let desk = Arc::new(desk);
    let each = OPEN / 4;
    let mut names = Vec::new();
    for (prompt, (account, _)) in prompts.iter().zip(WINDOWS) {
        for (number, name) in (1..).zip(opened(&desk, account, 0, each).await?) {
            let shown_after = Duration::from_millis(shown_at(number, each));
            names.push((Arc::clone(prompt), name, shown_after));
        }
    }
    let took = Arc::new(Mutex::new(Vec::new()));
    let (noted, payers) = (Arc::clone(&took), prompts.clone());
    let watch = books.watch(&desk, Sent).sweep(|sweep| {
        sweep.on_outcome(move |order, outcome| {
            if matches!(outcome, Outcome::DeliverNow(_)) {
                let paid = payers.iter().find_map(|it| it.paid_at(order));
                let mut took = noted.lock().unwrap_or_else(PoisonError::into_inner);
                took.extend(paid.map(|paid| paid.elapsed()));
            }
        })
    });
    let (close, closing) = tokio::sync::oneshot::channel::<()>();
    let watch = tokio::spawn(watch.run(async { drop(closing.await) }));
    let mut payers = JoinSet::new();
    let mut chance = Chance::seeded(1);
    for (prompt, name, shown_after) in names {
        // Exponential: each second as likely as every other.
        let mut seconds = 0;
        while chance.below(PAYS_AFTER) > 0 {
            seconds += 1;
        }
        let pays_after = Duration::from_secs(seconds) + Duration::from_millis(chance.below(1_000));
        if pays_after < PAYS_WITHIN {
            payers.spawn(async move {
                tokio::time::sleep(shown_after + pays_after).await;
                prompt.pay(&name);
            });
        }
    }
    let calls = |prompts: &[Arc<Prompt>]| prompts.iter().map(|it| it.settles()).sum::<u64>();
    let before = calls(&prompts);
    tokio::time::sleep(Duration::from_secs(seconds)).await;
    payers.abort_all();
    let asked = calls(&prompts) - before;
    // What was paid last is noticed as well.
    tokio::time::sleep(Duration::from_secs(75)).await;
    let _ = close.send(());
    watch.await?;
    let mut took = took.lock().map_err(|_| "poisoned")?.clone();
    took.sort_unstable();
    let paid: usize = prompts.iter().map(|it| it.paid()).sum();
    say(&format!(
        "{paid} paid, {} noticed: median {:?}, 99 % within {:?}, all within {:?}; {} calls a second",
        took.len(),
        within(&took, 50),
        within(&took, 99),
        within(&took, 100),
        asked / seconds.max(1),
    ))
}
