//! What stands in a file or on standard input where another document is due: each has its own words.

use std::fs;
use std::process::Stdio;

use serde_json::Value;

use crate::link::create;
use crate::shop::{Run, Shop};

const SETTLE: &str = "--order 1000 --amount 250000 --currency IRT";

/// A text as PowerShell's `>` writes it.
fn utf_16(text: &str, mark: &str) -> Vec<u8> {
    let text = format!("{mark}{text}");
    text.encode_utf16().flat_map(u16::to_le_bytes).collect()
}

/// Runs a line with these bytes on standard input.
fn given(shop: &Shop, line: &str, bytes: &[u8]) -> Run {
    fs::write(shop.path("given"), bytes).unwrap();
    let input = fs::File::open(shop.path("given")).unwrap();
    shop.line_with(line, |it| it.stdin(Stdio::from(input)))
}

/// A shop with a record in `1000.json` and a handle in `handle.json`, and what `--json` printed of either.
async fn open() -> (Shop, String) {
    let shop = Shop::open().await;
    let printed = shop.line(&format!("--json {}", create("zipay", "1000")));
    printed.ok();
    shop.fault("zipay", "create-invoice", paylink_sandbox::Fault::DropAfter);
    let lost = create("zipay", "1001").replace(" --record-to 1001.json", "");
    let lost = shop.line(&format!("--json {lost} --handle-file handle.json"));
    assert_eq!(lost.status, 3, "{lost:?}");
    fs::write(shop.path("lost.json"), &lost.stdout).unwrap();
    (shop, printed.stdout)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_mark_before_it_is_passed_over() {
    let (shop, _) = open().await;
    let settle = format!("link settle --account zipay {SETTLE} --record");
    for (line, file, status) in [
        (&*settle, "1000.json", 4),
        ("link status --account zipay --record", "1000.json", 0),
        ("link resolve --account zipay", "handle.json", 0),
        ("zipay resolve", "handle.json", 0),
    ] {
        let document = fs::read(shop.path(file)).unwrap();
        let marked = [b"\xef\xbb\xbf", &*document].concat();
        fs::write(shop.path("marked.json"), &marked).unwrap();
        let run = shop.line(&format!("{line} marked.json"));
        assert_eq!(run.status, status, "{run:?}");
        let run = given(&shop, &format!("{line} -"), &marked);
        assert_eq!(run.status, status, "{run:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_json_printed_is_taken_for_the_document_in_it() {
    let (shop, printed) = open().await;
    fs::write(shop.path("printed.json"), &printed).unwrap();
    let status = shop.line("link status --account zipay --record printed.json");
    assert_eq!(status.status, 0, "{status:?}");
    let run = given(
        &shop,
        "link status --account zipay --record -",
        printed.as_bytes(),
    );
    assert_eq!(run.status, 0, "{run:?}");
    for line in [
        "zipay resolve lost.json",
        "link resolve --account zipay lost.json",
    ] {
        let run = shop.line(line);
        assert_eq!(run.status, 0, "{run:?}");
    }
    // What is stored again stays whole.
    let sent = shop.line(&format!("--json {}", create("sizpay", "1002")));
    let mut document: Value = serde_json::from_str(&sent.stdout).unwrap();
    let rule = r#"{"resends":0,"last_sms_at_ms":0}"#;
    document["ok"]["record"]["detail"] = rule.into();
    fs::write(shop.path("sent.json"), document.to_string()).unwrap();
    shop.sandbox
        .clock()
        .advance(std::time::Duration::from_secs(180));
    let again = shop.line("link resend --account sizpay --record sent.json");
    assert_eq!(again.status, 0, "{again:?}");
    let stored: Value = serde_json::from_slice(&fs::read(shop.path("sent.json")).unwrap()).unwrap();
    assert_eq!(stored["ok"]["account"], "sizpay");
    let rule = stored["ok"]["record"]["detail"].as_str().unwrap();
    assert!(rule.starts_with(r#"{"resends":1,"#), "{stored}");
}

/// Every document that another one is mistaken for, told in a line.
#[tokio::test(flavor = "multi_thread")]
async fn what_stands_in_its_place_has_its_own_words() {
    let (shop, _) = open().await;
    let record = fs::read_to_string(shop.path("1000.json")).unwrap();
    let cardpay = shop
        .line("--json cardpay create --price 10000 --invoice-number 7")
        .ok();
    let invoice = shop.line("--json zipay create-invoice --invoice-number 9 --amount 250000 --currency IRT --callback https://shop.example/");
    for (name, bytes) in [
        ("empty.json", Vec::new()),
        ("blank.json", b"\r\n".to_vec()),
        ("zeros.json", vec![0; 512]),
        ("utf16.json", utf_16(&record, "\u{feff}")),
        ("utf16-without-mark.json", utf_16(&record, "")),
        ("binary.json", b"\x89PNG\r\n".to_vec()),
        ("half.json", record.as_bytes()[..40].to_vec()),
        ("list.json", b"[1]".to_vec()),
        ("cardpay.json", cardpay["record"].to_string().into_bytes()),
        ("printed.json", invoice.stdout.into_bytes()),
        (
            "resend.json",
            br#"{"resends":0,"last_sms_at_ms":0}"#.to_vec(),
        ),
        ("large.json", vec![b' '; 70_000]),
    ] {
        fs::write(shop.path(name), bytes).unwrap();
    }
    fs::create_dir(shop.path("folder")).unwrap();
    shop.sandbox.clear_journal();
    let mut told = String::new();
    let files = [
        "empty.json",
        "blank.json",
        "zeros.json",
        "utf16.json",
        "utf16-without-mark.json",
        "binary.json",
        "half.json",
        "list.json",
        "cardpay.json",
        "printed.json",
        "resend.json",
        "large.json",
        "folder",
        "nowhere.json",
    ];
    for file in files.iter().chain(&["handle.json"]) {
        let run = shop.line(&format!("link status --account zipay --record {file}"));
        told.push_str(run.failed(2));
    }
    told.push('\n');
    for file in files.iter().chain(&["1000.json"]) {
        let run = shop.line(&format!("zipay resolve {file}"));
        told.push_str(run.failed(2));
    }
    told.push('\n');
    for file in ["utf16.json", "empty.json", "1000.json"] {
        let run = shop.line(&format!("sizpay resend --send-id 1 --resend-file {file}"));
        told.push_str(run.failed(2));
    }
    for (line, file) in [
        ("link status --account zipay --record -", "utf16.json"),
        ("zipay resolve", "empty.json"),
    ] {
        let bytes = fs::read(shop.path(file)).unwrap();
        told.push_str(given(&shop, line, &bytes).failed(2));
    }
    insta::assert_snapshot!(told, @r"
    error: the record in empty.json is empty: no record was written to it; if the payment was created, `paylink link resolve` brings its record back from its handle
    error: the record in blank.json is empty: no record was written to it; if the payment was created, `paylink link resolve` brings its record back from its handle
    error: the record in zeros.json holds nothing but zero bytes, as after a crash: no record was written to it; if the payment was created, `paylink link resolve` brings its record back from its handle
    error: the record in utf16.json is written in UTF-16: write it in UTF-8: in PowerShell with `| Out-File -Encoding utf8 FILE` in place of `> FILE`
    error: the record in utf16-without-mark.json is written in UTF-16: write it in UTF-8: in PowerShell with `| Out-File -Encoding utf8 FILE` in place of `> FILE`
    error: the record in binary.json is not a record: it is no text in UTF-8: give the JSON document that `paylink link create` printed as the payment's record
    error: the record in half.json is not whole: it ends at line 1 column 40: give the JSON document that `paylink link create` printed as the payment's record
    error: the record in list.json is not a record, as line 1 column 2 shows: give the JSON document that `paylink link create` printed as the payment's record
    error: the record in cardpay.json is not a record: it is CardPay's own record: `paylink cardpay check` takes its pay_id; `link` knows the records of `paylink link create`
    error: the record in printed.json is not a record: it is what --json printed, and holds none: give the JSON document that `paylink link create` printed as the payment's record
    error: the record in resend.json is not a record: it is the count of a link's messages: give the JSON document that `paylink link create` printed as the payment's record
    error: the record in large.json is not a record: it is larger than 64 KiB: give the JSON document that `paylink link create` printed as the payment's record
    error: the record in folder cannot be read: it is a folder: name the file it is in
    error: the record in nowhere.json cannot be read: No such file or directory (os error 2): name the file it is in
    error: the record in handle.json is not a record: it is a handle: `paylink link resolve` takes it

    error: the handle in empty.json is empty: give the JSON document that was printed when the outcome was unknown
    error: the handle in blank.json is empty: give the JSON document that was printed when the outcome was unknown
    error: the handle in zeros.json holds nothing but zero bytes, as after a crash: give the JSON document that was printed when the outcome was unknown
    error: the handle in utf16.json is written in UTF-16: write it in UTF-8: in PowerShell with `| Out-File -Encoding utf8 FILE` in place of `> FILE`
    error: the handle in utf16-without-mark.json is written in UTF-16: write it in UTF-8: in PowerShell with `| Out-File -Encoding utf8 FILE` in place of `> FILE`
    error: the handle in binary.json is not a handle: it is no text in UTF-8: give the JSON document that was printed when the outcome was unknown
    error: the handle in half.json is not whole: it ends at line 1 column 40: give the JSON document that was printed when the outcome was unknown
    error: the handle in list.json is not a handle, as line 1 column 2 shows: give the JSON document that was printed when the outcome was unknown
    error: the handle in cardpay.json is not a handle: it is CardPay's own record: `paylink cardpay check` takes its pay_id; `link` knows the records of `paylink link create`
    error: the handle in printed.json is not a handle: it is what --json printed, and holds none: give the JSON document that was printed when the outcome was unknown
    error: the handle in resend.json is not a handle: it is the count of a link's messages: give the JSON document that was printed when the outcome was unknown
    error: the handle in large.json is not a handle: it is larger than 64 KiB: give the JSON document that was printed when the outcome was unknown
    error: the handle in folder cannot be read: it is a folder: name the file it is in
    error: the handle in nowhere.json cannot be read: No such file or directory (os error 2): name the file it is in
    error: the handle in 1000.json is not a handle: it is the record of a payment: `paylink link settle` takes it

    error: the resend file in utf16.json is written in UTF-16: write it in UTF-8: in PowerShell with `| Out-File -Encoding utf8 FILE` in place of `> FILE`
    error: the resend file in empty.json is empty: give the file that `paylink sizpay send-link --resend-file` wrote
    error: the resend file in 1000.json is not a resend file: it is the record of a payment: `paylink link settle` takes it
    error: the record on standard input is written in UTF-16: write it in UTF-8: in PowerShell with `| Out-File -Encoding utf8 FILE` in place of `> FILE`
    error: the handle on standard input is empty: give the JSON document that was printed when the outcome was unknown
    ");
    assert!(shop.sandbox.journal().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn the_state_of_a_sandbox_is_read_alike() {
    let shop = Shop::open().await;
    let snapshot = serde_json::to_string(&shop.sandbox.snapshot()).unwrap();
    fs::write(shop.path("utf16.json"), utf_16(&snapshot, "\u{feff}")).unwrap();
    fs::write(shop.path("zeros.json"), [0; 64]).unwrap();
    fs::create_dir(shop.path("folder")).unwrap();
    let mut told = String::new();
    for file in ["utf16.json", "zeros.json", "folder"] {
        let run = shop.line(&format!("sandbox --state {file}"));
        told.push_str(run.failed(2));
    }
    insta::assert_snapshot!(told, @r"
    error: --state utf16.json is written in UTF-16: write it in UTF-8: in PowerShell with `| Out-File -Encoding utf8 FILE` in place of `> FILE`
    error: --state zeros.json holds nothing but zero bytes, as after a crash: name another file, or remove this one to start over
    error: --state folder cannot be read: it is a folder: name another file, or remove this one to start over
    ");

    // A seed that is not the state's is refused, which shows that the state is read.
    fs::write(shop.path("marked.json"), format!("\u{feff}{snapshot}")).unwrap();
    let run = shop.line("sandbox --state marked.json --seed 77");
    run.failed(2);
    run.complains("is not 1, the seed of the state in marked.json");
}
