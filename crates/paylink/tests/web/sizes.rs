use paylink::web::{BODY_TIMEOUT, MAX_NOTIFICATION_BYTES, MAX_RETURN_BYTES};

use crate::mock_pages::MockPages;
use crate::served::{ORDER_IN_PATH, Served, back, hook};

/// A hint, filled up to so many bytes.
fn hint_of(bytes: usize) -> String {
    let hint = "id=7&filler=";
    format!("{hint}{}", "x".repeat(bytes - hint.len()))
}

#[tokio::test]
async fn a_query_is_read_up_to_its_bound() {
    let served = Served::by(MockPages::talkative()).await;
    for path in [back(ORDER_IN_PATH), hook(ORDER_IN_PATH)] {
        let longest = hint_of(MAX_RETURN_BYTES);
        assert_eq!(served.get(&format!("{path}?{longest}")).await.status, 200);
        let answer = served.get(&format!("{path}?{longest}x")).await;
        assert_eq!(
            (answer.status, &*answer.body),
            (414, "The query is too long.")
        );
    }
    assert_eq!(served.clerk.asked(), 2, "what is too long is not looked at");
}

#[tokio::test]
async fn a_posted_return_is_read_up_to_its_bound() {
    let served = Served::by(MockPages::talkative()).await;
    let path = back(ORDER_IN_PATH);
    let largest = hint_of(MAX_RETURN_BYTES);
    assert_eq!(served.post(&path, largest.as_bytes()).await.status, 200);
    let answer = served.post(&path, format!("{largest}x").as_bytes()).await;
    assert_eq!(
        (answer.status, &*answer.body),
        (413, "The body is too large.")
    );
    assert_eq!(served.clerk.asked(), 1);
}

#[tokio::test]
async fn a_notification_is_read_up_to_its_bound_whether_it_tells_its_length_or_not() {
    let served = Served::by(MockPages::talkative()).await;
    let path = hook(ORDER_IN_PATH);
    let largest = hint_of(MAX_NOTIFICATION_BYTES);
    let too_large = format!("{largest}x");
    assert_eq!(served.post(&path, largest.as_bytes()).await.status, 200);
    assert_eq!(
        served.post_chunked(&path, largest.as_bytes()).await.status,
        200
    );
    assert_eq!(served.post(&path, too_large.as_bytes()).await.status, 413);
    assert_eq!(
        served
            .post_chunked(&path, too_large.as_bytes())
            .await
            .status,
        413
    );
    assert_eq!(served.clerk.asked(), 2);
}

/// Who sends without end is answered before the end.
#[tokio::test]
async fn an_endless_notification_is_refused_while_it_comes() {
    let served = Served::by(MockPages::talkative()).await;
    let path = hook(ORDER_IN_PATH);
    let mut endless = format!("POST {path} HTTP/1.1\r\ntransfer-encoding: chunked\r\n\r\n");
    for _ in 0..MAX_NOTIFICATION_BYTES / 1_000 + 1 {
        endless.push_str(&format!("3e8\r\n{}\r\n", "x".repeat(1_000)));
    }
    assert_eq!(served.send(endless.as_bytes()).await.status, 413);
    let announced = format!("POST {path} HTTP/1.1\r\ncontent-length: 99999999999\r\n\r\n");
    assert_eq!(served.send(announced.as_bytes()).await.status, 413);
    assert_eq!(served.clerk.asked(), 0);
}

#[tokio::test]
async fn a_body_that_breaks_off_is_not_taken_for_a_whole_one() {
    let served = Served::by(MockPages::talkative()).await;
    served.clerk.is_paid();
    let path = hook(ORDER_IN_PATH);
    let cut =
        format!("POST {path} HTTP/1.1\r\ntransfer-encoding: chunked\r\n\r\n4\r\nid=7\r\nno chunk");
    let answer = served.send(cut.as_bytes()).await;
    assert_eq!(
        (answer.status, &*answer.body),
        (400, "The body ended too early.")
    );
    assert_eq!(served.clerk.asked(), 0);
}

/// A body that does not come to its end is not waited for without end.
#[tokio::test(start_paused = true)]
async fn a_body_that_does_not_come_in_time_is_refused() {
    let served = Served::by(MockPages::talkative()).await;
    for path in [back(ORDER_IN_PATH), hook(ORDER_IN_PATH)] {
        let begun = tokio::time::Instant::now();
        let half = format!("POST {path} HTTP/1.1\r\ncontent-length: 9\r\n\r\nid=7");
        let answer = served.send(half.as_bytes()).await;
        assert_eq!(
            (answer.status, &*answer.body),
            (408, "The body came too slowly.")
        );
        assert!(begun.elapsed() >= BODY_TIMEOUT);
    }
    assert_eq!(served.clerk.asked(), 0);
}
