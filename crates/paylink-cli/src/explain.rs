//! `paylink explain`: what a provider's code, a reason or a kind of error means, and what to do about it.

mod kinds;

use std::io::{self, Write};

use clap::Args;
use clap_complete::engine::{ArgValueCandidates, CompletionCandidate};
use paylink::core::digits;
use paylink::core::provider::Descriptor;
use paylink::core::text::letters;
use paylink::core::{Evidence, Party};
use paylink::{Advice, CodeEntry, Effect, Explanation, FieldKey, Invalid, Reason};
use serde::Serialize;

use crate::console::Console;
use crate::failure::{Failure, Status, UsageError};
use crate::language::Language;
use crate::persian::FINISHED;
use crate::report::Report;
use crate::screen::Screen;
use crate::table::{Column, Table, table, write_facts};
use crate::text::shown;
use kinds::{KINDS, Kind};

const AFTER_HELP: &str = "\
Codes stand in errors, as in `code 422`, and with --json under `error.code`; reasons under `error.refusal.reason`, and kinds \
under `error.kind`. Some providers refuse in words alone: give the words. docs/codes.md has the whole catalogue.";

#[derive(Debug, Args)]
#[command(after_help = AFTER_HELP)]
pub(crate) struct ExplainArgs {
    /// The provider; it may be left out where the code, reason or kind is looked for in all
    #[arg(value_name = "PROVIDER", add = ArgValueCandidates::new(provider_names))]
    provider: Option<String>,
    /// The provider's code or words, a reason such as `already_paid`, or a kind of error such as `timeout`
    #[arg(value_name = "CODE", allow_negative_numbers = true)]
    code: Vec<String>,
}

fn provider_names() -> Vec<CompletionCandidate> {
    let providers = paylink::providers().iter();
    providers
        .map(|it| CompletionCandidate::new(it.name()))
        .collect()
}

/// Says what is known of what was typed.
pub(crate) fn run(args: &ExplainArgs, console: &Console) -> Result<(), Failure> {
    let Some(first) = &args.provider else {
        return console.done(&Explained::all());
    };
    let code = args.code.join(" ");
    let named = |it: &&&Descriptor| letters(it.name()) == letters(first);
    match paylink::providers().iter().find(named) {
        Some(provider) if code.is_empty() => console.done(&Explained::of_provider(provider)),
        Some(provider) => explain(Some(provider), &code, console),
        None if code.is_empty() => explain(None, first, console),
        // Words of a provider's may have been typed without quotes.
        None => match Explained::of(None, &format!("{first} {code}")) {
            Some(explained) => console.done(&explained),
            None => Err(unknown_provider(first).into()),
        },
    }
}

fn explain(provider: Option<&Descriptor>, code: &str, console: &Console) -> Result<(), Failure> {
    match Explained::of(provider, code) {
        Some(explained) => console.done(&explained),
        None => Err(Failure::new(
            Status::Refused,
            UnknownCode::new(provider, code),
        )),
    }
}

fn unknown_provider(typed: &str) -> UsageError {
    let names: Vec<&str> = paylink::providers().iter().map(|it| it.name()).collect();
    let near = names
        .iter()
        .map(|name| (strsim::osa_distance(&plain(typed), name), name))
        .filter(|(distance, _)| *distance <= NEAR)
        .min();
    let question = near.map_or_else(String::new, |(_, name)| format!("did you mean {name}? "));
    Invalid::new(FieldKey::new("provider", "provider"), "is not known")
        .with_value(typed)
        .with_remedy(format!("{question}choose one of {}", names.join(", ")))
        .into()
}

/// The most letters in which a word may differ from the one that was meant.
const NEAR: usize = 2;

/// What is known: codes of providers, reasons that all share, kinds of errors.
#[derive(Debug, Serialize)]
struct Explained {
    codes: Vec<Code>,
    reasons: Vec<SharedReason>,
    kinds: Vec<Kind>,
    /// Whether it is told line by line, and not each in full.
    #[serde(skip)]
    is_list: bool,
}

/// An entry of the catalogue.
#[derive(Debug, Serialize)]
struct Code {
    provider: &'static str,
    code: &'static str,
    field: &'static str,
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    operations: &'static [&'static str],
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<Reason>,
    explanation: Explanation,
    advice: AdviceTexts,
    evidence: Evidence,
}

#[derive(Debug, Serialize)]
struct SharedReason {
    reason: Reason,
    explanation: Explanation,
    advice: AdviceTexts,
}

#[derive(Debug, Serialize)]
struct AdviceTexts {
    action: Advice,
    english: &'static str,
    persian: &'static str,
}

impl From<Advice> for AdviceTexts {
    fn from(action: Advice) -> AdviceTexts {
        AdviceTexts {
            action,
            english: action.english(),
            persian: action.persian(),
        }
    }
}

impl From<&'static CodeEntry> for Code {
    fn from(entry: &'static CodeEntry) -> Code {
        Code {
            provider: entry.provider,
            code: entry.code,
            field: entry.field,
            operations: entry.operations,
            reason: entry.reason,
            explanation: entry.explanation,
            advice: entry.advice.into(),
            evidence: entry.evidence,
        }
    }
}

impl From<Reason> for SharedReason {
    fn from(reason: Reason) -> SharedReason {
        SharedReason {
            reason,
            explanation: reason.explanation(),
            advice: reason.advice().into(),
        }
    }
}

impl Explained {
    fn all() -> Explained {
        Explained {
            codes: paylink::catalogue().map(Code::from).collect(),
            reasons: Reason::ALL
                .iter()
                .copied()
                .map(SharedReason::from)
                .collect(),
            kinds: KINDS.to_vec(),
            is_list: true,
        }
    }

    fn of_provider(provider: &Descriptor) -> Explained {
        Explained {
            codes: provider.codes().map(Code::from).collect(),
            reasons: Vec::new(),
            kinds: Vec::new(),
            is_list: true,
        }
    }

    /// What a word means: a code, a reason with the codes that stand for it, or a kind.
    fn of(provider: Option<&Descriptor>, word: &str) -> Option<Explained> {
        let typed = plain(word);
        let reason = |it: &&Reason| name(**it) == typed;
        let reasons: Vec<SharedReason> = Reason::ALL
            .iter()
            .filter(reason)
            .copied()
            .map(SharedReason::from)
            .collect();
        let is_meant = |entry: &&CodeEntry| {
            let by_reason = entry
                .reason
                .is_some_and(|reason| reasons.iter().any(|it| it.reason == reason));
            by_reason || matches(entry.code, word)
        };
        let mut codes: Vec<Code> = entries(provider).filter(is_meant).map(Code::from).collect();
        if codes.is_empty() && typed.parse::<i64>().is_ok() && provider.is_some() {
            let is_any = |entry: &&CodeEntry| entry.code == ANY_OTHER;
            codes.extend(entries(provider).filter(is_any).map(Code::from));
        }
        let kinds: Vec<Kind> = KINDS
            .iter()
            .filter(|kind| kind.names.contains(&&*typed))
            .copied()
            .collect();
        let explained = Explained {
            codes,
            reasons,
            kinds,
            is_list: false,
        };
        let is_known = explained.codes.len() + explained.reasons.len() + explained.kinds.len() > 0;
        is_known.then_some(explained)
    }
}

/// The code of an entry that stands for every number without one.
const ANY_OTHER: &str = "any other";

/// The catalogue of one provider, or of all.
fn entries(provider: Option<&Descriptor>) -> Box<dyn Iterator<Item = &'static CodeEntry>> {
    match provider {
        Some(provider) => provider.codes(),
        None => Box::new(paylink::catalogue()),
    }
}

/// The word as documents have it, whichever way a person writes it: `Already-paid` is `already_paid`.
fn plain(word: &str) -> String {
    word.trim().to_lowercase().replace(['-', ' '], "_")
}

fn name(reason: Reason) -> String {
    // A variant without fields always serialises as its name.
    match serde_json::to_value(reason) {
        Ok(serde_json::Value::String(name)) => name,
        _ => String::new(),
    }
}

/// Whether an entry's code is the one that was typed: `5xx` stands for 503, and words are compared by their letters.
fn matches(code: &str, typed: &str) -> bool {
    let typed = digits::latin(typed.trim());
    if typed.parse::<i64>().is_ok() && code.parse::<i64>().is_ok() {
        return code == typed;
    }
    let (code, typed) = (letters(code), letters(&typed));
    let stands_for =
        |(one, other): (char, char)| one == other || (one == 'x' && other.is_ascii_digit());
    let is_pattern = code.starts_with(|c: char| c.is_ascii_digit()) && code.len() == typed.len();
    code == typed || (is_pattern && code.chars().zip(typed.chars()).all(stands_for))
}

impl Report for Explained {
    fn write_text(&self, out: &mut dyn Write) -> io::Result<()> {
        let mut blocks = Vec::new();
        if self.is_list {
            blocks.extend(
                paylink::providers()
                    .iter()
                    .filter_map(|it| self.table_of(it)),
            );
            blocks.extend(self.tables_of_words());
            blocks.push(
                "`paylink explain PROVIDER CODE` says more of each, in Persian too.\n".to_owned(),
            );
        } else {
            blocks.extend(self.kinds.iter().map(Kind::told));
            blocks.extend(self.reasons.iter().map(SharedReason::told));
            if self.codes.len() <= MOST_IN_FULL {
                blocks.extend(self.codes.iter().map(Code::told));
            } else {
                blocks.extend(
                    paylink::providers()
                        .iter()
                        .filter_map(|it| self.table_of(it)),
                );
            }
        }
        write!(out, "{}", blocks.join("\n"))
    }
}

/// More codes than these are a table.
const MOST_IN_FULL: usize = 3;

impl Explained {
    fn table_of(&self, provider: &Descriptor) -> Option<String> {
        let own = self
            .codes
            .iter()
            .filter(|it| it.provider == provider.name());
        let rows: Vec<Vec<String>> = own
            .map(|it| {
                let action = it.advice.action.to_string();
                vec![shown(it.code), action, meaning(&it.explanation).to_owned()]
            })
            .collect();
        let title = in_language(provider.title(), provider.persian_title());
        let columns = || {
            [
                Column::id("CODE"),
                Column::word("WHAT TO DO"),
                Column::sentence("MEANING"),
            ]
        };
        (!rows.is_empty()).then(|| format!("{title}:\n\n{}", drawn(&table(columns(), rows))))
    }

    fn tables_of_words(&self) -> Vec<String> {
        let reasons = self.reasons.iter().map(|it| {
            let (name, action) = (name(it.reason), it.advice.action.to_string());
            vec![name, action, meaning(&it.explanation).to_owned()]
        });
        let kinds = self.kinds.iter().flat_map(|kind| {
            let meaning = in_language(kind.meaning.english, kind.meaning.persian);
            kind.names
                .iter()
                .map(move |name| vec![(*name).to_owned(), meaning.to_owned()])
        });
        let columns = [
            Column::id("REASON"),
            Column::word("WHAT TO DO"),
            Column::sentence("MEANING"),
        ];
        let reasons = drawn(&table(columns, reasons));
        let columns = [Column::id("KIND"), Column::sentence("MEANING")];
        let kinds = drawn(&table(columns, kinds));
        let has_words = !self.reasons.is_empty();
        let tables = [
            format!("Reasons, which all providers share:\n\n{reasons}"),
            format!("Kinds of errors:\n\n{kinds}"),
        ];
        tables.into_iter().filter(|_| has_words).collect()
    }
}

fn drawn(table: &Table) -> String {
    let mut written = Vec::new();
    // A vector takes all that is written to it.
    let _ = table.write(&mut written);
    String::from_utf8_lossy(&written).into_owned()
}

impl Kind {
    fn told(&self) -> String {
        let (names, meaning, to_do) = (self.names.join(", "), self.meaning, self.to_do);
        paragraphs(
            &format!("Kind of error {names}"),
            [meaning.english, to_do.english],
            [meaning.persian, to_do.persian],
        )
    }
}

impl SharedReason {
    fn told(&self) -> String {
        let name = name(self.reason);
        let title = format!("Reason {name}, whichever provider gives it");
        told(&title, &self.explanation, &self.advice, &[])
    }
}

impl Code {
    fn told(&self) -> String {
        let mut descriptors = paylink::providers().iter();
        let provider = descriptors.find(|it| it.name() == self.provider);
        let title = provider.map_or(self.provider, |it| it.title());
        let title = format!("{title}'s code {}", shown(self.code));
        let mut facts = vec![("Stands in", self.place())];
        facts.extend(self.reason.map(|reason| ("Reason", name(reason))));
        facts.push(("Known from", source(self.evidence).to_owned()));
        told(&title, &self.explanation, &self.advice, &facts)
    }

    /// Where it stands in an answer.
    fn place(&self) -> String {
        match self.operations {
            [] => format!("`{}` of every answer", self.field),
            operations => format!("`{}` of {}", self.field, operations.join(", ")),
        }
    }
}

fn source(evidence: Evidence) -> &'static str {
    match evidence {
        Evidence::Documented => "the provider's own document",
        Evidence::Public => "the provider's web pages or SDKs",
        Evidence::Protocol => "the protocol that the provider speaks",
        _ => "a reading that nobody has confirmed: docs/unverified.md",
    }
}

fn meaning(explanation: &Explanation) -> &'static str {
    in_language(explanation.english, explanation.persian)
}

/// The text in the language of the person.
fn in_language(english: &'static str, persian: &'static str) -> &'static str {
    match Screen::get().language {
        Language::En => english,
        Language::Fa => persian,
    }
}

/// What it means and what to do: in both languages for who reads English, and in Persian alone for who reads that. Persian
/// sentences have lines of their own, which a terminal turns as a whole.
fn paragraphs(title: &str, english: [&str; 2], persian: [&str; 2]) -> String {
    let [meaning, to_do] = persian;
    match Screen::get().language {
        Language::En => format!("{title}: {}\n\n{meaning}\n{to_do}\n", english.join("\n")),
        Language::Fa => format!("{title}: {meaning}\n{FINISHED}{to_do}\n"),
    }
}

/// The texts, and who may see them.
fn told(
    title: &str,
    explanation: &Explanation,
    advice: &AdviceTexts,
    more: &[(&str, String)],
) -> String {
    let party = match explanation.party {
        Party::Merchant => "the merchant",
        Party::Payer => "the payer",
        Party::Provider => "the provider",
    };
    let payer = match explanation.visible_to_payer {
        true => "may be shown this text",
        false => "is not to be shown this text: it is for the merchant alone",
    };
    let mut facts = vec![
        ("Can act", party.to_owned()),
        ("The payer", payer.to_owned()),
    ];
    facts.extend_from_slice(more);
    let mut written = Vec::new();
    // A vector takes all that is written to it.
    let _ = write_facts(&mut written, &facts);
    let texts = paragraphs(
        title,
        [explanation.english, advice.english],
        [explanation.persian, advice.persian],
    );
    format!("{texts}\n{}", String::from_utf8_lossy(&written))
}

/// Nobody documents what was typed.
#[derive(Debug, Serialize)]
struct UnknownCode {
    kind: &'static str,
    effect: Effect,
    message: String,
    remedy: String,
    near: Vec<Near>,
}

/// What may have been meant.
#[derive(Debug, Serialize)]
struct Near {
    #[serde(skip_serializing_if = "Option::is_none")]
    provider: Option<&'static str>,
    code: String,
}

impl UnknownCode {
    fn new(provider: Option<&Descriptor>, typed: &str) -> UnknownCode {
        let (of, support) = match provider {
            Some(provider) => (format!(" of {}'s", provider.title()), provider.title()),
            None => (", reason or kind of error".to_owned(), "the provider"),
        };
        UnknownCode {
            kind: "unknown_code",
            effect: Effect::NotExecuted,
            message: format!("no code{of} is known as \"{}\"", shown(typed)),
            remedy: format!(
                "An unknown code proves nothing: go by the error's `effect`, and where that is unknown look the payment up \
                 with `resolve` before you repeat anything. Then ask {support}, with the reference number of the error."
            ),
            near: near(provider, typed),
        }
    }
}

/// The most that are offered.
const MOST_NEAR: usize = 5;

/// What is written nearly like it, the nearest first.
fn near(provider: Option<&Descriptor>, typed: &str) -> Vec<Near> {
    let typed = plain(typed);
    let codes = entries(provider).map(|entry| Near {
        provider: Some(entry.provider),
        code: entry.code.to_owned(),
    });
    let reasons = Reason::ALL.iter().map(|reason| name(*reason));
    let kinds = KINDS
        .iter()
        .flat_map(|kind| kind.names)
        .map(|name| (*name).to_owned());
    let words = reasons.chain(kinds).map(|code| Near {
        provider: None,
        code,
    });
    let mut near: Vec<(usize, Near)> = codes
        .chain(words)
        .map(|it| (strsim::osa_distance(&typed, &plain(&it.code)), it))
        .filter(|(distance, it)| *distance <= it.code.chars().count().div_ceil(3).min(NEAR))
        .collect();
    near.sort_by_key(|(distance, _)| *distance);
    let mut near: Vec<Near> = near.into_iter().map(|(_, it)| it).collect();
    near.dedup_by(|one, other| (one.provider, &one.code) == (other.provider, &other.code));
    near.truncate(MOST_NEAR);
    near
}

impl Report for UnknownCode {
    fn write_text(&self, out: &mut dyn Write) -> io::Result<()> {
        writeln!(out, "error: {}", self.message)?;
        if !self.near.is_empty() {
            let near: Vec<String> = self.near.iter().map(Near::told).collect();
            writeln!(out, "\nDid you mean {}?", near.join(", "))?;
        }
        writeln!(out, "\n{}", self.remedy)
    }
}

impl Near {
    fn told(&self) -> String {
        match self.provider {
            Some(provider) => format!("{provider} {}", shown(&self.code)),
            None => self.code.clone(),
        }
    }
}
