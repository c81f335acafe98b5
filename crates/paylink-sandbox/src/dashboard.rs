//! The dashboard: every payment, request and message of the sandbox, its clock and its faults, on pages for people.
//!
//! What its buttons do, the API does: a page only names the path.

mod accounts;
mod faults;
mod messages;
mod payment;
mod payments;
mod requests;
mod texts;

use std::sync::{Arc, LazyLock};
use std::time::{Duration, SystemTime};

use askama::Template;
use axum::Router;
use axum::extract::RawQuery;
use axum::http::StatusCode;
use axum::response::Response;
use axum::routing::get;
use texts::{TEXTS, Texts};

use crate::calendar;
use crate::page::{Bilingual, Lang, Left, Own, Policy, Reader, bilingual, inert, lost, page};
use crate::simulated::Simulated;
use crate::world::World;

/// The style of the dashboard, beside that of all pages.
pub(crate) const STYLE: &str = include_str!("../templates/dashboard.css");

/// The script of the dashboard, after that of all pages.
pub(crate) const SCRIPT: &str = include_str!("../templates/dashboard.js");

static OWN: LazyLock<Own> = LazyLock::new(|| Own::of(STYLE, SCRIPT));

/// What is shown of each kind at most.
const SHOWN: usize = 100;

/// Serves the dashboard, and a page for every address that leads nowhere.
pub(crate) fn router(world: &World, providers: &[Simulated]) -> Router {
    let board = Board {
        world: world.clone(),
        providers: providers.into(),
    };
    Router::new()
        .route("/", get(payments::show))
        .route("/payments/{provider}/{id}", get(payment::show))
        .route("/requests", get(requests::show))
        .route("/requests/{number}", get(requests::show_one))
        .route("/messages", get(messages::show))
        .route("/faults", get(faults::show))
        .route("/accounts", get(accounts::show))
        .fallback(nowhere)
        .with_state(board)
}

async fn nowhere(reader: Reader) -> Response {
    let text = bilingual(
        "در این آدرس چیزی نیست.",
        "There is nothing at this address.",
    );
    not_found(&reader, text)
}

fn not_found(reader: &Reader, text: Bilingual) -> Response {
    let heading = bilingual("صفحه پیدا نشد", "Page not found");
    lost(reader, None, heading, text)
}

fn answer<T: Template>(reader: &Reader, view: &T) -> Response {
    let policy = Policy {
        connects: true,
        own: Some(&OWN),
        ..Policy::default()
    };
    page(reader, StatusCode::OK, view, policy)
}

/// What the dashboard shows.
#[derive(Debug, Clone)]
struct Board {
    world: World,
    providers: Arc<[Simulated]>,
}

impl Board {
    fn provider(&self, name: &str) -> Option<&Simulated> {
        let mut providers = self.providers.iter();
        providers.find(|provider| provider.name() == name)
    }

    fn title(&self, name: &str) -> &'static str {
        self.provider(name).map_or("", Simulated::title)
    }

    /// Returns what may be shown of a text that came from outside.
    fn safe(&self, text: &str) -> String {
        let shown = self.world.journal.shown(text);
        shown.lines().map(inert).collect::<Vec<_>>().join("\n")
    }
}

/// A page in the navigation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Place {
    Payments,
    Requests,
    Messages,
    Faults,
    Accounts,
}

/// What all pages have around their contents.
struct Frame<'a> {
    reader: &'a Reader,
    /// The words.
    t: &'static Texts,
    place: Place,
    now: SystemTime,
    ahead: Duration,
    deadline: Option<SystemTime>,
}

impl<'a> Frame<'a> {
    fn of(board: &Board, reader: &'a Reader, place: Place) -> Self {
        let clock = &board.world.clock;
        let deadlines = board.providers.iter().filter_map(Simulated::next_deadline);
        Self {
            reader,
            t: TEXTS.of(reader.lang),
            place,
            now: clock.now(),
            ahead: clock.advanced(),
            deadline: deadlines.min(),
        }
    }

    fn lang(&self) -> Lang {
        self.reader.lang
    }

    /// Lists the pages: address, name, and whether it is this one.
    fn pages(&self) -> [(&'static str, &'static str, bool); 5] {
        let t = self.t;
        [
            ("/", t.payments, Place::Payments),
            ("/requests", t.requests, Place::Requests),
            ("/messages", t.messages, Place::Messages),
            ("/faults", t.faults, Place::Faults),
            ("/accounts", t.accounts, Place::Accounts),
        ]
        .map(|(address, name, place)| (address, name, place == self.place))
    }

    fn clock_shows(&self) -> String {
        self.lang().moment(self.now)
    }

    fn unix_now(&self) -> u64 {
        calendar::unix_seconds(self.now)
    }

    /// Returns how far the clock is ahead: `2 h 5 min`.
    fn ahead(&self) -> Option<String> {
        (!self.ahead.is_zero()).then(|| span(self.lang(), self.ahead))
    }

    /// Writes a moment for a list.
    fn moment(&self, at: &SystemTime) -> String {
        stamp(self.lang(), *at)
    }

    /// Writes a moment for programs.
    fn machine(&self, at: &SystemTime) -> String {
        calendar::utc(*at)
    }

    fn unix(&self, at: &SystemTime) -> u64 {
        calendar::unix_seconds(*at)
    }

    /// Writes the time until a moment as clocks do.
    fn left(&self, until: &SystemTime) -> String {
        self.lang().left(Left::until(*until, self.now))
    }

    /// Writes a share.
    fn percent(&self, share: &u8) -> String {
        let mark = bilingual("٪", "%").of(self.lang());
        format!("{}{mark}", self.number(share))
    }

    /// Writes a count.
    fn number(&self, number: &impl ToString) -> String {
        self.lang().number(&number.to_string())
    }
}

/// Writes a moment as Tehran's clocks show it, to the second: `2026-11-29 20:15:07`, `۱۴۰۵/۰۹/۰۸ ۲۰:۱۵:۰۷`.
fn stamp(lang: Lang, at: SystemTime) -> String {
    match lang {
        Lang::Persian => calendar::tehran(at).map_or_else(String::new, |there| {
            lang.digits(&format!(
                "{}/{:02}/{:02} {:02}:{:02}:{:02}",
                there.year(),
                there.month(),
                there.day(),
                there.hour(),
                there.minute(),
                there.second()
            ))
        }),
        Lang::English => calendar::gregorian_to_the_second(at),
    }
}

/// Writes a duration in its two largest units.
fn span(lang: Lang, duration: Duration) -> String {
    let seconds = duration.as_secs();
    let units = [
        (seconds / 86_400, bilingual("روز", "d")),
        (seconds / 3600 % 24, bilingual("ساعت", "h")),
        (seconds / 60 % 60, bilingual("دقیقه", "min")),
        (seconds % 60, bilingual("ثانیه", "s")),
    ];
    let some = units.into_iter().filter(|(count, _)| *count > 0).take(2);
    let written =
        some.map(|(count, unit)| format!("{} {}", lang.number(&count.to_string()), unit.of(lang)));
    written
        .collect::<Vec<_>>()
        .join(bilingual(" و ", " ").of(lang))
}

/// What the address of a page asks for.
struct Asked(Vec<(String, String)>);

impl Asked {
    fn of(RawQuery(query): &RawQuery) -> Self {
        let query = query.as_deref().unwrap_or_default().as_bytes();
        Self(form_urlencoded::parse(query).into_owned().collect())
    }

    /// Returns a parameter without the blanks around it; empty if it is not there.
    fn get(&self, name: &str) -> &str {
        let mut given = self.0.iter();
        let given = given.find(|(given, _)| given == name);
        given.map_or("", |(_, value)| value.trim())
    }
}

#[cfg(test)]
mod tests {
    use std::time::UNIX_EPOCH;

    use super::*;

    #[test]
    fn moments_are_written_to_the_second() {
        let at = UNIX_EPOCH + Duration::from_secs(1_795_970_707);
        assert_eq!(stamp(Lang::English, at), "2026-11-29 20:15:07");
        assert_eq!(stamp(Lang::Persian, at), "۱۴۰۵/۰۹/۰۸ ۲۰:۱۵:۰۷");
    }

    #[test]
    fn durations_are_written_in_two_units() {
        let hours = Duration::from_secs(2 * 3600 + 5 * 60 + 7);
        assert_eq!(span(Lang::English, hours), "2 h 5 min");
        assert_eq!(span(Lang::Persian, hours), "۲ ساعت و ۵ دقیقه");
        assert_eq!(span(Lang::English, Duration::from_secs(2 * 86_400)), "2 d");
    }
}
