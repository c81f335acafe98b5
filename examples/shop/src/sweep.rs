//! Late orders: those whose payer never came back, and those of a process that died.

use std::sync::Arc;
use std::time::{Duration, SystemTime};

use crate::counter::Counter;

/// Looks at every unfinished order, again and again. It ends with the task it runs in.
pub(crate) async fn run(counter: Arc<Counter>, every: Duration) {
    loop {
        tokio::time::sleep(every).await;
        once(&counter).await;
    }
}

async fn once(counter: &Counter) {
    for number in counter.books().unfinished(SystemTime::now()) {
        if let Err(error) = counter.look(&number).await {
            tracing::warn!(number, %error, "an order is looked at again later");
        }
    }
}
