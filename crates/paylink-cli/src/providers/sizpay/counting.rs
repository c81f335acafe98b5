//! SizPay's rule about sending an SMS again, in a file where the next run finds it.
//!
//! The file is written before the SMS is sent, and written back if it is proved that none was sent: what may have gone out
//! counts.

use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use clap::Args;
use paylink::sizpay::{MayResend, ResendRule};
use paylink::{Effect, Invalid, PaymentRecord};
use serde::Serialize;

use crate::console::Console;
use crate::document::{Document, Kind};
use crate::failure::{ARGUMENT, Failure, Status, UsageError};
use crate::report::Report;
use crate::stored_file::StoredFile;
use crate::text::time_left;

/// Where the rule of a link is kept.
#[derive(Debug, Args)]
pub(super) struct RuleArgs {
    /// Keep here how often the SMS was sent and when, so that `resend` refuses what SizPay would
    #[arg(long, value_name = "FILE")]
    resend_file: Option<PathBuf>,
}

/// The rule's file, with what stood in it before.
#[derive(Debug)]
pub(super) struct RuleFile {
    file: StoredFile,
    before: Option<ResendRule>,
}

impl RuleArgs {
    /// Notes the first SMS of a link that is about to be sent, in a file that is not there yet.
    pub(super) fn begin(&self) -> Result<Option<RuleFile>, Failure> {
        let Some(path) = &self.resend_file else {
            return Ok(None);
        };
        let rule = ResendRule::new(SystemTime::now());
        match StoredFile::create(path, &rule) {
            Ok(file) => Ok(Some(RuleFile { file, before: None })),
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
                let refused = at(path, "is there already".to_owned());
                let remedy = "name another file: this one counts the messages of another link";
                Err(UsageError::from(refused.with_remedy(remedy)).into())
            }
            Err(error) => Err(unwritable(path, &error).into()),
        }
    }

    /// Notes one more SMS, if the rule allows it now.
    pub(super) fn count(&self, console: &Console) -> Result<Option<RuleFile>, Failure> {
        let Some(path) = &self.resend_file else {
            return Ok(None);
        };
        if !path.try_exists().unwrap_or(true) {
            let remedy = "name the one that `send-link --resend-file` wrote, or leave it out: SizPay keeps the rule by itself";
            let refused = at(path, "is not there".to_owned()).with_remedy(remedy);
            return Err(UsageError::from(refused).into());
        }
        let document = Document {
            path: Some(path),
            kind: Kind::ResendFile,
        };
        let before: ResendRule = document.read(console)?;
        let after = counted(&before)?;
        let file = StoredFile::at(path);
        file.replace(&after)
            .map_err(|error| unwritable(path, &error))?;
        Ok(Some(RuleFile {
            file,
            before: Some(before),
        }))
    }
}

impl RuleFile {
    /// Takes back what was noted: it is proved that no SMS was sent.
    pub(super) fn take_back(self) {
        // A count that stays too high sends too few, which harms nobody.
        let _ = match &self.before {
            Some(before) => self.file.replace(before),
            None => self.file.remove(),
        };
    }
}

/// The record of a link with one more SMS noted in it, if the rule allows that now.
pub(crate) fn counted_in(record: &PaymentRecord) -> Result<PaymentRecord, Failure> {
    let rule = ResendRule::of_record(record).map_err(UsageError::from)?;
    Ok(counted(&rule)?.keep_in(record.clone()))
}

fn counted(before: &ResendRule) -> Result<ResendRule, Failure> {
    let now = SystemTime::now();
    let (kind, message, wait) = match before.may_resend_at(now) {
        MayResend::Now => {
            let mut rule = before.clone();
            rule.record(now);
            return Ok(rule);
        }
        MayResend::After(wait) => {
            let wait = wait.max(std::time::Duration::from_secs(1));
            let message = format!(
                "it is too soon: SizPay wants two minutes between two messages; send it in {}",
                time_left(wait)
            );
            ("too_soon", message, Some(wait.as_secs()))
        }
        MayResend::Never => {
            let message = "the message was sent again three times, and SizPay sends no more; disable the link and send \
                           a new one";
            ("too_many", message.to_owned(), None)
        }
    };
    let refused = MayNotResend {
        kind,
        effect: Effect::NotExecuted,
        message,
        retry_after_seconds: wait,
    };
    Err(Failure::new(Status::Refused, refused))
}

/// SizPay's rule forbids it, now or for ever.
#[derive(Debug, Serialize)]
struct MayNotResend {
    kind: &'static str,
    effect: Effect,
    message: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    retry_after_seconds: Option<u64>,
}

impl Report for MayNotResend {
    fn write_text(&self, out: &mut dyn Write) -> io::Result<()> {
        writeln!(out, "error: {}\n\nNothing was sent.", self.message)
    }
}

fn at(path: &Path, problem: String) -> Invalid {
    Invalid::new(ARGUMENT, problem).at(format!("--resend-file {}", path.display()))
}

fn unwritable(path: &Path, error: &io::Error) -> UsageError {
    let refused = at(path, format!("cannot be written: {error}"));
    refused.with_remedy("name a file that can be").into()
}
