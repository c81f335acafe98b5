//! What comes with a request: read as a hint, however much comes and however many come at once.

use std::time::Duration;

use paylink::web::{BODY_TIMEOUT, MAX_NOTIFICATION_BYTES, MAX_RETURN_BYTES};

use crate::served::{Hints, ORDER, ORDER_IN_PATH, Served, back, hook};

const PAID: &str = "پرداخت شما تأیید شد";

#[tokio::test]
async fn a_hint_settles_its_order_by_any_method() {
    let (back, hook) = (back(ORDER_IN_PATH), hook(ORDER_IN_PATH));
    let requests = [
        format!("GET {back}?id=example-0 HTTP/1.1\r\n\r\n"),
        format!("POST {back}?id=example-0 HTTP/1.1\r\n\r\n"),
        format!("POST {back} HTTP/1.1\r\ncontent-length: 12\r\n\r\nid=example-0"),
        format!("POST {back}?lang=fa HTTP/1.1\r\ncontent-length: 12\r\n\r\nid=example-0"),
        format!("GET {hook}?id=example-0 HTTP/1.1\r\n\r\n"),
        format!("POST {hook}?id=example-0 HTTP/1.1\r\n\r\n"),
        format!(
            "POST {hook} HTTP/1.1\r\ncontent-type: text/x-odd\r\ncontent-length: 12\r\n\r\nid=example-0"
        ),
    ];
    for request in requests {
        let served = Served::by(Hints::Read).await;
        served.is_paid();
        let answer = served.send(request.as_bytes()).await;
        assert_eq!(answer.status, 200, "{request}");
        assert_eq!((served.delivered(), served.outbox()), (1, 1), "{request}");
    }
}

#[tokio::test]
async fn other_methods_are_refused_and_change_nothing() {
    let served = Served::by(Hints::Read).await;
    served.is_paid();
    for method in ["PUT", "DELETE", "PATCH"] {
        for path in [back(ORDER_IN_PATH), hook(ORDER_IN_PATH)] {
            let head = format!("{method} {path} HTTP/1.1\r\ncontent-length: 12\r\n\r\n");
            let answer = served.send(format!("{head}id=example-0").as_bytes()).await;
            assert_eq!(answer.status, 405, "{method}");
        }
    }
    assert_eq!(served.asked(), 0);
}

/// What cannot be read hints at nothing, and the payer of a paid order sees that it is paid.
#[tokio::test]
async fn an_order_is_looked_at_whatever_came_with_it() {
    for brought in [
        "",
        "?id=example-0&id=example-0",
        "?id=example-0&id=8",
        "?%ff%00",
        "?id",
        "?=&&",
        "?a[]=%3Cscript%3E",
    ] {
        let served = Served::by(Hints::Read).await;
        served.is_paid();
        let path = format!("{}{brought}", back(ORDER_IN_PATH));
        let answer = served.get(&path).await;
        assert_eq!(answer.status, 200, "{brought}");
        answer.says(PAID);
        assert!(!answer.body.contains("script"), "{brought}");
        assert_eq!(served.delivered(), 1, "{brought}");
    }
    for brought in [
        &b""[..],
        b"\xff\xfe",
        b"{\"id\":\"example-0\"}",
        b"id=example-0&id=example-0",
    ] {
        for path in [back(ORDER_IN_PATH), hook(ORDER_IN_PATH)] {
            let served = Served::by(Hints::Read).await;
            served.is_paid();
            assert_eq!(served.post(&path, brought).await.status, 200, "{brought:?}");
            assert_eq!(served.delivered(), 1, "{brought:?}");
        }
    }
}

/// The form and the query are read as one, so that neither can say again what the other said.
#[tokio::test]
async fn a_form_that_contradicts_its_query_hints_at_nothing() {
    let served = Served::by(Hints::Read).await;
    let path = format!("{}?id=8", back(ORDER_IN_PATH));
    let answer = served.post(&path, b"id=example-0").await;
    answer.says("هنوز پرداختی نرسیده است");
    assert_eq!(served.asked(), 1, "it was looked at without a hint");
}

/// A payer with a hint that is nearly right is told where the order stands.
#[tokio::test]
async fn a_hint_at_another_payment_keeps_no_paid_order_from_its_payer() {
    let (back, hook) = (back(ORDER_IN_PATH), hook(ORDER_IN_PATH));
    for request in [
        format!("GET {back}?id=8 HTTP/1.1\r\n\r\n"),
        format!("GET {back}?id=example-%DB%B0 HTTP/1.1\r\n\r\n"),
        format!("POST {back} HTTP/1.1\r\ncontent-length: 4\r\n\r\nid=8"),
        format!("POST {hook} HTTP/1.1\r\ncontent-length: 4\r\n\r\nid=8"),
        format!("GET {hook}?id=8 HTTP/1.1\r\n\r\n"),
    ] {
        let served = Served::by(Hints::Read).await;
        served.is_paid();
        let answer = served.send(request.as_bytes()).await;
        assert_eq!(answer.status, 200, "{request}");
        if !answer.body.is_empty() {
            answer.says(PAID);
        }
        assert_eq!((served.delivered(), served.outbox()), (1, 1), "{request}");
    }
}

#[tokio::test]
async fn a_hint_at_another_payment_settles_no_unpaid_order() {
    let served = Served::by(Hints::Read).await;
    let answer = served.get(&format!("{}?id=8", back(ORDER_IN_PATH))).await;
    answer.says("هنوز پرداختی نرسیده است");
    assert_eq!(served.post(&hook(ORDER_IN_PATH), b"id=8").await.status, 200);
    assert_eq!((served.delivered(), served.outbox()), (0, 0));
}

/// A visitor who asks again and again is shown what was seen before, and a sender is told when to come.
#[tokio::test]
async fn a_stranger_does_not_have_the_provider_asked_again_and_again() {
    let served = Served::pausing(Hints::Read, Duration::from_secs(60 * 60)).await;
    let _ = served.desk.open(ORDER).await.unwrap();
    for _ in 0..20 {
        let answer = served.get(&back(ORDER_IN_PATH)).await;
        assert_eq!(answer.status, 200);
        answer.says("هنوز پرداختی نرسیده است");
    }
    assert_eq!(served.asked(), 1);
    // The first hint at the payment itself is followed at once.
    let answer = served.post(&hook(ORDER_IN_PATH), b"id=example-0").await;
    assert_eq!(answer.status, 200);
    assert_eq!(served.asked(), 2);
    for body in [&b"id=example-0"[..], b"id=8", b"", b"\xff"] {
        let answer = served.post(&hook(ORDER_IN_PATH), body).await;
        assert_eq!(answer.status, 503);
        let after: u64 = answer.header("retry-after").unwrap().parse().unwrap();
        assert!((3_590..=3_600).contains(&after), "{after}");
    }
    assert_eq!(served.asked(), 2);
}

/// A provider that documents no hints is not asked to read any: the path's order is looked at.
#[tokio::test]
async fn a_mute_provider_is_asked_about_the_paths_order() {
    let served = Served::by(Hints::None).await;
    served.is_paid();
    let answer = served.get(&format!("{}?id=8", back(ORDER_IN_PATH))).await;
    answer.says(PAID);
    let store = served.desk.store();
    assert_eq!(store.deliveries()[0].order(), ORDER);
}

/// Two returns and a notification at the same moment, in many rounds.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_order_is_delivered_once_however_many_requests_come_at_once() {
    for _ in 0..50 {
        let served = Served::by(Hints::Read).await;
        served.is_paid();
        let (back, hook) = (back(ORDER_IN_PATH), hook(ORDER_IN_PATH));
        let query = format!("{back}?id=example-0");
        let (one, other, called) = tokio::join!(
            served.get(&query),
            served.get(&back),
            served.post(&hook, b"id=example-0"),
        );
        assert_eq!((one.status, other.status, called.status), (200, 200, 200));
        assert_eq!((served.delivered(), served.outbox()), (1, 1));
        assert_eq!(served.asked(), 1, "the others read what the first wrote");
    }
}

/// A caller who hangs up half-way keeps no other waiting for the end of a claim.
#[tokio::test]
async fn the_work_goes_on_when_the_payer_hangs_up() {
    let served = Served::by(Hints::Read).await;
    served.is_paid();
    let request = format!("GET {}?id=example-0 HTTP/1.1\r\n\r\n", back(ORDER_IN_PATH));
    let tcp = served.send_half(request.as_bytes()).await;
    let begun = async {
        while served.asked() == 0 {
            tokio::time::sleep(Duration::from_micros(100)).await;
        }
        drop(tcp);
        while served.delivered() == 0 {
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
    };
    let done = tokio::time::timeout(Duration::from_secs(10), begun).await;
    assert!(done.is_ok(), "it was given up with the connection");
    assert_eq!(served.get(&back(ORDER_IN_PATH)).await.status, 200);
    assert_eq!(served.outbox(), 1);
}

/// A hint, filled up to so many bytes.
fn hint_of(bytes: usize) -> String {
    let hint = "id=example-0&filler=";
    format!("{hint}{}", "x".repeat(bytes - hint.len()))
}

#[tokio::test]
async fn a_query_is_read_up_to_its_bound() {
    let served = Served::by(Hints::Read).await;
    for path in [back(ORDER_IN_PATH), hook(ORDER_IN_PATH)] {
        let longest = hint_of(MAX_RETURN_BYTES);
        assert_eq!(served.get(&format!("{path}?{longest}")).await.status, 200);
        let answer = served.get(&format!("{path}?{longest}x")).await;
        answer.is(414, "The query is too long.");
    }
    assert_eq!(served.asked(), 2, "what is too long is not looked at");
}

#[tokio::test]
async fn a_posted_return_is_read_up_to_its_bound() {
    let served = Served::by(Hints::Read).await;
    let path = back(ORDER_IN_PATH);
    let largest = hint_of(MAX_RETURN_BYTES);
    assert_eq!(served.post(&path, largest.as_bytes()).await.status, 200);
    let answer = served.post(&path, format!("{largest}x").as_bytes()).await;
    answer.is(413, "The body is too large.");
    assert_eq!(served.asked(), 1);
}

#[tokio::test]
async fn a_notification_is_read_up_to_its_bound_whether_it_tells_its_length_or_not() {
    let served = Served::by(Hints::Read).await;
    let path = hook(ORDER_IN_PATH);
    let largest = hint_of(MAX_NOTIFICATION_BYTES);
    let too_large = format!("{largest}x");
    assert_eq!(served.post(&path, largest.as_bytes()).await.status, 200);
    let answer = served.post_chunked(&path, largest.as_bytes()).await;
    assert_eq!(answer.status, 200);
    assert_eq!(served.post(&path, too_large.as_bytes()).await.status, 413);
    let answer = served.post_chunked(&path, too_large.as_bytes()).await;
    assert_eq!(answer.status, 413);
    assert_eq!(served.asked(), 2);
}

/// Who sends without end is answered before the end.
#[tokio::test]
async fn an_endless_notification_is_refused_while_it_comes() {
    let served = Served::by(Hints::Read).await;
    let path = hook(ORDER_IN_PATH);
    let mut endless = format!("POST {path} HTTP/1.1\r\ntransfer-encoding: chunked\r\n\r\n");
    for _ in 0..MAX_NOTIFICATION_BYTES / 1_000 + 1 {
        endless.push_str(&format!("3e8\r\n{}\r\n", "x".repeat(1_000)));
    }
    assert_eq!(served.send(endless.as_bytes()).await.status, 413);
    let announced = format!("POST {path} HTTP/1.1\r\ncontent-length: 99999999999\r\n\r\n");
    assert_eq!(served.send(announced.as_bytes()).await.status, 413);
    assert_eq!(served.asked(), 0);
}

#[tokio::test]
async fn a_body_that_breaks_off_is_not_taken_for_a_whole_one() {
    let served = Served::by(Hints::Read).await;
    served.is_paid();
    let path = hook(ORDER_IN_PATH);
    let cut =
        format!("POST {path} HTTP/1.1\r\ntransfer-encoding: chunked\r\n\r\n4\r\nid=7\r\nno chunk");
    let answer = served.send(cut.as_bytes()).await;
    answer.is(400, "The body ended too early.");
    assert_eq!(served.asked(), 0);
}

/// A body that does not come to its end is not waited for without end.
#[tokio::test(start_paused = true)]
async fn a_body_that_does_not_come_in_time_is_refused() {
    let served = Served::by(Hints::Read).await;
    for path in [back(ORDER_IN_PATH), hook(ORDER_IN_PATH)] {
        let begun = tokio::time::Instant::now();
        let half = format!("POST {path} HTTP/1.1\r\ncontent-length: 9\r\n\r\nid=7");
        let answer = served.send(half.as_bytes()).await;
        answer.is(408, "The body came too slowly.");
        assert!(begun.elapsed() >= BODY_TIMEOUT);
    }
    assert_eq!(served.asked(), 0);
}
