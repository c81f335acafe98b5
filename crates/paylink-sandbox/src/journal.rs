//! The requests that the providers have received, and what was answered.

mod export;
mod message;

use std::fmt::Display;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use axum::body::{Body, to_bytes};
use axum::response::Response;
pub(crate) use message::{REPEATS_HEADER, Received, receive};
use message::{Sent, mask};
use serde::{Serialize, Serializer};
use utoipa::ToSchema;

pub(crate) use self::export::har;
use crate::calendar;
use crate::faults::Fault;
use crate::shelf::{Shelf, Weighed};
use crate::world::{Locked, debug_shows};

/// Entries kept.
const CAPACITY: usize = 10_000;

/// The bytes of requests and answers kept.
const HEAVIEST: usize = 32 * 1024 * 1024;

/// Characters kept of one value.
const LONGEST_VALUE: usize = 500;

pub(crate) const REDACTED: &str = "[redacted]";

/// One request that a provider of the sandbox has received.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[non_exhaustive]
pub struct JournalEntry {
    /// Its number, counted from 1.
    pub number: u64,
    /// The sandbox time at which it arrived.
    #[serde(serialize_with = "calendar::rfc3339")]
    #[schema(value_type = String, format = DateTime)]
    pub at: SystemTime,
    /// The provider's name, such as `zipay`.
    pub provider: &'static str,
    /// The operation's name, such as `verify`; `unknown` for one the provider does not have.
    pub operation: &'static str,
    /// What it carried, in order. Credentials are named and their values redacted.
    pub parameters: Vec<Parameter>,
    /// The provider's identifier of the payment it was about, if it was about one.
    pub payment: Option<String>,
    /// The fault it met.
    #[serde(serialize_with = "as_text")]
    #[schema(value_type = Option<String>)]
    pub fault: Option<Fault>,
    /// The HTTP status sent back; nothing while it is under way, and nothing if the connection was
    /// closed instead.
    pub answered: Option<u16>,
    /// How long it took to answer, in milliseconds.
    pub milliseconds: Option<u64>,
    /// The number of the request that it repeats, if it was sent again.
    pub repeats: Option<u64>,
    #[serde(skip)]
    exchange: Arc<Exchange>,
}

/// The bytes of a request and its answer.
struct Exchange {
    request: Arc<Received>,
    answer: Option<Sent>,
    secrets: Secrets,
    /// Headers that a command line computes anew, each with what computes it.
    computed: &'static [(&'static str, &'static str)],
}

debug_shows!(Exchange {});

/// One parameter of a request.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Parameter {
    /// Its name on the wire.
    pub name: String,
    /// Its value, or `[redacted]`.
    pub value: String,
}

impl Parameter {
    pub(crate) fn shown(name: impl Into<String>, value: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            value: value.into(),
        }
    }

    /// Shows the value if the provider's document has such a parameter, and names it alone otherwise.
    pub(crate) fn shown_if(known: bool, name: impl Into<String>, value: impl Into<String>) -> Self {
        if known {
            Self::shown(name, value)
        } else {
            Self::credential(name)
        }
    }

    /// Names a credential without its value.
    pub(crate) fn credential(name: impl Into<String>) -> Self {
        Self::shown(name, REDACTED)
    }
}

/// A message of HTTP, with what may be shown of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[non_exhaustive]
pub struct Message {
    /// `POST /zipay/api/invoice-verify` of a request, `200 OK` of an answer.
    pub line: String,
    /// The headers; credentials and unknown ones are redacted.
    pub headers: Vec<Parameter>,
    /// The body. Credentials are redacted, and of card numbers six and four digits are shown.
    pub body: String,
}

impl JournalEntry {
    /// Returns what may be shown of the request.
    #[must_use]
    pub fn request(&self) -> Message {
        let shown = |name: &str| self.shows(name);
        self.exchange
            .request
            .message(&self.exchange.secrets, &shown)
    }

    /// Returns what may be shown of the answer, if there was one.
    #[must_use]
    pub fn answer(&self) -> Option<Message> {
        let answer = self.exchange.answer.as_ref()?;
        Some(answer.message(&self.exchange.secrets))
    }

    /// Returns a `curl` that sends the same again. Credentials are the variables that `paylink sandbox`
    /// prints; where a credential is another, it is redacted.
    #[must_use]
    pub fn curl(&self, origin: &str) -> String {
        export::curl(self, origin)
    }

    pub(crate) fn raw(&self) -> &Received {
        &self.exchange.request
    }

    /// Returns whether the value of a field may be shown: it was when the request came.
    fn shows(&self, name: &str) -> bool {
        let bare = name.split('[').next().unwrap_or_default();
        let mut given = self.parameters.iter();
        given.any(|it| (it.name == name || it.name == bare) && it.value != REDACTED)
    }
}

impl Weighed for JournalEntry {
    fn weight(&self) -> usize {
        let answer = self.exchange.answer.as_ref().map_or(0, Sent::weight);
        let parameters = self.parameters.iter();
        let parameters: usize = parameters
            .map(|it| it.name.len() + it.value.len() + 48)
            .sum();
        size_of::<Self>() + parameters + self.exchange.request.weight() + answer
    }
}

/// A request as it arrives.
#[derive(Debug)]
pub(crate) struct Arrival {
    pub(crate) provider: &'static str,
    pub(crate) operation: &'static str,
    pub(crate) parameters: Vec<Parameter>,
    pub(crate) received: Arc<Received>,
    pub(crate) names: &'static Names,
}

/// The names under which one provider's requests and answers carry what the journal looks for.
#[derive(Debug)]
pub(crate) struct Names {
    /// The parameters that name the payment, the first that is there counts.
    pub(crate) asked: &'static [&'static str],
    /// The operation that creates a payment, and the field of its answer that names it.
    pub(crate) creating: (&'static str, &'static str),
    /// Headers that a command line computes anew, each with what computes it.
    pub(crate) computed: &'static [(&'static str, &'static str)],
}

impl Arrival {
    /// Notes a request for an operation, or for one that the provider does not have.
    pub(crate) fn new(
        provider: &'static str,
        operation: Option<&'static str>,
        parameters: Vec<Parameter>,
        received: Arc<Received>,
        names: &'static Names,
    ) -> Self {
        Self {
            provider,
            operation: operation.unwrap_or("unknown"),
            parameters,
            received,
            names,
        }
    }
}

/// What may not be shown, each with the variable that holds it if `paylink sandbox` prints one. Clones
/// share them.
#[derive(Clone, Default)]
pub(crate) struct Secrets(Arc<Locked<Vec<Secret>>>);

/// A secret, and the variable that holds it.
type Secret = (String, Option<String>);

debug_shows!(Secrets {});

impl Secrets {
    /// Writes every secret as `write` says, given its variable.
    fn replaced(&self, text: &str, write: impl Fn(Option<&str>) -> String) -> String {
        let secrets = self.0.lock();
        secrets
            .iter()
            .fold(text.to_owned(), |text, (secret, variable)| {
                if text.contains(secret) {
                    text.replace(secret, &write(variable.as_deref()))
                } else {
                    text
                }
            })
    }

    fn redacted(&self, text: &str) -> String {
        self.replaced(text, |_| REDACTED.to_owned())
    }
}

/// The requests received so far. Clones share the same journal.
#[derive(Debug, Clone)]
pub(crate) struct Journal {
    entries: Shelf<JournalEntry>,
    secrets: Secrets,
}

impl Journal {
    pub(crate) fn new() -> Self {
        Self {
            entries: Shelf::holding(CAPACITY, HEAVIEST),
            secrets: Secrets::default(),
        }
    }

    /// Keeps `secret` out of every entry, wherever a client may have put it.
    pub(crate) fn keep_out(&self, secret: &str) {
        self.hide(secret, None);
    }

    /// Keeps a setting out of every entry; `curl` gets it from the variable that `paylink sandbox` prints.
    pub(crate) fn keep_out_setting(&self, provider: &str, key: &str, secret: &str) {
        let variable = format!("PAYLINK_{provider}_{key}").to_uppercase();
        self.hide(secret, Some(variable));
    }

    fn hide(&self, secret: &str, variable: Option<String>) {
        if !secret.is_empty() {
            self.secrets.0.lock().push((secret.to_owned(), variable));
        }
    }

    /// Notes a request before anything is done about it, and returns its number.
    pub(crate) fn open(&self, at: SystemTime, arrival: &Arrival, fault: Option<Fault>) -> u64 {
        let redact = |text: &str| {
            let text = mask::cards(&self.secrets.redacted(text));
            text.chars().take(LONGEST_VALUE).collect()
        };
        let parameters = arrival.parameters.iter().map(|given| Parameter {
            name: redact(&given.name),
            value: redact(&given.value),
        });
        let parameters: Vec<Parameter> = parameters.collect();
        let asked = arrival.names.asked.iter();
        let payment = asked.copied().find_map(|name| {
            let mut given = parameters.iter();
            let given = given.find(|it| it.name == name && it.value != REDACTED)?;
            let first = given.value.split(',').next().unwrap_or_default();
            (!first.is_empty()).then(|| first.to_owned())
        });
        let entry = self.entries.add(|number| JournalEntry {
            number,
            at,
            provider: arrival.provider,
            operation: arrival.operation,
            parameters,
            payment,
            fault,
            answered: None,
            milliseconds: None,
            repeats: arrival.received.repeats(),
            exchange: Arc::new(Exchange {
                request: Arc::clone(&arrival.received),
                answer: None,
                secrets: self.secrets.clone(),
                computed: arrival.names.computed,
            }),
        });
        entry.number
    }

    /// Notes what is sent back, and returns it.
    pub(crate) async fn answered(
        &self,
        number: u64,
        names: &'static Names,
        took: Duration,
        response: Response,
    ) -> Response {
        let (head, body) = response.into_parts();
        let body = to_bytes(body, usize::MAX).await.unwrap_or_default();
        let sent = Sent::new(head.status, &head.headers, body.clone());
        self.entries.change(number, |entry| {
            entry.answered = Some(head.status.as_u16());
            entry.milliseconds = u64::try_from(took.as_millis()).ok();
            let (creating, field) = names.creating;
            if entry.payment.is_none() && entry.operation == creating {
                entry.payment = mask::value_of(&body, field);
            }
            entry.exchange = Arc::new(Exchange {
                request: Arc::clone(&entry.exchange.request),
                answer: Some(sent),
                secrets: self.secrets.clone(),
                computed: names.computed,
            });
        });
        Response::from_parts(head, Body::from(body))
    }

    /// Returns what may be shown of a text from outside: no secret, and of cards six and four digits.
    pub(crate) fn shown(&self, text: &str) -> String {
        mask::cards(&self.secrets.redacted(text))
    }

    pub(crate) fn entries(&self) -> Vec<JournalEntry> {
        self.entries.entries()
    }

    /// Returns the entry with this number, if it is still kept.
    pub(crate) fn entry(&self, number: u64) -> Option<JournalEntry> {
        self.entries.get(number)
    }

    /// Lists the newest entries of a kind, newest first.
    pub(crate) fn newest(
        &self,
        count: usize,
        is_wanted: impl Fn(&JournalEntry) -> bool,
    ) -> Vec<JournalEntry> {
        self.entries.newest(count, is_wanted)
    }

    pub(crate) fn clear(&self) {
        self.entries.clear();
    }
}

pub(crate) fn as_text<T: Display, S: Serializer>(
    value: &Option<T>,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    match value {
        Some(value) => serializer.collect_str(value),
        None => serializer.serialize_none(),
    }
}

#[cfg(test)]
mod tests {
    use axum::http::{HeaderMap, Method};
    use axum::response::IntoResponse;

    use super::*;

    const NAMES: Names = Names {
        asked: &["trackid"],
        creating: ("create-invoice", "trackid"),
        computed: &[("api_sign", "$(sign)")],
    };

    #[test]
    fn nothing_that_was_sent_is_carried_out_by_a_shell() {
        let hostile = "`id`$(id)'\"\\;&|";
        let mut headers = HeaderMap::new();
        headers.insert("accept", hostile.parse().unwrap());
        headers.insert("content-type", "application/json".parse().unwrap());
        let body = "{\"a\":\"$(id) `id` ' \u{e000}$(id)\u{e000}\"}";
        let method = Method::from_bytes(b"`id`&|$").unwrap();
        let target = format!("/zipay/api/x?{hostile}");
        let received = Received::new(method, target, headers, body.into());
        let parameters = vec![Parameter::shown("a", "b"), Parameter::shown(hostile, "")];
        let arrival = Arrival::new("zipay", Some("verify"), parameters, received.into(), &NAMES);
        let journal = Journal::new();
        let number = journal.open(SystemTime::now(), &arrival, None);
        let curl = journal.entry(number).unwrap().curl("http://127.0.0.1:1");
        // What stands outside of single quotes is what this crate wrote.
        let curl = curl.replace(r"'\''", "");
        let parts = curl.split('\'').enumerate();
        let outside: String = parts
            .filter(|(place, _)| place % 2 == 0)
            .map(|(_, part)| part)
            .collect();
        let outside = outside.replace("--data-binary \"$body\"", "");
        assert!(
            !outside.contains(['`', '$', ';', '&', '|', '"']),
            "{curl}\n{outside}"
        );
    }

    fn arrival(operation: &'static str, parameters: Vec<Parameter>, body: &str) -> Arrival {
        let mut headers = HeaderMap::new();
        headers.insert("api_key", "k3y".parse().unwrap());
        headers.insert("api_sign", "c2lnbg==".parse().unwrap());
        headers.insert("x-own", "whatever".parse().unwrap());
        let form = "application/x-www-form-urlencoded";
        headers.insert("content-type", form.parse().unwrap());
        let body = body.to_owned().into();
        let received = Received::new(Method::POST, "/zipay/api/x".to_owned(), headers, body);
        Arrival::new(
            "zipay",
            Some(operation),
            parameters,
            received.into(),
            &NAMES,
        )
    }

    #[test]
    fn a_secret_is_redacted_wherever_it_stands() {
        let journal = Journal::new();
        journal.keep_out("s3cr3t");
        let parameters = vec![
            Parameter::shown("trackid", "before s3cr3t after"),
            Parameter::shown("s3cr3t", ""),
        ];
        let arrival = arrival("status", parameters, "trackid=before+s3cr3t+after&s3cr3t=");
        journal.open(SystemTime::now(), &arrival, None);
        let redacted = [
            Parameter::shown("trackid", "before [redacted] after"),
            Parameter::shown("[redacted]", ""),
        ];
        let entry = &journal.entries()[0];
        assert_eq!(entry.parameters, redacted);
        for shown in [format!("{journal:?}"), entry.request().body, entry.curl("")] {
            assert!(!shown.contains("s3cr3t"), "{shown}");
        }
    }

    #[tokio::test]
    async fn an_exchange_is_shown_without_what_nobody_may_see() {
        let journal = Journal::new();
        journal.keep_out_setting("zipay", "api_key", "k3y");
        let parameters = vec![
            Parameter::shown("trackid", "7"),
            Parameter::credential("other"),
        ];
        let arrival = arrival("create-invoice", parameters, "trackid=7&other=private");
        let number = journal.open(SystemTime::now(), &arrival, None);
        let json = r#"{"result":{"trackid":"7"},"ott":"t0ken","card":"6219861000000017"}"#;
        let response = ([("content-type", "application/json")], json).into_response();
        let took = Duration::from_millis(3);
        let response = journal.answered(number, &NAMES, took, response).await;
        let body = to_bytes(response.into_body(), 1000).await.unwrap();
        assert_eq!(body, json);

        let entry = journal.entry(number).unwrap();
        assert_eq!((entry.answered, entry.milliseconds), (Some(200), Some(3)));
        let request = entry.request();
        assert_eq!(request.line, "POST /zipay/api/x");
        assert_eq!(request.body, "trackid=7&other=[redacted]");
        let headers: Vec<_> = request.headers.iter().map(|it| it.value.as_str()).collect();
        let form = "application/x-www-form-urlencoded";
        assert_eq!(headers, [REDACTED, REDACTED, REDACTED, form]);
        let answer = entry.answer().unwrap();
        assert_eq!(answer.line, "200 OK");
        let shown = r#"{"card":"621986XXXXXX0017","ott":"[redacted]","result":{"trackid":"7"}}"#;
        assert_eq!(answer.body, shown);
        let curl = entry.curl("http://127.0.0.1:1");
        for part in [
            "curl -X POST 'http://127.0.0.1:1/zipay/api/x'",
            r#"-H 'api_key: '"$PAYLINK_ZIPAY_API_KEY""#,
            r#"-H 'api_sign: '"$(sign)""#,
            "-H 'x-own: [redacted]'",
            r#"--data-binary "$body""#,
            "body='trackid=7&other=[redacted]'",
        ] {
            assert!(curl.contains(part), "{curl}");
        }
        let har = har(&[entry], "http://127.0.0.1:1").to_string();
        for secret in [
            "k3y",
            "c2lnbg",
            "whatever",
            "private",
            "t0ken",
            "1000000017",
        ] {
            assert!(!har.contains(secret) && !curl.contains(secret), "{secret}");
        }
    }

    #[test]
    fn a_created_payment_is_found_in_the_answer() {
        for (body, name, found) in [
            (
                r#"{"result":{"trackid":"a-1","x":2}}"#,
                "trackid",
                Some("a-1"),
            ),
            (r#"{"status":true,"pay_id":19}"#, "pay_id", Some("19")),
            (
                "<PayLinkSendID>26041</PayLinkSendID>",
                "PayLinkSendID",
                Some("26041"),
            ),
            (r#"{"PayLinkSendID":0}"#, "PayLinkSendID", None),
            (r#"{"pay_id":null}"#, "pay_id", None),
            ("", "pay_id", None),
        ] {
            let value = mask::value_of(body.as_bytes(), name);
            assert_eq!(value.as_deref(), found, "{body}");
        }
    }
}
