//! Clients that are not ours against the sandbox.

mod pod;
mod sizpay;

use std::path::Path;

use tokio::process::Command;

/// A script of the folder `foreign`, for the Python that `PAYLINK_PYTHON` names, `python3` if it is not set.
fn script(name: &str) -> Command {
    let python = std::env::var_os("PAYLINK_PYTHON").unwrap_or_else(|| "python3".into());
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("foreign");
    let mut command = Command::new(python);
    command.arg(folder.join(name));
    command
}
