//! POD in the words that all providers share.

use std::sync::LazyLock;
use std::time::{Duration, SystemTime};

use async_trait::async_trait;
use paylink_core::provider::{
    Capabilities, Capability, Created, Cursor, Done, ExpectedPayment, Hint, Input, ListPayments,
    NewPayment, OrderReference, Payment, PaymentPage, PaymentProvider, PaymentRecord, PaymentState,
    PreparedPayment, Resolved,
};
use paylink_core::{
    ClientConfig, ComparedField, Currency, Effect, Error, ErrorKind, FieldKey, Handle, Invalid,
    JalaliDate, JalaliDateTime, Mismatch, Operation, Resolution, ReturnUrl, Rial, Settlement,
};

use crate::config::PodConfig;
use crate::operations::{CancelInvoice, INVOICE_ID, ListInvoices, NewInvoice};
use crate::resolve::{Found, find, nothing_under};
use crate::returns::ERROR_RESULT;
use crate::settle::Unpaid;
use crate::{
    BillNumber, Expected, GuildCode, Invoice, InvoiceId, InvoiceKey, InvoiceList, LinkOptions,
    NewItem, Pod, Return, State, UniqueNumber, resolve, settle,
};

/// A payment that is to be changed and must not be.
const PAYMENT: FieldKey = FieldKey::new("payment", "payment");

/// The body of a webhook.
const WEBHOOK: FieldKey = FieldKey::new("webhook", "webhook");

/// POD behind the neutral API: a payment is an invoice of one item and three steps, and a link by its unique number.
///
/// * It counts in rial, and adds no tax of its own: the price is what the payer pays, tax included.
/// * Invoices are issued in the guild of [`PodBuilder::guild`](crate::PodBuilder::guild). Without one a payment is refused
///   with [`ErrorKind::Configuration`], before anything is sent.
/// * The item is named by the description, or else by the order's reference.
/// * An invoice of three steps reads the same before its payment and after it: `state` and `list` call it `Unconfirmed`, and
///   `settle`, which asks POD to verify it, tells.
/// * A payment has to be settled within the hour, or POD gives the money back.
/// * Disabling cancels the invoice. One that is paid, or that differs from the record, is left as it is: cancelling it would
///   give the money back. So it would, if a payer has just paid what nobody has settled yet. Settle first, and disable
///   nothing that something else may be settling: between the look and the cancellation it could be verified, and the goods
///   go out for money that goes back.
#[async_trait]
impl PaymentProvider for Pod {
    fn capabilities(&self) -> &Capabilities {
        declared()
    }

    fn longest_call(&self) -> Duration {
        self.transport().timeouts().total
    }

    fn prepare(&self, payment: &NewPayment) -> Result<PreparedPayment<'_>, Error> {
        let invoice = self.new_invoice(payment)?;
        let way_back = way_back(payment.return_url(), payment.notify_url())?;
        let prepared = self.issue_invoice(invoice).prepare();
        let prepared = prepared.map_err(Error::of_configuration)?;
        let handle = self.noted(payment, prepared.handle().clone());
        let wanted = Wanted::new(handle.clone(), payment.reference().clone(), way_back)?;
        wanted.must_fit(self)?;
        Ok(PreparedPayment::new(handle, async move {
            let issued = prepared.send().await?;
            let named = self.with_unique_number(issued.value).await;
            let named = named.map_err(|error| error.while_resolving(wanted.handle()))?;
            wanted.created(self, &named)
        }))
    }

    async fn settle(&self, expected: &ExpectedPayment) -> Result<Settlement<Payment>, Error> {
        let record = expected.record();
        if let Some(mismatch) = expected.record_mismatch(self.capabilities())? {
            return Ok(Settlement::Mismatch(mismatch));
        }
        if let Some(mismatch) = self.differs_in_business(record) {
            return Ok(Settlement::Mismatch(mismatch));
        }
        let told = settle::settle(self, &expectation(record)?).await?;
        let view = |invoice| view_of_unpaid(&invoice, told.unpaid);
        Ok(told.settlement.map(view))
    }

    async fn resolve(&self, handle: &Handle) -> Result<Resolution<Resolved>, Error> {
        handle.check_provider(PodConfig::PROVIDER)?;
        if let Some(business) = self.config().options().business {
            handle.check_merchant(&business.to_string())?;
        }
        if handle.operation() == NewInvoice::NAME {
            let wanted = Wanted::of(handle.clone())?;
            let found = resolve::resolve(self, handle).await?;
            return found.try_map(handle, |invoice| {
                let created = wanted.created(self, &invoice)?;
                Ok(Resolved::Created(Box::new(created)))
            });
        }
        let found = resolve::resolve(self, handle).await?;
        found.try_map(handle, |invoice| {
            Ok(Resolved::Changed(Box::new(view(&invoice))))
        })
    }

    async fn state(&self, record: &PaymentRecord) -> Result<Payment, Error> {
        let invoice = self.listed(self.own_invoice(record)?).await?;
        Ok(view(&invoice))
    }

    async fn disable(&self, record: &PaymentRecord) -> Result<Done, Error> {
        let id = self.own_invoice(record)?;
        let invoice = self.listed(id).await?;
        self.must_agree(record, &invoice)?;
        match invoice.state() {
            State::Paid => {
                let paid = Invalid::new(
                    PAYMENT,
                    "is paid: cancelling its invoice would give the money back",
                )
                .with_remedy("settle it");
                return Err(
                    Error::from(paid).with_operation(PodConfig::PROVIDER, CancelInvoice::NAME)
                );
            }
            State::Unclear => {
                let problem =
                    "the invoice's flags do not tell whether it is paid, so it is not cancelled";
                return Err(not_executed(ErrorKind::Indeterminate, problem)
                    .with_operation(PodConfig::PROVIDER, CancelInvoice::NAME));
            }
            State::Unpaid
            | State::AwaitingGateway
            | State::Unverified
            | State::Promised
            | State::Cancelled => {}
        }
        let cancelled = self.cancel_invoice(id).await?;
        let number = cancelled.reference_number;
        let number = number.map(|number| format!("reference number {number}"));
        Ok(Done::new().with_message(number.as_deref()))
    }

    async fn list(&self, list: &ListPayments) -> Result<PaymentPage, Error> {
        let place = Place::of(list)?;
        let page = self.list_invoices(place.question()?).await?.value;
        let payments = page.invoices.iter().map(view).collect();
        Ok(PaymentPage::new(payments, place.after(&page)))
    }

    fn read_return(&self, query: &str) -> Result<Hint, Error> {
        Ok(hint_of(Return::from_query(query)?)?)
    }

    /// The document does not say what POD calls the notify URL with: a form of the return's names is read.
    fn read_webhook(&self, body: &[u8]) -> Result<Hint, Error> {
        let form = std::str::from_utf8(body)
            .map_err(|_| Invalid::new(WEBHOOK, "is not UTF-8").with_remedy("ignore it"))?;
        Ok(hint_of(Return::from_query(form)?)?)
    }
}

impl Pod {
    /// The invoice of a record that was made at this client's business.
    fn own_invoice(&self, record: &PaymentRecord) -> Result<InvoiceId, Error> {
        record.check_provider(PodConfig::PROVIDER)?;
        match self.differs_in_business(record) {
            None => Ok(invoice_id(record)?),
            Some(mismatch) => {
                let problem =
                    "the record is of another business; use the account that created the payment";
                Err(not_executed(ErrorKind::Mismatch, problem).with_mismatch(mismatch))
            }
        }
    }

    /// A client that was not told its business, and a record that names none, rest on the token: POD lists nobody
    /// else's invoices.
    fn differs_in_business(&self, record: &PaymentRecord) -> Option<Mismatch> {
        let business = self.config().options().business?;
        record.merchant()?;
        record.merchant_mismatch(&business.to_string())
    }

    /// Checks that POD reports the invoice just as the record has it: no other is cancelled for it.
    fn must_agree(&self, record: &PaymentRecord, invoice: &Invoice) -> Result<(), Error> {
        let problem = "the invoice is not the one of the record; it was not cancelled";
        let error = match expectation(record)?.compare(self.config(), invoice) {
            Ok(Ok(_)) => return Ok(()),
            Ok(Err(mismatch)) => not_executed(ErrorKind::Mismatch, problem).with_mismatch(mismatch),
            Err(_) => {
                let problem =
                    "POD does not say how much the invoice asks for, so it is not cancelled";
                not_executed(ErrorKind::Untrusted, problem)
            }
        };
        Err(error.with_operation(PodConfig::PROVIDER, CancelInvoice::NAME))
    }

    async fn listed(&self, id: InvoiceId) -> Result<Invoice, Error> {
        let key = InvoiceKey::Id(id);
        let mismatch = match find(self, &key).await? {
            Found::One(invoice) => return Ok(*invoice),
            Found::None => nothing_under(&key),
            Found::Other(mismatch) => mismatch,
        };
        let problem = "POD does not list the invoice that the record names";
        Err(not_executed(ErrorKind::Mismatch, problem)
            .with_operation(PodConfig::PROVIDER, ListInvoices::NAME)
            .with_mismatch(mismatch))
    }
}

fn not_executed(kind: ErrorKind, problem: &'static str) -> Error {
    Error::new(kind, Effect::NotExecuted, problem)
}

/// What POD offers to every merchant.
pub(crate) fn declared() -> &'static Capabilities {
    &DECLARED
}

/// The document's own deadline: an invoice in three steps that is not verified within an hour is given back.
const HOUR: Duration = Duration::from_secs(60 * 60);

static DECLARED: LazyLock<Capabilities> = LazyLock::new(|| {
    Capabilities::new(PodConfig::PROVIDER, &[Currency::Irr])
        .with_settlement_window(HOUR)
        .with_unconfirmed_before_payment()
        .supports(Capability::State)
        .supports(Capability::Disable)
        .supports(Capability::List)
        .supports(Capability::FindCreated)
        .supports(Capability::ReadReturn)
        .supports(Capability::ReadWebhook)
        .supports(Capability::PayLink)
        .does_not_support(
            Capability::Refund,
            "POD documents no way to give the money of a settled invoice back.",
        )
        .does_not_support(
            Capability::Resend,
            "An SMS of POD's needs a user of POD's to whom the invoice was issued; a link by unique number has none.",
        )
        .does_not_support(
            Capability::ExactTransfer,
            "The payer pays on POD's page, not from card to card.",
        )
        .does_not_support(
            Capability::Expiry,
            "An invoice without a deadline can be paid until it is cancelled.",
        )
        .accepts(Input::ReturnUrl)
        .accepts(Input::NotifyUrl)
        .accepts(Input::Mobile)
        .accepts(Input::Description)
        .accepts(Input::ListDay)
        .rejects(
            Input::PayerName,
            "An invoice is for anybody who has the link, and POD has no place for a name.",
        )
        .rejects(
            Input::NationalId,
            "POD cannot keep a payment for one person.",
        )
        .rejects(
            Input::PayerCard,
            "POD cannot keep a payment for one card.",
        )
});

impl Pod {
    /// The invoice of a payment: of three steps, and of one item at the price.
    fn new_invoice(&self, payment: &NewPayment) -> Result<NewInvoice, Error> {
        let price = Rial::try_from(declared().check(payment)?)?;
        let reference = payment.reference();
        let number: BillNumber = under(OrderReference::KEY, reference.as_str().parse())?;
        let name = match payment.description() {
            Some(description) => description.to_owned(),
            None => format!("سفارش {reference}"),
        };
        // The price of a payment is above zero: what may be refused is the name.
        let item = under(Input::Description.key(), NewItem::new(&name, price))?;
        let invoice = NewInvoice::new(number, self.guild()?.clone(), item)?
            .with_verification()
            .with_tax_rate("0")?;
        Ok(match payment.mobile() {
            Some(mobile) => invoice.with_mobile(mobile.clone()),
            None => invoice,
        })
    }

    /// The handle with what makes record and link again.
    fn noted(&self, payment: &NewPayment, handle: Handle) -> Handle {
        let handle = match self.config().options().business {
            Some(business) => handle.with_merchant(business.to_string()),
            None => handle,
        };
        let ways = [
            (RETURN_URL, payment.return_url()),
            (NOTIFY_URL, payment.notify_url()),
        ];
        ways.into_iter()
            .fold(handle, |handle, (name, url)| match url {
                Some(url) => handle.with_id(name, url.as_str()),
                None => handle,
            })
    }

    /// The invoice as it was issued; as it is listed, if the answer did not say by which number anybody may pay it.
    async fn with_unique_number(&self, issued: Invoice) -> Result<Invoice, Error> {
        if issued.unique_number.is_some() {
            return Ok(issued);
        }
        Ok(match find(self, &InvoiceKey::Id(issued.id)).await? {
            Found::One(listed) => *listed,
            Found::None | Found::Other(_) => issued,
        })
    }

    fn guild(&self) -> Result<&GuildCode, Error> {
        self.config().options().guild.as_ref().ok_or_else(|| {
            let problem = "no guild is configured, and POD issues no invoice without one: give the client the code of \
                           one of your guilds with .guild(code)";
            Error::new(ErrorKind::Configuration, Effect::NotExecuted, problem)
                .with_operation(PodConfig::PROVIDER, NewInvoice::NAME)
        })
    }
}

/// Reports what POD's client refuses under a field of the neutral API.
fn under<T>(field: FieldKey, value: Result<T, Invalid>) -> Result<T, Invalid> {
    value.map_err(|invalid| invalid.under(field))
}

/// The invoice that a record is about.
fn invoice_id(record: &PaymentRecord) -> Result<InvoiceId, Invalid> {
    under(PaymentRecord::KEY, record.require_id(INVOICE_ID)?.parse())
}

fn expectation(record: &PaymentRecord) -> Result<Expected, Invalid> {
    let number: Result<BillNumber, _> = record.reference().as_str().parse();
    let number = under(OrderReference::KEY, number)?;
    Expected::new(invoice_id(record)?, number, *record.amount())
}

fn view(invoice: &Invoice) -> Payment {
    view_as(invoice, neutral(invoice.state()))
}

/// The view of an invoice that is not paid, after POD was asked to verify it if it could be.
fn view_of_unpaid(invoice: &Invoice, unpaid: Option<Unpaid>) -> Payment {
    let state = match unpaid {
        Some(Unpaid::NotYet) => PaymentState::Unpaid,
        Some(Unpaid::AtTheGateway) => PaymentState::Paying,
        None => neutral(invoice.state()),
    };
    view_as(invoice, state)
}

fn view_as(invoice: &Invoice, told: PaymentState) -> Payment {
    let state = invoice.state();
    // POD numbers an invoice before anybody has paid it.
    let receipt = (state == State::Paid).then_some(invoice.payment_reference.as_deref());
    Payment::new(PodConfig::PROVIDER, told, state.as_str())
        .with_reference(invoice.bill_number.as_deref())
        .with_amount(invoice.payable_amount)
        .with_receipt(receipt.flatten())
        .with_created_at(invoice.issued_at_ms.and_then(moment))
        .with_id(INVOICE_ID, invoice.id.to_string())
}

/// A moment that POD gives in milliseconds since 1970.
fn moment(millis: u64) -> Option<SystemTime> {
    SystemTime::UNIX_EPOCH.checked_add(Duration::from_millis(millis))
}

fn hint_of(back: Return) -> Result<Hint, Invalid> {
    let payment = match back {
        Return::Payment(payment) => payment,
        Return::Refused(_) => {
            return Err(Invalid::new(
                ERROR_RESULT,
                "says that POD refused the payment, and names none",
            )
            .with_remedy("show the payer the order's page, and settle the order"));
        }
    };
    let hint = Hint::new(PodConfig::PROVIDER).with_id(INVOICE_ID, payment.invoice_id.to_string());
    Ok(match payment.bill_number {
        Some(number) => hint.with_reference(number.as_str()),
        None => hint,
    })
}

fn neutral(state: State) -> PaymentState {
    match state {
        State::Unpaid => PaymentState::Unpaid,
        State::AwaitingGateway => PaymentState::Paying,
        State::Unverified => PaymentState::Unconfirmed,
        State::Promised => PaymentState::Promised,
        State::Paid => PaymentState::Paid,
        State::Cancelled => PaymentState::Cancelled,
        State::Unclear => PaymentState::Unclear(state.as_str().into()),
    }
}

/// How many invoices are asked for at once.
const PAGE: u32 = 100;

/// A place in POD's list: how many of its invoices were seen already.
///
/// POD lists the newest first. An invoice that is issued between two pages shows another one twice, and hides none.
struct Place {
    seen: u64,
    day: Option<JalaliDate>,
}

impl Place {
    fn of(list: &ListPayments) -> Result<Place, Invalid> {
        let seen = match list.after() {
            None => 0,
            Some(cursor) => cursor.as_str().parse().map_err(|_| {
                Invalid::new(Cursor::KEY, "is not one of POD's list")
                    .with_value(cursor.as_str())
                    .with_remedy("give it back as it came with a page")
            })?,
        };
        Ok(Place {
            seen,
            day: list.day(),
        })
    }

    /// The question for the page that begins here.
    fn question(&self) -> Result<ListInvoices, Invalid> {
        let list = ListInvoices::from_offset(self.seen).with_size(PAGE)?;
        let Some(day) = self.day else {
            return Ok(list);
        };
        Ok(list
            .with_issued_from(JalaliDateTime::new(day, 0, 0, 0)?)
            .with_issued_to(JalaliDateTime::new(day, 23, 59, 59)?))
    }

    /// Where the page after this one begins. POD may put fewer invoices on a page than asked for, and its total may
    /// be missing or 0: only an empty page, or as many invoices as POD counts, is the end.
    fn after(&self, page: &InvoiceList) -> Option<Cursor> {
        let here = u64::try_from(page.invoices.len()).ok()?;
        let seen = self.seen.checked_add(here)?;
        let all = page.total.filter(|total| *total != 0);
        let ended = here == 0 || all.is_some_and(|all| seen >= all);
        (!ended).then(|| Cursor::new(seen.to_string()))
    }
}

/// Under these names a handle keeps where the payer and POD go afterwards, so that the link can be built again.
const RETURN_URL: &str = "redirectUri";
const NOTIFY_URL: &str = "callUri";

/// Where the payer and POD go afterwards, for the link.
fn way_back(
    return_url: Option<&ReturnUrl>,
    notify_url: Option<&ReturnUrl>,
) -> Result<LinkOptions, Invalid> {
    let mut options = LinkOptions::new();
    if let Some(url) = return_url {
        options = under(Input::ReturnUrl.key(), options.with_redirect(url.clone()))?;
    }
    if let Some(url) = notify_url {
        options = under(Input::NotifyUrl.key(), options.with_callback(url.clone()))?;
    }
    Ok(options)
}

/// What is to be created.
///
/// Preparing has it before anything is sent, resolving before anything is asked: what follows an issued invoice can fail
/// by POD's word alone.
struct Wanted {
    handle: Handle,
    record: PaymentRecord,
    way_back: LinkOptions,
}

impl Wanted {
    /// What a stored handle is about.
    fn of(handle: Handle) -> Result<Wanted, Invalid> {
        let reference = Handle::require("bill number", handle.reference())?.parse()?;
        let stored = |name: &str, input: Input| {
            let url = handle.id(name);
            url.map(|url| ReturnUrl::parse_stored(input.key(), url))
                .transpose()
        };
        let return_url = stored(RETURN_URL, Input::ReturnUrl)?;
        let notify_url = stored(NOTIFY_URL, Input::NotifyUrl)?;
        let way_back = way_back(return_url.as_ref(), notify_url.as_ref())?;
        Wanted::new(handle, reference, way_back)
    }

    /// What a handle is about whose payment is at hand.
    fn new(
        handle: Handle,
        reference: OrderReference,
        way_back: LinkOptions,
    ) -> Result<Wanted, Invalid> {
        let amount = *handle.require_amount()?;
        let created_at = handle.prepared_at();
        let record = PaymentRecord::new(PodConfig::PROVIDER, reference, amount, created_at);
        let record = match handle.merchant() {
            Some(business) => record.with_merchant(business),
            None => record,
        };
        Ok(Wanted {
            handle,
            record,
            way_back,
        })
    }

    fn handle(&self) -> &Handle {
        &self.handle
    }

    /// Whether there is room for the link, whatever its number will be.
    fn must_fit(&self, pod: &Pod) -> Result<(), Invalid> {
        let link = pod.link_by_unique_number(&UniqueNumber::longest(), &self.way_back);
        link.map(drop).map_err(|_| {
            Invalid::new(
                Input::ReturnUrl.key(),
                "is too long for a pay link, together with the notify URL",
            )
            .with_remedy("shorten them to 1500 characters, percent-encoded")
        })
    }

    /// What was created with the invoice that was issued for it.
    fn created(self, pod: &Pod, invoice: &Invoice) -> Result<Created, Error> {
        if let Some(payable) = &invoice.payable_amount
            && payable != self.record.amount()
        {
            let problem = "the issued invoice asks its payer for another amount than the price";
            let mismatch = Mismatch::new(ComparedField::Amount, self.record.amount(), payable);
            return Err(self
                .unknown(ErrorKind::Mismatch, problem)
                .with_mismatch(mismatch));
        }
        let number = invoice.unique_number.as_deref().unwrap_or_default();
        let link = number
            .parse()
            .and_then(|number: UniqueNumber| pod.link_by_unique_number(&number, &self.way_back))
            .map_err(|_| {
                let problem =
                    "the invoice was issued, and POD does not tell a unique number to pay it by";
                self.unknown(ErrorKind::Untrusted, problem)
            })?;
        let record = self.record.with_id(INVOICE_ID, invoice.id.to_string());
        Ok(Created::new(record).with_link(Some(link)))
    }

    fn unknown(&self, kind: ErrorKind, problem: &'static str) -> Error {
        Error::new(kind, Effect::Unknown, problem)
            .with_operation(PodConfig::PROVIDER, NewInvoice::NAME)
            .with_handle(self.handle.clone())
    }
}
