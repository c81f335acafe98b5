//! Which version it is, and which commit it was built from.

use std::process::Command;

use crate::shop::Shop;

#[tokio::test(flavor = "multi_thread")]
async fn the_long_version_names_the_commit_where_there_is_a_repository() {
    let shop = Shop::open().await;
    let number = env!("CARGO_PKG_VERSION");
    assert_eq!(shop.line("-V").told(), format!("paylink {number}\n"));
    let git = Command::new("git")
        .args(["log", "-1", "--format=%H %cs"])
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output();
    let Some(said) = git.ok().filter(|it| it.status.success()) else {
        assert_eq!(shop.line("--version").told(), format!("paylink {number}\n"));
        return;
    };
    let said = String::from_utf8(said.stdout).unwrap();
    let (hash, date) = said.trim().split_once(' ').unwrap();
    let short: String = hash.chars().take(7).collect();
    assert_eq!(
        shop.line("--version").told(),
        format!("paylink {number} ({short} {date})\n")
    );
    for line in ["--version --json", "--json -V"] {
        let version = shop.line(line).ok();
        assert_has!(version, {"version": number, "commit": short, "date": date});
    }
}
