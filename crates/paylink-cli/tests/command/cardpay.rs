//! `paylink cardpay`: what to transfer, whether it came, and no card number whole.

mod checking;
mod creating;
mod refused;
mod waiting;

use paylink_sandbox::cardpay::Payment;

use crate::shop::Shop;

const CREATE: &str = "cardpay create --price 150000 --invoice-number 1000";

/// The payment that was created last.
fn newest(shop: &Shop) -> Payment {
    let payments = shop.sandbox.cardpay().payments();
    payments.last().expect("one was created").clone()
}

/// Creates a payment through the command, and returns its id.
fn create(shop: &Shop, more: &str) -> u64 {
    let created = shop.line(&format!("--json {CREATE}{more}"));
    created.ok()["pay_id"].as_u64().unwrap()
}

/// A card's number in groups of four, as people type it.
fn grouped(number: &str, separator: &str) -> String {
    let fours = number.as_bytes().chunks(4).map(str::from_utf8);
    fours
        .collect::<Result<Vec<_>, _>>()
        .unwrap()
        .join(separator)
}

/// Puts fixed words in place of how much time is left.
fn timeless(text: &str) -> String {
    let line = |line: &str| match line.split_once("Time left  ") {
        Some((before, _)) => format!("{before}Time left  MM min SS s\n"),
        None => line.to_owned(),
    };
    text.split_inclusive('\n').map(line).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn help_says_what_there_is_and_where_the_account_comes_from() {
    let shop = Shop::open().await;
    let run = shop.line("cardpay -h");
    assert_eq!((run.status, &*run.stderr), (0, ""));
    insta::assert_snapshot!(run.stdout, @r#"
    Work with CardPay payments, from card to card

    Usage: paylink cardpay [OPTIONS] <OPERATION>

    Operations:
      create    Create a payment, and show what to transfer to which cards
      set-card  Record the card that the payer will transfer from; it can lose the payment
      check     Ask whether a payment is paid; the first time that it is leaves a trace
      cards     List your own cards, to which payers transfer
      help      Print this message or the help of the given subcommand(s)

    Options:
      -h, --help  Print help (see more with '--help')

    Global options:
          --base-url <URL>  Where the script's API stands: https, or http on loopback
          --json            Print one JSON document: {"ok": …} or {"error": …}
          --config <FILE>   Read the configuration from this file

    The account comes from these variables, or from [cardpay] in the configuration, where
    PAYLINK_CARDPAY_TOKEN is token and so on:
      PAYLINK_CARDPAY_TOKEN, secret
          The script's token, which each request carries.
      PAYLINK_CARDPAY_BASE_URL
          The address of the script's API on the merchant's own host.
      PAYLINK_CARDPAY_CALLBACK_FIELD
          The parameter in which the script reads the callback.
      PAYLINK_CARDPAY_BODY_ENCODING
          What the bodies of requests are written in.

    Card numbers are shown with their first six and last four digits.
    `paylink sandbox` gives an account to try with.
    "#);
    let create = shop.line("cardpay create -h");
    insta::assert_snapshot!(create.stdout, @r#"
    Create a payment, and show what to transfer to which cards

    Usage: paylink cardpay create [OPTIONS] --price <RIAL> --invoice-number <NUMBER>

    Options:
          --price <RIAL>             What the order costs, in rial, 10000 at least; what to transfer can
                                     differ
          --invoice-number <NUMBER>  Your own number of the payment, a whole number never used before
          --mobile <NUMBER>          The payer's mobile number
          --card-number <NUMBER>     The payer's card, 16 digits; only if your bank's messages show the
                                     payer's card, else the payment is lost
          --callback <URL>           Where the payer comes back to, such as
                                     https://shop.example/back?order=1000; without it there is no pay
                                     page
          --callback-app <URL>       The same as an address of an app's own scheme, such as myapp://back
          --qr <WHEN>                When to draw the pay link as a QR code [default: auto] [possible
                                     values: auto, always, never]
          --wait                     Wait until it is paid or its time is over
      -h, --help                     Print help (see more with '--help')

    Global options:
          --base-url <URL>  Where the script's API stands: https, or http on loopback
          --json            Print one JSON document: {"ok": …} or {"error": …}
          --config <FILE>   Read the configuration from this file
    "#);
}
