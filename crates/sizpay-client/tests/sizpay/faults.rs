//! SOAP faults: who is at fault decides what they prove.

use paylink_core::{Effect, ErrorKind, Reason};
use sizpay_client::{Error, Via, codes};

use crate::provider::{Answer, PASSWORD, Provider};
use crate::samples::{enveloped, new_link};

async fn fault(status: u16, code: &str, said: &str) -> Error {
    let content = format!(
        "<soap:Fault><faultcode>{code}</faultcode><faultstring>{said}</faultstring><detail /></soap:Fault>"
    );
    let answer = Answer::xml(enveloped(&content)).status(status);
    let provider = Provider::answering(answer).await;
    let error = provider.client_via(Via::Soap).send_link(new_link()).await;
    assert_eq!(provider.requests().len(), 1, "sent once");
    error.unwrap_err()
}

#[tokio::test]
async fn a_request_at_fault_was_not_carried_out() {
    for code in [
        "soap:Client",
        "Client",
        "soap:Client.Authentication",
        "soap:VersionMismatch",
        "soap:MustUnderstand",
    ] {
        for status in [500, 200, 400] {
            let error = fault(status, code, "Server was unable to read request.").await;
            assert_eq!(error.kind(), ErrorKind::Refused, "{code} {status}");
            assert_eq!(error.effect(), Effect::NotExecuted, "{code} {status}");
            let refusal = error.refusal().unwrap();
            assert_eq!(refusal.code(), code);
            assert_eq!(refusal.reason(), Reason::BadRequest);
            assert_eq!(
                refusal.message(),
                Some("Server was unable to read request.")
            );
        }
    }
}

#[tokio::test]
async fn a_service_at_fault_may_have_sent_the_sms() {
    for code in [
        "soap:Server",
        "Server",
        "soap:Receiver",
        "x",
        "client",
        "soap:client",
        // Of no namespace, of another one than SOAP's, and no names at all.
        "s:Client",
        "xsd:Client",
        "soap:Server soap:Client",
        "soap:Client soap:Server",
        "soap:x:Client",
        "Client Server",
    ] {
        for status in [500, 200] {
            let error = fault(
                status,
                code,
                "Server was unable to process request. ---&gt; Timeout expired.",
            )
            .await;
            assert_eq!(error.effect(), Effect::Unknown, "{code} {status}");
            assert!(error.handle().is_some());
            let refusal = error.refusal().unwrap();
            assert_eq!(refusal.code(), code);
            let known = codes::catalogue().find(|it| it.code == codes::SERVER_FAULT);
            assert_eq!(refusal.explanation(), known.unwrap().explanation);
        }
    }
}

#[tokio::test]
async fn a_wrong_namespace_points_to_the_option() {
    let said = "System.Web.Services.Protocols.SoapException: Server did not recognize the value of HTTP Header \
        SOAPAction: http://tempuri.org/PayLinkSendSoap.\r\n   at System.Web.Services.Protocols.Soap11ServerProtocolHelper.RouteRequest()\r\n   at X.Y()";
    let error = fault(500, "soap:Client", said).await;
    assert_eq!(error.effect(), Effect::NotExecuted);
    let told = error.to_string();
    assert!(
        told.contains("soap_namespace") && told.contains("WSDL"),
        "{told}"
    );
    assert!(told.contains("tempuri.org"), "{told}");
    assert!(!told.contains("RouteRequest"), "{told}");
    let record = serde_json::to_string(&error.record()).unwrap();
    assert!(record.contains("soap_namespace"), "{record}");
}

#[tokio::test]
async fn a_fault_that_is_none_or_two_proves_nothing() {
    let client = "<faultcode>soap:Client</faultcode>";
    for inside in [
        "<faultstring>x</faultstring>".to_owned(),
        format!("{client}<faultcode>soap:Server</faultcode>"),
        format!("<faultcode>soap:Server</faultcode>{client}"),
        format!("{client}{client}"),
        format!("{client}<soap:faultcode>soap:Server</soap:faultcode>"),
        format!("{client}<FaultCode>soap:Server</FaultCode>"),
        r#"<x:faultcode xmlns:x="urn:x">soap:Client</x:faultcode>"#.to_owned(),
        r#"<faultcode xmlns="urn:x">soap:Client</faultcode>"#.to_owned(),
        "<faultcode><soap:Client/></faultcode>".to_owned(),
        format!("{client}<faultstring>a</faultstring><faultstring>b</faultstring>"),
        // A refusal beside what only an answer has.
        format!("{client}<ResCod>1</ResCod>"),
        format!("{client}<detail><PayLinkSendID>26041</PayLinkSendID></detail>"),
        format!("{client}<detail><x><SendID>26041</SendID></x></detail>"),
    ] {
        for status in [200, 400, 500] {
            let fault = enveloped(&format!("<soap:Fault>{inside}</soap:Fault>"));
            let provider = Provider::answering(Answer::xml(fault).status(status)).await;
            let error = provider.client_via(Via::Soap).send_link(new_link()).await;
            let error = error.unwrap_err();
            assert_eq!(error.effect(), Effect::Unknown, "{inside} {status}");
            assert!(error.handle().is_some() && error.refusal().is_none());
        }
    }
}

#[tokio::test]
async fn a_code_of_a_foreign_namespace_is_not_soap_s() {
    for code in [
        r#"<faultcode xmlns:soap="urn:x">soap:Client</faultcode>"#,
        r#"<faultcode xmlns:a="urn:x">a:Client</faultcode>"#,
        r#"<soap:faultcode xmlns="urn:x">Client</soap:faultcode>"#,
    ] {
        let fault = enveloped(&format!("<soap:Fault>{code}</soap:Fault>"));
        let provider = Provider::answering(Answer::xml(fault).status(500)).await;
        let error = provider.client_via(Via::Soap).send_link(new_link()).await;
        assert_eq!(error.unwrap_err().effect(), Effect::Unknown, "{code}");
    }
    // Another prefix of SOAP's own namespace is as good as the usual one.
    let code =
        r#"<faultcode xmlns:e="http://schemas.xmlsoap.org/soap/envelope/">e:Client</faultcode>"#;
    let fault = enveloped(&format!("<soap:Fault>{code}</soap:Fault>"));
    let provider = Provider::answering(Answer::xml(fault).status(500)).await;
    let error = provider.client_via(Via::Soap).send_link(new_link()).await;
    assert_eq!(error.unwrap_err().effect(), Effect::NotExecuted);
}

#[tokio::test]
async fn a_result_code_is_a_refusal_over_soap_too() {
    let content = "<PayLinkSendSoapResponse><ResCod>0</ResCod><Message>نام لینک نادرست است</Message>\
        <PayLinkSendID>0</PayLinkSendID></PayLinkSendSoapResponse>";
    for (status, effect) in [(200, Effect::NotExecuted), (500, Effect::Unknown)] {
        let answer = Answer::xml(enveloped(content)).status(status);
        let provider = Provider::answering(answer).await;
        let error = provider.client_via(Via::Soap).send_link(new_link()).await;
        let error = error.unwrap_err();
        assert_eq!(error.effect(), effect, "{status}");
        let refusal = error.refusal().unwrap();
        assert_eq!(refusal.message(), Some("نام لینک نادرست است"));
    }
}

#[tokio::test]
async fn a_fault_that_quotes_a_key_is_shown_without_it() {
    let error = fault(500, "soap:Server", &format!("no such password: {PASSWORD}")).await;
    let shown = format!("{error} {error:?}");
    assert!(
        shown.contains("no such password") && !shown.contains(PASSWORD),
        "{shown}"
    );
}
