use paylink_sandbox::Sandbox;
use paylink_sandbox::sizpay::AnswerShape;

use super::script;

/// Needs a Python that has zeep: its interpreter is named by `PAYLINK_PYTHON`, `python3` if it is not set.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_soap_client_of_another_language_reads_the_wsdl_and_uses_it() {
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
