//! No secret is in what the command prints or writes, in either language, whatever becomes of it.
//!
//! Every run of every test beside this one is searched too: see `Shop::told`.

use std::fs;
use std::path::Path;

use paylink_testkit::{Canaries, Capture};

use crate::examples::{examples, goes_on};
use crate::help::commands;
use crate::shop::Shop;

/// The examples of every command, for people, at addresses where nobody listens: each is searched as it is run.
#[tokio::test(flavor = "multi_thread")]
async fn no_command_tells_a_secret_in_its_trouble() {
    let shop = Shop::open().await;
    let mut refused = 0;
    for path in commands(&shop) {
        for line in examples(&shop, &path).iter().filter(|line| !goes_on(line)) {
            for language in ["en", "fa"] {
                let run = shop.pasted_with(&format!("-V > version; {line}"), |it| {
                    for provider in paylink::providers() {
                        let name = provider.name().to_uppercase();
                        it.env(format!("PAYLINK_{name}_BASE_URL"), "http://127.0.0.1:1/");
                    }
                    it.env("PAYLINK_LANG", language)
                });
                refused += u32::from(run.status != 0);
            }
        }
    }
    assert!(refused > 80, "only {refused} runs were in trouble");
    hold_files(&shop);
}

/// A service says what it does at the lowest level, to people and as JSON.
#[cfg(unix)]
#[tokio::test(flavor = "multi_thread")]
async fn a_service_that_logs_everything_logs_no_secret() {
    use std::io::{BufRead, BufReader};
    use std::process::Stdio;

    let shop = Shop::open().await;
    let books = shop.path("paylink.db");
    let secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
    let text = format!(
        "[serve]\nbooks = {books:?}\nlisten = \"127.0.0.1:0\"\nevents_url = \"https://shop.example/\"\nevent_secrets = \"{secret}\"\n"
    );
    let config = apart(&shop, &text);
    for words in ["", " --json"] {
        let line = format!("--config {config} serve{words}");
        let mut command = shop.command(&line.split(' ').collect::<Vec<_>>());
        let log = fs::File::create(shop.path("log")).unwrap();
        let command = command.env("PAYLINK_LOG", "trace").stdout(Stdio::piped());
        let mut running = command.stderr(log).spawn().unwrap();
        // It listens for Ctrl-C before it says anything.
        let mut out = BufReader::new(running.stdout.take().unwrap());
        out.read_line(&mut String::new()).unwrap();
        crate::shop::interrupt(&running);
        assert!(running.wait().unwrap().success());
        let said = fs::read_to_string(shop.path("log")).unwrap();
        assert!(said.contains("DEBUG"), "{said}");
        let capture = Capture::new(Canaries::new([secret.trim_start_matches("whsec_")]).unwrap());
        capture.look_text("log", &said);
        capture.assert_clean();
        hold_files(&shop);
    }
    fs::remove_file(config).unwrap();
}

/// A configuration outside the home, since it holds what no file there may.
#[cfg(unix)]
fn apart(shop: &Shop, text: &str) -> String {
    let path = shop.path("").with_extension("toml");
    fs::write(&path, text).unwrap();
    crate::shop::make_private(&path);
    path.display().to_string()
}

/// Searches every file in the merchant's home: records, handles, books, pages of the manual, configurations without keys.
pub(crate) fn hold_files(shop: &Shop) {
    let secrets = shop.secrets();
    let files = files(&shop.path(""));
    assert!(files.len() > 1, "{files:?}");
    for file in &files {
        let text = fs::read(file).unwrap();
        let found = secrets.find_in(&String::from_utf8_lossy(&text));
        assert!(found.is_empty(), "{}: {found:?}", file.display());
    }
}

fn files(folder: &Path) -> Vec<std::path::PathBuf> {
    let entries = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path());
    let (folders, mut all): (Vec<_>, Vec<_>) = entries.partition(|path| path.is_dir());
    all.extend(folders.iter().flat_map(|folder| files(folder)));
    all
}
