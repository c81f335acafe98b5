//! The text messages and the webhooks.

use askama::Template;
use axum::extract::State;
use axum::response::Response;

use super::{Board, Frame, Place, SHOWN, answer};
use crate::outbox::{Attempt, Webhook, WebhookState};
use crate::page::{Reader, Shown};
use crate::sms::Sms;

pub(super) async fn show(State(board): State<Board>, reader: Reader) -> Response {
    let world = &board.world;
    let messages = world.sms.newest(SHOWN, |_| true);
    let webhooks = world.outbox.newest(SHOWN, |_| true);
    let view = MessagesPage {
        reader: &reader,
        frame: Frame::of(&board, &reader, Place::Messages),
        messages: messages.iter().map(|it| Letter::of(&board, it)).collect(),
        webhooks: webhooks
            .into_iter()
            .map(|it| Call::of(&board, it))
            .collect(),
    };
    answer(&reader, &view)
}

#[derive(Template)]
#[template(path = "dashboard/messages.html")]
struct MessagesPage<'a> {
    reader: &'a Reader,
    frame: Frame<'a>,
    messages: Vec<Letter>,
    webhooks: Vec<Call>,
}

/// A text message as it is shown.
struct Letter {
    sms: Sms,
    to: String,
    title: &'static str,
    parts: Vec<Part>,
    codes: Vec<String>,
}

/// A piece of a message.
#[derive(Debug, PartialEq, Eq)]
enum Part {
    Text(String),
    /// An address of this sandbox.
    Link(String),
}

impl Letter {
    fn of(board: &Board, sms: &Sms) -> Self {
        let text = board.safe(&sms.text);
        Self {
            title: board.title(sms.provider),
            parts: parts(&text, &board.world.origin),
            codes: codes(&text),
            to: board.safe(&sms.to),
            sms: sms.clone(),
        }
    }
}

/// Finds the addresses of this sandbox in a text; any other stays text.
fn parts(text: &str, origin: &str) -> Vec<Part> {
    let here = format!("{origin}/");
    let mut parts = Vec::new();
    let mut rest = text;
    while let Some((before, from)) = rest.find(&here).and_then(|at| rest.split_at_checked(at)) {
        let end = from.find(char::is_whitespace).unwrap_or(from.len());
        let (link, after) = from.split_at_checked(end).unwrap_or((from, ""));
        parts.push(Part::Text(before.to_owned()));
        parts.push(Part::Link(link.to_owned()));
        rest = after;
    }
    parts.push(Part::Text(rest.to_owned()));
    parts.retain(|part| *part != Part::Text(String::new()));
    parts
}

/// Finds what a message tells its reader to send back: the number behind the word for a code.
fn codes(text: &str) -> Vec<String> {
    let words: Vec<&str> = text.split_whitespace().collect();
    let pairs = words.windows(2).filter_map(|pair| match pair {
        ["کد", code] if code.len() >= 4 && code.bytes().all(|it| it.is_ascii_digit()) => {
            Some((*code).to_owned())
        }
        _ => None,
    });
    pairs.collect()
}

/// A webhook as it is shown.
struct Call {
    webhook: Webhook,
    title: &'static str,
    url: String,
    body: String,
}

impl Call {
    fn of(board: &Board, webhook: Webhook) -> Self {
        Self {
            title: board.title(webhook.provider),
            url: board.safe(&webhook.url),
            body: board.safe(&webhook.body),
            webhook,
        }
    }
}

impl Webhook {
    pub(super) fn shown(&self) -> Shown {
        match self.state {
            WebhookState::Waiting => Shown::waiting("در حال ارسال", "being sent"),
            WebhookState::Delivered => Shown::good("تحویل شد", "delivered"),
            WebhookState::GivenUp => Shown::bad("تحویل نشد", "not delivered"),
            WebhookState::Refused | WebhookState::Lost => Shown::bad("ارسال نشد", "not sent"),
        }
    }
}

impl Attempt {
    pub(super) fn tone(&self) -> &'static str {
        match self.answered {
            Some(200..=299) => "good",
            _ => "bad",
        }
    }

    /// Returns the status, or why there is none.
    pub(super) fn outcome(&self) -> String {
        let status = self.answered.map(|status| format!("HTTP {status}"));
        status.or_else(|| self.failure.clone()).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_of_this_sandbox_alone_become_links() {
        let origin = "http://127.0.0.1:8080";
        let text =
            "a http://127.0.0.1:8080/pod/x?y=1\nhttp://127.0.0.1:80801/z https://evil.example/";
        let found = parts(text, origin);
        let expected = [
            Part::Text("a ".to_owned()),
            Part::Link("http://127.0.0.1:8080/pod/x?y=1".to_owned()),
            Part::Text("\nhttp://127.0.0.1:80801/z https://evil.example/".to_owned()),
        ];
        assert_eq!(found, expected);
    }

    #[test]
    fn codes_stand_behind_their_word() {
        assert_eq!(codes("مبلغ 10000 ریال، کد 43210 را"), ["43210"]);
        assert!(codes("کد تخفیف 10000").is_empty());
    }
}
