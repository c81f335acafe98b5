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
    let zipay = sandbox.zipay();
    let mut out = stdout();
    writeln!(
        out,
        "# the sandbox runs at {} with the seed {}",
        sandbox.url(),
        sandbox.seed()
    )?;
    writeln!(out, "export PAYLINK_ZIPAY_BASE_URL={}", zipay.base_url())?;
    writeln!(out, "export PAYLINK_ZIPAY_API_KEY={}", zipay.api_key())?;
    writeln!(
        out,
        "export PAYLINK_ZIPAY_SECRET_KEY={}",
        zipay.secret_key()
    )?;
    writeln!(out, "export PAYLINK_ZIPAY_TERMINAL={}", zipay.terminal())?;
    let cardpay = sandbox.cardpay();
    writeln!(
        out,
        "export PAYLINK_CARDPAY_BASE_URL={}",
        cardpay.base_url()
    )?;
    writeln!(out, "export PAYLINK_CARDPAY_TOKEN={}", cardpay.token())?;
    let sizpay = sandbox.sizpay();
    for (name, value) in [
        ("BASE_URL", sizpay.base_url()),
        ("ASMX_URL", sizpay.asmx_url()),
        ("USER_NAME", sizpay.user_name()),
        ("PASSWORD", sizpay.password()),
        ("PAY_LINK_NAME", sizpay.pay_link_name()),
    ] {
        writeln!(out, "export PAYLINK_SIZPAY_{name}={value}")?;
    }
    let pod = sandbox.pod();
    for (name, value) in [
        ("BASE_URL", pod.base_url()),
        ("PAY_URL", pod.pay_url()),
        ("TOKEN", pod.token()),
        ("USER_TOKEN", pod.user_token()),
        ("API_KEY", pod.api_key()),
    ] {
        writeln!(out, "export PAYLINK_POD_{name}={value}")?;
    }
    tokio::signal::ctrl_c().await?;
    sandbox.shutdown().await;
    Ok(())
}
