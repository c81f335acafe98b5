//! Orders as rows: how they are added, read and listed.

use std::time::SystemTime;

use paylink::desk::{Ledger, StoredOrder};
use paylink::{CardNumber, NationalId, NewPayment};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use crate::books::{millis, moment, on, rows, whole};
use crate::{Books, BooksError, Connection};

/// One that is there already, under this name or this reference, stays as it is.
const ADD: &str = "INSERT INTO paylink_orders \
     (name, account, reference, payment, private, ledger, stage, next_check_at, created_at) \
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) ON CONFLICT DO NOTHING";

pub(crate) const FIND: &str =
    "SELECT account, payment, private, ledger FROM paylink_orders WHERE name = $1";

/// These columns of the orders that [`Orders`] says, in either direction.
macro_rules! list {
    ($columns:literal) => {
        Listing {
            oldest_first: list!($columns, ">", ""),
            newest_first: list!($columns, "<", " DESC"),
        }
    };
    ($columns:literal, $beyond:literal, $direction:literal) => {
        concat!(
            "SELECT ",
            $columns,
            " FROM paylink_orders WHERE ($1 = '' OR stage = $1) AND ($2 = '' OR account = $2) \
             AND (created_at, name) ",
            $beyond,
            " ($3, $4) AND created_at >= $5 AND created_at < $6 ORDER BY created_at",
            $direction,
            ", name",
            $direction,
            " LIMIT $7"
        )
    };
}

/// A list's statement for either direction.
struct Listing {
    oldest_first: &'static str,
    newest_first: &'static str,
}

const LIST: Listing =
    list!("name, account, reference, stage, next_check_at, claimed_until, created_at");

/// What a comparison with a provider needs. The payer's card and national id are not read for it.
const LIST_WHOLE: Listing = list!("name, created_at, account, payment, ledger");

const OF_REFERENCE: &str = "SELECT name FROM paylink_orders WHERE reference = $1";

const DUE: &str = "SELECT name FROM paylink_orders \
     WHERE next_check_at <= $1 AND claimed_until <= $1 ORDER BY next_check_at, name LIMIT $2";

/// What came of adding an order.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Added {
    /// It is in the books now.
    New,
    /// The same order was in the books before: nothing was written.
    Before,
}

/// An order of a list, without its payment and ledger.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
#[non_exhaustive]
pub struct OrderLine {
    /// What the desk is asked about.
    pub name: String,
    /// The account through which it is to be paid.
    pub account: String,
    /// The reference of its first payment.
    pub reference: String,
    /// How far it has come: a [stage](paylink::desk::Stage::as_str).
    pub stage: String,
    /// When it is looked at again by itself.
    pub next_check_at: Option<SystemTime>,
    /// Until when another call holds it; in the past where none does.
    pub claimed_until: SystemTime,
    /// When it was added.
    pub created_at: SystemTime,
}

/// Which orders are listed: all of them, the oldest first, at most 100, unless it says otherwise.
#[derive(Clone, Debug)]
#[must_use = "it lists nothing by itself"]
pub struct Orders {
    stage: String,
    account: String,
    is_newest_first: bool,
    after: Option<(i64, String)>,
    since: i64,
    until: i64,
    limit: u16,
}

impl Orders {
    /// All orders.
    pub fn all() -> Orders {
        Orders {
            stage: String::new(),
            account: String::new(),
            is_newest_first: false,
            after: None,
            since: i64::MIN,
            until: i64::MAX,
            limit: 100,
        }
    }

    /// The newest first.
    pub fn newest_first(mut self) -> Orders {
        self.is_newest_first = true;
        self
    }

    /// Only those of this stage.
    pub fn in_stage(mut self, stage: paylink::desk::Stage) -> Orders {
        stage.as_str().clone_into(&mut self.stage);
        self
    }

    /// Only those of the account of this name.
    pub fn of_account(mut self, account: &str) -> Orders {
        account.clone_into(&mut self.account);
        self
    }

    /// Only those that were added at this moment or later.
    pub fn created_since(mut self, moment: SystemTime) -> Orders {
        self.since = millis(moment);
        self
    }

    /// Only those that were added before this moment.
    pub fn created_until(mut self, moment: SystemTime) -> Orders {
        self.until = millis(moment);
        self
    }

    /// Only those that come after this one in the list: the next page.
    pub fn after(self, line: &OrderLine) -> Orders {
        self.after_order(line.created_at, &line.name)
    }

    /// The same, for an order that was added at this moment under this name.
    pub fn after_order(mut self, created_at: SystemTime, name: &str) -> Orders {
        self.after = Some((millis(created_at), name.to_owned()));
        self
    }

    /// At most so many.
    pub fn limit(mut self, orders: u16) -> Orders {
        self.limit = orders;
        self
    }

    /// Where the list begins in its index.
    fn start(&self) -> (i64, &str) {
        let after = self.after.as_ref().map(|(at, name)| (*at, name.as_str()));
        if self.is_newest_first {
            let until = (self.until, "");
            after.map_or(until, |after| after.min(until))
        } else {
            let since = (self.since.saturating_sub(1), "");
            after.map_or(since, |after| after.max(since))
        }
    }

    fn statement(&self, listing: &Listing) -> &'static str {
        if self.is_newest_first {
            listing.newest_first
        } else {
            listing.oldest_first
        }
    }
}

/// An order of a list with its payment and ledger, and without the payer's card and national id.
#[derive(Clone, PartialEq, Eq, Debug)]
#[non_exhaustive]
pub struct WholeOrder {
    /// What the desk is asked about.
    pub name: String,
    /// When it was added.
    pub created_at: SystemTime,
    /// The order itself.
    pub order: StoredOrder,
}

impl Books {
    /// Adds an order under the name by which the desk is asked about it. Adding the same order again changes nothing, so
    /// that a request which was answered to nobody can be repeated.
    ///
    /// # Errors
    ///
    /// If another order has the name or the reference, the payment holds what these books do not keep, or the database
    /// fails: add it again.
    pub async fn add(&self, name: &str, order: &StoredOrder) -> Result<Added, BooksError> {
        let row = self.new_row(name, order)?;
        let (books, name) = (self.clone(), name.to_owned());
        whole(async move {
            let added = on!(transaction books, |transaction| {
                insert(Connection::from(&mut *transaction), &name, &row).await?
            });
            Ok(added)
        })
        .await
    }

    /// The same in the merchant's own transaction: the order is there if the shop's own rows are, and not otherwise.
    ///
    /// With SQLite, begin that transaction with `BEGIN IMMEDIATE`, and do nothing slow in it: no other write happens
    /// meanwhile.
    ///
    /// # Errors
    ///
    /// As [`add`](Books::add), and if the connection leads to another kind of database. After one, give the transaction up.
    pub async fn add_in<'c>(
        &self,
        connection: impl Into<Connection<'c>>,
        name: &str,
        order: &StoredOrder,
    ) -> Result<Added, BooksError> {
        let connection = connection.into();
        if connection.kind() != self.kind() {
            return Err(BooksError::OtherDatabase {
                books: self.kind(),
                connection: connection.kind(),
            });
        }
        let row = self.new_row(name, order)?;
        insert(connection, name, &row).await
    }

    /// Lists orders.
    ///
    /// # Errors
    ///
    /// If the database fails.
    pub async fn orders(&self, which: &Orders) -> Result<Vec<OrderLine>, BooksError> {
        type Line = (String, String, String, String, Option<i64>, i64, i64);
        let (created_at, name) = which.start();
        let lines: Vec<Line> = on!(read self, |db| sqlx::query_as(which.statement(&LIST))
            .bind(&which.stage)
            .bind(&which.account)
            .bind(created_at)
            .bind(name)
            .bind(which.since)
            .bind(which.until)
            .bind(i64::from(which.limit))
            .fetch_all(db)
            .await?);
        let lines = lines.into_iter();
        Ok(lines
            .map(
                |(name, account, reference, stage, next, claimed, created)| OrderLine {
                    name,
                    account,
                    reference,
                    stage,
                    next_check_at: next.map(moment),
                    claimed_until: moment(claimed),
                    created_at: moment(created),
                },
            )
            .collect())
    }

    /// Lists orders with their payments and ledgers.
    ///
    /// # Errors
    ///
    /// If the database fails, or a row cannot be read.
    pub async fn whole_orders(&self, which: &Orders) -> Result<Vec<WholeOrder>, BooksError> {
        type Line = (String, i64, String, String, String);
        let (created_at, name) = which.start();
        let lines: Vec<Line> = on!(read self, |db| sqlx::query_as(which.statement(&LIST_WHOLE))
            .bind(&which.stage)
            .bind(&which.account)
            .bind(created_at)
            .bind(name)
            .bind(which.since)
            .bind(which.until)
            .bind(i64::from(which.limit))
            .fetch_all(db)
            .await?);
        let lines = lines.into_iter();
        lines
            .map(|(name, created_at, account, payment, ledger)| {
                let row = OrderRow::from((account, payment, None, ledger));
                let order = row.into_order(&name)?;
                let created_at = moment(created_at);
                Ok(WholeOrder {
                    name,
                    created_at,
                    order,
                })
            })
            .collect()
    }

    /// The name of the order whose first payment has this reference. One that it got when it was opened anew is not looked for.
    ///
    /// # Errors
    ///
    /// If the database fails.
    pub async fn order_of_reference(&self, reference: &str) -> Result<Option<String>, BooksError> {
        Ok(on!(read self, |db| sqlx::query_scalar(OF_REFERENCE)
            .bind(reference)
            .fetch_optional(db)
            .await?))
    }

    /// The names of the orders that are due at this moment and that nobody holds, the earliest first, at most `limit` of
    /// them. None is claimed.
    ///
    /// # Errors
    ///
    /// If the database fails.
    pub async fn due(&self, now: SystemTime, limit: usize) -> Result<Vec<String>, BooksError> {
        let due = on!(read self, |db| sqlx::query_scalar(DUE)
            .bind(millis(now))
            .bind(rows(limit))
            .fetch_all(db)
            .await?);
        Ok(due)
    }

    fn new_row(&self, name: &str, order: &StoredOrder) -> Result<NewRow, BooksError> {
        let payment = order.payment();
        let private = PrivateData::of(payment);
        if private.is_some() && !self.keeps_private_data {
            return Err(BooksError::PrivateData {
                name: name.to_owned(),
            });
        }
        let private = private
            .map(|it| to_json("private", name, &it))
            .transpose()?;
        let ledger = order.ledger();
        Ok(NewRow {
            account: order.account().to_owned(),
            reference: payment.reference().as_str().to_owned(),
            payment: to_json("payment", name, &payment.without_private_data())?,
            private,
            ledger: to_json("ledger", name, ledger)?,
            stage: ledger.stage().as_str(),
            next_check_at: ledger.next_check_at().map(millis),
        })
    }
}

/// An order that is to be inserted.
struct NewRow {
    account: String,
    reference: String,
    payment: String,
    private: Option<String>,
    ledger: String,
    stage: &'static str,
    next_check_at: Option<i64>,
}

async fn insert(connection: Connection<'_>, name: &str, row: &NewRow) -> Result<Added, BooksError> {
    macro_rules! insert {
        ($db:ident) => {{
            let inserted = sqlx::query(ADD)
                .bind(name)
                .bind(&row.account)
                .bind(&row.reference)
                .bind(&row.payment)
                .bind(&row.private)
                .bind(&row.ledger)
                .bind(row.stage)
                .bind(row.next_check_at)
                .bind(millis(SystemTime::now()))
                .execute(&mut *$db)
                .await?
                .rows_affected();
            if inserted > 0 {
                return Ok(Added::New);
            }
            let found = sqlx::query_as(FIND).bind(name).fetch_optional(&mut *$db);
            let found: Option<Columns> = found.await?;
            found.map(OrderRow::from)
        }};
    }
    let found = match connection {
        #[cfg(feature = "sqlite")]
        Connection::Sqlite(db) => insert!(db),
        #[cfg(feature = "postgres")]
        Connection::Postgres(db) => insert!(db),
    };
    let Some(found) = found else {
        return Err(BooksError::ReferenceTaken {
            reference: row.reference.clone(),
        });
    };
    let what = if found.account != row.account {
        "account"
    } else if payment(name, &found.payment)? != payment(name, &row.payment)? {
        "payment"
    } else if found.private != row.private && !is_handed_out(name, &found.ledger)? {
        "card or national id of the payer"
    } else {
        return Ok(Added::Before);
    };
    Err(BooksError::OtherOrder {
        name: name.to_owned(),
        what,
    })
}

/// Whether the payer's data went with the goods.
fn is_handed_out(name: &str, ledger: &str) -> Result<bool, BooksError> {
    let ledger: Ledger = from_json("ledger", name, ledger)?;
    Ok(ledger.delivery().is_some())
}

fn payment(name: &str, document: &str) -> Result<NewPayment, BooksError> {
    from_json("payment", name, document)
}

/// What makes an order, as it stands in its row.
pub(crate) struct OrderRow {
    account: String,
    payment: String,
    private: Option<String>,
    ledger: String,
}

/// What [`FIND`] returns.
pub(crate) type Columns = (String, String, Option<String>, String);

impl From<Columns> for OrderRow {
    fn from((account, payment, private, ledger): Columns) -> OrderRow {
        OrderRow {
            account,
            payment,
            private,
            ledger,
        }
    }
}

impl OrderRow {
    pub(crate) fn into_order(self, name: &str) -> Result<StoredOrder, BooksError> {
        let mut payment: NewPayment = payment(name, &self.payment)?;
        if let Some(private) = &self.private {
            let private: PrivateData = from_json("private", name, private)?;
            payment = private.add_to(name, payment)?;
        }
        let ledger: Ledger = from_json("ledger", name, &self.ledger)?;
        Ok(StoredOrder::new(self.account, payment).with_ledger(ledger))
    }
}

/// What is kept of a payer only where the merchant says so.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct PrivateData {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    card: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    national_id: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    foreign_id: Option<String>,
}

impl PrivateData {
    fn of(payment: &NewPayment) -> Option<PrivateData> {
        let id = payment.national_id();
        let id = |foreign: bool| {
            let id = id.filter(|id| id.is_foreign() == foreign);
            id.map(|id| id.as_str().to_owned())
        };
        let private = PrivateData {
            card: payment.payer_card().map(|card| card.expose().to_owned()),
            national_id: id(false),
            foreign_id: id(true),
        };
        let is_empty =
            private.card.is_none() && private.national_id.is_none() && private.foreign_id.is_none();
        (!is_empty).then_some(private)
    }

    fn add_to(&self, name: &str, mut payment: NewPayment) -> Result<NewPayment, BooksError> {
        let unreadable = |error: paylink::Invalid| BooksError::Row {
            row: name.to_owned(),
            column: "private",
            problem: error.problem().to_owned(),
        };
        if let Some(card) = &self.card {
            payment = payment.with_payer_card(CardNumber::parse(card).map_err(unreadable)?);
        }
        if let Some(id) = &self.national_id {
            payment = payment.with_national_id(NationalId::parse(id).map_err(unreadable)?);
        }
        if let Some(id) = &self.foreign_id {
            payment = payment.with_national_id(NationalId::parse_foreign(id).map_err(unreadable)?);
        }
        Ok(payment)
    }
}

pub(crate) fn to_json<T: Serialize>(
    column: &'static str,
    row: &str,
    value: &T,
) -> Result<String, BooksError> {
    serde_json::to_string(value).map_err(|error| unreadable(column, row, &error))
}

pub(crate) fn from_json<T: DeserializeOwned>(
    column: &'static str,
    row: &str,
    document: &str,
) -> Result<T, BooksError> {
    serde_json::from_str(document).map_err(|error| unreadable(column, row, &error))
}

fn unreadable(column: &'static str, row: &str, error: &serde_json::Error) -> BooksError {
    BooksError::Row {
        row: row.to_owned(),
        column,
        problem: error.to_string(),
    }
}
