use std::borrow::Cow;
use std::path::Path;

use paylink::Handle;

/// Columns of a suggested command before it is broken.
const WIDTH: usize = 78;

/// The flags that led to an account, so that a suggested command leads to the same one.
#[derive(Clone, Default, Debug)]
pub(crate) struct Invocation {
    flags: Vec<String>,
    /// The commands for any provider, where these were used in place of the provider's own.
    group: Option<&'static str>,
    /// Where the record of a payment was to be written.
    record_to: Option<String>,
    /// What is known of what no look-up finds.
    known: Option<String>,
}

impl Invocation {
    /// Suggests the commands of this group, whichever the provider is.
    pub(crate) fn of_group(group: &'static str) -> Invocation {
        Invocation {
            group: Some(group),
            ..Invocation::default()
        }
    }

    /// Whether the commands for any provider were used.
    pub(crate) fn is_for_any_provider(&self) -> bool {
        self.group.is_some()
    }

    /// Repeats a flag in every command that is suggested.
    pub(crate) fn with(mut self, flag: &str, value: Option<&str>) -> Invocation {
        if let Some(value) = value {
            self.flags.push(pair(flag, value));
        }
        self
    }

    /// Repeats a flag that names a file.
    pub(crate) fn with_path(self, flag: &str, path: Option<&Path>) -> Invocation {
        self.with(flag, path.and_then(Path::to_str))
    }

    /// Writes the record of a payment that is found again to the same place.
    pub(crate) fn with_record_to(mut self, path: Option<&Path>) -> Invocation {
        self.record_to = path.and_then(Path::to_str).map(str::to_owned);
        self
    }

    /// Says what is known of an operation that no look-up finds.
    pub(crate) fn with_known(self, known: Option<String>) -> Invocation {
        Invocation { known, ..self }
    }

    /// What is known of an operation that no look-up finds.
    pub(crate) fn known(&self) -> Option<&str> {
        self.known.as_deref()
    }

    /// The command that asks what became of an operation; its handle is in this file, or else on standard input.
    pub(crate) fn resolving(&self, handle: &Handle, file: Option<&Path>) -> String {
        let record_to = self.record_to.as_deref();
        let flags: Vec<_> = record_to
            .map(|path| ("--record-to", path))
            .into_iter()
            .collect();
        self.resolve(handle, file, &flags)
    }

    /// The command that asks what became of whatever stands in this file.
    pub(crate) fn resolving_another(&self, handle: &Handle, file: &Path) -> String {
        self.resolve(handle, Some(file), &[])
    }

    fn resolve(&self, handle: &Handle, file: Option<&Path>, flags: &[(&str, &str)]) -> String {
        let group = self.group.unwrap_or(handle.provider());
        let mut words = format!("{group} resolve");
        if let Some(file) = file {
            let name = file.display().to_string();
            // A name that begins with a dash is taken for a flag.
            let here = if name.starts_with('-') { "./" } else { "" };
            words.push_str(&format!(" {}", quoted(&format!("{here}{name}"))));
        }
        self.command(&words, flags)
    }

    /// A command that can be pasted into a shell: its words, its flags, then those that lead to the account.
    pub(crate) fn command(&self, words: &str, flags: &[(&str, &str)]) -> String {
        let own = flags.iter().map(|(flag, value)| pair(flag, value));
        let mut command = format!("  paylink {words}");
        let mut column = command.len();
        for part in own.chain(self.flags.iter().cloned()) {
            if column + part.len() + 3 > WIDTH {
                command.push_str(" \\\n    ");
                column = 4;
            } else {
                command.push(' ');
                column += 1;
            }
            command.push_str(&part);
            column += part.len();
        }
        command
    }
}

fn pair(flag: &str, value: &str) -> String {
    // A value that begins with a dash is taken for a flag; a dash alone is standard input.
    let between = if value.starts_with('-') && value != "-" {
        '='
    } else {
        ' '
    };
    format!("{flag}{between}{}", quoted(value))
}

/// A word as a POSIX shell has to see it to take it as it is.
pub(crate) fn quoted(word: &str) -> Cow<'_, str> {
    let is_plain = |b: u8| b.is_ascii_alphanumeric() || b"-_./:@%+=,".contains(&b);
    if !word.is_empty() && word.bytes().all(is_plain) {
        return Cow::Borrowed(word);
    }
    Cow::Owned(format!("'{}'", word.replace('\'', r"'\''")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_reach_a_shell_as_they_are() {
        for (word, typed) in [
            ("1000", "1000"),
            ("https://shop.example/back", "https://shop.example/back"),
            ("", "''"),
            ("a b", "'a b'"),
            ("it's $HOME `x`", r"'it'\''s $HOME `x`'"),
            ("?x=1&y=2", "'?x=1&y=2'"),
            ("سفارش", "'سفارش'"),
        ] {
            assert_eq!(quoted(word), typed);
        }
    }

    #[test]
    fn a_shell_reads_back_what_was_meant() {
        let words = [
            "it's", "a\nb", "$(id)", "\\", "\"", "~", "*", "#x", "!!", "a;b",
        ];
        let line: Vec<_> = words.iter().map(|word| quoted(word)).collect();
        let echo = format!("printf '%s\\0' {}", line.join(" "));
        let output = std::process::Command::new("sh")
            .args(["-c", &echo])
            .output()
            .unwrap();
        let read = String::from_utf8(output.stdout).unwrap();
        assert_eq!(read.split_terminator('\0').collect::<Vec<_>>(), words);
    }

    #[test]
    fn long_commands_are_broken_between_flags() {
        let invocation =
            Invocation::default().with("--base-url", Some("http://127.0.0.1:8080/zipay/api/"));
        let command = invocation.command(
            "zipay settle",
            &[
                ("--trackid", "de7d44ae-9df9-487f-a175-ade1ecfab28b"),
                ("--invoice-number", "10 00"),
            ],
        );
        assert_eq!(
            command,
            "  paylink zipay settle --trackid de7d44ae-9df9-487f-a175-ade1ecfab28b \\\n    \
             --invoice-number '10 00' --base-url http://127.0.0.1:8080/zipay/api/"
        );
    }
}
