use std::process::ExitCode;

use paylink::Effect;

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
}

impl From<Status> for ExitCode {
    fn from(status: Status) -> ExitCode {
        ExitCode::from(match status {
            Status::Done => 0,
            Status::Refused => 1,
            Status::Usage => 2,
            Status::Unknown => 3,
        })
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
