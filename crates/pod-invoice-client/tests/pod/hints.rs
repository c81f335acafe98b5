//! What the payer's browser brings back.

use paylink_core::Reason;
use pod_invoice_client::Return;

#[test]
fn a_return_names_an_invoice() {
    let query = "?order=7&billNumber=1000&paymentBillNumber=1029779&invoiceId=32157&paid=true\
                 &terminalId=12&maskedCardNumber=621986******1234&rrn=111&tref=222&order=8";
    let Return::Payment(payment) = Return::from_query(query).unwrap() else {
        panic!("an error");
    };
    assert_eq!(payment.invoice_id.get(), 32157);
    assert_eq!(payment.bill_number.unwrap().as_str(), "1000");
    assert_eq!(payment.claims_paid, Some(true));
    assert_eq!(payment.payment_bill_number.as_deref(), Some("1029779"));
    assert_eq!(payment.terminal_id.as_deref(), Some("12"));
    assert_eq!(
        payment.masked_card_number.as_deref(),
        Some("621986******1234")
    );
    assert_eq!(payment.bank_reference.as_deref(), Some("111"));
    assert_eq!(payment.bank_tracking.as_deref(), Some("222"));
}

#[test]
fn what_has_no_value_is_not_there() {
    let query =
        "billNumber=&invoiceId=32157&paid=false&terminalId=null&maskedCardNumber=&rrn=&tref=";
    let Return::Payment(payment) = Return::from_query(query).unwrap() else {
        panic!("an error");
    };
    assert_eq!(payment.claims_paid, Some(false));
    assert_eq!(payment.bill_number, None);
    assert_eq!(payment.terminal_id, None);
    assert_eq!(payment.masked_card_number, None);
}

#[test]
fn a_return_that_cannot_be_one_is_refused() {
    for (query, field) in [
        ("", "invoiceId"),
        ("paid=true&billNumber=1000", "invoiceId"),
        ("invoiceId=", "invoiceId"),
        ("invoiceId=1&invoiceId=2", "invoiceId"),
        ("invoiceId=1&invoiceId=1", "invoiceId"),
        ("invoiceId=1&%70aid=true&paid=false", "paid"),
        ("invoiceId=0", "invoice id"),
        ("invoiceId=-1", "invoice id"),
        ("invoiceId=1;2", "invoice id"),
        ("invoiceId=99999999999999999999", "invoice id"),
        ("invoiceId=1&paid=yes", "paid"),
        ("invoiceId=1&billNumber=a%0ab", "bill number"),
        ("errorResult={}", "errorResult"),
        ("errorResult=[]", "errorResult"),
        (
            "errorResult={\"hasError\":false,\"errorCode\":0}",
            "errorResult",
        ),
        ("errorResult={\"hasError\":true}", "errorResult"),
        (
            "errorResult={\"hasError\":true,\"message\":\"\"}",
            "errorResult",
        ),
        (
            "errorResult={\"hasError\":true,\"errorCode\":\"x\",\"message\":\"no\"}",
            "errorResult",
        ),
        (
            "errorResult={\"hasError\":true,\"errorCode\":1}&errorResult=x",
            "errorResult",
        ),
    ] {
        let error = Return::from_query(query).unwrap_err();
        assert_eq!(error.label(), field, "{query}: {error}");
        let key = match field {
            "invoiceId" => "invoice_id".to_owned(),
            "errorResult" => "error_result".to_owned(),
            label => label.replace(' ', "_"),
        };
        assert_eq!(error.key(), key, "{query}: {error}");
    }
    let long = format!("invoiceId=1&x={}", "a".repeat(16 * 1024));
    assert_eq!(Return::from_query(&long).unwrap_err().label(), "query");
}

#[test]
fn an_error_comes_back_as_the_document_shows_it() {
    let json = r#"{"hasError":true,"errorCode":72,"message":"قبض منتظر درگاه   برای  ادامه  تراکنش  می  باشد","count":0}"#;
    let encoded: String = form_of(json);
    for query in [
        format!("errorResult={encoded}"),
        format!("order=7&errorResult={encoded}&invoiceId=1"),
    ] {
        let Return::Refused(refusal) = Return::from_query(&query).unwrap() else {
            panic!("a payment");
        };
        assert_eq!(refusal.code(), "72");
        assert_eq!(refusal.reason(), Reason::AwaitingGateway);
        assert!(refusal.message().unwrap().starts_with("قبض"));
    }
}

#[test]
fn an_error_without_a_number_comes_back_in_its_own_words() {
    let words = "اجازه پرداخت این فاکتور را ندارید";
    for number in ["", r#""errorCode":0,"#, r#""errorCode":"0","#] {
        let json = format!(r#"{{"hasError":true,{number}"message":"{words}"}}"#);
        let query = format!("errorResult={}", form_of(&json));
        let Return::Refused(refusal) = Return::from_query(&query).unwrap() else {
            panic!("a payment");
        };
        assert_eq!(refusal.code(), words);
        assert_eq!(refusal.reason(), Reason::NotAllowed);
    }
}

fn form_of(text: &str) -> String {
    text.bytes().map(|byte| format!("%{byte:02X}")).collect()
}

#[test]
fn debug_leaves_the_card_out() {
    let query = "invoiceId=1&maskedCardNumber=621986******1234";
    let told = format!("{:?}", Return::from_query(query).unwrap());
    assert!(!told.contains("621986"), "{told}");
}
