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

    /// Whether it tells a secret, which goes to standard output and nowhere else.
    fn is_secret(&self) -> bool {
        false
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

/// The version of the form of every document, which `docs/json.md` describes.
///
/// It rises when a member changes its type or its meaning, or goes away; members and values of enums may be added without.
pub(crate) const VERSION: u32 = 1;

/// The one document that `--json` prints.
#[derive(Serialize)]
struct Document<'a, T> {
    version: u32,
    #[serde(flatten)]
    outcome: Outcome<'a, T>,
}

#[derive(Serialize)]
#[serde(rename_all = "lowercase")]
enum Outcome<'a, T> {
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
        write_line(Outcome::Ok(self), out)
    }

    fn write_error(&self, out: &mut dyn Write) -> io::Result<()> {
        write_line(Outcome::Error(self), out)
    }
}

fn write_line<T: Serialize>(outcome: Outcome<'_, T>, out: &mut dyn Write) -> io::Result<()> {
    let document = Document {
        version: VERSION,
        outcome,
    };
    serde_json::to_writer(&mut *out, &document)?;
    out.write_all(b"\n")
}
