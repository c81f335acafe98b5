use paylink_sandbox::Sandbox;
use paylink_sandbox::pod::Environment;

use super::script;

/// Needs Python's standard library and nothing else.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_plain_script_issues_pays_lists_and_verifies_in_both_environments() {
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
