use std::fmt::Display;
use std::future::Future;
use std::time::Duration;

use paylink::core::Settlement;
use serde::Serialize;

use crate::console::Console;
use crate::failure::Failure;
use crate::text::shown;

/// The longest that one step may take.
const PATIENCE: Duration = Duration::from_secs(30);

/// A step of a demo: what it should have come to, and what it came to.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub(crate) struct Step {
    pub(crate) provider: &'static str,
    pub(crate) step: &'static str,
    pub(crate) expected: String,
    pub(crate) got: String,
    pub(crate) ok: bool,
}

/// What a step brought to light.
#[derive(Debug)]
pub(crate) struct Seen<T> {
    /// What the next steps go on with.
    pub(crate) value: T,
    /// What happened, in the words in which it was expected.
    pub(crate) got: String,
    /// Something worth seeing besides: a link, a query.
    pub(crate) note: Option<String>,
}

/// What looking came to: something that was seen, or what is in the way.
pub(crate) type Looked<T> = Result<Seen<T>, Problem>;

/// A problem, in the words in which a step tells it.
#[derive(Debug)]
pub(crate) struct Problem(String);

impl<E: Display> From<E> for Problem {
    fn from(problem: E) -> Problem {
        Problem(problem.to_string())
    }
}

/// What settling came to, where the provider tells in its own words why nothing is paid.
pub(crate) fn settled<V>(settlement: Settlement<V>, not_paid: impl FnOnce(V) -> String) -> String {
    match settlement {
        Settlement::Settled(_) => "settled".to_owned(),
        Settlement::AlreadySettled(_) => "already settled".to_owned(),
        Settlement::NotPaid(state) => not_paid(state),
        Settlement::Mismatch(found) => {
            let fields = found.differences().iter().map(|it| it.field().as_str());
            format!("mismatch in {}", fields.collect::<Vec<_>>().join(", "))
        }
    }
}

/// Writes a walk as a table: each step, what it should come to, and what does it.
///
/// The demo goes on only with the value of a step that binds one, and after the others whatever they came to.
macro_rules! steps {
    ($journey:ident:) => {};
    ($journey:ident: let $value:pat = $step:expr, $expected:expr => $doing:expr; $($rest:tt)*) => {
        let $value = $journey.step($step, $expected, $doing).await?;
        steps!($journey: $($rest)*);
    };
    ($journey:ident: $step:expr, $expected:expr => $doing:expr; $($rest:tt)*) => {
        $journey.check($step, $expected, $doing).await?;
        steps!($journey: $($rest)*);
    };
}
pub(crate) use steps;

impl Seen<()> {
    pub(crate) fn only(got: impl Into<String>) -> Seen<()> {
        Seen::with((), got)
    }
}

impl<T> Seen<T> {
    pub(crate) fn with(value: T, got: impl Into<String>) -> Seen<T> {
        Seen {
            value,
            got: got.into(),
            note: None,
        }
    }

    pub(crate) fn note(mut self, note: impl Into<String>) -> Seen<T> {
        self.note = Some(note.into());
        self
    }
}

/// Why a demo ends before its last step.
#[derive(Debug)]
pub(crate) enum Ended {
    /// A step brought nothing to go on with; it is noted as one that differs.
    Stuck,
    /// Something that no step is about: there is nobody left to show it to, say.
    Failed(Failure),
}

/// One provider's demo as it goes.
#[derive(Debug)]
pub(crate) struct Journey<'a> {
    provider: &'static str,
    console: &'a Console,
    steps: Vec<Step>,
}

impl<'a> Journey<'a> {
    pub(crate) fn begin(
        provider: &'static str,
        sandbox: &str,
        console: &'a Console,
    ) -> Result<Journey<'a>, Failure> {
        console.step(format_args!(
            "{provider}, played by a sandbox at {sandbox}\n"
        ))?;
        Ok(Journey {
            provider,
            console,
            steps: Vec::new(),
        })
    }

    /// Does a step, tells of it, and holds it against what was expected.
    ///
    /// A step that differs but brought something to go on with does not end the demo.
    pub(crate) async fn step<T>(
        &mut self,
        step: &'static str,
        expected: impl Into<String>,
        doing: impl Future<Output = Looked<T>>,
    ) -> Result<T, Ended> {
        let seconds = PATIENCE.as_secs();
        let (value, got, note) = match tokio::time::timeout(PATIENCE, doing).await {
            Ok(Ok(seen)) => (Some(seen.value), seen.got, seen.note),
            Ok(Err(Problem(words))) => (None, words, None),
            Err(_) => (None, format!("nothing within {seconds} seconds"), None),
        };
        let (expected, got) = (expected.into(), shown(&got));
        let ok = expected == got;
        let step = Step {
            provider: self.provider,
            step,
            expected,
            got,
            ok,
        };
        self.tell(&step, note.as_deref()).map_err(Ended::Failed)?;
        self.steps.push(step);
        value.ok_or(Ended::Stuck)
    }

    /// Does a step that brings nothing to go on with: the demo goes on, whatever it came to.
    pub(crate) async fn check(
        &mut self,
        step: &'static str,
        expected: impl Into<String>,
        doing: impl Future<Output = Looked<()>>,
    ) -> Result<(), Ended> {
        match self.step(step, expected, doing).await {
            Err(Ended::Stuck) => Ok(()),
            other => other,
        }
    }

    /// The steps that were done.
    pub(crate) fn end(self) -> Vec<Step> {
        self.steps
    }

    fn tell(&self, step: &Step, note: Option<&str>) -> Result<(), Failure> {
        let number = self.steps.len().saturating_add(1);
        let mut line = format!("{number}. {}: {}", step.step, step.got);
        if !step.ok {
            line.push_str(&format!(", EXPECTED {}", step.expected));
        }
        self.console.step(line)?;
        match note {
            Some(note) => self.console.step(format_args!("   {}", shown(note))),
            None => Ok(()),
        }
    }
}
