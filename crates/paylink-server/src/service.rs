//! What the service does for a shop, without HTTP.

mod refund;

use std::sync::Arc;
use std::time::{Duration, SystemTime};

use paylink::desk::{Desk, DeskError, MarkedDelivered, Opened, Outcome, Reopened, StoredOrder};
use paylink::web::Routes;
use paylink::{
    Account, Accounts, Capability, CardNumber, Currency, Effect, FieldKey, Input, InputRule,
    Invalid, ListPayments, Mobile, Money, NationalId, NewPayment, OrderReference, PaymentPage,
    PaymentRecord, Validation,
};
use paylink_books::{Added, Books, BooksError, Orders};
use serde::Deserialize;
use tokio::sync::{Notify, mpsc};
use tokio_util::task::TaskTracker;
use url::Url;
use utoipa::ToSchema;

use crate::keys::KeyLine;
use crate::metrics::Metrics;
use crate::problem::{Problem, ProblemKind};
use crate::settings::{self, ServeConfig};
use crate::signature::SigningKey;
use crate::store::Store;
use crate::store::alarms::AlarmKind;
use crate::view::OrderView;

const RETURN_TO: FieldKey = FieldKey::new("return_to", "page for the returning payer");
const CURRENCY: FieldKey = FieldKey::new("currency", "currency");

/// When to ask again where nobody said.
const ASK_AGAIN: Duration = Duration::from_secs(3);

/// How many alarms may wait to be written. What does not fit is seen again at the next look.
const ALARMS: usize = 1024;

/// The desk, its books and its shop.
pub(crate) struct Service {
    pub(crate) desk: Arc<Desk<Books>>,
    pub(crate) store: Store,
    pub(crate) routes: Routes,
    /// The account of orders that name none.
    account: Option<String>,
    pub(crate) return_to: Option<Url>,
    pub(crate) signing_keys: Vec<SigningKey>,
    pub(crate) acknowledged_by_event: bool,
    /// Whether there is an address to which events are sent.
    pub(crate) sends_events: bool,
    /// Wakes the sender when an event may have been written.
    pub(crate) written: Notify,
    pub(crate) metrics: Metrics,
    /// What has begun and comes to its end though its caller hung up.
    pub(crate) tasks: TaskTracker,
    alarms: mpsc::Sender<(String, AlarmKind, String)>,
}

/// Alarms that wait to be written.
pub(crate) type WaitingAlarms = mpsc::Receiver<(String, AlarmKind, String)>;

/// An order, as a shop asks for it.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(title = "NewOrder")]
pub(crate) struct NewOrder {
    /// The order's name: the shop's own number, 1 to 200 characters. Sending the same order again changes nothing.
    #[schema(min_length = 1, max_length = 200, example = "1000")]
    order: String,
    /// What it costs, tax included: an exact decimal, as text.
    #[schema(pattern = r"^[0-9]+(\.[0-9]+)?$", example = "250000")]
    amount: String,
    /// `IRR` is the rial, `IRT` the toman. Nothing is guessed, and nothing rounded.
    #[schema(value_type = CurrencyWord)]
    currency: String,
    /// The account through which it is to be paid; the only one, if it is not given.
    account: Option<String>,
    /// What the provider knows the payment by; the order's name, if it is not given. No two orders have the same.
    #[schema(example = "1000")]
    reference: Option<String>,
    /// What the payment is for.
    description: Option<String>,
    /// The payer's mobile number.
    #[schema(example = "09123456789")]
    mobile: Option<String>,
    payer_name: Option<String>,
    /// The national id of the only person who may pay.
    national_id: Option<String>,
    /// The card that the payer will pay with.
    payer_card: Option<String>,
    /// The shop's own page, to which the payer comes back; `paylink_order=NAME` is added to its query, and nothing else.
    #[schema(example = "https://shop.example/orders/1000")]
    return_to: Option<String>,
}

/// A currency's code.
#[derive(ToSchema)]
#[schema(rename_all = "UPPERCASE")]
#[expect(dead_code, reason = "it describes the codes of `Currency`")]
pub(crate) enum CurrencyWord {
    Irr,
    Irt,
    Usd,
    Usdt,
}

/// What came of a wish for an order.
pub(crate) struct Placed {
    pub(crate) order: OrderView,
    pub(crate) is_new: bool,
    /// How long to wait before asking again, where it is not known yet whether its payment is there.
    pub(crate) again_in: Option<Duration>,
}

/// One page of orders, the oldest first.
pub(crate) struct OrderPage {
    pub(crate) orders: Vec<OrderView>,
    /// Whether there may be more.
    pub(crate) is_full: bool,
}

impl Service {
    pub(crate) fn accounts(&self) -> &Accounts {
        self.desk.accounts()
    }

    fn account(&self, name: Option<&str>) -> Result<&Account, Invalid> {
        match name.or(self.account.as_deref()) {
            Some(name) => self.accounts().get(name),
            None => self.accounts().only(),
        }
    }

    /// The account of an order that is in the books.
    fn account_of(&self, order: &StoredOrder) -> Result<&Account, Problem> {
        self.accounts().get(order.account()).map_err(|invalid| {
            Problem::new(
                ProblemKind::Misconfigured,
                format!("{invalid}: give the account its name back"),
            )
        })
    }

    /// Puts an order into the books and opens its payment. The same wish again gets the same answer.
    pub(crate) async fn place(&self, wish: &NewOrder) -> Result<Placed, Problem> {
        let name = wish.order.as_str();
        // It says what is wrong with a name.
        let return_url = self.routes.return_url(name)?;
        let account = self.account(wish.account.as_deref())?;
        let payment = wish.payment().map_err(Problem::from)?;
        let payment = self.with_routes(account, name, &return_url, payment)?;
        let return_to = wish.return_to()?;
        let order = StoredOrder::new(account.name(), payment);
        if let Some(differs) = self.differs(name, &order, wish).await? {
            return match differs.is_empty() {
                true => self.opened(name, false).await,
                false => Err(Problem::conflict(differs)),
            };
        }
        // What the provider refuses must not spend the name.
        drop(account.prepare(order.payment())?);
        let added = self.store.add(name, &order, return_to.as_deref()).await;
        match added {
            Ok(added) => self.opened(name, added == Added::New).await,
            // Another call was faster.
            Err(BooksError::OtherOrder { .. }) => match self.differs(name, &order, wish).await? {
                Some(differs) if !differs.is_empty() => Err(Problem::conflict(differs)),
                _ => self.opened(name, false).await,
            },
            Err(error) => Err(error.into()),
        }
    }

    /// The addresses to which payer and provider come back, where the provider has a use for them.
    fn with_routes(
        &self,
        account: &Account,
        name: &str,
        return_url: &str,
        mut payment: NewPayment,
    ) -> Result<NewPayment, Problem> {
        let takes = |input| match account.capabilities().input(input) {
            InputRule::Required | InputRule::Optional => true,
            InputRule::Unsupported(_) => false,
        };
        if takes(Input::ReturnUrl) {
            payment = payment.with_return_url(return_url)?;
        }
        if takes(Input::NotifyUrl) {
            payment = payment.with_notify_url(&self.routes.notify_url(name)?)?;
        }
        Ok(payment)
    }

    /// In what an order differs from the one of its name that is there; `None` if there is none. The service's own
    /// addresses do not count: they may have moved.
    async fn differs(
        &self,
        name: &str,
        order: &StoredOrder,
        wish: &NewOrder,
    ) -> Result<Option<Vec<&'static str>>, Problem> {
        use paylink::desk::OrderStore;
        let Some(found) = self.store.books.load(name).await? else {
            return Ok(None);
        };
        let beside = self.store.beside(name).await?;
        let (one, other) = (found.payment(), order.payment());
        // What is kept of the payer goes when the order is handed out.
        let is_handed_out = found.ledger().delivery().is_some();
        let differences = [
            ("account", found.account() != order.account()),
            (
                "amount",
                one.price().amount() != other.price().amount() && one.price() != other.price(),
            ),
            (
                "currency",
                one.price().currency() != other.price().currency(),
            ),
            ("reference", one.reference() != other.reference()),
            ("description", one.description() != other.description()),
            ("mobile", one.mobile() != other.mobile()),
            ("payer_name", one.payer_name() != other.payer_name()),
            (
                "national_id",
                !is_handed_out && one.national_id() != other.national_id(),
            ),
            (
                "payer_card",
                !is_handed_out && one.payer_card() != other.payer_card(),
            ),
            (
                "return_to",
                beside.as_ref().and_then(|it| it.return_to.as_deref())
                    != wish.return_to()?.as_deref(),
            ),
        ];
        let differences = differences.into_iter();
        Ok(Some(
            differences
                .filter_map(|(field, differs)| differs.then_some(field))
                .collect(),
        ))
    }

    /// Opens the payment of an order that is in the books.
    async fn opened(&self, name: &str, is_new: bool) -> Result<Placed, Problem> {
        let again_in = match self.desk.open(name).await {
            Ok(opened) => self.after_opening(name, &opened).await?,
            // The order is in the books: it is looked up when the shop asks again, and not created twice.
            Err(DeskError::Payment(error)) if error.effect() == Effect::Unknown => {
                tracing::warn!(order = name, %error, "whether a payment was created is not known yet");
                Some(error.retry_after().unwrap_or(ASK_AGAIN))
            }
            Err(error) => return Err(error.into()),
        };
        Ok(Placed {
            order: self.read(name).await?,
            is_new,
            again_in,
        })
    }

    /// How long to wait before asking again, where it is not known yet whether a payment is there.
    async fn after_opening(
        &self,
        name: &str,
        opened: &Opened,
    ) -> Result<Option<Duration>, Problem> {
        match opened {
            Opened::Ready(_) | Opened::AlreadyPaid(_) => Ok(None),
            Opened::Unresolved { retry_after } => Ok(Some(*retry_after)),
            Opened::Busy { .. } => Ok(Some(Duration::from_secs(1))),
            Opened::Lost(lost) => {
                self.raise(name, AlarmKind::Lost, lost.reason()).await?;
                Err(Problem::lost(lost))
            }
        }
    }

    /// Reads an order. Nobody is asked.
    pub(crate) async fn read(&self, name: &str) -> Result<OrderView, Problem> {
        let order = self.desk.order(name).await?;
        self.view(name, &order, None).await
    }

    async fn view(
        &self,
        name: &str,
        order: &StoredOrder,
        created_at: Option<SystemTime>,
    ) -> Result<OrderView, Problem> {
        let account = self.accounts().get(order.account()).ok();
        let provider = account.map(|account| account.capabilities().provider());
        let beside = self.store.beside(name).await?;
        let refund = self.store.refund(name).await?;
        Ok(OrderView::of(
            name,
            order,
            provider,
            created_at,
            beside.as_ref(),
            refund.as_ref(),
        ))
    }

    /// Lists orders, the oldest first.
    pub(crate) async fn list(&self, which: &Orders, limit: u16) -> Result<OrderPage, Problem> {
        let found = self
            .store
            .books
            .whole_orders(&which.clone().limit(limit))
            .await?;
        let mut orders = Vec::with_capacity(found.len());
        for found in &found {
            orders.push(
                self.view(&found.name, &found.order, Some(found.created_at))
                    .await?,
            );
        }
        Ok(OrderPage {
            is_full: orders.len() >= usize::from(limit),
            orders,
        })
    }

    /// Asks the provider how an order stands, now.
    pub(crate) async fn check(&self, name: &str) -> Result<OrderView, Problem> {
        let outcome = self.desk.check(name).await?;
        self.saw(name, &outcome);
        match outcome {
            Outcome::Busy { .. } => Err(Problem::busy()),
            Outcome::Mismatch(mismatch) => Err(Problem::new(
                ProblemKind::Mismatch,
                format!("nothing was confirmed: {mismatch}"),
            )),
            Outcome::Lost(lost) => Err(Problem::lost(&lost)),
            _ => self.read(name).await,
        }
    }

    /// Asks for another payment of the same order, if the one before can no longer be paid.
    pub(crate) async fn start_over(
        &self,
        name: &str,
        reference: &str,
        who: &KeyLine,
    ) -> Result<Placed, Problem> {
        let reference: OrderReference = reference.parse::<OrderReference>()?;
        let audit = |outcome: &str| {
            let outcome = outcome.to_owned();
            async move {
                self.store
                    .audit(&who.who(), "start-over", Some(name), &outcome)
                    .await
            }
        };
        match self.desk.reopen(name, reference).await? {
            Reopened::Opened(opened) => {
                audit("a new payment was asked for").await?;
                let again_in = self.after_opening(name, &opened).await?;
                Ok(Placed {
                    order: self.read(name).await?,
                    is_new: false,
                    again_in,
                })
            }
            Reopened::Kept(Outcome::Busy { .. }) => Err(Problem::busy()),
            Reopened::Kept(outcome) => {
                self.saw(name, &outcome);
                Err(Problem::kept(&outcome))
            }
        }
    }

    /// Writes that an order's goods are taken care of. Saying it again changes nothing.
    pub(crate) async fn acknowledge(&self, name: &str) -> Result<OrderView, Problem> {
        match self.desk.mark_delivered(name).await? {
            MarkedDelivered::Done { .. } => self.read(name).await,
            MarkedDelivered::Busy { .. } => Err(Problem::busy()),
            MarkedDelivered::NotAwaitingDelivery => {
                let detail = "the order was not found paid: find out why goods went out";
                Err(Problem::new(ProblemKind::NotPaid, detail))
            }
        }
    }

    /// Makes an order's unpaid payment one that nobody can pay. The provider is asked first: one that is over already, by an
    /// earlier request whose answer was lost say, is not disabled again.
    pub(crate) async fn disable(&self, name: &str, who: &KeyLine) -> Result<OrderView, Problem> {
        self.newest(name, Capability::Disable).await?;
        let looked = self.desk.check(name).await?;
        self.saw(name, &looked);
        match &looked {
            Outcome::NotPaid(payment) if payment.state().is_final() => {
                return self.read(name).await;
            }
            Outcome::Busy { .. } => return Err(Problem::busy()),
            _ => {}
        }
        // It may have been found paid.
        let (account, record) = self.newest(name, Capability::Disable).await?;
        let who = who.who();
        self.store
            .audit(&who, "disable", Some(name), "asked")
            .await?;
        let done = account.disable(&record).await;
        let outcome = done
            .as_ref()
            .map_or_else(ToString::to_string, |_| "done".to_owned());
        self.store
            .audit(&who, "disable", Some(name), &outcome)
            .await?;
        drop(done?);
        let looked = self.desk.check(name).await?;
        self.saw(name, &looked);
        self.read(name).await
    }

    /// Sends the payer the link of an order's payment again.
    pub(crate) async fn resend(&self, name: &str) -> Result<OrderView, Problem> {
        let (account, record) = self.newest(name, Capability::Resend).await?;
        drop(account.resend(&record).await?);
        self.read(name).await
    }

    /// The newest payment of an order that is not handed out, at an account that offers this.
    async fn newest(
        &self,
        name: &str,
        capability: Capability,
    ) -> Result<(&Account, PaymentRecord), Problem> {
        let order = self.desk.order(name).await?;
        let ledger = order.ledger();
        if ledger.delivery().is_some() {
            let detail = "the order is paid: read it";
            return Err(Problem::new(ProblemKind::Kept, detail));
        }
        let account = self.account_of(&order)?;
        if !account.capabilities().support(capability).is_supported() {
            return Err(account.capabilities().unsupported(capability).into());
        }
        let Some(created) = ledger.created() else {
            let detail = "the order has no payment that is known to be there: create the order again, which finds out";
            return Err(Problem::new(ProblemKind::Kept, detail));
        };
        Ok((account, created.record().clone()))
    }

    /// Reads a page of an account's payments at its provider.
    pub(crate) async fn payments(
        &self,
        account: &str,
        list: &ListPayments,
    ) -> Result<PaymentPage, Problem> {
        let account = self
            .accounts()
            .get(account)
            .map_err(|unknown| not_found(&unknown))?;
        let capabilities = account.capabilities();
        if !capabilities.support(Capability::List).is_supported() {
            return Err(capabilities.unsupported(Capability::List).into());
        }
        capabilities.check_input(Input::ListDay, list.day().is_some())?;
        Ok(account.list(list).await?)
    }

    /// Counts what a look came to, wakes the sender, and has an alarm written if it takes one. It does not wait.
    pub(crate) fn saw(&self, name: &str, outcome: &Outcome) {
        self.metrics.looked(outcome.as_str());
        let (kind, detail) = match outcome {
            Outcome::DeliverNow(_) => return self.handed_out(),
            Outcome::Mismatch(mismatch) => (AlarmKind::Mismatch, mismatch.to_string()),
            Outcome::Lost(lost) => (AlarmKind::Lost, lost.reason().to_owned()),
            _ => return,
        };
        if self
            .alarms
            .try_send((name.to_owned(), kind, detail))
            .is_err()
        {
            tracing::error!(
                order = name,
                "an alarm waits for the next look at the order"
            );
        }
    }

    /// Counts an order that was found paid, and wakes the sender of its event.
    pub(crate) fn handed_out(&self) {
        self.metrics.handed_out.inc();
        self.written.notify_one();
    }

    /// Writes the alarms that were seen, until the service ends.
    pub(crate) async fn write_alarms(&self, mut alarms: WaitingAlarms) {
        while let Some((order, kind, detail)) = alarms.recv().await {
            if let Err(problem) = self.raise(&order, kind, &detail).await {
                tracing::error!(order, %problem, "an alarm cannot be written; it is when the order is looked at again");
            }
        }
    }

    async fn raise(&self, order: &str, kind: AlarmKind, detail: &str) -> Result<(), BooksError> {
        if self
            .store
            .raise(kind, order, detail, self.sends_events)
            .await?
        {
            tracing::error!(
                order,
                kind = kind.as_str(),
                detail,
                "an order needs a person"
            );
            self.written.notify_one();
        }
        Ok(())
    }
}

/// A name in a path that is nobody's.
pub(crate) fn not_found(invalid: &Invalid) -> Problem {
    Problem::new(ProblemKind::NotFound, invalid.to_string())
}

impl Service {
    /// The service over these, and the alarms that it will have to write.
    pub(crate) fn new(
        desk: Desk<Books>,
        store: Store,
        routes: Routes,
        config: &ServeConfig,
    ) -> (Service, WaitingAlarms) {
        let (alarms, waiting) = mpsc::channel(ALARMS);
        let service = Service {
            desk: Arc::new(desk),
            store,
            routes,
            account: config.account.clone(),
            return_to: config.return_to.clone(),
            signing_keys: config.signing_keys.clone(),
            acknowledged_by_event: config.acknowledged_by_event,
            sends_events: config.events_url.is_some(),
            written: Notify::new(),
            metrics: Metrics::new(),
            tasks: TaskTracker::new(),
            alarms,
        };
        (service, waiting)
    }
}

impl NewOrder {
    /// The payment that is wished for.
    fn payment(&self) -> Result<NewPayment, paylink::Error> {
        let mut wrong = Validation::new();
        let currency = Currency::parse(&self.currency).map_err(|invalid| invalid.under(CURRENCY));
        let currency = wrong.take(currency);
        let price = currency.and_then(|currency| wrong.take(Money::new(&self.amount, currency)));
        let reference = self.reference.as_deref().unwrap_or(&self.order);
        let reference = wrong.take(reference.parse::<OrderReference>());
        let mobile = self.mobile.as_deref().map(Mobile::parse);
        let mobile = wrong.take(mobile.transpose()).flatten();
        let card = self.payer_card.as_deref().map(CardNumber::parse);
        let card = card
            .transpose()
            .map_err(|invalid| invalid.under(Input::PayerCard.key()));
        let card = wrong.take(card).flatten();
        let id = self.national_id.as_deref().map(NationalId::parse);
        let id = wrong.take(id.transpose()).flatten();
        let (Some(price), Some(reference)) = (price, reference) else {
            return Err(wrong.failed());
        };
        let mut payment =
            wrong.and(NewPayment::new(reference.as_str(), price).map_err(Into::into))?;
        if let Some(text) = &self.description {
            payment = payment.with_description(text)?;
        }
        if let Some(name) = &self.payer_name {
            payment = payment.with_payer_name(name)?;
        }
        if let Some(mobile) = mobile {
            payment = payment.with_mobile(mobile);
        }
        if let Some(card) = card {
            payment = payment.with_payer_card(card);
        }
        if let Some(id) = id {
            payment = payment.with_national_id(id);
        }
        Ok(payment)
    }

    /// The shop's own page, as it is kept.
    fn return_to(&self) -> Result<Option<String>, Invalid> {
        let page = self
            .return_to
            .as_deref()
            .map(|text| settings::page(RETURN_TO, text));
        Ok(page.transpose()?.map(String::from))
    }
}
