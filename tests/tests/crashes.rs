//! A merchant's process is killed at any moment, again and again, and the sandbox's books are held against the merchant's.
//!
//! CI kills it some dozen times; `cargo xtask crash` as often as wanted.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::process::Stdio;
use std::time::Duration;

use paylink_books::sqlx::{self, AssertSqlSafe, PgPool};
use paylink_books::{Books, Orders};
use paylink_sandbox::Sandbox;
use paylink_tests::chance::Chance;
use paylink_tests::judgement::{self, lose, pay, wrongs};
use tempfile::TempDir;
use tokio::io::{AsyncBufReadExt, BufReader, Lines};
use tokio::process::{Child, ChildStdout, Command};

/// How far the merchant's clock goes on from one life to the next: the claims of the dead have ended by then.
const LEASE: Duration = Duration::from_secs(130);
/// How long one life may take, on a loaded machine too.
const PATIENCE: Duration = Duration::from_secs(60);
/// How long the last lives have to deliver what can be delivered.
const LIFE: Duration = Duration::from_secs(6);
/// At none of its steps.
const NEVER: u64 = u64::MAX;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn killed_on_sqlite_nothing_is_lost_and_nothing_doubled() {
    let folder = tempfile::tempdir().unwrap();
    let place = folder.path().join("shop.db").display().to_string();
    let books = Books::sqlite(&place).await.unwrap();
    let kills = Trial::begin(folder, place, books)
        .await
        .run(kills(24))
        .await;
    println!("{kills} kills on SQLite");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn killed_on_postgres_nothing_is_lost_and_nothing_doubled() {
    let url = std::env::var("PAYLINK_POSTGRES")
        .expect("PAYLINK_POSTGRES names no database: see CONTRIBUTING.md");
    let schema = format!("paylink_crashes_{}", std::process::id());
    let server = PgPool::connect(&url).await.unwrap();
    for statement in [
        format!("DROP SCHEMA IF EXISTS {schema} CASCADE"),
        format!("CREATE SCHEMA {schema}"),
    ] {
        let made = sqlx::query(AssertSqlSafe(statement)).execute(&server);
        made.await.unwrap();
    }
    let place = format!("{url}?options=-c%20search_path%3D{schema}");
    let books = Books::postgres(&place).await.unwrap();
    let folder = tempfile::tempdir().unwrap();
    let kills = Trial::begin(folder, place, books)
        .await
        .run(kills(12))
        .await;
    println!("{kills} kills on PostgreSQL");
}

/// How often to kill at a random moment, and as often again at a chosen step.
fn kills(otherwise: u64) -> u64 {
    let wanted = std::env::var("PAYLINK_KILLS").ok();
    let wanted = wanted.map(|kills| kills.parse::<u64>().expect("a number of kills"));
    wanted.map_or(otherwise, |kills| kills / 2)
}

struct Trial {
    sandbox: Sandbox,
    books: Books,
    place: String,
    configuration: PathBuf,
    chance: Chance,
    lives: u32,
    orders: u64,
    _folder: TempDir,
}

impl Trial {
    async fn begin(folder: TempDir, place: String, books: Books) -> Trial {
        let sandbox = Sandbox::start().await.unwrap();
        let configuration = folder.path().join("paylink.toml");
        std::fs::write(&configuration, judgement::configuration(&sandbox, "")).unwrap();
        let goods = "CREATE TABLE goods (order_name text NOT NULL)";
        if let Some(pool) = books.sqlite_pool() {
            sqlx::query(goods).execute(pool).await.unwrap();
        }
        if let Some(pool) = books.postgres_pool() {
            sqlx::query(goods).execute(pool).await.unwrap();
        }
        let seed = std::env::var("PAYLINK_SEED").ok();
        let seed = seed.map_or(1, |seed| seed.parse().expect("a seed"));
        Trial {
            sandbox,
            books,
            place,
            configuration,
            chance: Chance::seeded(seed),
            lives: 0,
            orders: 0,
            _folder: folder,
        }
    }

    /// Kills at each step of an order's way in turn, and at random moments; at last lets the merchant come to the end.
    async fn run(mut self, each: u64) -> u64 {
        // One order of each account, from the create to the acknowledgement, with nobody killed.
        self.orders = 2;
        let steps = self.lives_to_the_end().await;
        assert!(steps > 40, "{steps} steps");
        let mut killed = 0;
        for kill in 0..each {
            self.orders += 1;
            killed += u64::from(self.killed_at(kill % steps).await);
            self.orders += 1;
            killed += u64::from(self.killed_after().await);
            self.judge().await;
        }
        self.sandbox.faults().clear();
        self.lives_to_the_end().await;
        self.judge().await;
        self.judge_the_end().await;
        assert!(killed > each, "only {killed} were killed");
        killed
    }

    fn start(&mut self, stop_at: u64) -> Life {
        let ahead = LEASE * self.lives;
        self.lives += 1;
        let mut child = Command::new(env!("CARGO_BIN_EXE_merchant"))
            .args([&self.place, &self.configuration.display().to_string()])
            .args([ahead.as_millis().to_string(), self.orders.to_string()])
            .arg(stop_at.to_string())
            .stdout(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .unwrap();
        let output = child.stdout.take().unwrap();
        Life {
            child,
            says: BufReader::new(output).lines(),
        }
    }

    /// Lives until one of them has delivered everything, and how many steps that one took. What can only be told later, such
    /// as whether a lost create was carried out, is told in a later life.
    async fn lives_to_the_end(&mut self) -> u64 {
        for _ in 0..20 {
            let mut life = self.start(NEVER);
            let sandbox = &self.sandbox;
            let end = async {
                loop {
                    tokio::select! {
                        said = life.next() => {
                            let said = said.expect("the merchant ended without a word");
                            let steps = said.strip_prefix("took ");
                            if let Some(steps) = steps.and_then(|it| it.strip_suffix(" steps")) {
                                return steps.parse().unwrap();
                            }
                        }
                        () = tokio::time::sleep(Duration::from_millis(5)) => pay(sandbox, |_| true),
                    }
                }
            };
            match tokio::time::timeout(LIFE, end).await {
                Ok(steps) => return steps,
                Err(_) => life.child.kill().await.unwrap(),
            }
        }
        panic!("the merchant never came to the end");
    }

    /// A life that is killed at this step; whether it came so far.
    async fn killed_at(&mut self, step: u64) -> bool {
        // Now and then a request or an answer is lost as well.
        lose(&self.sandbox, &mut self.chance, 5);
        let mut life = self.start(step);
        let end = async {
            loop {
                tokio::select! {
                    said = life.next() => match said.as_deref() {
                        Some("stopped") => return true,
                        Some(said) if said.starts_with("took") => return false,
                        Some(_) => {}
                        None => panic!("the merchant ended without a word"),
                    },
                    () = tokio::time::sleep(Duration::from_millis(5)) => pay(&self.sandbox, |_| true),
                }
            }
        };
        let stopped = tokio::time::timeout(PATIENCE, end).await;
        let stopped = stopped.expect("the merchant neither stopped nor ended");
        life.child.kill().await.unwrap();
        stopped
    }

    /// A life that is killed at any moment after it began.
    async fn killed_after(&mut self) -> bool {
        // Now and then a request or an answer is lost as well.
        lose(&self.sandbox, &mut self.chance, 5);
        let moment = Duration::from_millis(self.chance.below(120));
        let mut life = self.start(NEVER);
        assert_eq!(life.next().await.as_deref(), Some("begun"));
        let ended = async {
            loop {
                tokio::select! {
                    said = life.next() => if said.is_none_or(|it| it.starts_with("took")) { break },
                    () = tokio::time::sleep(Duration::from_millis(5)) => pay(&self.sandbox, |_| true),
                }
            }
        };
        let is_killed = tokio::time::timeout(moment, ended).await.is_err();
        life.child.kill().await.unwrap();
        is_killed
    }

    /// What must hold at every moment, whatever is still under way.
    async fn judge(&self) {
        let goods = self.goods().await;
        let wrongs = wrongs(&self.sandbox, &goods);
        assert!(wrongs.is_empty(), "{wrongs:?}");
        let doubled: Vec<_> = self.books.check().await.unwrap();
        let doubled = doubled
            .iter()
            .filter(|it| !it.what.contains("nobody has looked"));
        assert_eq!(doubled.count(), 0);
    }

    /// What must hold once everything came to its end: everything that was paid is out.
    async fn judge_the_end(&self) {
        let goods = self.goods().await;
        assert_eq!(goods.len() as u64, self.orders);
        let mut listed = 0;
        let mut page = Orders::all().limit(1_000);
        loop {
            let lines = self.books.orders(&page).await.unwrap();
            let Some(last) = lines.last() else { break };
            page = page.after(last);
            listed += lines.len() as u64;
            for line in &lines {
                assert_eq!(line.stage, "delivered", "order {}", line.name);
            }
        }
        assert_eq!(listed, self.orders);
        let created = self.sandbox.zipay().invoices().len() + self.sandbox.pod().invoices().len();
        assert_eq!(created as u64, self.orders);
    }

    async fn goods(&self) -> BTreeMap<String, i64> {
        let all = "SELECT order_name, count(*) FROM goods GROUP BY order_name";
        let rows: Vec<(String, i64)> = match (self.books.sqlite_pool(), self.books.postgres_pool())
        {
            (Some(pool), _) => sqlx::query_as(all).fetch_all(pool).await.unwrap(),
            (_, Some(pool)) => sqlx::query_as(all).fetch_all(pool).await.unwrap(),
            _ => panic!("an unknown database"),
        };
        rows.into_iter().collect()
    }
}

struct Life {
    child: Child,
    says: Lines<BufReader<ChildStdout>>,
}

impl Life {
    async fn next(&mut self) -> Option<String> {
        self.says.next_line().await.unwrap()
    }
}
