//! XML that means harm: a clear error within the caps, and for a send an unknown outcome.

use std::time::{Duration, Instant};

use paylink_core::{Effect, ErrorKind};
use paylink_testkit::{Behaviour, FaultServer, Step, Wire};
use sizpay_client::{SizPay, Via};

use crate::provider::{Answer, Provider};
use crate::samples::{enveloped, new_link};

async fn assert_harmless(text: String, problem: &str) {
    let provider = Provider::answering(Answer::xml(text)).await;
    let began = Instant::now();
    let error = provider.client_via(Via::Soap).send_link(new_link()).await;
    let error = error.unwrap_err();
    assert!(began.elapsed() < Duration::from_secs(5), "{problem}");
    assert_eq!(error.effect(), Effect::Unknown, "{problem}");
    assert!(error.handle().is_some(), "{problem}");
    assert!(error.to_string().contains(problem), "{error}");
    assert_eq!(
        provider.requests().len(),
        1,
        "nothing was fetched, nothing sent again"
    );
}

fn answer_saying(message: &str) -> String {
    enveloped(&format!(
        "<PayLinkSendSoapResponse><ResCod>1</ResCod><PayLinkSendID>1</PayLinkSendID><Message>{message}</Message></PayLinkSendSoapResponse>"
    ))
}

#[tokio::test]
async fn an_entity_bomb_does_not_go_off() {
    let mut bomb = String::from("<!DOCTYPE lolz [<!ENTITY lol0 \"lol\">");
    for level in 1..10 {
        let ten = format!("&lol{};", level - 1).repeat(10);
        bomb.push_str(&format!("<!ENTITY lol{level} \"{ten}\">"));
    }
    let after_declaration = answer_saying("&lol9;").replacen("?>", &format!("?>{bomb}]>"), 1);
    assert_harmless(after_declaration, "document type definition").await;
    assert_harmless(answer_saying("&lol9;"), "entity").await;
}

#[tokio::test]
async fn nothing_outside_is_read() {
    let provider = Provider::start().await;
    let elsewhere = provider.url("/secret");
    for declared in [
        "<!DOCTYPE a [<!ENTITY x SYSTEM \"file:///etc/passwd\">]>".to_owned(),
        format!("<!DOCTYPE a [<!ENTITY x SYSTEM \"{elsewhere}\">]>"),
        format!("<!DOCTYPE a [<!ENTITY % x SYSTEM \"{elsewhere}\"> %x;]>"),
        format!("<!DOCTYPE a SYSTEM \"{elsewhere}\">"),
        format!("<!doctype a PUBLIC \"x\" \"{elsewhere}\">"),
    ] {
        let text = answer_saying("&x;").replacen("?>", &format!("?>{declared}"), 1);
        assert_harmless(text, "document type definition").await;
    }
    assert!(provider.requests().is_empty());
}

#[tokio::test]
async fn ten_thousand_elements_in_each_other_overflow_nothing() {
    // 70,000 bytes are beyond the cap already; 6,000 levels are not.
    let nested = |levels: usize| format!("{}{}", "<a>".repeat(levels), "</a>".repeat(levels));
    assert_harmless(enveloped(&nested(10_000)), "larger than an answer can be").await;
    assert_harmless(enveloped(&nested(6_000)), "deeper").await;
    assert_harmless(enveloped(&"<a>".repeat(10_000)), "deeper").await;
}

#[tokio::test]
async fn a_body_of_100_megabytes_is_not_read() {
    const CHUNK: usize = 64 * 1024;

    let announced = "HTTP/1.1 200 \r\ncontent-type: text/xml\r\ncontent-length: 104857600\r\n\r\n";
    let unannounced = "HTTP/1.1 200 \r\ncontent-type: text/xml\r\nconnection: close\r\n\r\n";
    for head in [announced, unannounced] {
        let server = FaultServer::start(
            Wire::Plain,
            Behaviour::new([
                Step::ReadRequest,
                Step::Write(head.into()),
                Step::Flood {
                    bytes: vec![b'<'; CHUNK].into(),
                    pause: Duration::ZERO,
                },
            ]),
        )
        .await
        .unwrap();
        let sizpay = SizPay::builder("k1", "k2", "hosseini").via(Via::Soap);
        let sizpay = sizpay.asmx_url(server.url()).build().unwrap();
        let began = Instant::now();
        let error = sizpay.send_link(new_link()).await.unwrap_err();
        assert!(began.elapsed() < Duration::from_secs(5));
        assert_eq!(error.kind(), ErrorKind::TooLarge);
        assert_eq!(error.effect(), Effect::Unknown);
        assert_eq!(server.shutdown().await.requests_complete(), 1);
    }
}

#[tokio::test]
async fn a_truncated_answer_proves_nothing_wherever_it_ends() {
    let provider = Provider::start().await;
    let sizpay = provider.client_via(Via::Soap);
    let whole = answer_saying("انجام شد");
    for end in (0..whole.len())
        .filter(|end| whole.is_char_boundary(*end))
        .step_by(7)
    {
        provider.answer(Answer::xml(&whole.as_bytes()[..end]));
        let error = sizpay.send_link(new_link()).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Untrusted, "{end}");
        assert_eq!(error.effect(), Effect::Unknown, "{end}");
    }
    provider.answer(Answer::xml(whole));
    assert!(sizpay.send_link(new_link()).await.is_ok());
}
