//! A program that panics while it holds secrets: whatever it prints, it prints none.

use std::panic::Location;
use std::process::Command;

use paylink_core::Transport;
use paylink_testkit::{Canaries, Capture};
use paylink_tests::providers::{descriptor, known, open};

use super::{CARD, MOBILE, NAME, NATIONAL_ID, full_payment, settings};

/// In which environment variable the child finds the provider that it is to panic with.
const PROVIDER: &str = "PAYLINK_TEST_PANICS_WITH";

/// The child: a test of its own that passes unless it is told to panic.
#[tokio::test]
async fn a_child_that_panics_when_it_is_told_to() {
    let Ok(name) = std::env::var(PROVIDER) else {
        return;
    };
    let provider = descriptor(&name);
    let settings = settings(provider, "http://127.0.0.1:1/").await;
    let client = open(provider, &settings, &Transport::new().unwrap()).unwrap();
    let payment = full_payment(&*client, "1000", CARD).unwrap();
    let prepared = client.prepare(&payment).unwrap();
    let told = format!("{client:#?} {payment:#?} {prepared:#?}");
    // A program's own `expect` shows the error's `Debug`, and whatever it is given.
    prepared.create().await.map(drop).expect(&told);
}

#[tokio::test]
async fn no_secret_is_in_what_a_panic_prints() {
    for known in known() {
        let provider = descriptor(known.name);
        let settings = settings(provider, "").await;
        let secrets = settings.iter().filter(|(key, _)| {
            let setting = provider.setting(key);
            setting.is_some_and(paylink_core::provider::Setting::is_secret)
        });
        let secrets = secrets.map(|(_, value)| value.as_str());
        let private = [MOBILE.trim_start_matches('0'), NAME, NATIONAL_ID, CARD];
        let canaries: Vec<&str> = secrets.chain(private).collect();
        let here = module_path!().split_once("::").unwrap().1;
        let output = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "--nocapture"])
            .arg(format!("{here}::a_child_that_panics_when_it_is_told_to"))
            .env(PROVIDER, known.name)
            .env("RUST_BACKTRACE", "full")
            .env("RUST_LOG", "trace")
            .output()
            .unwrap();
        assert!(!output.status.success(), "it did not panic");
        let told = format!(
            "{}{}",
            String::from_utf8_lossy(&output.stdout),
            String::from_utf8_lossy(&output.stderr)
        );
        let file = Location::caller().file();
        assert!(told.contains(file), "it panicked elsewhere: {told}");
        assert!(
            told.contains("Nothing was carried out"),
            "it told no error: {told}"
        );
        let capture = Capture::new(Canaries::new(&canaries).unwrap());
        capture.look_text(known.name, told);
        capture.assert_clean();
    }
}
