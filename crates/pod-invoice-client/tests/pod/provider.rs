//! POD as these tests need it: it answers each service what it was told to, and keeps every request as it came.

use std::collections::{HashMap, VecDeque};
use std::pin::Pin;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, SystemTime};

use httpmock::{HttpMockRequest, HttpMockResponse, MockServer};
use paylink_core::Runtime as Clock;
use pod_invoice_client::{BusinessToken, Environment, Pod, Transport};
use serde_json::Value;

pub(crate) const TOKEN: &str = "business-token-of-the-wire-tests";
pub(crate) const KEY: &str = "key-of-the-wire-tests";

pub(crate) struct Provider {
    server: MockServer,
    state: Arc<Mutex<State>>,
    pub(crate) clock: Arc<TestClock>,
}

#[derive(Default)]
struct State {
    answers: HashMap<String, VecDeque<String>>,
    requests: Vec<HttpMockRequest>,
    clock: Arc<TestClock>,
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

    /// Answers a service like this from now on, under HTTP status 200.
    pub(crate) fn answer(&self, service: u32, answer: impl Into<Answer>) {
        self.answers(service, [answer.into().0]);
    }

    /// Answers a service with one after the other, and with the last one for ever.
    pub(crate) fn answers(&self, service: u32, answers: impl IntoIterator<Item = String>) {
        let answers = answers.into_iter().collect();
        let mut state = self.state.lock().unwrap();
        state.answers.insert(service.to_string(), answers);
    }

    /// Every request so far.
    pub(crate) fn requests(&self) -> Vec<HttpMockRequest> {
        self.state.lock().unwrap().requests.clone()
    }

    /// The services that were called so far, in their order; the list begins anew.
    pub(crate) fn take_called(&self) -> Vec<u32> {
        let mut state = self.state.lock().unwrap();
        let requests = std::mem::take(&mut state.requests);
        requests
            .iter()
            .map(|it| service(it).parse().unwrap())
            .collect()
    }

    pub(crate) fn url(&self, path: &str) -> String {
        self.server.url(path)
    }

    /// A client of its production that does not wait between attempts.
    pub(crate) fn client(&self) -> Pod {
        self.client_in(Environment::Production)
    }

    pub(crate) fn client_in(&self, environment: Environment) -> Pod {
        self.builder(environment).key(KEY).build().unwrap()
    }

    pub(crate) fn builder(&self, environment: Environment) -> pod_invoice_client::PodBuilder {
        let clock: Arc<dyn Clock> = Arc::clone(&self.clock) as Arc<dyn Clock>;
        let transport = Transport::builder().runtime(clock).build().unwrap();
        Pod::builder(BusinessToken::new(TOKEN))
            .environment(environment)
            .base_url(self.url("/pod/"))
            .transport(transport)
    }
}

impl State {
    fn respond(&mut self, request: &HttpMockRequest) -> HttpMockResponse {
        self.requests.push(request.clone());
        self.clock.advance(self.answers_take);
        let answer = match self.answers.get_mut(&service(request)) {
            Some(answers) if answers.len() > 1 => answers.pop_front(),
            Some(answers) => answers.front().cloned(),
            None => None,
        };
        let status = if answer.is_some() { 200 } else { 501 };
        HttpMockResponse::builder()
            .status(status)
            .header("content-type", "application/json;charset=UTF-8")
            .body(answer.unwrap_or_default())
            .build()
    }
}

/// The number in `scProductId`, the first pair of the body.
fn service(request: &HttpMockRequest) -> String {
    let body = request.body_string();
    let number = body.strip_prefix("scProductId=").unwrap_or_default();
    number.split('&').next().unwrap_or_default().to_owned()
}

/// The body of an answer.
pub(crate) struct Answer(String);

impl From<Value> for Answer {
    fn from(json: Value) -> Answer {
        Answer(json.to_string())
    }
}

impl From<&str> for Answer {
    fn from(text: &str) -> Answer {
        Answer(text.to_owned())
    }
}

impl From<String> for Answer {
    fn from(text: String) -> Answer {
        Answer(text)
    }
}

/// An answer that says no error and holds this.
pub(crate) fn good(result: impl Into<Value>) -> Value {
    serde_json::json!({
        "hasError": false,
        "messageId": 0,
        "referenceNumber": "234910992",
        "errorCode": 0,
        "count": 0,
        "ott": "c1c25f4661687649",
        "result": result.into(),
    })
}

/// An answer in the documented form of an error.
pub(crate) fn bad(code: i64) -> Value {
    serde_json::json!({"hasError": true, "errorCode": code, "message": "نشد", "count": 0})
}

/// A clock that stands still until it is moved, and waits that are over at once.
#[derive(Debug, Default)]
pub(crate) struct TestClock(AtomicU64);

impl TestClock {
    pub(crate) fn advance(&self, seconds: u64) {
        self.0.fetch_add(seconds, Ordering::Relaxed);
    }
}

impl Clock for TestClock {
    fn now(&self) -> SystemTime {
        let seconds = 1_800_000_000 + self.0.load(Ordering::Relaxed);
        SystemTime::UNIX_EPOCH + Duration::from_secs(seconds)
    }

    fn sleep(&self, _: Duration) -> Pin<Box<dyn Future<Output = ()> + Send + '_>> {
        Box::pin(std::future::ready(()))
    }

    fn random(&self) -> u64 {
        0
    }
}
