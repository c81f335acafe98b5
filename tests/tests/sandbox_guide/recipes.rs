//! The clients of ten lines in other languages, with the settings of the guide's recipes.

use std::path::Path;

use paylink_sandbox::Sandbox;
use paylink_sandbox::cardpay::Status;
use tokio::process::Command;

/// The command of a recipe, in the environment that its recipe sets.
fn command(recipe: &str, line: &str, origin: &str) -> Command {
    let mut words = line.split(' ');
    let program = match words.next() {
        Some("python3") => std::env::var_os("PAYLINK_PYTHON").unwrap_or_else(|| "python3".into()),
        program => program.unwrap().into(),
    };
    let mut command = Command::new(program);
    command.args(words).env_clear();
    command.current_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join(".."));
    command.env("PATH", std::env::var_os("PATH").unwrap());
    for setting in recipe.lines().map(str::trim) {
        if let Some((name, value)) = setting.split_once(": ")
            && name.starts_with("PAYLINK_")
        {
            let value = ["http://127.0.0.1:8080", "http://sandbox:8080"]
                .iter()
                .fold(value.to_owned(), |value, host| value.replace(host, origin));
            command.env(name, value);
        }
    }
    command
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_shop_in_each_language_passes_and_fails_as_it_should() {
    let mut languages = 0;
    for recipe in super::blocks("yaml") {
        let lines = recipe.lines().filter_map(|line| {
            let line = line.trim().strip_prefix("- ")?;
            let line = line.strip_prefix("run: ").unwrap_or(line);
            line.contains("examples/sandbox/").then_some(line)
        });
        for line in lines {
            languages += 1;
            let sandbox = Sandbox::builder().seed(1).start().await.unwrap();
            let run = async || command(recipe, line, sandbox.url()).output().await.unwrap();
            let output = run().await;
            assert!(output.status.success(), "{line}: {output:?}");
            let payments = sandbox.cardpay().payments();
            assert_eq!(payments.len(), 1, "{line}");
            assert_eq!(payments[0].status, Status::Paid, "{line}");

            // The answer is lost, so that nobody knows whether it is paid.
            let faults = sandbox.faults();
            faults
                .next("cardpay", "check", paylink_sandbox::Fault::DropAfter)
                .unwrap();
            let output = run().await;
            assert!(!output.status.success(), "{line}: {output:?}");
        }
    }
    assert_eq!(languages, 3);
}
