//! What the command says, in Persian: a table of sentences with holes, and the one place that looks them up.
//!
//! Reports, errors and the toolkit's libraries write plain English, and no more than that; what is on its way to a person is
//! looked up here line by line. The English text is the key, as with gettext. What is in a hole is looked up in its turn,
//! since messages hold messages: `account shop: --amount is missing: give it`.
//!
//! The table is in `persian/*.txt`: an English line, the Persian line below it, an empty line. In the English one
//!
//! * `{}` is anything, put into Persian where it can be;
//! * `{=}` is copied as it is, and so is a hole in quotes: a name or a reference may be a word of the table;
//! * `{w}` is copied too, and is one word;
//! * `{#}` is a count, and is written in Persian digits.
//!
//! The Persian line has `{}` for each in the same order, or `{0}`, `{1}`, … in its own.

#[cfg(test)]
mod tests;

use std::collections::HashMap;
use std::sync::OnceLock;

use paylink::{Advice, Reason};

/// Begins a line that is in Persian already.
pub(crate) const FINISHED: &str = "\u{e000}";

const TABLE: [&str; 6] = [
    include_str!("persian/words.txt"),
    include_str!("persian/command.txt"),
    include_str!("persian/providers.txt"),
    include_str!("persian/books.txt"),
    include_str!("persian/toolkit.txt"),
    include_str!("persian/clients.txt"),
];

/// A text of one line in Persian, if the table has it.
pub(crate) fn said(english: &str) -> Option<String> {
    if !english.contains(|c: char| c.is_ascii_alphabetic()) {
        return None;
    }
    let said = Search::default().say(english)?;
    // A text of which clauses alone are known may be anything.
    (said.is_whole || said.is_sentence).then_some(said.text)
}

/// A line on its way to a person: in Persian, as far as the table has it.
pub(crate) fn line(line: &str) -> String {
    match line.strip_prefix(FINISHED) {
        Some(finished) => finished.to_owned(),
        None if is_pasted(line) => line.to_owned(),
        None => said(line).unwrap_or_else(|| line.to_owned()),
    }
}

/// Whether a line is for a shell: not a letter of it changes.
fn is_pasted(line: &str) -> bool {
    const BEGINS: [&str; 8] = [
        "paylink ", "export ", "curl ", "cargo ", "LINK=", "--", "-d ", "{",
    ];
    let line = line.trim_start();
    BEGINS.iter().any(|begin| line.starts_with(begin))
}

/// Encloses a text of a line in marks that keep its direction apart from its surroundings. They are invisible.
pub(crate) fn isolate(text: &str) -> String {
    format!("\u{2068}{text}\u{2069}")
}

/// Makes a terminal show a Persian line from right to left, and what is Latin in it from left to right.
pub(crate) fn directed(line: &str) -> String {
    let is_arabic = |c: char| ('\u{600}'..='\u{6ff}').contains(&c);
    if !line.contains(is_arabic) || line.contains(['\u{2068}', '\u{2069}']) {
        return line.to_owned();
    }
    let blanks = line.len() - line.trim_start_matches(' ').len();
    let (indent, text) = line.split_at(blanks);
    let mut out = format!("{indent}\u{2067}");
    let mut latin: Vec<&str> = Vec::new();
    let end_latin = |out: &mut String, latin: &mut Vec<&str>| {
        let run = latin.join(" ");
        latin.clear();
        // What ends the run ends the sentence.
        let bare = run.trim_end_matches([':', '.', ',', ')']);
        let bare = if bare.is_empty() { &run } else { bare };
        let rest = run.get(bare.len()..).unwrap_or_default();
        let begin = bare.len() - bare.trim_start_matches('(').len();
        let (opening, bare) = bare.split_at(begin);
        out.push_str(&format!("{opening}\u{2066}{bare}\u{2069}{rest}"));
    };
    for (index, word) in text.split(' ').enumerate() {
        let is_latin =
            word.contains(|c: char| c.is_ascii_alphanumeric()) && !word.contains(is_arabic);
        if !latin.is_empty() && !is_latin {
            end_latin(&mut out, &mut latin);
        }
        if index > 0 && latin.is_empty() {
            out.push(' ');
        }
        if is_latin {
            latin.push(word);
        } else {
            out.push_str(word);
        }
    }
    if !latin.is_empty() {
        end_latin(&mut out, &mut latin);
    }
    out + "\u{2069}"
}

/// A sentence of the table.
#[derive(Debug)]
struct Sentence {
    persian: &'static str,
    /// What stands before the first hole, between two, and after the last one.
    literals: Vec<&'static str>,
    holes: Vec<Hole>,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Hole {
    Any,
    Copied,
    Word,
    Count,
}

impl Sentence {
    fn new(english: &'static str, persian: &'static str) -> Sentence {
        let mut literals = Vec::new();
        let mut holes = Vec::new();
        let mut rest = english;
        while let Some((literal, hole, more)) = next_hole(rest) {
            let is_quoted = literal.ends_with('"') && more.starts_with('"');
            literals.push(literal);
            holes.push(match hole {
                "#" => Hole::Count,
                "=" => Hole::Copied,
                "w" => Hole::Word,
                _ if is_quoted => Hole::Copied,
                _ => Hole::Any,
            });
            rest = more;
        }
        literals.push(rest);
        Sentence {
            persian,
            literals,
            holes,
        }
    }

    /// How much of it is fixed.
    fn weight(&self) -> usize {
        self.literals.iter().map(|literal| literal.len()).sum()
    }

    /// Every way in which a text fills the holes, the shortest first hole first.
    fn matches<'a>(&self, text: &'a str) -> Vec<Vec<&'a str>> {
        let mut found = Vec::new();
        let Some((first, rest)) = self.literals.split_first() else {
            return found;
        };
        if let Some(text) = text.strip_prefix(first) {
            fill(text, &self.holes, rest, &mut Vec::new(), &mut found);
        }
        found
    }

    fn filled(&self, values: &[String]) -> String {
        let mut out = String::with_capacity(self.persian.len() * 2);
        let mut rest = self.persian;
        let mut next = 0;
        while let Some((literal, hole, more)) = next_hole(rest) {
            let index = hole.parse().unwrap_or(next);
            next += 1;
            out.push_str(literal);
            out.push_str(values.get(index).map_or("", String::as_str));
            rest = more;
        }
        out + rest
    }
}

/// The text before a hole, what is in its braces, and what follows.
fn next_hole(text: &'static str) -> Option<(&'static str, &'static str, &'static str)> {
    let mut from = 0;
    loop {
        let (before, more) = text.get(from..)?.split_once('{')?;
        let (hole, after) = more.split_once('}')?;
        if hole.len() <= 1 {
            return Some((text.get(..from + before.len())?, hole, after));
        }
        from += before.len() + 1;
    }
}

/// How much of a sentence is fixed at the least where a part of it may stay English: "error: ".
const TELLING: usize = 7;

/// The most ways of reading one text that are looked at.
const MOST_WAYS: usize = 12;

fn fill<'a>(
    text: &'a str,
    holes: &[Hole],
    literals: &[&str],
    filled: &mut Vec<&'a str>,
    found: &mut Vec<Vec<&'a str>>,
) {
    let (Some((hole, holes)), Some((literal, literals))) =
        (holes.split_first(), literals.split_first())
    else {
        if text.is_empty() {
            found.push(filled.clone());
        }
        return;
    };
    let ends: Vec<usize> = match (literal.is_empty(), holes.is_empty()) {
        (true, _) => vec![text.len()],
        (false, true) => text
            .strip_suffix(literal)
            .map(str::len)
            .into_iter()
            .collect(),
        (false, false) => text.match_indices(literal).map(|(at, _)| at).collect(),
    };
    for end in ends {
        let (Some(value), Some(rest)) = (text.get(..end), text.get(end + literal.len()..)) else {
            continue;
        };
        let fits = match hole {
            Hole::Any | Hole::Copied => !value.is_empty(),
            Hole::Word => !value.is_empty() && !value.contains(' '),
            Hole::Count => is_count(value),
        };
        if !fits || found.len() == MOST_WAYS {
            continue;
        }
        filled.push(value);
        fill(rest, holes, literals, filled, found);
        filled.pop();
    }
}

fn is_count(text: &str) -> bool {
    text.contains(|c: char| c.is_ascii_digit())
        && text
            .chars()
            .all(|c| c.is_ascii_digit() || matches!(c, ',' | '.'))
}

fn table() -> &'static [Sentence] {
    static SENTENCES: OnceLock<Vec<Sentence>> = OnceLock::new();
    SENTENCES.get_or_init(|| {
        let mut sentences: Vec<Sentence> = entries()
            .chain(of_the_libraries())
            .map(|(english, persian)| Sentence::new(english, persian))
            .collect();
        // What is more fixed fits better.
        sentences.sort_by_key(|sentence| std::cmp::Reverse(sentence.weight()));
        sentences
    })
}

/// The table as it is written.
fn entries() -> impl Iterator<Item = (&'static str, &'static str)> {
    TABLE.into_iter().flat_map(|file| {
        let mut lines = file
            .lines()
            .filter(|line| !line.is_empty() && !line.starts_with("##"));
        std::iter::from_fn(move || Some((lines.next()?, lines.next()?)))
    })
}

/// What the libraries say in both languages themselves.
fn of_the_libraries() -> impl Iterator<Item = (&'static str, &'static str)> {
    let entries = paylink::catalogue().map(|entry| entry.explanation);
    let reasons = Reason::ALL.iter().map(|reason| reason.explanation());
    let explained = entries.chain(reasons);
    let advice = Advice::ALL.iter();
    let titles = paylink::providers().iter();
    let notes = paylink::providers().iter().flat_map(|it| it.panel());
    explained
        .map(|said| (said.english, said.persian))
        .chain(advice.map(|advice| (advice.english(), advice.persian())))
        .chain(notes.map(|note| (note.english, note.persian)))
        .chain(titles.map(|provider| (provider.title(), provider.persian_title())))
}

/// A text in Persian, and whether all of it is.
#[derive(Clone, Debug)]
struct Said {
    text: String,
    is_whole: bool,
    /// Whether its form is a sentence of the table, whatever is in the holes.
    is_sentence: bool,
}

/// What one line's parts came to.
#[derive(Default)]
struct Search {
    known: HashMap<String, Option<Said>>,
}

impl Search {
    fn say(&mut self, english: &str) -> Option<Said> {
        if let Some(known) = self.known.get(english) {
            return known.clone();
        }
        // A text that comes back to itself has nothing to say.
        self.known.insert(english.to_owned(), None);
        let said = self.find(english);
        self.known.insert(english.to_owned(), said.clone());
        said
    }

    fn find(&mut self, english: &str) -> Option<Said> {
        let trimmed = english.trim_start_matches(' ');
        if trimmed.len() < english.len() {
            let (blanks, _) = english.split_at(english.len() - trimmed.len());
            let said = self.say(trimmed)?;
            return Some(Said {
                text: format!("{blanks}{}", said.text),
                ..said
            });
        }
        // What a line begins with is not a part of what any sentence is about.
        for begin in ["error: ", "warning: ", "problem: ", "because: ", "→ "] {
            if let Some(rest) = english.strip_prefix(begin) {
                let begin = self.say(begin.trim_end_matches([':', ' ']))?;
                let rest = self.part(rest);
                let colon = if english.starts_with('→') { "" } else { ":" };
                return Some(Said {
                    text: format!("{}{colon} {}", begin.text, rest.text),
                    is_whole: rest.is_whole,
                    is_sentence: true,
                });
            }
        }
        if let Some((operation, rest)) = english.split_once(": ")
            && let Some((provider, operation)) = operation.split_once(' ')
            && !operation.contains(' ')
            && let Some(provider) = paylink::providers().iter().find(|it| it.name() == provider)
        {
            let operation = self.part(&format!("operation {operation}")).text;
            let rest = self.part(rest);
            return Some(Said {
                text: format!("{}، {operation}: {}", provider.persian_title(), rest.text),
                is_whole: rest.is_whole,
                is_sentence: true,
            });
        }
        let mut best: Option<Said> = None;
        for sentence in table() {
            for values in sentence.matches(english) {
                let said = self.fill(sentence, &values);
                if said.is_whole {
                    return Some(said);
                }
                if sentence.weight() >= TELLING {
                    best = best.or(Some(said));
                }
            }
        }
        let joined = self.joined(english);
        match joined {
            Some(joined) if joined.is_whole => Some(joined),
            joined => best.or(joined),
        }
    }

    fn fill(&mut self, sentence: &Sentence, values: &[&str]) -> Said {
        let mut is_whole = true;
        let holes = sentence.holes.iter().zip(values);
        let values = holes.map(|(hole, value)| match hole {
            Hole::Copied | Hole::Word => (*value).to_owned(),
            Hole::Count => in_persian_digits(value),
            Hole::Any => {
                let part = self.part(value);
                is_whole &= part.is_whole;
                part.text
            }
        });
        let values: Vec<String> = values.collect();
        Said {
            text: sentence.filled(&values),
            is_whole,
            is_sentence: true,
        }
    }

    /// In Persian if it can be, else as it is; then it is whole if it is a name or a value.
    fn part(&mut self, english: &str) -> Said {
        self.say(english).unwrap_or_else(|| Said {
            text: english.to_owned(),
            is_whole: !is_english(english),
            is_sentence: false,
        })
    }

    /// Sentences and clauses that are put together from ones of the table.
    fn joined(&mut self, english: &str) -> Option<Said> {
        const JOINTS: [(&str, &str); 5] = [
            ("; ", "؛ "),
            (". ", ". "),
            (": ", ": "),
            (" (", " ("),
            (", ", "، "),
        ];
        let mut best = None;
        if let Some((before, quoted)) = english
            .strip_suffix('"')
            .and_then(|english| english.split_once(" \""))
            && !quoted.contains('"')
        {
            let said = self.part(before);
            let said = Said {
                text: format!("{} \"{quoted}\"", said.text),
                ..said
            };
            // Else a sentence that ends with a quote stands behind another.
            if said.is_whole {
                return Some(said);
            }
            best = Some(said);
        }
        for (joint, persian) in JOINTS {
            let is_bracket = joint == " (";
            for (at, _) in english.match_indices(joint) {
                let (before, after) = english.split_at(at);
                let after = after.get(joint.len()..).unwrap_or_default();
                let after = match (is_bracket, after.strip_suffix(')')) {
                    (true, Some(inside)) => inside,
                    (true, None) => continue,
                    (false, _) => after,
                };
                // The dot belongs to the first sentence.
                let with_dot = format!("{before}.");
                let before = if joint == ". " { &with_dot } else { before };
                let (first, second) = (self.say(before), self.say(after));
                if first.is_none() && second.is_none() {
                    continue;
                }
                let (first, second) = (self.part(before), self.part(after));
                let persian = if joint == ". " { " " } else { persian };
                let closing = if is_bracket { ")" } else { "" };
                let said = Said {
                    text: format!("{}{persian}{}{closing}", first.text, second.text),
                    is_whole: first.is_whole && second.is_whole,
                    is_sentence: false,
                };
                if said.is_whole {
                    return Some(said);
                }
                best = best.or(Some(said));
            }
        }
        best
    }
}

/// Whether a text that the table does not have is of words, rather than a name, a value or a command.
fn is_english(text: &str) -> bool {
    let is_command = text.starts_with("paylink ") || text.starts_with('`');
    let is_word = |word: &str| {
        let word = word.trim_matches(['.', ',', ';', ':', '(', ')']);
        word.len() > 1
            && word.chars().all(|c| c.is_ascii_alphabetic() || c == '\'')
            && word.chars().skip(1).all(|c| !c.is_ascii_uppercase())
    };
    let is_name = |word: &str| paylink::providers().iter().any(|it| it.name() == word);
    let outside_quotes = text.split('"').step_by(2);
    !is_command
        && outside_quotes
            .flat_map(|text| text.split(' '))
            .any(|word| is_word(word) && !is_name(word))
}

/// Counts are read, and not copied.
fn in_persian_digits(text: &str) -> String {
    let digit = |c: char| match c.to_digit(10) {
        Some(digit) => char::from_u32('۰' as u32 + digit).unwrap_or(c),
        None if c == ',' => '٬',
        None => c,
    };
    text.chars().map(digit).collect()
}
