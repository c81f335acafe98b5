//! `paylink man`: the manual, a page for each command.

use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use clap::{Args, Command};
use clap_mangen::Man;
use clap_mangen::roff::{Roff, roman};
use paylink::{FieldKey, Invalid};
use serde::Serialize;

use crate::console::Console;
use crate::examples::HEADING;
use crate::failure::{Failure, UsageError};
use crate::report::Report;
use crate::version::{NUMBER, Version};

const AFTER_HELP: &str = "\
`man -l FILE` reads a page. For all users the directory is /usr/local/share/man/man1; `man paylink` and \
`man paylink-link-create` find them there.";

#[derive(Debug, Args)]
#[command(after_help = AFTER_HELP)]
pub(crate) struct ManArgs {
    /// Write the page of every command into this folder, which is made if it is not there; else the first page is printed
    #[arg(value_name = "DIRECTORY")]
    directory: Option<PathBuf>,
}

/// Prints the first page of the manual, or writes all of them.
pub(crate) fn run(args: &ManArgs, mut command: Command, console: &Console) -> Result<(), Failure> {
    command = command.disable_help_subcommand(true);
    command.build();
    match &args.directory {
        None => {
            let page = rendered(&command)?;
            console.done(&Page { page })
        }
        Some(directory) => {
            let mut pages = Vec::new();
            fs::create_dir_all(directory)
                .and_then(|()| write_pages(&command, directory, &mut pages))
                .map_err(|error| unwritten(directory, &error))?;
            console.done(&Written {
                directory: directory.display().to_string(),
                pages,
            })
        }
    }
}

fn unwritten(directory: &Path, error: &io::Error) -> UsageError {
    let problem = format!("takes no pages: {error}");
    Invalid::new(FieldKey::new("directory", "directory"), problem)
        .at(directory.display().to_string())
        .with_remedy("name a folder that can be written to")
        .into()
}

/// Writes the page of a command, and those of its commands.
fn write_pages(command: &Command, directory: &Path, pages: &mut Vec<String>) -> io::Result<()> {
    let name = format!("{}.1", page_name(command));
    fs::write(directory.join(&name), rendered(command)?)?;
    pages.push(name);
    for inner in shown(command) {
        write_pages(inner, directory, pages)?;
    }
    Ok(())
}

/// The commands below one, without those that the help leaves out.
fn shown(command: &Command) -> impl Iterator<Item = &Command> {
    command.get_subcommands().filter(|it| !it.is_hide_set())
}

/// `paylink-link-create`.
fn page_name(command: &Command) -> &str {
    command
        .get_display_name()
        .unwrap_or_else(|| command.get_name())
}

fn rendered(command: &Command) -> io::Result<String> {
    let man = Man::new(command.clone())
        .source(format!("paylink {NUMBER}"))
        .manual("paylink manual")
        // A page without a day is of no day in particular.
        .date(Version::THIS.date());
    let mut page = Vec::new();
    man.render_title(&mut page)?;
    man.render_name_section(&mut page)?;
    man.render_synopsis_section(&mut page)?;
    man.render_description_section(&mut page)?;
    if shown(command).next().is_some() {
        man.render_subcommands_section(&mut page)?;
    }
    man.render_options_section(&mut page)?;
    let after = command
        .get_after_long_help()
        .or_else(|| command.get_after_help());
    if let Some(after) = after {
        notes(&after.to_string()).to_writer(&mut page)?;
    }
    Ok(tidied(&String::from_utf8_lossy(&page)))
}

/// Leaves out what a formatter warns of: empty lines in help of several paragraphs, and breaks one after the other.
fn tidied(page: &str) -> String {
    let mut lines: Vec<&str> = Vec::new();
    for line in page.lines() {
        let line = match line {
            "" => ".sp",
            ".br"
                if lines
                    .last()
                    .is_some_and(|last| matches!(*last, ".br" | ".sp")) =>
            {
                continue;
            }
            line => line,
        };
        if line == ".sp" && lines.last() == Some(&".br") {
            lines.pop();
        }
        lines.push(line);
    }
    lines.join("\n") + "\n"
}

/// What stands below the options: examples, and notes. Where lines are indented, they stay as they are.
fn notes(text: &str) -> Roff {
    let mut roff = Roff::new();
    let mut section = "";
    for paragraph in text.split("\n\n") {
        let (name, lines) = match paragraph.strip_prefix(HEADING) {
            Some(examples) => ("EXAMPLES", examples.trim_start_matches('\n')),
            None => ("NOTES", paragraph),
        };
        if name == section {
            roff.control("PP", []);
        } else {
            roff.control("SH", [name]);
            section = name;
        }
        let is_laid_out = lines.lines().any(|line| line.starts_with(' '));
        if is_laid_out {
            roff.control("nf", []);
        }
        for line in lines.lines() {
            let line = line.strip_prefix("  ").unwrap_or(line);
            roff.text([roman(line)]);
        }
        if is_laid_out {
            roff.control("fi", []);
        }
    }
    roff
}

#[derive(Debug, Serialize)]
struct Page {
    page: String,
}

impl Report for Page {
    fn write_text(&self, out: &mut dyn Write) -> io::Result<()> {
        out.write_all(self.page.as_bytes())
    }
}

#[derive(Debug, Serialize)]
struct Written {
    directory: String,
    pages: Vec<String>,
}

impl Report for Written {
    fn write_text(&self, out: &mut dyn Write) -> io::Result<()> {
        writeln!(out, "{} pages are in {}.", self.pages.len(), self.directory)
    }
}
