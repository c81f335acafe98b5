use std::time::Duration;

use crate::mock_pages::MockPages;
use crate::served::{ORDER, ORDER_IN_PATH, Served, back, hook};

const PAID: &str = "پرداخت شما تأیید شد";

#[tokio::test]
async fn a_hint_settles_its_order_by_any_method() {
    let (back, hook) = (back(ORDER_IN_PATH), hook(ORDER_IN_PATH));
    let requests = [
        format!("GET {back}?id=7 HTTP/1.1\r\n\r\n"),
        format!("POST {back}?id=7 HTTP/1.1\r\n\r\n"),
        format!("POST {back} HTTP/1.1\r\ncontent-length: 4\r\n\r\nid=7"),
        format!("POST {back}?lang=fa HTTP/1.1\r\ncontent-length: 4\r\n\r\nid=7"),
        format!("GET {hook}?id=7 HTTP/1.1\r\n\r\n"),
        format!("POST {hook}?id=7 HTTP/1.1\r\n\r\n"),
        format!(
            "POST {hook} HTTP/1.1\r\ncontent-type: text/x-odd\r\ncontent-length: 4\r\n\r\nid=7"
        ),
    ];
    for request in requests {
        let served = Served::by(MockPages::talkative()).await;
        served.clerk.is_paid();
        let answer = served.send(request.as_bytes()).await;
        assert_eq!(answer.status, 200, "{request}");
        assert_eq!((served.delivered(), served.outbox()), (1, 1), "{request}");
    }
}

#[tokio::test]
async fn other_methods_are_refused_and_change_nothing() {
    let served = Served::by(MockPages::talkative()).await;
    served.clerk.is_paid();
    for method in ["PUT", "DELETE", "PATCH"] {
        for path in [back(ORDER_IN_PATH), hook(ORDER_IN_PATH)] {
            let request = format!("{method} {path} HTTP/1.1\r\ncontent-length: 4\r\n\r\nid=7");
            assert_eq!(
                served.send(request.as_bytes()).await.status,
                405,
                "{method}"
            );
        }
    }
    assert_eq!(served.clerk.asked(), 0);
}

/// What cannot be read hints at nothing, and the payer of a paid order sees that it is paid.
#[tokio::test]
async fn an_order_is_looked_at_whatever_came_with_it() {
    for brought in [
        "",
        "?id=7&id=7",
        "?id=7&id=8",
        "?%ff%00",
        "?id",
        "?=&&",
        "?a[]=%3Cscript%3E",
    ] {
        let served = Served::by(MockPages::talkative()).await;
        served.clerk.is_paid();
        let answer = served
            .get(&format!("{}{brought}", back(ORDER_IN_PATH)))
            .await;
        assert_eq!(answer.status, 200, "{brought}");
        assert!(answer.body.contains(PAID), "{brought}");
        assert!(!answer.body.contains("script"), "{brought}");
        assert_eq!(served.delivered(), 1, "{brought}");
    }
    for brought in [&b""[..], b"\xff\xfe", b"{\"id\":7}", b"id=7&id=7"] {
        for path in [back(ORDER_IN_PATH), hook(ORDER_IN_PATH)] {
            let served = Served::by(MockPages::talkative()).await;
            served.clerk.is_paid();
            assert_eq!(served.post(&path, brought).await.status, 200, "{brought:?}");
            assert_eq!(served.delivered(), 1, "{brought:?}");
        }
    }
}

/// The form and the query are read as one, so that neither can say again what the other said.
#[tokio::test]
async fn a_form_that_contradicts_its_query_hints_at_nothing() {
    let served = Served::by(MockPages::talkative()).await;
    let path = format!("{}?id=8", back(ORDER_IN_PATH));
    let answer = served.post(&path, b"id=7").await;
    assert!(
        answer.body.contains("هنوز پرداختی نرسیده است"),
        "{}",
        answer.body
    );
    assert_eq!(served.clerk.asked(), 1, "it was looked at without a hint");
}

/// Whoever was sent a hint that is nearly right is told where the order stands.
#[tokio::test]
async fn a_hint_at_another_payment_keeps_no_paid_order_from_its_payer() {
    let (back, hook) = (back(ORDER_IN_PATH), hook(ORDER_IN_PATH));
    for request in [
        format!("GET {back}?id=8 HTTP/1.1\r\n\r\n"),
        format!("GET {back}?id=%DB%B7 HTTP/1.1\r\n\r\n"),
        format!("POST {back} HTTP/1.1\r\ncontent-length: 4\r\n\r\nid=8"),
        format!("POST {hook} HTTP/1.1\r\ncontent-length: 4\r\n\r\nid=8"),
        format!("GET {hook}?id=8 HTTP/1.1\r\n\r\n"),
    ] {
        let served = Served::by(MockPages::talkative()).await;
        served.clerk.is_paid();
        let answer = served.send(request.as_bytes()).await;
        assert_eq!(answer.status, 200, "{request}");
        assert!(
            answer.body.is_empty() || answer.body.contains(PAID),
            "{}",
            answer.body
        );
        assert_eq!((served.delivered(), served.outbox()), (1, 1), "{request}");
    }
}

#[tokio::test]
async fn a_hint_at_another_payment_settles_no_unpaid_order() {
    let served = Served::by(MockPages::talkative()).await;
    let answer = served.get(&format!("{}?id=8", back(ORDER_IN_PATH))).await;
    assert!(
        answer.body.contains("هنوز پرداختی نرسیده است"),
        "{}",
        answer.body
    );
    assert_eq!(served.post(&hook(ORDER_IN_PATH), b"id=8").await.status, 200);
    assert_eq!((served.delivered(), served.outbox()), (0, 0));
}

/// Whoever asks again and again is shown what was seen before, and a sender is told when to come.
#[tokio::test]
async fn a_stranger_does_not_have_the_provider_asked_again_and_again() {
    let served = Served::pausing(MockPages::talkative(), Duration::from_secs(60 * 60)).await;
    let _ = served.desk.open(ORDER).await.unwrap();
    for _ in 0..20 {
        let answer = served.get(&back(ORDER_IN_PATH)).await;
        assert_eq!(answer.status, 200);
        assert!(
            answer.body.contains("هنوز پرداختی نرسیده است"),
            "{}",
            answer.body
        );
    }
    assert_eq!(served.clerk.asked(), 1);
    // The first hint at the payment itself is followed at once.
    assert_eq!(served.post(&hook(ORDER_IN_PATH), b"id=7").await.status, 200);
    assert_eq!(served.clerk.asked(), 2);
    for body in [&b"id=7"[..], b"id=8", b"", b"\xff"] {
        let answer = served.post(&hook(ORDER_IN_PATH), body).await;
        assert_eq!(answer.status, 503);
        let after: u64 = answer.header("retry-after").unwrap().parse().unwrap();
        assert!((3_590..=3_600).contains(&after), "{after}");
    }
    assert_eq!(served.clerk.asked(), 2);
}

/// A provider that documents no hints is not asked to read any: the path's order is looked at.
#[tokio::test]
async fn a_mute_provider_is_asked_about_the_paths_order() {
    let served = Served::by(MockPages::mute()).await;
    served.clerk.is_paid();
    let answer = served.get(&format!("{}?id=8", back(ORDER_IN_PATH))).await;
    assert!(answer.body.contains(PAID), "{}", answer.body);
    let store = served.desk.store();
    assert_eq!(store.deliveries()[0].order(), ORDER);
}
