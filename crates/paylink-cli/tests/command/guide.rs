//! What `docs/cli.md` shows, pasted into a shell.

use crate::help::commands;
use crate::shop::Shop;

const GUIDE: &str = include_str!("../../../../docs/cli.md");

#[tokio::test(flavor = "multi_thread")]
async fn its_lines_work_as_they_stand() {
    let shop = Shop::open().await;
    let blocks = GUIDE.split("\n```sh\n").skip(1);
    let mut count = 0;
    for block in blocks.map(|rest| rest.split("\n```").next().unwrap()) {
        if block.contains("link settle") {
            let trackid = shop.sandbox.zipay().invoices()[0].trackid.clone();
            shop.sandbox.zipay().pay(&trackid).unwrap();
        }
        let run = shop.pasted(&format!("-V > version; set -e\n{block}"));
        assert_eq!(run.status, 0, "{block}: {run:?}");
        count += 1;
    }
    assert!(count >= 6, "{count}");
    assert!(
        shop.path(".local/share/man/man1/paylink-link-create.1")
            .exists()
    );
    let script = ".local/share/bash-completion/completions/paylink";
    assert!(std::fs::metadata(shop.path(script)).unwrap().len() > 100);
}

#[tokio::test(flavor = "multi_thread")]
async fn it_has_every_global_option_and_every_group() {
    let shop = Shop::open().await;
    let help = shop.line("-h").stdout;
    let options = help.lines().filter_map(|line| {
        let (_, rest) = line.split_once("--")?;
        line.trim_start()
            .starts_with('-')
            .then(|| format!("--{}", rest.split(' ').next().unwrap()))
    });
    let options: Vec<String> = options.collect();
    assert!(options.len() >= 4, "{options:?}");
    for option in options {
        assert!(GUIDE.contains(&format!("`{option}")), "{option}");
    }
    for command in commands(&shop).iter().filter(|it| !it.contains(' ')) {
        let named = [
            format!("paylink {command}"),
            format!("{command}.md"),
            format!("`{command}`"),
        ];
        assert!(named.iter().any(|name| GUIDE.contains(name)), "{command}");
    }
}
