use paylink::web::Routes;

use crate::mock_pages::MockPages;
use crate::served::{ORDER, ORDER_IN_PATH, Served};

#[test]
fn an_address_stands_for_one_order_and_no_other() {
    let routes = Routes::new("https://shop.example/pay/").unwrap();
    let of = |order: &str| routes.return_url(order).unwrap();
    let base = "https://shop.example/pay/return/";
    for (order, path) in [
        ("1000", "1000"),
        ("a/b", "a%2Fb"),
        ("a%2Fb", "a%252Fb"),
        ("?x=1#y", "%3Fx%3D1%23y"),
        ("a b+c", "a%20b%2Bc"),
        ("...", "..."),
        (ORDER, ORDER_IN_PATH),
    ] {
        assert_eq!(of(order), format!("{base}{path}"));
    }
}

#[test]
fn a_name_that_a_path_loses_has_no_address() {
    let routes = Routes::new("https://shop.example").unwrap();
    let long = "x".repeat(201);
    for order in ["", ".", "..", "a\nb", "\0", &long] {
        assert!(routes.return_url(order).is_err(), "{order:?}");
        assert!(routes.notify_url(order).is_err(), "{order:?}");
    }
}

#[test]
fn routes_begin_at_a_whole_address() {
    for base in [
        "shop.example",
        "/pay",
        "ftp://shop.example",
        "https://shop.example/?a=1",
        "https://shop.example/#a",
        "https://a:b@shop.example",
    ] {
        assert!(Routes::new(base).is_err(), "{base}");
    }
}

/// What the routes write is what the router answers.
#[tokio::test]
async fn the_router_answers_where_the_routes_lead() {
    let served = Served::by(MockPages::talkative()).await;
    served.clerk.is_paid();
    let routes = Routes::new("https://shop.example/any/pay").unwrap();
    let url = routes.return_url(ORDER).unwrap();
    let path = url.strip_prefix("https://shop.example").unwrap();
    assert_eq!(served.get(path).await.status, 200);
    assert_eq!(served.delivered(), 1);
}
