//! What is refused before anything is sent names the field and the remedy.

use paylink_core::{Effect, ErrorKind, Handle, Money, Rial};
use paylink_testkit::{Canaries, Capture};
use pod_invoice_client::{
    BillNumber, BusinessToken, ConfirmPaymentSms, Creditor, Debtor, Delegation, Environment,
    Expected, GuildCode, Invalid, InvoiceId, LinkOptions, ListInvoices, NewInvoice, NewItem,
    OneTimeToken, PayAnyInvoice, PayWithInvoice, Pod, PosPayment, PosTransaction, ReturnUrl,
    SendPaymentSms, Service, UniqueNumber, UserId, UserToken,
};
use serde_json::json;

use crate::cases::{new_invoice, transaction};
use crate::provider::{Provider, bad, good};
use crate::samples::{id, invoice_with};

fn refused<T>(result: Result<T, Invalid>, field: &str) {
    let error = result.err().unwrap_or_else(|| panic!("{field} was taken"));
    assert_eq!(error.label(), field, "{error}");
    let key = match field {
        "redirect" | "callback" => format!("{field}_url"),
        label => label.replace(' ', "_"),
    };
    assert_eq!(error.key(), key, "{error}");
}

#[test]
fn ids_and_names() {
    refused(InvoiceId::new(0), "invoice id");
    refused("".parse::<InvoiceId>(), "invoice id");
    refused("+5".parse::<InvoiceId>(), "invoice id");
    refused("18446744073709551616".parse::<InvoiceId>(), "invoice id");
    refused(UserId::new(0), "user id");
    refused("7a".parse::<UserId>(), "user id");
    assert_eq!("۳۲۱۵۷".parse::<InvoiceId>(), Ok(id()));
    for bad in ["", " ", " 7", "7\n", "&#x641;", "&amp;"] {
        refused(bad.parse::<BillNumber>(), "bill number");
    }
    refused("x".repeat(201).parse::<BillNumber>(), "bill number");
    assert!("a & b; c".parse::<BillNumber>().is_ok());
    for bad in ["", "a b", "a&b", "../x", "۷"] {
        refused(bad.parse::<UniqueNumber>(), "unique number");
    }
    refused("staging".parse::<Environment>(), "environment");
}

#[test]
fn invoices() {
    let item = || NewItem::new("x", Rial::new(1)).unwrap();
    refused(NewItem::new(" ", Rial::new(1)), "item description");
    refused(NewItem::new("x", Rial::new(0)), "item price");
    refused(item().with_quantity(0), "item quantity");
    refused(item().with_product(0), "product id");
    refused(NewInvoice::new("", "G", item()), "bill number");
    refused(NewInvoice::new("1", "", item()), "guild code");
    let largest = || NewItem::new("x", Rial::new(u64::MAX)).unwrap();
    let two = largest().with_quantity(2).unwrap();
    refused(NewInvoice::new("1", "G", two), "item price");
    refused(new_invoice().with_item(largest()), "item price");
    refused(new_invoice().with_redirect("shop.example"), "redirect");
    refused(new_invoice().with_tax_rate("9"), "tax rate");
    for bad in ["", "[]", "7", "{", "{\"a\":1}x"] {
        refused(new_invoice().with_metadata(bad), "metadata");
    }
}

#[test]
fn what_is_parsed_already_is_taken_as_it_is() {
    let text = "1000".to_owned();
    let number: BillNumber = text.parse().unwrap();
    let guild: GuildCode = "G".parse().unwrap();
    let amount = Money::from(Rial::new(1));
    let item = || NewItem::new("x", Rial::new(1)).unwrap();
    assert!(NewInvoice::new(&text, "G", item()).is_ok());
    assert!(NewInvoice::new(number.clone(), guild, item()).is_ok());
    assert!(Expected::new(id(), "1000", amount).is_ok());
    assert!(Expected::of_bill_number(number, amount).is_ok());
    let back = "https://shop.example/back";
    let url: ReturnUrl = back.parse().unwrap();
    assert!(LinkOptions::new().with_redirect(&back.to_owned()).is_ok());
    assert!(LinkOptions::new().with_redirect(url.clone()).is_ok());
    assert!(LinkOptions::new().with_callback(url).is_ok());
    assert_eq!("7".try_into(), UserId::new(7));
}

/// One by one, a merchant would meet them.
#[test]
fn a_client_tells_everything_that_is_wrong_at_once_and_no_secret() {
    let error = Pod::builder(BusinessToken::new(""))
        .key("")
        .key_of(Service::IssueInvoice, "canary of-one")
        .fee_voucher("")
        .guild(" ")
        .business(0)
        .base_url("http://pod.example/")
        .pay_url("pod.example")
        .build()
        .unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Invalid);
    assert_eq!(error.effect(), Effect::NotExecuted);
    let told = error.invalids().iter();
    let told: Vec<_> = told
        .map(|it| format!("{} {}", it.key(), it.problem()))
        .collect();
    let expected = [
        "token is empty",
        "api_key is empty",
        "api_key_29796 holds a space or a character that is not ASCII",
        "fee_voucher is empty",
        "guild is empty",
        "business is zero",
        "base_url is plain http",
        "pay_url is not a URL",
    ];
    assert_eq!(told, expected);
    assert!(!format!("{error} {error:?}").contains("canary"), "{error}");
    // What could be read hides nothing of what could not.
    let keyless = Pod::builder(BusinessToken::new("t")).key("k k").build();
    assert_eq!(keyless.unwrap_err().invalids().len(), 1);
}

#[test]
fn payments() {
    let with_itself = PayWithInvoice::new(Creditor(id()), Debtor(id()));
    refused(with_itself, "debtor invoice id");
    for bad in ["", " ", "12 34", "12-34", "کد"] {
        refused(ConfirmPaymentSms::new(id(), bad), "code");
    }
    refused(Delegation::new().with_credit(""), "delegation hash");
    refused(SendPaymentSms::new(id()).with_redirect("x"), "redirect");
    refused(SendPaymentSms::new(id()).with_callback("x"), "callback");
    refused(LinkOptions::new().with_redirect("ftp://x"), "redirect");
    refused(LinkOptions::new().with_callback("//x"), "callback");
    refused(ListInvoices::from_offset(0).with_size(0), "size");
    refused(ListInvoices::from_offset(0).with_size(501), "size");
    assert!(PosPayment::new(id(), transaction()).is_ok());
    let without = |empty: fn(&mut PosTransaction)| {
        let mut transaction = transaction();
        empty(&mut transaction);
        PosPayment::new(id(), transaction)
    };
    refused(without(|it| it.terminal_number.clear()), "terminal number");
    refused(without(|it| it.merchant_code.clear()), "merchant code");
    let without_reference = without(|it| it.reference_number.clear());
    refused(without_reference, "reference number");
    refused(without(|it| it.tracking_number.clear()), "tracking number");
}

/// What is wrong with a stored handle tells nothing of what it stands for.
#[tokio::test]
async fn a_handle_that_cannot_be_looked_up_leaves_everything_unknown() {
    let (account, pod) = Provider::with_client().await;
    let now = std::time::SystemTime::now();
    let of = |operation| Handle::new("pod", operation, now);
    for handle in [
        of("issue-invoice").with_reference("1000\u{200f}"),
        of("issue-invoice").with_reference("1000"),
        of("issue-invoice"),
        of("verify-invoice").with_id("invoice_id", "32157\u{200f}"),
        of("verify-invoice").with_reference("1000\u{200f}"),
        of("cancel"),
    ] {
        let error = pod.resolve(&handle).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Invalid, "{handle:?}: {error}");
        assert_eq!(error.effect(), Effect::Unknown, "{handle:?}");
        assert_eq!(error.handle(), Some(&handle));
    }
    assert_eq!(account.take_called().len(), 0);
}

const SECRETS: [&str; 8] = [
    "canary-business-token",
    "canary-key-for-all",
    "canary-key-of-one",
    "canary-user-token",
    "canary-one-time-token",
    "canarycode4711",
    "canary-voucher",
    "canary-credit-hash",
];

#[tokio::test(flavor = "current_thread")]
async fn neither_debug_nor_errors_nor_events_print_a_secret() {
    let capture = Capture::new(Canaries::new(SECRETS).unwrap());
    let _listening = capture.listen();
    let account = Provider::start().await;
    let [token, all, one, user, once, code, voucher, credit] = SECRETS;
    let builder = Pod::builder(BusinessToken::new(token))
        .key(all)
        .key_of(Service::MarkPaid, one)
        .fee_voucher(voucher)
        .base_url(account.url("/pod/"));
    capture.look("builder", &builder);
    let pod = builder.build().unwrap();
    capture.look("client", &pod);

    let once = OneTimeToken::new(once).unwrap();
    let payment = PayAnyInvoice::new(id())
        .with_user_token(UserToken::new(user).unwrap())
        .with_one_time_token(once.clone())
        .with_delegation(Delegation::new().with_credit(credit).unwrap());
    capture.look("payment", &payment);
    let confirmation = ConfirmPaymentSms::new(id(), code).unwrap();
    capture.look("confirmation", &confirmation);
    let invoice = new_invoice().with_one_time_token(once);
    capture.look("invoice", &invoice);

    for answer in [bad(24), bad(999), json!("not POD"), good(json!([]))] {
        for service in [29796, 29799, 29821, 369550] {
            account.answer(service, answer.clone());
        }
        let call = pod.pay_any_invoice(payment.clone());
        capture.look("call", &call);
        capture.look_serialized("handle", &call.handle()).unwrap();
        let prepared = call.prepare().unwrap();
        capture.look("prepared", &prepared);
        let errors = [
            prepared.send().await.unwrap_err(),
            pod.mark_paid(id()).await.unwrap_err(),
            pod.issue_invoice(invoice.clone()).await.unwrap_err(),
        ];
        for error in &errors {
            capture.look_error("refused", error);
            capture.look_serialized("record", &error.report()).unwrap();
        }
        if let Err(error) = pod.confirm_payment_sms(confirmation.clone()).await {
            capture.look_error("confirmation", &error);
        }
    }
    let mut answer = good(invoice_with(json!({})));
    answer["ott"] = json!(SECRETS[4]);
    account.answer(29796, answer);
    let issued = pod.issue_invoice(invoice).await.unwrap();
    capture.look("issued", &issued);
    capture.look_serialized("issued", &issued).unwrap();
    capture.assert_clean();
}

#[test]
fn what_is_refused_before_sending_shows_no_secret() {
    let capture = Capture::new(Canaries::new(SECRETS).unwrap());
    for (token, key) in [
        ("", "k"),
        ("canary-business-token\n", "k"),
        ("t", "canary-key-for-all "),
        ("t", ""),
    ] {
        let built = Pod::builder(BusinessToken::new(token)).key(key).build();
        capture.look_error("build", &built.unwrap_err());
    }
    let user = UserToken::new("canary-user-token ").unwrap_err();
    let once = OneTimeToken::new("canary-one-time-token ").unwrap_err();
    let code = ConfirmPaymentSms::new(id(), "canarycode4711!").unwrap_err();
    for error in [user, once, code] {
        capture.look_error(error.label(), &error);
    }
    capture.assert_clean();
}

#[tokio::test]
async fn an_invoice_s_debug_leaves_personal_data_out() {
    let account = Provider::start().await;
    let card =
        invoice_with(json!({"maskedCardNumber": "621986******1234", "description": "for you"}));
    account.answer(29796, good(card));
    let issued = account.client().issue_invoice(new_invoice()).await.unwrap();
    let told = format!("{issued:?}");
    for personal in ["621986", "نام خریدار", "16849", "for you"] {
        assert!(!told.contains(personal), "{told}");
    }
}
