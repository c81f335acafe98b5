//! The provider's side.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use httpmock::{HttpMockRequest, HttpMockResponse, MockServer};

/// The script, as far as this sample needs it: a payment that is paid.
pub(crate) struct Script {
    server: MockServer,
    state: Arc<ScriptState>,
}

#[derive(Default)]
struct ScriptState {
    verifications: AtomicU32,
    answers_to_lose: AtomicU32,
}

impl Script {
    pub(crate) async fn start() -> Script {
        let server = MockServer::start_async().await;
        let created = r#"{"status":true,"code":200,"expire":1735237765,"pay_id":19,"amount":150385,
            "link":null,"cart":[{"number":"****","name":"…","bank":"…"}]}"#;
        server
            .mock_async(|when, then| {
                when.method("POST").path("/api/create");
                then.respond_with(move |_: &HttpMockRequest| {
                    answer(200, "application/json", created)
                });
            })
            .await;
        let state = Arc::new(ScriptState::default());
        let behind = Arc::clone(&state);
        server
            .mock_async(|when, then| {
                when.method("GET").path("/api/check");
                then.respond_with(move |_: &HttpMockRequest| behind.check());
            })
            .await;
        Script { server, state }
    }

    pub(crate) fn base_url(&self) -> String {
        self.server.url("/api/")
    }

    /// Carries the next checks out, and lets a gateway in front answer with a page of its own.
    pub(crate) fn lose_answers(&self, count: u32) {
        self.state.answers_to_lose.store(count, Ordering::SeqCst);
    }

    pub(crate) fn verifications(&self) -> u32 {
        self.state.verifications.load(Ordering::SeqCst)
    }
}

impl ScriptState {
    fn check(&self) -> HttpMockResponse {
        let before = self.verifications.fetch_add(1, Ordering::SeqCst);
        let lose = |left: u32| left.checked_sub(1);
        let lost = self
            .answers_to_lose
            .fetch_update(Ordering::SeqCst, Ordering::SeqCst, lose);
        match (lost, before) {
            (Ok(_), _) => answer(502, "text/html", "<html>Bad Gateway</html>"),
            (Err(_), 0) => answer(200, "application/json", r#"{"status":true,"code":201}"#),
            (Err(_), _) => answer(200, "application/json", r#"{"status":true,"code":200}"#),
        }
    }
}

fn answer(status: u16, media: &str, body: &str) -> HttpMockResponse {
    HttpMockResponse::builder()
        .status(status)
        .headers(vec![("content-type", media)])
        .body(body)
        .build()
}
