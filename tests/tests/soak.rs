//! A short soak: a shop with everything that can befall it, in a debug build. `cargo xtask soak` plays long ones.

use paylink_tests::soak::Shop;

/// Where chance begins: the run has to play most of what there is.
const SEED: u64 = 3;
const PAYMENTS: u64 = 200;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn both_sides_books_agree_after_a_storm() {
    let folder = tempfile::tempdir().unwrap();
    let shop = Shop {
        seed: SEED,
        payments: PAYMENTS,
        books: folder.path().join("shop.db").display().to_string(),
    };
    let played = shop.play(folder.path()).await.unwrap();
    println!("{}", played.tally);
    assert_eq!(played.wrongs, []);
}
