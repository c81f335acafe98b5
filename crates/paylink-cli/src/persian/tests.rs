//! Every message has its Persian sentence, and each sentence is well written.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use clap::CommandFactory;

use super::*;
use crate::cli::Cli;

/// What is scanned for the texts of messages, beside the command's own source.
const SOURCES: [&str; 8] = [
    "cardpay-client/src",
    "paylink-books/src",
    "paylink-cli/src",
    "paylink-core/src",
    "paylink/src",
    "pod-invoice-client/src",
    "sizpay-client/src",
    "zipay-client/src",
];

const HELP: &str = "help is in English";
const PASTED: &str = "is pasted into a shell";
const PROGRAMMERS: &str = "is told to who builds a program on the libraries";
const JOINED: &str = "is joined from words of which each choice has its sentence";
const WIRE: &str = "goes to a server or comes from one";
const COMPARED: &str = "is what another library says, which is compared";
const BESIDE: &str = "has its Persian beside it in the code";

/// What is not said in Persian: where it is, how it begins, and why.
const LEFT_OUT: &[(&str, &str, &str)] = &[
    ("paylink-cli/src/demo/browser.rs", "{} to {place}", JOINED),
    (
        "paylink-cli/src/books/check.rs",
        "{count}, {of} for {time}",
        JOINED,
    ),
    (
        "paylink-books/src/lib.rs",
        "paylink-books needs a database",
        PROGRAMMERS,
    ),
    (
        "paylink-books/src/sqlite.rs",
        "name one; a test takes",
        PROGRAMMERS,
    ),
    (
        "paylink-books/src/sqlite.rs",
        "open the file with SqliteConnectOptions",
        PROGRAMMERS,
    ),
    (
        "paylink-books/src/sqlite.rs",
        "set SqliteConnectOptions::",
        PROGRAMMERS,
    ),
    (
        "paylink-cli/src/link.rs",
        "A payment is known by its record",
        HELP,
    ),
    ("paylink-cli/src/link.rs", "Accounts come from", HELP),
    (
        "paylink-cli/src/doctor/examination.rs",
        "this machine is {} {way}",
        JOINED,
    ),
    ("paylink-cli/src/failure.rs", "the {what} {problem}", JOINED),
    (
        "paylink-cli/src/misuse.rs",
        "Did you mean `{word}`? {help}",
        JOINED,
    ),
    ("paylink-cli/src/next_step.rs", "{group} resolve", PASTED),
    (
        "paylink-cli/src/once.rs",
        "Do not repeat it before you know what became of it. {command}",
        JOINED,
    ),
    ("paylink-cli/src/once.rs", "This command {does}", JOINED),
    (
        "paylink-cli/src/settled.rs",
        "{settled}: the money is yours.",
        JOINED,
    ),
    ("paylink-cli/src/providers.rs", ", secret", HELP),
    ("paylink-cli/src/providers.rs", "{} and {last}", HELP),
    ("paylink-cli/src/providers.rs", "Global options", HELP),
    (
        "paylink-cli/src/providers.rs",
        "The account comes from",
        HELP,
    ),
    (
        "paylink-cli/src/providers.rs",
        "{rest}`paylink sandbox` gives",
        HELP,
    ),
    (
        "paylink-cli/src/providers.rs",
        "{} is {key} and so on",
        HELP,
    ),
    (
        "paylink-cli/src/providers/pod/demo.rs",
        "a pair of shoes",
        WIRE,
    ),
    (
        "paylink-cli/src/providers/sizpay.rs",
        "Only REST disables links",
        HELP,
    ),
    (
        "paylink-cli/src/providers/sizpay.rs",
        "way is the same link",
        HELP,
    ),
    ("paylink-cli/src/sandbox.rs", "export {name}", PASTED),
    ("paylink-cli/src/serve/tried.rs", "-d '", PASTED),
    ("paylink-cli/src/serve/tried.rs", "LINK=", PASTED),
    ("paylink-cli/src/serve/tried.rs", "curl", PASTED),
    ("paylink-cli/src/serve/tried.rs", "export", PASTED),
    (
        "paylink-core/src/error/advice.rs",
        "",
        "is the word of an advice, whose sentence is said",
    ),
    (
        "paylink-core/src/error/invalid.rs",
        "a field's key is in snake case",
        PROGRAMMERS,
    ),
    ("paylink-core/src/operation", "application/json", WIRE),
    ("paylink-core/src/operation", "text/xml", WIRE),
    ("paylink-core/src/transport/attempt.rs", "no-cache", WIRE),
    (
        "paylink-core/src/transport/classify.rs",
        "received unexpected message",
        WIRE,
    ),
    ("paylink-core/src/transport/runtime.rs", "", PROGRAMMERS),
    (
        "paylink-core/src/transport/tls.rs",
        "TLS needs a crypto provider",
        PROGRAMMERS,
    ),
    (
        "paylink/src/desk",
        "",
        "the command does not run a desk, and the service answers in JSON",
    ),
    (
        "paylink/src/providers.rs",
        "",
        "is the documentation of a feature",
    ),
    (
        "paylink/src/web",
        "",
        "is on pages, which have texts of their own",
    ),
    (
        "pod-invoice-client/src/operations/payments.rs",
        "Pays ",
        HELP,
    ),
    (
        "sizpay-client/src/codes.rs",
        "any other",
        "is the code of a table",
    ),
    (
        "sizpay-client/src/soap.rs",
        "did not recognize the value",
        WIRE,
    ),
    ("paylink-cli/src/account.rs", "chmod {mode}", PASTED),
    (
        "paylink-cli/src/config/example.rs",
        "",
        "is of an example file, which is TOML",
    ),
    (
        "paylink-cli/src/doctor/environment.rs",
        "{} {is} set in",
        JOINED,
    ),
    ("paylink-cli/src/examples.rs", "Examples, with", HELP),
    (
        "paylink-cli/src/explain.rs",
        "any other",
        "is the code of a table",
    ),
    ("paylink-cli/src/explain.rs", "no code{of} is known", JOINED),
    (
        "paylink-cli/src/explain.rs",
        "{question}choose one of",
        JOINED,
    ),
    ("paylink-cli/src/explain/kinds.rs", "", BESIDE),
    (
        "paylink-cli/src/link/change.rs",
        "{what} {} of order {}",
        JOINED,
    ),
    (
        "paylink-cli/src/listen.rs",
        "names no address of this machine{problem}",
        JOINED,
    ),
    ("paylink-cli/src/providers/pod/examples.rs", "", PASTED),
    ("paylink-core/src/error.rs", "Caused by:", PROGRAMMERS),
    ("paylink-core/src/error.rs", "It may have been", PROGRAMMERS),
    (
        "paylink-core/src/error.rs",
        "Nothing was carried out",
        PROGRAMMERS,
    ),
    ("paylink-core/src/error.rs", "What to do: ", PROGRAMMERS),
    (
        "paylink-core/src/transport/by_proxy.rs",
        "SOCKS error:",
        COMPARED,
    ),
    (
        "paylink-core/src/transport/by_proxy.rs",
        "address type not supported",
        COMPARED,
    ),
    (
        "paylink-core/src/transport/by_proxy.rs",
        "command not supported",
        COMPARED,
    ),
    (
        "paylink-core/src/transport/by_proxy.rs",
        "connection not allowed",
        COMPARED,
    ),
    (
        "paylink-core/src/transport/by_proxy.rs",
        "connection refused",
        COMPARED,
    ),
    (
        "paylink-core/src/transport/by_proxy.rs",
        "credentials not accepted",
        COMPARED,
    ),
    (
        "paylink-core/src/transport/by_proxy.rs",
        "failed parsing server response",
        COMPARED,
    ),
    (
        "paylink-core/src/transport/by_proxy.rs",
        "failed serialize request",
        COMPARED,
    ),
    (
        "paylink-core/src/transport/by_proxy.rs",
        "failed to create underlying connection",
        COMPARED,
    ),
    (
        "paylink-core/src/transport/by_proxy.rs",
        "general server failure",
        COMPARED,
    ),
    (
        "paylink-core/src/transport/by_proxy.rs",
        "host unreachable",
        COMPARED,
    ),
    (
        "paylink-core/src/transport/by_proxy.rs",
        "io error during SOCKS handshake",
        COMPARED,
    ),
    (
        "paylink-core/src/transport/by_proxy.rs",
        "io error establishing tunnel",
        COMPARED,
    ),
    (
        "paylink-core/src/transport/by_proxy.rs",
        "network unreachable",
        COMPARED,
    ),
    (
        "paylink-core/src/transport/by_proxy.rs",
        "proxy authorization required",
        COMPARED,
    ),
    (
        "paylink-core/src/transport/by_proxy.rs",
        "proxy response headers too long",
        COMPARED,
    ),
    (
        "paylink-core/src/transport/by_proxy.rs",
        "server does not support user/pass authentication",
        COMPARED,
    ),
    (
        "paylink-core/src/transport/by_proxy.rs",
        "server implements authentication incorrectly",
        COMPARED,
    ),
    (
        "paylink-core/src/transport/by_proxy.rs",
        "ttl expired",
        COMPARED,
    ),
    (
        "paylink-core/src/transport/by_proxy.rs",
        "tunnel error:",
        COMPARED,
    ),
    (
        "paylink-core/src/transport/by_proxy.rs",
        "unexpected end of file",
        COMPARED,
    ),
    (
        "paylink-core/src/transport/handshake.rs",
        "{who}{problem}",
        JOINED,
    ),
    ("paylink/src/config/file.rs", "{key}{} in {}", JOINED),
    ("paylink/src/config/proxy.rs", "The password that", HELP),
    ("paylink/src/config/proxy.rs", "The proxy by which", HELP),
    ("paylink/src/config/proxy.rs", "The user that", HELP),
    ("paylink/src/config/source.rs", "has nothing as", JOINED),
    ("paylink/src/config/source.rs", "has {written}", JOINED),
    ("paylink/src/config/syntax.rs", "carriage return", COMPARED),
    ("paylink/src/config/syntax.rs", "duplicate key", COMPARED),
    ("paylink/src/config/syntax.rs", "expected non-", COMPARED),
    ("paylink/src/config/syntax.rs", "extra `=`", COMPARED),
    (
        "paylink/src/config/syntax.rs",
        "missing opening quote",
        COMPARED,
    ),
    ("paylink/src/config/syntax.rs", "string, expected", COMPARED),
    (
        "paylink/src/config/syntax.rs",
        "unclosed array table",
        COMPARED,
    ),
    ("paylink/src/config/syntax.rs", "unclosed table", COMPARED),
    (
        "paylink/src/config/syntax.rs",
        "unexpected key or value",
        COMPARED,
    ),
    ("paylink/src/config/syntax.rs", "unicode value", COMPARED),
    (
        "paylink/src/config/syntax.rs",
        "values must be quoted",
        COMPARED,
    ),
    ("paylink-books/src/", "name, ", "is SQL"),
    ("paylink-books/src/orders.rs", "($3", "is SQL"),
];

#[test]
fn every_message_has_its_persian_sentence() {
    let crates = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    let mut missing = BTreeSet::new();
    let mut used = vec![false; LEFT_OUT.len()];
    for file in SOURCES
        .iter()
        .flat_map(|folder| rust_files(&crates.join(folder)))
    {
        let name = file
            .strip_prefix(crates)
            .unwrap()
            .to_string_lossy()
            .into_owned();
        for text in texts(&fs::read_to_string(&file).unwrap()) {
            let is_left_out = LEFT_OUT
                .iter()
                .zip(&mut used)
                .any(|((of, begin, _), used)| {
                    let is_it = name.starts_with(of) && text.starts_with(begin);
                    *used |= is_it;
                    is_it
                });
            if !is_left_out && !is_help_or_sql(&name, &text) && !is_covered(&text) {
                missing.insert(format!("{name}: {text}"));
            }
        }
    }
    let missing: Vec<String> = missing.into_iter().collect();
    assert!(
        missing.is_empty(),
        "{} missing:\n{}",
        missing.len(),
        missing.join("\n")
    );
    let unused: Vec<_> = LEFT_OUT
        .iter()
        .zip(used)
        .filter(|(_, used)| !used)
        .collect();
    assert!(unused.is_empty(), "nothing is left out by {unused:#?}");
}

/// A descriptor's sentences are the help of settings; statements stand in the books.
fn is_help_or_sql(file: &str, text: &str) -> bool {
    let is_setting = file.ends_with("descriptor.rs") && text.starts_with(char::is_uppercase);
    const SQL: [&str; 6] = [
        "SELECT ", "INSERT ", "UPDATE ", "PRAGMA ", "BEGIN ", "FROM ",
    ];
    let is_sql = |word: &str| text.contains(word) || text.starts_with("WHERE ");
    is_setting || file.starts_with("paylink-books/") && SQL.iter().any(|word| is_sql(word))
}

/// Whether a text is a sentence of the table, a part of one, or put together from such.
fn is_covered(text: &str) -> bool {
    static KEYS: OnceLock<Vec<String>> = OnceLock::new();
    let keys = KEYS.get_or_init(|| {
        let entries = entries().chain(of_the_libraries());
        entries
            .map(|(english, _)| with_bare_holes(english))
            .collect()
    });
    let bare = with_bare_holes(text);
    let begins = ["error: ", "warning: "];
    let message = begins.iter().find_map(|begin| bare.strip_prefix(begin));
    let message = message.unwrap_or(&bare);
    if keys.iter().any(|key| key.contains(message)) {
        return true;
    }
    let first = bare.split(' ').next().unwrap_or_default();
    if !is_english(&bare) || Cli::command().find_subcommand(first).is_some() {
        return true;
    }
    // What is in a hole is a message of its own; here it is a name.
    ["X", "7"].into_iter().any(|sample| {
        let filled = bare.replace("{}", sample);
        let said = Search::default().say(&filled);
        said.is_some_and(|said| said.is_whole)
    })
}

/// `{name}`, `{0:?}` and `{=}` are holes alike.
fn with_bare_holes(text: &str) -> String {
    let mut out = String::new();
    let mut rest = text;
    while let Some((before, more)) = rest.split_once('{') {
        out.push_str(before);
        match more.split_once('}') {
            Some((_, after)) => {
                out.push_str("{}");
                rest = after;
            }
            None => {
                out.push('{');
                rest = more;
            }
        }
    }
    out + rest
}

fn rust_files(folder: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            if !path.ends_with("tests") {
                files.extend(rust_files(&path));
            }
        } else if path.extension().is_some_and(|it| it == "rs")
            && !(path.ends_with("tests.rs") || path.ends_with("interleavings.rs"))
        {
            files.push(path);
        }
    }
    files
}

/// The literals of a file that are sentences in English or parts of such, line by line: of several words, the first of them
/// no SQL. Those of tests, of attributes other than `#[error]`, and of logs are nothing that people read here.
fn texts(source: &str) -> Vec<String> {
    let source = without_tests(source);
    let mut texts = Vec::new();
    for literal in literals(&source) {
        for line in literal.split('\n').map(str::trim) {
            let bare = with_bare_holes(line).replace("{}", "");
            let words = bare.split(|c: char| !c.is_ascii_alphabetic());
            let has_word = words
                .into_iter()
                .any(|word| word.len() > 1 && word.chars().all(|c| c.is_ascii_lowercase()));
            if line.contains(' ') && has_word && !is_persian(line) {
                texts.push(line.to_owned());
            }
        }
    }
    texts
}

fn is_persian(text: &str) -> bool {
    text.contains(|c: char| ('\u{600}'..='\u{6ff}').contains(&c))
}

fn without_tests(source: &str) -> String {
    let mut out = String::new();
    let mut is_test = false;
    let mut lines = source.lines().peekable();
    while let Some(line) = lines.next() {
        if line == "#[cfg(test)]" && lines.peek().is_some_and(|next| next.ends_with('{')) {
            is_test = true;
        }
        if !is_test {
            out.push_str(line);
            out.push('\n');
        }
        if line == "}" {
            is_test = false;
        }
    }
    out
}

/// The string literals outside of comments, attributes and logs.
fn literals(source: &str) -> Vec<String> {
    const UNREAD: [&str; 12] = [
        "#[arg(",
        "#[command(",
        "#[cfg",
        "#[doc",
        "#[expect(",
        "#[must_use",
        "#[serde(",
        "#[utoipa",
        "tracing::",
        "log::",
        "debug_assert",
        "sqlx::",
    ];
    let mut found = Vec::new();
    let mut rest = source;
    while let Some(first) = rest.chars().next() {
        if let Some(comment) = rest.strip_prefix("//") {
            rest = comment.split_once('\n').map_or("", |(_, rest)| rest);
        } else if UNREAD.iter().any(|begin| rest.starts_with(begin)) || is_help(rest) {
            let (_, after) = enclosed(rest, &mut Vec::new());
            rest = after;
        } else if let Some((text, after)) = literal(rest) {
            found.push(text);
            rest = after;
        } else {
            rest = rest.split_at(first.len_utf8()).1;
        }
    }
    found
}

/// Whether a constant of help begins here.
fn is_help(source: &str) -> bool {
    let name = source
        .strip_prefix("const ")
        .and_then(|rest| rest.split_once(':'));
    name.is_some_and(|(name, _)| name.ends_with("HELP"))
}

/// What stands between the next bracket and its end, and what follows.
fn enclosed<'a>(source: &'a str, open: &mut Vec<char>) -> (&'a str, &'a str) {
    let mut rest = source;
    while let Some(first) = rest.chars().next() {
        if let Some((_, after)) = literal(rest) {
            rest = after;
            continue;
        }
        match first {
            '(' | '[' | '{' => open.push(first),
            ')' | ']' | '}' => {
                open.pop();
            }
            _ => {}
        }
        rest = rest.split_at(first.len_utf8()).1;
        if open.is_empty() && matches!(first, ')' | ']' | '}' | ';') {
            break;
        }
    }
    let end = source.len() - rest.len();
    source.split_at(end)
}

/// The literal with which the source begins, if it does, and what follows; a character counts as an empty one.
fn literal(source: &str) -> Option<(String, &str)> {
    if let Some(character) = source.strip_prefix('\'') {
        let skipped = if character.starts_with('\\') { 2 } else { 1 };
        let (at, _) = character.char_indices().nth(skipped)?;
        let after = character.split_at(at).1.strip_prefix('\'')?;
        return Some((String::new(), after));
    }
    if let Some(raw) = source.strip_prefix('r') {
        let text = raw.trim_start_matches('#');
        let end = format!("\"{}", "#".repeat(raw.len() - text.len()));
        let (text, after) = text.strip_prefix('"')?.split_once(&end)?;
        return Some((text.to_owned(), after));
    }
    let mut text = String::new();
    let mut rest = source.strip_prefix('"')?.chars();
    loop {
        match rest.next()? {
            '"' => return Some((text, rest.as_str())),
            '\\' => match rest.next()? {
                'n' => text.push('\n'),
                't' => text.push('\t'),
                'u' => {
                    let (code, after) = rest.as_str().strip_prefix('{')?.split_once('}')?;
                    text.push(char::from_u32(u32::from_str_radix(code, 16).ok()?)?);
                    rest = after.chars();
                }
                '\n' => rest = rest.as_str().trim_start().chars(),
                other => text.push(other),
            },
            other => text.push(other),
        }
    }
}

#[test]
fn the_scan_finds_what_has_no_sentence() {
    let source = "/// A comment of words.\nfn f() { tracing::warn!(a = 1, \"a log line\"); g('\"', \"no such \\\n   words {x} here\") }\n\
                  #[cfg(test)]\nmod tests {\n    \"of a test\"\n}\n#[error(\"an error of words\")]\n#[arg(help = \"help of words\")]";
    assert_eq!(
        texts(source),
        ["no such words {x} here", "an error of words"]
    );
    assert!(!is_covered("no such words {x} here"));
    assert!(is_covered("{} is missing: give it"));
}

#[test]
fn no_sentence_stands_there_twice_and_each_has_the_holes_of_its_english() {
    let mut seen = BTreeSet::new();
    for (english, persian) in entries() {
        assert!(seen.insert(english), "twice: {english}");
        let sentence = Sentence::new(english, persian);
        let values: Vec<String> = (0..sentence.holes.len())
            .map(|at| format!("<{at}>"))
            .collect();
        let filled = sentence.filled(&values);
        for value in &values {
            assert_eq!(
                filled.matches(value.as_str()).count(),
                1,
                "{english}\n{persian}"
            );
        }
        assert!(!filled.contains("{}"), "{english}\n{persian}");
    }
    assert!(seen.len() > 1_000, "{}", seen.len());
}

#[test]
fn every_sentence_is_well_written() {
    for (english, persian) in entries() {
        assert_eq!(problem(english, persian), None, "{english}\n{persian}");
        let ends = |text: &str| {
            let last = text.trim_end_matches(['"', '`']).chars().last();
            match last {
                Some('?' | '؟') => Some('?'),
                Some(last) if matches!(last, '.' | ':') => Some(last),
                _ => None,
            }
        };
        assert_eq!(ends(english), ends(persian), "{english}\n{persian}");
    }
    for bad in [
        "پرداخت انجام نمی شود",
        "پرداخت‌ انجام شد",
        "پرداخت  انجام شد",
        "كارت ثبت شد",
        "پیوند پرداخت",
        "ایجاد پرداخت تازه",
        "خانه ی",
    ] {
        assert!(problem("", bad).is_some(), "{bad}");
    }
}

/// What is wrong with a text in Persian, as far as a machine can tell: letters, half-spaces, and the words of the glossary.
fn problem(english: &str, text: &str) -> Option<String> {
    const FOREIGN: &str = "يىكةۀ٠١٢٣٤٥٦٧٨٩";
    // These are parts of words, written with a half-space.
    const PARTS: [&str; 7] = ["می", "نمی", "ها", "های", "ای", "اند", "ی"];
    // Each has a word in the glossary that is used in its place.
    const OTHERS: [&str; 14] = [
        "پیوند",
        "نشانی",
        "تازه",
        "پیش‌تر",
        "سرآیند",
        "نگارش",
        "کنسل",
        "باطل",
        "سرنخ",
        "میز",
        "ترمینال",
        "ارائه‌دهنده",
        "صورت‌حساب",
        "فرستادن",
    ];
    let is_letter = |c: char| ('\u{600}'..='\u{6ff}').contains(&c);
    if text.trim() != text || text.contains("  ") && !english.contains("  ") {
        return Some("blanks".to_owned());
    }
    if let Some(foreign) = text.chars().find(|c| FOREIGN.contains(*c)) {
        return Some(format!("the foreign letter {foreign}"));
    }
    if text.contains(['\u{200e}', '\u{200f}', '\u{202a}', '\u{202b}']) {
        return Some("a mark that turns text around".to_owned());
    }
    for (at, _) in text.match_indices('\u{200c}') {
        let (before, after) = text.split_at(at);
        let before = before.chars().last().is_some_and(is_letter);
        let after = after.chars().nth(1).is_some_and(is_letter);
        if !before || !after {
            return Some("a half-space that joins nothing".to_owned());
        }
    }
    let mut words = text.split(|c: char| !is_letter(c) && c != '\u{200c}');
    words
        .find(|word| PARTS.contains(word) || OTHERS.contains(word))
        .map(|word| format!("the word {word}"))
}

#[test]
fn what_is_in_a_hole_is_said_in_persian_and_what_is_copied_stays() {
    for (english, persian) in [
        (
            "error: --amount is missing: give it",
            "خطا: --amount مشخص نشده است: آن را وارد کنید",
        ),
        (
            "error: account paid: terminal number \"12x\" is not a whole number",
            "خطا: حساب paid: شمارهٔ پایانه \"12x\" عدد صحیح نیست",
        ),
        (
            "2 of 30, page 1, 2 a page, oldest first",
            "۲ از ۳۰، صفحهٔ ۱، ۲ در هر صفحه، از قدیم به جدید",
        ),
        (
            "  because: the answer is not UTF-8",
            "  علت: پاسخ UTF-8 نیست",
        ),
        (
            "Not paid: the invoice is generated, the payer was not there yet.",
            "پرداخت نشده: وضعیت آن ایجادشده است، پرداخت‌کننده هنوز مراجعه نکرده است.",
        ),
    ] {
        assert_eq!(line(english), persian);
    }
    for same in [
        "paylink zipay status --trackid 1",
        "  --currency IRT --account zipay; paid",
        "  -d '{\"order\": \"1000\"}' | tee order-1000.json; echo",
        "{\"state\": \"paid\", \"a\": 1}",
        "order, whatever somebody wrote; paid",
        "سفارش",
        "250000 IRT",
        "  export A=b",
    ] {
        assert_eq!(line(same), same);
    }
}

#[test]
fn what_is_latin_in_a_persian_line_is_kept_together() {
    assert_eq!(
        directed("گزینهٔ --amount 12 خالی است"),
        "\u{2067}گزینهٔ \u{2066}--amount 12\u{2069} خالی است\u{2069}"
    );
    assert_eq!(
        directed("نام /a/b: خالی"),
        "\u{2067}نام \u{2066}/a/b\u{2069}: خالی\u{2069}"
    );
    for same in ["paylink zipay list", "", "250000 IRT"] {
        assert_eq!(directed(same), same);
    }
}
