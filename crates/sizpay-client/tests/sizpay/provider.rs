//! SizPay as these tests need it: it answers what it was told to, and keeps every request as it came.

use std::collections::VecDeque;
use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::pin::Pin;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, SystemTime};

use httpmock::{HttpMockRequest, HttpMockResponse, MockServer};
use paylink_core::Runtime;
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
    state: Arc<Mutex<State>>,
    pub(crate) clock: Arc<Clock>,
    transport: Transport,
}

#[derive(Default)]
struct State {
    answers: VecDeque<Answer>,
    requests: Vec<HttpMockRequest>,
    clock: Arc<Clock>,
    answers_take: Duration,
}

impl Provider {
    pub(crate) async fn start() -> Provider {
        let server = MockServer::start_async().await;
        let state = State::default();
        let clock = Arc::clone(&state.clock);
        let state = Arc::new(Mutex::new(state));
        let behind = Arc::clone(&state);
        server
            .mock_async(|when, then| {
                when.any_request();
                then.respond_with(move |request| behind.lock().unwrap().respond(request));
            })
            .await;
        let runtime: Arc<dyn Runtime> = clock.clone();
        let transport = Transport::builder().runtime(runtime);
        Provider {
            server,
            state,
            clock,
            transport: transport.build().unwrap(),
        }
    }

    /// Takes this long for each answer from now on.
    pub(crate) fn answers_take(&self, time: Duration) {
        self.state.lock().unwrap().answers_take = time;
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
        self.state.lock().unwrap().answers = answers.into_iter().collect();
    }

    /// Every request so far, whatever its path.
    pub(crate) fn requests(&self) -> Vec<HttpMockRequest> {
        self.state.lock().unwrap().requests.clone()
    }

    /// The bodies so far, as JSON.
    pub(crate) fn bodies(&self) -> Vec<Value> {
        let requests = self.requests();
        let bodies = requests.iter().map(HttpMockRequest::body_ref);
        bodies
            .map(|body| serde_json::from_slice(body).unwrap())
            .collect()
    }

    pub(crate) fn url(&self, path: &str) -> String {
        self.server.url(path)
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

impl State {
    fn respond(&mut self, request: &HttpMockRequest) -> HttpMockResponse {
        self.requests.push(request.clone());
        self.clock.advance(self.answers_take);
        let answer = if self.answers.len() > 1 {
            self.answers.pop_front()
        } else {
            self.answers.front().cloned()
        };
        answer
            .unwrap_or_else(|| Answer::json("").status(501))
            .into()
    }
}

#[derive(Clone)]
pub(crate) struct Answer {
    status: u16,
    content_type: &'static str,
    body: Vec<u8>,
}

impl Answer {
    pub(crate) fn json(body: impl Into<Vec<u8>>) -> Answer {
        Answer {
            status: 200,
            content_type: "application/json; charset=utf-8",
            body: body.into(),
        }
    }

    #[cfg(feature = "soap")]
    pub(crate) fn xml(body: impl Into<Vec<u8>>) -> Answer {
        Answer {
            content_type: "text/xml; charset=utf-8",
            ..Answer::json(body)
        }
    }

    pub(crate) fn status(mut self, status: u16) -> Answer {
        self.status = status;
        self
    }

    pub(crate) fn content_type(mut self, content_type: &'static str) -> Answer {
        self.content_type = content_type;
        self
    }
}

impl From<Value> for Answer {
    fn from(json: Value) -> Answer {
        Answer::json(json.to_string())
    }
}

impl From<Answer> for HttpMockResponse {
    fn from(answer: Answer) -> HttpMockResponse {
        HttpMockResponse::builder()
            .status(answer.status)
            .header("content-type", answer.content_type)
            .body(answer.body)
            .build()
    }
}

/// A clock that a test moves, and waits that are over at once.
#[derive(Debug, Default)]
pub(crate) struct Clock {
    ahead_seconds: AtomicU64,
}

impl Clock {
    pub(crate) fn advance(&self, time: Duration) {
        self.ahead_seconds
            .fetch_add(time.as_secs(), Ordering::Relaxed);
    }
}

impl Runtime for Clock {
    fn now(&self) -> SystemTime {
        let ahead = self.ahead_seconds.load(Ordering::Relaxed);
        SystemTime::UNIX_EPOCH + Duration::from_secs(NOW + ahead)
    }

    fn sleep(&self, _: Duration) -> Pin<Box<dyn Future<Output = ()> + Send + '_>> {
        Box::pin(std::future::ready(()))
    }

    fn random(&self) -> u64 {
        0
    }
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
