//! The accounts of the merchants, and how the providers behave.

use askama::Template;
use axum::extract::State;
use axum::response::Response;
use serde_json::Value;

use super::{Board, Frame, Place, answer};
use crate::page::Reader;
use crate::simulated::{Holder, Simulated};

pub(super) async fn show(State(board): State<Board>, reader: Reader) -> Response {
    let providers = board.providers.iter();
    let view = AccountsPage {
        reader: &reader,
        frame: Frame::of(&board, &reader, Place::Accounts),
        sections: providers.map(|it| Section::of(&board, it)).collect(),
    };
    answer(&reader, &view)
}

#[derive(Template)]
#[template(path = "dashboard/accounts.html")]
struct AccountsPage<'a> {
    reader: &'a Reader,
    frame: Frame<'a>,
    sections: Vec<Section>,
}

/// What is shown of one provider.
struct Section {
    name: &'static str,
    title: &'static str,
    /// How the names of the accounts' variables begin.
    prefix: String,
    other_prefix: String,
    account: Vec<(String, String)>,
    other: Option<Vec<(String, String)>>,
    behaviour: Vec<(String, String)>,
    holders: Vec<Holder>,
}

impl Section {
    fn of(board: &Board, provider: &Simulated) -> Self {
        let prefix = format!("PAYLINK_{}_", provider.name().to_uppercase());
        let other_prefix = format!("PAYLINK_ACCOUNT_{}_OTHER_", provider.name().to_uppercase());
        let shown = |variables: Vec<(String, String)>| {
            let masked = |(name, value)| (name, masked(board, value));
            variables.into_iter().map(masked).collect()
        };
        let behaviour = match provider.behaviour() {
            Value::Object(settings) => settings.into_iter().map(written).collect(),
            _ => Vec::new(),
        };
        Self {
            name: provider.name(),
            title: provider.title(),
            account: shown(provider.variables()),
            other: provider.other_variables().map(shown),
            behaviour,
            holders: provider.holders(),
            prefix,
            other_prefix,
        }
    }
}

fn written((key, value): (String, Value)) -> (String, String) {
    match value {
        Value::String(word) => (key, word),
        value => (key, value.to_string()),
    }
}

/// Shows four letters of what the journal hides; anything else is no secret.
fn masked(board: &Board, value: String) -> String {
    if board.safe(&value) == value {
        return value;
    }
    let begin: String = value.chars().take(4).collect();
    format!("{begin}••••••••")
}
