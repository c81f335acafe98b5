//! Runs the sandbox until Ctrl-C and prints what a shell needs to use it:
//! `cargo run -p paylink-sandbox --example serve -- 127.0.0.1:8080`.

use std::io::{Write, stdout};

use paylink_sandbox::Sandbox;

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let listen = std::env::args()
        .nth(1)
        .unwrap_or_else(|| "127.0.0.1:0".to_owned());
    let sandbox = Sandbox::builder().listen(listen.parse()?).start().await?;
    let mut out = stdout();
    writeln!(
        out,
        "# the sandbox runs at {} with the seed {}",
        sandbox.url(),
        sandbox.seed()
    )?;
    for provider in sandbox.providers() {
        for (name, value) in provider.variables() {
            writeln!(out, "export {name}={value}")?;
        }
    }
    tokio::signal::ctrl_c().await?;
    sandbox.shutdown().await;
    Ok(())
}
