//! What values print: what is left out is as much part of it as what is shown.

use pod_invoice_client::{
    BusinessToken, ConfirmPaymentSms, Delegation, Environment, OneTimeToken, Pod, Return, UserId,
    UserToken,
};
use secrecy::ExposeSecret;

use crate::cases::new_invoice;
use crate::provider::{KEY, Provider, TOKEN};
use crate::samples::id;

#[tokio::test]
async fn what_a_value_prints_is_this_and_no_more() {
    let confirmation = ConfirmPaymentSms::new(id(), "1234").unwrap();
    let user = UserToken::new("user-token").unwrap();
    let delegation = Delegation::new()
        .with_user(UserId::new(11).unwrap())
        .with_credit("hash")
        .unwrap()
        .without_wallet();
    let query = "invoiceId=32157&billNumber=1000&paid=true&maskedCardNumber=621986******1234";
    let Return::Payment(back) = Return::from_query(query).unwrap() else {
        panic!("an error");
    };
    for (printed, text) in [
        (
            format!("{:?}", Pod::builder(BusinessToken::new(TOKEN)).key(KEY)),
            "PodBuilder { environment: Production, .. }",
        ),
        (
            format!("{:?}", BusinessToken::new(TOKEN)),
            "BusinessToken(…)",
        ),
        (format!("{user:?}"), "UserToken(…)"),
        (
            format!("{:?}", OneTimeToken::new("one").unwrap()),
            "OneTimeToken(…)",
        ),
        (
            format!("{delegation:?}"),
            "Delegation { users: [UserId(11)], hashes: 1, force: Some(true) }",
        ),
        (
            format!("{confirmation:?}"),
            "ConfirmPaymentSms { id: InvoiceId(32157), user: None, .. }",
        ),
        (
            format!("{:?}", confirmation.clone().with_user_token(user)),
            "ConfirmPaymentSms { id: InvoiceId(32157), user: Some(UserToken(…)), .. }",
        ),
        (
            format!("{back:?}"),
            "ReturnedPayment { invoice_id: InvoiceId(32157), bill_number: Some(BillNumber(\"1000\")), claims_paid: Some(true), .. }",
        ),
        (
            format!("{:?}", new_invoice()),
            "NewInvoice { bill_number: BillNumber(\"1000\"), guild: GuildCode(\"CLOTHING_GUILD\"), items: [NewItem { product: 0, description: \"یک جفت کفش\", price: Rial(1000000), quantity: 1 }], verification_needed: None, .. }",
        ),
    ] {
        assert_eq!(printed, text);
    }
    let account = Provider::start().await;
    let builder = account.builder(Environment::Production).key(KEY);
    let pod = builder.base_url("https://pod.example/").build().unwrap();
    let config = "PodConfig { environment: Production, base_url: BaseUrl(https://pod.example/), options: Options { business: None, guild: None, settling_time: 180s, any_content_type: false }, .. }";
    let printed = format!("{pod:?}");
    assert!(printed.contains(config), "{printed}");
}

/// It has to be given on to the next call.
#[test]
fn a_one_time_token_is_shown_on_demand() {
    let token = OneTimeToken::new("c1c25f4661687649").unwrap();
    assert_eq!(token.expose_secret(), "c1c25f4661687649");
}
