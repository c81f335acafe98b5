use std::time::Duration;

use tokio::time::sleep;

/// Waits until something has happened.
pub(crate) async fn eventually(happened: impl Fn() -> bool) {
    for _ in 0..1000 {
        if happened() {
            return;
        }
        sleep(Duration::from_millis(10)).await;
    }
    panic!("it did not happen");
}
