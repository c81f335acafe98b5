//! What befalls an order and not a call: other tests prove it, and the page names them.

use std::fs;
use std::path::Path;
use std::sync::Arc;

use paylink::desk::{Desk, MemoryStore, Outcome, StoredOrder};
use paylink::{Account, Accounts, Currency, Money, NewPayment, PaymentProvider, PaymentState};
use paylink_testkit::MockClock;
use paylink_testkit::mock_provider::MockProvider;
use paylink_tests::{page, table};

use super::PAGE;

/// The row, what goes wrong, what comes of it, and the file and the test that prove it.
const PROVED: [(u8, &str, &str, &str, &str); 16] = [
    (
        25,
        "POD lists another invoice",
        "a mismatch, and nothing is verified",
        "crates/pod-invoice-client/tests/pod/neutral.rs",
        "an_invoice_that_differs_is_a_mismatch_and_is_not_verified",
    ),
    (
        25,
        "CardPay's answers name nothing, and one comes too many",
        "no other call takes it for its own",
        "crates/cardpay-client/tests/cardpay/settling.rs",
        "an_answer_too_many_is_nobody_s",
    ),
    (
        35,
        "settled before, and settled again",
        "`AlreadySettled`, and nothing is confirmed twice",
        "crates/zipay-client/tests/zipay/settling.rs",
        "a_completed_invoice_is_settled_already_and_not_verified_again",
    ),
    (
        35,
        "the answer to the settling is lost",
        "the next settling finds it settled",
        "crates/zipay-client/tests/zipay/settling.rs",
        "settling_again_after_a_lost_answer_finds_it_settled",
    ),
    (
        36,
        "many returns and webhooks at once",
        "one delivery",
        "crates/paylink/tests/desk/settling.rs",
        "of_many_hints_at_once_one_is_told_to_deliver",
    ),
    (
        36,
        "one that comes after the delivery",
        "nothing changes",
        "crates/paylink/tests/desk/settling.rs",
        "a_hint_that_comes_back_after_the_delivery_changes_nothing",
    ),
    (
        36,
        "one that comes before the create is answered",
        "no mismatch, and no delivery",
        "crates/paylink/tests/desk/settling.rs",
        "a_hint_while_the_create_is_in_doubt_is_no_mismatch",
    ),
    (
        36,
        "a forged one",
        "no delivery",
        "crates/paylink/tests/web/hints.rs",
        "a_hint_at_another_payment_settles_no_unpaid_order",
    ),
    (
        37,
        "paid, and later unpaid or given back",
        "one delivery",
        "tests/tests/faults/elsewhere.rs",
        "a_state_that_goes_backwards_delivers_nothing_twice",
    ),
    (
        38,
        "settled after ZiPay's half hour",
        "`NotPaid`, and no delivery",
        "tests/tests/settling.rs",
        "nothing_is_delivered_before_it_is_paid_or_after_it_went_back",
    ),
    (
        38,
        "settled after POD's hour",
        "`NotPaid`",
        "tests/tests/pod.rs",
        "after_an_hour_the_money_is_back_and_nothing_is_proved",
    ),
    (
        39,
        "a long upload is answered before its last byte",
        "unknown",
        "tests/tests/faults/caller.rs",
        "an_answer_before_the_last_byte_of_a_long_invoice_is_nobodys",
    ),
    (
        42,
        "\"not found\", asked before the settling time was over",
        "still unknown",
        "crates/paylink-core/src/operation/inquiry.rs",
        "what_counts_is_when_the_look_up_began",
    ),
    (
        42,
        "the same, with ZiPay's list",
        "still unknown",
        "crates/zipay-client/tests/zipay/resolving.rs",
        "the_settling_time_is_over_when_the_question_begins_and_not_when_it_is_answered",
    ),
    (
        42,
        "the same, with POD's list",
        "still unknown",
        "crates/pod-invoice-client/tests/pod/resolving.rs",
        "the_settling_time_is_over_when_the_question_begins_and_not_when_it_is_answered",
    ),
    (
        42,
        "the same, with SizPay's list",
        "still unknown",
        "crates/sizpay-client/tests/sizpay/resolving.rs",
        "the_settling_time_is_over_when_the_question_begins_and_not_when_it_is_answered",
    ),
];

#[test]
fn what_other_tests_prove_they_do_prove() {
    let top = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let rows = PROVED.map(|(row, wrong, comes, file, test)| {
        let text = fs::read_to_string(top.join(file)).unwrap();
        let mut lines = text.lines().map(str::trim);
        let is_there = lines.any(|line| {
            let name = line.trim_start_matches("async ").strip_prefix("fn ");
            name.and_then(|name| name.strip_prefix(test)) == Some("() {")
        });
        assert!(is_there, "{file} has no test {test}");
        let test = format!("[`{test}`](../{file})");
        [&row.to_string(), wrong, comes, &test]
            .map(str::to_owned)
            .to_vec()
    });
    let heading = ["row", "what goes wrong", "what comes of it", "test"];
    page::hold(PAGE, "elsewhere", &table::markdown(&heading, &rows));
}

/// Row 37: once the money was proved, no state that is told later takes the delivery back or brings another one.
#[tokio::test]
async fn a_state_that_goes_backwards_delivers_nothing_twice() {
    let backwards = [
        PaymentState::Unpaid,
        PaymentState::Unconfirmed,
        PaymentState::Failed,
        PaymentState::Refunded,
    ];
    for state in backwards {
        let clock = Arc::new(MockClock::default());
        let provider = MockProvider::new("mock", &clock);
        let store = Arc::new(MemoryStore::new());
        let price = Money::new("150000", Currency::Irr).unwrap();
        let payment = NewPayment::new("1000", price).unwrap();
        store.put("1000", StoredOrder::new("main", payment));
        let of_account: Arc<dyn PaymentProvider> = provider.clone();
        let accounts = Accounts::new([Account::from_arc("main", of_account)]).unwrap();
        let desk = Desk::new(Arc::clone(&store), accounts).runtime(clock);
        let _ = desk.open("1000").await.unwrap();
        provider.pay("1000");
        let first = desk.check("1000").await.unwrap();
        assert!(matches!(first, Outcome::DeliverNow(_)), "{first:?}");

        provider.set("1000", state.clone());
        let hint = provider.hint("1000");
        for _ in 0..3 {
            let later = desk.check("1000").await.unwrap();
            assert!(
                matches!(later, Outcome::AwaitingDelivery(_)),
                "{state}: {later:?}"
            );
            let told = desk.hint("1000", hint.clone()).await.unwrap();
            assert!(
                matches!(told, Outcome::AwaitingDelivery(_)),
                "{state}: {told:?}"
            );
        }
        assert_eq!(store.deliveries().len(), 1, "{state}");
    }
}
