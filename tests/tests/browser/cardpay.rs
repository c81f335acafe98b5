use std::time::{Duration, Instant};

use cardpay_client::{CardNumber, CardPay, CreatedPayment, Expected, PaymentState, Settlement};
use paylink_core::ComparedField;
use paylink_sandbox::Sandbox;
use paylink_sandbox::cardpay::TIME_ALLOWED;
use paylink_tests::browser::{PATIENCE, Viewport};
use paylink_tests::cardpay_shop::{self, PRICE};
use paylink_tests::impatience;

use super::Visit;

const TRANSFER: &str = "form[action$='/transfer'] .primary";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_exact_amount_is_transferred_by_a_click() {
    for viewport in Viewport::ALL {
        let payer = Payer::begin(viewport, Card::Any).await;
        payer.visit.look("before").await;
        payer.visit.click(TRANSFER).await;
        let url = payer.visit.returned().await;
        assert!(
            url.query().unwrap().starts_with("from=shop&order=1000"),
            "{url}"
        );
        let settlement = payer.settle().await;
        assert!(
            matches!(settlement, Settlement::Settled(_)),
            "{viewport:?}: {settlement:?}"
        );
        payer.visit.open(payer.page()).await;
        payer.visit.check_page(&["واریز شما رسید"]).await;
        payer.visit.look("paid").await;
        payer.visit.end().await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_wrong_amount_stays_on_the_page_and_says_that_it_paid_nothing() {
    for viewport in Viewport::ALL {
        let payer = Payer::begin(viewport, Card::Any).await;
        let too_little = payer.exactly() - 1;
        payer.visit.fill("#amount", &persian(too_little)).await;
        payer.visit.click(TRANSFER).await;
        let shown = [
            &*persian(too_little),
            "با هیچ پرداختی مطابقت نداشت",
            &persian(payer.exactly()),
        ];
        payer.visit.check_page(&shown).await;
        payer.visit.look("stray").await;
        let settlement = payer.settle().await;
        assert!(
            matches!(settlement, Settlement::NotPaid(PaymentState::NotPaidYet)),
            "{viewport:?}: {settlement:?}"
        );
        // The right amount is still welcome.
        payer.visit.click(TRANSFER).await;
        payer.visit.returned().await;
        assert!(payer.settle().await.proof().is_some());
        payer.visit.end().await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn another_card_than_the_recorded_one_can_be_chosen() {
    for viewport in Viewport::ALL {
        let payer = Payer::begin(viewport, Card::Recorded).await;
        let other = payer.visit.sandbox.cardpay().other_payer_card();
        payer.visit.click("input[name=from][value=other]").await;
        payer.visit.fill("#card", other).await;
        payer.visit.look("other-card").await;
        payer.visit.click(TRANSFER).await;
        payer.visit.returned().await;
        let settlement = payer.settle().await;
        assert!(
            matches!(&settlement, Settlement::Mismatch(found) if found.has(ComparedField::Payer)),
            "{viewport:?}: {settlement:?}"
        );
        payer.visit.end().await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn after_its_time_nothing_can_be_transferred() {
    for viewport in Viewport::ALL {
        let payer = Payer::begin(viewport, Card::Any).await;
        payer.visit.sandbox.clock().advance(TIME_ALLOWED);
        payer.visit.open(payer.page()).await;
        payer.visit.check_page(&["مهلت پرداخت تمام شد"]).await;
        payer.visit.look("expired").await;
        let forms = "return document.querySelectorAll('form[action$=\"/transfer\"]').length";
        assert_eq!(payer.visit.of(forms).await, 0, "{viewport:?}");
        let settlement = payer.settle().await;
        assert!(
            matches!(settlement, Settlement::NotPaid(PaymentState::Expired)),
            "{viewport:?}: {settlement:?}"
        );
        payer.visit.end().await;
    }
}

/// What is copied is read back: with the browser's clipboard, and without it as on a plain host of another name.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_card_and_the_exact_amount_are_copied_by_a_tap() {
    let payer = Payer::begin(Viewport::Phone, Card::Any).await;
    let visit = &payer.visit;
    visit.browser.allow_clipboard().await.unwrap();
    let card = visit.sandbox.cardpay().merchant_cards()[1]
        .number
        .number()
        .to_owned();
    let amount = payer.exactly().to_string();
    visit.of("window.kept = navigator.clipboard").await;
    for clipboard in ["window.kept", "undefined"] {
        let have = format!(
            "Object.defineProperty(navigator, 'clipboard', {{value: {clipboard}, configurable: true}})"
        );
        visit.of(&have).await;
        for text in [&card, &amount] {
            visit.click(&format!("[data-copy='{text}']")).await;
            visit.browser.reads(&["کپی شد:", text]).await.unwrap();
            let read = "const done = arguments[0]; window.kept.readText().then(done, error => done(String(error)))";
            let copied = visit
                .browser
                .page
                .execute_async(read, vec![])
                .await
                .unwrap();
            assert_eq!(copied, text.as_str(), "{clipboard}");
        }
    }
    payer.visit.look("copied").await;
    payer.visit.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_time_left_runs_and_its_end_is_shown() {
    let payer = Payer::begin(Viewport::Phone, Card::Any).await;
    let visit = &payer.visit;
    let left = "return document.querySelector('[data-left]').textContent";
    let at_first = visit.of(left).await;
    let begun = Instant::now();
    while visit.of(left).await == at_first {
        assert!(begun.elapsed() < PATIENCE, "it stands still");
    }
    // Two seconds are left, and then none.
    let almost = TIME_ALLOWED.saturating_sub(begun.elapsed() + Duration::from_secs(3));
    visit.sandbox.clock().advance(almost);
    visit.open(payer.page()).await;
    visit.check_page(&["مهلت پرداخت تمام شد"]).await;
    let forms = visit
        .of("return document.querySelectorAll('[data-left]').length")
        .await;
    assert_eq!(forms, 0);
    payer.visit.end().await;
}

/// Whether the shop knows from which card the money will come.
#[derive(PartialEq)]
enum Card {
    Any,
    Recorded,
}

/// A payer at the page of a fresh payment, which shows what to transfer and to which cards.
struct Payer {
    visit: Visit,
    cardpay: CardPay,
    created: CreatedPayment,
}

impl Payer {
    async fn begin(viewport: Viewport, card: Card) -> Payer {
        let sandbox = Sandbox::start().await.unwrap();
        let cardpay = cardpay_shop::cardpay(&sandbox, impatience::clock()).unwrap();
        let callback = format!("{}/?from=shop&order=1000", sandbox.url());
        let mut order = cardpay_shop::order(1000)
            .unwrap()
            .with_callback(&callback)
            .unwrap();
        if card == Card::Recorded {
            let card = CardNumber::parse(sandbox.cardpay().payer_card()).unwrap();
            order = order.with_payer_card(card);
        }
        let created = cardpay.create(order).await.unwrap();
        let exactly = persian(created.transfer_exactly.rial().get());
        let cards = sandbox.cardpay().merchant_cards().iter();
        let cards: Vec<String> = cards.map(|card| in_fours(card.number.number())).collect();
        let shown = ["فروشگاه نمونه", "ریال", &exactly];
        let shown: Vec<&str> = shown
            .into_iter()
            .chain(cards.iter().map(String::as_str))
            .collect();
        let page = created.link.as_ref().unwrap().as_str().to_owned();
        let visit = Visit::begin(sandbox, viewport, "cardpay", &page, &shown).await;
        Payer {
            visit,
            cardpay,
            created,
        }
    }

    fn page(&self) -> &str {
        self.created.link.as_ref().unwrap().as_str()
    }

    fn exactly(&self) -> u64 {
        self.created.transfer_exactly.rial().get()
    }

    async fn settle(&self) -> Settlement {
        let record = self.created.record().clone();
        let expected = Expected::new(1000, PRICE, record).unwrap();
        self.cardpay.settle(&expected).await.unwrap()
    }
}

/// A whole number as a Persian reads it: `۱۵۰٬۳۸۵`.
fn persian(number: u64) -> String {
    let digits = number.to_string();
    let mut written = String::new();
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            written.push('٬');
        }
        let digit = digit.to_digit(10).unwrap();
        written.push(char::from_u32('۰' as u32 + digit).unwrap());
    }
    written
}

/// A card's number as it stands on the card.
fn in_fours(number: &str) -> String {
    let fours = number.as_bytes().chunks(4).map(str::from_utf8);
    fours.collect::<Result<Vec<_>, _>>().unwrap().join(" ")
}
