//! How a list is read: how far, in which order, and what is said where it has no end.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use paylink::{Capability, Input, JalaliDate, Payment, PaymentState};
use paylink_books::DiscrepancyKind as Kind;
use paylink_books::{CutShort, Progress, ReconcileError, Reconciliation};

use super::there::{HOUR, Shop, only, stranger, told, usual};
use crate::on_both;
use crate::place::Place;

on_both!(
    a_list_that_comes_newest_first_is_read_until_it_is_older_than_the_period,
    a_list_in_another_order_is_read_to_its_end,
    a_cursor_that_leads_back_ends_the_list,
    a_list_of_too_many_pages_is_cut_short,
    what_is_listed_twice_between_pages_is_one_payment,
    a_list_of_days_is_read_for_each_day_and_a_margin,
    a_payment_without_a_time_is_of_the_day_under_which_it_is_listed,
    a_payment_without_any_time_is_told,
    a_payment_without_ids_is_found_by_its_reference,
    a_page_that_does_not_come_ends_it,
);

const DAY: Duration = Duration::from_secs(24 * 60 * 60);

/// Strangers of so many days ago, one a page.
fn days_ago(shop: &Shop, days: &[u32]) -> Vec<Vec<Payment>> {
    let page = |days: &u32| {
        let at = shop.now() - DAY * *days;
        let id = format!("of-{days}");
        vec![stranger(&id, &id, Some(at))]
    };
    days.iter().map(page).collect()
}

async fn a_list_that_comes_newest_first_is_read_until_it_is_older_than_the_period(place: &Place) {
    let shop = Shop::open(place).await;
    shop.there.lists(days_ago(&shop, &[0, 1, 2, 3, 4, 5, 6, 7]));
    // Three days: of 2, 3 and 4 days ago.
    let from = shop.now() - DAY * 4 - HOUR;
    let to = shop.now() - DAY * 2 + HOUR;
    let report = shop
        .reconcile_as(Reconciliation::between(from, to).unwrap())
        .await;
    let mut ids: Vec<_> = report
        .discrepancies
        .iter()
        .map(|row| row.id.as_deref().unwrap())
        .collect();
    ids.sort_unstable();
    assert_eq!(ids, ["of-2", "of-3", "of-4"]);
    assert!(
        report
            .discrepancies
            .iter()
            .all(|it| it.kind == Kind::UnknownHere)
    );
    // One page more, to see that the list is past the period.
    assert_eq!((report.pages, report.listed), (6, 3));
    assert_eq!((report.cut_short, report.is_whole()), (None, true));
}

async fn a_list_in_another_order_is_read_to_its_end(place: &Place) {
    let shop = Shop::open(place).await;
    for days in [&[7, 6, 1, 0][..], &[9, 8, 0, 5], &[8]] {
        let asked = shop.there.asked().1;
        shop.there.lists(days_ago(&shop, days));
        let report = shop.reconcile().await;
        let is_there = days.contains(&0);
        assert_eq!(told(&report).len(), usize::from(is_there), "{days:?}");
        assert_eq!(shop.there.asked().1 - asked, days.len(), "{days:?}");
    }
}

async fn a_cursor_that_leads_back_ends_the_list(place: &Place) {
    let shop = Shop::open(place).await;
    shop.sell("1000").await;
    shop.there.lists(vec![shop.views(), Vec::new()]);
    shop.there.leads_back();
    let report = shop.reconcile().await;
    assert_eq!(report.cut_short, Some(CutShort::CursorRepeats));
    assert!(report.discrepancies.is_empty() && !report.agrees());
    assert_eq!((report.pages, report.agreed.paid), (3, 1));
}

async fn a_list_of_too_many_pages_is_cut_short(place: &Place) {
    let shop = Shop::open(place).await;
    shop.sell("early").await;
    shop.clock.advance(HOUR * 4);
    shop.sell("late").await;
    let listed = vec![
        vec![stranger("new", "new", Some(shop.now()))],
        vec![stranger("older", "older", Some(shop.now() - HOUR * 2))],
        vec![shop.view_at("early", Some(shop.now() - HOUR * 4))],
    ];
    shop.there.lists(listed);
    let day = || Reconciliation::of_day(shop.day).unwrap();
    let report = shop.reconcile_as(day().most_pages(2)).await;
    assert_eq!(report.cut_short, Some(CutShort::TooManyPages));
    // What the list did not come to is not missing; what it passed is.
    assert_eq!(report.unreached, 1);
    let expected = [
        (Kind::MissingThere, "late"),
        (Kind::UnknownHere, "–"),
        (Kind::UnknownHere, "–"),
    ];
    assert_eq!(told(&report), expected);
    let report = shop.reconcile_as(day().most_pages(3)).await;
    assert_eq!((report.cut_short, report.unreached), (None, 0));
    assert_eq!(report.agreed.paid, 1);
}

async fn what_is_listed_twice_between_pages_is_one_payment(place: &Place) {
    let shop = Shop::open(place).await;
    shop.open_order("1000").await;
    let unpaid = shop.view_as("1000", PaymentState::Unpaid);
    shop.settle("1000").await;
    let paid = shop.view_as("1000", PaymentState::Paid);
    // A payment came in between the two pages, and this one was paid.
    shop.there.lists(vec![vec![unpaid], vec![paid]]);
    let report = shop.reconcile().await;
    assert!(report.agrees(), "{report:?}");
    assert_eq!((report.listed, report.agreed.paid), (1, 1));
}

fn by_day() -> paylink::Capabilities {
    usual().requires(Input::ListDay)
}

fn day(shop: &Shop, ago: u32) -> JalaliDate {
    JalaliDate::from_system_time(shop.now() - DAY * ago).unwrap()
}

async fn a_list_of_days_is_read_for_each_day_and_a_margin(place: &Place) {
    for capabilities in [by_day(), usual().accepts(Input::ListDay)] {
        let shop = Shop::open_at(place, capabilities).await;
        let told = Arc::new(Mutex::new(Vec::new()));
        let heard = Arc::clone(&told);
        let past = Reconciliation::of_day(day(&shop, 3)).unwrap();
        let past = past.progress(move |it| heard.lock().unwrap().push(it));
        assert!(shop.reconcile_as(past).await.agrees());
        let expected = [4, 3, 2].map(|ago| day(&shop, ago));
        assert_eq!(shop.there.asked().0, expected);
        let listing = Progress::Listing {
            pages: 3,
            payments: 0,
        };
        assert!(told.lock().unwrap().contains(&listing));
        // Nobody knows what a provider says of a day that is still to come.
        assert!(shop.reconcile().await.agrees());
        let expected = [1, 0].map(|ago| day(&shop, ago));
        assert_eq!(shop.there.asked().0[3..], expected);
    }
}

async fn a_payment_without_a_time_is_of_the_day_under_which_it_is_listed(place: &Place) {
    let shop = Shop::open_at(place, by_day()).await;
    let (eve, today) = (day(&shop, 1), day(&shop, 0));
    shop.sell("1000").await;
    shop.open_order("1001").await;
    let untimed = |name: &str| shop.view_at(name, None).with_amount(None);
    shop.there.lists_on(eve, vec![stranger("eve", "eve", None)]);
    let mut listed = vec![untimed("1000"), untimed("1001")];
    listed.push(stranger("today", "today", None));
    shop.there.lists_on(today, listed);
    let report = shop.reconcile().await;
    assert_eq!(only(&report).id.as_deref(), Some("today"));
    assert_eq!((report.agreed.paid, report.agreed.unpaid), (1, 1));
    assert_eq!((report.undated, report.listed), (0, 3));
    // A day may list what was paid on it, and not what was created on it: either day tells of it then.
    shop.there.mock.pay("1001");
    shop.there.lists_on(today, Vec::new());
    shop.there
        .lists_on(eve, vec![untimed("1000"), untimed("1001")]);
    for of in [eve, today] {
        let report = shop.reconcile_as(Reconciliation::of_day(of).unwrap()).await;
        assert_eq!(told(&report), [(Kind::PaidNotSettled, "1001")], "{of}");
        assert_eq!(report.agreed.paid, 1);
    }
}

async fn a_payment_without_any_time_is_told(place: &Place) {
    let shop = Shop::open(place).await;
    shop.sell("1000").await;
    let mut listed = vec![shop.view_at("1000", None)];
    listed.push(stranger("undated", "x", None));
    shop.there.lists(vec![listed]);
    let report = shop.reconcile().await;
    assert_eq!(only(&report).id.as_deref(), Some("undated"));
    assert_eq!(report.undated, 1);
    // The books say when the other one was created.
    let eve = Reconciliation::of_day(day(&shop, 1)).unwrap();
    let report = shop.reconcile_as(eve).await;
    assert_eq!((told(&report).len(), report.agreed.paid), (1, 0));
}

async fn a_payment_without_ids_is_found_by_its_reference(place: &Place) {
    let shop = Shop::open(place).await;
    shop.sell("1000").await;
    let nameless = Payment::new("mock", PaymentState::Paid, "so")
        .with_reference(Some("1000"))
        .with_created_at(Some(shop.now()));
    shop.there.lists(vec![vec![nameless]]);
    let report = shop.reconcile().await;
    assert!(report.agrees() && report.agreed.paid == 1, "{report:?}");
}

async fn a_page_that_does_not_come_ends_it(place: &Place) {
    // It declares a list and has none: every page fails.
    let shop = Shop::open(place).await;
    let broken = paylink_testkit::mock_provider::MockProvider::with(
        usual().supports(Capability::List),
        &shop.clock,
    );
    let account = paylink::Account::from_arc("main", broken);
    let day = Reconciliation::of_day(shop.day).unwrap();
    let failed = shop.books().reconcile(&account, &day).await.unwrap_err();
    assert!(matches!(failed, ReconcileError::List { .. }), "{failed}");
    let said = failed.to_string();
    assert!(
        said.starts_with(
            "the list of account \"main\" could not be read, and nothing was compared: "
        ),
        "{said}"
    );
}
