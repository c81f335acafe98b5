//! What is known of a request that goes by a proxy, in each way there is: by `CONNECT` (from an HTTP proxy, plain and behind
//! TLS), by SOCKS5 in both forms, and in absolute form.

use std::sync::LazyLock;
use std::time::Duration;

use paylink_testkit::{
    Admission, Answer, Canaries, Capture, Certificate, FaultServer, ProxyServer, Sent, Wire,
    bridge_log, catalogue, faults,
};
use tokio::task::JoinSet;
use tokio::time::Instant;

use crate::transport::attempt::{Attempt, Fetched};
use crate::transport::fault::{Again, Fault};
use crate::transport::witness::Witness;
use crate::{
    BaseUrl, ContentType, Effect, Error, ErrorKind, MediaType, Proxy, Request, SystemRuntime,
    Timeouts, Transport, TransportBuilder,
};

/// A scheme of the proxy, the wire to it, and the wire of the server behind it.
type Route = (&'static str, Wire, Wire);

const CONNECT: Route = ("http", Wire::Plain, Wire::Tls);
const CONNECT_BY_TLS: Route = ("https", Wire::Tls, Wire::Tls);
const SOCKS: Route = ("socks5", Wire::Plain, Wire::Tls);
const SOCKS_BY_NAME: Route = ("socks5h", Wire::Plain, Wire::Tls);
const SOCKS_PLAIN: Route = ("socks5h", Wire::Plain, Wire::Plain);
const ABSOLUTE: Route = ("http", Wire::Plain, Wire::Plain);
const ABSOLUTE_BY_TLS: Route = ("https", Wire::Tls, Wire::Plain);

/// Through these, nothing of a request leaves before the way to the server is open.
const TUNNELS: [Route; 5] = [CONNECT, CONNECT_BY_TLS, SOCKS, SOCKS_BY_NAME, SOCKS_PLAIN];

/// What a proxy's credentials must survive: a colon, an at sign and a percent sign that encodes nothing, and letters.
const USER: &str = "shop-at-canary";
const PASSWORD: &str = "p%41ss:w@rd/کلید";

fn builder() -> TransportBuilder {
    Transport::builder()
        .timeouts(Timeouts {
            connect: Duration::from_millis(800),
            attempt: Duration::from_secs(3),
            total: Duration::from_secs(5),
        })
        .extra_root_certificates(paylink_testkit::ca_pem().unwrap())
}

fn by(proxy: &Proxy) -> Transport {
    // The machine's roots are read once.
    static DIRECT: LazyLock<Transport> = LazyLock::new(|| builder().build().unwrap());
    DIRECT.with_proxy(Some(proxy.clone())).unwrap()
}

fn proxy_of(server: &ProxyServer, scheme: &str) -> Proxy {
    server.url_as(scheme).parse().unwrap()
}

fn with_credentials(proxy: Proxy) -> Proxy {
    proxy.with_credentials(USER, PASSWORD.into()).unwrap()
}

async fn healthy(wire: Wire) -> FaultServer {
    FaultServer::start(wire, faults::answer(&Answer::json("{}")))
        .await
        .unwrap()
}

/// Posts to this address; also says whether it is proved that nothing of the request left.
async fn post(transport: &Transport, url: &str) -> (Result<Fetched, Fault>, bool) {
    post_within(Duration::from_secs(3), transport, url).await
}

async fn post_within(
    time: Duration,
    transport: &Transport,
    url: &str,
) -> (Result<Fetched, Fault>, bool) {
    let endpoint = BaseUrl::parse_allowing_plain_http(url)
        .unwrap()
        .endpoint("pay")
        .unwrap();
    let witness = Witness::new();
    let attempt = Attempt {
        client: &transport.0.fresh,
        proxy: transport.proxy(),
        request: &Request::post(&endpoint, ContentType::Form, "amount=1"),
        witness: &witness,
        answer: MediaType::Json,
        cap: 1024,
        runtime: &SystemRuntime,
    };
    let fetched = attempt.fetch(Instant::now() + time).await;
    (fetched, witness.proves_unsent())
}

/// The kind, whether it is tried again, the message with `PROXY` for its address, and the remedy.
fn told(fault: Fault, proxy: &ProxyServer) -> (ErrorKind, Again, String) {
    let (kind, again) = (fault.kind(), fault.again());
    let error = fault.into_error(Effect::NotExecuted);
    let said = error
        .to_string()
        .replace(&proxy.address().to_string(), "PROXY");
    (kind, again, format!("{said}: {}", error.remedy().unwrap()))
}

#[tokio::test]
async fn a_request_goes_by_the_proxy_and_arrives_as_without_one() {
    for (scheme, to_proxy, to_server) in TUNNELS.into_iter().chain([ABSOLUTE, ABSOLUTE_BY_TLS]) {
        for credentials in [false, true] {
            let admission = if credentials {
                Admission::Only(USER.to_owned(), PASSWORD.to_owned())
            } else {
                Admission::Everybody
            };
            let server = healthy(to_server).await;
            let proxy = ProxyServer::start(to_proxy, admission).await.unwrap();
            let way = proxy_of(&proxy, scheme);
            let way = if credentials {
                with_credentials(way)
            } else {
                way
            };
            let (fetched, unsent) = post(&by(&way), &server.url()).await;
            let status = fetched.map(|it| it.status);
            assert!(matches!(status, Ok(200)), "{way:?}: {status:?}");
            assert!(!unsent);
            assert_eq!(proxy.asked(), [server.address().to_string()], "{way:?}");
            let tally = server.tally();
            assert_eq!(tally.requests_complete(), 1, "{way:?}");
            let head = tally.received()[0].head();
            assert!(head.starts_with("POST /pay HTTP/1.1\r\n"), "{head}");
            assert!(!head.to_lowercase().contains("proxy-"), "{head}");
        }
    }
}

#[tokio::test]
async fn only_socks5h_has_the_proxy_resolve_the_name() {
    for (scheme, named) in [("socks5", "127.0.0.1"), ("socks5h", "localhost")] {
        let server = healthy(Wire::Plain).await;
        let proxy = ProxyServer::start(Wire::Plain, Admission::Everybody)
            .await
            .unwrap();
        let port = server.address().port();
        let transport = by(&proxy_of(&proxy, scheme));
        let (fetched, _) = post(&transport, &format!("http://localhost:{port}/")).await;
        assert!(fetched.is_ok());
        // This machine may know another address of its own first.
        let asked = proxy.asked().concat().replace("[::1]", "127.0.0.1");
        assert_eq!(asked, format!("{named}:{port}"));
    }
}

#[tokio::test]
async fn a_proxy_that_leads_nowhere_is_named_and_nothing_was_sent() {
    let mut all = Vec::new();
    let wrong = Admission::Only(USER.to_owned(), "another".to_owned());
    for (name, admission, credentials) in [
        ("credentials missing", wrong.clone(), false),
        ("credentials wrong", wrong, true),
        ("credentials to spare", Admission::Everybody, true),
        ("not allowed", Admission::Nobody, false),
        ("unreachable", Admission::Unreachable, false),
        ("closed", Admission::Closed, false),
        ("silent", Admission::Silence, false),
        ("nonsense", Admission::Nonsense, false),
    ] {
        for (scheme, to_proxy, to_server) in TUNNELS {
            let server = healthy(to_server).await;
            let proxy = ProxyServer::start(to_proxy, admission.clone())
                .await
                .unwrap();
            let way = proxy_of(&proxy, scheme);
            let way = if credentials {
                with_credentials(way)
            } else {
                way
            };
            if name == "credentials to spare" && !way.is_socks() {
                // HTTP gives them unasked, and nobody minds.
                continue;
            }
            let (fetched, unsent) = post(&by(&way), &server.url()).await;
            let fault = fetched.err().unwrap();
            assert!(unsent && fault.is_unsent(), "{name} by {way:?}: {fault:?}");
            assert_eq!(server.tally().bytes(), 0, "{name} by {way:?}");
            let (kind, again, said) = told(fault, &proxy);
            let protocol = if way.is_socks() { "SOCKS" } else { "HTTP" };
            let line = format!("{name}, {protocol}: {kind} {again:?}: {said}");
            if !all.contains(&line) {
                all.push(line);
            }
        }
    }
    insta::assert_snapshot!(all.join("\n"), @r"
    credentials missing, HTTP: proxy Never: the proxy PROXY wants a user and a password; nothing was sent: set proxy_user and proxy_password
    credentials missing, SOCKS: proxy Never: the proxy PROXY wants a user and a password; nothing was sent: set proxy_user and proxy_password
    credentials wrong, HTTP: proxy Never: the proxy PROXY does not accept the user and the password; nothing was sent: correct proxy_user and proxy_password
    credentials wrong, SOCKS: proxy Never: the proxy PROXY does not accept the user and the password; nothing was sent: correct proxy_user and proxy_password
    credentials to spare, SOCKS: proxy Never: the proxy PROXY takes no user and no password; nothing was sent: leave out proxy_user and proxy_password
    not allowed, HTTP: proxy Yes: the proxy PROXY refused to connect to the provider; nothing was sent: have whoever runs the proxy allow it, and check whether the provider can be reached from there
    not allowed, SOCKS: proxy Never: the proxy PROXY does not allow connections to the provider; nothing was sent: have whoever runs the proxy allow them
    unreachable, HTTP: proxy Yes: the proxy PROXY refused to connect to the provider; nothing was sent: have whoever runs the proxy allow it, and check whether the provider can be reached from there
    unreachable, SOCKS: proxy Yes: the proxy PROXY could not reach the provider; nothing was sent: check whether the provider can be reached from where the proxy is
    closed, HTTP: proxy Yes: the proxy PROXY closed the connection before it led to the provider; nothing was sent: check the scheme and the port of the proxy, and the proxy's own log
    closed, SOCKS: proxy Yes: the proxy PROXY closed the connection before it led to the provider; nothing was sent: check the scheme and the port of the proxy, and the proxy's own log
    silent, HTTP: timeout Yes: no connection came about in time by the proxy PROXY; nothing was sent: check that the proxy runs, and whether it reaches the provider
    silent, SOCKS: timeout Yes: no connection came about in time by the proxy PROXY; nothing was sent: check that the proxy runs, and whether it reaches the provider
    nonsense, HTTP: proxy Yes: the proxy PROXY refused to connect to the provider; nothing was sent: have whoever runs the proxy allow it, and check whether the provider can be reached from there
    nonsense, SOCKS: proxy Never: the proxy PROXY does not answer as such a proxy does; nothing was sent: check the scheme and the port of the proxy
    ");
}

#[tokio::test]
async fn a_proxy_that_is_not_there_is_named() {
    for (scheme, _, to_server) in TUNNELS.into_iter().chain([ABSOLUTE, ABSOLUTE_BY_TLS]) {
        let server = healthy(to_server).await;
        let nobody = FaultServer::refusing(Wire::Plain, faults::garbage())
            .await
            .unwrap();
        let authority = nobody.address();
        let way: Proxy = format!("{scheme}://{authority}").parse().unwrap();
        let (fetched, unsent) = post(&by(&way), &server.url()).await;
        let fault = fetched.err().unwrap();
        assert!(unsent && fault.is_unsent(), "{way:?}");
        assert_eq!(
            (fault.kind(), fault.again()),
            (ErrorKind::Connect, Again::Yes)
        );
        let error = fault.into_error(Effect::NotExecuted);
        assert!(
            error
                .to_string()
                .contains(&format!("the proxy {authority}")),
            "{error}"
        );
        assert!(error.to_string().ends_with("; nothing was sent"), "{error}");
        assert_eq!(
            error.remedy(),
            Some("check that the proxy runs, and its host and port")
        );

        // A proxy elsewhere is not on the way to what is on this machine.
        let way: Proxy = format!("{scheme}://no-such-host.invalid:3128")
            .parse()
            .unwrap();
        assert!(post(&by(&way), &server.url()).await.0.is_ok(), "{way:?}");
        if !way.is_socks() {
            let scheme = if to_server == Wire::Tls {
                "https"
            } else {
                "http"
            };
            let (fetched, _) = post(&by(&way), &format!("{scheme}://api.example/")).await;
            let fault = fetched.err().unwrap();
            assert_eq!(fault.kind(), ErrorKind::Dns, "{way:?}");
            let said = fault.into_error(Effect::NotExecuted).to_string();
            assert_eq!(
                said,
                "the host name of the proxy no-such-host.invalid:3128 could not be resolved; nothing was sent"
            );
        }
    }
}

#[tokio::test]
async fn a_name_that_this_machine_does_not_know_may_be_known_to_the_proxy() {
    let proxy = ProxyServer::start(Wire::Plain, Admission::Unreachable)
        .await
        .unwrap();
    let here = by(&proxy_of(&proxy, "socks5"));
    let (fetched, _) = post(&here, "https://no-such-host.invalid/").await;
    let (kind, _, said) = told(fetched.err().unwrap(), &proxy);
    assert_eq!(kind, ErrorKind::Dns);
    assert!(
        said.ends_with("with socks5h:// in place of socks5:// the proxy resolves it"),
        "{said}"
    );

    let there = by(&proxy_of(&proxy, "socks5h"));
    let (fetched, _) = post(&there, "https://no-such-host.invalid/").await;
    assert_eq!(fetched.err().unwrap().kind(), ErrorKind::Proxy);
    assert_eq!(proxy.asked(), ["no-such-host.invalid:443"]);
}

#[tokio::test]
async fn a_proxy_that_reads_the_request_itself_proves_nothing_by_407() {
    for credentials in [false, true] {
        let admission = Admission::Only(USER.to_owned(), "another".to_owned());
        let proxy = ProxyServer::start(Wire::Plain, admission).await.unwrap();
        let way = proxy_of(&proxy, "http");
        let way = if credentials {
            with_credentials(way)
        } else {
            way
        };
        let (fetched, unsent) = post(&by(&way), "http://127.0.0.1:9/").await;
        let fault = fetched.err().unwrap();
        assert!(fault.is_ambiguous() && !unsent);
        let (kind, again, said) = told(fault, &proxy);
        assert_eq!((kind, again), (ErrorKind::Proxy, Again::Never));
        let expected = if credentials {
            "the proxy PROXY does not accept the user and the password (HTTP 407): correct proxy_user and proxy_password"
        } else {
            "the proxy PROXY wants a user and a password (HTTP 407): set proxy_user and proxy_password"
        };
        assert_eq!(said, expected);
    }
    // Behind a tunnel it is the provider's own.
    let server = FaultServer::start(Wire::Tls, faults::foreign_status(407))
        .await
        .unwrap();
    let proxy = ProxyServer::start(Wire::Plain, Admission::Everybody)
        .await
        .unwrap();
    let (fetched, _) = post(&by(&proxy_of(&proxy, "http")), &server.url()).await;
    assert!(fetched.is_ok_and(|fetched| fetched.status == 407));
}

#[tokio::test]
async fn who_cannot_prove_who_it_is_is_told_from_the_proxy() {
    let bad = faults::certificate(Certificate::WrongName, &Answer::json("{}"));
    for (scheme, to_proxy, to_server) in [CONNECT, CONNECT_BY_TLS, SOCKS] {
        let server = FaultServer::start(to_server, bad.clone()).await.unwrap();
        let proxy = ProxyServer::start(to_proxy, Admission::Everybody)
            .await
            .unwrap();
        let (fetched, unsent) = post(&by(&proxy_of(&proxy, scheme)), &server.url()).await;
        assert!(unsent);
        let (kind, _, said) = told(fetched.err().unwrap(), &proxy);
        assert_eq!(kind, ErrorKind::Tls);
        assert!(
            said.starts_with("the server's certificate is for another name"),
            "{said}"
        );
    }
    // Its own certificate is good, but not for those who do not know the authority.
    for to_server in [Wire::Plain, Wire::Tls] {
        let server = healthy(to_server).await;
        let proxy = ProxyServer::start(Wire::Tls, Admission::Everybody)
            .await
            .unwrap();
        let stranger = Transport::builder()
            .proxy(proxy_of(&proxy, "https"))
            .build()
            .unwrap();
        let (fetched, unsent) = post(&stranger, &server.url()).await;
        assert!(unsent);
        let (kind, _, said) = told(fetched.err().unwrap(), &proxy);
        assert_eq!(kind, ErrorKind::Tls);
        assert!(
            said.starts_with("the proxy PROXY's certificate comes alone"),
            "{said}"
        );
    }
}

#[tokio::test]
async fn what_is_proved_without_a_proxy_is_proved_through_a_tunnel() {
    let mut played = JoinSet::new();
    for (scheme, to_proxy, to_server) in [CONNECT, SOCKS_PLAIN] {
        for fault in catalogue(&Answer::json("{}"), "https://elsewhere.example/") {
            // A connection that is refused or ignored ends at the proxy, and is told above.
            let at_the_door = ["connection refused", "connection attempt unanswered"];
            if !fault.wires().contains(&to_server) || at_the_door.contains(&fault.name()) {
                continue;
            }
            played.spawn(async move {
                let proxy = ProxyServer::start(to_proxy, Admission::Everybody)
                    .await
                    .unwrap();
                let transport = by(&proxy_of(&proxy, scheme));
                let server = fault.start(to_server).await.unwrap();
                let (fetched, unsent) = post(&transport, &server.url()).await;
                let bytes = server.tally().bytes();
                let name = fault.name();
                assert!(
                    !unsent || bytes == 0,
                    "{name} by {scheme}: {bytes} bytes unseen"
                );
                if fault.sent() == Sent::Nothing {
                    let what = fetched.err().unwrap();
                    assert!(unsent && what.is_unsent(), "{name} by {scheme}: {what:?}");
                }
            });
        }
    }
    while let Some(played) = played.join_next().await {
        played.unwrap();
    }
}

#[tokio::test]
async fn who_speaks_first_through_a_tunnel_is_heard() {
    for (scheme, to_proxy, to_server) in TUNNELS {
        let proxy = ProxyServer::start(to_proxy, Admission::Everybody)
            .await
            .unwrap();
        let transport = builder()
            .proxy(proxy_of(&proxy, scheme))
            .listen(Duration::from_millis(200))
            .build()
            .unwrap();
        let greeting = faults::answer_before_request(&Answer::json("{}"));
        let server = FaultServer::start(to_server, greeting).await.unwrap();
        let (fetched, unsent) = post(&transport, &server.url()).await;
        let fault = fetched.err().unwrap();
        assert!(unsent, "{scheme} {to_server:?}: {fault:?}");
        assert_eq!(
            (fault.kind(), fault.again()),
            (ErrorKind::Untrusted, Again::Never)
        );
    }
}

#[tokio::test]
async fn a_transport_goes_another_way_and_the_first_one_does_not() {
    let server = healthy(Wire::Tls).await;
    let proxy = ProxyServer::start(Wire::Plain, Admission::Everybody)
        .await
        .unwrap();
    let direct = builder().attempts(2).build().unwrap();
    let way = proxy_of(&proxy, "socks5");
    let other = direct.with_proxy(Some(way.clone())).unwrap();
    assert_eq!((direct.proxy(), other.proxy()), (None, Some(&way)));
    assert_eq!(other.timeouts(), direct.timeouts());
    assert!(post(&direct, &server.url()).await.0.is_ok());
    assert_eq!(proxy.asked().len(), 0);
    assert!(post(&other, &server.url()).await.0.is_ok());
    assert_eq!(proxy.asked().len(), 1);
    let back = other.with_proxy(None).unwrap();
    assert!(post(&back, &server.url()).await.0.is_ok());
    assert_eq!(proxy.asked().len(), 1);
    let same = other.with_proxy(Some(way)).unwrap();
    assert!(std::sync::Arc::ptr_eq(&same.0, &other.0));
}

/// What a proxy answers that takes no such address, or nothing as long as this.
#[test]
fn what_a_proxy_cannot_take_is_not_asked_again() {
    let proxy: Proxy = "socks5://proxy.example:1080".parse().unwrap();
    for (words, problem) in [
        ("command not supported", "in this form"),
        ("address type not supported", "in this form"),
        ("failed serialize request", "too long together"),
    ] {
        let fault = super::refused(words, &proxy);
        assert_eq!(fault.again(), Again::Never, "{words}");
        let told = fault.into_error(Effect::NotExecuted).to_string();
        assert!(told.contains(problem), "{told}");
    }
}

/// A proxy that says nothing until the attempt is over, which is shorter than the time to connect.
#[tokio::test]
async fn a_proxy_that_stays_silent_has_led_nothing_on() {
    let silent = FaultServer::start(Wire::Plain, faults::reads_nothing())
        .await
        .unwrap();
    let way: Proxy = format!("http://{}", silent.address()).parse().unwrap();
    let server = healthy(Wire::Tls).await;
    let short = Duration::from_millis(300);
    let (fetched, unsent) = post_within(short, &by(&way), &server.url()).await;
    let fault = fetched.err().unwrap();
    assert!(unsent && fault.is_unsent());
    assert_eq!(fault.kind(), ErrorKind::Timeout);
}

#[test]
fn nobody_sees_the_credentials() {
    let capture = Capture::new(Canaries::new([USER, PASSWORD]).unwrap());
    let _ = bridge_log();
    let _listening = capture.listen();
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    runtime.block_on(async {
        for (scheme, to_proxy, to_server) in TUNNELS.into_iter().chain([ABSOLUTE, ABSOLUTE_BY_TLS])
        {
            let right = Admission::Only(USER.to_owned(), PASSWORD.to_owned());
            let wrong = Admission::Only(USER.to_owned(), "another".to_owned());
            for admission in [right, wrong, Admission::Nobody, Admission::Closed] {
                let server = healthy(to_server).await;
                let proxy = ProxyServer::start(to_proxy, admission).await.unwrap();
                let way = with_credentials(proxy_of(&proxy, scheme));
                let transport = by(&way);
                capture.look("proxy", &way);
                capture.look_display("proxy", &way);
                capture.look("transport", &transport);
                capture.look("builder", &builder().proxy(way));
                if let Err(fault) = post(&transport, &server.url()).await.0 {
                    capture.look("fault", &fault);
                    let error: Error = fault.into_error(Effect::NotExecuted);
                    capture.look_error("error", &error);
                    capture.look("error", &error);
                }
            }
        }
    });
    assert!(
        capture
            .transcript()
            .iter()
            .any(|line| line.contains("intercepts")),
        "nothing was heard"
    );
    capture.assert_clean();
}
