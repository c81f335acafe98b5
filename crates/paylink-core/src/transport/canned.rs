use std::fmt;
use std::sync::Arc;

use super::attempt::{Fetched, too_large};
use super::fault::Fault;
use crate::Request;

/// An answer that a test gives in the place of a provider.
#[derive(Clone, PartialEq, Eq)]
pub struct CannedAnswer {
    status: u16,
    content_type: Option<Box<str>>,
    body: Vec<u8>,
}

impl CannedAnswer {
    /// An answer with this status, content type and body.
    #[must_use]
    pub fn new(status: u16, content_type: &str, body: impl Into<Vec<u8>>) -> CannedAnswer {
        CannedAnswer {
            status,
            content_type: Some(content_type.into()),
            body: body.into(),
        }
    }
}

impl fmt::Debug for CannedAnswer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CannedAnswer")
            .field("status", &self.status)
            .field("bytes", &self.body.len())
            .finish_non_exhaustive()
    }
}

/// What answers every request of a transport that has no network.
#[derive(Clone)]
pub(super) struct Canned(Arc<dyn Fn(&Request) -> CannedAnswer + Send + Sync>);

impl Canned {
    pub(super) fn new(answer: impl Fn(&Request) -> CannedAnswer + Send + Sync + 'static) -> Canned {
        Canned(Arc::new(answer))
    }

    /// Answers as a server would whose whole answer came, within the same cap.
    pub(super) fn fetch(&self, request: &Request, cap: usize) -> Result<Fetched, Fault> {
        let answer = (self.0)(request);
        if answer.body.len() > cap {
            return Err(too_large());
        }
        Ok(Fetched {
            status: answer.status,
            content_type: answer.content_type,
            retry_after: None,
            body: answer.body,
        })
    }
}

impl fmt::Debug for Canned {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Canned")
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicU64, Ordering};

    use super::CannedAnswer;
    use crate::{
        BaseUrl, Call, ClientConfig, DecodeError, Effect, ErrorKind, Handle, Idempotency, Invalid,
        Lookup, Operation, Request, Response, Transport, Untrusted,
    };

    struct Shop(BaseUrl);

    impl ClientConfig for Shop {
        const PROVIDER: &'static str = "test";

        fn base_url(&self) -> &BaseUrl {
            &self.0
        }
    }

    struct Pay;

    impl Operation for Pay {
        type Config = Shop;
        type Output = String;

        const NAME: &'static str = "pay";
        const IDEMPOTENCY: Idempotency = Idempotency::NonIdempotent;
        const LOOKUP: Lookup = Lookup::Unavailable;

        fn request(&self, shop: &Shop) -> Result<Request, Invalid> {
            Ok(Request::get(&shop.0.endpoint("pay")?))
        }

        fn decode(&self, _: &Shop, response: Response<'_>) -> Result<String, DecodeError> {
            match response.text() {
                "" => Err(Untrusted::new("nothing is there").into()),
                text => Ok(text.to_owned()),
            }
        }

        fn max_response_bytes(&self, _: &Shop) -> usize {
            10
        }

        fn fill_handle(&self, _: &Shop, handle: Handle) -> Handle {
            handle
        }
    }

    /// What a call comes to under this answer. No runtime drives it: nothing is waited for.
    fn called(status: u16, content_type: &str, body: &str) -> Result<String, crate::Error> {
        static ASKED: AtomicU64 = AtomicU64::new(0);
        let answer = CannedAnswer::new(status, content_type, body);
        let transport = Transport::builder().answered_by(move |request| {
            assert_eq!(request.endpoint().path(), "/pay");
            ASKED.fetch_add(1, Ordering::Relaxed);
            answer.clone()
        });
        let shop = Shop(BaseUrl::parse("https://shop.example/").unwrap());
        let transport = transport.build().unwrap();
        let mut call = Box::pin(Call::new(&transport, &shop, Pay).into_future());
        let mut context = std::task::Context::from_waker(std::task::Waker::noop());
        match call.as_mut().poll(&mut context) {
            std::task::Poll::Ready(outcome) => outcome,
            std::task::Poll::Pending => panic!("a canned answer was waited for"),
        }
    }

    #[test]
    fn what_a_test_answers_is_judged_as_what_a_server_answers() {
        assert_eq!(called(200, "application/json", "paid").unwrap(), "paid");
        for (status, content_type, body, kind) in [
            (200, "text/html", "paid", ErrorKind::Untrusted),
            (200, "application/json", "", ErrorKind::Untrusted),
            (200, "application/json", "far too long", ErrorKind::TooLarge),
            (201, "application/json", "paid", ErrorKind::Untrusted),
            (301, "application/json", "paid", ErrorKind::Redirected),
            (503, "application/json", "", ErrorKind::Status),
        ] {
            let error = called(status, content_type, body).unwrap_err();
            assert_eq!(error.kind(), kind, "{status} {content_type} {body}");
            assert_eq!(error.effect(), Effect::Unknown, "{status} {body}");
            assert_eq!(error.attempts(), 1);
        }
        let answer = CannedAnswer::new(200, "application/json", "paid");
        assert_eq!(
            format!("{answer:?}"),
            "CannedAnswer { status: 200, bytes: 4, .. }"
        );
    }
}
