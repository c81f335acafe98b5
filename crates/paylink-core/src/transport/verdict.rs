use std::borrow::Cow;

use super::attempt::Fetched;
use super::fault::{Again, Fault, Proof};
use crate::{
    ClientConfig, DecodeError, ErrorKind, MediaType, Operation, Refusal, Response, Untrusted,
};

/// Decides what an answer means: first the status, then the content type, then the provider's envelope.
///
/// Success is believed under 200 alone, the one status that the providers document for it: 202 says that it is yet to be
/// done, 203 that an intermediary changed the answer, 206 that a part of it is missing.
pub(super) fn judge<O: Operation>(
    config: &O::Config,
    operation: &O,
    fetched: &Fetched,
) -> Result<O::Output, Fault> {
    let status = fetched.status;
    if !(200..600).contains(&status) {
        return Err(untrusted(
            format!("the answer has the odd HTTP status {status}").into(),
            Again::Yes,
        ));
    }
    if (300..400).contains(&status) {
        return Err(Fault::new(
            ErrorKind::Redirected,
            Proof::Nothing,
            Again::Never,
            format!("the answer is a redirect (HTTP {status}), which is never followed"),
        ));
    }
    let outcome = read(
        operation.accepts(config),
        config.accepts_any_content_type(),
        fetched,
    )
    .and_then(|text| operation.decode(config, Response::new(status, text)));
    if status == 200 {
        return outcome.map_err(|rejection| of_success(rejection, fetched.body.is_empty()));
    }
    Err(match outcome {
        Ok(output) if status == 500 && operation.reports_use_500(config) => return Ok(output),
        Ok(_) => untrusted(
            format!("the answer says success under HTTP {status}, where only 200 does").into(),
            Again::Once,
        ),
        Err(DecodeError::Refused(refusal))
            if settles(status, operation.refusals_use_500(config)) =>
        {
            refused(refusal)
        }
        Err(DecodeError::Refused(refusal) | DecodeError::ProviderFailure(refusal)) => {
            of_status(fetched, format!("HTTP {status}")).with_refusal(refusal)
        }
        Err(DecodeError::Untrusted(problem)) => {
            of_status(fetched, format!("HTTP {status}, and {problem}"))
        }
        Err(DecodeError::Mismatch(mismatch)) => {
            let problem = format!("HTTP {status}, and the answer is about something else");
            of_status(fetched, problem).with_mismatch(mismatch)
        }
    })
}

/// Whether the provider's own refusal under this status proves that nothing was carried out.
///
/// 408, 409, 425 and 429 speak of this request's timing or of another one in its place, and a 5xx of the provider's
/// own trouble: they prove nothing, unless the provider documents otherwise.
fn settles(status: u16, refuses_with_500: bool) -> bool {
    match status {
        408 | 409 | 425 | 429 => false,
        400..500 => true,
        500 => refuses_with_500,
        _ => false,
    }
}

fn read(due: MediaType, any_content_type: bool, fetched: &Fetched) -> Result<&str, DecodeError> {
    let named = fetched
        .content_type
        .as_deref()
        .is_some_and(|name| due.is_named_by(name));
    if !named && !any_content_type {
        let due = match due {
            MediaType::Json => "JSON",
            MediaType::Xml => "XML",
        };
        return Err(Untrusted::foreign(format!("the answer's content type is not {due}")).into());
    }
    std::str::from_utf8(&fetched.body).map_err(|_| Untrusted::new("the answer is not UTF-8").into())
}

fn of_success(rejection: DecodeError, empty: bool) -> Fault {
    match rejection {
        DecodeError::Refused(refusal) => refused(refusal),
        DecodeError::ProviderFailure(refusal) => Fault::new(
            ErrorKind::ProviderFailure,
            Proof::Nothing,
            Again::Once,
            "the provider reported a failure of its own",
        )
        .with_refusal(refusal),
        DecodeError::Untrusted(problem) => {
            let lost_on_the_way = empty || problem.was_lost();
            let again = if lost_on_the_way {
                Again::Yes
            } else {
                Again::Never
            };
            untrusted(problem.to_string().into(), again)
        }
        DecodeError::Mismatch(mismatch) => Fault::new(
            ErrorKind::Mismatch,
            Proof::Nothing,
            Again::Once,
            "the answer is about something else",
        )
        .with_mismatch(mismatch),
    }
}

/// A status that proves nothing.
fn of_status(fetched: &Fetched, message: String) -> Fault {
    let status = fetched.status;
    let kind = match status {
        ..300 => ErrorKind::Untrusted,
        429 => ErrorKind::RateLimited,
        _ => ErrorKind::Status,
    };
    let again = match (status, fetched.retry_after) {
        (408 | 409 | 425 | 429 | 500.., Some(asked)) => Again::After(asked),
        (408 | 409 | 425 | 429 | 500.., _) => Again::Yes,
        (413 | 431, _) => Again::Never,
        _ => Again::Once,
    };
    Fault::new(kind, Proof::Nothing, again, message)
}

fn refused(refusal: Box<Refusal>) -> Fault {
    Fault::new(
        ErrorKind::Refused,
        Proof::Refused,
        Again::Never,
        "the provider refused",
    )
    .with_refusal(refusal)
}

fn untrusted(problem: Cow<'static, str>, again: Again) -> Fault {
    Fault::new(ErrorKind::Untrusted, Proof::Nothing, again, problem)
}

#[cfg(test)]
mod tests {
    //! What an answer proves, for every status, with a provider that says one word: `ok`, `no`, `fail` or `other`.

    use std::time::Duration;

    use super::judge;
    use crate::transport::attempt::Fetched;
    use crate::transport::fault::{Again, Fault};
    use crate::{
        BaseUrl, ClientConfig, ComparedField, DecodeError, Effect, ErrorKind, Handle, Idempotency,
        Invalid, Lookup, Mismatch, Operation, Reason, Refusal, Request, Response, Untrusted,
    };

    struct Shop(BaseUrl);

    impl ClientConfig for Shop {
        const PROVIDER: &'static str = "test";

        fn base_url(&self) -> &BaseUrl {
            &self.0
        }
    }

    #[derive(Default)]
    struct Ask {
        documents_500: bool,
    }

    impl Operation for Ask {
        type Config = Shop;
        type Output = ();

        const NAME: &'static str = "ask";
        const IDEMPOTENCY: Idempotency = Idempotency::NonIdempotent;
        const LOOKUP: Lookup = Lookup::Unavailable;

        fn request(&self, shop: &Shop) -> Result<Request, Invalid> {
            Ok(Request::get(&shop.0.endpoint("ask")?))
        }

        fn decode(&self, _: &Shop, response: Response<'_>) -> Result<(), DecodeError> {
            let refusal = || Box::new(Refusal::new("7", Reason::Other));
            match response.text() {
                "ok" => Ok(()),
                "no" => Err(DecodeError::Refused(refusal())),
                "fail" => Err(DecodeError::ProviderFailure(refusal())),
                "other" => Err(Mismatch::new(ComparedField::Reference, "a", "b").into()),
                _ => Err(Untrusted::new("the word is unknown").into()),
            }
        }

        fn refusals_use_500(&self, _: &Shop) -> bool {
            self.documents_500
        }

        fn reports_use_500(&self, _: &Shop) -> bool {
            self.documents_500
        }

        fn fill_handle(&self, _: &Shop, handle: Handle) -> Handle {
            handle
        }
    }

    fn fetched(status: u16, body: &str) -> Fetched {
        Fetched {
            status,
            content_type: Some("application/json".into()),
            retry_after: None,
            body: body.as_bytes().to_vec(),
        }
    }

    fn judged(ask: &Ask, fetched: &Fetched) -> Result<(), Fault> {
        judge(
            &Shop(BaseUrl::parse("https://a.example/").unwrap()),
            ask,
            fetched,
        )
    }

    /// Whether the answer proves that nothing was carried out.
    fn proves_refusal(ask: &Ask, status: u16, body: &str) -> bool {
        !judged(ask, &fetched(status, body))
            .unwrap_err()
            .is_ambiguous()
    }

    #[test]
    fn only_200_is_success() {
        for status in 100..600 {
            let succeeded = judged(&Ask::default(), &fetched(status, "ok")).is_ok();
            assert_eq!(succeeded, status == 200, "{status}");
        }
    }

    #[test]
    fn another_status_of_success_is_not_trusted() {
        for status in 201..300 {
            for body in ["ok", "no", "fail", "other", "?", ""] {
                let fault = judged(&Ask::default(), &fetched(status, body)).unwrap_err();
                assert_eq!(fault.kind(), ErrorKind::Untrusted, "{status} {body:?}");
                assert_eq!(fault.again(), Again::Once, "{status} {body:?}");
                assert!(fault.is_ambiguous(), "{status} {body:?}");
            }
        }
    }

    #[test]
    fn each_failure_has_its_kind() {
        let kind = |status, body: &str| {
            judged(&Ask::default(), &fetched(status, body))
                .unwrap_err()
                .kind()
        };
        assert_eq!(kind(199, "ok"), ErrorKind::Untrusted);
        assert_eq!(kind(600, "ok"), ErrorKind::Untrusted);
        assert_eq!(kind(200, "no"), ErrorKind::Refused);
        assert_eq!(kind(200, "fail"), ErrorKind::ProviderFailure);
        assert_eq!(kind(200, "other"), ErrorKind::Mismatch);
        assert_eq!(kind(300, "no"), ErrorKind::Redirected);
        assert_eq!(kind(399, "no"), ErrorKind::Redirected);
        assert_eq!(kind(400, "no"), ErrorKind::Refused);
        assert_eq!(kind(400, "?"), ErrorKind::Status);
        assert_eq!(kind(429, "no"), ErrorKind::RateLimited);
        assert_eq!(kind(500, "no"), ErrorKind::Status);
        assert_eq!(kind(500, "ok"), ErrorKind::Untrusted);
    }

    #[test]
    fn a_refusal_proves_something_only_where_it_can() {
        for status in 200..600 {
            let proves = proves_refusal(&Ask::default(), status, "no");
            let speaks_of_another_thing = matches!(status, 408 | 409 | 425 | 429);
            let due = matches!(status, 200 | 400..500) && !speaks_of_another_thing;
            assert_eq!(proves, due, "{status}");
        }
    }

    #[test]
    fn nothing_else_proves_anything() {
        for status in (100..600).filter(|status| *status != 200) {
            for body in ["ok", "fail", "other", "?", ""] {
                assert!(
                    !proves_refusal(&Ask::default(), status, body),
                    "{status} {body:?}"
                );
            }
        }
        for body in ["fail", "other", "?", ""] {
            assert!(!proves_refusal(&Ask::default(), 200, body), "{body:?}");
        }
    }

    #[test]
    fn a_provider_may_document_that_it_answers_with_500() {
        let ask = Ask {
            documents_500: true,
        };
        assert!(judged(&ask, &fetched(500, "ok")).is_ok());
        assert!(proves_refusal(&ask, 500, "no"));
        assert!(!proves_refusal(&ask, 500, "fail"));
        for status in [501, 502, 503, 504] {
            assert!(judged(&ask, &fetched(status, "ok")).is_err(), "{status}");
            assert!(!proves_refusal(&ask, status, "no"), "{status}");
        }
    }

    #[test]
    fn reads_are_tried_again_where_it_makes_sense() {
        let again = |status, body: &str| {
            judged(&Ask::default(), &fetched(status, body))
                .unwrap_err()
                .again()
        };
        assert_eq!(again(200, ""), Again::Yes, "the body was lost");
        assert_eq!(again(200, "?"), Again::Never, "it would come again");
        assert_eq!(again(200, "other"), Again::Once);
        assert_eq!(again(302, "ok"), Again::Never);
        assert_eq!(again(404, "?"), Again::Once);
        assert_eq!(again(413, "?"), Again::Never);
        for status in [408, 409, 425, 429, 500, 502, 503, 504] {
            assert_eq!(again(status, "?"), Again::Yes, "{status}");
        }
        assert_eq!(again(200, "fail"), Again::Once);
        assert_eq!(again(200, "no"), Again::Never);
        assert_eq!(again(400, "no"), Again::Never);
        assert_eq!(again(400, "ok"), Again::Once, "a contradiction");
        assert_eq!(again(199, "ok"), Again::Yes);
        assert_eq!(again(431, "?"), Again::Never);
        for status in [408, 409, 425, 429, 500, 502, 503, 504, 599] {
            let asked = Fetched {
                retry_after: Some(Duration::from_secs(3)),
                ..fetched(status, "?")
            };
            let fault = judged(&Ask::default(), &asked).unwrap_err();
            assert_eq!(fault.again(), Again::After(Duration::from_secs(3)));
        }
    }

    #[test]
    fn an_error_says_what_was_wrong_with_the_answer() {
        let said = |status, body: &str| {
            let fault = judged(&Ask::default(), &fetched(status, body)).unwrap_err();
            fault.into_error(Effect::NotExecuted).to_string()
        };
        assert_eq!(said(502, "?"), "HTTP 502, and the word is unknown");
        assert_eq!(said(503, "no"), "HTTP 503 (code 7)");
        assert_eq!(said(200, "no"), "the provider refused (code 7)");
        assert_eq!(said(202, "no"), "HTTP 202 (code 7)");
        assert_eq!(
            said(202, "ok"),
            "the answer says success under HTTP 202, where only 200 does"
        );
    }

    #[test]
    fn a_page_of_somebody_else_is_not_read() {
        for content_type in [
            None,
            Some("text/html".into()),
            Some("application/xml".into()),
        ] {
            let page = Fetched {
                content_type,
                ..fetched(200, "ok")
            };
            let fault = judged(&Ask::default(), &page).unwrap_err();
            assert_eq!(fault.kind(), ErrorKind::Untrusted);
            assert_eq!(fault.again(), Again::Yes);
        }
        let not_text = Fetched {
            body: vec![b'o', 0xff],
            ..fetched(200, "")
        };
        assert_eq!(
            judged(&Ask::default(), &not_text).unwrap_err().kind(),
            ErrorKind::Untrusted
        );
    }
}
