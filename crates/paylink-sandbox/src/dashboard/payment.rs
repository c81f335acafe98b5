//! One payment, and all that happened around it.

use std::time::SystemTime;

use askama::Template;
use axum::extract::{Path, State};
use axum::response::Response;

use super::requests::Exchange;
use super::texts::TEXTS;
use super::{Board, Frame, Place, SHOWN, answer, not_found};
use crate::journal::JournalEntry;
use crate::outbox::{Attempt, Webhook};
use crate::page::Reader;
use crate::page::bilingual;
use crate::simulated::{Payment, Simulated};
use crate::sms::Sms;

/// The requests that are shown whole.
const WHOLE: usize = 20;

pub(super) async fn show(
    State(board): State<Board>,
    Path((provider, id)): Path<(String, String)>,
    reader: Reader,
) -> Response {
    let found = board.provider(&provider);
    let found = found.and_then(|provider| Some((provider, provider.payment(&id)?)));
    let Some((provider, mut payment)) = found else {
        let (persian, english) = (TEXTS.persian.no_such_payment, TEXTS.english.no_such_payment);
        return not_found(&reader, bilingual(persian, english));
    };
    payment.order = board.safe(&payment.order);
    let frame = Frame::of(&board, &reader, Place::Payments);
    let requests = board.world.journal.newest(SHOWN, |entry| {
        entry.provider == provider.name() && entry.payment.as_ref() == Some(&payment.id)
    });
    let view = PaymentPage {
        timeline: timeline(&board, &frame, provider, &payment, &requests),
        exchanges: requests.iter().take(WHOLE).map(Exchange::of).collect(),
        reader: &reader,
        frame,
        provider,
        payment,
    };
    answer(&reader, &view)
}

#[derive(Template)]
#[template(path = "dashboard/payment.html")]
struct PaymentPage<'a> {
    reader: &'a Reader,
    frame: Frame<'a>,
    provider: &'a Simulated,
    payment: Payment,
    timeline: Vec<Step>,
    exchanges: Vec<Exchange>,
}

/// One thing that happened.
struct Step {
    at: SystemTime,
    /// Tells it from all others of this payment.
    key: String,
    kind: &'static str,
    what: String,
    /// Whether `what` is a name of programs.
    is_code: bool,
    tone: &'static str,
    /// More about it, in the words of programs.
    note: String,
    link: Option<String>,
}

fn timeline(
    board: &Board,
    frame: &Frame<'_>,
    provider: &Simulated,
    payment: &Payment,
    requests: &[JournalEntry],
) -> Vec<Step> {
    let is_about = |name: &str, id: &str| name == provider.name() && id == payment.id;
    let world = &board.world;
    let webhooks = world
        .outbox
        .newest(SHOWN, |it| is_about(it.provider, &it.payment));
    let messages = world
        .sms
        .newest(SHOWN, |it| is_about(it.provider, &it.payment));
    let mut steps = events(frame, payment);
    steps.extend(requests.iter().map(|entry| request(frame, entry)));
    for webhook in &webhooks {
        steps.push(written(board, frame, webhook));
        let tries = webhook.attempts.iter().enumerate();
        steps.extend(tries.map(|(place, attempt)| tried(frame, webhook, place, attempt)));
    }
    steps.extend(messages.iter().map(|message| sms(board, frame, message)));
    steps.sort_by_key(|step| step.at);
    let beyond = steps.len().saturating_sub(SHOWN);
    steps.split_off(beyond)
}

fn events(frame: &Frame<'_>, payment: &Payment) -> Vec<Step> {
    let each = payment.history.iter().enumerate();
    let step = |(place, event): (usize, &crate::simulated::Happened)| Step {
        at: event.at,
        key: format!("event-{place}"),
        kind: frame.t.kind_event,
        what: event.shown.title(frame.reader).to_owned(),
        is_code: false,
        tone: event.shown.tone,
        // Where it says nothing new it is left out.
        note: match event.shown.title(frame.reader) == event.name {
            true => String::new(),
            false => event.name.clone(),
        },
        link: None,
    };
    each.map(step).collect()
}

fn request(frame: &Frame<'_>, entry: &JournalEntry) -> Step {
    let answered = match entry.answered {
        Some(status) => status.to_string(),
        None => frame.t.under_way.to_owned(),
    };
    let met = frame.t.fault;
    let fault = entry.fault.map(|fault| format!(" · {met}: {fault}"));
    Step {
        at: entry.at,
        key: format!("request-{}", entry.number),
        kind: frame.t.kind_request,
        what: entry.operation.to_owned(),
        is_code: true,
        tone: entry.tone(),
        note: answered + &fault.unwrap_or_default(),
        link: Some(format!("/requests/{}", entry.number)),
    }
}

fn written(board: &Board, frame: &Frame<'_>, webhook: &Webhook) -> Step {
    let shown = webhook.shown();
    let fault = webhook.fault.map(|fault| format!(" · {fault}"));
    Step {
        at: webhook.at,
        key: format!("webhook-{}", webhook.number),
        kind: frame.t.kind_webhook,
        what: frame.t.webhook_written.to_owned(),
        is_code: false,
        tone: shown.tone,
        note: board.safe(&webhook.url) + &fault.unwrap_or_default(),
        link: Some(format!("/messages#webhook-{}", webhook.number)),
    }
}

fn tried(frame: &Frame<'_>, webhook: &Webhook, place: usize, attempt: &Attempt) -> Step {
    Step {
        at: attempt.at,
        key: format!("webhook-{}-{place}", webhook.number),
        kind: frame.t.kind_webhook,
        what: frame.t.webhook_try.to_owned(),
        is_code: false,
        tone: attempt.tone(),
        note: attempt.outcome(),
        link: Some(format!("/messages#webhook-{}", webhook.number)),
    }
}

fn sms(board: &Board, frame: &Frame<'_>, message: &Sms) -> Step {
    Step {
        at: message.at,
        key: format!("sms-{}", message.number),
        kind: frame.t.kind_sms,
        what: frame.t.kind_sms.to_owned(),
        is_code: false,
        tone: "waiting",
        note: board.safe(&message.to),
        link: Some(format!("/messages#sms-{}", message.number)),
    }
}
