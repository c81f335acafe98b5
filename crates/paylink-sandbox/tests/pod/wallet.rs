use paylink_sandbox::Sandbox;

use crate::shop::{GUILD, Param, Shop, snapshot};

const WALLET: Param<'_> = ("wallet", "PODLAND_WALLET");
const NOT_ENOUGH: &str = "اعتبار کافی جهت پرداخت فاکتور را ندارید";

#[tokio::test]
async fn any_invoice_is_paid_from_the_callers_wallet() {
    let sandbox = Sandbox::start().await.unwrap();
    let pod = sandbox.pod();
    let shop = Shop::of(&sandbox);
    let id = shop.issue_id(&[]).await;
    let text = id.to_string();
    let payer = Shop::of_account(&sandbox, pod.other_user());
    assert_eq!(
        payer.done(29821, &[("invoiceId", &text), WALLET]).await,
        true
    );
    assert_eq!(pod.wallet(pod.other_user().user_id()).unwrap(), "99950000");
    assert_eq!(
        pod.earnings(pod.business().user_id(), GUILD).unwrap(),
        "50000"
    );
    let invoice = shop.invoice(id).await;
    assert_eq!(invoice["payed"], true);
    assert!(invoice["paymentDate"].as_u64().unwrap() >= invoice["issuanceDate"].as_u64().unwrap());
    assert_eq!(payer.code(29821, &[("invoiceId", &text), WALLET]).await, 24);
    assert_eq!(snapshot(pod, id).times_paid(), 1);
}

#[tokio::test]
async fn the_wallet_must_be_named() {
    let sandbox = Sandbox::start().await.unwrap();
    let shop = Shop::of(&sandbox);
    let id = shop.issue_id(&[]).await.to_string();
    let (code, message) = shop.refused(29821, &[("invoiceId", &id)]).await;
    assert_eq!(
        (code, message.as_str()),
        (193, "کد حساب دیجیتال را وارد نکرده اید")
    );
    let other = ("wallet", "OTHER_WALLET");
    assert_eq!(shop.code(29821, &[("invoiceId", &id), other]).await, 193);
    assert_eq!(shop.code(29821, &[WALLET]).await, 1001);
    assert_eq!(shop.code(29821, &[("invoiceId", "7"), WALLET]).await, 1002);
}

#[tokio::test]
async fn ones_own_invoice_is_ones_own() {
    let sandbox = Sandbox::start().await.unwrap();
    let pod = sandbox.pod();
    let user_id = pod.user().user_id().to_string();
    let id = Shop::of(&sandbox).issue_id(&[("userId", &user_id)]).await;
    let text = id.to_string();
    let stranger = Shop::of_account(&sandbox, pod.other_user());
    let (code, message) = stranger.refused(30382, &[("invoiceId", &text)]).await;
    assert_eq!(
        (code, message.as_str()),
        (99, "فاکتور برای شما صادر نشده است")
    );
    let user = Shop::of_account(&sandbox, pod.user());
    assert_eq!(user.done(30382, &[("invoiceId", &text)]).await, true);
    assert_eq!(pod.wallet(pod.user().user_id()).unwrap(), "99950000");
}

#[tokio::test]
async fn a_wallet_with_too_little_pays_nothing() {
    let sandbox = Sandbox::start().await.unwrap();
    let pod = sandbox.pod();
    let id = Shop::of(&sandbox).issue_id(&[]).await;
    let user_id = pod.user().user_id();
    pod.set_wallet(user_id, 49_999).unwrap();
    let user = Shop::of_account(&sandbox, pod.user());
    let text = id.to_string();
    let (_, message) = user.refused(29821, &[("invoiceId", &text), WALLET]).await;
    assert_eq!(message, NOT_ENOUGH);
    assert_eq!(pod.wallet(user_id).unwrap(), "49999");
    pod.set_wallet(user_id, 50_000).unwrap();
    user.done(29821, &[("invoiceId", &text), WALLET]).await;
    assert_eq!(pod.wallet(user_id).unwrap(), "0");
}

#[tokio::test]
async fn credits_pay_first_and_alone_if_so_told() {
    let sandbox = Sandbox::start().await.unwrap();
    let pod = sandbox.pod();
    let shop = Shop::of(&sandbox);
    let (sponsor, user) = (pod.sponsor().user_id(), pod.user().user_id());
    let hash = pod.delegate(sponsor, user, 30_000).unwrap();
    let caller = Shop::of_account(&sandbox, pod.user());
    let (id, sponsor) = (shop.issue_id(&[]).await, sponsor.to_string());
    let text = id.to_string();
    let base = [("invoiceId", text.as_str()), WALLET];
    let forced = [
        base[0],
        base[1],
        ("delegatorId", &sponsor),
        ("forceDelegation", "true"),
    ];
    let (_, message) = caller.refused(29821, &forced).await;
    assert_eq!(message, NOT_ENOUGH);
    let hashed = [
        base[0],
        base[1],
        ("delegationHash", &hash),
        ("forceDelegation", "false"),
    ];
    caller.done(29821, &hashed).await;
    assert_eq!(shop.invoice(id).await["delegationAmount"], 30000);
    assert_eq!(pod.wallet(user).unwrap(), "99980000");
}

#[tokio::test]
async fn an_invoice_that_cannot_be_paid_says_why() {
    let sandbox = Sandbox::start().await.unwrap();
    let pod = sandbox.pod();
    let shop = Shop::of(&sandbox);
    let user_id = pod.user().user_id().to_string();
    let payer = Shop::of_account(&sandbox, pod.user());
    for (code, bring) in [
        (24, "paid"),
        (32, "canceled"),
        (45, "closed"),
        (58, "unverified"),
        (72, "at the gateway"),
    ] {
        let verification = if code == 58 { "true" } else { "false" };
        let id = shop
            .issue_id(&[("userId", &user_id), ("verificationNeeded", verification)])
            .await;
        let text = id.to_string();
        match code {
            32 => drop(shop.done(29810, &[("id", &text)]).await),
            72 => drop(pod.open_gateway(id).unwrap()),
            _ => drop(pod.pay_by_card(id).unwrap()),
        }
        if code == 45 {
            shop.done(29812, &[("id", &text)]).await;
        }
        let invoice = ("invoiceId", text.as_str());
        assert_eq!(payer.code(29821, &[invoice, WALLET]).await, code, "{bring}");
        assert_eq!(payer.code(30382, &[invoice, WALLET]).await, code, "{bring}");
        assert_eq!(shop.code(29807, &[invoice]).await, code, "{bring}");
        assert_eq!(
            shop.code(369_550, &[invoice, ("code", "1")]).await,
            code,
            "{bring}"
        );
        assert_eq!(shop.code(29799, &[invoice]).await, code, "{bring}");
        assert_eq!(shop.code(29815, &[invoice]).await, code, "{bring}");
        let due = [invoice, ("date", "1499/01/01"), WALLET];
        assert_eq!(payer.code(29802, &due).await, code, "{bring}");
        let pos = [
            invoice,
            ("terminalNumber", "1"),
            ("merchantCode", "1"),
            ("referenceNumber", "1"),
            ("trackingNumber", "1"),
            ("transactionDate", "1403/01/01 00:00:00"),
        ];
        assert_eq!(shop.code(29801, &pos).await, code, "{bring}");
        let shared = [invoice, ("userId", user_id.as_str())];
        assert_eq!(payer.code(1_113_426, &shared).await, code, "{bring}");
    }
}
