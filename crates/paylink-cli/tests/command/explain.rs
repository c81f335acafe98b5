//! `paylink explain`: codes, reasons and kinds, as people and programs read them.

use serde_json::json;

use crate::shop::Shop;

#[tokio::test(flavor = "multi_thread")]
async fn a_code() {
    let shop = Shop::open().await;
    insta::assert_snapshot!(shop.line("explain zipay 422").told(), @r"
    ZiPay's code 422: ZiPay cannot accept something in the request, perhaps an invoice number that was used before.
    Look up what became of it before you repeat anything.

    زی‌پی چیزی را در درخواست نمی‌پذیرد؛ شاید شمارهٔ فاکتور تکراری است.
    پیش از هر تکرار، نتیجهٔ آن را استعلام کنید.

      Can act     the merchant
      The payer   is not to be shown this text: it is for the merchant alone
      Stands in   `status` of every answer
      Reason      bad_request
      Known from  a reading that nobody has confirmed: docs/unverified.md
    ");
    // A code that begins with a dash, digits of any script, and one that stands for several.
    for (line, first) in [
        ("explain cardpay -2", "CardPay's code -2: "),
        ("explain pod ۲۴", "POD's code 24: "),
        ("explain ZiPay 503", "ZiPay's code 5xx: "),
        ("explain sizpay 7", "SizPay's code any other: "),
        ("explain pending", "ZiPay's code pending: "),
        (
            "explain pod فاکتور يافت نشد",
            "POD's code فاکتور یافت نشد: ",
        ),
    ] {
        let told = shop.line(line);
        assert!(told.told().starts_with(first), "{line}: {told:?}");
    }
    // The same number may mean several things.
    let told = shop
        .line("explain cardpay 200")
        .told()
        .matches("CardPay's code 200")
        .count();
    assert_eq!(told, 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reason_and_a_kind() {
    let shop = Shop::open().await;
    insta::assert_snapshot!(shop.line("explain already_paid").told(), @r"
    Reason already_paid, whichever provider gives it: This payment is already made.
    Do not repeat it: settle the payment against your own record.

    این پرداخت پیش‌تر انجام شده است.
    آن را تکرار نکنید؛ پرداخت را با سفارش ثبت‌شدهٔ خودتان تطبیق دهید و نهایی کنید.

      Can act    the payer
      The payer  may be shown this text

    CardPay:

    CODE  WHAT TO DO      MEANING
    ───────────────────────────────────────────────────────────────────────────────
    201   settle instead  The payment is made, and was verified for the first time.
    200   settle instead  The payment is made, and had been verified before.

    POD:

    CODE                                       WHAT TO DO      MEANING
    ──────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────
    24                                         settle instead  This invoice is already paid.
    فاکتور بستانکار آماده برای مسدودی می باشد  no action       This was arranged before: the money is blocked for the creditor and goes out when the bank settles.

    SizPay:

    CODE  WHAT TO DO      MEANING
    ───────────────────────────────────────────────
    1     settle instead  The payment link is paid.

    ZiPay:

    CODE       WHAT TO DO      MEANING
    ─────────────────────────────────────────────────────────────
    completed  settle instead  The invoice is paid and confirmed.
    ");
    insta::assert_snapshot!(shop.line("explain timeout").told(), @r"
    Kind of error timeout: The time for the call was over.
    Look at `effect`: if it is unknown, look it up with `resolve`; else repeat it.

    مهلت درخواست به پایان رسید.
    به `effect` نگاه کنید: اگر نامشخص است با `resolve` استعلام کنید، وگرنه تکرار کنید.
    ");
    assert_eq!(
        shop.line("explain Already-Paid").stdout,
        shop.line("explain already_paid").stdout
    );
    insta::assert_snapshot!(shop.line("explain pod expired").told(), @r"
    Reason expired, whichever provider gives it: The time for this payment is over.
    Do not repeat it: if the order is still wanted and nothing was paid, create a new payment.

    مهلت این پرداخت به پایان رسیده است.
    آن را تکرار نکنید؛ اگر سفارش هنوز برقرار است و چیزی پرداخت نشده، پرداخت تازه‌ای بسازید.

      Can act    the payer
      The payer  may be shown this text
    ");
}

#[tokio::test(flavor = "multi_thread")]
async fn lists() {
    let shop = Shop::open().await;
    insta::assert_snapshot!(shop.line("explain sizpay").told(), @r"
    SizPay:

    CODE                  WHAT TO DO      MEANING
    ──────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────
    1                     no action       SizPay did what it was asked.
    any other             do not retry    SizPay did not do what it was asked; its own message says why.
    0                     do not retry    SizPay sent no link; its own message says why.
    0                     retry later     The payment link is not paid yet.
    1                     settle instead  The payment link is paid.
    soap:Client           fix and retry   SizPay could not read the SOAP request; nothing was done.
    soap:VersionMismatch  fix and retry   SizPay speaks another version of SOAP; nothing was done.
    soap:MustUnderstand   fix and retry   SizPay does not understand a SOAP header of the request; nothing was done.
    soap:Server           resolve first   SizPay failed while it worked on the request; what it did has to be looked up.
    ASP.NET               resolve first   An exception ended SizPay's work on the request; what it did before has to be looked up.

    `paylink explain PROVIDER CODE` says more of each, in Persian too.
    ");
    let all = shop.line("explain");
    for title in [
        "CardPay:",
        "POD:",
        "SizPay:",
        "ZiPay:",
        "Reasons, which",
        "Kinds of errors:",
    ] {
        all.prints(title);
    }
    let documents = shop.line("--json explain").ok();
    let count = paylink::catalogue().count();
    assert_eq!(documents["codes"].as_array().unwrap().len(), count);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_nobody_knows() {
    let shop = Shop::open().await;
    insta::assert_snapshot!(shop.line("explain zipay 442").failed(1), @r#"
    error: no code of ZiPay's is known as "442"

    Did you mean zipay 422?

    An unknown code proves nothing: go by the error's `effect`, and where that is unknown look the payment up with `resolve` before you repeat anything. Then ask ZiPay, with the reference number of the error.
    "#);
    insta::assert_snapshot!(shop.line("explain alredy_paid").failed(1), @r#"
    error: no code, reason or kind of error is known as "alredy_paid"

    Did you mean already_paid?

    An unknown code proves nothing: go by the error's `effect`, and where that is unknown look the payment up with `resolve` before you repeat anything. Then ask the provider, with the reference number of the error.
    "#);
    insta::assert_snapshot!(shop.line("explain zippay 422").failed(2), @r#"error: provider "zippay" is not known: did you mean zipay? choose one of cardpay, pod, sizpay, zipay"#);
    let told = shop.line("--json explain pod 12345");
    told.fails(1, json!({"kind": "unknown_code", "effect": "not_executed"}));
}

#[tokio::test(flavor = "multi_thread")]
async fn programs_get_both_languages() {
    let shop = Shop::open().await;
    let document = shop.line("--json explain zipay 404").ok();
    insta::assert_snapshot!(serde_json::to_string_pretty(&document).unwrap(), @r#"
    {
      "codes": [
        {
          "advice": {
            "action": "fix_and_retry",
            "english": "Set right what it names, then repeat the request.",
            "persian": "آنچه را نادرست است اصلاح کنید و درخواست را دوباره بفرستید."
          },
          "code": "404",
          "evidence": "assumed",
          "explanation": {
            "english": "No such invoice was found.",
            "party": "merchant",
            "persian": "چنین فاکتوری یافت نشد.",
            "visible_to_payer": true
          },
          "field": "status",
          "provider": "zipay",
          "reason": "not_found"
        }
      ],
      "kinds": [],
      "reasons": []
    }
    "#);
}
