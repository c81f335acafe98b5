//! Soaks the desk and its books: `soak [--payments N] [--seed S] [--seeds K] [--postgres]`. `cargo xtask soak` runs it.
//!
//! It sells N payments for each of K seeds from S on, some thousand to a shop, and ends with an error if anything is wrong at the
//! end of a shop.

#[path = "../../tests/soak/play.rs"]
mod play;

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Instant;

use paylink_books::sqlx::{self, AssertSqlSafe, PgPool};
use paylink_tests::selling::{Result, say};
use play::{Played, Shop, Tally};
use tempfile::TempDir;
use tokio::task::JoinSet;

/// How many orders a shop sells at the most: the sandbox looks through all of its payments now and then.
const SHOP: u64 = 2_000;
/// How many shops are open at once: while one waits for its end, others sell.
const AT_ONCE: usize = 3;
/// From so many payments on everything has to be played.
const ENOUGH: u64 = 10_000;
/// How many wrongs are shown.
const SHOWN: usize = 5;

struct Wanted {
    payments: u64,
    seed: u64,
    seeds: u64,
    postgres: Option<String>,
}

fn wanted() -> Result<Wanted> {
    let mut wanted = Wanted {
        payments: 100_000,
        seed: 1,
        seeds: 1,
        postgres: None,
    };
    let mut arguments = std::env::args().skip(1);
    while let Some(flag) = arguments.next() {
        let mut number = || -> Result<u64> {
            let number = arguments
                .next()
                .ok_or_else(|| format!("{flag} needs a number"))?;
            Ok(number.parse()?)
        };
        match flag.as_str() {
            "--payments" => wanted.payments = number()?,
            "--seed" => wanted.seed = number()?,
            "--seeds" => wanted.seeds = number()?,
            "--postgres" => wanted.postgres = Some(std::env::var("PAYLINK_POSTGRES")?),
            other => return Err(format!("there is no option {other}").into()),
        }
    }
    Ok(wanted)
}

#[tokio::main(worker_threads = 2)]
async fn main() -> Result<()> {
    let wanted = wanted()?;
    let folder = folder()?;
    let tally = Tally::default();
    let begun = Instant::now();
    let mut wrongs = Vec::new();
    for seed in wanted.seed..wanted.seed + wanted.seeds {
        let begun = Instant::now();
        let found = soak(&wanted, seed, folder.path(), &tally).await?;
        let seconds = begun.elapsed().as_secs().max(1);
        say(&format!(
            "seed {seed}: {} payments in {seconds} s, {} a second; {} wrong",
            wanted.payments,
            wanted.payments / seconds,
            found.len(),
        ))?;
        wrongs.extend(found);
        if !wrongs.is_empty() {
            break;
        }
    }
    say(&format!("\n{tally}"))?;
    let (played, seconds) = (tally.corners(), begun.elapsed().as_secs());
    say(&format!("{played} corners were played; {seconds} s in all"))?;
    if !wrongs.is_empty() {
        for wrong in wrongs.iter().take(SHOWN) {
            say(wrong)?;
        }
        return Err("something is wrong at the end".into());
    }
    let missed = tally.missed();
    if wanted.payments * wanted.seeds >= ENOUGH && !missed.is_empty() {
        return Err(format!("this was never played: {}", missed.join("; ")).into());
    }
    Ok(())
}

/// Sells everything of a seed, and returns what is wrong. After a shop with something wrong no other is opened.
async fn soak(wanted: &Wanted, seed: u64, folder: &Path, tally: &Tally) -> Result<Vec<String>> {
    let shops = wanted.payments.div_ceil(SHOP);
    let sold = Arc::new(AtomicU64::new(0));
    let mut wrongs = Vec::new();
    let mut open = JoinSet::new();
    let mut next = 0;
    loop {
        while open.len() < AT_ONCE && next < shops && wrongs.is_empty() {
            let payments = SHOP.min(wanted.payments - next * SHOP);
            let books = books(wanted, folder, seed, next).await?;
            let shop = Shop {
                seed: seed * 1_000 + next,
                payments,
                books,
            };
            let (folder, sold) = (folder.to_owned(), Arc::clone(&sold));
            open.spawn(async move {
                let played = played(&shop, &folder).await;
                (
                    shop.seed,
                    sold.fetch_add(payments, Ordering::Relaxed) + payments,
                    played,
                )
            });
            next += 1;
        }
        let Some(ended) = open.join_next().await else {
            return Ok(wrongs);
        };
        let (shop, sold, played) = ended?;
        let Played {
            tally: counted,
            wrongs: found,
        } = played?;
        tally.take_in(&counted);
        let found = found.into_iter();
        wrongs.extend(found.map(|wrong| format!("after {sold} payments, shop {shop}: {wrong}")));
    }
}

/// Plays a shop on a task of its own, since it is a large one.
async fn played(shop: &Shop, folder: &Path) -> Result<Played> {
    let played = shop.play(folder).await;
    if !shop.books.contains("://") {
        for ending in ["", "-wal", "-shm"] {
            // They are gone with the folder at the latest.
            let _ = std::fs::remove_file(format!("{}{ending}", shop.books));
        }
    }
    played
}

/// Where a shop has its books.
async fn books(wanted: &Wanted, folder: &Path, seed: u64, shop: u64) -> Result<String> {
    let Some(url) = &wanted.postgres else {
        return Ok(folder
            .join(format!("{seed}-{shop}.db"))
            .display()
            .to_string());
    };
    let schema = format!("paylink_soak_{}_{seed}_{shop}", std::process::id());
    let server = PgPool::connect(url).await?;
    sqlx::query(AssertSqlSafe(format!("CREATE SCHEMA {schema}")))
        .execute(&server)
        .await?;
    server.close().await;
    Ok(format!("{url}?options=-c%20search_path%3D{schema}"))
}

/// A folder in memory, if there is one: the disk is not what is tried here.
fn folder() -> Result<TempDir> {
    let memory = PathBuf::from("/dev/shm");
    Ok(match memory.is_dir() {
        true => tempfile::tempdir_in(memory)?,
        false => tempfile::tempdir()?,
    })
}
