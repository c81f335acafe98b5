//! What no server can play: what the caller itself does, and what comes of a name that leads nowhere.

use std::pin::pin;
use std::sync::Arc;
use std::time::{Duration, Instant};

use paylink_core::{Error, ErrorKind, Handle, Idempotency, Rial, Timeouts, Transport};
use paylink_testkit::{Answer, Behaviour, Canaries, Capture, FaultServer, Script, Wire, faults};
use paylink_tests::impatience;
use pod_invoice_client::{BusinessToken, NewInvoice, NewItem, Pod};

use super::cells::{A_LOADED_MACHINE, Cell, NONE, observed};
use super::play::Impatient;
use super::subjects::Subject;

/// The transports that it takes.
#[derive(Clone)]
pub(super) struct Caller {
    short: Transport,
    patient: Transport,
}

impl Caller {
    pub(super) fn new() -> Caller {
        let transport = |timeouts| {
            let builder = impatience::transport().timeouts(timeouts);
            builder.runtime(Arc::new(Impatient::new())).build().unwrap()
        };
        Caller {
            short: transport(SHORT),
            patient: transport(PATIENT),
        }
    }

    /// What an operation comes to here, beside what a server does to it.
    pub(super) async fn cells(&self, subject: &Subject) -> Vec<Cell> {
        vec![
            self.plain_http(subject).await,
            self.no_such_name(subject).await,
            self.nobody_answers(subject).await,
            self.silence(subject).await,
            self.dropped(subject, Wire::Plain).await,
            self.dropped(subject, Wire::Tls).await,
        ]
    }

    /// Row 1: the address is not on this machine, and has no TLS.
    async fn plain_http(&self, subject: &Subject) -> Cell {
        let url = "http://shop.example/".to_owned();
        let error = (subject.sample.call)(self.patient.clone(), url)
            .await
            .unwrap_err();
        assert_eq!(error.attempts(), 0, "{}: {error:?}", subject.title());
        cell(1, "plain http where https is due", NONE, &error, 0, NONE)
    }

    /// Row 2: no resolver knows a name under this top level (RFC 6761, section 6.4).
    async fn no_such_name(&self, subject: &Subject) -> Cell {
        let url = "https://no-such-host.invalid/".to_owned();
        let error = (subject.sample.call)(self.patient.clone(), url)
            .await
            .unwrap_err();
        cell(2, "name does not resolve", NONE, &error, 0, NONE)
    }

    /// Row 4 once more: the total timeout ends what attempts have left.
    async fn nobody_answers(&self, subject: &Subject) -> Cell {
        let good = faults::answer(&subject.sample.answer());
        let server = FaultServer::unresponsive(Wire::Plain, good).await.unwrap();
        let fault = "unanswered, and the total is over in the third attempt";
        self.until_the_total(subject, 4, fault, server).await
    }

    /// Row 13 once more, the same. What must happen once has one attempt, which its own timeout ends.
    async fn silence(&self, subject: &Subject) -> Cell {
        let silent = faults::stall_after_request();
        let server = FaultServer::start(Wire::Plain, silent).await.unwrap();
        let fault = "silent, and the total is over in the third attempt";
        self.until_the_total(subject, 13, fault, server).await
    }

    async fn until_the_total(
        &self,
        subject: &Subject,
        row: u8,
        fault: &str,
        server: FaultServer,
    ) -> Cell {
        let what = format!("{}: {fault}", subject.title());
        let began = Instant::now();
        let call = (subject.sample.call)(self.short.clone(), server.url());
        let error = call.await.unwrap_err();
        let elapsed = began.elapsed();
        let requests = server.shutdown().await.requests_begun();
        let once = subject.class == Idempotency::NonIdempotent && requests > 0;
        let (least, waits) = match once {
            true => (SHORT.attempt, "1 × attempt timeout"),
            false => (SHORT.total, "total timeout"),
        };
        assert_eq!(error.kind(), ErrorKind::Timeout, "{what}: {error:?}");
        let most = SHORT.total + A_LOADED_MACHINE;
        assert!(least <= elapsed && elapsed < most, "{what}: {elapsed:?}");
        cell(row, fault, "plain", &error, requests, waits)
    }

    /// Row 14: the caller drops the call when the server has its request.
    async fn dropped(&self, subject: &Subject, wire: Wire) -> Cell {
        let silent = faults::stall_after_request();
        let server = FaultServer::start(wire, silent).await.unwrap();
        let capture = Capture::new(Canaries::new(["nobody-is-looked-for"]).unwrap());
        {
            let mut call = Box::pin((subject.sample.call)(self.patient.clone(), server.url()));
            let arrived = pin!(server.until(|tally| tally.requests_complete() == 1));
            tokio::select! {
                _ = arrived => {}
                ended = &mut call => panic!("{}: {ended:?}", subject.title()),
            }
            let _listening = capture.listen();
            drop(call);
        }
        let requests = server.shutdown().await.requests_begun();
        let said = handles_said(&capture);
        let effect = match subject.class {
            Idempotency::ReadOnly => {
                assert!(said.is_empty(), "{}: {said:?}", subject.title());
                "not executed"
            }
            Idempotency::Idempotent | Idempotency::NonIdempotent => {
                let [handle] = said.as_slice() else {
                    panic!("{}: {said:?}", subject.title());
                };
                assert!((subject.sample.finds)(handle), "{handle:?} finds nothing");
                "unknown, handle in a warning"
            }
        };
        let over = if wire == Wire::Tls { "TLS" } else { "plain" };
        let outcome = [effect, NONE, &requests.to_string(), "1", NONE].map(str::to_owned);
        Cell {
            row: 14,
            fault: "dropped by its caller after sending".to_owned(),
            over,
            outcome,
        }
    }
}

/// Timeouts of which the total is over in the middle of the third attempt.
const SHORT: Timeouts = Timeouts {
    connect: Duration::from_millis(1_900),
    attempt: Duration::from_secs(2),
    total: Duration::from_secs(5),
};

/// Timeouts that nothing meets.
const PATIENT: Timeouts = Timeouts {
    connect: Duration::from_secs(20),
    attempt: Duration::from_secs(25),
    total: Duration::from_secs(30),
};

/// The handles in the warnings about calls that were dropped.
fn handles_said(capture: &Capture) -> Vec<Handle> {
    let said = capture.transcript();
    let dropped = said
        .iter()
        .filter(|line| line.contains("dropped in flight"));
    let handles = dropped.map(|line| {
        let (_, handle) = line.split_once("handle=").unwrap();
        let mut documents = serde_json::Deserializer::from_str(handle).into_iter();
        documents.next().unwrap().unwrap()
    });
    handles.collect()
}

fn cell(
    row: u8,
    fault: &str,
    over: &'static str,
    error: &Error,
    requests: usize,
    waits: &str,
) -> Cell {
    Cell {
        row,
        fault: fault.to_owned(),
        over,
        outcome: observed(Some(error), requests, 0, waits.to_owned()),
    }
}

/// Row 39, with the one operation whose request may be larger than what the system takes in at once: an answer that comes
/// before the last byte has left is no answer to it, be it a success or a refusal.
#[tokio::test]
async fn an_answer_before_the_last_byte_of_a_long_invoice_is_nobodys() {
    let issued = r#"{"hasError":false,"errorCode":0,"result":{"id":32157,"billNumber":"1000","totalAmount":150000}}"#;
    let refused = r#"{"hasError":true,"errorCode":99,"message":"no"}"#;
    for wire in [Wire::Plain, Wire::Tls] {
        for answer in [Answer::json(issued), Answer::json(refused)] {
            let early: Behaviour = faults::answer_before_reading(&answer);
            let server = FaultServer::start(wire, Script::from(early)).await.unwrap();
            let pod = Pod::builder(BusinessToken::new("token-of-the-shop"))
                .key("key-of-the-shop")
                .base_url(server.url())
                .transport(impatience::transport().build().unwrap())
                .build()
                .unwrap();
            let item = NewItem::new("a pair of shoes", Rial::new(150_000)).unwrap();
            let invoice = NewInvoice::new("1000", "CLOTHING_GUILD", item).unwrap();
            let long = invoice.with_description("a".repeat(16 * 1024 * 1024));
            let error = pod.issue_invoice(long).await.unwrap_err();
            let seen = (error.kind(), error.effect(), error.attempts());
            let due = (ErrorKind::Untrusted, paylink_core::Effect::Unknown, 1);
            assert_eq!(seen, due, "{wire:?}: {error:?}");
            assert_eq!(error.handle().and_then(Handle::reference), Some("1000"));
            assert_eq!(server.shutdown().await.requests_begun(), 1);
        }
    }
}
