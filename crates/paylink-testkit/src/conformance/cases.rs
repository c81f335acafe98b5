//! The cases: what each is called, proves and does. A file holds those of one kind of promise.

/// Declares the cases of a file: the check, what the matrix calls it, and what it proves.
macro_rules! cases {
    ($($check:ident $(($with:expr))?: $name:literal, $proves:literal;)+) => {
        pub(super) const CASES: &[Case] = &[$(Case {
            name: $name,
            proves: $proves,
            check: |trial| Box::pin($check(trial $(, $with)?)),
        }),+];
    };
}

mod afterwards;
mod creating;
mod declared;
mod hints;
mod mismatches;
mod settling;

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use super::Subject;
use super::matrix::Report;
use super::trial::{Stop, Trial};

/// In the order in which they run.
const ALL: [&[Case]; 6] = [
    declared::CASES,
    creating::CASES,
    settling::CASES,
    mismatches::CASES,
    afterwards::CASES,
    hints::CASES,
];

/// The longest that a case may take.
const PATIENCE: Duration = Duration::from_secs(120);

type Verdict = Result<(), Stop>;
type Check = for<'a> fn(&'a Trial) -> Pin<Box<dyn Future<Output = Verdict> + Send + 'a>>;

/// One promise, and the check of it.
pub struct Case {
    name: &'static str,
    proves: &'static str,
    check: Check,
}

/// What came of a case.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Outcome {
    /// The promise is kept.
    Passed,
    /// There is nothing to keep; the provider's own declaration says why.
    NotApplicable(String),
    /// The promise is broken, and this is how.
    Failed(String),
}

/// Every case, in the order in which they run.
pub fn cases() -> impl Iterator<Item = &'static Case> {
    ALL.iter().copied().flatten()
}

/// Runs every case over one subject.
///
/// A case that panics or never ends has failed, and the others run all the same.
pub async fn check(subject: Arc<dyn Subject>) -> Report {
    let mut report = Report::new(subject.name());
    for case in cases() {
        report.add(case.name, case.run(Arc::clone(&subject)).await);
    }
    report
}

impl Case {
    /// What the matrix calls it.
    #[must_use]
    pub fn name(&self) -> &'static str {
        self.name
    }

    /// What it proves, in a sentence.
    #[must_use]
    pub fn proves(&self) -> &'static str {
        self.proves
    }

    /// Runs it over one subject, with a provider and a recorder of its own.
    pub async fn run(&self, subject: Arc<dyn Subject>) -> Outcome {
        let check = self.check;
        let trial = tokio::spawn(async move {
            let trial = Trial::of(subject).await?;
            check(&trial).await
        });
        let stopper = trial.abort_handle();
        match tokio::time::timeout(PATIENCE, trial).await {
            Ok(Ok(Ok(()))) => Outcome::Passed,
            Ok(Ok(Err(Stop::NotApplicable(why)))) => Outcome::NotApplicable(why),
            Ok(Ok(Err(Stop::Failed(what)))) => Outcome::Failed(what),
            Ok(Err(_)) => Outcome::Failed("it panicked".to_owned()),
            Err(_) => {
                stopper.abort();
                Outcome::Failed(format!("it did not end within {} s", PATIENCE.as_secs()))
            }
        }
    }
}

impl fmt::Debug for Case {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut case = f.debug_struct("Case");
        case.field("name", &self.name).finish_non_exhaustive()
    }
}
