use std::time::Duration;

use crate::mock_pages::MockPages;
use crate::served::{ORDER_IN_PATH, Served, back, hook};

/// Two returns and a notification at the same moment, in many rounds.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_order_is_delivered_once_however_many_requests_come_at_once() {
    for _ in 0..50 {
        let served = Served::by(MockPages::talkative()).await;
        served.clerk.is_paid();
        let (back, hook) = (back(ORDER_IN_PATH), hook(ORDER_IN_PATH));
        let query = format!("{back}?id=7");
        let (one, other, called) = tokio::join!(
            served.get(&query),
            served.get(&back),
            served.post(&hook, b"id=7"),
        );
        assert_eq!((one.status, other.status, called.status), (200, 200, 200));
        assert_eq!((served.delivered(), served.outbox()), (1, 1));
        assert_eq!(
            served.clerk.asked(),
            1,
            "the others read what the first wrote"
        );
    }
}

/// Whoever hangs up half-way keeps nobody waiting for the end of a claim.
#[tokio::test]
async fn the_work_goes_on_when_the_payer_hangs_up() {
    let served = Served::by(MockPages::talkative()).await;
    served.clerk.is_paid();
    let request = format!("GET {}?id=7 HTTP/1.1\r\n\r\n", back(ORDER_IN_PATH));
    let tcp = served.send_half(request.as_bytes()).await;
    let begun = async {
        while served.clerk.asked() == 0 {
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
