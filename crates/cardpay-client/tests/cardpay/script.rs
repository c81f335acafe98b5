//! The CardPay script as these tests need it: it answers what it was told to, and keeps every request as it came.

use std::collections::VecDeque;
use std::pin::Pin;
use std::sync::{Arc, Mutex};
use std::time::{Duration, SystemTime};

use cardpay_client::{CardPay, CardPayBuilder, Transport};
use httpmock::{HttpMockRequest, HttpMockResponse, MockServer};
use paylink_core::Runtime;

pub(crate) const TOKEN: &str = "token-of-the-wire-tests";

pub(crate) struct Script {
    server: MockServer,
    state: Arc<Mutex<State>>,
}

#[derive(Default)]
struct State {
    answers: VecDeque<Answer>,
    requests: Vec<HttpMockRequest>,
}

impl Script {
    pub(crate) async fn start() -> Script {
        let server = MockServer::start_async().await;
        let state = Arc::new(Mutex::new(State::default()));
        let behind = Arc::clone(&state);
        server
            .mock_async(|when, then| {
                when.any_request();
                then.respond_with(move |request| behind.lock().unwrap().respond(request));
            })
            .await;
        Script { server, state }
    }

    /// Answers like this from now on.
    pub(crate) fn answer(&self, http: u16, body: &str) {
        self.answers([Answer::new(http, body)]);
    }

    /// Answers with one after the other, and with the last one for ever.
    pub(crate) fn answers(&self, answers: impl IntoIterator<Item = Answer>) {
        let mut state = self.state.lock().unwrap();
        state.answers = answers.into_iter().collect();
        state.requests.clear();
    }

    /// The requests since it was last told what to answer.
    pub(crate) fn requests(&self) -> Vec<HttpMockRequest> {
        self.state.lock().unwrap().requests.clone()
    }

    /// An address of it, on the host that the document's samples name.
    pub(crate) fn url(&self, path: &str) -> String {
        self.server.url(path).replace("127.0.0.1", "localhost")
    }

    /// A client of it that does not wait between attempts, with a clock that stands at the given second.
    pub(crate) fn client_at(&self, unix_seconds: u64) -> CardPay {
        self.builder_at(unix_seconds).build().unwrap()
    }

    pub(crate) fn client(&self) -> CardPay {
        self.client_at(1_735_237_000)
    }

    pub(crate) fn builder(&self) -> CardPayBuilder {
        self.builder_at(1_735_237_000)
    }

    fn builder_at(&self, unix_seconds: u64) -> CardPayBuilder {
        let now = SystemTime::UNIX_EPOCH + Duration::from_secs(unix_seconds);
        let transport = Transport::builder()
            .runtime(Arc::new(Standing(now)))
            .build()
            .unwrap();
        CardPay::builder(self.url("/api/"), TOKEN).transport(transport)
    }
}

impl State {
    fn respond(&mut self, request: &HttpMockRequest) -> HttpMockResponse {
        self.requests.push(request.clone());
        let answer = if self.answers.len() > 1 {
            self.answers.pop_front()
        } else {
            self.answers.front().cloned()
        };
        let answer = answer.unwrap_or_else(|| Answer::new(501, ""));
        HttpMockResponse::builder()
            .status(answer.http)
            .headers(vec![("content-type", answer.content_type)])
            .body(answer.body)
            .build()
    }
}

#[derive(Clone)]
pub(crate) struct Answer {
    http: u16,
    content_type: &'static str,
    body: String,
}

impl Answer {
    /// This body, said to be JSON.
    pub(crate) fn new(http: u16, body: &str) -> Answer {
        Answer {
            http,
            content_type: "application/json",
            body: body.to_owned(),
        }
    }

    pub(crate) fn labelled(mut self, content_type: &'static str) -> Answer {
        self.content_type = content_type;
        self
    }
}

/// A clock that stands still, and waits that are over at once.
#[derive(Debug)]
struct Standing(SystemTime);

impl Runtime for Standing {
    fn now(&self) -> SystemTime {
        self.0
    }

    fn sleep(&self, _: Duration) -> Pin<Box<dyn Future<Output = ()> + Send + '_>> {
        Box::pin(std::future::ready(()))
    }

    fn random(&self) -> u64 {
        0
    }
}
