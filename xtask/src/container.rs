//! The command without dynamic libraries, for a container in which there is nothing else.

use std::fs;
use std::net::{Ipv4Addr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use crate::step::{Outcome, Step};
use crate::{project, say};

const TARGET: &str = "x86_64-unknown-linux-gnu";

/// How long the sandbox may take to begin.
const PATIENCE: Duration = Duration::from_secs(10);

/// Builds it into `target/static`, and tries it where that is possible.
pub(crate) fn build() -> Outcome {
    Step::cargo(["build", "--release", "--package", "paylink-cli"])
        .arguments(&["--no-default-features", "--target", TARGET])
        .env("RUSTFLAGS", "-C target-feature=+crt-static")
        .run()?;
    let target = project::top().join("target");
    let binary = target.join("static/paylink");
    copy(&target.join(TARGET).join("release/paylink"), &binary)?;
    check(&binary)?;
    let size = fs::metadata(&binary)
        .map_err(|error| error.to_string())?
        .len();
    say::line(&format!("{}: {size} bytes", binary.display()));
    if is_root()? {
        try_alone(&binary)
    } else {
        say::line("not tried in an empty root, which only root can do");
        Ok(())
    }
}

fn copy(from: &Path, to: &Path) -> Outcome {
    let folder = to.parent().unwrap_or(to);
    let copied = fs::create_dir_all(folder).and_then(|()| fs::copy(from, to));
    copied
        .map(drop)
        .map_err(|error| format!("{}: {error}", to.display()))
}

/// Fails if the binary wants a loader or a library.
fn check(binary: &Path) -> Outcome {
    let name = binary.display().to_string();
    let headers = ["--wide", "--program-headers", "--dynamic", &name];
    let read = Step::program("readelf", &headers).output()?;
    match read
        .lines()
        .find(|it| it.contains("INTERP") || it.contains("(NEEDED)"))
    {
        Some(line) => Err(format!("{name} is not static: {}", line.trim())),
        None => Ok(()),
    }
}

fn is_root() -> Result<bool, String> {
    Ok(Step::program("id", &["-u"]).output()?.trim() == "0")
}

/// Runs it in a folder that holds nothing but it, as nobody: the demo, and the sandbox as process 1.
fn try_alone(binary: &Path) -> Outcome {
    let root = binary.with_file_name("root");
    copy(binary, &root.join("paylink"))?;
    let root = root.display().to_string();
    let inside = ["--userspec=65534:65534", root.as_str(), "/paylink"];
    Step::program("chroot", &inside)
        .arguments(&["demo"])
        .run()?;

    let listen = format!(
        "0.0.0.0:{}",
        free_port().map_err(|error| error.to_string())?
    );
    let sandbox = [
        "sandbox",
        "--listen",
        &listen,
        "--allow-non-loopback",
        "--seed",
        "1",
    ];
    let mut first = Command::new("unshare");
    first
        .args(["--pid", "--fork", "chroot"])
        .args(inside)
        .args(sandbox)
        .stdout(Stdio::null());
    say::line("\n==> paylink sandbox, as process 1");
    let mut first = first.spawn().map_err(|error| error.to_string())?;
    let probed = probe(&inside, &listen);
    let stopped = stop(&mut first);
    probed.and(stopped)
}

fn free_port() -> std::io::Result<u16> {
    Ok(TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?
        .local_addr()?
        .port())
}

/// Asks the sandbox until it is there.
fn probe(inside: &[&str], listen: &str) -> Outcome {
    let began = Instant::now();
    loop {
        let probe = ["sandbox", "--probe", "--listen", listen];
        match Step::program("chroot", inside).arguments(&probe).output() {
            Ok(answer) => {
                say::line(answer.trim());
                return Ok(());
            }
            Err(problem) if began.elapsed() > PATIENCE => return Err(problem),
            Err(_) => std::thread::sleep(Duration::from_millis(100)),
        }
    }
}

/// Asks it to stop as a container's runner does, and fails unless it ends in order.
fn stop(first: &mut Child) -> Outcome {
    let id = first.id();
    let children = PathBuf::from(format!("/proc/{id}/task/{id}/children"));
    let child = fs::read_to_string(&children).map_err(|error| error.to_string())?;
    Step::program("kill", &["-TERM", child.trim()]).output()?;
    let status = first.wait().map_err(|error| error.to_string())?;
    if status.success() {
        Ok(())
    } else {
        Err(format!("the sandbox as process 1 ended with {status}"))
    }
}
