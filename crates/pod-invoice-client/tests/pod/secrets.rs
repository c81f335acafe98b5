//! Nothing that is printed holds a secret or personal data.

use paylink_testkit::{Canaries, Capture};
use pod_invoice_client::{
    BusinessToken, ConfirmPaymentSms, Delegation, OneTimeToken, PayAnyInvoice, Pod, Service,
    UserToken,
};
use serde_json::json;

use crate::cases::new_invoice;
use crate::provider::{Provider, bad, good};
use crate::samples::{id, invoice_with};

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
        let error = Pod::builder(BusinessToken::new(token))
            .key(key)
            .build()
            .unwrap_err();
        capture.look_error("build", &error);
    }
    capture.look_error("user", &UserToken::new("canary-user-token ").unwrap_err());
    capture.look_error(
        "once",
        &OneTimeToken::new("canary-one-time-token ").unwrap_err(),
    );
    capture.look_error(
        "code",
        &ConfirmPaymentSms::new(id(), "canarycode4711!").unwrap_err(),
    );
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
