use std::fs::File;
use std::io::{self, IsTerminal, Read};
use std::path::Path;

use paylink::Invalid;
use serde::de::DeserializeOwned;

use crate::console::Console;
use crate::usage_error::UsageError;

/// The most bytes that a document can have.
const LARGEST: u64 = 64 * 1024;

/// A document that was printed or stored and comes back: a file, or standard input.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Document<'a> {
    /// The file; standard input if there is none or it is `-`.
    pub(crate) path: Option<&'a Path>,
    /// What it is, as in "the handle".
    pub(crate) what: &'static str,
    /// Which document to give.
    pub(crate) remedy: &'static str,
}

impl Document<'_> {
    /// Reads it.
    pub(crate) fn read<T: DeserializeOwned>(&self, console: &Console) -> Result<T, UsageError> {
        let what = self.what;
        if self.path.is_none() && io::stdin().is_terminal() {
            console.note(format_args!("Paste the {what}, then Ctrl-D:"));
        }
        let refused =
            |problem: String| Invalid::new(crate::usage_error::ARGUMENT, problem).at(self.name());
        let mut text = String::new();
        self.open()
            .and_then(|input| input.take(LARGEST + 1).read_to_string(&mut text))
            .map_err(|error| {
                refused(format!("cannot be read: {error}")).with_remedy("name the file it is in")
            })?;
        if text.len() as u64 > LARGEST {
            let problem = format!("is not a {what}: it is larger than 64 KiB");
            return Err(refused(problem).with_remedy(self.remedy).into());
        }
        // What is wrong is told by its place: the text may be another file's, a secret one's even.
        serde_json::from_str(&text).map_err(|error| {
            let (line, column) = (error.line(), error.column());
            refused(format!(
                "is not a {what}, as line {line} column {column} shows"
            ))
            .with_remedy(self.remedy)
            .into()
        })
    }

    /// What it came from, as the person knows it.
    pub(crate) fn name(&self) -> String {
        match self.file() {
            Some(path) => format!("the {} in {}", self.what, path.display()),
            None => format!("the {} on standard input", self.what),
        }
    }

    fn open(&self) -> io::Result<Box<dyn Read>> {
        match self.file() {
            Some(path) => Ok(Box::new(File::open(path)?)),
            None => Ok(Box::new(io::stdin())),
        }
    }

    fn file(&self) -> Option<&Path> {
        self.path.filter(|path| path.as_os_str() != "-")
    }
}
