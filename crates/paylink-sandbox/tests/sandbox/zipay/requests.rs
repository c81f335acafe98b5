//! Signatures, refusals and lists.

use paylink_sandbox::zipay::VERIFY_WITHIN;
use serde_json::{Value, json};

use crate::client::{JSON, Param, get, of, send};
use crate::zipay::{Shop, http_build_query, new, open, refused, sign, snapshot};

#[tokio::test]
async fn the_documented_vector_is_what_the_tests_sign_with() {
    let secret = "f7d36fd7f60ab0bac12051e0c3240508585dba741e126669bfbc06e002b9df6ac4e457b6";
    let message = http_build_query(&[("par1", "value1"), ("par2", "value2")]);
    let documented = "g1seBV5gkv7n4EjIdzMjl+ntJ256kvIe2kulu2SfTPk=";
    assert_eq!(sign(secret, message.as_bytes()), documented);
}

#[tokio::test]
async fn a_signed_request_is_answered_whatever_its_text() {
    let (_sandbox, shop) = open().await;
    for number in ["a b+c*d~e", "&=%'\"\r\n", "فاکتور ۱۲", "🙂", "-_.", "<b>"] {
        let trackid = shop.create(number).await;
        assert_eq!(shop.invoice(&trackid).await["invoice_number"], number);
    }
}

#[tokio::test]
async fn no_parameters_are_signed_as_the_empty_text() {
    let (_sandbox, shop) = open().await;
    let reply = shop.call("invoice-list", &[]).await;
    assert_eq!((reply.status, &reply.json()["total"]), (200, &0.into()));
}

#[tokio::test]
async fn credentials_are_required() {
    let (sandbox, shop) = open().await;
    let good = sign(&shop.secret_key, b"");
    let by_other = sign(&Shop::other_of(&sandbox).secret_key, b"");
    let unknown_key = "0".repeat(32);
    let cut = good.trim_end_matches('=');
    #[rustfmt::skip]
    let cases = [
        (vec![("api_sign", good.as_str())], "api_key is missing."),
        (vec![("api_key", unknown_key.as_str()), ("api_sign", &good)], "api_key is not known."),
        (vec![("api_key", &shop.api_key), ("api_key", &shop.api_key), ("api_sign", &good)], "api_key is missing."),
        (vec![("api_key", &shop.api_key)], "api_sign is missing."),
        (vec![("api_key", &shop.api_key), ("api_sign", &by_other)], "api_sign does not match the request."),
        (vec![("api_key", &shop.api_key), ("api_sign", "not base64!")], "api_sign does not match the request."),
        (vec![("api_key", &shop.api_key), ("api_sign", cut)], "api_sign does not match the request."),
        (vec![("api_key", &shop.api_key), ("api_sign", "")], "api_sign does not match the request."),
    ];
    for (headers, message) in cases {
        let reply = shop.send("invoice-list", &headers, "").await;
        assert_eq!(refused(&reply, 401), message);
    }
}

#[tokio::test]
async fn a_signature_covers_the_bytes_of_the_body() {
    let (sandbox, shop) = open().await;
    let high = http_build_query(&new("1", &[("amount", "100")]));
    let low = http_build_query(&new("1", &[("amount", "1")]));
    let sign_of_high = sign(&shop.secret_key, high.as_bytes());
    let headers = [
        ("api_key", shop.api_key.as_str()),
        ("api_sign", sign_of_high.as_str()),
    ];

    let reply = shop.send("create-invoice", &headers, &low).await;
    assert_eq!(refused(&reply, 401), "api_sign does not match the request.");
    assert!(sandbox.zipay().invoices().is_empty());
    let reply = shop.send("create-invoice", &headers, &high).await;
    assert_eq!(reply.status, 200);
}

#[tokio::test]
async fn a_body_that_php_would_write_otherwise_is_refused_even_if_signed_as_it_is() {
    let (_sandbox, shop) = open().await;
    #[rustfmt::skip]
    let cases = [
        "invoice_number=a%20b", "invoice_number=a*b", "invoice_number=a~b", "invoice_number=a%2ab",
        "invoice_number=%61", "invoice_number=1&", "invoice_number=1&invoice_number=2",
        "invoice_number", "invoice_number[]=1",
    ];
    for body in cases {
        let reply = shop.send_signed("invoice-list", body).await;
        let message = refused(&reply, 401);
        assert!(message.contains("http_build_query"), "{body}: {message}");
    }
}

#[tokio::test]
async fn a_create_is_refused_for_each_field_and_makes_nothing() {
    let (sandbox, shop) = open().await;
    let long = "x".repeat(201);
    #[rustfmt::skip]
    let cases = [
        ("terminal_number", "", "terminal_number is required"),
        ("terminal_number", "abc", "terminal_number must be an integer"),
        ("terminal_number", "-1003", "terminal_number must be an integer"),
        ("terminal_number", "99999999999999999999", "terminal_number must be an integer"),
        ("terminal_number", "2001", "terminal_number is not one of the merchant's"),
        ("amount", "", "amount is required"),
        ("amount", "0", "amount must be a positive decimal number"),
        ("amount", "-5", "amount must be a positive decimal number"),
        ("amount", "12,5x", "amount must be a positive decimal number"),
        ("amount", "1e3", "amount must be a positive decimal number"),
        ("currency", "", "currency is required"),
        ("currency", "EUR", "currency must be USD, USDT or IRT"),
        ("currency", "usd", "currency must be USD, USDT or IRT"),
        ("invoice_number", "", "invoice_number is required"),
        ("invoice_number", &long, "invoice_number must have at most 200 characters"),
        ("national_id", "1234567890", "national_id is not a valid national id"),
        ("callback", "", "callback is required"),
        ("callback", "shop.example", "callback must be an http or https URL"),
        ("callback", "javascript:alert(1)", "callback must be an http or https URL"),
        ("webhook", "ftp://shop.example/", "webhook must be an http or https URL"),
    ];
    for (name, value, message) in cases {
        let params = new("1", &[(name, value)]);
        let reply = shop.call("create-invoice", &params).await;
        assert_eq!(refused(&reply, 422), message);
    }
    assert!(sandbox.zipay().invoices().is_empty());
}

#[tokio::test]
async fn an_invoice_number_is_used_once_per_terminal() {
    let (sandbox, shop) = open().await;
    shop.create("1000").await;

    let params = new("1000", &[("amount", "1")]);
    let again = refused(&shop.call("create-invoice", &params).await, 422);
    assert_eq!(again, "invoice_number has already been taken");

    let second = sandbox.zipay().second_terminal().to_string();
    let other = Shop::other_of(&sandbox);
    for (shop, terminal) in [(&shop, &*second), (&other, "2001")] {
        let terminal = [("terminal_number", terminal)];
        shop.create_with("1000", &terminal).await;
    }
    assert_eq!(sandbox.zipay().invoices().len(), 3);
}

#[tokio::test]
async fn two_hundred_characters_are_counted_as_characters() {
    let (_sandbox, shop) = open().await;
    shop.create(&"ش".repeat(200)).await;
}

#[tokio::test]
async fn an_invoice_is_found_by_its_own_merchant_alone() {
    let (sandbox, shop) = open().await;
    let other = Shop::other_of(&sandbox);
    let trackid = shop.create("1").await;
    sandbox.zipay().pay(&trackid).unwrap();

    for operation in ["invoice-status", "invoice-verify", "invoice-refund"] {
        let unknown = "de7d44ae-9df9-487f-a175-ade1ecfab28b";
        let reply = shop.call(operation, &[("trackid", unknown)]).await;
        assert_eq!(refused(&reply, 404), "The invoice was not found.");
        let reply = other.call(operation, &[("trackid", &trackid)]).await;
        assert_eq!(refused(&reply, 404), "The invoice was not found.");
        let reply = shop.call(operation, &[]).await;
        assert_eq!(refused(&reply, 422), "trackid is required");
    }
    assert_eq!(snapshot(&sandbox, &trackid).times_verified(), 0);
}

#[tokio::test]
async fn what_is_not_the_documented_request_is_refused() {
    let (sandbox, shop) = open().await;
    let unknown = shop.call("exchange", &[]).await;
    assert_eq!(refused(&unknown, 404), "There is no such method.");

    let get = get(&sandbox, "/zipay/api/invoice-list").await;
    assert_eq!(refused(&get, 405), "Only POST is allowed.");

    let body = r#"{"trackid":"1"}"#;
    let api_sign = sign(&shop.secret_key, body.as_bytes());
    let headers = [
        ("api_key", shop.api_key.as_str()),
        ("api_sign", &api_sign),
        JSON,
    ];
    let path = "/zipay/api/invoice-status";
    let json = send(sandbox.url(), "POST", path, &headers, body.as_bytes()).await;
    assert!(refused(&json, 422).contains("x-www-form-urlencoded"));
}

#[tokio::test]
async fn text_that_is_not_utf_8_is_refused() {
    let (_sandbox, shop) = open().await;
    let reply = shop.send_signed("invoice-status", "trackid=%FF%FE").await;
    assert_eq!(refused(&reply, 422), "trackid is not valid UTF-8");
}

#[tokio::test]
async fn no_signed_body_brings_it_down() {
    let (_sandbox, shop) = open().await;
    let mut state = 1_u64;
    for round in 0..300 {
        let mut body = String::from("trackid=&amount=&limit=99999999999999999999&page=");
        for _ in 0..round % 40 {
            state = state
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1);
            let odd = ['%', '&', '=', '+', '\u{0}', '9', 'ی', '[', '.', '-'];
            body.push(odd[usize::try_from(state >> 33).unwrap() % odd.len()]);
        }
        #[rustfmt::skip]
        let operations = [
            "create-invoice", "invoice-status", "invoice-verify", "invoice-list", "invoice-refund",
        ];
        let reply = shop.send_signed(operations[round % 5], &body).await;
        assert!(matches!(reply.status, 401 | 422), "{body:?}: {reply:?}");
        refused(&reply, reply.status);
    }
}

async fn list(shop: &Shop, params: &[Param<'_>]) -> Value {
    let reply = shop.call("invoice-list", params).await;
    assert_eq!(reply.status, 200, "{reply:?}");
    reply.json()
}

fn numbers(list: &Value) -> Vec<&str> {
    let items = list["items"].as_array().unwrap().iter();
    let numbers = items.map(|item| item["invoice_number"].as_str());
    numbers.map(Option::unwrap).collect()
}

#[tokio::test]
async fn pages_go_through_all_invoices_once() {
    let (_sandbox, shop) = open().await;
    for number in 1..=12 {
        shop.create(&number.to_string()).await;
    }
    let first = list(&shop, &[]).await;
    assert_eq!(numbers(&first).join(" "), "12 11 10 9 8 7 6 5 4 3");
    assert_eq!((&first["total"], &first["limit"]), (&json!(12), &json!(10)));
    assert_eq!(of(&first, &["page", "sort"]), json!([1, "desc"]));
    assert_eq!(of(&first, &["success", "status"]), json!([true, 200]));
    assert_eq!(numbers(&list(&shop, &[("page", "2")]).await), ["2", "1"]);
    assert!(numbers(&list(&shop, &[("page", "3")]).await).is_empty());

    let ascending = [("limit", "5"), ("page", "2"), ("sort", "asc")];
    let ascending = list(&shop, &ascending).await;
    assert_eq!(numbers(&ascending), ["6", "7", "8", "9", "10"]);
}

#[tokio::test]
async fn filters_narrow_the_list_and_its_total() {
    let (sandbox, shop) = open().await;
    shop.create("1").await;
    let paid = shop.create("2").await;
    sandbox.zipay().pay(&paid).unwrap();
    shop.create_with("1", &[("terminal_number", "1004")]).await;

    let of_first = ("terminal_number", "1003");
    let filters: [(&[Param<'_>], &[&str]); 5] = [
        (&[("invoice_number", "1")], &["1", "1"]),
        (&[of_first, ("invoice_number", "1")], &["1"]),
        (&[("status", "pending")], &["2"]),
        (&[("status", "refunded")], &[]),
        (&[("terminal_number", "2001")], &[]),
    ];
    for (filter, expected) in filters {
        let listed = list(&shop, filter).await;
        assert_eq!(numbers(&listed), expected, "{filter:?}");
        assert_eq!(listed["total"], expected.len(), "{filter:?}");
    }
}

#[tokio::test]
async fn another_merchants_invoices_are_not_listed() {
    let (sandbox, shop) = open().await;
    let other = Shop::other_of(&sandbox);
    other.create_with("1", &[("terminal_number", "2001")]).await;
    assert_eq!(list(&shop, &[]).await["total"], 0);
    assert_eq!(list(&other, &[]).await["total"], 1);
}

#[tokio::test]
async fn a_limit_is_capped_at_a_hundred() {
    let (_sandbox, shop) = open().await;
    for number in 0..101 {
        shop.create(&number.to_string()).await;
    }
    let list = list(&shop, &[("limit", "1000")]).await;
    assert_eq!((numbers(&list).len(), &list["limit"]), (100, &json!(100)));
}

#[tokio::test]
async fn overdue_invoices_are_listed_as_they_stand() {
    let (sandbox, shop) = open().await;
    let trackid = shop.create("1").await;
    sandbox.zipay().pay(&trackid).unwrap();
    sandbox.clock().advance(VERIFY_WITHIN);
    let rejected = list(&shop, &[("status", "rejected")]).await;
    assert_eq!(numbers(&rejected), ["1"]);
}

#[tokio::test]
async fn what_cannot_be_listed_is_refused() {
    let (_sandbox, shop) = open().await;
    for (name, value, message) in [
        ("terminal_number", "x", "terminal_number must be an integer"),
        ("status", "paid", "status is not a known status"),
        ("limit", "0", "limit must be at least 1"),
        ("limit", "ten", "limit must be an integer"),
        ("page", "0", "page must be at least 1"),
        ("page", "-1", "page must be an integer"),
        ("sort", "up", "sort must be asc or desc"),
    ] {
        let reply = shop.call("invoice-list", &[(name, value)]).await;
        assert_eq!(refused(&reply, 422), message);
    }
    let last = list(&shop, &[("page", "18446744073709551615")]).await;
    assert_eq!(last["items"], json!([]));
}
