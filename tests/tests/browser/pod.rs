use paylink_sandbox::Sandbox;
use paylink_tests::browser::Viewport;
use paylink_tests::impatience;
use paylink_tests::pod_shop::{self, expected, order, told};
use pod_invoice_client::{InvoiceId, LinkOptions, Pod, Return, UserId, codes};

use super::Visit;

const CARD: &str = "button[name=method][value=card]";
const WALLET: &str = "button[name=method][value=wallet]";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_invoice_is_paid_by_card_at_the_gateway() {
    for viewport in Viewport::ALL {
        let payer = Payer::begin(viewport).await;
        payer.visit.look("before").await;
        payer.visit.click(CARD).await;
        payer.at_the_gateway().await;
        payer.visit.look("gateway").await;
        payer.visit.click("form[action$='/pay'] button").await;
        // Three steps: it is not called paid before it is verified.
        assert_eq!(payer.returned().await, Some(false), "{viewport:?}");
        assert_eq!(payer.settle().await, "settled", "{viewport:?}");
        payer.visit.end().await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_invoice_is_paid_from_the_wallet_by_a_click() {
    for viewport in Viewport::ALL {
        let payer = Payer::begin(viewport).await;
        payer.visit.click(WALLET).await;
        payer.returned().await;
        assert_eq!(payer.settle().await, "settled", "{viewport:?}");
        payer.visit.end().await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_payer_who_gives_up_at_the_gateway_brings_the_reason_back() {
    for viewport in Viewport::ALL {
        let payer = Payer::begin(viewport).await;
        payer.visit.click(CARD).await;
        payer.at_the_gateway().await;
        payer.visit.click("form[action$='/decline'] button").await;
        let url = payer.visit.returned().await;
        let Return::Refused(refusal) = Return::from_query(url.query().unwrap()).unwrap() else {
            panic!("{viewport:?}: {url}");
        };
        assert_eq!(refusal.code(), codes::NOT_PAID, "{viewport:?}");
        assert!(payer.settle().await.starts_with("not paid"));
        payer.visit.end().await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_empty_wallet_pays_nothing_and_a_card_still_can() {
    for viewport in Viewport::ALL {
        let payer = Payer::begin(viewport).await;
        let there = payer.visit.sandbox.pod();
        there.set_wallet(there.user().user_id(), 1).unwrap();
        payer.visit.click(WALLET).await;
        payer
            .visit
            .check_page(&["موجودی این کیف پول کافی نیست", "۱۵۰٬۰۰۰"])
            .await;
        payer.visit.look("empty-wallet").await;
        assert!(payer.settle().await.starts_with("not paid"));
        payer.visit.click(CARD).await;
        payer.at_the_gateway().await;
        payer.visit.click("form[action$='/pay'] button").await;
        payer.returned().await;
        assert_eq!(payer.settle().await, "settled", "{viewport:?}");
        payer.visit.end().await;
    }
}

/// A payer at the pay page of a fresh invoice.
struct Payer {
    visit: Visit,
    pod: Pod,
    id: InvoiceId,
}

impl Payer {
    async fn begin(viewport: Viewport) -> Payer {
        let sandbox = Sandbox::start().await.unwrap();
        let pod = pod_shop::pod(&sandbox, impatience::clock()).unwrap();
        let user = UserId::new(sandbox.pod().user().user_id()).unwrap();
        let invoice = order("سفارش ۱۰۰۰")
            .unwrap()
            .with_verification()
            .with_user(user);
        let issued = pod.issue_invoice(invoice).await.unwrap().value;
        let number = issued.unique_number.unwrap().parse().unwrap();
        let callback = format!("{}/?from=shop", sandbox.url());
        let options = LinkOptions::new().with_redirect(&callback).unwrap();
        let link = pod.link_by_unique_number(&number, &options).unwrap();
        let shown = ["فروشگاه نمونه", "۱۵۰٬۰۰۰", "ریال", "سفارش ۱۰۰۰"];
        let visit = Visit::begin(sandbox, viewport, "pod", link.as_str(), &shown).await;
        Payer {
            visit,
            pod,
            id: issued.id,
        }
    }

    async fn at_the_gateway(&self) {
        self.visit
            .check_page(&["درگاه پرداخت بانک", "۱۵۰٬۰۰۰", "ریال"])
            .await;
    }

    /// What the return claims about the payment.
    async fn returned(&self) -> Option<bool> {
        let url = self.visit.returned().await;
        match Return::from_query(url.query().unwrap()).unwrap() {
            Return::Payment(payment) => {
                assert_eq!(payment.invoice_id, self.id);
                payment.claims_paid
            }
            Return::Refused(refusal) => panic!("{refusal:?}"),
        }
    }

    async fn settle(&self) -> &'static str {
        let expected = expected(self.id, "سفارش ۱۰۰۰").unwrap();
        told(&self.pod.settle(&expected).await.unwrap())
    }
}
