//! What payers' browsers and webhooks bring: read by the clients, and by the routes of `paylink::web`.
//!
//! The first byte chooses the reader, the second is passed over, the rest is what is brought: a query, and a body behind it.

use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::Body;
use axum::extract::State;
use axum::http::{Request, StatusCode};
use axum::routing::any;
use paylink::web::{Notified, Returned};
use paylink_core::PaymentProvider;
use paylink_core::provider::Hint;
use tower_service::Service;

use crate::cost;
use crate::json::Tree;
use crate::meaning::latin;
use crate::mutation::{HEAD, SEPARATOR};
use crate::served::Clients;

type Provider = Arc<dyn PaymentProvider>;

thread_local! {
    static PROVIDERS: Vec<Provider> = providers();
}

#[expect(clippy::expect_used, reason = "without clients nothing can be read")]
fn providers() -> Vec<Provider> {
    let clients = Clients::new().expect("the settings of the clients are right");
    vec![
        Arc::new(clients.zipay.clone()),
        Arc::new(clients.pod.clone()),
        Arc::new(clients.cardpay.clone()),
        Arc::new(clients.sizpay.clone()),
    ]
}

/// Tries what was brought at one reader.
///
/// # Errors
///
/// What came of it that should not have.
pub fn check(input: &[u8]) -> Result<(), String> {
    let Some((&[which, _], rest)) = input.split_first_chunk::<HEAD>() else {
        return Ok(());
    };
    PROVIDERS.with(|providers| {
        let number = usize::from(which);
        let Some(provider) = providers.get(number / 4 % providers.len()) else {
            return Ok(());
        };
        match number % 4 {
            0 => text_of(rest).map_or(Ok(()), |query| {
                let (cost, hint) = cost::of(|| provider.read_return(query));
                cost.check(rest.len())?;
                hint.map_or(Ok(()), |hint| named_in_pairs(&hint, query))
            }),
            1 => {
                let (cost, hint) = cost::of(|| provider.read_webhook(rest));
                cost.check(rest.len())?;
                hint.map_or(Ok(()), |hint| named_in(&hint, rest))
            }
            2 => at_the_route(provider, "/return/", rest),
            _ => at_the_route(provider, "/notify/", rest),
        }
    })
}

fn text_of(bytes: &[u8]) -> Option<&str> {
    std::str::from_utf8(bytes).ok()
}

/// What providers bring.
#[must_use]
pub fn seeds() -> Vec<Vec<u8>> {
    const BROUGHT: [&str; 7] = [
        "lang=fa&trackid=de7d44ae-9df9-487f-a175-ade1ecfab28b&invoice_number=1000",
        "trackid=de7d44ae-9df9&invoice_number=1000&status=pending",
        r#"{"trackid":"de7d44ae-9df9","invoice_number":1000,"status":"pending"}"#,
        "order=7&billNumber=1000&invoiceId=32157&paid=true&paymentBillNumber=1029779&terminalId=5&maskedCardNumber=603770******5443&rrn=1&tref=2",
        "invoiceId=32157&errorResult=%7B%22hasError%22%3Atrue%2C%22errorCode%22%3A24%2C%22message%22%3A%22paid%22%7D",
        "a+b=%DB%B1&=&&c",
        "",
    ];
    let mut seeds = Vec::new();
    for which in 0..16_u8 {
        for brought in BROUGHT {
            seeds.push([&[which, 0], brought.as_bytes()].concat());
            if which % 4 > 1 {
                let with_body = format!("1000?{brought}\u{1e}{brought}");
                seeds.push([&[which, 0], with_body.as_bytes()].concat());
            }
        }
    }
    seeds
}

/// A hint names what was brought, to the letter, and what was brought once.
fn named_in(hint: &Hint, body: &[u8]) -> Result<(), String> {
    let text = text_of(body).ok_or("a hint was read from bytes")?;
    let text = text.strip_prefix('\u{feff}').unwrap_or(text).trim();
    match Tree::read(text) {
        Some(tree @ Tree::Object(_)) => {
            let told = |value: &str| {
                let mut found = false;
                tree.walk(&mut Vec::new(), &mut |names, said| {
                    found |= !names.is_empty() && says(said, value);
                });
                found
            };
            all_told(hint, told)
        }
        _ => named_in_pairs(hint, text),
    }
}

fn named_in_pairs(hint: &Hint, query: &str) -> Result<(), String> {
    let query = query.strip_prefix('?').unwrap_or(query);
    let values: Vec<String> = query
        .split('&')
        .filter_map(|pair| pair.split_once('='))
        .map(|(_, value)| decoded(value))
        .collect();
    all_told(hint, |value| values.iter().any(|it| says(it, value)))
}

fn all_told(hint: &Hint, told: impl Fn(&str) -> bool) -> Result<(), String> {
    let ids = hint.ids().map(|(_, value)| value);
    let mut named = ids.chain(hint.reference());
    match named.find(|it| !told(it)) {
        None => Ok(()),
        Some(value) => Err(format!("a hint names {value:?}, which nobody brought")),
    }
}

/// Whether what was brought is this value; a whole number may be written in other digits.
fn says(brought: &str, value: &str) -> bool {
    let plain = |text: &str| -> Option<String> {
        let digits = text
            .chars()
            .map(latin)
            .filter(|it| !matches!(it, ',' | '٬' | ' '));
        let digits: String = digits.collect();
        let is_whole = !digits.is_empty() && digits.bytes().all(|it| it.is_ascii_digit());
        is_whole.then(|| digits.trim_start_matches('0').to_owned())
    };
    brought == value || plain(brought).is_some_and(|it| plain(value) == Some(it))
}

/// A value of a form, as the standard for URLs has it.
fn decoded(value: &str) -> String {
    let mut bytes = Vec::new();
    let mut rest = value.as_bytes();
    while let Some((&byte, behind)) = rest.split_first() {
        rest = behind;
        let pair = behind.split_at_checked(2).and_then(|(pair, behind)| {
            let digits = std::str::from_utf8(pair).ok()?;
            let plain = digits.bytes().all(|it| it.is_ascii_hexdigit());
            let byte = u8::from_str_radix(digits, 16).ok().filter(|_| plain)?;
            Some((byte, behind))
        });
        match (byte, pair) {
            (b'+', _) => bytes.push(b' '),
            (b'%', Some((byte, behind))) => {
                bytes.push(byte);
                rest = behind;
            }
            _ => bytes.push(byte),
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

/// What the handler of a route has seen.
type Seen = Arc<Mutex<Option<Result<Option<Hint>, String>>>>;

/// Sends it to a route as a browser or a provider does, with the path and the query before the separator.
fn at_the_route(provider: &Provider, route: &str, brought: &[u8]) -> Result<(), String> {
    let mut parts = brought.splitn(2, |byte| *byte == SEPARATOR);
    let target = parts.next().unwrap_or_default();
    let body = parts.next();
    let uri = format!("{route}{}", visible(target));
    let method = if body.is_some() { "POST" } else { "GET" };
    let request = Request::builder().method(method).uri(&uri);
    let Ok(request) = request.body(Body::from(body.unwrap_or_default().to_vec())) else {
        return Ok(());
    };
    let seen = Seen::default();
    let state = (Arc::clone(provider), Arc::clone(&seen));
    let mut router: Router = Router::new()
        .route("/return/{order}", any(returned))
        .route("/notify/{order}", any(notified))
        .with_state(state);
    let answered = on_a_runtime(async { router.call(request).await });
    let answer = match answered {
        Ok(answer) => answer,
        Err(never) => match never {},
    };
    let known = [
        StatusCode::OK,
        StatusCode::NOT_FOUND,
        StatusCode::BAD_REQUEST,
        StatusCode::PAYLOAD_TOO_LARGE,
        StatusCode::URI_TOO_LONG,
        StatusCode::REQUEST_TIMEOUT,
    ];
    if !known.contains(&answer.status()) {
        return Err(format!("{uri} is answered with {}", answer.status()));
    }
    let seen = seen.lock().map_err(|_| "the handler has panicked")?.take();
    match seen {
        Some(Ok(Some(hint))) => {
            let mut told: Vec<u8> = uri
                .split_once('?')
                .map(|(_, query)| query.into())
                .unwrap_or_default();
            if route == "/notify/" {
                return named_in(&hint, body.filter(|it| !it.is_empty()).unwrap_or(&told));
            }
            if let Some(body) = body.filter(|it| !it.is_empty()) {
                told.push(b'&');
                told.extend(body);
            }
            named_in(&hint, &told)
        }
        Some(Ok(None) | Err(_)) | None => Ok(()),
    }
}

async fn returned(State((provider, seen)): State<(Provider, Seen)>, returned: Returned) {
    let hint = returned.hint(&*provider).map_err(|it| it.to_string());
    if let Ok(mut seen) = seen.lock() {
        *seen = Some(hint);
    }
}

async fn notified(State((provider, seen)): State<(Provider, Seen)>, notified: Notified) {
    let hint = notified.hint(&*provider).map_err(|it| it.to_string());
    if let Ok(mut seen) = seen.lock() {
        *seen = Some(hint);
    }
}

/// Runs what needs timers.
#[expect(clippy::expect_used, reason = "without timers nothing can be read")]
pub(crate) fn on_a_runtime<T>(work: impl Future<Output = T>) -> T {
    thread_local! {
        static RUNTIME: tokio::runtime::Runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .expect("the machine has timers");
    }
    RUNTIME.with(|runtime| runtime.block_on(work))
}

/// Bytes as they may stand in a request's first line.
pub(crate) fn visible(bytes: &[u8]) -> String {
    let mut text = String::new();
    for byte in bytes {
        match byte {
            b'!'..=b'~' if *byte != b'#' => text.push(char::from(*byte)),
            _ => text.push_str(&format!("%{byte:02X}")),
        }
    }
    text
}
