use std::time::Duration;

use tokio::sync::mpsc::UnboundedReceiver;
use tokio::task::JoinSet;

use super::post::post;
use super::{Outbox, Parcel, WebhookState};
use crate::stopping::Stopping;

/// The waits between attempts, in real time: the first failure is followed by three more tries.
const PAUSES: [Duration; 3] = [
    Duration::from_millis(250),
    Duration::from_millis(500),
    Duration::from_secs(1),
];

/// Delivers what is sent through `outbox` until the sandbox stops; what is under way then is dropped.
pub(crate) async fn run(
    outbox: Outbox,
    mut parcels: UnboundedReceiver<Parcel>,
    mut stopping: Stopping,
) {
    let mut deliveries = JoinSet::new();
    loop {
        tokio::select! {
            Some(parcel) = parcels.recv() => {
                deliveries.spawn(deliver(outbox.clone(), parcel));
            }
            Some(_) = deliveries.join_next() => {}
            () = stopping.wait() => break,
        }
    }
    deliveries.shutdown().await;
}

async fn deliver(outbox: Outbox, parcel: Parcel) {
    let mut pauses = PAUSES.into_iter();
    loop {
        let answer = post(&parcel).await;
        tracing::debug!(number = parcel.number, ?answer, "webhook");
        if matches!(answer, Ok(200..=299)) {
            return outbox.note(parcel.number, answer, WebhookState::Delivered);
        }
        let Some(pause) = pauses.next() else {
            return outbox.note(parcel.number, answer, WebhookState::GivenUp);
        };
        outbox.note(parcel.number, answer, WebhookState::Waiting);
        tokio::time::sleep(pause).await;
    }
}
