//! How many payments a second the books settle, beside what the disk and a bare transaction allow.
//!
//! `throughput PLACE [ORDERS]`: a SQLite file or the URL of an empty PostgreSQL schema, and how many orders lie in the
//! tables at the second measurement. `cargo xtask throughput` runs it on both databases.

use std::error::Error;
use std::fs::File;
use std::future::Future;
use std::io::Write;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant, SystemTime};

use async_trait::async_trait;
use paylink::core::provider::{Capabilities, Capability, Created, PaymentRecord};
use paylink::core::{ComparedField, Comparison};
use paylink::desk::{Desk, OrderStore, Outcome, StoredOrder};
use paylink::{
    Account, Accounts, Currency, ExpectedPayment, Handle, NewPayment, Payment, PaymentProvider,
    PreparedPayment, Resolution, Resolved, Rial, Settlement,
};
use paylink_books::{Books, sqlx};
use tokio::task::JoinSet;

type Result<T> = std::result::Result<T, Box<dyn Error + Send + Sync>>;

/// How many payments are settled for a figure.
const PAYMENTS: u64 = 3_000;
/// How many are in flight at once, for each figure.
const IN_FLIGHT: [u64; 2] = [1, 64];
/// How many orders are due when what is due is claimed.
const DUE: u64 = 10_000;

#[tokio::main]
async fn main() -> Result<()> {
    let mut arguments = std::env::args().skip(1);
    let place = arguments.next().ok_or("name a file or a URL")?;
    let orders: u64 = arguments.next().map_or(Ok(1_000_000), |it| it.parse())?;
    let books = Books::open(&place).await?;
    let bench = Bench {
        desk: Arc::new(Desk::new(
            books.clone(),
            Accounts::new([Account::new("instant", Instantly::new())])?,
        )),
        books,
        next: AtomicU64::new(0),
    };
    say(&format!("| {} | a second |", bench.kind()))?;
    say("|---|---|")?;
    say(&format!("| fsyncs of 4 KiB | {:.0} |", fsyncs()?))?;
    bench.measure("an empty table").await?;
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

/// How often a second the disk confirms that 4 KiB are written.
fn fsyncs() -> Result<f64> {
    let folder = tempfile::tempdir()?;
    let mut file = File::create(folder.path().join("synced"))?;
    let begun = Instant::now();
    let mut count = 0_u32;
    while begun.elapsed() < Duration::from_secs(3) {
        file.write_all(&[0; 4096])?;
        file.sync_data()?;
        count += 1;
    }
    Ok(f64::from(count) / begun.elapsed().as_secs_f64())
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
            let names = self.open_orders().await?;
            let bare = self.a_second(&names, in_flight, bare).await?;
            let names = self.open_orders().await?;
            let settled = self.a_second(&names, in_flight, settled).await?;
            say(&format!(
                "| bare transactions of the two rows, {in_flight} in flight, {beside} | {bare:.0} |"
            ))?;
            say(&format!(
                "| payments settled, {in_flight} in flight, {beside} | {settled:.0} |"
            ))?;
        }
        Ok(())
    }

    /// Orders with a payment that is paid.
    async fn open_orders(&self) -> Result<Vec<String>> {
        let mut names = Vec::new();
        for _ in 0..PAYMENTS {
            let number = self.next.fetch_add(1, Ordering::Relaxed);
            names.push(format!("order-{number}"));
        }
        self.a_second(&names, 64, opened).await?;
        Ok(names)
    }

    /// Does this for each order, so many at once, and says how many it was a second.
    async fn a_second<F>(
        &self,
        names: &[String],
        in_flight: u64,
        each: fn(Arc<Desk<Books>>, String) -> F,
    ) -> Result<f64>
    where
        F: Future<Output = Result<()>> + Send + 'static,
    {
        let begun = Instant::now();
        let mut names = names.iter();
        let mut tasks = JoinSet::new();
        let mut count = 0_u32;
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
        Ok(f64::from(count) / begun.elapsed().as_secs_f64())
    }

    /// Lays so many delivered orders beside the others, each as large as a real one, and makes some due.
    async fn fill(&self, orders: u64) -> Result<()> {
        let numbers = match self.kind() {
            "SQLite" => {
                "WITH RECURSIVE numbers (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < $1)"
            }
            _ => "WITH numbers AS (SELECT n FROM generate_series(1, $1) n)",
        };
        let fill = [
            format!(
                "INSERT INTO paylink_orders \
                 (name, account, reference, payment, ledger, stage, next_check_at, created_at) \
                 {numbers} SELECT 'old-' || n, account, 'old-' || n, payment, ledger, 'delivered', NULL, n \
                 FROM numbers CROSS JOIN (SELECT * FROM paylink_orders WHERE name = 'order-{PAYMENTS}') model"
            ),
            format!(
                "INSERT INTO paylink_outbox (id, order_name, delivery, created_at, due_at) \
                 {numbers} SELECT 'old-' || n, 'old-' || n, delivery, n, NULL \
                 FROM numbers CROSS JOIN (SELECT * FROM paylink_outbox WHERE id = 'order-{PAYMENTS}') model"
            ),
        ];
        for statement in fill {
            self.run(&statement, i64::try_from(orders)?).await?;
        }
        self.run("ANALYZE", 0).await?;
        let due = "UPDATE paylink_orders SET stage = 'open', next_check_at = created_at WHERE created_at <= $1";
        self.run(due, i64::try_from(DUE)?).await
    }

    /// How long the questions take beside all of them.
    async fn ask(&self, filled_in: u64) -> Result<()> {
        let mut took = Vec::new();
        for _ in 0..200 {
            let begun = Instant::now();
            let (now, lease) = (SystemTime::now(), Duration::from_secs(120));
            let claimed = self.books.claim_due("instant", now, lease, 16).await?;
            took.push(begun.elapsed());
            if claimed.len() != 16 {
                return Err(format!("{} of 16 were claimed", claimed.len()).into());
            }
        }
        took.sort_unstable();
        say("")?;
        say(&format!(
            "Filled in {filled_in} s. Claiming 16 of {DUE} that are due: median {:?}, at most {:?}.",
            took[took.len() / 2],
            took[took.len() - 1]
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

    async fn run(&self, statement: &str, number: i64) -> Result<()> {
        let has_number = statement.contains("$1");
        let statement = sqlx::AssertSqlSafe(statement.to_owned());
        if let Some(pool) = self.books.sqlite_pool() {
            let query = sqlx::query(statement);
            let query = if has_number {
                query.bind(number)
            } else {
                query
            };
            query.execute(pool).await?;
        } else if let Some(pool) = self.books.postgres_pool() {
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
}

async fn opened(desk: Arc<Desk<Books>>, name: String) -> Result<()> {
    let payment = NewPayment::new(&name, Rial::new(1_500_000).into())?;
    let order = StoredOrder::new("instant", payment);
    desk.store().add(&name, &order).await?;
    let _ = desk.open(&name).await?;
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

/// A provider that answers at once, and with which everything is paid.
#[derive(Debug)]
struct Instantly(Capabilities);

impl Instantly {
    fn new() -> Instantly {
        let capabilities = Capabilities::new("instant", &[Currency::Irr]);
        Instantly(capabilities.supports(Capability::FindCreated))
    }
}

type Told<T> = std::result::Result<T, paylink::Error>;

#[async_trait]
impl PaymentProvider for Instantly {
    fn capabilities(&self) -> &Capabilities {
        &self.0
    }

    fn longest_call(&self) -> Duration {
        Duration::from_secs(5)
    }

    fn prepare(&self, payment: &NewPayment) -> Told<PreparedPayment<'_>> {
        let now = SystemTime::now();
        let reference = payment.reference().clone();
        let handle = Handle::new("instant", "create", now)
            .with_reference(reference.as_str())
            .with_amount(*payment.price());
        let record = PaymentRecord::new("instant", reference.clone(), *payment.price(), now)
            .with_id("id", reference.as_str());
        Ok(PreparedPayment::new(handle, async move {
            Ok(Created::new(record))
        }))
    }

    async fn settle(&self, expected: &ExpectedPayment) -> Told<Settlement<Payment>> {
        let record = expected.record();
        let reference = expected.reference().as_str();
        let agreed = Comparison::new("instant")
            .money(record.amount(), record.amount())
            .equal(ComparedField::Order, reference, reference)
            .equal(ComparedField::Merchant, "shop", "shop")
            .equal(ComparedField::Reference, reference, reference)
            .finish();
        Ok(match agreed {
            Ok(agreement) => agreement.settled(),
            Err(mismatch) => Settlement::Mismatch(mismatch),
        })
    }

    async fn resolve(&self, _: &Handle) -> Told<Resolution<Resolved>> {
        Ok(Resolution::NotExecuted)
    }
}
