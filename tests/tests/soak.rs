//! A short soak: a shop with everything that can befall it. `cargo xtask soak` plays long ones.

// Its program takes it as well.
#[path = "soak/play.rs"]
mod play;

use play::Shop;

const SEED: u64 = 3;
const PAYMENTS: u64 = 160;
/// Less than that was played by a run that did not do what it should.
const PLAYED: usize = 40;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn both_sides_books_agree_after_a_storm() {
    let folder = tempfile::tempdir().unwrap();
    let shop = Shop {
        seed: SEED,
        payments: PAYMENTS,
        books: folder.path().join("shop.db").display().to_string(),
    };
    let played = shop.play(folder.path()).await.unwrap();
    let missed = played.tally.missed();
    println!("{}\nnever played: {missed:?}", played.tally);
    assert_eq!(played.wrongs, []);
    assert!(played.tally.corners() >= PLAYED, "never played: {missed:?}");
}
