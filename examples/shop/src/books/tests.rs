use std::fs::{self, OpenOptions};
use std::io::Write;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use async_trait::async_trait;
use paylink::desk::contract::{self, Subject};
use paylink::desk::{Claimed, OrderStore, StoredOrder};
use serde_json::{Value, json};

use super::*;

/// Files that are gone with the test.
struct Files {
    folder: PathBuf,
    made: AtomicU32,
}

impl Files {
    fn new(name: &str) -> Files {
        let folder = format!("paylink-shop-{name}-{}", std::process::id());
        let folder = std::env::temp_dir().join(folder);
        fs::create_dir_all(&folder).unwrap();
        Files {
            folder,
            made: AtomicU32::new(0),
        }
    }

    fn next(&self) -> PathBuf {
        let number = self.made.fetch_add(1, Ordering::Relaxed);
        self.folder.join(format!("{number}.jsonl"))
    }
}

impl Drop for Files {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.folder);
    }
}

fn row(name: &str, order: &StoredOrder) -> Order {
    Order {
        number: name.to_owned(),
        placed_at: SystemTime::UNIX_EPOCH,
        account: order.account().to_owned(),
        price: *order.payment().price(),
        return_url: None,
        notify_url: None,
        mobile: None,
        description: None,
        buyer: "somebody".to_owned(),
        ledger: order.ledger().clone(),
        fence: 0,
        claimed_until: None,
        last_reference: 1_000,
        outbox: Vec::new(),
        due_at: None,
        tries: 0,
        code: None,
    }
}

/// Books, in memory or each in a file of its own.
struct Shelves(Option<Files>);

#[async_trait]
impl Subject for Shelves {
    type Store = Books;

    async fn store_with(&self, orders: &[(String, StoredOrder)]) -> Arc<Books> {
        let books = match &self.0 {
            Some(files) => Books::in_file(&files.next()).unwrap(),
            None => Books::in_memory(),
        };
        for (name, order) in orders {
            books.place(row(name, order)).unwrap();
        }
        Arc::new(books)
    }

    async fn deliveries(&self, books: &Books, order: &str) -> usize {
        books.order(order).unwrap().deliveries().len()
    }

    async fn stage(&self, books: &Books, order: &str) -> String {
        books.order(order).unwrap().ledger.stage().to_string()
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn books_in_memory_keep_the_contract() {
    contract::check(&Shelves(None)).await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn books_in_a_file_keep_the_contract() {
    let files = Files::new("contract");
    contract::check(&Shelves(Some(files))).await.unwrap();
}

#[tokio::test]
async fn what_was_written_is_read_again() {
    let files = Files::new("again");
    let path = files.next();
    let order = row("1000", &stored());
    let books = Books::in_file(&path).unwrap();
    books.place(order.clone()).unwrap();
    let now = SystemTime::now();
    let claimed = books.claim("1000", now, Duration::from_secs(60)).await;
    assert!(matches!(claimed, Ok(Claimed::Granted { .. })));
    drop(books);

    // The process died while it wrote the next line.
    let mut file = OpenOptions::new().append(true).open(&path).unwrap();
    file.write_all(br#"{"number":"1000","pla"#).unwrap();
    drop(file);

    let books = Books::in_file(&path).unwrap();
    let claimed = books.claim("1000", now, Duration::from_secs(60)).await;
    assert!(
        matches!(claimed, Ok(Claimed::Held { .. })),
        "the claim is forgotten"
    );
    assert_eq!(books.fresh_number(), 1_001, "a reference is used twice");
    books.place(row("1001", &stored())).unwrap();
    drop(books);
    let numbers = Books::in_file(&path).unwrap().orders();
    let numbers: Vec<String> = numbers.into_iter().map(|order| order.number).collect();
    assert_eq!(numbers, ["1000", "1001"]);
}

/// The release before wrote neither when an outbox is due nor how often it was taken. What it had not handed out is due.
#[tokio::test]
async fn the_file_of_the_release_before_is_read() {
    let files = Files::new("before");
    let path = files.next();
    let delivery = json!({
        "order": "1000",
        "account": "zipay",
        "provider": "zipay",
        "reference": "1000",
        "amount": crate::goods::price(),
        "provider_reference": "5f0c",
        "compared": [],
        "not_reported": [],
        "at_ms": 0,
    });
    let mut lines = String::new();
    for (number, outbox, code) in [
        ("1000", json!([]), Value::Null),
        ("1001", json!([delivery]), Value::Null),
        ("1002", json!([delivery]), json!("A")),
    ] {
        let mut row = serde_json::to_value(row(number, &stored())).unwrap();
        let fields = row.as_object_mut().unwrap();
        assert!(fields.remove("due_at").is_some() && fields.remove("tries").is_some());
        fields.insert("outbox".to_owned(), outbox);
        fields.insert("code".to_owned(), code);
        lines.push_str(&format!("{row}\n"));
    }
    fs::write(&path, lines).unwrap();
    let books = Books::in_file(&path).unwrap();
    let due = |number| books.order(number).unwrap().due_at;
    assert_eq!(due("1000"), None);
    assert_eq!(due("1001"), Some(SystemTime::UNIX_EPOCH));
    assert_eq!(due("1002"), None);
}

#[test]
fn two_shops_do_not_share_a_file() {
    let files = Files::new("shared");
    let path = files.next();
    let first = Books::in_file(&path).unwrap();
    assert!(Books::in_file(&path).is_err());
    drop(first);
    assert!(Books::in_file(&path).is_ok());
}

#[test]
fn a_file_that_holds_something_else_is_refused() {
    let files = Files::new("else");
    let path = files.next();
    fs::write(&path, "not an order\n").unwrap();
    let error = Books::in_file(&path).unwrap_err();
    assert!(error.to_string().contains("line 1"), "{error}");
    assert_eq!(fs::read_to_string(&path).unwrap(), "not an order\n");
}

fn stored() -> StoredOrder {
    let price = crate::goods::price();
    StoredOrder::new("zipay", paylink::NewPayment::new("1000", price).unwrap())
}
