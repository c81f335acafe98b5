//! An outcome that nobody knows: exit 3, a handle, and the way to find out.

use std::fs;
use std::io::Write;
use std::process::{Command, Stdio};
use std::time::Duration;

use paylink_sandbox::Fault;
use serde_json::{Value, json};

use crate::shop::{PAYLINK, Run, Shop};

const CREATE: &str = "zipay create-invoice --invoice-number 1000 --amount 250000 --currency IRT \
                      --callback https://shop.example/back";

/// The same, with the handle on disk as long as nobody knows the outcome.
const CREATE_STORED: &str = "zipay create-invoice --invoice-number 1000 --amount 250000 --currency IRT \
                             --callback https://shop.example/back --handle-file order.json";

/// Gives a handle on standard input to `resolve`.
fn resolve(shop: &Shop, handle: &Value, words: &[&str]) -> Run {
    let mut command = shop.command(&[&["zipay", "resolve", "-"], words].concat());
    let command = command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    write!(child.stdin.take().unwrap(), "{handle}").unwrap();
    shop.wait(child)
}

fn lose_the_answer(shop: &Shop) -> Run {
    shop.sandbox
        .faults()
        .next("zipay", "create-invoice", Fault::DropAfter);
    let run = shop.line(&format!("--json {CREATE}"));
    assert_eq!((run.status, &*run.stderr), (3, ""), "{run:?}");
    run
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_that_is_lost_is_found_again() {
    let shop = Shop::open().await;
    let error = lose_the_answer(&shop).error();
    assert_eq!(
        (&error["effect"], &error["attempts"]),
        (&json!("unknown"), &json!(1))
    );
    assert_eq!(shop.sandbox.zipay().invoices().len(), 1);

    let found = resolve(&shop, &error["handle"], &["--json"]).ok();
    let trackid = &shop.sandbox.zipay().invoices()[0].trackid;
    assert_eq!(
        (&found["resolution"], &found["invoice"]["track_id"]),
        (&json!("executed"), &json!(trackid))
    );
    let link = format!("{}/zipay/invoice_v1/{trackid}", shop.sandbox.url());
    assert_eq!(found["redirect"], json!(link));

    let told = resolve(&shop, &error["handle"], &[]);
    assert_eq!(told.status, 0);
    insta::assert_snapshot!(shop.tidy(&told.stdout), @r"
    It was carried out. This is the invoice:

      Invoice      1000
      Status       generated, the payer was not there yet
      Amount       250000 IRT (toman)
      Terminal     1003
      Trackid      4d27c0ea-b9df-42c7-a66b-5d19b526b2d0
      Created      DD/MM/YYYY HH:MM UTC
      Transaction  196

    Send the payer to this link:

    http://SANDBOX/zipay/invoice_v1/4d27c0ea-b9df-42c7-a66b-5d19b526b2d0
    ");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_people_are_told_can_be_pasted() {
    let shop = Shop::open().await;
    shop.sandbox
        .faults()
        .next("zipay", "create-invoice", Fault::DropAfter);
    // The number needs quoting in a shell, and the account is named by a flag.
    let base_url = shop.sandbox.zipay().base_url().to_owned();
    let mut command = shop.command(&[
        "zipay",
        "create-invoice",
        "--invoice-number",
        "it's $1000",
        "--amount",
        "250000",
        "--currency",
        "IRT",
        "--callback",
        "https://shop.example/back",
        "--base-url",
        &base_url,
    ]);
    command.env_remove("PAYLINK_ZIPAY_BASE_URL");
    let run = shop.finish(command);
    assert_eq!((run.status, &*run.stdout), (3, ""), "{run:?}");
    let (told, pasted) = run.stderr.split_once("\npaylink ").unwrap();
    insta::assert_snapshot!(told, @r"
    error: zipay create-invoice: the connection broke before a whole answer came; the outcome is unknown, look it up before trying again

    Do not repeat it before you know what became of it. This command finds out
    and holds the handle, so keep it:
    ");

    let mut shell = shop.command(&[]);
    let environment: Vec<_> = shell
        .get_envs()
        .filter_map(|(name, value)| Some((name.to_owned(), value?.to_owned())))
        .collect();
    shell = Command::new("sh");
    shell
        .args([
            "-c",
            &format!("paylink() {{ '{PAYLINK}' \"$@\"; }}\npaylink {pasted}"),
        ])
        .env_clear()
        .envs(environment);
    shell.env_remove("PAYLINK_ZIPAY_BASE_URL");
    let found = shop.finish(shell);
    assert_eq!(found.status, 0, "{found:?}");
    assert!(found.stdout.contains("it's $1000"), "{found:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_not_to_be_seen_yet_stays_unknown_until_the_settling_time_is_over() {
    let shop = Shop::open().await;
    shop.sandbox
        .faults()
        .next("zipay", "create-invoice", Fault::DropBefore);
    let run = shop.line(&format!("--json {CREATE}"));
    assert_eq!(run.status, 3);
    assert!(shop.sandbox.zipay().invoices().is_empty());
    let mut handle = run.error()["handle"].clone();

    let still = resolve(&shop, &handle, &["--json"]);
    assert_eq!(still.status, 3);
    let error = still.error();
    assert_eq!(
        (&error["kind"], &error["effect"], &error["handle"]),
        (&json!("still_unknown"), &json!("unknown"), &handle)
    );
    let wait = error["retry_after_seconds"].as_u64().unwrap();
    assert!((1..=180).contains(&wait), "{wait}");
    let told = resolve(&shop, &handle, &[]);
    assert_eq!((told.status, &*told.stdout), (3, ""));
    assert!(told.stderr.starts_with("Still unknown: "), "{told:?}");

    for time in ["prepared_at_ms", "failed_at_ms"] {
        handle[time] = json!(handle[time].as_u64().unwrap() - 200_000);
    }
    assert_eq!(
        resolve(&shop, &handle, &["--json"]).ok(),
        json!({"resolution": "not_executed"})
    );
    assert_eq!(
        resolve(&shop, &handle, &[]).stdout,
        "It was not carried out. It may be done again.\n"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_look_up_that_fails_does_not_say_that_nothing_was_done() {
    let shop = Shop::open().await;
    let handle = lose_the_answer(&shop).error()["handle"].clone();
    let failed = resolve(
        &shop,
        &handle,
        &["--json", "--base-url", "http://127.0.0.1:1/"],
    );
    assert_eq!(failed.status, 3, "{failed:?}");
    let error = failed.error();
    assert_eq!(
        [&error["kind"], &error["effect"]],
        [&json!("connect"), &json!("unknown")]
    );
    assert_eq!(error["handle"], handle);
    let told = resolve(&shop, &handle, &["--base-url", "http://127.0.0.1:1/"]);
    assert_eq!(told.status, 3, "{told:?}");
    assert!(
        told.stderr
            .starts_with("Still unknown: looking it up failed"),
        "{told:?}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_no_handle_is_refused_without_repeating_it() {
    let shop = Shop::open().await;
    let key = shop.sandbox.zipay().secret_key();
    // The harness looks for the key in what is said.
    for (given, problem) in [
        (json!(key), "is not a handle, as line 1"),
        (json!({ "provider": key }), "is not a handle, as line 1"),
        (
            json!({"version": "1", "provider": "other", "operation": "x", "prepared_at_ms": 1}),
            "is of another provider",
        ),
        (
            json!({"version": "1", "provider": "zipay", "operation": "invoice-list", "prepared_at_ms": 1}),
            "changes nothing",
        ),
    ] {
        let run = resolve(&shop, &given, &[]);
        assert_eq!((run.status, &*run.stdout), (2, ""), "{run:?}");
        assert!(
            run.stderr.contains("the handle on standard input") && run.stderr.contains(problem),
            "{run:?}"
        );
    }
    let run = shop.line("--json zipay resolve nowhere.json");
    assert_eq!(run.status, 2);
    assert!(
        run.error()["message"]
            .as_str()
            .unwrap()
            .starts_with("the handle in nowhere.json cannot be read")
    );
    assert!(shop.sandbox.journal().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_verify_that_is_lost_in_a_settle_is_settled_by_the_next_one() {
    let shop = Shop::open().await;
    let trackid = shop.paid("1000");
    let settle = format!(
        "zipay settle --trackid {trackid} --invoice-number 1000 --amount 250000 --currency IRT"
    );
    shop.sandbox
        .faults()
        .next("zipay", "invoice-verify", Fault::DropAfter);
    let lost = shop.line(&settle);
    assert_eq!((lost.status, &*lost.stdout), (3, ""), "{lost:?}");
    assert!(
        lost.stderr.contains("Settle again, with the same words"),
        "{lost:?}"
    );
    let settled = shop.line(&settle);
    assert_eq!(settled.status, 0, "{settled:?}");
    assert_eq!(
        shop.sandbox
            .zipay()
            .invoice(&trackid)
            .unwrap()
            .times_verified(),
        1
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn verify_and_refund_are_found_again_too() {
    let shop = Shop::open().await;
    let trackid = shop.paid("1000");
    for (operation, yes, status) in [
        ("verify", "", "completed"),
        ("refund", " --yes", "refunded"),
    ] {
        shop.sandbox
            .faults()
            .next("zipay", &format!("invoice-{operation}"), Fault::DropAfter);
        let lost = shop.line(&format!(
            "--json zipay {operation} --trackid {trackid}{yes}"
        ));
        assert_eq!(lost.status, 3, "{lost:?}");
        let found = resolve(&shop, &lost.error()["handle"], &["--json"]).ok();
        assert_eq!(found["invoice"]["status"], status);
    }
}

#[cfg(unix)]
#[tokio::test(flavor = "multi_thread")]
async fn ctrl_c_while_the_request_is_under_way_leaves_a_handle() {
    let shop = Shop::open().await;
    shop.sandbox.faults().next(
        "zipay",
        "create-invoice",
        Fault::DelayAfter(Duration::from_secs(60)),
    );
    let mut command = shop.command(&format!("--json {CREATE}").split(' ').collect::<Vec<_>>());
    let child = command
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    while shop.sandbox.zipay().invoices().is_empty() {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    let killed = Command::new("kill")
        .args(["-INT", &child.id().to_string()])
        .status()
        .unwrap();
    assert!(killed.success());
    let run = shop.wait(child);
    assert_eq!(run.status, 3, "{run:?}");
    let error = run.error();
    assert_eq!(
        (&error["kind"], &error["effect"]),
        (&json!("interrupted"), &json!("unknown"))
    );
    assert_eq!(
        resolve(&shop, &error["handle"], &["--json"]).ok()["resolution"],
        "executed"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_handle_file_is_there_while_the_request_is_under_way_and_gone_when_its_outcome_is_told() {
    let shop = Shop::open().await;
    shop.sandbox.faults().next(
        "zipay",
        "create-invoice",
        Fault::Delay(Duration::from_millis(300)),
    );
    let mut command = shop.command(&CREATE_STORED.split(' ').collect::<Vec<_>>());
    let child = command
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    while shop.sandbox.journal().is_empty() {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    assert!(shop.sandbox.zipay().invoices().is_empty());
    let stored = fs::read_to_string(shop.path("order.json")).unwrap();
    assert!(stored.contains(r#""reference":"1000""#), "{stored}");

    let run = shop.wait(child);
    assert_eq!((run.status, &*run.stderr), (0, ""));
    assert!(!shop.path("order.json").exists());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_handle_file_is_gone_when_it_was_refused() {
    let shop = Shop::open().await;
    shop.create("1000");
    assert_eq!(shop.line(CREATE_STORED).status, 1);
    assert!(!shop.path("order.json").exists());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_handle_file_stays_when_the_outcome_is_unknown_and_resolves_it() {
    let shop = Shop::open().await;
    shop.sandbox
        .faults()
        .next("zipay", "create-invoice", Fault::DropAfter);
    let lost = shop.line(CREATE_STORED);
    assert_eq!(lost.status, 3);
    assert!(
        lost.stderr
            .ends_with("\n\n  paylink zipay resolve order.json\n"),
        "{lost:?}"
    );
    let stored = fs::read_to_string(shop.path("order.json")).unwrap();
    assert!(
        stored.contains("failed_at_ms"),
        "it is the handle with the time of the failure: {stored}"
    );
    assert_eq!(
        fs::read_dir(shop.path("")).unwrap().count(),
        1,
        "nothing else is left"
    );

    let found = shop.line("--json zipay resolve order.json").ok();
    assert_eq!(found["resolution"], "executed");
    assert!(
        shop.path("order.json").exists(),
        "resolving changes nothing"
    );
}

#[cfg(unix)]
#[tokio::test(flavor = "multi_thread")]
async fn a_handle_file_is_the_owners_alone() {
    use std::os::unix::fs::PermissionsExt;

    let shop = Shop::open().await;
    shop.sandbox
        .faults()
        .next("zipay", "create-invoice", Fault::DropAfter);
    shop.line(CREATE_STORED);
    let mode = fs::metadata(shop.path("order.json"))
        .unwrap()
        .permissions()
        .mode();
    assert_eq!(mode & 0o777, 0o600);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_handle_file_never_overwrites_another_and_then_sends_nothing() {
    let shop = Shop::open().await;
    fs::write(shop.path("order.json"), "another handle").unwrap();
    let run = shop.line(CREATE_STORED);
    assert_eq!(run.status, 2);
    insta::assert_snapshot!(run.stderr, @r"error: --handle-file order.json is there already: name another file, or find out what this one is about: paylink zipay resolve order.json");
    assert_eq!(
        fs::read_to_string(shop.path("order.json")).unwrap(),
        "another handle"
    );
    assert!(shop.sandbox.journal().is_empty());

    let nowhere = shop.line(&CREATE_STORED.replace("order.json", "no/such/place.json"));
    assert_eq!(nowhere.status, 2);
    assert!(
        nowhere
            .stderr
            .contains("--handle-file no/such/place.json cannot be written"),
        "{nowhere:?}"
    );
    assert!(shop.sandbox.journal().is_empty());
}
