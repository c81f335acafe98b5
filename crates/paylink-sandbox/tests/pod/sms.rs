use paylink_sandbox::Sandbox;
use paylink_sandbox::pod::{ConfirmationAnswer, EventKind, PayerError, State};

use crate::client::send;
use crate::shop::{Shop, snapshot};

/// Issues an invoice to the user and returns its id.
async fn issue(sandbox: &Sandbox) -> u64 {
    let user_id = sandbox.pod().user().user_id().to_string();
    Shop::of(sandbox).issue_id(&[("userId", &user_id)]).await
}

/// The last word of the line that holds it.
fn code(text: &str) -> &str {
    let (_, tail) = text.split_once("کد ").unwrap();
    tail.split(' ').next().unwrap()
}

fn link(text: &str) -> &str {
    text.lines().last().unwrap()
}

#[tokio::test]
async fn a_message_has_a_code_a_link_or_both() {
    let sandbox = Sandbox::start().await.unwrap();
    let shop = Shop::of(&sandbox);
    let id = issue(&sandbox).await;
    let text = id.to_string();
    for (content, has_code, has_link) in [
        (None, true, false),
        (Some("1"), true, false),
        (Some("2"), false, true),
        (Some("3"), true, true),
    ] {
        let mut params = vec![("invoiceId", text.as_str())];
        params.extend(content.map(|content| ("smsContentType", content)));
        assert_eq!(shop.done(29807, &params).await, true);
        let message = sandbox.sms().pop().unwrap();
        assert_eq!(
            (message.provider, message.to.as_str()),
            ("pod", "09120000001")
        );
        for shown in [sandbox.pod().business().name(), &text, "50000 ریال"] {
            assert!(message.text.contains(shown), "{shown}: {}", message.text);
        }
        assert_eq!(message.text.contains("کد "), has_code, "{}", message.text);
        assert_eq!(
            message.text.contains("http://"),
            has_link,
            "{}",
            message.text
        );
    }
    for content in ["0", "4", "code"] {
        let params = [("invoiceId", text.as_str()), ("smsContentType", content)];
        assert_eq!(shop.code(29807, &params).await, 1001, "{content}");
    }
}

#[tokio::test]
async fn the_user_pays_by_answering_with_the_code() {
    let sandbox = Sandbox::start().await.unwrap();
    let pod = sandbox.pod();
    let shop = Shop::of(&sandbox);
    let id = issue(&sandbox).await;
    let user = pod.user().user_id();
    let sponsor = pod.sponsor().user_id();
    pod.delegate(sponsor, user, 20_000).unwrap();
    let (text, sponsor) = (id.to_string(), sponsor.to_string());
    let params = [("invoiceId", text.as_str()), ("delegatorId", &sponsor)];
    shop.done(29807, &params).await;
    shop.done(29807, &params).await;
    let sent: Vec<_> = sandbox.sms().into_iter().map(|sms| sms.text).collect();
    // A second message makes the first one's code worthless.
    assert_eq!(
        pod.answer_sms(code(&sent[0])).unwrap_err(),
        PayerError::UnknownCode
    );
    let paid = pod.answer_sms(code(&sent[1])).unwrap();
    assert_eq!((paid.id, paid.state), (id, State::Paid));
    assert_eq!(pod.wallet(user).unwrap(), "99970000");
    assert_eq!(
        pod.answer_sms(code(&sent[1])).unwrap_err(),
        PayerError::UnknownCode
    );
}

#[tokio::test]
async fn the_link_leads_to_the_pay_page_and_back() {
    let sandbox = Sandbox::start().await.unwrap();
    let id = issue(&sandbox).await.to_string();
    Shop::of(&sandbox)
        .done(
            29807,
            &[
                ("invoiceId", &id),
                ("smsContentType", "2"),
                ("redirectUri", "http://127.0.0.1:9/back?a=1&b=2"),
                ("callbackUri", "http://127.0.0.1:9/call"),
            ],
        )
        .await;
    let text = sandbox.sms().pop().unwrap().text;
    let path = link(&text).strip_prefix(sandbox.url()).unwrap();
    let page = send(sandbox.url(), "GET", path, &[], b"").await;
    assert_eq!(page.status, 200);
    for hidden in [
        "http://127.0.0.1:9/back?a=1&#38;b=2",
        "http://127.0.0.1:9/call",
    ] {
        assert!(page.body.contains(hidden), "{hidden}: {}", page.body);
    }
}

#[tokio::test]
async fn only_a_confirmed_mobile_is_written_to() {
    let sandbox = Sandbox::start().await.unwrap();
    let shop = Shop::of(&sandbox);
    let silent = sandbox.pod().user_without_mobile().user_id().to_string();
    for (user_id, code) in [("", 1002), (silent.as_str(), 1001)] {
        let id = shop.issue_id(&[("userId", user_id)]).await.to_string();
        assert_eq!(shop.code(29807, &[("invoiceId", &id)]).await, code);
    }
    assert!(sandbox.sms().is_empty());
}

#[tokio::test]
async fn a_wallet_outside_pod_pays_with_the_code() {
    let sandbox = Sandbox::start().await.unwrap();
    let pod = sandbox.pod();
    let shop = Shop::of(&sandbox);
    let (id, other) = (issue(&sandbox).await, issue(&sandbox).await);
    let (text, other) = (id.to_string(), other.to_string());
    shop.done(29807, &[("invoiceId", &text)]).await;
    let sent = sandbox.sms().pop().unwrap().text;
    let code = ("code", code(&sent));
    assert_eq!(shop.code(369_550, &[("invoiceId", &text)]).await, 1001);
    assert_eq!(
        shop.code(369_550, &[("invoiceId", &text), ("code", "1")])
            .await,
        1001
    );
    assert_eq!(
        shop.code(369_550, &[("invoiceId", &other), code]).await,
        1001
    );
    pod.change_settings(|settings| settings.confirmation = ConfirmationAnswer::Text);
    assert_eq!(
        shop.done(369_550, &[("invoiceId", &text), code]).await,
        "true"
    );
    let paid = snapshot(pod, id);
    assert_eq!(
        paid.history.last().unwrap().kind,
        EventKind::PaidByOutsideWallet
    );
    assert_eq!(pod.wallet(pod.user().user_id()).unwrap(), "100000000");

    pod.change_settings(|settings| settings.confirmation = ConfirmationAnswer::Truth);
    shop.done(29807, &[("invoiceId", &other)]).await;
    let sent = sandbox.sms().pop().unwrap().text;
    let code = ("code", self::code(&sent));
    assert_eq!(
        shop.done(369_550, &[("invoiceId", &other), code]).await,
        true
    );
}

#[tokio::test]
async fn a_user_sends_the_link_to_somebody_else() {
    let sandbox = Sandbox::start().await.unwrap();
    let pod = sandbox.pod();
    let id = issue(&sandbox).await;
    let text = id.to_string();
    let user = Shop::of_account(&sandbox, pod.user());
    let (friend, silent) = (
        pod.other_user().user_id().to_string(),
        pod.user_without_mobile().user_id().to_string(),
    );
    let back = ("redirectUri", "http://127.0.0.1:9/back");
    let invoice = ("invoiceId", text.as_str());
    assert_eq!(
        user.done(1_113_426, &[invoice, ("userId", &silent), back])
            .await,
        false
    );
    assert!(sandbox.sms().is_empty());
    assert_eq!(
        user.done(1_113_426, &[invoice, ("userId", &friend), back])
            .await,
        true
    );
    let message = sandbox.sms().pop().unwrap();
    assert_eq!(message.to, "09120000002");
    let unique = snapshot(pod, id).unique_number;
    assert_eq!(
        link(&message.text),
        format!(
            "{}v1/pbc/payInvoiceByUniqueNumber?uniqueNumber={unique}&redirectUri=http%3A%2F%2F127.0.0.1%3A9%2Fback",
            pod.pay_url()
        )
    );
    assert_eq!(
        user.code(1_113_426, &[invoice, ("userId", "1")]).await,
        1002
    );
    let stranger = Shop::of_account(&sandbox, pod.other_user());
    assert_eq!(
        stranger
            .code(1_113_426, &[invoice, ("userId", &friend)])
            .await,
        99
    );
}
