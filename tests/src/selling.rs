//! What the processes share that sell in tests of crashes.

use std::error::Error;
use std::io::Write;
use std::time::Duration;

use paylink::desk::StoredOrder;
use paylink::{NewPayment, Rial, Timeouts};
use paylink_books::{Connection, sqlx};

/// What a step of such a process comes to.
pub type Result<T> = std::result::Result<T, Box<dyn Error + Send + Sync>>;

/// The accounts that orders go through, in turn.
pub const ACCOUNTS: [&str; 2] = ["zipay", "pod"];

/// How long a request of a node may take: short, so that its leases can be short as well.
pub const TIMEOUTS: Timeouts = Timeouts {
    connect: Duration::from_secs(1),
    attempt: Duration::from_millis(1_500),
    total: Duration::from_secs(2),
};

/// How long a node's claims hold: the shortest that a desk takes with those timeouts.
pub const LEASE: Duration = Duration::from_secs(14);

/// How long a node's deliveries may take: longer than a claim, so that who sends again finds the order free.
pub const OUTBOX_LEASE: Duration = Duration::from_secs(20);

/// How far an order's reference is from its number.
const APART: u64 = 1_000;

const GIVE: &str = "INSERT INTO goods (order_name) VALUES ($1)";

/// The order of this number, by which it is named in the books.
///
/// # Errors
///
/// If the number is too large for a price.
pub fn sold(order: u64) -> Result<StoredOrder> {
    let account = ACCOUNTS
        .get(usize::try_from(order)? % ACCOUNTS.len())
        .ok_or("no account")?;
    // Neighbours differ in their price, so that one's payment is not taken for the other's.
    let price = Rial::new(150_000 + order % 10_000 * 10);
    let payment = NewPayment::new(&(APART + order).to_string(), price.into())?
        .with_return_url("https://shop.example/back")?;
    Ok(StoredOrder::new(*account, payment))
}

/// The number of the order that a reference belongs to.
#[must_use]
pub fn order_of(reference: &str) -> Option<u64> {
    reference.parse::<u64>().ok()?.checked_sub(APART)
}

/// Says a line to whoever started the process: the whole of it or nothing, if the process is killed meanwhile.
///
/// # Errors
///
/// If nobody listens any more.
pub fn say(what: &str) -> Result<()> {
    let mut output = std::io::stdout().lock();
    output.write_all(format!("{what}\n").as_bytes())?;
    Ok(output.flush()?)
}

/// Hands goods out: a row in the table `goods`, which takes a second one for the same order as well.
///
/// # Errors
///
/// If the database fails.
pub async fn give(connection: Connection<'_>, order: &str) -> Result<()> {
    match connection {
        Connection::Sqlite(db) => {
            sqlx::query(GIVE).bind(order).execute(db).await?;
        }
        Connection::Postgres(db) => {
            sqlx::query(GIVE).bind(order).execute(db).await?;
        }
        _ => return Err("an unknown database".into()),
    }
    Ok(())
}
