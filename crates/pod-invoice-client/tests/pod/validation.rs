//! What is refused before anything is sent names the field and the remedy.

use paylink_core::{Effect, ErrorKind, Handle, Rial};
use pod_invoice_client::{
    BillNumber, ConfirmPaymentSms, Creditor, Debtor, Delegation, Environment, Invalid, InvoiceId,
    LinkOptions, ListInvoices, NewInvoice, NewItem, PayWithInvoice, PosPayment, PosTransaction,
    SendPaymentSms, UniqueNumber, UserId,
};

use crate::cases::new_invoice;
use crate::provider::Provider;
use crate::samples::id;

fn refused<T>(result: Result<T, Invalid>, field: &str) {
    let error = result.err().unwrap_or_else(|| panic!("{field} was taken"));
    assert_eq!(error.label(), field, "{error}");
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
    refused(item().pieces(0), "item quantity");
    refused(item().of_product(0), "product id");
    refused(NewInvoice::new("", "G", item()), "bill number");
    refused(NewInvoice::new("1", "", item()), "guild code");
    let dear = || NewItem::new("x", Rial::new(u64::MAX)).unwrap();
    refused(
        NewInvoice::new("1", "G", dear().pieces(2).unwrap()),
        "amount",
    );
    refused(new_invoice().item(dear()), "amount");
    refused(new_invoice().redirect("shop.example"), "redirect");
    refused(new_invoice().tax_rate("9"), "tax rate");
    for bad in ["", "[]", "7", "{", "{\"a\":1}x"] {
        refused(new_invoice().metadata(bad), "metadata");
    }
}

#[test]
fn payments() {
    refused(
        PayWithInvoice::new(Creditor(id()), Debtor(id())),
        "debtor invoice id",
    );
    for bad in ["", " ", "12 34", "12-34", "کد"] {
        refused(ConfirmPaymentSms::new(id(), bad), "code");
    }
    refused(Delegation::new().credit(""), "delegation hash");
    refused(SendPaymentSms::new(id()).redirect("x"), "redirect");
    refused(SendPaymentSms::new(id()).callback("x"), "callback");
    refused(LinkOptions::new().redirect("ftp://x"), "redirect");
    refused(LinkOptions::new().callback("//x"), "callback");
    refused(ListInvoices::from_offset(0).size(0), "size");
    refused(ListInvoices::from_offset(0).size(501), "size");
    let whole = PosTransaction {
        terminal_number: "1".to_owned(),
        merchant_code: "2".to_owned(),
        reference_number: "3".to_owned(),
        tracking_number: "4".to_owned(),
        transaction_date: "1399/11/21 14:05:09".parse().unwrap(),
    };
    assert!(PosPayment::new(id(), whole.clone()).is_ok());
    let without = |empty: fn(&mut PosTransaction)| {
        let mut transaction = whole.clone();
        empty(&mut transaction);
        PosPayment::new(id(), transaction)
    };
    refused(without(|it| it.terminal_number.clear()), "terminal number");
    refused(without(|it| it.merchant_code.clear()), "merchant code");
    refused(
        without(|it| it.reference_number.clear()),
        "reference number",
    );
    refused(without(|it| it.tracking_number.clear()), "tracking number");
}

/// What is wrong with a stored handle tells nothing of what it stands for.
#[tokio::test]
async fn a_handle_that_cannot_be_looked_up_leaves_everything_unknown() {
    let provider = Provider::start().await;
    let pod = provider.client();
    let now = std::time::SystemTime::now();
    let of = |operation| Handle::new("pod", operation, now);
    for handle in [
        of("issue-invoice").reference("1000\u{200f}"),
        of("issue-invoice").reference("1000"),
        of("issue-invoice"),
        of("verify-invoice").id("invoice_id", "32157\u{200f}"),
        of("verify-invoice").reference("1000\u{200f}"),
        of("cancel"),
    ] {
        let error = pod.resolve(&handle).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Invalid, "{handle:?}: {error}");
        assert_eq!(error.effect(), Effect::Unknown, "{handle:?}");
        assert_eq!(error.handle(), Some(&handle));
    }
    assert_eq!(provider.take_called().len(), 0);
}
