//! A payment becomes a request, and the answer a record.

use std::time::{Duration, SystemTime};

use paylink_core::ErrorKind;
use paylink_core::provider::{Capability, Created};
use paylink_core::{Currency, Money};
use serde_json::json;
use sizpay_client::Via;

use super::{chosen, over_rest, payment, payment_of, rial};
use crate::provider::{LINK_NAME, Provider};
use crate::samples::sent;

#[tokio::test]
async fn every_taken_input_is_sent() {
    let provider = Provider::answering(sent()).await;
    let payment = payment()
        .payer_name("سارا احمدی")
        .unwrap()
        .description("two tickets for the night train")
        .unwrap();
    let created = over_rest(&provider).create(&payment).await;
    assert!(created.is_ok(), "{created:?}");
    let requests = provider.requests();
    assert_eq!(requests.len(), 1);
    assert_eq!(
        requests[0].uri_str(),
        provider.url("/api/PayLinkSend/PayLinkSend")
    );
    assert_eq!(
        requests[0].body_string(),
        r#"{"UserName":"8WgRua1wrPSyyGwLz7USE2z7kqcsmHgYFYFUsobQ7oI=","Password":"ke41wJbHLA+ppn2HIIJeXw==","PayLinkName":"hosseini","Amount":10000,"MobileNo":"09122272730","InvoiceNo":"99112101","CustomerName":"سارا احمدی","Description":"two tickets for the night train"}"#
    );
}

#[tokio::test]
async fn the_record_holds_what_settling_needs_and_the_link_is_shown() {
    let provider = Provider::answering(sent()).await;
    let created = over_rest(&provider).create(&payment()).await.unwrap();
    let record = created.record();
    assert_eq!(record.provider(), "sizpay");
    assert_eq!(record.reference().as_str(), "99112101");
    assert_eq!(record.amount(), &rial("10000"));
    assert_eq!(record.at_merchant(), Some(LINK_NAME));
    assert_eq!(record.known_id("PayLinkSendID"), Some("26041"));
    let now = SystemTime::UNIX_EPOCH + Duration::from_secs(1_612_866_909);
    assert_eq!(record.created_at(), now);
    let link = created.pay_link().unwrap().as_str();
    assert_eq!(link, "https://me.sizpay.ir/hosseini/0200260411");
    assert_eq!(
        (created.exact_transfer(), created.expires_at()),
        (None, None)
    );

    let stored = serde_json::to_string(&created).unwrap();
    assert_eq!(serde_json::from_str::<Created>(&stored).unwrap(), created);
}

#[tokio::test]
async fn toman_becomes_rial_exactly_or_nothing_is_sent() {
    let provider = Provider::answering(sent()).await;
    let sizpay = over_rest(&provider);
    for (toman, in_rial) in [("1000", 10_000), ("1000.5", 10_005), ("0.1", 1)] {
        let price = Money::new(toman, Currency::Irt).unwrap();
        let created = sizpay.create(&payment_of("1", price)).await.unwrap();
        assert_eq!(created.record().amount(), &rial(&in_rial.to_string()));
        assert_eq!(provider.bodies().pop().unwrap()["Amount"], in_rial);
    }
    let sent_so_far = provider.requests().len();
    for (amount, currency) in [
        ("1000.05", Currency::Irt),
        ("0.01", Currency::Irt),
        ("10000.5", Currency::Irr),
        ("9223372036854775808", Currency::Irr),
        ("10", Currency::Usd),
        ("10", Currency::Usdt),
    ] {
        let price = Money::new(amount, currency).unwrap();
        let error = sizpay.create(&payment_of("1", price)).await.unwrap_err();
        assert_eq!(error.attempts(), 0, "{amount} {currency:?}: {error}");
    }
    assert_eq!(provider.requests().len(), sent_so_far);
}

/// `1000` and `۱۰۰۰` are two orders, and would be one number of SizPay's.
#[tokio::test]
async fn a_reference_in_other_digits_is_refused() {
    let provider = Provider::answering(sent()).await;
    let sizpay = over_rest(&provider);
    for reference in ["۹۹۱۱۲۱۰۱", "٩٩", "order ۱"] {
        let payment = payment_of(reference, rial("10000"));
        let error = sizpay.create(&payment).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Invalid, "{error}");
        assert!(error.to_string().contains("in Latin"), "{error}");
        assert!(sizpay.prepare(&payment).is_err());
    }
    assert_eq!(provider.requests().len(), 0);
}

#[tokio::test]
async fn a_link_comes_back_where_it_is_declared_and_nowhere_else() {
    let answer = json!({"d": {"ResCod": 1, "Message": "", "PayLinkSendID": 26041}});
    let provider = Provider::answering(answer).await;
    let sizpay = chosen(&provider, Via::AsmxJson);
    let created = sizpay.create(&payment()).await.unwrap();
    assert_eq!(created.pay_link(), None);
    assert_eq!(created.record().known_id("PayLinkSendID"), Some("26041"));
    for via in Via::ALL.iter().copied() {
        let capabilities = chosen(&provider, via);
        let declared = capabilities.capabilities().of(Capability::PayLink).is_yes();
        assert_eq!(declared, via == Via::Rest, "{via}");
    }
}
