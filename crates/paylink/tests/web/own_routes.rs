//! A merchant's own routes: what they are told of a return and of a notification.

use std::sync::Arc;
use std::time::SystemTime;

use axum::Router;
use axum::routing::any;
use paylink::web::{Notified, Returned};
use paylink::{Capabilities, Capability, Currency, Error, Hint};
use paylink_testkit::MockClock;
use paylink_testkit::mock_provider::MockProvider;

use crate::served::ask;

fn provider(reads_hints: bool) -> Arc<MockProvider> {
    let capabilities = Capabilities::new("example", &[Currency::Irr]);
    let capabilities = match reads_hints {
        true => capabilities
            .supports(Capability::ReadReturn)
            .supports(Capability::ReadWebhook),
        false => capabilities,
    };
    MockProvider::with(capabilities, &Arc::new(MockClock::at(SystemTime::now())))
}

/// The ids that a hint names.
fn named(hint: Result<Option<Hint>, Error>) -> String {
    match hint {
        Ok(None) => "nothing".to_owned(),
        Ok(Some(hint)) => hint.ids().map(|(_, id)| id).collect(),
        Err(error) => error.kind().to_string(),
    }
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

async fn returned(returned: Returned) -> String {
    format!(
        "{} ? {} + {}: {} or {}; {returned:?}",
        returned.order(),
        returned.query(),
        text(returned.form()),
        named(returned.hint(&*provider(true))),
        named(returned.hint(&*provider(false))),
    )
}

async fn notified(notified: Notified) -> String {
    format!(
        "{} + {}: {} or {}; {notified:?}",
        notified.order(),
        text(notified.body()),
        named(notified.hint(&*provider(true))),
        named(notified.hint(&*provider(false))),
    )
}

#[tokio::test]
async fn they_are_told_what_came_and_what_it_claims() {
    let routes = || {
        Router::new()
            .route("/back/{order}", any(returned))
            .route("/hook/{order}", any(notified))
    };
    let shown = "Returned { order: \"7\", .. }";
    for (request, told) in [
        (
            "GET /back/7?id=9 HTTP/1.1\r\n\r\n",
            format!("7 ? id=9 + : 9 or nothing; {shown}"),
        ),
        (
            "POST /back/7 HTTP/1.1\r\ncontent-length: 4\r\n\r\nid=8",
            format!("7 ?  + id=8: 8 or nothing; {shown}"),
        ),
        (
            "POST /back/7?lang=fa HTTP/1.1\r\ncontent-length: 4\r\n\r\nid=8",
            format!("7 ? lang=fa + id=8: 8 or nothing; {shown}"),
        ),
        (
            "POST /back/7?id=9 HTTP/1.1\r\ncontent-length: 4\r\n\r\nid=8",
            format!("7 ? id=9 + id=8: invalid or nothing; {shown}"),
        ),
        (
            "POST /hook/7 HTTP/1.1\r\ncontent-length: 4\r\n\r\nid=8",
            "7 + id=8: 8 or nothing; Notified { order: \"7\", bytes: 4, .. }".to_owned(),
        ),
    ] {
        ask(routes(), request.as_bytes()).await.is(200, &told);
    }
}
