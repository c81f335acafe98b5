//! What needs a person: the list, and one alarm with why and what to do.

use std::sync::Arc;

use askama::Template;
use axum::Form;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::Response;
use serde::Deserialize;

use super::frame::{Frame, Page, leads_to, shown};
use super::language::Lang;
use super::texts::Explained;
use super::{HOME, Operator, filters};
use crate::problem::{Problem, ProblemKind};
use crate::store::Store;
use crate::store::alarms::{Alarm, AlarmKind, Alarms};

/// How many alarms are listed.
const MOST: u16 = 100;

#[derive(Deserialize)]
pub(super) struct Filter {
    /// `all`, or those that are open.
    #[serde(default)]
    state: String,
}

#[derive(Template)]
#[template(path = "operator/alarms.html")]
struct Listed<'a> {
    frame: &'a Frame,
    alarms: Vec<Alarm>,
    all: bool,
}

pub(super) async fn list(
    State(operator): State<Arc<Operator>>,
    frame: Frame,
    Query(filter): Query<Filter>,
) -> Page {
    let all = filter.state == "all";
    let which = Alarms {
        open_only: !all,
        newest_first: all,
        ..Alarms::default()
    };
    let page = Listed {
        frame: &frame,
        alarms: operator.service().store.alarms(which, MOST).await?,
        all,
    };
    Ok(shown(StatusCode::OK, &page))
}

#[derive(Template)]
#[template(path = "operator/alarm.html")]
struct Shown<'a> {
    frame: &'a Frame,
    alarm: &'a Alarm,
    explained: Explained,
    differences: Vec<Difference<'a>>,
    note: &'a str,
    is_note_wrong: bool,
}

pub(super) async fn page(
    State(operator): State<Arc<Operator>>,
    frame: Frame,
    Path(id): Path<String>,
) -> Page {
    let alarm = read(&operator.service().store, &id).await?;
    Ok(of(StatusCode::OK, &frame, &alarm, ""))
}

fn of(status: StatusCode, frame: &Frame, alarm: &Alarm, note: &str) -> Response {
    let differences = match alarm.kind {
        AlarmKind::Mismatch => differences(&alarm.detail).unwrap_or_default(),
        AlarmKind::Lost => Vec::new(),
    };
    let page = Shown {
        frame,
        alarm,
        explained: frame.lang.alarm(alarm.kind),
        differences,
        note,
        is_note_wrong: !status.is_success(),
    };
    shown(status, &page)
}

async fn read(store: &Store, id: &str) -> Result<Alarm, Problem> {
    let which = Alarms {
        id,
        ..Alarms::default()
    };
    let alarm = store.alarms(which, 1).await?.pop();
    alarm.ok_or_else(|| Problem::new(ProblemKind::NotFound, "there is no alarm of this id"))
}

#[derive(Deserialize)]
pub(super) struct Resolve {
    #[serde(default)]
    note: String,
}

pub(super) async fn resolve(
    State(operator): State<Arc<Operator>>,
    frame: Frame,
    Path(id): Path<String>,
    Form(Resolve { note }): Form<Resolve>,
) -> Page {
    let service = operator.service();
    match service.resolve(&id, &note, frame.key()?).await {
        Ok(_) => Ok(leads_to(&format!("{HOME}/alarms/{id}"))),
        Err(problem) if problem.kind() == ProblemKind::Invalid => {
            let alarm = read(&service.store, &id).await?;
            Ok(of(StatusCode::UNPROCESSABLE_ENTITY, &frame, &alarm, &note))
        }
        Err(problem) => Err(problem.into()),
    }
}

/// A field in which a payment differs from its order.
#[derive(PartialEq, Eq, Debug)]
struct Difference<'a> {
    field: &'a str,
    found: &'a str,
    expected: &'a str,
}

impl Difference<'_> {
    /// A value as it is shown: marks between the thousands of an amount, since two of them are compared by eye.
    fn shown(&self, lang: &Lang, value: &str) -> String {
        match self.field {
            "amount" => lang.amount(value),
            _ => value.to_owned(),
        }
    }
}

/// What a mismatch says, field by field: `amount is "1", expected "2"; …`. Within a value are no such quotes. `None` if it
/// has another form.
fn differences(detail: &str) -> Option<Vec<Difference<'_>>> {
    let mut rest = detail;
    let mut differences = Vec::new();
    loop {
        let (field, after) = rest.split_once(" is \"")?;
        let (found, after) = after.split_once("\", expected \"")?;
        let (expected, after) = after.split_once('"')?;
        differences.push(Difference {
            field,
            found,
            expected,
        });
        match after.strip_prefix("; ") {
            Some(next) => rest = next,
            None => return after.is_empty().then_some(differences),
        }
    }
}

#[cfg(test)]
mod tests {
    use paylink::core::{ComparedField, Mismatch};

    use super::*;

    #[test]
    fn a_mismatch_is_read_field_by_field() {
        let one = Mismatch::new(ComparedField::Amount, "250000 IRT", "1000 IRT");
        let difference = Difference {
            field: "amount",
            found: "1000 IRT",
            expected: "250000 IRT",
        };
        assert_eq!(differences(&one.to_string()), Some(vec![difference]));
        let two = format!("{one}; order is \"7\", expected \"8\"");
        assert_eq!(differences(&two).map(|it| it.len()), Some(2));
    }

    #[test]
    fn quotes_of_others_begin_no_difference_of_their_own() {
        let forged = "1\", expected \"1\"; amount is \"2";
        let odd = Mismatch::new(ComparedField::Order, "1000", forged).to_string();
        let read = differences(&odd).unwrap();
        assert_eq!(read.len(), 1);
        assert_eq!(read[0].found, "1', expected '1'; amount is '2");
        for other in [
            "",
            "the payment is another one",
            "amount is \"1\"",
            "amount is \"1\", expected \"2\"x",
        ] {
            assert_eq!(differences(other), None, "{other}");
        }
    }
}
