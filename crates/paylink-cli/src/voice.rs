//! What is written for people, on its way to them: in their language, and in colour on a terminal.

use std::io::{self, Write};

use crate::language::Language;
use crate::persian;
use crate::screen::Stream;

/// What a line begins with, and how that is shown: what went wrong is found at a glance, and what is proved as well.
const COLOURS: [(&str, &str); 6] = [
    ("error:", "\u{1b}[1;31m"),
    ("warning:", "\u{1b}[1;33m"),
    ("Settled:", "\u{1b}[1;32m"),
    ("Settled before:", "\u{1b}[1;32m"),
    ("Not paid:", "\u{1b}[1;33m"),
    ("Mismatch:", "\u{1b}[1;31m"),
];

const PLAIN: &str = "\u{1b}[0m";

/// Hands on whole lines, each as people read it.
pub(crate) struct Voice<W: Write> {
    to: W,
    language: Language,
    stream: Stream,
    begun: Vec<u8>,
}

impl<W: Write> Voice<W> {
    pub(crate) fn new(to: W, language: Language, stream: Stream) -> Voice<W> {
        Voice {
            to,
            language,
            stream,
            begun: Vec::new(),
        }
    }

    /// Hands on what was begun, whether it is a whole line or not.
    fn speak(&mut self) -> io::Result<()> {
        let text = String::from_utf8_lossy(&std::mem::take(&mut self.begun)).into_owned();
        let mut told = String::with_capacity(text.len());
        for line in text.split_inclusive('\n') {
            let bare = line.trim_end_matches('\n');
            told += &spoken(bare, self.language, self.stream);
            told += line.get(bare.len()..).unwrap_or_default();
        }
        self.to.write_all(told.as_bytes())
    }
}

/// A line as people read it.
pub(crate) fn spoken(line: &str, language: Language, stream: Stream) -> String {
    let mut spoken = match (language, stream.is_terminal) {
        (Language::En, _) => line.to_owned(),
        (Language::Fa, false) => persian::line(line),
        (Language::Fa, true) => persian::directed(&persian::line(line)),
    };
    let colour = COLOURS.iter().find(|(begin, _)| line.starts_with(begin));
    if let Some((_, colour)) = colour.filter(|_| stream.has_colour)
        && let Some((begin, rest)) = spoken.split_once(':')
    {
        spoken = format!("{colour}{begin}:{PLAIN}{rest}");
    }
    spoken
}

impl<W: Write> Write for Voice<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.begun.extend_from_slice(bytes);
        if self.begun.contains(&b'\n') {
            let end = self.begun.iter().rposition(|byte| *byte == b'\n');
            let rest = self.begun.split_off(end.map_or(0, |end| end + 1));
            let spoken = self.speak();
            self.begun = rest;
            spoken?;
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.speak()?;
        self.to.flush()
    }
}

impl<W: Write> Drop for Voice<W> {
    fn drop(&mut self) {
        // Nobody may be listening; who wants to know flushes.
        let _ = self.speak();
    }
}
