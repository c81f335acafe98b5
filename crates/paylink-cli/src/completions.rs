//! `paylink completions`: a script by which a shell asks the command itself what can be typed.

use std::env;
use std::ffi::{OsStr, OsString};
use std::io::{self, Write};
use std::path::Path;

use clap::builder::{PossibleValuesParser, TypedValueParser};
use clap::{Arg, Args, Command};
use clap_complete::CompleteEnv;
use clap_complete::engine::{ArgValueCandidates, CompletionCandidate};
use clap_complete::env::Shells;
use paylink::config::{AccountConfig, Variables};
use paylink::{FieldKey, Invalid};
use serde::Serialize;

use crate::account::config_builder;
use crate::console::Console;
use crate::failure::{Failure, UsageError};
use crate::report::Report;

/// The variable by which a script asks. It is no setting.
const VARIABLE: &str = "_PAYLINK_COMPLETE";

const SHELLS: Shells<'static> = Shells::builtins();

const AFTER_HELP: &str = "\
Where the script goes:
  bash        paylink completions bash > ~/.local/share/bash-completion/completions/paylink
              (with the package bash-completion; else add `source <(paylink completions bash)` to ~/.bashrc)
  zsh         paylink completions zsh > ~/.zfunc/_paylink
              (with `fpath+=~/.zfunc` before `compinit` in ~/.zshrc)
  fish        paylink completions fish > ~/.config/fish/completions/paylink.fish
  elvish      paylink completions elvish >> ~/.config/elvish/rc.elv
  powershell  paylink completions powershell >> $PROFILE

Begin a new shell then. The script asks `paylink` at each Tab, so that it knows the accounts of the configuration; \
write it again when a new version of `paylink` is installed.";

#[derive(Debug, Args)]
#[command(after_help = AFTER_HELP)]
pub(crate) struct CompletionsArgs {
    /// The shell that the script is for
    #[arg(value_parser = PossibleValuesParser::new(SHELLS.names()).map(|name: String| name))]
    shell: String,
}

const SHELL: FieldKey = FieldKey::new("shell", "shell");

/// Prints the script that completes the command's words.
pub(crate) fn run(args: &CompletionsArgs, console: &Console) -> Result<(), Failure> {
    let shell = SHELLS
        .completer(&args.shell)
        .ok_or_else(|| UsageError::from(Invalid::new(SHELL, "is not known")))?;
    let mut script = Vec::new();
    shell.write_registration(VARIABLE, "paylink", "paylink", "paylink", &mut script)?;
    let script = String::from_utf8_lossy(&script);
    console.done(&Script {
        script: script.trim_start().to_owned(),
    })
}

#[derive(Debug, Serialize)]
struct Script {
    script: String,
}

impl Report for Script {
    fn write_text(&self, out: &mut dyn Write) -> io::Result<()> {
        out.write_all(self.script.as_bytes())
    }
}

/// Answers a shell that asks what can be typed; whether one asked.
///
/// It fails without a message, which would appear in the middle of the line that is being typed.
pub(crate) fn answer(command: fn() -> Command) -> bool {
    let asked = CompleteEnv::with_factory(command).var(VARIABLE);
    let folder = env::current_dir().ok();
    asked
        .try_complete(env::args_os(), folder.as_deref())
        .unwrap_or(true)
}

/// Lets each `--account` know the accounts of the configuration.
pub(crate) fn with_accounts(arg: Arg) -> Arg {
    if arg.get_id() == "account" && arg.get_long().is_some() {
        arg.add(ArgValueCandidates::new(accounts))
    } else {
        arg
    }
}

/// The accounts of the configuration that the line names, or of the one that is in force. None, if it is wrong.
fn accounts() -> Vec<CompletionCandidate> {
    let named = typed_config(env::args_os());
    let flag = named.as_deref().map(|path| ("--config", Path::new(path)));
    let Ok(config) = config_builder().locate(flag, &Variables::of_process()) else {
        return Vec::new();
    };
    config
        .accounts()
        .map(AccountConfig::name)
        .map(CompletionCandidate::new)
        .collect()
}

/// What the line has as `--config`.
fn typed_config(words: impl Iterator<Item = OsString>) -> Option<OsString> {
    let mut words = words.skip_while(|word| word != "--").skip(1);
    while let Some(word) = words.next() {
        if word == "--config" {
            return words.next();
        }
        if let Some(path) = word.to_str().and_then(|it| it.strip_prefix("--config=")) {
            return Some(OsStr::new(path).to_owned());
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_configuration_that_is_typed_is_found() {
        let typed = |line: &str| typed_config(line.split(' ').map(OsString::from));
        assert_eq!(typed("paylink -- paylink link --account"), None);
        assert_eq!(typed("paylink --config no -- paylink link"), None);
        assert_eq!(
            typed("paylink -- paylink --config a.toml link"),
            Some("a.toml".into())
        );
        assert_eq!(
            typed("paylink -- paylink --config=a.toml link"),
            Some("a.toml".into())
        );
        assert_eq!(typed("paylink -- paylink --config"), None);
    }
}
