use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};

use crate::faults::Fault;
use crate::journal::Arrival;
use crate::server::connection;
use crate::stopping::Stopping;
use crate::world::World;

impl World {
    /// Carries one provider request through the journal and through the fault that is set for it.
    ///
    /// `execute` runs on a task of its own: a client that gives up does not stop a server that has
    /// the request.
    pub(crate) async fn exchange<F>(&self, arrival: Arrival, execute: F) -> Response
    where
        F: FnOnce() -> Response + Send + 'static,
    {
        let (provider, operation) = (arrival.provider, arrival.operation);
        let fault = self.faults.take(provider, operation);
        let number = self.journal.open(self.clock.now(), arrival, fault);
        let (journal, stopping) = (self.journal.clone(), self.stopping.clone());
        let answering = tokio::spawn(async move {
            let response = answer(fault, stopping, execute).await;
            if !connection::hangs_up(&response) {
                journal.answered(number, response.status().as_u16());
            }
            response
        });
        let response = answering.await.unwrap_or_else(|_| connection::hang_up());
        let status = response.status().as_u16();
        tracing::debug!(provider, operation, number, status, ?fault, "request");
        response
    }
}

async fn answer<F>(fault: Option<Fault>, mut stopping: Stopping, execute: F) -> Response
where
    F: FnOnce() -> Response,
{
    let Some(fault) = fault else { return execute() };
    match fault {
        Fault::DropBefore => connection::hang_up(),
        Fault::DropAfter => {
            execute();
            connection::hang_up()
        }
        Fault::Delay(by) => match stopping.sleep(by).await {
            Ok(()) => execute(),
            Err(_) => connection::hang_up(),
        },
        Fault::DelayAfter(by) => {
            let response = execute();
            match stopping.sleep(by).await {
                Ok(()) => response,
                Err(_) => connection::hang_up(),
            }
        }
        Fault::Status(status) => gateway_page(status),
        Fault::StatusAfter(status) => {
            execute();
            gateway_page(status)
        }
        Fault::Html => portal_page(),
        Fault::HtmlAfter => {
            execute();
            portal_page()
        }
        Fault::Truncated => connection::truncate(execute()).await,
    }
}

fn gateway_page(status: u16) -> Response {
    let status = StatusCode::from_u16(status)
        .ok()
        .filter(|status| (200..600).contains(&status.as_u16()))
        .unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    html(
        status,
        format!("<html><body><center><h1>{status}</h1></center></body></html>\n"),
    )
}

fn portal_page() -> Response {
    let page = "<!DOCTYPE html><html><body><h1>Welcome</h1><p>Please sign in to use this network.</p></body></html>\n";
    html(StatusCode::OK, page.to_owned())
}

fn html(status: StatusCode, body: String) -> Response {
    (status, [(header::CONTENT_TYPE, "text/html")], body).into_response()
}
