//! The bytes of every request, in both environments.

use paylink_core::{Effect, ErrorKind, Rial};
use paylink_testkit::MockRequest;
use pod_invoice_client::{
    ConfirmPaymentSms, Environment, FundedBy, ListInvoices, NewInvoice, NewItem, OneTimeToken,
    PayAnyInvoice, PayInFuture, PayOwnInvoice, SendPaymentSms, Service, ShareLink, UserId,
    UserToken,
};
use serde_json::json;
use std::time::Duration;

use crate::cases::{self, Case};
use crate::provider::{KEY, Provider, TOKEN, good};
use crate::samples::{id, invoice, invoice_with};

/// Holds the one request that came against what it has to be, to the byte.
fn assert_only_request(account: &Provider, body: &str, token: &str, one_time_token: Option<&str>) {
    let requests = account.requests();
    assert_eq!(requests.len(), 1);
    let request = &requests[0];
    assert_eq!(request.method_str(), "POST");
    let place = account.url("/pod/srv/sc/nzh/doServiceCall");
    assert_eq!(request.uri_str(), place, "and no query");
    assert_eq!(request.body_string(), body, "the body, byte for byte");
    let length = body.len().to_string();
    let mut headers = vec![
        ("_token_", token),
        ("_token_issuer_", "1"),
        ("accept", "application/json"),
        ("accept-encoding", "identity"),
        ("cache-control", "no-cache, no-store"),
        ("content-length", &length),
        ("content-type", "application/x-www-form-urlencoded"),
    ];
    headers.extend(one_time_token.map(|token| ("_ott_", token)));
    headers.sort_unstable();
    assert_eq!(headers_of(request), headers);
}

/// All headers but those that HTTP itself needs.
fn headers_of(request: &MockRequest) -> Vec<(&str, &str)> {
    let headers = request.headers_vec().iter();
    let mut headers: Vec<(&str, &str)> = headers.map(|(name, value)| (&**name, &**value)).collect();
    headers.retain(|(name, _)| !matches!(*name, "host" | "user-agent"));
    headers.sort_unstable();
    headers
}

async fn sends(case: &Case, environment: Environment, number: u32) {
    let account = Provider::start().await;
    account.answer(number, good(case.good.clone()));
    let pod = account.client_in(environment);
    let said = (case.call)(&pod).await;
    assert!(said.is_ok(), "{}: {said:?}", case.name);
    let body = format!("scProductId={number}&scApiKey={KEY}{}", case.parameters);
    assert_only_request(&account, &body, TOKEN, None);
}

#[tokio::test]
async fn every_service_in_production() {
    for case in cases::all() {
        sends(&case, Environment::Production, case.production).await;
    }
}

#[tokio::test]
async fn every_service_in_the_sandbox_that_has_a_number_there() {
    for case in cases::all() {
        if let Some(number) = case.sandbox {
            sends(&case, Environment::Sandbox, number).await;
        }
    }
}

#[tokio::test]
async fn a_service_without_a_sandbox_number_is_refused_before_a_byte() {
    let account = Provider::start().await;
    let pod = account.client_in(Environment::Sandbox);
    let mut without = cases::all();
    without.retain(|it| it.sandbox.is_none());
    assert_eq!(without.len(), 3);
    for case in without {
        let error = (case.call)(&pod).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Invalid, "{}", case.name);
        assert_eq!(error.attempts(), 0);
        let told = error.to_string();
        assert!(told.contains("no number in POD's sandbox"), "{told}");
    }
    assert!(account.requests().is_empty());
}

#[test]
fn the_table_holds_every_service_once() {
    let mut numbers: Vec<u32> = Service::ALL.iter().map(|it| it.number()).collect();
    for service in Service::ALL {
        assert_eq!(Service::from_number(service.number()), Ok(service));
        numbers.extend(service.number_in(Environment::Sandbox).ok());
    }
    assert_eq!(numbers.len(), 17 + 15);
    numbers.sort_unstable();
    numbers.dedup();
    assert_eq!(numbers.len(), 17 + 15, "no number stands for two");
    assert!(Service::from_number(39291).is_err());
}

#[tokio::test]
async fn an_elaborate_invoice() {
    let account = Provider::start().await;
    let answer = invoice_with(json!({"totalAmount": 31, "billNumber": "سفارش 7/a"}));
    account.answer(29796, good(answer));
    let first = NewItem::new("a & b", Rial::new(10)).and_then(|it| it.with_quantity(3));
    let second = NewItem::new("c", Rial::new(1)).and_then(|it| it.with_product(55));
    let second = second.unwrap();
    let invoice = NewInvoice::new("سفارش 7/a", "G", first.unwrap())
        .and_then(|it| it.with_item(second))
        .and_then(|it| it.with_redirect("https://shop.example/back?a=1"))
        .and_then(|it| it.with_tax_rate("۰٫۰۹"))
        .and_then(|it| it.with_metadata(r#"{"a": "ب"}"#))
        .unwrap()
        .with_user(UserId::new(16849).unwrap())
        .with_mobile("+989120000000".parse().unwrap())
        .with_description("one = 1")
        .with_deadline("1420/12/05".parse().unwrap())
        .with_verification()
        .with_verification_timeout()
        .with_one_time_token(OneTimeToken::new("one-time-1").unwrap());
    account.client().issue_invoice(invoice).await.unwrap();
    let body = format!(
        "scProductId=29796&scApiKey={KEY}\
         &productId%5B%5D=0&productId%5B%5D=55&price%5B%5D=10&price%5B%5D=1\
         &quantity%5B%5D=3&quantity%5B%5D=1&productDescription%5B%5D=a+%26+b&productDescription%5B%5D=c\
         &guildCode=G&userId=16849&billNumber=%D8%B3%D9%81%D8%A7%D8%B1%D8%B4+7%2Fa\
         &description=one+%3D+1&redirectURL=https%3A%2F%2Fshop.example%2Fback%3Fa%3D1\
         &deadline=1420%2F12%2F05&preferredTaxRate=0.09&verificationNeeded=true\
         &verifyAfterTimeout=true&metadata=%7B%22a%22%3A+%22%D8%A8%22%7D&cellphoneNumber=09120000000"
    );
    assert_only_request(&account, &body, TOKEN, Some("one-time-1"));
}

#[tokio::test]
async fn an_elaborate_list() {
    let account = Provider::start().await;
    account.answer(29813, good(json!([])));
    let time = |text: &str| text.parse().unwrap();
    let list = ListInvoices::from_first_id(Some(id()))
        .with_size(500)
        .unwrap()
        .with_unique_number("6a8419e0de989b8f".parse().unwrap())
        .with_issued_from(time("1398/06/01 13:00:00"))
        .with_issued_to(time("1398/06/02 17:00:00"))
        .with_paid(true)
        .with_waiting(false)
        .with_cancelled(false)
        .with_closed(true)
        .with_guild("G".parse().unwrap())
        .with_user(UserId::new(5).unwrap());
    account.client().list_invoices(list).await.unwrap();
    let body = format!(
        "scProductId=29813&scApiKey={KEY}&firstId=32157&size=500&uniqueNumber=6a8419e0de989b8f\
         &fromDate=1398%2F06%2F01+13%3A00%3A00&toDate=1398%2F06%2F02+17%3A00%3A00\
         &isPayed=true&isWaiting=false&isCanceled=false&isClosed=true&guildCode=G&userId=5"
    );
    assert_only_request(&account, &body, TOKEN, None);
}

#[tokio::test]
async fn a_list_begins_in_exactly_one_way() {
    let account = Provider::start().await;
    account.answer(29813, good(json!([])));
    let pod = account.client();
    for (list, parameters) in [
        (ListInvoices::from_offset(50), "offset=50"),
        (ListInvoices::from_first_id(None), "firstId=0"),
        (ListInvoices::from_last_id(Some(id())), "lastId=32157"),
    ] {
        pod.list_invoices(list).await.unwrap();
        let request = account.requests().pop().unwrap();
        let body = format!("scProductId=29813&scApiKey={KEY}&{parameters}");
        assert_eq!(request.body_string(), body);
    }
}

#[tokio::test]
async fn a_user_s_token_stands_in_the_place_of_the_merchant_s() {
    let guaranteed = "&date=1420%2F12%2F05&wallet=PODLAND_WALLET";
    for (number, parameters, once) in [
        (29821, "&wallet=PODLAND_WALLET", Some("one-time-2")),
        (30382, "", Some("one-time-2")),
        (29802, guaranteed, Some("one-time-2")),
        (29807, "", None),
        (369550, "&code=1234", None),
        (1113426, "&userId=16850", None),
    ] {
        let account = Provider::start().await;
        account.answer(number, good(true));
        let pod = account.client();
        let user = UserToken::new("token-of-a-user").unwrap();
        let token = OneTimeToken::new("one-time-2").unwrap();
        match number {
            29821 => {
                let payment = PayAnyInvoice::new(id()).with_user_token(user);
                let payment = payment.with_one_time_token(token);
                pod.pay_any_invoice(payment).await.map(drop)
            }
            30382 => {
                let payment = PayOwnInvoice::new(id()).with_user_token(user);
                let payment = payment.with_one_time_token(token);
                pod.pay_own_invoice(payment).await.map(drop)
            }
            29802 => {
                let day = "1420/12/05".parse().unwrap();
                let guarantee = PayInFuture::new(id(), day, FundedBy::Wallet);
                let guarantee = guarantee.with_user_token(user).with_one_time_token(token);
                pod.pay_in_future(guarantee).await.map(drop)
            }
            29807 => {
                let sms = SendPaymentSms::new(id()).with_user_token(user);
                pod.send_payment_sms(sms).await.map(drop)
            }
            369550 => {
                let confirmation = ConfirmPaymentSms::new(id(), "1234").unwrap();
                let confirmation = confirmation.with_user_token(user);
                pod.confirm_payment_sms(confirmation).await.map(drop)
            }
            _ => {
                let share = ShareLink::new(id(), UserId::new(16850).unwrap()).with_user_token(user);
                pod.share_link(share).await.map(drop)
            }
        }
        .unwrap();
        let body = format!("scProductId={number}&scApiKey={KEY}&invoiceId=32157{parameters}");
        assert_only_request(&account, &body, "token-of-a-user", once);
    }
}

/// The clock of these tests stands at 11:30 of 1405/10/25 in Tehran.
#[tokio::test]
async fn a_payment_is_guaranteed_for_a_day_to_come_or_nothing_is_sent() {
    let account = Provider::start().await;
    account.answer(29802, good(true));
    let pod = account.client();
    let guarantee = |day: &str| PayInFuture::new(id(), day.parse().unwrap(), FundedBy::Wallet);
    for gone in ["1399/01/01", "1405/10/24", "1405/10/25"] {
        let error = pod.pay_in_future(guarantee(gone)).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Invalid, "{gone}");
        assert_eq!((error.attempts(), error.effect()), (0, Effect::NotExecuted));
        assert!(error.to_string().contains("not in the future"), "{error}");
    }
    assert!(account.requests().is_empty());
    pod.pay_in_future(guarantee("1405/10/26")).await.unwrap();
    // Midnight in Tehran is half past eight in the evening of UTC.
    let second = Duration::from_secs(1);
    account
        .clock()
        .advance(Duration::from_secs(12 * 3600 + 30 * 60 - 1));
    pod.pay_in_future(guarantee("1405/10/26")).await.unwrap();
    account.clock().advance(second);
    let late = pod.pay_in_future(guarantee("1405/10/26")).await;
    late.unwrap_err();
    assert_eq!(account.requests().len(), 2);
}

#[tokio::test]
async fn the_token_of_one_answer_goes_into_the_next_call() {
    let account = Provider::start().await;
    account.answer(29816, good(serde_json::Value::Null));
    account.answer(29802, good(true));
    let pod = account.client();
    let token = pod.one_time_token().await.unwrap().value;
    let day = "1420/12/05".parse().unwrap();
    let guarantee = PayInFuture::new(id(), day, FundedBy::Wallet).with_one_time_token(token);
    let answered = pod.pay_in_future(guarantee).await.unwrap();
    let request = account.requests().pop().unwrap();
    assert!(headers_of(&request).contains(&("_ott_", "c1c25f4661687649")));
    let next = answered.one_time_token;
    assert!(next.is_some(), "and each answer brings the next one");
}

#[tokio::test]
async fn a_service_uses_its_own_key_and_vouchers_come_last() {
    let account = Provider::start().await;
    account.answer(29796, good(invoice()));
    account.answer(29799, good(true));
    let pod = account
        .builder(Environment::Production)
        .key("key-for-all")
        .key_of(Service::MarkPaid, "key&of=one")
        .fee_voucher("v 1")
        .fee_voucher("v2")
        .build()
        .unwrap();
    pod.mark_paid(id()).await.unwrap();
    pod.issue_invoice(cases::new_invoice()).await.unwrap();
    let requests = account.requests();
    let [own, other] = [0, 1].map(|place: usize| requests[place].body_string());
    let vouchers = "&scVoucherHash=v+1&scVoucherHash=v2";
    let paid = "scProductId=29799&scApiKey=key%26of%3Done&invoiceId=32157";
    assert_eq!(own, format!("{paid}{vouchers}"));
    let begins = "scProductId=29796&scApiKey=key-for-all&";
    assert!(other.starts_with(begins), "{other}");
    assert!(other.ends_with(vouchers), "{other}");
}

#[tokio::test]
async fn a_service_without_a_key_is_refused_before_a_byte() {
    let account = Provider::start().await;
    let builder = account.builder(Environment::Production);
    let pod = builder.key_of(Service::MarkPaid, "k").build().unwrap();
    let error = pod.cancel_invoice(id()).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Invalid);
    let told = error.to_string();
    assert!(told.contains("service 29810 is missing"), "{told}");
    assert!(account.requests().is_empty());
}
