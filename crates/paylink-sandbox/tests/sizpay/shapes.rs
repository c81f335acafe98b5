use paylink_sandbox::Sandbox;
use paylink_sandbox::sizpay::AnswerShape;

use crate::envelope::{NAMESPACE, Soap, ids, model, new_link};

/// The whole answer to a send in a shape, as SOAP 1.1.
async fn send_in(shape: AnswerShape, method: &str) -> String {
    let sandbox = Sandbox::start().await.unwrap();
    sandbox
        .sizpay()
        .change_settings(|it| it.answer_shape = shape);
    let parameters = new_link(&sandbox);
    let parameters = if method.ends_with("Rest") {
        model(&parameters)
    } else {
        parameters
    };
    Soap::V11.call(&sandbox, method, &parameters).await.body
}

fn response(method: &str, content: &str) -> String {
    Soap::V11.answered(&format!(
        r#"<{method}Response xmlns="{NAMESPACE}">{content}</{method}Response>"#
    ))
}

const VALUES: &str = "<ResCod>1</ResCod><Message /><PayLinkSendID>26041</PayLinkSendID>";

#[tokio::test]
async fn out_parameters_stand_side_by_side() {
    let shape = AnswerShape::OutParameters;
    let method = "PayLinkSendSoap";
    assert_eq!(send_in(shape, method).await, response(method, VALUES));
    // The one output parameter of this method is a model.
    let method = "PayLinkSendRest";
    let model = format!("<PayLinkResp>{VALUES}</PayLinkResp>");
    assert_eq!(send_in(shape, method).await, response(method, &model));
}

#[tokio::test]
async fn a_typed_result_holds_the_values() {
    for method in ["PayLinkSendSoap", "PayLinkSendRest"] {
        let result = format!("<{method}Result>{VALUES}</{method}Result>");
        let answer = send_in(AnswerShape::TypedResult, method).await;
        assert_eq!(answer, response(method, &result));
    }
}

#[tokio::test]
async fn a_json_result_is_text() {
    let json =
        "{&quot;ResCod&quot;:1,&quot;Message&quot;:&quot;&quot;,&quot;PayLinkSendID&quot;:26041}";
    for method in ["PayLinkSendSoap", "PayLinkSendRest"] {
        let result = format!("<{method}Result>{json}</{method}Result>");
        let answer = send_in(AnswerShape::JsonResult, method).await;
        assert_eq!(answer, response(method, &result));
    }
}

#[tokio::test]
async fn a_list_within_json_text_is_text_once_more() {
    let sandbox = Sandbox::start().await.unwrap();
    let method = "PayLinkPayStatusSoap";
    Soap::V11
        .call(&sandbox, "PayLinkSendSoap", &new_link(&sandbox))
        .await;
    sandbox
        .sizpay()
        .change_settings(|it| it.answer_shape = AnswerShape::JsonResult);
    let reply = Soap::V11
        .call(&sandbox, method, &ids(&sandbox, "26041"))
        .await;
    let list =
        r#"[{\"PayLinkSendID\":26041,\"InvoiceNo\":\"99112101\",\"Status\":0,\"RefNo\":\"\"}]"#;
    let json = format!(
        r#"{{"ResCod":1,"Message":"","prmPayLinkFirstStatus":0,"prmPayLinkFirstRefNo":"","prmPayLinkListStatus":"{list}"}}"#
    );
    let result = format!(
        "<{method}Result>{}</{method}Result>",
        json.replace('"', "&quot;")
    );
    assert_eq!(reply.body, response(method, &result));
}
