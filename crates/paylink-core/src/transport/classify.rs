//! What a failure of the HTTP stack means. Nothing of its own errors is kept but the operating system's code: their
//! texts hold URLs.

use std::borrow::Cow;
use std::error::Error as StdError;
use std::io;

use super::by_proxy::{self, Way};
use super::fault::{Again, Fault, Proof};
use super::handshake;
use super::listening::SpokeFirst;
use super::tls::Unresolved;
use super::witness::Witness;
use crate::ErrorKind;

/// The request failed before the head of an answer came; it was to go by this proxy, if there is one.
pub(super) fn sending(error: &reqwest::Error, way: Way<'_>, witness: &Witness) -> Fault {
    let source = os_error(error);
    if !witness.proves_unsent() {
        return lost(error).with_source(source);
    }
    let fault = if witness.has_expired() {
        unsent(
            ErrorKind::Timeout,
            Again::Never,
            "the time is over by which the handle says that the request had left; nothing was sent: make the call again",
        )
    } else if spoke_first(error) {
        // Who speaks out of turn is not to be trusted with a request: an alarm, not a reason to try again.
        unsent(
            ErrorKind::Untrusted,
            Again::Never,
            "the server spoke before it was asked; nothing was sent",
        )
    } else if error.is_builder() {
        unsent(
            ErrorKind::Configuration,
            Again::Never,
            "the request could not be put together; nothing was sent",
        )
    } else if error.is_timeout() {
        by_proxy::out_of_time(way)
    } else if let Some(fault) = by_proxy::fault(error, way) {
        fault
    } else if find::<Unresolved>(error).is_some() {
        by_proxy::unresolved(way)
    } else if let Some(problem) = find::<rustls::Error>(error) {
        handshake::fault(problem, "the server")
    } else if is_refused(error) {
        unsent(
            ErrorKind::Connect,
            Again::Yes,
            "the connection was refused; nothing was sent",
        )
        .with_remedy("check the address, and whether a firewall lets this machine out")
    } else {
        unsent(
            ErrorKind::Connect,
            Again::Yes,
            "no connection came about; nothing was sent",
        )
        .with_remedy("check the address, and whether a firewall lets this machine out")
    };
    fault.with_source(source)
}

/// The time was over after something may have been sent.
pub(super) fn silent() -> Fault {
    Fault::new(
        ErrorKind::Timeout,
        Proof::Nothing,
        Again::Yes,
        "no complete answer came in time",
    )
}

/// Not one byte of the request left.
pub(super) fn unsent(
    kind: ErrorKind,
    again: Again,
    message: impl Into<Cow<'static, str>>,
) -> Fault {
    Fault::new(kind, Proof::Unsent, again, message)
}

/// Whether nobody listened there.
pub(super) fn is_refused(error: &reqwest::Error) -> bool {
    find::<io::Error>(error).is_some_and(|error| error.kind() == io::ErrorKind::ConnectionRefused)
}

/// The head of an answer came, its body did not.
pub(super) fn receiving(error: &reqwest::Error) -> Fault {
    lost(error).with_source(os_error(error))
}

/// Something may have been sent and no whole answer came.
fn lost(error: &reqwest::Error) -> Fault {
    let broken = find::<hyper::Error>(error)
        .is_some_and(|error| error.is_parse() || error.is_parse_status());
    if broken {
        Fault::new(
            ErrorKind::Protocol,
            Proof::Nothing,
            Again::Yes,
            "the answer is not proper HTTP",
        )
    } else {
        Fault::new(
            ErrorKind::Disconnected,
            Proof::Nothing,
            Again::Yes,
            "the connection broke before a whole answer came",
        )
    }
}

/// Whether bytes came before anything was asked: while the connection was listened to, or as hyper took it over.
fn spoke_first(error: &reqwest::Error) -> bool {
    // hyper has a kind for it and no predicate; its words are pinned by a test.
    const IN_HYPERS_WORDS: &str = "received unexpected message from connection";

    find::<SpokeFirst>(error).is_some()
        || chain(error)
            .filter_map(|cause| cause.downcast_ref::<hyper::Error>())
            .any(|cause| cause.to_string() == IN_HYPERS_WORDS)
}

/// The first cause of this type in the chain.
pub(super) fn find<'a, T: StdError + 'static>(
    error: &'a (dyn StdError + 'static),
) -> Option<&'a T> {
    chain(error).find_map(<dyn StdError>::downcast_ref::<T>)
}

/// An error and its causes, also those that are wrapped into an I/O error.
pub(super) fn chain<'a>(
    error: &'a (dyn StdError + 'static),
) -> impl Iterator<Item = &'a (dyn StdError + 'static)> {
    std::iter::successors(Some(error), |&current| {
        let wrapped = current
            .downcast_ref::<io::Error>()
            .and_then(io::Error::get_ref)
            .map(|inner| inner as &(dyn StdError + 'static));
        wrapped.or_else(|| current.source())
    })
}

/// The operating system's own error, rebuilt from its code: it holds nothing else.
fn os_error(error: &reqwest::Error) -> Option<io::Error> {
    find::<io::Error>(error)?
        .raw_os_error()
        .map(io::Error::from_raw_os_error)
}

#[cfg(test)]
mod tests {
    //! What each failure of a connection is called.

    use std::time::Duration;

    use paylink_testkit::{Answer, Sent, Wire, catalogue};
    use tokio::time::Instant;

    use crate::transport::attempt::Attempt;
    use crate::transport::fault::{Again, Fault};
    use crate::transport::witness::Witness;
    use crate::{BaseUrl, ContentType, ErrorKind, Request, SystemRuntime, Timeouts, Transport};

    fn transport() -> Transport {
        Transport::builder()
            .timeouts(Timeouts {
                connect: Duration::from_millis(400),
                attempt: Duration::from_secs(4),
                total: Duration::from_secs(5),
            })
            .extra_root_certificates(paylink_testkit::ca_pem().unwrap())
            .build()
            .unwrap()
    }

    async fn fault_at(url: &str) -> Fault {
        let transport = transport();
        let endpoint = BaseUrl::parse(url).unwrap().endpoint("x").unwrap();
        let attempt = Attempt {
            client: &transport.0.fresh,
            proxy: None,
            request: &Request::post(&endpoint, ContentType::Form, "a=1"),
            witness: &Witness::new(),
            answer: crate::MediaType::Json,
            cap: 1024,
            runtime: &SystemRuntime,
        };
        let until = Instant::now() + Duration::from_secs(4);
        attempt.fetch(until).await.err().unwrap()
    }

    /// The kind, whether it is tried again, and the beginning of the message; none where something was sent.
    fn expected(fault: &str) -> Option<(ErrorKind, Again, &'static str)> {
        use Again::{Never, Yes};
        use ErrorKind::{Connect, Timeout, Tls, Untrusted};

        Some(match fault {
            "connection refused" => (Connect, Yes, "the connection was refused"),
            "connection attempt unanswered" => (Timeout, Yes, "no connection came about in time"),
            "handshake stalls" => (Timeout, Yes, "no connection came about in time"),
            "handshake reset" => (Connect, Yes, "no connection came about"),
            "handshake closed" => (Connect, Yes, "no connection came about"),
            "closed on accept, before TLS" => (Connect, Yes, "no connection came about"),
            "self-signed certificate" => {
                (Tls, Never, "the server's certificate is signed by itself")
            }
            "certificate for another name" => {
                (Tls, Never, "the server's certificate is for another name")
            }
            "expired certificate" => (Tls, Never, "the server's certificate has expired"),
            "HTTP where TLS is due" => (Tls, Never, "the server does not speak TLS"),
            "answer before the request" => {
                (Untrusted, Never, "the server spoke before it was asked")
            }
            "banner before the request" => {
                (Untrusted, Never, "the server spoke before it was asked")
            }
            _ => return None,
        })
    }

    #[tokio::test]
    async fn each_failure_before_the_request_has_its_name() {
        let mut named = 0;
        for fault in catalogue(&Answer::json("{}"), "https://elsewhere.example/") {
            let name = fault.name();
            let Some((kind, again, message)) = expected(name) else {
                continue;
            };
            assert_eq!(fault.sent(), Sent::Nothing);
            let server = fault.start(Wire::Tls).await.unwrap();
            let seen = fault_at(&server.url()).await;
            let classified = (seen.kind(), seen.again());
            assert_eq!(classified, (kind, again), "{name}: {seen:?}");
            assert!(seen.is_unsent(), "{name}");
            let said = seen.into_error(crate::Effect::NotExecuted).to_string();
            assert!(said.starts_with(message), "{name}: {said}");
            assert!(said.ends_with("nothing was sent"), "{name}: {said}");
            named += 1;
        }
        assert_eq!(named, 12);
    }

    #[tokio::test]
    async fn a_name_that_does_not_resolve_has_a_kind_of_its_own() {
        let seen = fault_at("https://no-such-host.invalid/").await;
        assert_eq!((seen.kind(), seen.again()), (ErrorKind::Dns, Again::Yes));
    }

    #[tokio::test]
    async fn broken_http_is_told_from_a_broken_connection() {
        for (name, kind) in [
            ("garbage", ErrorKind::Protocol),
            ("two lengths", ErrorKind::Protocol),
            ("huge head", ErrorKind::Protocol),
            ("closed after the request", ErrorKind::Disconnected),
            ("reset after the request", ErrorKind::Disconnected),
            ("closed in the head", ErrorKind::Disconnected),
            ("body shorter than its length", ErrorKind::Disconnected),
            ("body cut in a chunk", ErrorKind::Disconnected),
        ] {
            let faults = catalogue(&Answer::json("{}"), "https://elsewhere.example/");
            let fault = faults.iter().find(|fault| fault.name() == name).unwrap();
            let server = fault.start(Wire::Plain).await.unwrap();
            let seen = fault_at(&server.url()).await;
            assert_eq!(seen.kind(), kind, "{name}: {seen:?}");
            assert!(seen.is_ambiguous() && seen.again() == Again::Yes, "{name}");
        }
    }
}
