//! What stays on disks and in logs of a whole sale: in the books, and in the sandbox's journal, archive, pages and snapshot.

use paylink::desk::{Desk, Opened, Outcome, StoredOrder};
use paylink::{Account, Accounts};
use paylink_books::{Books, sqlx};
use paylink_core::provider::Descriptor;
use paylink_sandbox::Sandbox;
use paylink_testkit::{Canaries, Capture};
use paylink_tests::postgres::in_own_place;
use paylink_tests::providers::{open, simulated};
use paylink_tests::{sandbox_clock, sizpay_shop};

use super::{NAME, NATIONAL_ID, full_payment};

/// An order at each provider, from its adding to its delivery, with everything that a payer and a merchant give.
pub(crate) struct Sale {
    sandbox: Sandbox,
    pub(crate) desk: Desk<Books>,
    pub(crate) orders: Vec<(&'static Descriptor, String)>,
}

/// What is searched for, apart from what may stand in an order's row.
struct Given {
    /// Credentials of the accounts: nowhere.
    keys: Vec<String>,
    /// The payer's card and national id: until the order is handed out.
    private: [String; 2],
}

impl Sale {
    /// Adds the orders and opens their payments.
    pub(crate) async fn begin(books: Books) -> Sale {
        let sandbox = sizpay_shop::open().await.unwrap();
        let transport = sandbox_clock::transport(&sandbox).unwrap();
        let mut accounts = Vec::new();
        let mut orders = Vec::new();
        for (number, provider) in paylink::providers().iter().copied().enumerate() {
            let settings = simulated(&sandbox, provider).settings();
            let settings = settings.iter().map(|(key, value)| (key, value));
            let client = open(provider, settings, &transport).unwrap();
            let order = (1000 + number).to_string();
            let card = sandbox.cardpay().payer_card();
            let payment = full_payment(&*client, &order, card).unwrap();
            let stored = StoredOrder::new(provider.name(), payment);
            books.add(&order, &stored).await.unwrap();
            accounts.push(Account::from_arc(provider.name(), client));
            orders.push((provider, order));
        }
        let accounts = Accounts::new(accounts).unwrap();
        let clock = sizpay_shop::clock_of(&sandbox);
        let desk = Desk::new(books, accounts).runtime(clock);
        for (_, order) in &orders {
            let opened = desk.open(order).await.unwrap();
            assert!(matches!(opened, Opened::Ready(_)), "{order}: {opened:?}");
        }
        Sale {
            sandbox,
            desk,
            orders,
        }
    }

    /// Lets the payers pay, and hands out.
    pub(crate) async fn end(&self) {
        for (provider, order) in &self.orders {
            let stored = self.desk.order(order).await.unwrap();
            let created = stored.ledger().created().unwrap();
            let id = created.record().require_id(provider.id_name()).unwrap();
            match provider.name() {
                "zipay" => {
                    self.sandbox.zipay().pay_as(id, NATIONAL_ID).unwrap();
                }
                _ => {
                    let played = simulated(&self.sandbox, provider);
                    played.pay(id, None).unwrap();
                }
            }
            let outcome = self.desk.check(order).await.unwrap();
            assert!(matches!(outcome, Outcome::DeliverNow(_)), "{outcome:?}");
            let _ = self.desk.mark_delivered(order).await.unwrap();
        }
    }

    fn given(&self) -> Given {
        let mut keys = Vec::new();
        for (provider, _) in &self.orders {
            let settings = simulated(&self.sandbox, provider).settings().into_iter();
            keys.extend(settings.filter_map(|(key, value)| {
                provider.setting(key).unwrap().is_secret().then_some(value)
            }));
        }
        assert!(keys.len() >= 8, "{}", keys.len());
        let card = self.sandbox.cardpay().payer_card().to_owned();
        Given {
            keys,
            private: [card, NATIONAL_ID.to_owned()],
        }
    }
}

impl Given {
    /// Looks for the keys in what was kept, and for the payer's card and national id where they may not be.
    fn hold(&self, kept: &[(String, Vec<u8>)], may_have_private: bool) {
        let keys = Canaries::new(&self.keys).unwrap();
        let private = Canaries::new(&self.private).unwrap();
        let mut found = 0;
        for (name, bytes) in kept {
            let text = String::from_utf8_lossy(bytes);
            let leaks = keys.find_in(&text);
            assert!(leaks.is_empty(), "{name}: {leaks:?}");
            let leaks = private.find_in(&text);
            assert!(may_have_private || leaks.is_empty(), "{name}: {leaks:?}");
            found += leaks.len();
        }
        // What may be kept is found, so that what is not found is not there.
        assert!(!may_have_private || found >= self.private.len(), "{found}");
        let shown = Canaries::new([NAME]).unwrap();
        let is_read = |(_, bytes): &(String, Vec<u8>)| {
            !shown.find_in(&String::from_utf8_lossy(bytes)).is_empty()
        };
        assert!(kept.iter().any(is_read), "the search is blind");
    }
}

/// Every file in a folder, byte by byte.
fn files(folder: &std::path::Path) -> Vec<(String, Vec<u8>)> {
    let mut files = Vec::new();
    for file in std::fs::read_dir(folder).unwrap() {
        let path = file.unwrap().path();
        files.push((path.display().to_string(), std::fs::read(&path).unwrap()));
    }
    files
}

#[tokio::test]
async fn a_file_of_books_holds_no_key_and_forgets_cards_and_national_ids() {
    let folder = tempfile::tempdir().unwrap();
    let books = Books::sqlite(folder.path().join("shop.db")).await.unwrap();
    let sale = Sale::begin(books.keep_private_data(true)).await;
    let given = sale.given();
    given.hold(&files(folder.path()), true);
    sale.end().await;
    // The log holds what was written before until it is written over.
    given.hold(&files(folder.path()), true);
    sale.desk.store().close().await;
    let left = files(folder.path());
    assert_eq!(left.len(), 1, "the log is gone when the books are closed");
    given.hold(&left, false);
}

#[tokio::test]
async fn rows_of_books_on_postgres_hold_no_key_and_forget_cards_and_national_ids() {
    let url = std::env::var("PAYLINK_POSTGRES")
        .expect("PAYLINK_POSTGRES names no database: see CONTRIBUTING.md");
    let done = in_own_place(&url, |place| async move {
        let books = Books::postgres(&place).await?.keep_private_data(true);
        let sale = Sale::begin(books).await;
        let given = sale.given();
        given.hold(&rows(sale.desk.store()).await, true);
        sale.end().await;
        given.hold(&rows(sale.desk.store()).await, false);
        sale.desk.store().close().await;
        Ok(())
    });
    done.await.unwrap();
}

/// Every row of the books as text.
async fn rows(books: &Books) -> Vec<(String, Vec<u8>)> {
    let pool = books.postgres_pool().unwrap();
    let mut all = Vec::new();
    for (table, select) in [
        ("paylink_orders", "SELECT o::text FROM paylink_orders o"),
        ("paylink_outbox", "SELECT o::text FROM paylink_outbox o"),
    ] {
        let rows: Vec<String> = sqlx::query_scalar(select).fetch_all(pool).await.unwrap();
        all.extend(rows.into_iter().map(|row| (table.to_owned(), row.into())));
    }
    all
}

/// The sandbox is for developers who look at everything, yet its journal goes into reports of bugs.
#[tokio::test]
async fn what_the_sandbox_shows_of_a_sale_holds_no_key_and_no_whole_card() {
    let folder = tempfile::tempdir().unwrap();
    let books = Books::sqlite(folder.path().join("shop.db")).await.unwrap();
    let sale = Sale::begin(books.keep_private_data(true)).await;
    sale.end().await;
    let given = sale.given();
    let [card, _] = &given.private;
    let secrets: Vec<&String> = given.keys.iter().chain([card]).collect();
    let capture = Capture::new(Canaries::new(&secrets).unwrap());
    let sandbox = &sale.sandbox;
    let journal = sandbox.journal();
    assert!(journal.len() >= 8, "{}", journal.len());
    for entry in &journal {
        capture.look("journal", entry);
        capture.look_serialized("journal", entry).unwrap();
        capture.look("request", &entry.request());
        capture.look("answer", &entry.answer());
        capture.look_text("curl", entry.curl(sandbox.url()));
    }
    capture.look("snapshot", &sandbox.snapshot());
    capture
        .look_serialized("snapshot", &sandbox.snapshot())
        .unwrap();
    capture.look("messages", &sandbox.sms());
    capture.look("webhooks", &sandbox.webhooks());
    capture.look("sandbox", sandbox);
    let mut paths: Vec<String> = ["/", "/requests", "/messages", "/faults", "/accounts"]
        .iter()
        .chain(&[
            "/_sandbox/journal",
            "/_sandbox/journal.har",
            "/_sandbox/snapshot",
        ])
        .map(|path| (*path).to_owned())
        .collect();
    for entry in journal.iter().filter(|it| it.payment.is_some()) {
        paths.push(format!("/requests/{}", entry.number));
    }
    for (provider, order) in &sale.orders {
        let stored = sale.desk.order(order).await.unwrap();
        let record = stored.ledger().created().unwrap().record();
        let id = record.require_id(provider.id_name()).unwrap();
        paths.push(format!("/payments/{}/{id}", provider.name()));
    }
    for path in &paths {
        capture.look_text(path, page(sandbox, path).await);
    }
    capture.assert_clean();
    let shown = capture.transcript();
    let har = shown
        .iter()
        .find(|it| it.starts_with("/_sandbox/journal.har"));
    assert!(har.unwrap().contains("[redacted]"), "nothing was redacted");
    // The negative control: what the sandbox gives to whoever asks it for the account.
    capture.look("zipay", &sandbox.zipay().secret_key());
    assert!(!capture.leaks().is_empty(), "the search is blind");
}

async fn page(sandbox: &Sandbox, path: &str) -> String {
    let client = hyper_util::client::legacy::Client::builder(hyper_util::rt::TokioExecutor::new());
    let client = client.build_http::<http_body_util::Full<hyper::body::Bytes>>();
    let address = format!("{}{path}", sandbox.url()).parse().unwrap();
    let answer = client.get(address).await.unwrap();
    assert_eq!(answer.status(), 200, "{path}");
    let body = http_body_util::BodyExt::collect(answer.into_body());
    String::from_utf8_lossy(&body.await.unwrap().to_bytes()).into_owned()
}
