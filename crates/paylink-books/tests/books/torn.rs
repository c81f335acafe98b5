//! What a power loss leaves of a SQLite file: the log up to what the disk had confirmed, and of the rest anything or nothing.

use std::fs;
use std::path::Path;

use paylink::desk::Stage;
use paylink_books::{Books, Orders};

use crate::orders::order;
use crate::place::Place;
use crate::promises::desk;

/// The head of the log, and that of each page in it.
const HEAD: usize = 32;
const PAGE_HEAD: usize = 24;

/// How far an order has come at the least.
struct Confirmed {
    order: String,
    rank: usize,
    /// How long the log was when it was confirmed.
    log: usize,
}

/// Sells orders, keeps what was confirmed when, and cuts the log at each page and in the middle of each.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn wherever_the_log_is_cut_nothing_that_was_confirmed_is_lost() {
    let place = Place::sqlite();
    let file = place.file();
    let log = file.with_extension("db-wal");
    let (desk, provider) = desk(Books::sqlite(&file).await.unwrap());
    let mut confirmed = Vec::new();
    for number in 0..5 {
        let name = number.to_string();
        let length = || usize::try_from(fs::metadata(&log).unwrap().len()).unwrap();
        let mut confirm = |stage| {
            confirmed.push(Confirmed {
                order: name.clone(),
                rank: rank(stage),
                log: length(),
            });
        };
        desk.store().add(&name, &order(&name)).await.unwrap();
        confirm(Stage::New.as_str());
        let _ = desk.open(&name).await.unwrap();
        confirm(Stage::Open.as_str());
        provider.pay(&name);
        let _ = desk.check(&name).await.unwrap();
        confirm(Stage::AwaitingDelivery.as_str());
        let _ = desk.mark_delivered(&name).await.unwrap();
        confirm(Stage::Delivered.as_str());
    }
    let (database, whole) = (fs::read(&file).unwrap(), fs::read(&log).unwrap());
    let page = usize::from(u16::from_be_bytes([database[16], database[17]])) + PAGE_HEAD;
    let pages = (whole.len() - HEAD) / page;
    assert!(pages > 40, "{pages} pages");
    for number in 0..=pages {
        let end = HEAD + number * page;
        // The page after it was written in part.
        for cut in [end, (end + page / 2).min(whole.len())] {
            let torn = place.file();
            fs::write(&torn, &database).unwrap();
            fs::write(torn.with_extension("db-wal"), &whole[..cut]).unwrap();
            judge(&torn, cut, &confirmed).await;
        }
    }
}

async fn judge(file: &Path, cut: usize, confirmed: &[Confirmed]) {
    let books = Books::sqlite(file).await.unwrap();
    assert_eq!(books.check().await.unwrap(), [], "cut at {cut}");
    let lines = books.orders(&Orders::all()).await.unwrap();
    for Confirmed { order, rank, log } in confirmed {
        if *log <= cut {
            let line = lines.iter().find(|line| line.name == *order);
            let line = line.unwrap_or_else(|| panic!("cut at {cut}: order {order} is lost"));
            let now = self::rank(&line.stage);
            assert!(
                now >= *rank,
                "cut at {cut}: order {order} is {}",
                line.stage
            );
        }
    }
    books.close().await;
}

fn rank(stage: &str) -> usize {
    let way = [
        Stage::New,
        Stage::Creating,
        Stage::Open,
        Stage::AwaitingDelivery,
        Stage::Delivered,
    ];
    let place = way.iter().position(|it| it.as_str() == stage);
    place.unwrap_or_else(|| panic!("{stage}"))
}
