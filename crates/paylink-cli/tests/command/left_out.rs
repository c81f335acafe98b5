//! What a build says of the groups that it has not. What they do in one that has them, other tests show.

use crate::shop::Shop;

#[tokio::test(flavor = "multi_thread")]
async fn a_build_says_what_it_has_not_and_what_to_do() {
    let shop = Shop::open().await;
    for line in [
        "books",
        "books orders",
        "books --books shop.db orders --stage open",
        "books order --help",
        "serve",
        "serve --sandbox",
        "serve keys list",
    ] {
        let group = line.split(' ').next().unwrap_or_default();
        let told = shop.line(line);
        assert_eq!(
            told.failed(2),
            format!(
                "error: paylink {group} is not in this build: install one that has it, from the top of the project: \
                 `cargo install --path crates/paylink-cli --features {group}`, with books-postgres too for PostgreSQL\n"
            )
        );
        for line in [format!("--json {line}"), format!("{line} --json")] {
            let error = shop.line(&line).error();
            assert_has!(error, {"kind": "usage", "effect": "not_executed", "field": "command"});
            let remedy = error["remedy"].as_str().unwrap();
            assert!(remedy.contains(&format!("--features {group}")));
        }
    }
}
