//! The faults: presets, the rules in force, and a form for another.

use std::time::Duration;

use askama::Template;
use axum::extract::{RawQuery, State};
use axum::response::Response;

use super::{Asked, Board, Frame, Place, answer};
use crate::faults::{FAULT_HEADER, Fault, Preset, SetFault};
use crate::page::{Bilingual, Reader, bilingual};
use crate::simulated::Simulated;

pub(super) async fn show(State(board): State<Board>, reader: Reader, query: RawQuery) -> Response {
    let asked = Asked::of(&query);
    let view = FaultsPage {
        reader: &reader,
        frame: Frame::of(&board, &reader, Place::Faults),
        board: &board,
        chosen: board.provider(asked.get("provider")),
        rules: board.world.faults.pending(),
    };
    answer(&reader, &view)
}

#[derive(Template)]
#[template(path = "dashboard/faults.html")]
struct FaultsPage<'a> {
    reader: &'a Reader,
    frame: Frame<'a>,
    board: &'a Board,
    /// The provider that presets are turned on for; without one they are for all.
    chosen: Option<&'a Simulated>,
    rules: Vec<SetFault>,
}

/// A preset as a switch.
struct Switch {
    name: &'static str,
    title: &'static str,
    about: &'static str,
    is_on: bool,
    /// For whom it is on.
    of: String,
    /// What turns it over.
    body: String,
}

/// What the form offers.
struct Choice {
    name: String,
    title: &'static str,
    /// The number that comes with it.
    needs: &'static str,
}

impl FaultsPage<'_> {
    fn providers(&self) -> &[Simulated] {
        &self.board.providers
    }

    fn is_chosen(&self, provider: &Simulated) -> bool {
        let chosen = self.chosen.map(Simulated::name);
        chosen == Some(provider.name())
    }

    fn switches(&self) -> Vec<Switch> {
        let chosen = self.chosen.map(Simulated::name);
        let switch = |preset: Preset| {
            let mut rules = self.rules.iter();
            let rule = rules.find(|set| set.rule.preset == Some(preset));
            let (title, about) = words(preset);
            let body = serde_json::json!({"on": rule.is_none(), "provider": chosen});
            Switch {
                name: preset.name(),
                title: title.of(self.frame.lang()),
                about: about.of(self.frame.lang()),
                is_on: rule.is_some(),
                of: rule.map(|set| self.whose(set)).unwrap_or_default(),
                body: body.to_string(),
            }
        };
        Preset::ALL.into_iter().map(switch).collect()
    }

    /// Names the provider of a rule, or all.
    fn whose(&self, set: &SetFault) -> String {
        let title = set.rule.provider.as_deref();
        let title = title.map(|name| self.board.title(name));
        title.unwrap_or(self.frame.t.all_providers).to_owned()
    }

    fn says(&self, set: &SetFault) -> &'static str {
        title(set.rule.fault).of(self.frame.lang())
    }

    fn choices(&self) -> Vec<Choice> {
        let choice = |fault: Fault| {
            let written = fault.to_string();
            let (name, number) = written.split_once(' ').unwrap_or((&written, ""));
            Choice {
                name: name.to_owned(),
                title: title(fault).of(self.frame.lang()),
                needs: match (number, name.starts_with("status")) {
                    ("", _) => "",
                    (_, true) => "status",
                    (_, false) => "milliseconds",
                },
            }
        };
        KINDS.into_iter().map(choice).collect()
    }

    /// Shows the header that a request sets a fault of its own with.
    fn header(&self) -> String {
        format!("{FAULT_HEADER}: {}", Fault::DropAfter)
    }

    fn example(&self) -> String {
        let provider = self.chosen.or_else(|| self.board.providers.first());
        let sample = provider.map(Simulated::sample).unwrap_or_default();
        format!("{sample} -H '{}'", self.header())
    }
}

/// Every kind of fault, in the order of the form.
const KINDS: [Fault; 13] = [
    Fault::DropAfter,
    Fault::DropBefore,
    Fault::DelayAfter(Duration::ZERO),
    Fault::Delay(Duration::ZERO),
    Fault::StatusAfter(502),
    Fault::Status(503),
    Fault::HtmlAfter,
    Fault::Html,
    Fault::Truncated,
    Fault::WebhookTwice,
    Fault::WebhookLate(Duration::ZERO),
    Fault::WebhookBeforeAnswer,
    Fault::WebhookLost,
];

fn title(fault: Fault) -> Bilingual {
    match fault {
        Fault::DropBefore => bilingual(
            "اتصال پیش از اجرا قطع می‌شود",
            "connection closed, nothing done",
        ),
        Fault::DropAfter => bilingual("اجرا می‌شود، پاسخ گم می‌شود", "done, the answer is lost"),
        Fault::Delay(_) => bilingual("با تأخیر اجرا می‌شود", "done late"),
        Fault::DelayAfter(_) => bilingual("اجرا می‌شود، پاسخ دیر می‌رسد", "done, answered late"),
        Fault::Status(_) => bilingual("اجرا نمی‌شود، خطای HTTP", "nothing done, HTTP error"),
        Fault::StatusAfter(_) => bilingual("اجرا می‌شود، خطای HTTP", "done, HTTP error"),
        Fault::Html => bilingual(
            "اجرا نمی‌شود، صفحهٔ HTML با وضعیت ۲۰۰",
            "nothing done, an HTML page with 200",
        ),
        Fault::HtmlAfter => bilingual(
            "اجرا می‌شود، صفحهٔ HTML با وضعیت ۲۰۰",
            "done, an HTML page with 200",
        ),
        Fault::Truncated => bilingual("اجرا می‌شود، نیمی از پاسخ می‌رسد", "done, half of the answer"),
        Fault::WebhookTwice => bilingual("وب‌هوک دو بار می‌رسد", "webhook delivered twice"),
        Fault::WebhookLate(_) => bilingual("وب‌هوک دیر می‌رسد", "webhook delivered late"),
        Fault::WebhookBeforeAnswer => {
            bilingual("وب‌هوک پیش از پاسخ می‌رسد", "webhook before the answer")
        }
        Fault::WebhookLost => bilingual("وب‌هوک نمی‌رسد", "webhook never delivered"),
    }
}

/// Returns what a preset is called and what it does.
fn words(preset: Preset) -> (Bilingual, Bilingual) {
    match preset {
        Preset::SlowBank => (
            bilingual("بانک کند", "Slow bank"),
            bilingual(
                "هر پاسخ پنج ثانیه طول می‌کشد.",
                "Every answer takes five seconds.",
            ),
        ),
        Preset::LostAnswer => (
            bilingual("پاسخ گم‌شده", "Lost answer"),
            bilingual(
                "از هر چهار پاسخ یکی گم می‌شود، هرچند عملیات اجرا شده است.",
                "One answer in four is lost, although it was done.",
            ),
        ),
        Preset::FlappingNetwork => (
            bilingual("شبکهٔ ناپایدار", "Flapping network"),
            bilingual(
                "۱۵٪ درخواست‌ها نمی‌رسند، ۱۵٪ بی‌پاسخ می‌مانند و ۱۰٪ خطای 502 می‌گیرند.",
                "15% never arrive, 15% lose their answer, 10% meet a 502.",
            ),
        ),
        Preset::ProviderDown => (
            bilingual("سرویس از کار افتاده", "Provider down"),
            bilingual("هیچ‌چیز اجرا نمی‌شود: 503.", "Nothing is done: 503."),
        ),
        Preset::WebhookTwice => (
            bilingual("وب‌هوک تکراری", "Webhook twice"),
            bilingual("هر وب‌هوک دو بار می‌رسد.", "Each webhook is delivered twice."),
        ),
        Preset::WebhookLate => (
            bilingual("وب‌هوک دیر", "Late webhook"),
            bilingual(
                "هر وب‌هوک نیم دقیقه دیر می‌رسد.",
                "Each webhook is half a minute late.",
            ),
        ),
        Preset::WebhookBeforeAnswer => (
            bilingual("وب‌هوک پیش از پاسخ", "Webhook before the answer"),
            bilingual(
                "وب‌هوک پیش از پاسخ به پرداخت‌کننده می‌رسد.",
                "The webhook comes before the payer is answered.",
            ),
        ),
    }
}
