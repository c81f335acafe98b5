//! The books against each provider's own list: a whole day at the sandbox that agrees, and then one that does not.

use std::time::Duration;

use paylink::core::Runtime as _;
use paylink::core::provider::Descriptor;
use paylink::desk::{Desk, Outcome, StoredOrder};
use paylink::{Account, Accounts, Capability, JalaliDate, NewPayment, PaymentRecord};
use paylink_books::DiscrepancyKind as Kind;
use paylink_books::sqlx::{self, AssertSqlSafe};
use paylink_books::{Books, ReconcileError, Reconciled, Reconciliation};
use tempfile::TempDir;

use super::stall::Stall;

/// A shop over books in a file, at one provider.
struct Shop {
    stall: Stall,
    desk: Desk<Books>,
    account: Account,
    _folder: TempDir,
}

impl Shop {
    async fn open(provider: &'static Descriptor) -> Shop {
        let stall = Stall::open(provider).await;
        let folder = tempfile::tempdir().unwrap();
        let books = Books::sqlite(folder.path().join("shop.db")).await.unwrap();
        let account = Account::from_arc("main", stall.client.clone());
        let accounts = Accounts::new([account.clone()]).unwrap();
        let desk = Desk::new(books, accounts).runtime(stall.clock.clone());
        Shop {
            stall,
            desk,
            account,
            _folder: folder,
        }
    }

    fn payment(&self, reference: &str) -> NewPayment {
        self.stall.payment(reference)
    }

    async fn record(&self, order: &str) -> PaymentRecord {
        let order = self.desk.order(order).await.unwrap();
        order.ledger().created().unwrap().record().clone()
    }

    async fn order(&self, name: &str) {
        let order = StoredOrder::new("main", self.payment(name));
        self.desk.store().add(name, &order).await.unwrap();
        let _ = self.desk.open(name).await.unwrap();
    }

    async fn pay(&self, name: &str) {
        self.stall.pay(&self.record(name).await);
    }

    async fn sell(&self, name: &str) {
        self.order(name).await;
        self.pay(name).await;
        let outcome = self.desk.check(name).await.unwrap();
        assert!(matches!(outcome, Outcome::DeliverNow(_)), "{outcome:?}");
    }

    /// Changes the books behind the desk's back.
    async fn alter(&self, statement: String) {
        let pool = self.desk.store().sqlite_pool().unwrap();
        let altered = sqlx::query(AssertSqlSafe(statement)).execute(pool).await;
        assert_eq!(altered.unwrap().rows_affected(), 1);
    }

    async fn reconcile(&self) -> Reconciled {
        let day = JalaliDate::from_system_time(self.stall.clock.now()).unwrap();
        let day = Reconciliation::of_day(day).unwrap();
        let day = day.now(self.stall.clock.now() + Duration::from_secs(1));
        let books = self.desk.store();
        books.reconcile(&self.account, &day).await.unwrap()
    }
}

fn told(report: &Reconciled) -> Vec<(Kind, &str)> {
    let rows = report.discrepancies.iter();
    let mut rows: Vec<_> = rows
        .map(|row| (row.kind, row.order.as_deref().unwrap_or("–")))
        .collect();
    rows.sort_unstable();
    rows
}

/// What every provider with a list comes to; CardPay has none.
async fn a_day_at(provider: &'static Descriptor) {
    let shop = Shop::open(provider).await;
    let case = provider.name();
    for name in ["sold", "changed", "lost"] {
        shop.sell(name).await;
    }
    for name in ["open", "paid"] {
        shop.order(name).await;
    }
    let good = shop.reconcile().await;
    assert!(good.agrees(), "{case}: {good:?}");
    assert_eq!((good.agreed.paid, good.listed), (3, 5), "{case}: {good:?}");
    let sum = shop.stall.price();
    let sum = sum.checked_add(sum).and_then(|it| it.checked_add(sum));
    assert_eq!(good.agreed.sums, [sum.unwrap()], "{case}");
    // POD's list calls an open payment what it calls one that is paid and waits.
    let capabilities = shop.account.capabilities();
    let is_silent = capabilities.is_unconfirmed_before_payment();
    let open = if is_silent { (0, 2) } else { (2, 0) };
    assert_eq!((good.agreed.unpaid, good.undecided), open, "{case}");

    // Paid, and nobody looked.
    shop.pay("paid").await;
    // Of a program that has other books.
    let other = shop.account.create(&shop.payment("other")).await.unwrap();
    // The books hold a payment that the provider does not have.
    let id = shop.stall.id(&shop.record("lost").await).to_owned();
    shop.alter(format!(
        "UPDATE paylink_orders SET ledger = replace(ledger, '\"{id}\"', '\"987654321\"') WHERE name = 'lost'"
    ))
    .await;
    // And another price.
    let price = shop.stall.price().amount();
    shop.alter(format!(
        "UPDATE paylink_orders SET payment = replace(payment, '\"{price}\"', '\"{price}1\"') WHERE name = 'changed'"
    ))
    .await;
    let mut expected = vec![
        (Kind::MissingThere, "lost"),
        (Kind::UnknownHere, "lost"),
        (Kind::UnknownHere, "–"),
    ];
    if !is_silent {
        expected.push((Kind::PaidNotSettled, "paid"));
    }
    if case != "sizpay" {
        // SizPay reports no amount.
        expected.push((Kind::AmountDiffers, "changed"));
    }
    if capabilities.support(Capability::Refund).is_supported() {
        shop.account
            .refund(&shop.record("sold").await)
            .await
            .unwrap();
        expected.push((Kind::RefundedThere, "sold"));
    }
    expected.sort_unstable();
    let report = shop.reconcile().await;
    assert_eq!(told(&report), expected, "{case}: {report:?}");
    let mut strangers = report.discrepancies.iter();
    let stranger = strangers.find(|it| it.kind == Kind::UnknownHere && it.order.is_none());
    let id = shop.stall.id(other.record());
    assert_eq!(stranger.unwrap().id.as_deref(), Some(id), "{case}");
    assert_eq!(report.undecided, if is_silent { 2 } else { 0 }, "{case}");

    // It settled nothing; the desk does.
    let outcome = shop.desk.check("paid").await.unwrap();
    assert!(matches!(outcome, Outcome::DeliverNow(_)), "{outcome:?}");
    let report = shop.reconcile().await;
    let settled = told(&report).iter().all(|(_, order)| *order != "paid");
    assert!(settled, "{case}: {report:?}");

    // The next day has nothing of it.
    shop.stall.advance(Duration::from_secs(24 * 60 * 60));
    let next = shop.reconcile().await;
    assert!(next.agrees() && next.listed == 0, "{case}: {next:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_zipay_lists() {
    a_day_at(named("zipay")).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_pod_lists() {
    a_day_at(named("pod")).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_sizpay_lists() {
    a_day_at(named("sizpay")).await;
}

fn named(name: &str) -> &'static Descriptor {
    let mut all = paylink::providers().iter().copied();
    all.find(|it| it.name() == name).unwrap()
}

/// Whoever has a list is compared, and whoever has none is refused before anything is sent.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_provider_without_a_list_says_so() {
    let mut without = Vec::new();
    for provider in paylink::providers() {
        let shop = Shop::open(provider).await;
        if shop.stall.offers(Capability::List) {
            continue;
        }
        without.push(provider.name());
        let day = Reconciliation::of_day("1405/09/08".parse().unwrap()).unwrap();
        let refused = shop.desk.store().reconcile(&shop.account, &day).await;
        assert!(matches!(refused, Err(ReconcileError::NoList { .. })));
        assert!(shop.stall.sandbox.journal().is_empty());
    }
    assert_eq!(without, ["cardpay"]);
}
