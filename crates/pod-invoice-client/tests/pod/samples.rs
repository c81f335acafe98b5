//! An invoice as POD reports it.

use pod_invoice_client::{Expected, InvoiceId, Money, Rial};
use serde_json::{Value, json};

pub(crate) const ID: u64 = 32157;
pub(crate) const BILL: &str = "1000";

pub(crate) fn id() -> InvoiceId {
    InvoiceId::new(ID).unwrap()
}

/// What the merchant's record says about the payment of the sample.
pub(crate) fn expected() -> Expected {
    Expected::new(id(), BILL, Money::from(Rial::new(1_090_000))).unwrap()
}

/// The sample: two steps, not paid, one million rial and nine per cent of tax.
pub(crate) fn invoice() -> Value {
    json!({
        "id": ID,
        "totalAmountWithoutDiscount": 1_000_000,
        "delegationAmount": 0,
        "totalAmount": 1_000_000,
        "payableAmount": 1_090_000,
        "vat": 90_000,
        "issuanceDate": 1_566_630_237_976_u64,
        "deliveryDate": 0,
        "billNumber": BILL,
        "paymentBillNumber": "1029779",
        "uniqueNumber": "6a8419e0de989b8f",
        "description": "کفش",
        "paymentDate": 0,
        "payed": false,
        "serial": 0,
        "canceled": false,
        "cancelDate": 0,
        "business": {"id": 7867, "name": "فروشگاه", "rate": {"rate": 8, "rateCount": 1}},
        "invoiceItemSrvs": [
            {"id": 34506, "amount": 1_000_000, "description": "یک جفت کفش", "quantity": 1, "discount": 0}
        ],
        "guildSrv": {"id": 52, "name": "پوشاک", "code": "CLOTHING_GUILD"},
        "userSrv": {"id": 16849, "name": "نام خریدار", "ssoId": "11923337"},
        "cellphoneNumber": "09120000000",
        "closed": false,
        "verificationNeeded": false,
        "safe": false,
        "referenceNumber": "53133389",
        "willBeBlocked": false,
        "willBePaid": false,
        "unsafeCloseTimeOut": 0,
        "subInvoice": false,
        "edited": false,
        "waiting": false
    })
}

/// The sample with these members in place of its own.
pub(crate) fn invoice_with(members: Value) -> Value {
    let mut invoice = invoice();
    let Value::Object(members) = members else {
        panic!("members make an object");
    };
    invoice.as_object_mut().unwrap().extend(members);
    invoice
}

/// The sample without this member.
pub(crate) fn invoice_without(name: &str) -> Value {
    let mut invoice = invoice();
    let removed = invoice.as_object_mut().unwrap().remove(name);
    assert!(removed.is_some(), "{name}");
    invoice
}

pub(crate) fn paid() -> Value {
    invoice_with(json!({"payed": true, "paymentDate": 1_566_630_300_000_u64}))
}

/// A three-step invoice that nobody verified.
pub(crate) fn unverified() -> Value {
    invoice_with(json!({"verificationNeeded": true}))
}

/// A three-step invoice that was paid and verified.
pub(crate) fn verified() -> Value {
    invoice_with(json!({"verificationNeeded": true, "payed": true}))
}
