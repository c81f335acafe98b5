//! The project's own tasks. They need nothing but cargo: `cargo xtask test`.

mod bench;
mod container;
mod figures;
mod flaws;
mod fuzz;
mod leaks;
mod lint;
mod mutants;
mod project;
mod release;
mod say;
mod scratch;
mod soak;
mod step;
mod tasks;
mod test;
mod tidy;
mod tools;

use std::process::ExitCode;

fn main() -> ExitCode {
    if let Some(code) = release::as_rustdoc() {
        return code;
    }
    let mut arguments = std::env::args().skip(1);
    let chore = arguments.next().unwrap_or_default();
    let rest: Vec<String> = arguments.collect();
    match tasks::run(&chore, &rest) {
        Ok(()) => ExitCode::SUCCESS,
        Err(problem) => {
            say::line(&format!("\nxtask: {problem}"));
            ExitCode::FAILURE
        }
    }
}
