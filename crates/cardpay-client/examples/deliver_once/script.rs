//! The provider's side.

use paylink_testkit::{Answer, MockServer};

/// The script, as far as this sample needs it: a payment that is paid.
pub(crate) struct Script(MockServer);

impl Script {
    pub(crate) async fn start() -> Script {
        let server = MockServer::start(1_735_237_000).await;
        let created = r#"{"status":true,"code":200,"expire":1735237765,"pay_id":19,"amount":150385,
            "link":null,"cart":[{"number":"****","name":"…","bank":"…"}]}"#;
        server.answer("create", Answer::json(created));
        Script(server)
    }

    pub(crate) fn base_url(&self) -> String {
        self.0.url("/api/")
    }

    /// Carries the next checks out, of which the first one is the first verification, and lets a gateway in front answer with
    /// a page of its own.
    pub(crate) fn lose_answers(&self, count: usize) {
        let lost = Answer::html("<html>Bad Gateway</html>").status(502);
        let verified_before = Answer::json(r#"{"status":true,"code":200}"#);
        let answers = std::iter::repeat_n(lost, count).chain([verified_before]);
        self.0.answers("check", answers);
    }

    pub(crate) fn verifications(&self) -> usize {
        let called = self.0.called();
        called.iter().filter(|it| *it == "check").count()
    }
}
