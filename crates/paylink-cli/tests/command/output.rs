//! Standard output that does not take what there is to say.

use std::process::Stdio;

use crate::shop::Shop;

#[tokio::test(flavor = "multi_thread")]
async fn a_reader_that_goes_away_is_no_error() {
    let shop = Shop::open().await;
    for line in [
        "zipay list",
        "--json zipay list",
        "completions bash",
        "--help",
        "zipay --json status --trackid ../7",
    ] {
        let mut command = shop.command(&line.split(' ').collect::<Vec<_>>());
        let mut child = command
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        drop(child.stdout.take());
        let run = shop.wait(child);
        let expected = if line.contains("status") { 2 } else { 0 };
        assert_eq!(
            (run.status, &*run.stderr),
            (expected, ""),
            "{line}: {run:?}"
        );
    }
}

#[cfg(target_os = "linux")]
#[tokio::test(flavor = "multi_thread")]
async fn a_result_that_is_lost_on_a_full_disk_leaves_the_outcome_unknown() {
    let shop = Shop::open().await;
    let line = "zipay create-invoice --invoice-number 1000 --amount 1 --currency USD --callback https://shop.example/ \
                --handle-file order.json";
    let mut command = shop.command(&line.split(' ').collect::<Vec<_>>());
    let full = std::fs::OpenOptions::new()
        .write(true)
        .open("/dev/full")
        .unwrap();
    let child = command.stdout(full).stderr(Stdio::piped()).spawn().unwrap();
    let run = shop.wait(child);
    assert_eq!(run.status, 3);
    assert!(
        run.stderr.contains("the result cannot be written"),
        "{run:?}"
    );
    assert!(
        shop.path("order.json").exists(),
        "nobody has read the result: the handle stays"
    );
    assert_eq!(shop.sandbox.zipay().invoices().len(), 1);
}
