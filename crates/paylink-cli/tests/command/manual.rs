//! `paylink man`: pages that a formatter takes without a word.

use std::fs;
use std::process::Command;

use crate::shop::Shop;

#[tokio::test(flavor = "multi_thread")]
async fn each_command_has_a_page() {
    let shop = Shop::open().await;
    let written = shop.line("--json man pages").ok();
    let pages = written["pages"].as_array().unwrap();
    assert!(pages.len() > 50, "{pages:?}");
    let page = fs::read_to_string(shop.path("pages/paylink-link-create.1")).unwrap();
    for part in [
        ".TH paylink-link-create 1",
        ".SH EXAMPLES",
        ".SH OPTIONS",
        "\\-\\-return\\-url",
    ] {
        assert!(page.contains(part), "{part}: {page}");
    }
    let first = shop.line("man");
    assert!(first.told().contains(".TH paylink 1"), "{first:?}");
    first.prints("paylink\\-link(1)");
    shop.line("man pages").told();
    let file = shop.path("file");
    fs::write(&file, "").unwrap();
    shop.line("man file").failed(2);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_formatter_finds_nothing_wrong() {
    let shop = Shop::open().await;
    shop.line("man pages").told();
    let mut pages: Vec<_> = fs::read_dir(shop.path("pages"))
        .unwrap()
        .map(|it| it.unwrap().path())
        .collect();
    pages.sort();
    let linted = Command::new("mandoc")
        .args(["-Tlint", "-Wwarning"])
        .args(&pages)
        .output()
        .unwrap();
    let said =
        String::from_utf8(linted.stdout).unwrap() + &String::from_utf8(linted.stderr).unwrap();
    // Without a repository nobody knows the day.
    let knows_day = shop.line("--version --json").ok().get("date").is_some();
    let said: Vec<&str> = said
        .lines()
        .filter(|it| knows_day || !it.contains("date"))
        .collect();
    assert_eq!(said, [""; 0]);
    let page = Command::new("mandoc")
        .args(["-Tutf8", "-Owidth=80"])
        .arg(shop.path("pages/paylink-man.1"))
        .output()
        .unwrap();
    let page = String::from_utf8(page.stdout).unwrap();
    insta::assert_snapshot!(without_overstrikes(&page), @r#"
    paylink-man(1)                   paylink manual                   paylink-man(1)

    NAME
           paylink-man - Print the manual, or write a page for each command

    SYNOPSIS
           paylink man [--json] [--config] [--proxy] [--lang] [-h|--help]
           [DIRECTORY]

    DESCRIPTION
           Print the manual, or write a page for each command

    OPTIONS
           -h, --help
                  Print help (see a summary with '-h')

           [DIRECTORY]
                  Write the page of every command into this folder, which is made if
                  it is not there; else the first page is printed

    GLOBAL OPTIONS
           --json Print one JSON document: {"ok": …} or {"error": …}

           --config <FILE>
                  Read the configuration from this file

                  If it is not given: the file that $PAYLINK_CONFIG names, else
                  paylink/config.toml in $XDG_CONFIG_HOME or ~/.config, if it is
                  there. Flags win over the environment, and the environment wins
                  over the file. A secret may also stand in a file of its own, which
                  the same setting names with _file at its end, or _FILE in the
                  environment.

           --proxy <URL>
                  Call providers by this proxy; `none` goes directly

                  http://host:port, https://…, socks5://… or socks5h://…, without
                  user and password: those are PAYLINK_PROXY_USER and
                  PAYLINK_PROXY_PASSWORD. It wins over what is configured. A proxy
                  that the system has set, such as HTTPS_PROXY, is not used.

           --lang <en|fa>
                  Speak English or Persian, whatever PAYLINK_LANG and the locale say

    EXAMPLES
           paylink man > paylink.1
           paylink man man1

    NOTES
           `man -l FILE` reads a page. For all users the directory is
           /usr/local/share/man/man1; `man paylink` and `man paylink-link-create`
           find them there.
    "#);
}

/// What stands on paper: a letter that is printed twice is bold.
fn without_overstrikes(page: &str) -> String {
    let mut plain = String::new();
    for character in page.chars() {
        match character {
            '\u{8}' => drop(plain.pop()),
            other => plain.push(other),
        }
    }
    // The date and the commit differ from build to build.
    let lines = plain.lines().filter(|line| !line.starts_with("paylink "));
    lines
        .map(|line| line.trim_end().to_owned() + "\n")
        .collect()
}
