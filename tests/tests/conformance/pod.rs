use std::io;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use paylink_core::provider::{Created, NewPayment};
use paylink_core::{PaymentProvider, Transport};
use paylink_sandbox::Sandbox;
use paylink_sandbox::pod::Account;
use paylink_testkit::conformance::{Problem, Recorder, Subject};
use paylink_tests::sandbox_clock;
use pod_invoice_client::{BusinessToken, Pod};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// POD at a sandbox. The payer follows the link to the gateway that pays by itself.
pub(crate) struct PodSubject {
    sandbox: Sandbox,
    transport: Transport,
    /// Where the browser was sent after each payment, under the invoice's id.
    returns: Mutex<Vec<(String, String)>>,
}

impl PodSubject {
    pub(crate) async fn open() -> Result<PodSubject, Problem> {
        let sandbox = Sandbox::start().await?;
        let transport = sandbox_clock::transport(&sandbox)?;
        Ok(PodSubject {
            sandbox,
            transport,
            returns: Mutex::default(),
        })
    }

    fn pod(&self, recorder: &Recorder, account: &Account) -> Result<Pod, Problem> {
        let there = self.sandbox.pod();
        let business = account.business_id().ok_or("it is no business")?;
        Ok(Pod::builder(BusinessToken::new(account.token()))
            .key(there.api_key())
            .base_url(recorder.through(there.base_url())?)
            .pay_url(there.pay_url())
            .business(business)
            .guild("CLOTHING_GUILD")
            .transport(self.transport.clone())
            .build()?)
    }
}

#[async_trait]
impl Subject for PodSubject {
    fn name(&self) -> String {
        "POD".to_owned()
    }

    async fn provider(&self, recorder: &Recorder) -> Result<Arc<dyn PaymentProvider>, Problem> {
        let own = self.sandbox.pod().business();
        Ok(Arc::new(self.pod(recorder, own)?))
    }

    async fn pay(&self, created: &Created) -> Result<(), Problem> {
        let id = created.record().require_id("invoiceId")?;
        let link = created.link().ok_or("there is no link")?;
        let sent_to = follow(&format!("{}&gateway=LOC", link.as_str())).await?;
        let invoice = self.sandbox.pod().invoice(id.parse()?);
        if invoice.is_none_or(|invoice| invoice.times_paid() == 0) {
            return Err("the link does not lead to a payment".into());
        }
        let mut returns = self.returns.lock().unwrap_or_else(PoisonError::into_inner);
        returns.push((id.to_owned(), sent_to));
        Ok(())
    }

    fn secrets(&self) -> Vec<String> {
        let there = self.sandbox.pod();
        vec![there.token().to_owned(), there.api_key().to_owned()]
    }

    fn more_than_a_page(&self) -> usize {
        101
    }

    fn pass(&self, time: Duration) -> bool {
        self.sandbox.clock().advance(time);
        true
    }

    async fn returned(&self, created: &Created) -> Result<String, Problem> {
        let id = created.record().require_id("invoiceId")?;
        let returns = self.returns.lock().unwrap_or_else(PoisonError::into_inner);
        let url = returns.iter().find(|(paid, _)| paid == id);
        let (_, url) = url.ok_or("the payer did not come back")?;
        let (_, query) = url.split_once('?').ok_or("the return has no query")?;
        Ok(query.to_owned())
    }

    async fn notified(&self, created: &Created) -> Result<Vec<u8>, Problem> {
        let about = format!("invoiceId={}&", created.record().require_id("invoiceId")?);
        let webhooks = self.sandbox.webhooks();
        let hook = webhooks.iter().find(|hook| hook.body.contains(&about));
        Ok(hook
            .ok_or("no webhook was called")?
            .body
            .clone()
            .into_bytes())
    }

    async fn at_another_merchant(
        &self,
        recorder: &Recorder,
        payment: &NewPayment,
    ) -> Result<Option<Created>, Problem> {
        let other = self.sandbox.pod().other_business();
        let created = self.pod(recorder, other)?.create(payment).await?;
        self.pay(&created).await?;
        Ok(Some(created))
    }
}

/// Opens a page as a browser does, and says where it sends the browser; nowhere is an empty text.
async fn follow(url: &str) -> io::Result<String> {
    let url = url::Url::parse(url).map_err(io::Error::other)?;
    let address = url.socket_addrs(|| None)?;
    let mut tcp = TcpStream::connect(&*address).await?;
    let target = url.query().unwrap_or_default();
    let (path, host) = (url.path(), url.authority());
    let asked =
        format!("GET {path}?{target} HTTP/1.1\r\nhost: {host}\r\nconnection: close\r\n\r\n");
    tcp.write_all(asked.as_bytes()).await?;
    let mut answer = String::new();
    tcp.read_to_string(&mut answer).await?;
    let location = answer
        .lines()
        .take_while(|line| !line.is_empty())
        .find_map(|line| line.strip_prefix("location: "));
    Ok(location.unwrap_or_default().to_owned())
}
