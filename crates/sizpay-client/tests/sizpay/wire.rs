//! The bytes of every request: the documents' samples, and what the documents say without a sample.

use paylink_core::Method;
use paylink_testkit::MockRequest;
use serde_json::json;
use sizpay_client::{DisableLink, NewLink, PayStatus, ResendSms, Rial, Via};

use crate::provider::{PASSWORD, Provider, USER_NAME};
use crate::samples::{day, listed, new_link, send_id, sent};

/// Holds the one request that came against what it has to be, to the byte.
fn assert_only_request(account: &Provider, path: &str, content_type: &str, body: &str) {
    let requests = account.requests();
    assert_eq!(requests.len(), 1);
    let request = &requests[0];
    assert_eq!(request.method_str(), "POST");
    assert_eq!(request.uri_str(), account.url(path), "and no query");
    assert_eq!(std::str::from_utf8(request.body_ref()).unwrap(), body);
    assert_eq!(header(request, "content-type"), [content_type]);
    let length = body.len().to_string();
    assert_eq!(header(request, "content-length"), [length.as_str()]);

    let headers = request.headers_vec().iter();
    let mut names: Vec<&str> = headers.map(|(name, _)| name.as_str()).collect();
    names.retain(|name| *name != "soapaction");
    names.sort_unstable();
    let known = "accept accept-encoding cache-control content-length content-type host user-agent";
    assert_eq!(names.join(" "), known, "nothing else is told");
    let read = match content_type.starts_with("text/xml") {
        true => "text/xml, application/xml",
        false => "application/json",
    };
    assert_eq!(header(request, "accept"), [read]);
    for (name, value) in request.headers_vec() {
        let secret = [USER_NAME, PASSWORD].iter().any(|key| value.contains(key));
        assert!(!secret, "{name}");
    }
}

fn header<'a>(request: &'a MockRequest, name: &str) -> Vec<&'a str> {
    let headers = request.headers_vec().iter();
    let named = headers.filter(|(given, _)| given == name);
    named.map(|(_, value)| value.as_str()).collect()
}

/// The account's fields as they stand in every JSON body, and these behind them.
fn with_account(fields: &str) -> String {
    format!(
        r#"{{"UserName":"8WgRua1wrPSyyGwLz7USE2z7kqcsmHgYFYFUsobQ7oI=","Password":"ke41wJbHLA+ppn2HIIJeXw==","PayLinkName":"hosseini",{fields}}}"#
    )
}

fn assert_only_rest_request(account: &Provider, method: &str, fields: &str) {
    let body = with_account(fields);
    let path = format!("/api/PayLinkSend/{method}");
    assert_only_request(account, &path, "application/json", &body);
}

#[tokio::test]
async fn section_1_sends_a_link() {
    let account = Provider::answering(sent()).await;
    account.client().send_link(new_link()).await.unwrap();
    let fields = r#""Amount":10000,"MobileNo":"09122272730","InvoiceNo":"99112101","CustomerName":"","Description":"""#;
    assert_only_rest_request(&account, "PayLinkSend", fields);
}

#[tokio::test]
async fn every_field_is_sent_as_it_was_written_and_digits_in_latin() {
    let account = Provider::answering(sent()).await;
    let mobile = "+۹۸ ۹۱۲ ۲۲۷ ۲۷۳۰";
    let link = NewLink::new("۹۹۱۱۲۱۰۱", Rial::new(9_223_372_036_854_775_807), mobile)
        .and_then(|link| link.with_customer_name("سارا \"م\" \\ O'Neil"))
        .and_then(|link| link.with_description("۲ بلیت ]]> <&> \u{1f4b3}"))
        .unwrap();
    account.client().send_link(link).await.unwrap();
    let fields = concat!(
        r#""Amount":9223372036854775807,"MobileNo":"09122272730","InvoiceNo":"99112101","#,
        r#""CustomerName":"سارا \"م\" \\ O'Neil","Description":"۲ بلیت ]]> <&> "#,
        "\u{1f4b3}\""
    );
    assert_only_rest_request(&account, "PayLinkSend", fields);
}

const BY_SEND_ID: &str =
    r#""PayLinkSendID":26040,"PayLinkFactorNo":"","PayLinkFactorDate":"1399/11/21""#;
const BY_INVOICE_NUMBER: &str =
    r#""PayLinkSendID":0,"PayLinkFactorNo":"99112100","PayLinkFactorDate":"1399/11/21""#;

#[tokio::test]
async fn sections_2_and_3_disable_a_link() {
    let by_id = DisableLink::by_send_id(send_id(26040), day());
    let by_number = DisableLink::by_invoice_number("۹۹۱۱۲۱۰۰", day()).unwrap();
    for (disable, fields) in [(by_id, BY_SEND_ID), (by_number, BY_INVOICE_NUMBER)] {
        let account = Provider::answering(json!({"ResCod": 1, "Message": ""})).await;
        account.client().disable_link(disable).await.unwrap();
        assert_only_rest_request(&account, "PayLinkDisable", fields);
    }
}

#[tokio::test]
async fn sections_4_and_5_send_the_sms_again() {
    let by_id = ResendSms::by_send_id(send_id(26040), day());
    let by_number = ResendSms::by_invoice_number("99112100", day()).unwrap();
    for (resend, fields) in [(by_id, BY_SEND_ID), (by_number, BY_INVOICE_NUMBER)] {
        let account = Provider::answering(json!({"ResCod": 1, "Message": ""})).await;
        account.client().resend_sms(resend).await.unwrap();
        assert_only_rest_request(&account, "PayLinkReSend", fields);
    }
}

#[tokio::test]
async fn sections_6_to_8_ask_for_states() {
    let ids = PayStatus::of_send_ids(day(), [send_id(26040), send_id(26041)]).unwrap();
    let numbers = PayStatus::of_invoice_numbers(day(), ["99112100", "99112101"]).unwrap();
    for (asked, kind, list) in [
        (ids, 0, "26040,26041"),
        (numbers, 1, "99112100,99112101"),
        (PayStatus::of_day(day()), 0, ""),
    ] {
        let account = Provider::answering(listed(json!([]))).await;
        let payments = account.client().pay_status(asked).await.unwrap();
        assert!(payments.is_empty());
        let fields = format!(
            r#""PayLinkSendDate":"1399/11/21","PayLinkFilterTyp":{kind},"PayLinkFilterList":"{list}""#
        );
        assert_only_rest_request(&account, "PayLinkPayStatus", &fields);
    }
}

#[tokio::test]
async fn asp_net_json_takes_the_model() {
    let account = Provider::answering(json!({"d": sent()})).await;
    let sizpay = account.client_via(Via::AsmxJson);
    sizpay.send_link(new_link()).await.unwrap();
    let fields = r#""InvoiceNo":"99112101","Amount":10000,"MobileNo":"09122272730","CustomerName":"","Description":"""#;
    assert_only_model(&account, "PayLinkSendRest", fields);

    let account = Provider::answering(json!({"d": listed(json!([]))})).await;
    let ids = [134, 125, 1001].map(send_id);
    let asked = PayStatus::of_send_ids(day(), ids).unwrap();
    let sizpay = account.client_via(Via::AsmxJson);
    sizpay.pay_status(asked).await.unwrap();
    let fields = r#""PayLinkIdList":"134,125,1001""#;
    assert_only_model(&account, "PayLinkPayStatusRest", fields);
}

fn assert_only_model(account: &Provider, method: &str, fields: &str) {
    let path = format!("/KimiaPayLinkSend.asmx/{method}");
    let body = format!(r#"{{"PayLinkData":{}}}"#, with_account(fields));
    assert_only_request(account, &path, "application/json; charset=utf-8", &body);
}

#[cfg(feature = "soap")]
#[tokio::test]
async fn soap_calls_are_document_literal_and_wrapped() {
    use crate::provider::xml;
    use crate::samples::enveloped;

    let credentials = "<UserName>8WgRua1wrPSyyGwLz7USE2z7kqcsmHgYFYFUsobQ7oI=</UserName>\
        <Password>ke41wJbHLA+ppn2HIIJeXw==</Password><PayLinkName>hosseini</PayLinkName>";
    let link = "<InvoiceNo>99112101</InvoiceNo><Amount>10000</Amount><MobileNo>09122272730</MobileNo>\
        <CustomerName>س &lt;&amp;&gt; ]]&gt;</CustomerName><Description></Description>";
    let ids = "<PayLinkIdList>134,125,1001</PayLinkIdList>";
    let answer = "<ResCod>1</ResCod><PayLinkSendID>1</PayLinkSendID><prmPayLinkListStatus>[]</prmPayLinkListStatus>";
    for (via, method, content) in [
        (Via::Soap, "PayLinkSendSoap", link),
        (Via::SoapModel, "PayLinkSendRest", link),
        (Via::Soap, "PayLinkPayStatusSoap", ids),
        (Via::SoapModel, "PayLinkPayStatusRest", ids),
    ] {
        let content = match via {
            Via::Soap => format!("{credentials}{content}"),
            _ => format!("<PayLinkData>{credentials}{content}</PayLinkData>"),
        };
        let response = enveloped(&format!("<{method}Response>{answer}</{method}Response>"));
        let account = Provider::answering(xml(response)).await;
        let sizpay = account.client_via(via);
        if content.contains("Amount") {
            let link = new_link().with_customer_name("س <&> ]]>").unwrap();
            sizpay.send_link(link).await.unwrap();
        } else {
            let ids = [134, 125, 1001].map(send_id);
            let asked = PayStatus::of_send_ids(day(), ids).unwrap();
            sizpay.pay_status(asked).await.unwrap();
        }
        let body = format!(
            r#"<?xml version="1.0" encoding="utf-8"?><soap:Envelope xmlns:soap="http://schemas.xmlsoap.org/soap/envelope/"><soap:Body><{method} xmlns="http://tempuri.org/">{content}</{method}></soap:Body></soap:Envelope>"#
        );
        let content_type = "text/xml; charset=utf-8";
        assert_only_request(&account, "/KimiaPayLinkSend.asmx", content_type, &body);
        let action = format!("\"http://tempuri.org/{method}\"");
        assert_eq!(header(&account.requests()[0], "soapaction"), [&*action]);
    }
}

#[cfg(feature = "soap")]
#[tokio::test]
async fn the_soap_namespace_is_an_option_and_ends_with_one_slash_before_the_method() {
    use crate::provider::xml;
    use crate::samples::enveloped;

    for namespace in ["https://rt.sizpay.com/", "https://rt.sizpay.com"] {
        let answer = "<PayLinkSendSoapResponse><ResCod>1</ResCod><PayLinkSendID>1</PayLinkSendID></PayLinkSendSoapResponse>";
        let account = Provider::answering(xml(enveloped(answer))).await;
        let builder = account.builder().via(Via::Soap);
        let sizpay = builder.soap_namespace(namespace).build().unwrap();
        sizpay.send_link(new_link()).await.unwrap();
        let request = &account.requests()[0];
        let action = ["\"https://rt.sizpay.com/PayLinkSendSoap\""];
        assert_eq!(header(request, "soapaction"), action);
        let call = format!("<PayLinkSendSoap xmlns=\"{namespace}\">");
        assert!(request.body_string().contains(&call));
    }
}

#[tokio::test]
async fn many_ids_go_out_in_parts_of_a_hundred() {
    let account = Provider::answering(listed(json!([]))).await;
    let twice = (1..=250).chain(1..=250).map(send_id);
    let asked = PayStatus::of_send_ids(day(), twice).unwrap();
    account.client().pay_status(asked).await.unwrap();
    let bodies = account.bodies();
    let list = |body: &serde_json::Value| body["PayLinkFilterList"].as_str().unwrap().to_owned();
    let lists: Vec<String> = bodies.iter().map(list).collect();
    let counts: Vec<usize> = lists.iter().map(|list| list.split(',').count()).collect();
    assert_eq!(counts, [100, 100, 50]);
    assert!(lists[1].starts_with("101,102,"), "{}", lists[1]);
}

#[tokio::test]
async fn a_prepared_request_shows_the_bytes_and_the_handle_finds_it_again() {
    let account = Provider::answering(sent()).await;
    let sizpay = account.client();
    let prepared = sizpay.send_link(new_link()).prepare().unwrap();
    assert_eq!(prepared.method(), Method::Post);
    assert_eq!(prepared.path(), "/api/PayLinkSend/PayLinkSend");
    let body = prepared.body().to_vec();
    assert!(account.requests().is_empty(), "preparing sends nothing");
    let handle = prepared.handle().clone();
    assert_eq!(handle.provider(), "sizpay");
    assert_eq!(handle.reference(), Some("99112101"));
    assert_eq!(handle.merchant(), Some("hosseini"));
    assert_eq!(handle.amount().unwrap().to_string(), "10000 IRR");
    prepared.send().await.unwrap();
    assert_eq!(account.requests()[0].body_ref(), body);

    let resend = ResendSms::by_send_id(send_id(26040), day());
    let handle = sizpay.resend_sms(resend).handle();
    assert_eq!(handle.id("PayLinkSendID"), Some("26040"));
    assert_eq!(handle.id("PayLinkFactorDate"), Some("1399/11/21"));
    let disable = DisableLink::by_invoice_number("7", day()).unwrap();
    let handle = sizpay.disable_link(disable).handle();
    assert_eq!(handle.reference(), Some("7"));
    assert_eq!(handle.id("PayLinkSendID"), None);
}

/// The document shows that one method on a host of its own.
#[tokio::test]
async fn an_sms_may_be_sent_again_by_another_host() {
    let (provider, resending) = (Provider::start().await, Provider::start().await);
    provider.answer(json!({"ResCod": 1}));
    resending.answer(json!({"ResCod": 1}));
    let sizpay = provider.builder().resend_url(resending.url("/again/"));
    let sizpay = sizpay.build().unwrap();
    let resend = ResendSms::by_send_id(send_id(26040), day());
    sizpay.resend_sms(resend).await.unwrap();
    assert!(provider.requests().is_empty());
    let requests = resending.requests();
    assert_eq!(requests[0].uri_str(), resending.url("/again/PayLinkReSend"));

    let disable = DisableLink::by_send_id(send_id(26040), day());
    sizpay.disable_link(disable).await.unwrap();
    assert_eq!(provider.requests().len(), 1);
    assert_eq!(resending.requests().len(), 1);
}
