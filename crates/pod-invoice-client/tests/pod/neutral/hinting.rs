//! Returns and webhooks name a payment; they prove none.

use paylink_core::{Effect, ErrorKind, Field, Settlement};

use super::{chosen, expected, record};
use crate::provider::Provider;

const QUERY: &str = "order=7&billNumber=1000&paymentBillNumber=1029779&invoiceId=32157&paid=true\
                     &maskedCardNumber=621986******1234";

#[tokio::test]
async fn a_return_and_a_webhook_name_the_payment_under_the_record_s_names() {
    let provider = Provider::start().await;
    let pod = chosen(&provider);
    let record = record().await;
    for hint in [
        pod.read_return(QUERY).unwrap(),
        pod.read_return(&format!("?{QUERY}")).unwrap(),
        pod.read_webhook(QUERY.as_bytes()).unwrap(),
    ] {
        assert_eq!(hint.provider(), "pod");
        assert_eq!(hint.claimed_reference(), Some("1000"));
        for (name, claimed) in hint.claimed_ids() {
            assert_eq!(record.known_id(name), Some(claimed));
        }
        let told = format!("{hint:?} {}", serde_json::to_string(&hint).unwrap());
        assert!(!told.contains("621986"), "{told}");
    }
    assert!(provider.requests().is_empty());
}

#[tokio::test]
async fn a_hint_of_another_payment_settles_nothing() {
    let provider = Provider::start().await;
    let pod = chosen(&provider);
    for (query, field) in [
        ("invoiceId=32158", Field::Reference),
        ("invoiceId=32157&billNumber=1001", Field::Order),
    ] {
        let hint = pod.read_return(query).unwrap();
        let expected = expected(record().await).hinted(hint);
        let settlement = pod.settle(&expected).await.unwrap();
        let Settlement::Mismatch(mismatch) = settlement else {
            panic!("{settlement:?}");
        };
        assert!(mismatch.is_in(field), "{mismatch}");
    }
    assert!(provider.requests().is_empty());
}

#[tokio::test]
async fn what_names_no_payment_is_refused() {
    let provider = Provider::start().await;
    let pod = chosen(&provider);
    let refused = "errorResult=%7B%22hasError%22%3Atrue%2C%22errorCode%22%3A72%7D";
    for query in ["", "paid=true", "invoiceId=0", refused] {
        for error in [
            pod.read_return(query).unwrap_err(),
            pod.read_webhook(query.as_bytes()).unwrap_err(),
        ] {
            assert_eq!(error.kind(), ErrorKind::Invalid, "{query}: {error}");
            assert_eq!(error.effect(), Effect::NotExecuted);
        }
    }
    for body in [&b"invoiceId=\xff"[..], &[b'a'; 17 * 1024]] {
        assert!(pod.read_webhook(body).is_err());
    }
}
