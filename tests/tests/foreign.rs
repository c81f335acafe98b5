//! Clients that are not ours against the sandbox.

use std::path::Path;

use paylink_sandbox::Sandbox;
use paylink_sandbox::pod::Environment;
use paylink_sandbox::sizpay::AnswerShape;
use tokio::process::Command;

/// A script of the folder `foreign`, for the Python that `PAYLINK_PYTHON` names, `python3` if it is not set.
fn script(name: &str) -> Command {
    let python = std::env::var_os("PAYLINK_PYTHON").unwrap_or_else(|| "python3".into());
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("foreign");
    let mut command = Command::new(python);
    command.arg(folder.join(name));
    command
}

/// Needs Python's standard library and nothing else.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn pod_is_used_by_a_plain_script_that_issues_pays_lists_and_verifies_in_both_environments() {
    for (environment, name) in [
        (Environment::Production, "production"),
        (Environment::Sandbox, "sandbox"),
    ] {
        let sandbox = Sandbox::start().await.unwrap();
        let pod = sandbox.pod();
        pod.change_settings(|settings| settings.environment = environment);
        let arguments = [pod.base_url(), pod.token(), pod.api_key(), name];
        let output = script("pod_plain.py").args(arguments).output().await;
        let output = output.unwrap();
        assert!(
            output.status.success() && output.stdout.ends_with(b"OK\n"),
            "{name}: {output:?}"
        );
        let verified = pod.invoices();
        assert!(
            verified.iter().any(|invoice| invoice.times_verified() == 1),
            "{name}: the script verified nothing"
        );
    }
}

/// Needs a Python that has zeep: its interpreter is named by `PAYLINK_PYTHON`, `python3` if it is not set.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn sizpay_is_used_by_a_soap_client_of_another_language() {
    for shape in [
        AnswerShape::OutParameters,
        AnswerShape::TypedResult,
        AnswerShape::JsonResult,
    ] {
        let sandbox = Sandbox::start().await.unwrap();
        let sizpay = sandbox.sizpay();
        sizpay.change_settings(|it| it.answer_shape = shape);
        let output = script("sizpay_zeep.py")
            .arg(format!("{}?WSDL", sizpay.asmx_url()))
            .args([sizpay.user_name(), sizpay.password()])
            .arg(sizpay.pay_link_name())
            .output()
            .await
            .unwrap();
        assert!(
            output.status.success() && output.stdout.ends_with(b"OK\n"),
            "{shape:?}: Python, which needs zeep, says: {output:?}"
        );

        let links = sizpay.links();
        assert_eq!(
            links.len(),
            4,
            "{shape:?}: two methods, in SOAP 1.1 and 1.2"
        );
        for link in links {
            assert!(link.customer_name.ends_with("]]> 🙂"), "{link:?}");
            assert_eq!(link.amount, 10_000);
        }
    }
}
