//! What a shell is told when somebody presses Tab.

use std::fs;
use std::process::{Command, Stdio};

use crate::shop::{PAYLINK, Shop};

/// What bash offers for the last of these words.
fn offered(shop: &Shop, words: &[&str]) -> Vec<String> {
    let line = words.join(" ");
    let quoted: Vec<_> = words.iter().map(|word| format!("'{word}'")).collect();
    let last = words.len() - 1;
    let asked = format!(
        "source ./completions\nCOMP_LINE='{line}' COMP_POINT={} COMP_CWORD={last} COMP_TYPE=9\nCOMP_WORDS=({})\n\
         function=$(complete -p paylink | sed 's/.*-F \\([^ ]*\\).*/\\1/')\n\
         $function paylink '{}' '{}'\nprintf '%s\\n' \"${{COMPREPLY[@]}}\"",
        line.len(),
        quoted.join(" "),
        words[last],
        words[last - 1],
    );
    let bin = shop.path("bin");
    if !bin.exists() {
        fs::create_dir(&bin).unwrap();
        fs::hard_link(PAYLINK, bin.join("paylink"))
            .or_else(|_| fs::copy(PAYLINK, bin.join("paylink")).map(|_| ()))
            .unwrap();
        fs::write(
            shop.path("completions"),
            shop.line("completions bash").told(),
        )
        .unwrap();
    }
    let path = format!("{}:/usr/bin:/bin", bin.display());
    let account = shop.command(&[]);
    let variables = account
        .get_envs()
        .filter_map(|(name, value)| Some((name, value?)));
    let output = Command::new("bash")
        .args(["--norc", "-c", &asked])
        .env_clear()
        .envs(variables)
        .env("PATH", path)
        .current_dir(shop.path(""))
        .stderr(Stdio::piped())
        .output()
        .unwrap();
    let told = String::from_utf8(output.stdout).unwrap();
    let problem = String::from_utf8(output.stderr).unwrap();
    // Outside a line that is edited, bash has no options of one.
    let problem = problem.lines().find(|line| !line.contains("compopt"));
    assert_eq!(problem, None);
    told.lines().map(|line| line.trim().to_owned()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn every_shell_gets_a_script_that_asks_the_command() {
    let shop = Shop::open().await;
    for shell in ["bash", "zsh", "fish", "elvish", "powershell"] {
        let run = shop.line(&format!("completions {shell}"));
        run.told();
        run.prints("_PAYLINK_COMPLETE");
        let json = shop.line(&format!("--json completions {shell}")).ok();
        assert_eq!(json["script"], run.stdout.as_str());
    }
    let help = shop.line("completions --help");
    for shell in ["bash", "zsh", "fish", "elvish", "powershell"] {
        help.prints(&format!("\n  {shell} "));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn bash_completes_commands_flags_and_values() {
    let shop = Shop::open().await;
    assert_eq!(
        offered(&shop, &["paylink", "zipay", "create"]),
        ["create-invoice"]
    );
    let currencies = offered(
        &shop,
        &["paylink", "zipay", "create-invoice", "--currency", ""],
    );
    assert_eq!(currencies, ["USD", "USDT", "IRT"]);
    let flags = offered(&shop, &["paylink", "link", "settle", "--rec"]);
    assert_eq!(flags, ["--record"]);
    fs::write(shop.path("1000.json"), "{}").unwrap();
    let files = offered(&shop, &["paylink", "link", "settle", "--record", "10"]);
    assert_eq!(files, ["1000.json"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn bash_completes_the_accounts_of_the_configuration_in_force() {
    let shop = Shop::open().await;
    for words in [
        &["paylink", "link", "--account", "z"][..],
        &["paylink", "link", "list", "--account", "z"],
    ] {
        assert_eq!(offered(&shop, words), ["zipay"]);
    }
    let everywhere = offered(&shop, &["paylink", "doctor", "--account", ""]);
    assert_eq!(everywhere, ["cardpay", "pod", "sizpay", "zipay"]);
    fs::write(
        shop.path("other.toml"),
        "[accounts.branch]\nprovider = \"zipay\"\napi_key = \"hunter2\"\n",
    )
    .unwrap();
    let named = [
        "paylink",
        "--config",
        "other.toml",
        "link",
        "--account",
        "br",
    ];
    assert_eq!(offered(&shop, &named), ["branch"]);
    assert_eq!(offered(&shop, &["paylink", "explain", "c"]), ["cardpay"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_configuration_offers_nothing_and_says_nothing() {
    let shop = Shop::open().await;
    fs::write(shop.path("bad.toml"), "[zipay\napi_key = \"hunter2\"\n").unwrap();
    for config in ["bad.toml", "none.toml"] {
        let offered = offered(
            &shop,
            &["paylink", "--config", config, "link", "--account", ""],
        );
        assert_eq!(offered, [""; 1]);
    }
}

/// The other shells are tried where they are.
#[tokio::test(flavor = "multi_thread")]
async fn zsh_and_fish_take_their_scripts() {
    let shop = Shop::open().await;
    for (shell, check) in [("zsh", "-n"), ("fish", "--no-execute")] {
        let is_here = Command::new(shell).arg("--version").output().is_ok();
        if is_here {
            fs::write(
                shop.path(shell),
                shop.line(&format!("completions {shell}")).told(),
            )
            .unwrap();
            let checked = Command::new(shell)
                .arg(check)
                .arg(shop.path(shell))
                .output()
                .unwrap();
            assert!(checked.status.success(), "{checked:?}");
        }
    }
}
