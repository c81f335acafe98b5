use paylink_sandbox::Sandbox;

use crate::shop::{Shop, http_build_query, new, refused, sign};

#[tokio::test]
async fn the_documented_vector_is_what_the_tests_sign_with() {
    let secret = "f7d36fd7f60ab0bac12051e0c3240508585dba741e126669bfbc06e002b9df6ac4e457b6";
    let message = http_build_query(&[("par1", "value1"), ("par2", "value2")]);
    assert_eq!(
        sign(secret, message.as_bytes()),
        "g1seBV5gkv7n4EjIdzMjl+ntJ256kvIe2kulu2SfTPk="
    );
}

#[tokio::test]
async fn a_signed_request_is_answered_whatever_its_text() {
    let sandbox = Sandbox::start().await.unwrap();
    let shop = Shop::of(&sandbox);
    for number in ["a b+c*d~e", "&=%'\"\r\n", "فاکتور ۱۲", "🙂", "-_.", "<b>"] {
        let trackid = shop.create(number).await;
        assert_eq!(shop.invoice(&trackid).await["invoice_number"], number);
    }
}

#[tokio::test]
async fn no_parameters_are_signed_as_the_empty_text() {
    let sandbox = Sandbox::start().await.unwrap();
    let reply = Shop::of(&sandbox).call("invoice-list", &[]).await;
    assert_eq!((reply.status, &reply.json()["total"]), (200, &0.into()));
}

#[tokio::test]
async fn credentials_are_required() {
    let sandbox = Sandbox::start().await.unwrap();
    let shop = Shop::of(&sandbox);
    let good = sign(shop.secret_key, b"");
    let by_other = sign(Shop::other_of(&sandbox).secret_key, b"");
    let unknown_key = "0".repeat(32);
    for (headers, message) in [
        (vec![("api_sign", good.as_str())], "api_key is missing."),
        (
            vec![("api_key", unknown_key.as_str()), ("api_sign", &good)],
            "api_key is not known.",
        ),
        (
            vec![
                ("api_key", shop.api_key),
                ("api_key", shop.api_key),
                ("api_sign", &good),
            ],
            "api_key is missing.",
        ),
        (vec![("api_key", shop.api_key)], "api_sign is missing."),
        (
            vec![("api_key", shop.api_key), ("api_sign", &by_other)],
            "api_sign does not match the request.",
        ),
        (
            vec![("api_key", shop.api_key), ("api_sign", "not base64!")],
            "api_sign does not match the request.",
        ),
    ] {
        let reply = shop.send("invoice-list", &headers, "").await;
        assert_eq!(refused(&reply, 401), message);
    }
}

#[tokio::test]
async fn a_signature_covers_the_bytes_of_the_body() {
    let sandbox = Sandbox::start().await.unwrap();
    let shop = Shop::of(&sandbox);
    let dear = http_build_query(&new("1", &[("amount", "100")]));
    let cheap = http_build_query(&new("1", &[("amount", "1")]));
    let sign_of_dear = sign(shop.secret_key, dear.as_bytes());
    let headers = [
        ("api_key", shop.api_key),
        ("api_sign", sign_of_dear.as_str()),
    ];

    let reply = shop.send("create-invoice", &headers, &cheap).await;
    assert_eq!(refused(&reply, 401), "api_sign does not match the request.");
    assert!(sandbox.zipay().invoices().is_empty());
    assert_eq!(
        shop.send("create-invoice", &headers, &dear).await.status,
        200
    );
}

#[tokio::test]
async fn a_body_that_php_would_write_otherwise_is_refused_even_if_signed_as_it_is() {
    let sandbox = Sandbox::start().await.unwrap();
    let shop = Shop::of(&sandbox);
    for body in [
        "invoice_number=a%20b",
        "invoice_number=a*b",
        "invoice_number=a~b",
        "invoice_number=a%2ab",
        "invoice_number=%61",
        "invoice_number=1&",
        "invoice_number=1&invoice_number=2",
        "invoice_number",
        "invoice_number[]=1",
    ] {
        let reply = shop.send_signed("invoice-list", body).await;
        let message = refused(&reply, 401);
        assert!(message.contains("http_build_query"), "{body}: {message}");
    }
}
