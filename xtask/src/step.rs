use std::ffi::OsStr;
use std::path::Path;
use std::process::Command;
use std::time::Instant;

use crate::{project, say};

/// What a chore comes to; the text says what was wrong.
pub(crate) type Outcome = Result<(), String>;

/// One command of a chore.
pub(crate) struct Step {
    command: Command,
    program: &'static str,
    name: String,
}

impl Step {
    /// A cargo command at the top of the project, with the cargo that runs this.
    pub(crate) fn cargo<I: IntoIterator<Item = S>, S: AsRef<OsStr>>(arguments: I) -> Step {
        let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
        Step::of(Command::new(cargo), "cargo").arguments_of(arguments)
    }

    /// A cargo command that needs what a stable toolchain holds back: on this one, so that no other has to be installed.
    pub(crate) fn unstable<I: IntoIterator<Item = S>, S: AsRef<OsStr>>(arguments: I) -> Step {
        Step::cargo(arguments).env("RUSTC_BOOTSTRAP", "1")
    }

    /// Another program at the top of the project.
    pub(crate) fn program(name: &'static str, arguments: &[&str]) -> Step {
        Step::of(Command::new(name), name).arguments(arguments)
    }

    /// A program that was built, at the top of the project.
    pub(crate) fn built(program: &Path) -> Step {
        Step::of(Command::new(program), "target")
    }

    fn of(mut command: Command, program: &'static str) -> Step {
        command.current_dir(project::top());
        Step {
            name: shown(program, &command),
            program,
            command,
        }
    }

    pub(crate) fn arguments<S: AsRef<OsStr>>(self, arguments: &[S]) -> Step {
        self.arguments_of(arguments)
    }

    fn arguments_of<I: IntoIterator<Item = S>, S: AsRef<OsStr>>(mut self, arguments: I) -> Step {
        self.command.args(arguments);
        self.name = shown(self.program, &self.command);
        self
    }

    pub(crate) fn env(mut self, name: &str, value: &str) -> Step {
        self.command.env(name, value);
        self
    }

    /// Runs it with its output shown, and says how long it took.
    pub(crate) fn run(self) -> Outcome {
        let began = Instant::now();
        self.run_last()?;
        say::line(&format!("    done in {} s", began.elapsed().as_secs()));
        Ok(())
    }

    /// Runs it with its output shown, which stays the last word.
    pub(crate) fn run_last(mut self) -> Outcome {
        say::line(&format!("\n==> {}", self.name));
        let status = self
            .command
            .status()
            .map_err(|error| format!("{} could not be started: {error}", self.name))?;
        if status.success() {
            Ok(())
        } else {
            Err(format!("{} failed", self.name))
        }
    }

    /// Runs it and returns all that it printed, whether it succeeded or not.
    pub(crate) fn printed(mut self) -> Result<String, String> {
        say::line(&format!("\n==> {}", self.name));
        let output = self
            .command
            .output()
            .map_err(|error| format!("{} could not be started: {error}", self.name))?;
        let printed = [output.stdout, output.stderr].concat();
        Ok(String::from_utf8_lossy(&printed).into_owned())
    }

    /// Runs it and returns what it printed.
    pub(crate) fn output(mut self) -> Result<String, String> {
        let output = self
            .command
            .output()
            .map_err(|error| format!("{} could not be started: {error}", self.name))?;
        if output.status.success() {
            Ok(String::from_utf8_lossy(&output.stdout).into_owned())
        } else {
            Err(format!(
                "{} failed:\n{}",
                self.name,
                String::from_utf8_lossy(&output.stderr)
            ))
        }
    }
}

fn shown(program: &str, command: &Command) -> String {
    let arguments = command
        .get_args()
        .map(|argument| argument.to_string_lossy().into_owned());
    std::iter::once(program.to_owned())
        .chain(arguments)
        .collect::<Vec<_>>()
        .join(" ")
}
