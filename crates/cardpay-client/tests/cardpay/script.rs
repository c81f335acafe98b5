//! The CardPay script as these tests need it: it answers what it was told to, and keeps every request as it came.

use std::ops::Deref;
use std::sync::Arc;

use cardpay_client::{CardPay, CardPayBuilder, Transport};
use paylink_core::Runtime;
use paylink_testkit::{Answer, MockServer};

pub(crate) const TOKEN: &str = "token-of-the-wire-tests";

pub(crate) struct Script(MockServer);

impl Script {
    pub(crate) async fn start() -> Script {
        Script::start_at(1_735_237_000).await
    }

    /// Starts it beside a client of it.
    pub(crate) async fn with_client() -> (Script, CardPay) {
        let script = Script::start().await;
        let client = script.client();
        (script, client)
    }

    /// Starts it with a clock that stands at this second.
    pub(crate) async fn start_at(unix_seconds: u64) -> Script {
        Script(MockServer::with_operations(unix_seconds, |_| String::new()).await)
    }

    /// Answers like this from now on.
    pub(crate) fn answer(&self, http: u16, body: &str) {
        self.answers([answer(http, body)]);
    }

    /// Answers with one after the other, and with the last one for ever; the requests so far are forgotten.
    pub(crate) fn answers(&self, answers: impl IntoIterator<Item = Answer>) {
        self.0.answers("", answers);
        self.0.take_called();
    }

    /// An address of it, on the host that the document's samples name.
    pub(crate) fn url(&self, path: &str) -> String {
        self.0.url(path).replace("127.0.0.1", "localhost")
    }

    /// A client of it that does not wait between attempts.
    pub(crate) fn client(&self) -> CardPay {
        self.builder().build().unwrap()
    }

    pub(crate) fn builder(&self) -> CardPayBuilder {
        let runtime: Arc<dyn Runtime> = self.0.clock().clone();
        let transport = Transport::builder().runtime(runtime).build().unwrap();
        CardPay::builder(self.url("/api/"), TOKEN).transport(transport)
    }
}

impl Deref for Script {
    type Target = MockServer;

    fn deref(&self) -> &MockServer {
        &self.0
    }
}

/// This body, said to be JSON.
pub(crate) fn answer(http: u16, body: &str) -> Answer {
    Answer::json(body.to_owned()).status(http)
}
