//! Books with orders in several stages, and the command that looks at them.

use std::path::PathBuf;
use std::process::Command;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use paylink::desk::{Desk, OrderStore, StoredOrder};
use paylink::{
    Account, Accounts, Capabilities, Capability, CardNumber, Currency, Input, Money, NationalId,
    NewPayment, Rial,
};
use paylink_books::Books;
use paylink_testkit::MockClock;
use paylink_testkit::mock_provider::MockProvider;
use serde_json::Value;
use tempfile::TempDir;

use crate::documents::{self, Called};

pub(crate) const CARD: &str = "6037701689095443";
pub(crate) const NATIONAL_ID: &str = "0076229645";
pub(crate) const PASSWORD: &str = "hunter2-of-the-books";

/// A folder, and what stands in the environment of the command.
pub(crate) struct Shop {
    folder: TempDir,
    pub(crate) books: String,
}

impl Shop {
    /// No books yet.
    pub(crate) fn empty() -> Shop {
        let folder = tempfile::tempdir().unwrap();
        let books = folder.path().join("shop.db").to_str().unwrap().to_owned();
        Shop { folder, books }
    }

    /// Books in a file, with an order in each stage that is asked about.
    pub(crate) async fn open() -> Shop {
        let shop = Shop::empty();
        let books = Books::sqlite(&shop.books).await.unwrap();
        fill(&books).await;
        books.close().await;
        shop
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Runs `paylink books` with these words over the books.
    pub(crate) fn run(&self, line: &str) -> Run {
        self.run_with(line, Some(&self.books))
    }

    /// The same over other books, or over none.
    pub(crate) fn run_with(&self, line: &str, books: Option<&str>) -> Run {
        let mut command = self.command();
        command.args(["books"]).args(line.split_whitespace());
        if let Some(books) = books {
            command.args(["--books", books]);
        }
        self.finish(command)
    }

    pub(crate) fn command(&self) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_paylink"));
        command
            .env_clear()
            .env("HOME", self.folder.path())
            .current_dir(self.folder.path());
        command
    }

    pub(crate) fn finish(&self, mut command: Command) -> Run {
        let called = Called::of(&command);
        let output = command.output().unwrap();
        let folder = self.folder.path().to_str().unwrap();
        let text = |bytes| String::from_utf8(bytes).unwrap().replace(folder, "~");
        let run = Run {
            status: output.status.code().unwrap(),
            stdout: text(output.stdout),
            stderr: text(output.stderr),
        };
        documents::check(&called, &run.stdout);
        for private in [CARD, NATIONAL_ID, PASSWORD, "panicked"] {
            let is_told = run.stdout.contains(private) || run.stderr.contains(private);
            assert!(!is_told, "{private}: {run:?}");
        }
        run
    }
}

/// What a run of the command said and how it ended.
#[derive(Debug)]
pub(crate) struct Run {
    pub(crate) status: i32,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl Run {
    /// What people read, with fixed words in place of times.
    pub(crate) fn told(&self) -> String {
        assert_eq!((self.status, &*self.stderr), (0, ""), "{self:?}");
        without_times(&self.stdout)
    }

    pub(crate) fn failed(&self, status: i32) -> &str {
        assert_eq!((self.status, &*self.stdout), (status, ""), "{self:?}");
        &self.stderr
    }

    pub(crate) fn ok(&self) -> Value {
        assert_eq!((self.status, &*self.stderr), (0, ""), "{self:?}");
        self.document()["ok"].clone()
    }

    pub(crate) fn error(&self, status: i32) -> Value {
        assert_eq!((self.status, &*self.stderr), (status, ""), "{self:?}");
        self.document()["error"].clone()
    }

    fn document(&self) -> Value {
        assert_eq!(self.stdout.lines().count(), 1, "{self:?}");
        let document: Value = serde_json::from_str(&self.stdout).unwrap();
        assert_eq!(document["version"], 1, "{self:?}");
        assert_eq!(document.as_object().unwrap().len(), 2, "{self:?}");
        document
    }
}

/// `1405/09/08 16:50:01` becomes `DATE TIME`, in as many columns.
fn without_times(text: &str) -> String {
    let mut out = String::new();
    for line in text.lines() {
        let mut rest = line;
        while let Some(at) = rest.find(['1', '2', '3', '4', '5', '6', '7', '8', '9']) {
            let shape = |c: char| if c.is_ascii_digit() { '0' } else { c };
            let (before, number) = rest.split_at(at);
            out.push_str(before);
            let shaped: String = number.chars().map(shape).collect();
            let time = "0000/00/00 00:00:00";
            if shaped.starts_with(time) {
                out.push_str("DATE TIME          ");
                rest = number.split_at(time.len()).1;
            } else {
                let end = number.find(|c: char| !c.is_ascii_digit());
                let (number, more) = number.split_at(end.unwrap_or(number.len()));
                out.push_str(number);
                rest = more;
            }
        }
        out.push_str(rest);
        let trimmed = out.trim_end_matches(' ').len();
        out.truncate(trimmed);
        out.push('\n');
    }
    out
}

pub(crate) fn payment(reference: &str) -> NewPayment {
    NewPayment::new(reference, Money::from(Rial::new(150_000))).unwrap()
}

/// Adds an order in each stage: 1000 is new, 1001 and 1002 are open, of which 1002 is due, 1003 is paid, 1004 is delivered,
/// and of 1005 the payer's card and national id are kept.
pub(crate) async fn fill(books: &Books) {
    let now = SystemTime::now();
    for name in ["1000", "1001", "1002", "1003", "1004"] {
        let order = StoredOrder::new("main", payment(name));
        books.add(name, &order).await.unwrap();
        // The order of the list does not hang on the clock's grain.
        tokio::time::sleep(Duration::from_millis(2)).await;
    }
    let private = payment("1005")
        .with_payer_card(CardNumber::parse(CARD).unwrap())
        .with_national_id(NationalId::parse(NATIONAL_ID).unwrap());
    let keeping = books.clone().keep_private_data(true);
    let private = StoredOrder::new("branch", private);
    keeping.add("1005", &private).await.unwrap();
    for (name, since, is_paid) in [
        ("1001", now + LATER, false),
        ("1002", now - LATER, false),
        ("1003", now, true),
        ("1004", now, true),
    ] {
        let (desk, provider) = desk(books, since);
        let _ = desk.open(name).await.unwrap();
        if is_paid {
            provider.pay(name);
            let _ = desk.check(name).await.unwrap();
        }
        if name == "1004" {
            let taken = desk.store().take_due_deliveries(now + LATER, LATER, 10);
            assert_eq!(taken.await.unwrap().len(), 2);
            let _ = desk.mark_delivered(name).await.unwrap();
            desk.store().close_delivery(name).await.unwrap();
        }
    }
}

/// Longer than the tests take.
const LATER: Duration = Duration::from_secs(3600);

fn desk(books: &Books, since: SystemTime) -> (Desk<Books>, Arc<MockProvider>) {
    let clock = Arc::new(MockClock::at(since));
    let capabilities = Capabilities::new("mock", &[Currency::Irr])
        .with_settlement_window(Duration::from_secs(30 * 60))
        .supports(Capability::FindCreated)
        .accepts(Input::NationalId)
        .accepts(Input::PayerCard);
    let provider = MockProvider::with(capabilities, &clock);
    let account = Account::from_arc("main", provider.clone());
    let accounts = Accounts::new([account]).unwrap();
    let desk = Desk::new(books.clone(), accounts).runtime(clock);
    (desk, provider)
}
