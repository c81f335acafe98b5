use std::io::{self, Write};
use std::process::ExitCode;

use paylink::config::{PROXY_SETTINGS, Problem, ProblemKind, Problems};
use paylink::{
    Advice, Effect, Error, ErrorKind, ErrorReport, Explanation, FieldKey, Invalid, Refusal,
};
use serde::{Serialize, Serializer};

use crate::misuse::Misuse;
use crate::report::{AnyReport, Report};
use crate::text::{shown, without_cards};

/// Why a command did not end well.
#[derive(Debug)]
pub(crate) enum Failure {
    /// Something to tell, and the status that goes with it.
    Told(Status, Box<dyn AnyReport>),
    /// All is told, and this is the status that goes with it.
    Ended(Status),
    /// Standard output does not take what there is to tell.
    Output(io::Error),
    /// Nor does it take what is kept nowhere else.
    Lost(io::Error),
}

impl Failure {
    /// A failure with its report.
    pub(crate) fn new(status: Status, report: impl Report + 'static) -> Failure {
        Failure::Told(status, Box::new(report))
    }

    /// What the shell is told.
    pub(crate) fn status(&self) -> Status {
        match self {
            Failure::Told(status, _) | Failure::Ended(status) => *status,
            Failure::Output(_) | Failure::Lost(_) => Status::Unknown,
        }
    }

    /// A failure of this machine, before anything was sent.
    pub(crate) fn local(what: &'static str, problem: &str) -> Failure {
        let local = Local {
            kind: what,
            effect: Effect::NotExecuted,
            message: format!("the {what} {problem}"),
        };
        Failure::new(Status::Refused, local)
    }
}

impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Failure {
        Failure::Output(error)
    }
}

impl Failure {
    /// What was asked for by its name is not there: `said` says so, and `advice` what to look at.
    pub(crate) fn not_found(said: &str, advice: &'static str) -> Failure {
        let not_found = NotFound {
            kind: "not_found",
            effect: Effect::NotExecuted,
            message: said.to_owned(),
            advice,
        };
        Failure::new(Status::Refused, not_found)
    }
}

#[derive(Debug, Serialize)]
struct NotFound {
    kind: &'static str,
    effect: Effect,
    message: String,
    #[serde(skip)]
    advice: &'static str,
}

impl Report for NotFound {
    fn write_text(&self, out: &mut dyn Write) -> io::Result<()> {
        writeln!(out, "error: {}\n\n{}", self.message, self.advice)
    }
}

#[derive(Debug, Serialize)]
struct Local {
    kind: &'static str,
    effect: Effect,
    message: String,
}

impl Report for Local {
    fn write_text(&self, out: &mut dyn Write) -> io::Result<()> {
        writeln!(out, "error: {}", self.message)
    }
}

/// What the command tells the shell, and what a script may conclude from it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Status {
    /// It is done.
    Done,
    /// It was refused or not carried out: nothing has changed.
    Refused,
    /// It was called wrongly: nothing was sent.
    Usage,
    /// It may have been carried out: it must not be repeated before that is known.
    Unknown,
    /// There is no money: nothing is wrong with the payment.
    NotPaid,
    /// The payment is not the one of the merchant's books: nothing may be delivered.
    Mismatch,
    /// It is done, and what was to be stored of it is not: what was printed is the only copy.
    NotStored,
}

impl Status {
    /// Every status there is.
    #[cfg(test)]
    pub(crate) const ALL: [Status; 7] = [
        Status::Done,
        Status::Refused,
        Status::Usage,
        Status::Unknown,
        Status::NotPaid,
        Status::Mismatch,
        Status::NotStored,
    ];

    /// What the shell is told.
    pub(crate) fn code(self) -> u8 {
        match self {
            Status::Done => 0,
            Status::Refused => 1,
            Status::Usage => 2,
            Status::Unknown => 3,
            Status::NotPaid => 4,
            Status::Mismatch => 5,
            Status::NotStored => 6,
        }
    }
}

impl From<Status> for ExitCode {
    fn from(status: Status) -> ExitCode {
        ExitCode::from(status.code())
    }
}

impl From<Effect> for Status {
    fn from(effect: Effect) -> Status {
        match effect {
            Effect::NotExecuted => Status::Refused,
            Effect::Unknown => Status::Unknown,
        }
    }
}

/// A call that did not succeed, as its client tells it.
#[derive(Debug)]
pub(crate) struct CallError {
    error: Error,
    advice: Option<String>,
    /// What the shell is told, where that is more than the effect.
    status: Option<Status>,
}

impl CallError {
    pub(crate) fn of(error: Error) -> CallError {
        CallError {
            error,
            advice: None,
            status: None,
        }
    }

    /// Says what to do next, in whole lines.
    pub(crate) fn advice(mut self, advice: String) -> CallError {
        self.advice = Some(advice);
        self
    }

    /// Tells the shell this, in place of what the error alone comes to.
    pub(crate) fn status(self, status: Option<Status>) -> CallError {
        CallError { status, ..self }
    }

    /// Writes what went wrong and why, as far as the client knows.
    pub(crate) fn write_error(error: &Error, out: &mut dyn Write) -> io::Result<()> {
        writeln!(out, "error: {error}")?;
        // Where the provider says something itself, that is more to the point.
        let refusal = error.refusal();
        if let Some(refusal) = refusal.filter(|refusal| refusal.message().is_none()) {
            writeln!(out, "{}", refusal.explanation().english)?;
        }
        for cause in causes(error) {
            writeln!(out, "  because: {cause}")?;
        }
        if let Some(remedy) = error.remedy() {
            writeln!(out, "  what to do: {remedy}")?;
        }
        Ok(())
    }
}

/// The client's own record, with what people are told of it.
#[derive(Serialize)]
pub(crate) struct ErrorDocument<'a> {
    #[serde(flatten)]
    record: ErrorReport<'a>,
    #[serde(flatten)]
    reasons: Reasons,
}

impl<'a> ErrorDocument<'a> {
    pub(crate) fn of(error: &'a Error) -> ErrorDocument<'a> {
        ErrorDocument {
            record: error.report(),
            reasons: Reasons::of(error),
        }
    }
}

/// Why a call failed and what to do next, as people are told it, in both languages.
#[derive(Debug, Serialize)]
pub(crate) struct Reasons {
    /// The provider's code, where scripts look for it.
    #[serde(skip_serializing_if = "Option::is_none")]
    code: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    explanation: Option<Explanation>,
    #[serde(skip_serializing_if = "Option::is_none")]
    advice: Option<AdviceTexts>,
    #[serde(skip_serializing_if = "Option::is_none")]
    retry_after_seconds: Option<u64>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    causes: Vec<String>,
}

/// What to do next: a word for programs, and a sentence in each language.
#[derive(Debug, Serialize)]
struct AdviceTexts {
    action: Advice,
    english: &'static str,
    persian: &'static str,
}

impl Reasons {
    pub(crate) fn of(error: &Error) -> Reasons {
        let refusal = error.refusal();
        Reasons {
            code: refusal.map(|refusal| refusal.code().to_owned()),
            explanation: refusal.map(Refusal::explanation),
            advice: error.advice().map(|action| AdviceTexts {
                action,
                english: action.english(),
                persian: action.persian(),
            }),
            retry_after_seconds: error.retry_after().map(|time| time.as_secs()),
            causes: causes(error).collect(),
        }
    }
}

/// What an error was caused by, the nearest first.
fn causes(error: &Error) -> impl Iterator<Item = String> {
    let first = std::error::Error::source(error);
    std::iter::successors(first, |cause| cause.source()).map(|cause| shown(&cause.to_string()))
}

impl Serialize for CallError {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        ErrorDocument::of(&self.error).serialize(serializer)
    }
}

impl Report for CallError {
    fn write_text(&self, out: &mut dyn Write) -> io::Result<()> {
        CallError::write_error(&self.error, out)?;
        match (&self.advice, self.error.advice()) {
            (Some(advice), _) => writeln!(out, "\n{advice}"),
            (None, Some(advice)) => writeln!(out, "\n{}", advice.english()),
            (None, None) if is_of_the_way(self.error.kind()) => writeln!(out, "\n{ASK_AGAIN}"),
            (None, None) => Ok(()),
        }
    }
}

/// Nothing reached the provider, or no answer that can be trusted came back, and nothing was changed.
const ASK_AGAIN: &str = "Nothing was changed. Try again; if it stays like this, `paylink doctor` shows what is in the way.";

/// Whether it went wrong on the way to the provider or back.
fn is_of_the_way(kind: ErrorKind) -> bool {
    matches!(
        kind,
        ErrorKind::Dns
            | ErrorKind::Connect
            | ErrorKind::Tls
            | ErrorKind::Timeout
            | ErrorKind::Disconnected
            | ErrorKind::Protocol
            | ErrorKind::Redirected
            | ErrorKind::Status
            | ErrorKind::TooLarge
            | ErrorKind::Untrusted
    )
}

impl From<CallError> for Failure {
    /// A value that the client refused was typed wrongly, and so was what the provider does not offer or has no place for;
    /// a payment that is not the one of the record is an alarm; anything else is told by its effect.
    fn from(told: CallError) -> Failure {
        let error = &told.error;
        let status = match (told.status, error.effect(), error.kind()) {
            (Some(status), _, _) => status,
            (None, Effect::NotExecuted, ErrorKind::Unsupported) => Status::Usage,
            (None, Effect::NotExecuted, ErrorKind::Mismatch) => Status::Mismatch,
            (None, effect, _) => Status::from(effect),
        };
        match (error.invalids(), error.effect()) {
            (invalids @ [_, ..], Effect::NotExecuted) => {
                UsageError(invalids.iter().cloned().map(Wrong::from).collect()).into()
            }
            _ => Failure::new(status, told),
        }
    }
}

/// Something was typed or configured wrongly. Nothing was sent.
#[derive(Debug)]
pub(crate) struct UsageError(Vec<Wrong>);

impl Serialize for UsageError {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        #[derive(Serialize)]
        struct Usage<'a> {
            kind: &'static str,
            effect: Effect,
            /// The first of the problems, where scripts look for it.
            #[serde(flatten)]
            first: Option<&'a Wrong>,
            problems: &'a [Wrong],
        }

        Usage {
            kind: "usage",
            effect: Effect::NotExecuted,
            first: self.0.first(),
            problems: &self.0,
        }
        .serialize(serializer)
    }
}

/// One thing that is wrong.
#[derive(Debug, Serialize)]
struct Wrong {
    message: String,
    /// The account, where it is about the configuration of one.
    #[serde(skip_serializing_if = "Option::is_none")]
    account: Option<Box<str>>,
    /// The key of the field, which is stable; what clap refuses has none.
    #[serde(skip_serializing_if = "Option::is_none")]
    field: Option<&'static str>,
    /// Where the value was typed or set.
    #[serde(skip_serializing_if = "Option::is_none")]
    place: Option<Box<str>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    remedy: Option<Box<str>>,
    #[serde(skip)]
    remedy_is_in_message: bool,
}

/// What was typed, whichever argument it is: the place names it.
pub(crate) const ARGUMENT: FieldKey = FieldKey::new("argument", "argument");

impl From<Invalid> for Wrong {
    fn from(invalid: Invalid) -> Wrong {
        Wrong {
            // A card that was typed in the wrong place is repeated like anything else.
            message: without_cards(&invalid.to_string()),
            account: None,
            field: (invalid.key() != ARGUMENT.as_str()).then_some(invalid.key()),
            place: invalid.place().map(Box::from),
            remedy: invalid.remedy().map(Box::from),
            remedy_is_in_message: true,
        }
    }
}

impl From<Invalid> for UsageError {
    fn from(invalid: Invalid) -> UsageError {
        UsageError(vec![invalid.into()])
    }
}

impl From<Problems> for UsageError {
    fn from(problems: Problems) -> UsageError {
        let wrong = problems.iter().map(|problem| Wrong {
            account: problem.account().map(Box::from),
            ..told(problem).into()
        });
        UsageError(wrong.collect())
    }
}

/// The problem as the command tells it: what is missing can be had from a sandbox.
fn told(problem: &Problem) -> Invalid {
    let invalid = problem.invalid().clone();
    // A sandbox has accounts, and no proxy.
    let of_proxy = PROXY_SETTINGS.iter().any(|it| it.key() == invalid.key());
    match (problem.kind(), invalid.remedy()) {
        (ProblemKind::Missing, Some(remedy)) if !of_proxy => {
            let remedy = format!("{remedy}; `paylink sandbox` gives one to try with");
            invalid.with_remedy(remedy)
        }
        _ => invalid,
    }
}

impl From<&clap::Error> for UsageError {
    fn from(error: &clap::Error) -> UsageError {
        let misuse = Misuse::of(error, std::env::args_os());
        UsageError(vec![Wrong {
            message: misuse.message,
            account: None,
            field: None,
            place: misuse.place.map(Box::from),
            remedy: Some(misuse.remedy.into()),
            remedy_is_in_message: false,
        }])
    }
}

impl From<UsageError> for Failure {
    fn from(error: UsageError) -> Failure {
        Failure::new(Status::Usage, error)
    }
}

impl Report for UsageError {
    fn write_text(&self, out: &mut dyn Write) -> io::Result<()> {
        for problem in &self.0 {
            writeln!(out, "error: {}", problem.message)?;
            let remedy = problem.remedy.as_ref();
            if let Some(remedy) = remedy.filter(|_| !problem.remedy_is_in_message) {
                writeln!(out, "{remedy}")?;
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;

    /// What a script was written against does not change.
    #[test]
    fn codes_stay_as_they_are() {
        assert_eq!(Status::ALL.map(Status::code), [0, 1, 2, 3, 4, 5, 6]);
    }

    #[test]
    fn help_and_the_page_list_every_status() {
        let help = crate::cli::Cli::command().render_long_help().to_string();
        let page = include_str!("../../../docs/exits.md");
        for status in Status::ALL {
            let code = status.code();
            assert!(help.contains(&format!("\n  {code}  ")), "{code}");
            assert!(page.contains(&format!("\n| `{code}` | ")), "{code}");
        }
        let listed = page.lines().filter(|line| {
            line.starts_with("| `") && line.as_bytes().get(3).is_some_and(u8::is_ascii_digit)
        });
        assert_eq!(listed.count(), Status::ALL.len());
    }
}
