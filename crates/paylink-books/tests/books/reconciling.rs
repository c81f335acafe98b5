//! The books against a provider's list: each difference, and nothing that is none.

mod listing;
mod there;

use std::sync::{Arc, Mutex};
use std::time::Duration;

use paylink::desk::{Opened, OrderStore, Reopened, Stage};
use paylink::{Account, Capabilities, Currency, Money, Payment, PaymentState, Rial, Toman};
use paylink_books::DiscrepancyKind as Kind;
use paylink_books::sqlx::{self, AssertSqlSafe};
use paylink_books::{Books, Progress, ReconcileError, Reconciliation};
use paylink_testkit::mock_provider::Failure;

use self::there::{HOUR, Shop, counting, only, stranger, told, usual, view};
use crate::on_both;
use crate::place::Place;

on_both!(
    what_agrees_is_counted_and_summed,
    paid_there_and_open_over_new_or_asked_for_here,
    settled_here_and_not_to_be_found_there,
    each_missing_payment_is_asked_for_unless_the_provider_asks_for_a_pause,
    settled_here_and_not_paid_there,
    given_back_there_and_handed_out_here,
    an_amount_is_held_in_the_providers_own_currency,
    another_reference_under_the_same_id,
    one_reference_twice_there,
    two_paid_payments_of_an_order_that_was_opened_anew,
    a_payment_of_no_order,
    an_order_of_long_ago_is_found_by_its_payment,
    an_order_that_was_added_before_the_period,
    what_may_be_paid_or_not_is_counted_where_the_list_does_not_tell,
    what_is_settled_while_it_reads_is_no_difference,
    nothing_is_written,
    a_provider_without_a_list_is_refused,
);

async fn what_agrees_is_counted_and_summed(place: &Place) {
    let shop = Shop::open(place).await;
    for name in ["1000", "1001"] {
        shop.sell(name).await;
    }
    shop.open_order("1002").await;
    shop.add("1003").await;
    shop.there.lists(vec![shop.views()]);
    let report = shop.reconcile().await;
    assert!(report.agrees(), "{report:?}");
    assert_eq!((report.agreed.paid, report.agreed.unpaid), (2, 1));
    assert_eq!(report.agreed.sums, [Money::from(Rial::new(300_000))]);
    assert_eq!((report.listed, report.orders, report.pages), (3, 4, 1));
    assert_eq!((&*report.account, &*report.provider), ("main", "mock"));
}

async fn paid_there_and_open_over_new_or_asked_for_here(place: &Place) {
    let shop = Shop::open(place).await;
    shop.open_order("open").await;
    shop.open_order("unconfirmed").await;
    shop.open_order("over").await;
    shop.there.mock.set("over", PaymentState::Expired);
    let _ = shop.desk.check("over").await.unwrap();
    shop.add("creating").await;
    shop.there.mock.on_create(Failure::LostAfter);
    shop.there.mock.on_resolve(Failure::LostBefore);
    let _ = shop.desk.open("creating").await;
    let creating = shop.desk.order("creating").await.unwrap();
    assert_eq!(creating.ledger().stage(), Stage::Creating);
    // The books are older than its payment.
    shop.add("new").await;
    let mut listed = vec![
        stranger("forgotten", "new", Some(shop.now())).with_amount(Some(price())),
        shop.view_as("unconfirmed", PaymentState::Unconfirmed),
    ];
    for name in ["open", "over", "creating"] {
        listed.push(shop.view_as(name, PaymentState::Paid));
    }
    shop.there.lists(vec![listed]);
    let report = shop.reconcile().await;
    let orders = ["creating", "new", "open", "over", "unconfirmed"];
    let expected = orders.map(|order| (Kind::PaidNotSettled, order));
    assert_eq!(told(&report), expected);
    for row in &report.discrepancies {
        let name = row.order.as_deref().unwrap();
        let stage = if name == "unconfirmed" { "open" } else { name };
        assert_eq!(row.stage, Some(stage));
        let what_to_do = match name {
            "new" => "the books never asked for it",
            "over" => "no sweep looks at it any more",
            _ => "let the desk check the order",
        };
        assert!(row.to_do.starts_with(what_to_do), "{row:?}");
    }
    // What it says to do is right.
    for name in ["open", "over", "creating"] {
        shop.there.mock.pay(name);
        let _ = shop.desk.check(name).await.unwrap();
        let order = shop.desk.order(name).await.unwrap();
        assert_eq!(order.ledger().stage(), Stage::AwaitingDelivery, "{name}");
    }
}

fn price() -> Money {
    Money::from(Rial::new(150_000))
}

async fn settled_here_and_not_to_be_found_there(place: &Place) {
    let shop = Shop::open(place).await;
    for name in ["1000", "1001", "1002"] {
        shop.sell(name).await;
    }
    // An open order need not be listed.
    shop.open_order("1003").await;
    let listed = shop.view_as("1000", PaymentState::Paid);
    shop.there.lists(vec![vec![listed]]);
    // The list has a gap, and asking for the payment itself has none.
    shop.there
        .has_alone(&shop.view_as("1001", PaymentState::Paid));
    let report = shop.reconcile().await;
    let row = only(&report);
    assert_eq!(row.kind, Kind::MissingThere);
    assert_eq!(row.order.as_deref(), Some("1002"));
    assert_eq!((&row.state, &row.id), (&None, &None));
    assert_eq!(row.created_at, Some(shop.now()));
    assert_eq!((report.agreed.paid, report.asked_alone), (2, 1));
    assert!(report.is_whole() && !report.agrees());
    // What is said of it then is compared as well.
    shop.there
        .has_alone(&shop.view_as("1002", PaymentState::Cancelled));
    let report = shop.reconcile().await;
    assert_eq!(told(&report), [(Kind::NotPaidThere, "1002")]);
}

async fn each_missing_payment_is_asked_for_unless_the_provider_asks_for_a_pause(place: &Place) {
    let shop = Shop::open(place).await;
    for name in ["1000", "1001", "1002"] {
        shop.sell(name).await;
    }
    shop.there.lists(vec![Vec::new()]);
    shop.there
        .has_alone(&shop.view_as("1001", PaymentState::Paid));
    for (is_busy, asked, missing) in [
        (false, 3, &["1000", "1002"][..]),
        (true, 0, &["1000", "1001", "1002"]),
    ] {
        shop.there.is_busy(is_busy);
        let told_of = Arc::new(Mutex::new(Vec::new()));
        let heard = Arc::clone(&told_of);
        let day = Reconciliation::of_day(shop.day).unwrap();
        let day = day.progress(move |it| heard.lock().unwrap().push(it));
        let report = shop.reconcile_as(day).await;
        let expected: Vec<_> = missing.iter().map(|it| (Kind::MissingThere, *it)).collect();
        assert_eq!(told(&report), expected);
        let mut expected = vec![
            Progress::Listing {
                pages: 1,
                payments: 0,
            },
            Progress::Reading { orders: 3 },
        ];
        expected.extend((1..=asked).map(|payments| Progress::Asking { payments }));
        assert_eq!(*told_of.lock().unwrap(), expected);
    }
}

async fn settled_here_and_not_paid_there(place: &Place) {
    let shop = Shop::open(place).await;
    let mut listed = Vec::new();
    let states = [
        PaymentState::Unpaid,
        PaymentState::Paying,
        PaymentState::Unconfirmed,
        PaymentState::Promised,
        PaymentState::Expired,
        PaymentState::Failed,
        PaymentState::Cancelled,
        PaymentState::Unclear("2".into()),
    ];
    for state in &states {
        let name = state.as_str();
        shop.sell(name).await;
        listed.push(shop.view_as(name, state.clone()));
    }
    shop.there.lists(vec![listed]);
    let report = shop.reconcile().await;
    let rows = report.discrepancies.iter();
    let mut found: Vec<_> = rows
        .map(|row| {
            assert_eq!(row.kind, Kind::NotPaidThere);
            assert_eq!(
                row.order.as_deref(),
                row.state.as_ref().map(PaymentState::as_str)
            );
            row.order.as_deref().unwrap()
        })
        .collect();
    found.sort_unstable();
    let mut all: Vec<_> = states.iter().map(PaymentState::as_str).collect();
    all.sort_unstable();
    assert_eq!(found, all);
    assert_eq!(report.agreed.paid, 0);
}

async fn given_back_there_and_handed_out_here(place: &Place) {
    let shop = Shop::open(place).await;
    for name in ["1000", "1001"] {
        shop.sell(name).await;
    }
    let _ = shop.desk.mark_delivered("1001").await.unwrap();
    shop.open_order("1002").await;
    let names = ["1000", "1001", "1002"];
    let refunded = names.map(|name| shop.view_as(name, PaymentState::Refunded));
    shop.there.lists(vec![refunded.to_vec()]);
    let report = shop.reconcile().await;
    let expected = [(Kind::RefundedThere, "1000"), (Kind::RefundedThere, "1001")];
    assert_eq!(told(&report), expected);
    let what_to_do = report.discrepancies.iter().map(|row| row.to_do);
    assert_eq!(
        what_to_do.collect::<Vec<_>>(),
        [
            "hold the goods back: their money was given back",
            "see who gave the money back, and whether the goods came back",
        ]
    );
    // Nothing went out for it.
    assert_eq!(report.agreed.unpaid, 1);
}

async fn an_amount_is_held_in_the_providers_own_currency(place: &Place) {
    let shop = Shop::open_at(place, counting(&[Currency::Irt, Currency::Usd])).await;
    let toman = |amount| Money::from(Toman::new(amount));
    let dollars = Money::new("15000", Currency::Usd).unwrap();
    for (name, price, listed, is_equal) in [
        ("rial here", price(), toman(15_000), true),
        ("toman here", toman(15_000), toman(15_000), true),
        ("rial there", toman(15_000), price(), true),
        ("taken for rial", toman(15_000), toman(150_000), false),
        ("taken for toman", price(), toman(150_000), false),
        ("one more", price(), toman(15_001), false),
        ("dollars", toman(15_000), dollars, false),
    ] {
        shop.add_of(name, price).await;
        let _ = shop.desk.open(name).await.unwrap();
        let unpaid = shop.view_as(name, PaymentState::Unpaid);
        shop.there
            .lists(vec![vec![unpaid.with_amount(Some(listed))]]);
        let report = shop.reconcile().await;
        if is_equal {
            assert!(report.agrees(), "{name}: {report:?}");
            continue;
        }
        let row = only(&report);
        assert_eq!(row.kind, Kind::AmountDiffers, "{name}");
        assert_eq!(row.amount_here, Some(toman(15_000)), "{name}");
        assert_eq!(row.amount_there, Some(listed), "{name}");
    }
    // One that is paid all the same is told with its amount.
    shop.add_of("paid", price()).await;
    let _ = shop.desk.open("paid").await.unwrap();
    let paid = shop.view_as("paid", PaymentState::Paid);
    shop.there
        .lists(vec![vec![paid.with_amount(Some(toman(1_500)))]]);
    let expected = [
        (Kind::PaidNotSettled, "paid"),
        (Kind::AmountDiffers, "paid"),
    ];
    assert_eq!(told(&shop.reconcile().await), expected);
    // Where no amount is reported, the order's counts.
    let silent = Shop::open_at(place, counting(&[Currency::Irt])).await;
    silent.sell("1000").await;
    let paid = silent.view_as("1000", PaymentState::Paid);
    silent.there.lists(vec![vec![paid.with_amount(None)]]);
    let report = silent.reconcile().await;
    assert!(report.agrees(), "{report:?}");
    assert_eq!(report.agreed.sums, [toman(15_000)]);
}

async fn another_reference_under_the_same_id(place: &Place) {
    let shop = Shop::open(place).await;
    shop.sell("1000").await;
    let paid = shop.view_as("1000", PaymentState::Paid);
    shop.there
        .lists(vec![vec![paid.with_reference(Some("2000"))]]);
    let report = shop.reconcile().await;
    let row = only(&report);
    assert_eq!(row.kind, Kind::ReferenceDiffers);
    assert_eq!(row.order.as_deref(), Some("1000"));
    assert_eq!(row.reference.as_deref(), Some("2000"));
    assert_eq!(report.agreed.paid, 0);
}

async fn one_reference_twice_there(place: &Place) {
    let shop = Shop::open(place).await;
    shop.sell("1000").await;
    shop.open_order("1001").await;
    let now = Some(shop.now());
    let mut listed = vec![stranger("double", "1000", now)];
    listed.extend(shop.views());
    // Two of another program.
    listed.push(stranger("other-1", "x", now));
    listed.push(stranger("other-2", "x", now));
    shop.there.lists(vec![listed]);
    let report = shop.reconcile().await;
    let expected = [
        (Kind::ReferenceTwice, "1000"),
        (Kind::ReferenceTwice, "–"),
        (Kind::UnknownHere, "–"),
    ];
    let mut found = told(&report);
    found.sort_unstable_by_key(|(kind, order)| (*kind, *order == "–"));
    assert_eq!(found, expected);
    let double = report.discrepancies.iter();
    let ids: Vec<_> = double.filter_map(|row| row.id.as_deref()).collect();
    assert!(ids.contains(&"double"), "{ids:?}");
    assert_eq!((report.agreed.paid, report.agreed.unpaid), (1, 1));
}

async fn two_paid_payments_of_an_order_that_was_opened_anew(place: &Place) {
    let shop = Shop::open(place).await;
    for name in ["sold", "open", "clean"] {
        shop.open_order(name).await;
        shop.there.mock.set(name, PaymentState::Expired);
        let _ = shop.desk.check(name).await.unwrap();
        let again = format!("{name}-2").parse().unwrap();
        let reopened = shop.desk.reopen(name, again).await.unwrap();
        let is_ready = matches!(reopened, Reopened::Opened(Opened::Ready(_)));
        assert!(is_ready, "{reopened:?}");
    }
    for name in ["sold", "clean"] {
        shop.there.mock.pay(&format!("{name}-2"));
        let _ = shop.desk.check(name).await.unwrap();
    }
    let paid = ["sold", "sold-2", "open", "open-2", "clean-2"];
    let mut listed: Vec<_> = paid
        .iter()
        .map(|it| shop.view_as(it, PaymentState::Paid))
        .collect();
    listed.push(shop.view_as("clean", PaymentState::Expired));
    shop.there.lists(vec![listed]);
    let report = shop.reconcile().await;
    let expected = [
        (Kind::PaidNotSettled, "open"),
        (Kind::PaidTwice, "open"),
        (Kind::PaidTwice, "sold"),
    ];
    assert_eq!(told(&report), expected);
    for row in &report.discrepancies {
        let reference = match (row.kind, row.order.as_deref()) {
            (Kind::PaidNotSettled, _) => "open",
            (_, Some("open")) => "open-2",
            _ => "sold",
        };
        assert_eq!(row.reference.as_deref(), Some(reference), "{row:?}");
    }
    // sold-2 and clean-2; clean.
    assert_eq!((report.agreed.paid, report.agreed.unpaid), (2, 1));
    assert_eq!(report.listed, 6);
}

async fn a_payment_of_no_order(place: &Place) {
    let shop = Shop::open(place).await;
    shop.sell("1000").await;
    let mut listed = shop.views();
    listed.push(stranger("elsewhere", "9000", Some(shop.now())));
    // The order's own payment has another id: this one settles nothing.
    shop.there.lists(vec![listed]);
    let report = shop.reconcile().await;
    let row = only(&report);
    assert_eq!((row.kind, &row.order), (Kind::UnknownHere, &None));
    assert_eq!(row.id.as_deref(), Some("elsewhere"));
    assert_eq!(row.amount_there, Some(Money::from(Rial::new(70_000))));
    assert_eq!(row.stage, None);
    // One with the reference of an order whose own payment is another one is that order's, as far as anybody can tell.
    shop.there
        .lists(vec![vec![stranger("foreign", "1000", Some(shop.now()))]]);
    let report = shop.reconcile().await;
    let expected = [(Kind::MissingThere, "1000"), (Kind::UnknownHere, "1000")];
    assert_eq!(told(&report), expected);
    // Another account of the same provider has orders of its own.
    let branch = Account::from_arc("branch", shop.there.clone());
    shop.there.lists(vec![shop.views()]);
    let day = Reconciliation::of_day(shop.day).unwrap();
    let day = day.now(shop.now() + HOUR);
    let report = shop.books().reconcile(&branch, &day).await.unwrap();
    assert!(report.agrees() && report.agreed.paid == 1, "{report:?}");
    // A reference alone makes no payment of one account another's.
    shop.add("asked").await;
    shop.there.mock.on_create(Failure::LostAfter);
    shop.there.mock.on_resolve(Failure::LostBefore);
    let _ = shop.desk.open("asked").await;
    let paid = shop.view_as("asked", PaymentState::Paid);
    let sold = shop.view_as("1000", PaymentState::Paid);
    shop.there.lists(vec![vec![sold, paid]]);
    let report = shop.books().reconcile(&branch, &day).await.unwrap();
    assert_eq!(told(&report), [(Kind::UnknownHere, "–")]);
    let report = shop.reconcile().await;
    assert_eq!(told(&report), [(Kind::PaidNotSettled, "asked")]);
}

/// Moves when an order was added.
async fn added(books: &Books, name: &str, days_ago: i64) {
    let ago = days_ago * 24 * 60 * 60 * 1000;
    let moved =
        format!("UPDATE paylink_orders SET created_at = created_at - {ago} WHERE name = '{name}'");
    let moved = AssertSqlSafe(moved);
    match (books.sqlite_pool(), books.postgres_pool()) {
        (Some(pool), _) => drop(sqlx::query(moved).execute(pool).await.unwrap()),
        (_, Some(pool)) => drop(sqlx::query(moved).execute(pool).await.unwrap()),
        _ => panic!("an unknown database"),
    }
}

async fn an_order_of_long_ago_is_found_by_its_payment(place: &Place) {
    let shop = Shop::open(place).await;
    // More than a page of others, between it and the period.
    for number in 0..520 {
        shop.add(&format!("other-{number}")).await;
    }
    shop.open_order("old").await;
    added(shop.books(), "old", 400).await;
    // Restored from elsewhere: the books had it later than its provider.
    shop.open_order("late").await;
    added(shop.books(), "late", -3).await;
    let old = shop.view_as("old", PaymentState::Paid);
    let late = shop.view_as("late", PaymentState::Paid);
    shop.there.lists(vec![vec![old, late]]);
    let report = shop.reconcile().await;
    let expected = [
        (Kind::PaidNotSettled, "late"),
        (Kind::PaidNotSettled, "old"),
    ];
    assert_eq!(told(&report), expected);
    assert_eq!(report.orders, 522);
    // Where each payment is an order's of the period, the others are not read.
    shop.there.lists(vec![Vec::new()]);
    assert_eq!(shop.reconcile().await.orders, 520);
    let day = Reconciliation::of_day(shop.day).unwrap();
    let far = day.orders_back(Duration::from_secs(500 * 24 * 60 * 60));
    assert_eq!(shop.reconcile_as(far).await.orders, 521);
}

async fn an_order_that_was_added_before_the_period(place: &Place) {
    let shop = Shop::open(place).await;
    shop.sell("1000").await;
    added(shop.books(), "1000", 2).await;
    // Its payment is of the period: it is missed if it is not there, and no stranger if it is.
    shop.there.lists(vec![Vec::new()]);
    assert_eq!(
        told(&shop.reconcile().await),
        [(Kind::MissingThere, "1000")]
    );
    shop.there.lists(vec![shop.views()]);
    assert!(shop.reconcile().await.agrees());
    // Before the payment was created there is nothing to miss, and after it neither.
    let created = shop.now();
    shop.there.lists(vec![Vec::new()]);
    for (from, to, is_missed) in [
        (created - HOUR, created, false),
        (created, created + HOUR, true),
        (created - HOUR, created + Duration::from_millis(1), true),
        (created + Duration::from_millis(1), created + HOUR, false),
    ] {
        let period = Reconciliation::between(from, to).unwrap();
        let report = shop.reconcile_as(period).await;
        assert_eq!(!report.agrees(), is_missed, "{report:?}");
    }
    // Nor is a payment that is listed, and of another period.
    let outside = stranger("outside", "9", Some(created));
    shop.there.lists(vec![vec![outside]]);
    let period = Reconciliation::between(created - HOUR, created).unwrap();
    assert!(shop.reconcile_as(period).await.agrees());
}

async fn what_may_be_paid_or_not_is_counted_where_the_list_does_not_tell(place: &Place) {
    let silent = usual().with_unconfirmed_before_payment();
    let unclear = PaymentState::Unclear("2".into());
    for (capabilities, state, is_told) in [
        (silent.clone(), PaymentState::Unconfirmed, false),
        (usual(), PaymentState::Unconfirmed, true),
        (usual(), unclear, false),
        (silent, PaymentState::Paid, true),
    ] {
        let shop = Shop::open_at(place, capabilities).await;
        shop.open_order("1000").await;
        shop.there.lists(vec![vec![shop.view_as("1000", state)]]);
        let report = shop.reconcile().await;
        let kinds: Vec<Kind> = report.discrepancies.iter().map(|it| it.kind).collect();
        if is_told {
            assert_eq!(
                (&*kinds, report.undecided),
                (&[Kind::PaidNotSettled][..], 0)
            );
        } else {
            assert_eq!((kinds.len(), report.undecided), (0, 1), "{report:?}");
        }
    }
}

async fn what_is_settled_while_it_reads_is_no_difference(place: &Place) {
    let shop = Shop::open(place).await;
    shop.open_order("1000").await;
    let unpaid = shop.view_as("1000", PaymentState::Unpaid);
    let before = shop.now();
    shop.clock.advance(HOUR);
    shop.settle("1000").await;
    shop.sell("1001").await;
    shop.there.lists(vec![vec![unpaid]]);
    let day = Reconciliation::of_day(shop.day).unwrap();
    let earlier = day.clone().now(before + HOUR / 2);
    let report = shop.books().reconcile(&shop.account, &earlier);
    let report = report.await.unwrap();
    assert!(report.agrees() && report.in_flight == 2, "{report:?}");
    let report = shop.reconcile_as(day).await;
    let expected = [(Kind::MissingThere, "1001"), (Kind::NotPaidThere, "1000")];
    assert_eq!(told(&report), expected);
}

async fn nothing_is_written(place: &Place) {
    let shop = Shop::open(place).await;
    shop.sell("1000").await;
    shop.open_order("1001").await;
    let before = [
        shop.books().load("1000").await.unwrap(),
        shop.books().load("1001").await.unwrap(),
    ];
    shop.there.mock.forget_calls();
    let views: Vec<Payment> = shop
        .views()
        .iter()
        .map(|it| {
            view(
                &shop.payment(it.reference().unwrap()),
                PaymentState::Paid,
                None,
            )
        })
        .collect();
    shop.there.lists(vec![views]);
    assert_eq!(
        told(&shop.reconcile().await),
        [(Kind::PaidNotSettled, "1001")]
    );
    let after = [
        shop.books().load("1000").await.unwrap(),
        shop.books().load("1001").await.unwrap(),
    ];
    assert_eq!(before, after);
    assert_eq!(shop.there.mock.calls(), Vec::<&str>::new());
}

async fn a_provider_without_a_list_is_refused(place: &Place) {
    let lists_nothing = Capabilities::new("mock", &[Currency::Irr]).does_not_support(
        paylink::Capability::List,
        "It has a panel, and nothing that a program could read.",
    );
    let shop = Shop::open_at(place, lists_nothing).await;
    let day = Reconciliation::of_day(shop.day).unwrap();
    let refused = shop.books().reconcile(&shop.account, &day).await;
    let refused = refused.unwrap_err();
    assert!(
        matches!(refused, ReconcileError::NoList { .. }),
        "{refused}"
    );
    assert_eq!(
        refused.to_string(),
        "account \"main\" cannot be reconciled, so compare with the provider's panel by hand: mock does not offer a list of \
         payments: It has a panel, and nothing that a program could read."
    );
    assert_eq!(shop.there.asked().1, 0);
}
