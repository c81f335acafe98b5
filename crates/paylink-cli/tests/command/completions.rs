use std::process::{Command, Stdio};

use crate::shop::Shop;

#[tokio::test(flavor = "multi_thread")]
async fn every_shell_gets_a_script_that_knows_the_operations() {
    let shop = Shop::open().await;
    for shell in ["bash", "zsh", "fish", "elvish", "powershell"] {
        let run = shop.line(&format!("completions {shell}"));
        assert_eq!((run.status, &*run.stderr), (0, ""));
        assert!(
            run.stdout.contains("create-invoice") && run.stdout.contains("invoice-number"),
            "{shell}"
        );
        let json = shop.line(&format!("--json completions {shell}")).ok();
        assert_eq!(json["script"], run.stdout.as_str());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn bash_completes_an_operation_and_its_values() {
    let shop = Shop::open().await;
    // The script is longer than one argument may be.
    std::fs::write(
        shop.path("completions"),
        shop.line("completions bash").stdout,
    )
    .unwrap();
    let ask = |words: &[&str]| {
        let line = words.join(" ");
        let last = words.len() - 1;
        let quoted: Vec<_> = words.iter().map(|word| format!("'{word}'")).collect();
        let asked = format!(
            "source ./completions\nCOMP_LINE='{line}' COMP_POINT={} COMP_CWORD={last}\nCOMP_WORDS=({})\n\
             _paylink paylink '{}' '{}'\nprintf '%s\\n' \"${{COMPREPLY[@]}}\"",
            line.len(),
            quoted.join(" "),
            words[last],
            words[last - 1],
        );
        let output = Command::new("bash")
            .args(["--norc", "-c", &asked])
            .current_dir(shop.path(""))
            .stderr(Stdio::null())
            .output()
            .unwrap();
        String::from_utf8(output.stdout).unwrap()
    };
    assert_eq!(
        ask(&["paylink", "zipay", "create"]).trim(),
        "create-invoice"
    );
    let currencies = ask(&["paylink", "zipay", "create-invoice", "--currency", ""]);
    assert_eq!(
        currencies.split_whitespace().collect::<Vec<_>>(),
        ["USD", "USDT", "IRT"]
    );
}
