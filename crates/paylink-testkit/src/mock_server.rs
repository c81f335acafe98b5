//! A provider on loopback that answers what it was told to.

use std::collections::{HashMap, VecDeque};
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, SystemTime};

pub use httpmock::HttpMockRequest as MockRequest;
use httpmock::HttpMockResponse;

use crate::{Answer, MockClock};

/// An HTTP server on loopback that answers each operation as it was told to and keeps every request.
///
/// An operation that it was told nothing about is answered with status 501.
pub struct MockServer {
    server: httpmock::MockServer,
    state: Arc<Mutex<State>>,
    clock: Arc<MockClock>,
}

struct State {
    operation: fn(&MockRequest) -> String,
    answers: HashMap<String, VecDeque<Answer>>,
    requests: Vec<MockRequest>,
    clock: Arc<MockClock>,
    time_per_answer: Duration,
}

impl MockServer {
    /// Starts a server whose operations are told apart by the last segment of the path. Its clock shows `now`, in seconds
    /// since 1970.
    pub async fn start(now: u64) -> MockServer {
        MockServer::with_operations(now, last_segment).await
    }

    /// Starts a server that has this function name the operation of a request.
    pub async fn with_operations(now: u64, operation: fn(&MockRequest) -> String) -> MockServer {
        let server = httpmock::MockServer::start_async().await;
        let clock = Arc::new(MockClock::at(
            SystemTime::UNIX_EPOCH + Duration::from_secs(now),
        ));
        let state = Arc::new(Mutex::new(State {
            operation,
            answers: HashMap::new(),
            requests: Vec::new(),
            clock: Arc::clone(&clock),
            time_per_answer: Duration::ZERO,
        }));
        let behind = Arc::clone(&state);
        server
            .mock_async(|when, then| {
                when.any_request();
                then.respond_with(move |request| lock(&behind).respond(request));
            })
            .await;
        MockServer {
            server,
            state,
            clock,
        }
    }

    /// Answers an operation like this from now on.
    pub fn answer(&self, operation: &str, answer: impl Into<Answer>) {
        self.answers(operation, [answer]);
    }

    /// Answers an operation with one after the other, and with the last one for ever.
    pub fn answers(&self, operation: &str, answers: impl IntoIterator<Item = impl Into<Answer>>) {
        let answers = answers.into_iter().map(Into::into).collect();
        lock(&self.state)
            .answers
            .insert(operation.to_owned(), answers);
    }

    /// Moves the clock ahead by this time before each answer from now on.
    pub fn answers_take(&self, time: Duration) {
        lock(&self.state).time_per_answer = time;
    }

    /// Returns every request so far, whatever its path.
    #[must_use]
    pub fn requests(&self) -> Vec<MockRequest> {
        lock(&self.state).requests.clone()
    }

    /// Returns the operations that were called so far, in their order.
    #[must_use]
    pub fn called(&self) -> Vec<String> {
        let state = lock(&self.state);
        state.requests.iter().map(state.operation).collect()
    }

    /// Returns the operations that were called so far, and forgets every request.
    pub fn take_called(&self) -> Vec<String> {
        let called = self.called();
        lock(&self.state).requests.clear();
        called
    }

    /// Returns the URL of this path.
    #[must_use]
    pub fn url(&self, path: &str) -> String {
        self.server.url(path)
    }

    /// Returns the clock.
    #[must_use]
    pub fn clock(&self) -> &Arc<MockClock> {
        &self.clock
    }
}

impl fmt::Debug for MockServer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MockServer")
            .field("url", &self.url(""))
            .finish_non_exhaustive()
    }
}

impl State {
    fn respond(&mut self, request: &MockRequest) -> HttpMockResponse {
        self.requests.push(request.clone());
        self.clock.advance(self.time_per_answer);
        let answer = match self.answers.get_mut(&(self.operation)(request)) {
            Some(answers) if answers.len() > 1 => answers.pop_front(),
            Some(answers) => answers.front().cloned(),
            None => None,
        };
        let answer = answer.unwrap_or_else(|| Answer::new(501));
        HttpMockResponse::builder()
            .status(answer.status_code())
            .headers(answer.headers().to_vec())
            .body(answer.body_bytes().clone())
            .build()
    }
}

fn lock(state: &Mutex<State>) -> MutexGuard<'_, State> {
    state.lock().unwrap_or_else(PoisonError::into_inner)
}

fn last_segment(request: &MockRequest) -> String {
    let path = request.uri().path().to_owned();
    path.rsplit('/').next().unwrap_or_default().to_owned()
}
