//! What people read.

use super::{SEND, sent, tidy};
use crate::shop::Shop;

#[tokio::test(flavor = "multi_thread")]
async fn a_sent_link_and_what_comes_next() {
    let shop = Shop::open().await;
    let run = shop.line(&format!("{SEND} --invoice-number 1000"));
    assert_eq!((run.status, &*run.stderr), (0, ""));
    insta::assert_snapshot!(tidy(&shop, &run), @r"
    SizPay sends the payer an SMS with this link:

    http://SANDBOX/sizpay/hosseini/0200260410

      Invoice    1000
      Amount     250,000 rial
      Send id    26041
      Send date  TODAY

    Store the send id and the date with the order. Nobody tells you when it is paid: ask.

      paylink sizpay status --send-id 26041 --send-date TODAY
    ");
    let (_, suggested) = run.stdout.rsplit_once("paylink ").unwrap();
    let asked = shop.line(suggested.trim());
    assert!(
        asked.stdout.contains("26041    1000     unpaid"),
        "{asked:?}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_sms_leaves_out_is_told_before_it_is_sent() {
    let shop = Shop::open().await;
    let words: Vec<&str> = SEND.split(' ').collect();
    let send = |number, description| {
        let more = ["--invoice-number", number, "--description", description];
        let run = shop.run(&[&words[..], &more].concat());
        assert_eq!(run.status, 0, "{run:?}");
        run.stderr
    };
    assert_eq!(
        send("1", "two tickets for the night train"),
        "warning: the SMS shows 25 characters of the description and leaves out \" train\"\n"
    );
    assert_eq!(send("2", "two tickets for the night"), "");
    let sms = shop.sandbox.sms();
    assert!(
        sms[0].text.contains("\ntwo tickets for the night\n"),
        "{sms:?}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn states_are_a_table() {
    let shop = Shop::open().await;
    let first = sent(&shop, "1000");
    sent(&shop, "1001");
    let paid = shop.sandbox.sizpay().pay(first).unwrap();
    let reference = paid.reference_number.unwrap();
    let run = shop.line("sizpay status");
    assert_eq!((run.status, &*run.stderr), (0, ""));
    insta::assert_snapshot!(run.stdout.replace(&reference, "999999999999"), @r"
    SEND ID  INVOICE  STATE   REFERENCE
    ──────────────────────────────────────
    26041    1000     paid    999999999999
    26042    1001     unpaid  -
    ");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_day_without_links_says_so() {
    let shop = Shop::open().await;
    let run = shop.line("sizpay status --send-date ۱۳۹۹/۱۱/۲۱");
    assert_eq!(
        (run.status, &*run.stdout),
        (0, "SizPay reports no links.\n")
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_link_is_disabled_and_an_sms_sent_again() {
    let shop = Shop::open().await;
    sent(&shop, "1000");
    let resend = || shop.line("sizpay resend --invoice-number 1000");
    let early = resend();
    assert_eq!((early.status, &*early.stdout), (1, ""));
    assert!(early.stderr.contains("۲ دقیقه"), "{early:?}");
    shop.sandbox
        .clock()
        .advance(paylink_sandbox::sizpay::RESEND_AFTER);
    assert_eq!(
        resend().stdout,
        "The SMS of the link of invoice 1000 is sent again. The next one has to wait two minutes.\n"
    );
    assert_eq!(shop.sandbox.sms().len(), 2);

    let unasked = shop.line("sizpay disable --send-id 26041");
    assert_eq!(unasked.status, 2, "{unasked:?}");
    let disable = shop.line("sizpay disable --send-id 26041 --yes");
    assert_eq!(
        (disable.status, &*disable.stdout),
        (0, "Disabled: nobody can pay link 26041 any more.\n")
    );
    assert!(shop.sandbox.sizpay().pay(26041).is_err());
    let again = shop.line("sizpay disable --send-id 26041 --yes");
    assert_eq!(again.status, 1);
    assert!(
        again.stderr.contains("این لینک غیرفعال شده است"),
        "{again:?}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_namespace_is_told_as_one() {
    let shop = Shop::open().await;
    let run = shop.line(&format!(
        "{SEND} --invoice-number 1 --via soap --soap-namespace https://rt.sizpay.com/"
    ));
    assert_eq!(run.status, 1);
    assert!(
        run.stderr.contains("the SOAP namespace is another one"),
        "{run:?}"
    );
    assert!(shop.sandbox.sizpay().links().is_empty());
}
