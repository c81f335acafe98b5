//! `paylink books` of a build that has no books. What it does in one that has them, the tests of its own show.

use crate::shop::Shop;

#[tokio::test(flavor = "multi_thread")]
async fn a_build_without_books_says_so_and_what_to_do() {
    let shop = Shop::open().await;
    for line in [
        "books",
        "books orders",
        "books --books shop.db orders --stage open",
        "books order --help",
    ] {
        let told = shop.line(line);
        insta::allow_duplicates! {
            insta::assert_snapshot!(told.failed(2), @"error: paylink books is not in this build: install one that has it, from the top of the project: `cargo install --path crates/paylink-cli --features books`, or books-postgres for PostgreSQL");
        }
        for line in [format!("--json {line}"), format!("{line} --json")] {
            let error = shop.line(&line).error();
            assert_has!(error, {"kind": "usage", "effect": "not_executed", "field": "command"});
            assert!(
                error["remedy"]
                    .as_str()
                    .unwrap()
                    .contains("--features books")
            );
        }
    }
}
