//! What people read after each operation.

use crate::shop::Shop;

const CREATE: &str = "zipay create-invoice --invoice-number 1000 --amount 250000 --currency IRT \
                      --callback https://shop.example/back";

fn settle(trackid: &str, amount: &str) -> String {
    format!(
        "zipay settle --trackid {trackid} --invoice-number 1000 --amount {amount} --currency IRT"
    )
}

#[tokio::test(flavor = "multi_thread")]
async fn create_invoice() {
    let shop = Shop::open().await;
    insta::assert_snapshot!(shop.tidy(shop.line(CREATE).told()), @r"
    The invoice is created. Send the payer to this link:

    http://SANDBOX/zipay/invoice_v1/4d27c0ea-b9df-42c7-a66b-5d19b526b2d0

      Invoice  1000
      Amount   250000 IRT (toman)
      Trackid  4d27c0ea-b9df-42c7-a66b-5d19b526b2d0

    When it is paid, settle it within 30 minutes, or the money goes back:

      paylink zipay settle --trackid 4d27c0ea-b9df-42c7-a66b-5d19b526b2d0 \
        --invoice-number 1000 --amount 250000 --currency IRT
    ");
}

#[tokio::test(flavor = "multi_thread")]
async fn create_invoice_with_everything() {
    let shop = Shop::open().await;
    let run = shop.line(&format!(
        "{CREATE} --webhook http://127.0.0.1:9/hook --national-id 0013542419 --terminal 1004 --qr always"
    ));
    assert_eq!(run.status, 0, "{run:?}");
    run.prints("████ ▄▄▄▄▄ █");
    // The settle that is suggested is at the same terminal.
    run.prints("--terminal 1004\n");
    let invoice = &shop.sandbox.zipay().invoices()[0];
    assert_eq!(invoice.terminal, 1004);
    assert_eq!(invoice.national_id.as_deref(), Some("0013542419"));
    let mut sent = shop.sandbox.journal()[0].parameters.clone().into_iter();
    let webhook = sent.find(|it| it.name == "webhook").unwrap();
    assert_eq!(webhook.value, "http://127.0.0.1:9/hook");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_duplicate_is_refused_by_the_provider() {
    let shop = Shop::open().await;
    shop.line(CREATE);
    insta::assert_snapshot!(shop.line(CREATE).failed(1), @r#"
    error: zipay create-invoice: the provider refused (code 422, "invoice_number has already been taken")

    If it is the number that ZiPay does not accept, an invoice of it is there, which this command shows. A new invoice needs a new number.

      paylink zipay list --invoice-number 1000
    "#);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_suggested_after_creating_settles_the_invoice() {
    let shop = Shop::open().await;
    let created = shop.line(CREATE).stdout;
    let trackid = shop.sandbox.zipay().invoices()[0].trackid.clone();
    shop.sandbox.zipay().pay(&trackid).unwrap();
    let (_, suggested) = created.rsplit_once("\n\n  paylink ").unwrap();
    let settled = shop.pasted(suggested);
    assert_eq!(settled.status, 0, "{settled:?}");
    assert!(settled.stdout.starts_with("Settled: "), "{settled:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn status() {
    let shop = Shop::open().await;
    let trackid = shop.paid("1000");
    let run = shop.line(&format!("zipay status --trackid {trackid}"));
    insta::assert_snapshot!(shop.tidy(run.told()), @r"
    Invoice      1000
    Status       pending, paid; settle it within 30 minutes of the payment
    Amount       250000 IRT (toman)
    Terminal     1003
    Trackid      4d27c0ea-b9df-42c7-a66b-5d19b526b2d0
    Created      DD/MM/YYYY HH:MM UTC
    Paid         DD/MM/YYYY HH:MM UTC
    Transaction  196
    Payer        نام پرداخت کننده نام خانوادگی پرداخت کننده
    Email        payer@example.com
    Account      12811
    ");
}

#[tokio::test(flavor = "multi_thread")]
async fn settle_once_and_again() {
    let shop = Shop::open().await;
    let trackid = shop.paid("1000");
    let first = shop.line(&settle(&trackid, "250000"));
    insta::assert_snapshot!(first.told(), @r"
    Settled: the money is yours.

      Invoice   1000
      Amount    250000 IRT (toman)
      Trackid   4d27c0ea-b9df-42c7-a66b-5d19b526b2d0
      Compared  currency, amount, order, merchant, reference

    Deliver, unless your own record says that it was delivered before.
    ");
    let second = shop.line(&settle(&trackid, "250000"));
    let before = first.stdout.replace("Settled: the", "Settled before: the");
    assert_eq!((second.status, second.stdout), (0, before));
    assert_eq!(shop.times_verified(&trackid), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn settle_what_is_not_paid() {
    let shop = Shop::open().await;
    let trackid = shop.create("1000");
    insta::assert_snapshot!(shop.line(&settle(&trackid, "250000")).failed(4), @r"
    Not paid: the invoice is generated, the payer was not there yet.
    Do not deliver. Settle it again when it is paid.
    ");
}

#[tokio::test(flavor = "multi_thread")]
async fn settle_a_dearer_order_with_a_cheap_payment() {
    let shop = Shop::open().await;
    let trackid = shop.paid("1000");
    insta::assert_snapshot!(shop.line(&settle(&trackid, "2500000")).failed(5), @r"
    Mismatch: the payment is not the one of your record.

      amount: expected 2500000, found 250000

    Nothing was confirmed. Do not deliver, and find out who sent this.
    ");
    assert_eq!(shop.times_verified(&trackid), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn verify_and_refund() {
    let shop = Shop::open().await;
    let trackid = shop.paid("1000");
    let verified = shop.line(&format!("zipay verify --trackid {trackid}"));
    assert_eq!(verified.status, 0, "{verified:?}");
    verified.prints("completed, paid and confirmed");
    let refunded = shop.line(&format!("zipay refund --yes --trackid {trackid}"));
    assert_eq!(refunded.status, 0, "{refunded:?}");
    refunded.prints("refunded, given back by you");
    let again = shop.line(&format!("zipay refund --yes --trackid {trackid}"));
    let (says, _) = again.told().split_once('\n').unwrap();
    assert_eq!(says, "It was given back before. Nothing was sent now.");
}

#[tokio::test(flavor = "multi_thread")]
async fn list() {
    let shop = Shop::open().await;
    assert_eq!(shop.line("zipay list").stdout, "No invoices.\n");
    for number in ["1000", "1001", "1002"] {
        shop.paid(number);
    }
    let run = shop.line("zipay list --limit 2 --sort asc --status pending --terminal 1003");
    insta::assert_snapshot!(shop.tidy(run.told()), @r"
    INVOICE  STATUS   AMOUNT      CREATED     TRACKID
    ──────────────────────────────────────────────────────────────────────────────
    1000     pending  250000 IRT  DD/MM/YYYY  4d27c0ea-b9df-42c7-a66b-5d19b526b2d0
    1001     pending  250000 IRT  DD/MM/YYYY  f86d3538-0236-4442-bff2-019d98370c8a

    2 of 3, page 1, 2 a page, oldest first
    ");
    let widest = run.stdout.lines().map(|line| line.chars().count()).max();
    assert!(widest <= Some(80), "{widest:?} columns");
    let second = shop.line("zipay list --limit 2 --page 2 --sort asc").stdout;
    assert!(
        second.contains("1002") && second.ends_with("1 of 3, page 2, 2 a page, oldest first\n"),
        "{second}"
    );
    let all = shop.line("zipay list --all --limit 2").stdout;
    assert!(all.ends_with("3 in all\n"), "{all}");
    let none = shop.line("zipay list --terminal 1004 --invoice-number 1000");
    assert_eq!(none.stdout, "No invoices.\n");
}

/// What is copied stays whole, however narrow the terminal is; in a pipe a line is as long as it is.
#[tokio::test(flavor = "multi_thread")]
async fn a_table_fits() {
    let shop = Shop::open().await;
    let number = "order-of-the-branch-in-isfahan-2026-1002";
    shop.paid(number);
    let mut all = String::new();
    for columns in ["60", "80", "100", "120"] {
        let run = shop.line_with("zipay list", |command| command.env("COLUMNS", columns));
        let widest = run.stdout.lines().map(|line| line.chars().count()).max();
        assert!(widest <= columns.parse().ok(), "{widest:?} {run:?}");
        assert!(run.stdout.contains(number), "{run:?}");
        all += &format!("{columns} columns:\n{}", run.told());
    }
    insta::assert_snapshot!(shop.tidy(&all), @r"
    60 columns:
    INVOICE  order-of-the-branch-in-isfahan-2026-1002
    STATUS   pending
    AMOUNT   250000 IRT
    CREATED  DD/MM/YYYY
    TRACKID  4d27c0ea-b9df-42c7-a66b-5d19b526b2d0

    1 of 1, page 1, 10 a page, newest first
    80 columns:
    INVOICE  order-of-the-branch-in-isfahan-2026-1002
    STATUS   pending
    AMOUNT   250000 IRT
    CREATED  DD/MM/YYYY
    TRACKID  4d27c0ea-b9df-42c7-a66b-5d19b526b2d0

    1 of 1, page 1, 10 a page, newest first
    100 columns:
    INVOICE                                   STATUS   AMOUNT      TRACKID
    ───────────────────────────────────────────────────────────────────────────────────────────────────
    order-of-the-branch-in-isfahan-2026-1002  pending  250000 IRT  4d27c0ea-b9df-42c7-a66b-5d19b526b2d0
    Not shown for lack of room: CREATED; --json has all

    1 of 1, page 1, 10 a page, newest first
    120 columns:
    INVOICE                                   STATUS   AMOUNT      CREATED     TRACKID
    ───────────────────────────────────────────────────────────────────────────────────────────────────────────────
    order-of-the-branch-in-isfahan-2026-1002  pending  250000 IRT  DD/MM/YYYY  4d27c0ea-b9df-42c7-a66b-5d19b526b2d0

    1 of 1, page 1, 10 a page, newest first
    ");
    assert!(!shop.line("zipay list").stdout.contains("Not shown"));
}

#[tokio::test(flavor = "multi_thread")]
async fn facts_fit_too() {
    let shop = Shop::open().await;
    let trackid = shop.paid("1000");
    let run = shop.line_with(&format!("zipay status --trackid {trackid}"), |command| {
        command.env("COLUMNS", "50")
    });
    insta::assert_snapshot!(shop.tidy(run.told()), @r"
    Invoice      1000
    Status       pending, paid; settle it within 30
                 minutes of the payment
    Amount       250000 IRT (toman)
    Terminal     1003
    Trackid
      4d27c0ea-b9df-42c7-a66b-5d19b526b2d0
    Created      DD/MM/YYYY HH:MM UTC
    Paid         DD/MM/YYYY HH:MM UTC
    Transaction  196
    Payer        نام پرداخت کننده نام خانوادگی
                 پرداخت کننده
    Email        payer@example.com
    Account      12811
    ");
}

/// Colours are for terminals; who asks for them gets them elsewhere, but never in a document.
#[tokio::test(flavor = "multi_thread")]
async fn colours_are_where_they_belong() {
    let shop = Shop::open().await;
    let run = |line: &str, variables: &[(&str, &str)]| {
        let run = shop.line_with(line, |command| command.envs(variables.iter().copied()));
        run.stdout + &run.stderr
    };
    let escape = '\u{1b}';
    for line in ["zipay list", "zipay lst", "doctor", "zipay --help"] {
        assert!(!run(line, &[]).contains(escape), "{line}");
        assert!(
            !run(line, &[("TERM", "xterm-256color")]).contains(escape),
            "{line}"
        );
        let forced = [("CLICOLOR_FORCE", "1")];
        assert!(
            !run(&format!("--json {line}"), &forced).contains(escape) || line.ends_with("--help"),
            "{line}"
        );
    }
    for line in ["zipay lst", "doctor", "zipay --help"] {
        let forced = [("CLICOLOR_FORCE", "1")];
        assert!(run(line, &forced).contains(escape), "{line}");
        let forbidden = [("CLICOLOR_FORCE", "1"), ("NO_COLOR", "1")];
        assert!(!run(line, &forbidden).contains(escape), "{line}");
        let not_said = [("CLICOLOR_FORCE", "1"), ("NO_COLOR", "")];
        assert!(run(line, &not_said).contains(escape), "{line}");
    }
}
