//! Addresses in answers: what a payer may be sent to, and what nobody ever is.

use std::sync::Arc;

use paylink::desk::{Desk, DeskError, MemoryStore, Opened, StoredOrder};
use paylink::{Account, Accounts, NewPayment, PaymentProvider};
use paylink_core::{Currency, Effect, Error, ErrorKind, Transport, WebUrl};
use paylink_testkit::{Answer, FaultServer, Wire, faults};
use paylink_tests::impatience;
use paylink_tests::providers::{known, price};
use pod_invoice_client::{InvoiceId, LinkOptions, Pod};
use serde_json::Value;

use Verdict::{Never, Shown};

/// What becomes of an address wherever an answer may hold one.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Verdict {
    /// It is no address to show.
    Never,
    /// It is shown to the letter, all of it visible ASCII, and a browser goes to this host.
    Shown(&'static str),
}

/// Addresses under the provider's control, at a provider that is reached over TLS.
const ADDRESSES: [(&str, Verdict); 61] = [
    (
        "https://pay.example/p/7?a=1&b=%D9%BE#/x",
        Shown("pay.example"),
    ),
    // Another host is the provider's word: nobody fetches it, and the host can be held against a list.
    ("https://evil.example/pay", Shown("evil.example")),
    ("HTTPS://PAY.EXAMPLE/P", Shown("pay.example")),
    ("https://pay.example:8443/", Shown("pay.example")),
    (
        "https://pay.example.evil.example/",
        Shown("pay.example.evil.example"),
    ),
    ("https://pay.example./", Shown("pay.example.")),
    ("https://203.0.113.7/", Shown("203.0.113.7")),
    ("https://[2001:db8::7]/", Shown("[2001:db8::7]")),
    ("https://0x7f.1/", Shown("127.0.0.1")),
    ("https://evil.example/@pay.example", Shown("evil.example")),
    ("https://evil.example?@pay.example", Shown("evil.example")),
    ("https://evil.example#@pay.example", Shown("evil.example")),
    (
        "https://evil.example/?next=javascript:alert(1)",
        Shown("evil.example"),
    ),
    // In letters of ASCII, nothing passes for another script's: a homograph shows that it is one.
    ("https://xn--py-7kc.example/", Shown("xn--py-7kc.example")),
    ("https://%70ay.example/", Shown("pay.example")),
    (
        "https://pay.example/%0d%0aLocation:%20https://evil.example",
        Shown("pay.example"),
    ),
    // Other schemes.
    ("javascript:alert(1)", Never),
    ("JavaScript:alert(1)//https://pay.example", Never),
    ("java\tscript:alert(1)", Never),
    ("data:text/html,<script>alert(1)</script>", Never),
    ("vbscript:msgbox(1)", Never),
    ("file:///etc/passwd", Never),
    ("ftp://pay.example/", Never),
    ("blob:https://pay.example/7", Never),
    ("view-source:https://pay.example/", Never),
    ("intent://pay.example/#Intent;scheme=https;end", Never),
    ("tel:*123#", Never),
    ("about:blank", Never),
    ("http://evil.example/pay", Never),
    // No scheme, or one that is only begun.
    ("", Never),
    ("//evil.example/", Never),
    ("/pay/7", Never),
    ("pay.example/7", Never),
    ("https:evil.example", Never),
    ("https:/evil.example", Never),
    ("https:///evil.example", Never),
    ("https:/\\evil.example", Never),
    ("https:\\\\evil.example", Never),
    ("https://evil.example\\@pay.example/", Never),
    ("https://pay.example\\.evil.example/", Never),
    // Credentials.
    ("https://user:password@evil.example/", Never),
    ("https://pay.example@evil.example/", Never),
    ("https://pay.example%2F@evil.example/", Never),
    ("https://@evil.example/", Never),
    // Hosts.
    ("https://", Never),
    ("https://:443/", Never),
    ("https://pay.example:65536/", Never),
    ("https://pay.example:443:8443/", Never),
    ("https://[fe80::1%25eth0]/", Never),
    ("https://[::1", Never),
    ("https://pay.example%2f.evil.example/", Never),
    ("https://pay.example%00.evil.example/", Never),
    // Letters that look like others, turn the direction, or are not seen.
    ("https://pаy.example/", Never),
    ("https://pay。example/", Never),
    ("https://pay.example/\u{202e}moc.live", Never),
    (
        "https://pay.example/\u{2066}\u{200f}\u{200b}\u{feff}",
        Never,
    ),
    ("https://pay.exa\u{ad}mple/", Never),
    (
        "https://pay.example/\r\nLocation: https://evil.example",
        Never,
    ),
    ("https://pay.example/\u{0}", Never),
    (" https://pay.example/", Never),
    ("https://pay.example/\"><script>alert(1)</script>", Never),
];

/// A provider's answer that holds an address, in the place of the good one.
fn answer(provider: &str, operation: &str, field: &[&str], address: &str) -> Answer {
    let provider = known().into_iter().find(|it| it.name == provider).unwrap();
    let sample = provider.operations.into_iter();
    let sample = sample.into_iter().find(|it| it.operation == operation);
    let mut good: Value = serde_json::from_str(&sample.unwrap().good).unwrap();
    let mut place = &mut good;
    for name in field {
        place = &mut place[*name];
    }
    *place = address.into();
    Answer::json(good.to_string())
}

/// Opens an order at a provider that answers so.
async fn opened(
    answer: &Answer,
    currency: Currency,
    account: impl FnOnce(String, Transport) -> Arc<dyn PaymentProvider>,
) -> Result<Opened, Error> {
    let server = FaultServer::start(Wire::Tls, faults::answer(answer))
        .await
        .unwrap();
    let provider = account(server.url(), transport());
    let store = MemoryStore::new();
    let mut payment = NewPayment::new("1000", price(currency).unwrap()).unwrap();
    if provider.capabilities().provider() == "sizpay" {
        payment = payment.with_mobile("09122272730".parse().unwrap());
    } else {
        payment = payment
            .with_return_url("https://shop.example/back")
            .unwrap();
    }
    store.put("1000", StoredOrder::new("main", payment));
    let desk = Desk::new(
        store,
        Accounts::new([Account::from_arc("main", provider)]).unwrap(),
    );
    match desk.open("1000").await {
        Ok(opened) => Ok(opened),
        Err(DeskError::Payment(error)) => Err(error),
        Err(other) => panic!("{other}"),
    }
}

/// One for all: reading the root certificates takes longest.
fn transport() -> Transport {
    static ONE: std::sync::OnceLock<Transport> = std::sync::OnceLock::new();
    ONE.get_or_init(|| impatience::transport().build().unwrap())
        .clone()
}

fn too_long() -> String {
    format!("https://pay.example/{}", "x".repeat(2_000))
}

fn addresses() -> Vec<(String, Verdict)> {
    let all = ADDRESSES.iter();
    let all = all.map(|(address, verdict)| ((*address).to_owned(), *verdict));
    all.chain([(too_long(), Never)]).collect()
}

/// What is shown is the address to the letter, and leads where it seems to.
fn hold_shown(address: &str, link: Option<&WebUrl>, verdict: Verdict) {
    let Shown(host) = verdict else {
        panic!("{address:?} is shown as {link:?}");
    };
    let link = link.unwrap_or_else(|| panic!("{address:?} is not shown"));
    assert_eq!((link.as_str(), link.host()), (address, host));
    assert!(link.is_https() && address.bytes().all(|it| it.is_ascii_graphic()));
}

fn zipay(url: String, transport: Transport) -> Arc<dyn PaymentProvider> {
    let zipay = zipay_client::ZiPay::builder("key", "secret").terminal(1003);
    Arc::new(zipay.base_url(url).transport(transport).build().unwrap())
}

fn cardpay(url: String, transport: Transport) -> Arc<dyn PaymentProvider> {
    let cardpay = cardpay_client::CardPay::builder(url, "token-of-the-shop");
    Arc::new(cardpay.transport(transport).build().unwrap())
}

fn sizpay(url: String, transport: Transport) -> Arc<dyn PaymentProvider> {
    let sizpay = sizpay_client::SizPay::builder("key-1", "key-2", "hosseini");
    Arc::new(sizpay.base_url(url).transport(transport).build().unwrap())
}

/// ZiPay's answer is worth nothing without a link, so the create is unknown.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_link_that_leads_astray_makes_the_create_of_zipay_unknown() {
    for (address, verdict) in addresses() {
        let answer = answer("zipay", "create-invoice", &["result", "redirect"], &address);
        match opened(&answer, Currency::Usd, zipay).await {
            Ok(Opened::Ready(created)) => hold_shown(&address, created.link(), verdict),
            Ok(other) => panic!("{address:?}: {other:?}"),
            Err(error) => {
                let is = (verdict, error.effect(), error.kind());
                let due = (Never, Effect::Unknown, ErrorKind::Untrusted);
                assert_eq!(is, due, "{address:?}: {error}");
                hold_message(&address, &error);
            }
        }
    }
}

/// At the others the link is one way to pay among several: it is left out, and the payment is known.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_link_that_leads_astray_is_left_out_where_it_is_for_display() {
    type Open = fn(String, Transport) -> Arc<dyn PaymentProvider>;
    let fields: [(&str, &str, &[&str], Open); 2] = [
        ("cardpay", "create", &["link"], cardpay),
        ("sizpay", "send-link", &["PayLinkURL"], sizpay),
    ];
    for (address, verdict) in addresses() {
        for (provider, operation, field, account) in fields {
            let answer = answer(provider, operation, field, &address);
            match opened(&answer, Currency::Irr, account).await {
                Ok(Opened::Ready(created)) if created.link().is_none() => {
                    assert_eq!(verdict, Never, "{provider} {address:?}");
                }
                Ok(Opened::Ready(created)) => hold_shown(&address, created.link(), verdict),
                other => panic!("{provider} {address:?}: {other:?}"),
            }
        }
    }
}

/// POD's link is asked for by itself: a read whose answer cannot be trusted.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_link_of_pod_that_leads_astray_is_refused() {
    for (address, verdict) in addresses() {
        let answer = answer("pod", "payment-link", &["result"], &address);
        let server = FaultServer::start(Wire::Tls, faults::answer(&answer))
            .await
            .unwrap();
        let pod = pod(server.url(), transport());
        let link = pod
            .payment_link(InvoiceId::new(7).unwrap(), LinkOptions::new())
            .await;
        match link {
            Ok(link) => hold_shown(&address, Some(&link.value.url), verdict),
            Err(error) => {
                let is = (verdict, error.effect(), error.kind());
                let due = (Never, Effect::NotExecuted, ErrorKind::Untrusted);
                assert_eq!(is, due, "{address:?}: {error}");
                hold_message(&address, &error);
            }
        }
    }
}

/// The link of a new invoice is made of POD's number for it: whatever that is, the link leads to the pay pages.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_number_of_pod_leads_nowhere_else() {
    let tricks = [
        "../../evil",
        "7&redirectUri=https://evil.example",
        "7#@evil.example",
        "?",
        ".",
    ];
    let tricks = tricks.into_iter().map(|it| (it.to_owned(), Never));
    for (number, _) in addresses().into_iter().chain(tricks) {
        let answer = answer("pod", "issue-invoice", &["result", "uniqueNumber"], &number);
        let account = |url, transport| Arc::new(pod(url, transport)) as Arc<dyn PaymentProvider>;
        match opened(&answer, Currency::Irr, account).await {
            Ok(Opened::Ready(created)) => {
                let link = url::Url::parse(created.link().unwrap().as_str()).unwrap();
                assert_eq!(link.host_str(), Some("pay.example"), "{number:?}");
                let numbers = link
                    .query_pairs()
                    .filter(|(name, _)| name == "uniqueNumber");
                let numbers: Vec<_> = numbers.map(|(_, number)| number.into_owned()).collect();
                assert_eq!(numbers, [number]);
                assert_eq!(link.query_pairs().count(), 2, "{link}");
            }
            Ok(other) => panic!("{number:?}: {other:?}"),
            Err(error) => {
                assert_eq!(error.effect(), Effect::Unknown, "{number:?}: {error}");
                hold_message(&number, &error);
            }
        }
    }
}

fn pod(url: String, transport: Transport) -> Pod {
    let pod = Pod::builder(pod_invoice_client::BusinessToken::new("token-of-the-shop"));
    let pod = pod.key("key-of-the-shop").guild("CLOTHING_GUILD");
    let pod = pod.base_url(url).pay_url("https://pay.example/");
    pod.transport(transport).build().unwrap()
}

/// An error does not carry the address on, nor anything that a terminal or a page would act on.
fn hold_message(address: &str, error: &Error) {
    let said = error.to_string();
    let carries = !address.is_empty() && address.len() > 3 && said.contains(address);
    assert!(!carries, "{said}");
    assert!(
        !said.contains(char::is_control) && !said.contains(['\u{202e}', '\u{2066}']),
        "{said}"
    );
}
