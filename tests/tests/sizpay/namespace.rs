//! The namespace of the SOAP service, which no document names.

use paylink_core::{Effect, ErrorKind};
use paylink_tests::sizpay_shop;
use sizpay_client::Via;

use super::client;

const SIBLING: &str = "https://rt.sizpay.com/";

#[tokio::test]
async fn a_wrong_one_says_so_and_sends_nothing() {
    let sandbox = sizpay_shop::open().await.unwrap();
    sandbox
        .sizpay()
        .change_settings(|it| it.namespace = SIBLING.parse().unwrap());
    for via in [Via::Soap, Via::SoapModel] {
        let link = sizpay_shop::link("1000").unwrap();
        let error = client(&sandbox, via).send_link(link).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Refused, "{error}");
        assert_eq!(error.effect(), Effect::NotExecuted, "{error}");
        assert!(
            error
                .to_string()
                .contains("the SOAP namespace is another one"),
            "{error}"
        );
        assert!(error.to_string().contains("targetNamespace"), "{error}");
    }
    assert!(sandbox.sizpay().links().is_empty());
    assert!(sandbox.sms().is_empty());
}

#[tokio::test]
async fn the_right_one_works_with_or_without_a_slash_at_its_end() {
    for namespace in [SIBLING, "urn:sizpay", "http://tempuri.org/"] {
        let sandbox = sizpay_shop::open().await.unwrap();
        sandbox
            .sizpay()
            .change_settings(|it| it.namespace = namespace.parse().unwrap());
        for via in [Via::Soap, Via::SoapModel] {
            let sizpay =
                sizpay_shop::builder(&sandbox, via, sizpay_shop::clock_of(&sandbox)).unwrap();
            let sizpay = sizpay.soap_namespace(namespace).build().unwrap();
            let link = sizpay_shop::link(via.as_str()).unwrap();
            let sent = sizpay.send_link(link).await.unwrap();
            let expected = sizpay_shop::expected(&sandbox, sent.send_id, via.as_str()).unwrap();
            sandbox.sizpay().pay(sent.send_id.get()).unwrap();
            let settlement = sizpay.settle(&expected).await.unwrap();
            assert!(settlement.proof().is_some(), "{namespace}: {settlement:?}");
        }
    }
}
