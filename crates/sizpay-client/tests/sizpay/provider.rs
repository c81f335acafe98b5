//! SizPay as these tests need it: it answers what it was told to, and keeps every request as it came.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::ops::Deref;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use paylink_core::Runtime;
use paylink_testkit::{Answer, MockRequest, MockServer};
use serde_json::Value;
use sizpay_client::{SizPay, SizPayBuilder, Transport, Via};

/// The keys that the document's samples show.
pub(crate) const USER_NAME: &str = "8WgRua1wrPSyyGwLz7USE2z7kqcsmHgYFYFUsobQ7oI=";
pub(crate) const PASSWORD: &str = "ke41wJbHLA+ppn2HIIJeXw==";
pub(crate) const LINK_NAME: &str = "hosseini";

/// 1399/11/21 14:05:09 in Tehran.
const NOW: u64 = 1_612_866_909;

pub(crate) struct Provider {
    server: MockServer,
    transport: Transport,
}

impl Provider {
    pub(crate) async fn start() -> Provider {
        let server = MockServer::with_operations(NOW, |_| String::new()).await;
        let runtime: Arc<dyn Runtime> = server.clock().clone();
        let transport = Transport::builder().runtime(runtime).build().unwrap();
        Provider { server, transport }
    }

    /// One that answers like this.
    pub(crate) async fn answering(answer: impl Into<Answer>) -> Provider {
        let account = Provider::start().await;
        account.answer(answer);
        account
    }

    /// Answers like this from now on.
    pub(crate) fn answer(&self, answer: impl Into<Answer>) {
        self.answers([answer.into()]);
    }

    /// Answers with one after the other, and with the last one for ever.
    pub(crate) fn answers(&self, answers: impl IntoIterator<Item = Answer>) {
        self.server.answers("", answers);
    }

    /// The bodies so far, as JSON.
    pub(crate) fn bodies(&self) -> Vec<Value> {
        let requests = self.requests();
        let bodies = requests.iter().map(MockRequest::body_ref);
        bodies
            .map(|body| serde_json::from_slice(body).unwrap())
            .collect()
    }

    /// The days that states were asked of so far.
    pub(crate) fn asked_days(&self) -> Vec<Value> {
        let bodies = self.bodies();
        bodies
            .iter()
            .map(|body| body["PayLinkSendDate"].clone())
            .collect()
    }

    /// A client of it over REST that does not wait between attempts.
    pub(crate) fn client(&self) -> SizPay {
        self.client_via(Via::Rest)
    }

    pub(crate) fn client_via(&self, via: Via) -> SizPay {
        self.builder().via(via).build().unwrap()
    }

    pub(crate) fn builder(&self) -> SizPayBuilder {
        SizPay::builder(USER_NAME, PASSWORD, LINK_NAME)
            .base_url(self.url("/api/PayLinkSend/"))
            .asmx_url(self.url("/KimiaPayLinkSend.asmx"))
            .transport(self.transport.clone())
    }
}

impl Deref for Provider {
    type Target = MockServer;

    fn deref(&self) -> &MockServer {
        &self.server
    }
}

/// An answer over SOAP.
#[cfg(feature = "soap")]
pub(crate) fn xml(body: impl Into<Vec<u8>>) -> Answer {
    Answer::json(body.into()).header("content-type", "text/xml; charset=utf-8")
}

pub(crate) struct KeptServer {
    url: String,
    counts: Arc<Counts>,
}

#[derive(Default)]
struct Counts {
    connections: AtomicUsize,
    requests: AtomicUsize,
}

impl KeptServer {
    /// One that answers every request with this JSON.
    pub(crate) fn answering(json: &str) -> KeptServer {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}/", listener.local_addr().unwrap());
        let answer = format!(
            "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n{json}",
            json.len()
        );
        let counts = Arc::new(Counts::default());
        let counting = Arc::clone(&counts);
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                counting.connections.fetch_add(1, Ordering::SeqCst);
                let (answer, counting) = (answer.clone(), Arc::clone(&counting));
                std::thread::spawn(move || serve(stream.unwrap(), &answer, &counting));
            }
        });
        KeptServer { url, counts }
    }

    pub(crate) fn url(&self) -> &str {
        &self.url
    }

    pub(crate) fn connections(&self) -> usize {
        self.counts.connections.load(Ordering::SeqCst)
    }

    pub(crate) fn requests(&self) -> usize {
        self.counts.requests.load(Ordering::SeqCst)
    }
}

/// Each request is one JSON object; its head holds no brace.
fn serve(mut stream: TcpStream, answer: &str, counts: &Counts) {
    let mut buffer = [0; 4096];
    while let Ok(read) = stream.read(&mut buffer) {
        if read == 0 {
            return;
        }
        if buffer[..read].ends_with(b"}") {
            counts.requests.fetch_add(1, Ordering::SeqCst);
            if stream.write_all(answer.as_bytes()).is_err() {
                return;
            }
        }
    }
}
