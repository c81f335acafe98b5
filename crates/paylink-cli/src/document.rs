//! A document that was printed or stored and comes back: which one is due, and what stands in its place if it is another.
//!
//! What is wrong is told by its kind and its place, and never repeated: the text may be another file's, a secret one's even.

use std::fs::File;
use std::io::{self, IsTerminal, Read};
use std::path::Path;

use paylink::Invalid;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::console::Console;
use crate::failure::{ARGUMENT, UsageError};

/// The most bytes that a document can have.
const LARGEST: u64 = 64 * 1024;

/// What a document is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Kind {
    /// What finds an operation again.
    Handle,
    /// What is stored with an order.
    Record,
    /// How often the SMS of a link was sent.
    ResendFile,
}

impl Kind {
    /// What it is called, as in "the handle".
    fn name(self) -> &'static str {
        match self {
            Kind::Handle => "handle",
            Kind::Record => "record",
            Kind::ResendFile => "resend file",
        }
    }

    /// Which document to give.
    fn remedy(self) -> &'static str {
        match self {
            Kind::Handle => "give the JSON document that was printed when the outcome was unknown",
            Kind::Record => {
                "give the JSON document that `paylink link create` printed as the payment's record"
            }
            Kind::ResendFile => "give the file that `paylink sizpay send-link --resend-file` wrote",
        }
    }

    /// What to do about a file that was to hold it, and does not.
    fn remedy_if_empty(self) -> &'static str {
        match self {
            Kind::Record => {
                "no record was written to it; if the payment was created, `paylink link resolve` brings its record back \
                 from its handle"
            }
            Kind::Handle | Kind::ResendFile => self.remedy(),
        }
    }

    /// The document of this kind within one that `--json` printed.
    fn within_mut(self, printed: &mut Value) -> Option<&mut Value> {
        let name = match self {
            Kind::Handle => "handle",
            Kind::Record => "record",
            Kind::ResendFile => return None,
        };
        // What waits for a payment prints what it created under a name of its own.
        let paths = ["/ok", "/error", "/ok/created", "/error/created"];
        let paths = paths.map(|path| format!("{path}/{name}"));
        let path = paths.iter().find(|path| printed.pointer(path).is_some())?;
        printed.pointer_mut(path)
    }
}

/// Where a document comes from, and which one is due.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Document<'a> {
    /// The file; standard input if there is none or it is `-`.
    pub(crate) path: Option<&'a Path>,
    pub(crate) kind: Kind,
}

impl Document<'_> {
    /// Reads it. What `--json` printed is taken for the document in it.
    pub(crate) fn read<T: DeserializeOwned>(&self, console: &Console) -> Result<T, UsageError> {
        let what = self.kind.name();
        if self.path.is_none() && io::stdin().is_terminal() {
            console.note(format_args!("Paste the {what}, then Ctrl-D:"));
        }
        let text = self.text()?;
        let refused = match serde_json::from_str(&text) {
            Ok(document) => return Ok(document),
            Err(refused) => refused,
        };
        let (line, column) = (refused.line(), refused.column());
        let unlike = format!("is not a {what}, as line {line} column {column} shows");
        let Ok(mut other) = serde_json::from_str::<Value>(&text) else {
            let problem = match refused.is_eof() {
                true => format!("is not whole: it ends at line {line} column {column}"),
                false => unlike,
            };
            return Err(self.refused(problem, self.kind.remedy()));
        };
        if let Some(within) = self.kind.within_mut(&mut other) {
            return serde_json::from_value(within.take())
                .map_err(|_| self.refused(format!("holds no {what}"), self.kind.remedy()));
        }
        Err(match known(&other) {
            Some((is, remedy)) => self.refused(
                format!("is not a {what}: it is {is}"),
                remedy.unwrap_or(self.kind.remedy()),
            ),
            None => self.refused(unlike, self.kind.remedy()),
        })
    }

    /// Reads the whole of what it is in.
    pub(crate) fn read_whole(&self) -> Result<Value, UsageError> {
        serde_json::from_str(&self.text()?)
            .map_err(|_| self.refused("changed while it was read".to_owned(), self.kind.remedy()))
    }

    /// What it was in, with this document in place of the one before.
    pub(crate) fn put_in(&self, whole: Value, document: &impl Serialize) -> Value {
        let Ok(document) = serde_json::to_value(document) else {
            return whole;
        };
        let mut whole = whole;
        match self.kind.within_mut(&mut whole) {
            Some(within) => {
                *within = document;
                whole
            }
            None => document,
        }
    }

    /// Reads its text.
    pub(crate) fn text(&self) -> Result<String, UsageError> {
        let bytes = match self.file() {
            Some(path) => read_file(path, LARGEST),
            None => read_at_most(io::stdin(), LARGEST),
        };
        bytes.and_then(text_of).map_err(|unreadable| {
            let remedy = match &unreadable {
                Unreadable::Failed(_) | Unreadable::Folder => "name the file it is in",
                Unreadable::Utf16 => IN_UTF_8,
                Unreadable::Empty | Unreadable::Zeros => self.kind.remedy_if_empty(),
                Unreadable::TooLarge(_) | Unreadable::NoText => self.kind.remedy(),
            };
            self.refused(unreadable.problem(self.kind.name()), remedy)
        })
    }

    /// What it came from, as the person knows it.
    pub(crate) fn name(&self) -> String {
        let what = self.kind.name();
        match self.file() {
            Some(path) => format!("the {what} in {}", path.display()),
            None => format!("the {what} on standard input"),
        }
    }

    fn refused(&self, problem: String, remedy: &'static str) -> UsageError {
        let invalid = Invalid::new(ARGUMENT, problem).at(self.name());
        invalid.with_remedy(remedy).into()
    }

    fn file(&self) -> Option<&Path> {
        self.path.filter(|path| path.as_os_str() != "-")
    }
}

/// What another document is, and what to do with it, if that is more than to take the right one.
fn known(other: &Value) -> Option<(&'static str, Option<&'static str>)> {
    let has = |names: &[&str]| names.iter().all(|name| other.get(name).is_some());
    if has(&["operation", "prepared_at_ms"]) {
        return Some(("a handle", Some("`paylink link resolve` takes it")));
    }
    if has(&["reference", "created_at_ms"]) {
        return Some((
            "the record of a payment",
            Some("`paylink link settle` takes it"),
        ));
    }
    if has(&["fid", "transfer_exactly_rial"]) {
        let remedy = "`paylink cardpay check` takes its pay_id; `link` knows the records of `paylink link create`";
        return Some(("CardPay's own record", Some(remedy)));
    }
    if has(&["resends", "last_sms_at_ms"]) {
        return Some(("the count of a link's messages", None));
    }
    if has(&["ok"]) || has(&["error"]) {
        return Some(("what --json printed, and holds none", None));
    }
    None
}

/// Why a file or standard input holds no text that can be read.
#[derive(Debug)]
pub(crate) enum Unreadable {
    Failed(io::Error),
    Folder,
    Empty,
    /// As a machine leaves it that went down while the file was written.
    Zeros,
    Utf16,
    NoText,
    /// It is larger than so many bytes.
    TooLarge(u64),
}

/// What to do about a file in UTF-16.
pub(crate) const IN_UTF_8: &str =
    "write it in UTF-8: in PowerShell with `| Out-File -Encoding utf8 FILE` in place of `> FILE`";

impl Unreadable {
    /// It as the end of a sentence; `what` is what was looked for.
    pub(crate) fn problem(&self, what: &str) -> String {
        match self {
            Unreadable::Failed(error) => format!("cannot be read: {error}"),
            Unreadable::Folder => "cannot be read: it is a folder".to_owned(),
            Unreadable::Empty => "is empty".to_owned(),
            Unreadable::Zeros => "holds nothing but zero bytes, as after a crash".to_owned(),
            Unreadable::Utf16 => "is written in UTF-16".to_owned(),
            Unreadable::NoText => format!("is not a {what}: it is no text in UTF-8"),
            Unreadable::TooLarge(most) => {
                format!("is not a {what}: it is larger than {} KiB", most / 1024)
            }
        }
    }
}

/// Reads a file of at most so many bytes.
pub(crate) fn read_file(path: &Path, most: u64) -> Result<Vec<u8>, Unreadable> {
    let file = File::open(path).map_err(Unreadable::Failed)?;
    // Where a folder cannot be opened at all, the system's own word is told.
    if file.metadata().is_ok_and(|is| is.is_dir()) {
        return Err(Unreadable::Folder);
    }
    read_at_most(file, most)
}

fn read_at_most(input: impl Read, most: u64) -> Result<Vec<u8>, Unreadable> {
    let mut bytes = Vec::new();
    let read = input.take(most + 1).read_to_end(&mut bytes);
    let read = read.map_err(Unreadable::Failed)?;
    if u64::try_from(read).is_ok_and(|read| read > most) {
        return Err(Unreadable::TooLarge(most));
    }
    Ok(bytes)
}

/// The mark that some programs put before a text in UTF-8.
const MARK: char = '\u{feff}';

/// The text in these bytes, without the mark that some programs put before one.
pub(crate) fn text_of(bytes: Vec<u8>) -> Result<String, Unreadable> {
    let is_utf_16 = match bytes.as_slice() {
        [0xff, 0xfe, ..] | [0xfe, 0xff, ..] => true,
        [0, second, ..] => *second != 0,
        [_, 0, ..] => true,
        _ => false,
    };
    if is_utf_16 {
        return Err(Unreadable::Utf16);
    }
    if !bytes.is_empty() && bytes.iter().all(|byte| *byte == 0) {
        return Err(Unreadable::Zeros);
    }
    let mut text = String::from_utf8(bytes).map_err(|_| Unreadable::NoText)?;
    if text.starts_with(MARK) {
        text.remove(0);
    }
    if text.trim().is_empty() {
        return Err(Unreadable::Empty);
    }
    Ok(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_read_with_its_mark_and_without() {
        for bytes in ["{}", "\u{feff}{}"] {
            assert_eq!(text_of(bytes.into()).unwrap(), "{}");
        }
        let utf_16 = |order: fn(u16) -> [u8; 2], mark: &str| -> Vec<u8> {
            let text = format!("{mark}{{\"نام\": 1}}\r\n");
            text.encode_utf16().flat_map(order).collect()
        };
        for order in [u16::to_le_bytes, u16::to_be_bytes] {
            for mark in ["\u{feff}", ""] {
                let told = text_of(utf_16(order, mark)).unwrap_err();
                assert_eq!(told.problem("record"), "is written in UTF-16");
            }
        }
        for (bytes, problem) in [
            (&b""[..], "is empty"),
            (b" \r\n", "is empty"),
            (b"\xef\xbb\xbf", "is empty"),
            (&[0; 4096], "holds nothing but zero bytes, as after a crash"),
            (b"{\"\xff\"}", "is not a record: it is no text in UTF-8"),
        ] {
            let told = text_of(bytes.to_vec()).unwrap_err();
            assert_eq!(told.problem("record"), problem);
        }
    }
}
