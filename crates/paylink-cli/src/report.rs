use std::fmt::Debug;
use std::io::{self, Write};

use serde::Serialize;

/// What a command has to say: serialised for programs, written out for people.
pub(crate) trait Report: Serialize + Debug {
    /// Writes it for people, in whole lines.
    fn write_text(&self, out: &mut dyn Write) -> io::Result<()>;

    /// Where else it can be read.
    fn kept(&self) -> Kept {
        Kept::Elsewhere
    }
}

/// Where a result can be read once more.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) enum Kept {
    /// In a file, or from the provider.
    Elsewhere,
    /// Nowhere but in what is printed, as was asked for.
    HereAlone,
    /// Nowhere but in what is printed, because of this.
    NotStored(String),
}

/// The one document that `--json` prints.
#[derive(Serialize)]
#[serde(rename_all = "lowercase")]
enum Document<'a, T: ?Sized> {
    Ok(&'a T),
    Error(&'a T),
}

/// A report whose type is no longer known.
pub(crate) trait AnyReport: Debug {
    fn write_text(&self, out: &mut dyn Write) -> io::Result<()>;
    fn write_ok(&self, out: &mut dyn Write) -> io::Result<()>;
    fn write_error(&self, out: &mut dyn Write) -> io::Result<()>;
}

impl<T: Report> AnyReport for T {
    fn write_text(&self, out: &mut dyn Write) -> io::Result<()> {
        Report::write_text(self, out)
    }

    fn write_ok(&self, out: &mut dyn Write) -> io::Result<()> {
        write_line(&Document::Ok(self), out)
    }

    fn write_error(&self, out: &mut dyn Write) -> io::Result<()> {
        write_line(&Document::Error(self), out)
    }
}

fn write_line(document: &impl Serialize, out: &mut dyn Write) -> io::Result<()> {
    serde_json::to_writer(&mut *out, document)?;
    out.write_all(b"\n")
}
