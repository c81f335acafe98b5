//! The payments of all providers.

use std::cmp::Reverse;
use std::time::{SystemTime, UNIX_EPOCH};

use askama::Template;
use axum::extract::{RawQuery, State};
use axum::response::Response;
use jalali_calendar::digits::to_latin;

use super::{Asked, Board, Frame, Place, SHOWN, answer};
use crate::page::Reader;
use crate::simulated::{Payment, Simulated, Stage};

pub(super) async fn show(State(board): State<Board>, reader: Reader, query: RawQuery) -> Response {
    let filter = Filter::of(&Asked::of(&query));
    let (rows, has_more) = rows(&board, &filter);
    let view = PaymentsPage {
        reader: &reader,
        frame: Frame::of(&board, &reader, Place::Payments),
        providers: &board.providers,
        rows,
        has_more,
        filter,
    };
    answer(&reader, &view)
}

#[derive(Template)]
#[template(path = "dashboard/payments.html")]
struct PaymentsPage<'a> {
    reader: &'a Reader,
    frame: Frame<'a>,
    providers: &'a [Simulated],
    rows: Vec<Row>,
    has_more: bool,
    filter: Filter,
}

struct Row {
    provider: &'static str,
    title: &'static str,
    payment: Payment,
    created: SystemTime,
}

/// Which payments are asked for.
struct Filter {
    provider: String,
    stage: Option<Stage>,
    /// A part of the order or of the id, with Latin digits.
    text: String,
}

/// The stages by their names in addresses.
const STAGES: [(&str, Stage); 4] = [
    ("open", Stage::Open),
    ("paid", Stage::Paid),
    ("settled", Stage::Settled),
    ("failed", Stage::Failed),
];

impl Filter {
    fn of(asked: &Asked) -> Self {
        let stage = asked.get("state");
        let mut stages = STAGES.into_iter();
        Self {
            provider: asked.get("provider").to_owned(),
            stage: stages.find(|(name, _)| *name == stage).map(|(_, it)| it),
            text: to_latin(asked.get("q")),
        }
    }

    fn takes_all(&self) -> bool {
        self.provider.is_empty() && self.stage.is_none() && self.text.is_empty()
    }

    fn is_met(&self, payment: &Payment) -> bool {
        let named = |text: &str| self.text.is_empty() || to_latin(text).contains(&self.text);
        self.stage.is_none_or(|stage| payment.stage == stage)
            && (named(&payment.id) || named(&payment.order))
    }
}

/// Lists the newest payments that are asked for, newest first, and whether there are more.
fn rows(board: &Board, filter: &Filter) -> (Vec<Row>, bool) {
    let narrows = filter.stage.is_some() || !filter.text.is_empty();
    let looked_at = if narrows { usize::MAX } else { SHOWN + 1 };
    let providers = board.providers.iter();
    let providers = providers
        .filter(|provider| filter.provider.is_empty() || provider.name() == filter.provider);
    let mut rows: Vec<Row> = providers
        .flat_map(|provider| {
            let newest = provider.payments(looked_at).into_iter();
            let met = newest.filter(|payment| filter.is_met(payment));
            met.take(SHOWN + 1)
                .map(|payment| Row::of(provider, payment))
        })
        .collect();
    rows.sort_by_key(|row| Reverse(row.created));
    let has_more = rows.len() > SHOWN;
    rows.truncate(SHOWN);
    for row in &mut rows {
        row.payment.order = board.safe(&row.payment.order);
    }
    (rows, has_more)
}

impl Row {
    fn of(provider: &Simulated, payment: Payment) -> Self {
        Self {
            provider: provider.name(),
            title: provider.title(),
            created: payment.history.first().map_or(UNIX_EPOCH, |it| it.at),
            payment,
        }
    }
}

impl PaymentsPage<'_> {
    /// Lists the stages: name in addresses, title, and whether it is asked for.
    fn stages(&self) -> [(&'static str, &'static str, bool); 4] {
        STAGES.map(|(name, stage)| (name, self.stage(stage), self.filter.stage == Some(stage)))
    }

    fn stage(&self, stage: Stage) -> &'static str {
        let t = self.frame.t;
        match stage {
            Stage::Open => t.stage_open,
            Stage::Paid => t.stage_paid,
            Stage::Settled => t.stage_settled,
            Stage::Failed => t.stage_failed,
        }
    }
}
