use std::io::{self, Write};

use clap::{Args, CommandFactory};
use clap_complete::Shell;
use serde::Serialize;

use crate::cli::Cli;
use crate::console::Console;
use crate::failure::Failure;
use crate::report::Report;

#[derive(Debug, Args)]
pub(crate) struct CompletionsArgs {
    /// The shell that the script is for
    shell: Shell,
}

/// Prints the script that completes the command's words.
pub(crate) fn run(args: &CompletionsArgs, console: &Console) -> Result<(), Failure> {
    let mut script = Vec::new();
    clap_complete::generate(args.shell, &mut Cli::command(), "paylink", &mut script);
    console.done(&Completions {
        script: String::from_utf8_lossy(&script).into_owned(),
    })
}

#[derive(Debug, Serialize)]
struct Completions {
    script: String,
}

impl Report for Completions {
    fn write_text(&self, out: &mut dyn Write) -> io::Result<()> {
        out.write_all(self.script.as_bytes())
    }
}
