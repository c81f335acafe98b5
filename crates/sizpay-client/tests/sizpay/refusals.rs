//! What SizPay says when it does not do what it was asked, and what that proves.

use paylink_core::{Effect, ErrorKind, Reason};
use serde_json::json;
use sizpay_client::{Error, PayStatus, Via, codes};

use crate::provider::{PASSWORD, Provider, USER_NAME};
use crate::samples::{day, new_link, send_id};
use paylink_testkit::Answer;

const STACK: &str = "   at Kimia.PayLinkSend.Save(PayLink link) in C:\\Projects\\PayLink.cs:line 40\r\n   at System.Web.Services.X.Y()";

async fn send(via: Via, answer: Answer) -> Error {
    let account = Provider::answering(answer).await;
    let error = account.client_via(via).send_link(new_link()).await;
    assert_eq!(account.requests().len(), 1, "sent once");
    error.unwrap_err()
}

#[tokio::test]
async fn any_other_result_code_is_a_refusal() {
    for code in [
        json!(0),
        json!(-105),
        json!(2),
        json!("0"),
        json!("00"),
        json!("-105"),
    ] {
        for id in [json!(0), json!(null)] {
            let answer =
                json!({"ResCod": code, "Message": "کلید درگاه نادرست است", "PayLinkSendID": id});
            for via in [Via::Rest, Via::AsmxJson] {
                let error = send(via, answer.clone().into()).await;
                assert_eq!(error.kind(), ErrorKind::Refused, "{answer}");
                assert_eq!(error.effect(), Effect::NotExecuted);
                assert!(error.handle().is_none());
                let refusal = error.refusal().unwrap();
                let number = code
                    .as_str()
                    .map_or_else(|| code.to_string(), str::to_owned);
                assert_eq!(refusal.code(), number.replace("00", "0"));
                assert_eq!(refusal.message(), Some("کلید درگاه نادرست است"));
                assert_eq!(refusal.reason(), Reason::Other);
                let any_other = codes::catalogue().find(|it| it.code == "any other");
                assert_eq!(refusal.explanation(), any_other.unwrap().explanation);
            }
        }
    }
}

/// No `ResCod` but success is documented, so the words decide: a merchant that takes a timeout for a no sends again.
#[tokio::test]
async fn words_of_a_failure_are_no_refusal() {
    for words in ["Timeout expired", "خطا در ارتباط با سرور", "خطای سیستمی"]
    {
        for id in [json!(0), json!(null)] {
            let answer = json!({"ResCod": -1, "Message": words, "PayLinkSendID": id});
            for via in [Via::Rest, Via::AsmxJson] {
                let error = send(via, answer.clone().into()).await;
                assert_eq!(error.kind(), ErrorKind::ProviderFailure, "{answer}");
                assert_eq!(error.effect(), Effect::Unknown, "{answer}");
                assert!(error.handle().is_some(), "{answer}");
                let refusal = error.refusal().unwrap();
                assert_eq!(refusal.code(), "-1");
                assert_eq!(refusal.message(), Some(words));
            }
        }
    }
}

#[tokio::test]
async fn a_result_code_under_an_error_status_settles_what_the_status_allows() {
    let refused = || Answer::from(json!({"ResCod": 0, "Message": "no", "PayLinkSendID": 0}));
    for (status, effect) in [
        (400, Effect::NotExecuted),
        (401, Effect::NotExecuted),
        (409, Effect::Unknown),
        (429, Effect::Unknown),
        (500, Effect::Unknown),
        (503, Effect::Unknown),
    ] {
        let error = send(Via::Rest, refused().status(status)).await;
        assert_eq!(error.effect(), effect, "{status}");
        assert_eq!(error.refusal().unwrap().code(), "0");
        assert_eq!(error.handle().is_some(), effect == Effect::Unknown);
    }
}

#[tokio::test]
async fn an_asp_net_exception_proves_nothing_and_keeps_its_stack_trace() {
    let answer = json!({
        "Message": format!("Object reference not set to an instance of an object.\r\n{STACK}"),
        "StackTrace": STACK,
        "ExceptionType": "System.NullReferenceException"
    });
    for via in [Via::Rest, Via::AsmxJson] {
        let error = send(via, Answer::from(answer.clone()).status(500)).await;
        assert_eq!(error.effect(), Effect::Unknown);
        let refusal = error.refusal().unwrap();
        assert_eq!(refusal.code(), "System.NullReferenceException");
        assert_eq!(refusal.reason(), Reason::ProviderFailure);
        let shown = "Object reference not set to an instance of an object.";
        assert_eq!(refusal.message(), Some(shown));
        let told = format!(
            "{error} {error:?} {}",
            serde_json::to_string(&error.report()).unwrap()
        );
        let traced = told.contains("PayLink.cs") || told.contains("Kimia");
        assert!(!traced, "{told}");
    }
}

#[tokio::test]
async fn an_exception_whose_name_was_kept_back_has_a_code_all_the_same() {
    let answer = json!({"Message": "There was an error processing the request.", "StackTrace": "", "ExceptionType": ""});
    let error = send(Via::AsmxJson, Answer::from(answer).status(500)).await;
    assert_eq!(error.refusal().unwrap().code(), codes::ASPNET_ERROR);
    assert_eq!(error.effect(), Effect::Unknown);
}

#[tokio::test]
async fn a_read_that_failed_changed_nothing() {
    let answer = json!({"Message": "x", "StackTrace": "", "ExceptionType": "System.Exception"});
    let account = Provider::answering(Answer::from(answer).status(500)).await;
    let asked = PayStatus::of_send_ids(day(), [send_id(1)]).unwrap();
    let error = account.client().pay_status(asked).await.unwrap_err();
    assert_eq!(error.effect(), Effect::NotExecuted);
    assert_eq!(error.attempts(), 3);
    assert_eq!(account.requests().len(), 3);
}

/// ASP.NET's reader quotes the request that it could not read, credentials and all.
#[tokio::test]
async fn a_message_that_quotes_the_keys_is_shown_without_them() {
    let quoted = format!(
        "Invalid object passed in: {{\"UserName\":\"{USER_NAME}\",\"Password\":\"{PASSWORD}\"}}"
    );
    for answer in [
        Answer::from(json!({"Message": quoted, "StackTrace": "", "ExceptionType": "System.ArgumentException"})).status(500),
        Answer::from(json!({"ResCod": 0, "Message": quoted, "PayLinkSendID": 0})),
    ] {
        let error = send(Via::AsmxJson, answer).await;
        let message = error.refusal().unwrap().message().unwrap();
        assert!(message.contains("Invalid object"), "{message}");
        let told = format!("{error} {error:?}");
        assert!(!told.contains(USER_NAME) && !told.contains(PASSWORD), "{told}");
    }
}

#[tokio::test]
async fn an_error_page_proves_nothing() {
    for status in [200, 400, 403, 404, 500, 503] {
        let page = Answer::json("<html>Runtime Error</html>").header("content-type", "text/html");
        let error = send(Via::Rest, page.status(status)).await;
        assert_eq!(error.effect(), Effect::Unknown, "{status}");
        assert!(error.refusal().is_none());
    }
    let web_api = json!({"Message": "The request is invalid."});
    let error = send(Via::Rest, Answer::from(web_api).status(400)).await;
    assert_eq!(error.effect(), Effect::Unknown);
}
