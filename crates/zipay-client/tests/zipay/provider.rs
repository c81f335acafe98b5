//! ZiPay as these tests need it: it answers what it was told to, and keeps every request as it came.

use std::collections::{HashMap, VecDeque};
use std::pin::Pin;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, SystemTime};

use httpmock::{HttpMockRequest, HttpMockResponse, MockServer};
use paylink_core::Runtime;
use serde_json::Value;
use zipay_client::{Transport, ZiPay};

pub(crate) const API_KEY: &str = "api-key-of-the-wire-tests";
pub(crate) const SECRET_KEY: &str = "secret-key-of-the-wire-tests";
pub(crate) const TERMINAL: u64 = 1003;

/// When everything happens.
pub(crate) const NOW: Duration = Duration::from_secs(1_680_282_113);

pub(crate) struct Provider {
    server: MockServer,
    state: Arc<Mutex<State>>,
    pub(crate) clock: Arc<Clock>,
}

#[derive(Default)]
struct State {
    answers: HashMap<String, VecDeque<Answer>>,
    requests: Vec<HttpMockRequest>,
    clock: Arc<Clock>,
    answers_take: u64,
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
        Provider {
            server,
            state,
            clock,
        }
    }

    /// Takes this many seconds for each answer from now on.
    pub(crate) fn answers_take(&self, seconds: u64) {
        self.state.lock().unwrap().answers_take = seconds;
    }

    /// Answers an operation like this from now on.
    pub(crate) fn answer(&self, operation: &str, answer: impl Into<Answer>) {
        self.answers(operation, [answer.into()]);
    }

    /// Answers an operation with one after the other, and with the last one for ever.
    pub(crate) fn answers(&self, operation: &str, answers: impl IntoIterator<Item = Answer>) {
        let answers = answers.into_iter().collect();
        let mut state = self.state.lock().unwrap();
        state.answers.insert(operation.to_owned(), answers);
    }

    /// Every request so far, whatever its path.
    pub(crate) fn requests(&self) -> Vec<HttpMockRequest> {
        self.state.lock().unwrap().requests.clone()
    }

    /// The operations that were asked for so far, in their order.
    pub(crate) fn asked(&self) -> Vec<String> {
        self.requests().iter().map(operation).collect()
    }

    /// As [`Provider::asked`], and begins anew.
    pub(crate) fn take_asked(&self) -> Vec<String> {
        let asked = self.asked();
        self.state.lock().unwrap().requests.clear();
        asked
    }

    pub(crate) fn url(&self, path: &str) -> String {
        self.server.url(path)
    }

    /// A client of it that does not wait between attempts, with a clock that stands still.
    pub(crate) fn client(&self) -> ZiPay {
        self.client_builder().terminal(TERMINAL).build().unwrap()
    }

    pub(crate) fn client_builder(&self) -> zipay_client::ZiPayBuilder {
        let transport = Transport::builder()
            .runtime(Arc::clone(&self.clock) as Arc<dyn Runtime>)
            .build()
            .unwrap();
        ZiPay::builder(API_KEY, SECRET_KEY)
            .base_url(self.url("/api/"))
            .transport(transport)
    }
}

impl State {
    fn respond(&mut self, request: &HttpMockRequest) -> HttpMockResponse {
        self.requests.push(request.clone());
        self.clock.advance(self.answers_take);
        let answer = match self.answers.get_mut(&operation(request)) {
            Some(answers) if answers.len() > 1 => answers.pop_front(),
            Some(answers) => answers.front().cloned(),
            None => None,
        };
        answer.unwrap_or_else(|| Answer::of("").status(501)).into()
    }
}

/// The last segment of the path.
fn operation(request: &HttpMockRequest) -> String {
    let path = request.uri().path().to_owned();
    path.rsplit('/').next().unwrap_or_default().to_owned()
}

#[derive(Clone)]
pub(crate) struct Answer {
    status: u16,
    headers: Vec<(&'static str, String)>,
    body: Vec<u8>,
}

impl Answer {
    /// Status 200 with this body, said to be JSON.
    pub(crate) fn of(body: impl Into<Vec<u8>>) -> Answer {
        Answer {
            status: 200,
            headers: vec![("content-type", "application/json".to_owned())],
            body: body.into(),
        }
    }

    pub(crate) fn status(mut self, status: u16) -> Answer {
        self.status = status;
        self
    }

    pub(crate) fn content_type(mut self, content_type: Option<&str>) -> Answer {
        self.headers.clear();
        match content_type {
            Some(content_type) => self.header("content-type", content_type),
            None => self,
        }
    }

    pub(crate) fn header(mut self, name: &'static str, value: &str) -> Answer {
        self.headers.push((name, value.to_owned()));
        self
    }
}

impl From<Value> for Answer {
    fn from(json: Value) -> Answer {
        Answer::of(json.to_string())
    }
}

impl From<Answer> for HttpMockResponse {
    fn from(answer: Answer) -> HttpMockResponse {
        HttpMockResponse::builder()
            .status(answer.status)
            .headers(answer.headers)
            .body(answer.body)
            .build()
    }
}

/// A clock that stands still until it is moved, and waits that are over at once.
#[derive(Debug, Default)]
pub(crate) struct Clock(AtomicU64);

impl Clock {
    pub(crate) fn advance(&self, seconds: u64) {
        self.0.fetch_add(seconds, Ordering::Relaxed);
    }
}

impl Runtime for Clock {
    fn now(&self) -> SystemTime {
        let passed = Duration::from_secs(self.0.load(Ordering::Relaxed));
        SystemTime::UNIX_EPOCH + NOW + passed
    }

    fn sleep(&self, _: Duration) -> Pin<Box<dyn Future<Output = ()> + Send + '_>> {
        Box::pin(std::future::ready(()))
    }

    fn random(&self) -> u64 {
        0
    }
}
