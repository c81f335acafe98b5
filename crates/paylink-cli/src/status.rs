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
