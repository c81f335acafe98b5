//! Instructions and allocations of one call, beside the same call written by hand.

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};

use crate::step::{Outcome, Step};
use crate::{project, say};

/// Two runs of different length: what the difference cost, the calls cost, and nothing else.
const FEW: u64 = 200;
const MANY: u64 = 1_200;

pub(crate) fn run() -> Outcome {
    Step::cargo(["build", "--release", "--package", "paylink-bench"]).run()?;
    let program = project::top().join("target/release/paylink-bench");
    let (mut server, address) = serve(&program)?;
    let measured = measure(&program, &address);
    let _ = server.kill();
    let _ = server.wait();
    measured
}

fn measure(program: &Path, address: &str) -> Outcome {
    let mut per_call = Vec::new();
    for who in ["client", "by-hand"] {
        let said = output(Command::new(program).args([who, address, "1000"]))?;
        say::line(said.trim());
        let (few, many) = (
            instructions(program, who, address, FEW)?,
            instructions(program, who, address, MANY)?,
        );
        let each = many.saturating_sub(few) / (MANY - FEW);
        say::line(&format!("{who}: {each} instructions a call"));
        per_call.push(each);
    }
    if let [client, by_hand] = per_call[..] {
        let percent = (client * 100).checked_div(by_hand).unwrap_or(0);
        say::line(&format!(
            "a call of the client costs {percent} % of the one by hand"
        ));
    }
    Ok(())
}

/// Counts with valgrind, whose count is the same on every run.
fn instructions(program: &Path, who: &str, address: &str, calls: u64) -> Result<u64, String> {
    let counted = Command::new("valgrind")
        .args(["--tool=callgrind", "--callgrind-out-file=/dev/null"])
        .arg(program)
        .args([who, address, &calls.to_string()])
        .output()
        .map_err(|error| format!("valgrind could not be started: {error}"))?;
    let told = String::from_utf8_lossy(&counted.stderr);
    told.lines()
        .find_map(|line| line.split_once("Collected :"))
        .and_then(|(_, count)| count.trim().parse().ok())
        .ok_or_else(|| format!("valgrind did not count:\n{told}"))
}

fn serve(program: &Path) -> Result<(Child, String), String> {
    let mut server = Command::new(program)
        .arg("serve")
        .stdout(Stdio::piped())
        .spawn()
        .map_err(|error| error.to_string())?;
    let output = server.stdout.take().ok_or("the server has no output")?;
    let mut address = String::new();
    BufReader::new(output)
        .read_line(&mut address)
        .map_err(|error| error.to_string())?;
    Ok((server, address.trim().to_owned()))
}

fn output(command: &mut Command) -> Result<String, String> {
    let output = command.output().map_err(|error| error.to_string())?;
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}
