use paylink_core::Settlement;
use paylink_tests::browser::Viewport;
use paylink_tests::sizpay_shop;
use sizpay_client::{DisableLink, SendId, SizPay, Via};

use super::Visit;

const PAY: &str = "form[action$='/pay'] button";
const DECLINE: &str = "form[action$='/decline'] button";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_link_is_paid_by_a_click() {
    for viewport in Viewport::ALL {
        let payer = Payer::begin(viewport).await;
        payer.visit.look("before").await;
        payer.click(PAY, "پرداخت انجام شد").await;
        let link = payer.visit.sandbox.sizpay().link(payer.send_id.get());
        let reference = link.and_then(|link| link.reference_number).unwrap();
        payer.visit.check_page(&[&reference]).await;
        payer.visit.look("paid").await;
        assert_eq!(payer.forms().await, 0, "{viewport:?}: can be paid twice");
        let settlement = payer.settle().await;
        let proof = settlement.proof().expect("a proof");
        assert_eq!(proof.receipt(), Some(&*reference), "{viewport:?}");
        payer.visit.end().await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_link_that_is_declined_can_still_be_paid() {
    for viewport in Viewport::ALL {
        let payer = Payer::begin(viewport).await;
        payer.click(DECLINE, "از پرداخت انصراف دادید").await;
        payer.visit.check_page(&["در انتظار پرداخت"]).await;
        payer.visit.look("declined").await;
        assert!(payer.settle().await.proof().is_none(), "{viewport:?}");
        payer.click(PAY, "پرداخت انجام شد").await;
        assert!(payer.settle().await.proof().is_some(), "{viewport:?}");
        payer.visit.end().await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_disabled_link_offers_nothing_to_pay() {
    for viewport in Viewport::ALL {
        let payer = Payer::begin(viewport).await;
        let day = sizpay_shop::day_of(&payer.visit.sandbox, payer.send_id).unwrap();
        let disable = DisableLink::by_send_id(payer.send_id, day);
        payer.sizpay.disable_link(disable).await.unwrap();
        // The payer still has the page of before.
        payer.click(PAY, "این لینک غیرفعال است").await;
        payer.visit.check_page(&["غیرفعال"]).await;
        payer.visit.look("disabled").await;
        assert_eq!(payer.forms().await, 0, "{viewport:?}");
        assert!(payer.settle().await.proof().is_none(), "{viewport:?}");
        payer.visit.end().await;
    }
}

/// A payer who has followed the link in the SMS.
struct Payer {
    visit: Visit,
    sizpay: SizPay,
    send_id: SendId,
}

impl Payer {
    async fn begin(viewport: Viewport) -> Payer {
        let sandbox = sizpay_shop::open().await.unwrap();
        let sizpay =
            sizpay_shop::sizpay(&sandbox, Via::Rest, sizpay_shop::clock_of(&sandbox)).unwrap();
        let link = sizpay_shop::link("سفارش-1000").unwrap();
        let link = link
            .with_description("دو بلیت قطار شب تهران به مشهد")
            .unwrap();
        let send_id = sizpay.send_link(link).await.unwrap().send_id;
        let sms = sandbox.sms().pop().expect("an SMS");
        let page = sms.text.lines().find(|line| line.starts_with("http"));
        let page = page.expect("a link in the SMS").to_owned();
        let shown = [
            "فروشگاه نمونه",
            "۲۵۰٬۰۰۰",
            "ریال",
            "۲۵٬۰۰۰ تومان",
            "سفارش-1000",
            // Whole, where the SMS cut it.
            "دو بلیت قطار شب تهران به مشهد",
        ];
        let visit = Visit::begin(sandbox, viewport, "sizpay", &page, &shown).await;
        Payer {
            visit,
            sizpay,
            send_id,
        }
    }

    /// Clicks, and waits for the page that says so.
    async fn click(&self, selector: &str, says: &str) {
        self.visit.click(selector).await;
        self.visit.check_page(&[says]).await;
    }

    async fn forms(&self) -> u64 {
        let forms = "return document.querySelectorAll('form[action$=\"/pay\"]').length";
        let forms = self.visit.of(forms).await;
        forms.as_u64().unwrap()
    }

    async fn settle(&self) -> Settlement<sizpay_client::Payment> {
        let expected =
            sizpay_shop::expected(&self.visit.sandbox, self.send_id, "سفارش-1000").unwrap();
        self.sizpay.settle(&expected).await.unwrap()
    }
}
