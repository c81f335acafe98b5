use std::time::SystemTime;

use super::PodSandbox;
use super::account::Account;
use super::answer::Answer;
use super::invoice::Invoice;
use super::params::Params;
use super::refusal::Refusal;
use super::settings::DoneAnswer;
use super::store::Store;

/// Every parameter that a service of POD has.
const PARAMETERS: &[&str] = &[
    "scProductId",
    "scApiKey",
    "scVoucherHash",
    "_ott_",
    "invoiceId",
    "wallet",
    "delegatorId",
    "delegationHash",
    "forceDelegation",
    "smsContentType",
    "redirectUri",
    "callbackUri",
    "code",
    "creditorInvoiceId",
    "debtorInvoiceId",
    "date",
    "guildCode",
    "terminalNumber",
    "merchantCode",
    "referenceNumber",
    "trackingNumber",
    "transactionDate",
    "userId",
    "productId",
    "price",
    "quantity",
    "productDescription",
    "billNumber",
    "description",
    "redirectURL",
    "deadline",
    "currencyCode",
    "preferredTaxRate",
    "verificationNeeded",
    "verifyAfterTimeout",
    "preview",
    "metadata",
    "cellphoneNumber",
    "offset",
    "firstId",
    "lastId",
    "size",
    "id",
    "uniqueNumber",
    "fromDate",
    "toDate",
    "isPayed",
    "isWaiting",
    "isCanceled",
    "isClosed",
];

/// A request of somebody whose token is known.
#[derive(Debug)]
pub(super) struct Call<'a> {
    pub(super) pod: &'a PodSandbox,
    pub(super) caller: &'a Account,
    pub(super) params: &'a Params,
    pub(super) reference: &'a str,
    pub(super) now: SystemTime,
}

impl Call<'_> {
    /// Tells whether any service has a parameter of this name.
    pub(super) fn knows(parameter: &str) -> bool {
        PARAMETERS.contains(&parameter)
    }

    /// Answers that it is done.
    pub(super) fn done(&self) -> Result<Answer, Refusal> {
        match self.pod.settings().done {
            DoneAnswer::Truth => Answer::of(&true),
            DoneAnswer::Text => Answer::of(&"true"),
            DoneAnswer::Link => Answer::of(&format!("{}v1/pbc/payinvoice/", self.pod.pay_url())),
            DoneAnswer::Words => Answer::of(&"عملیات با موفقیت انجام شد"),
        }
    }

    /// Checks that a business calls.
    pub(super) fn require_business(&self) -> Result<(), Refusal> {
        let is_business = self.caller.business_id().is_some();
        is_business.then_some(()).ok_or(Refusal::PERMISSION_DENIED)
    }

    /// Returns an invoice that the caller has issued.
    pub(super) fn issued<'s>(&self, store: &'s Store, id: u64) -> Result<&'s Invoice, Refusal> {
        let invoice = store.get(id)?;
        let theirs = invoice.issuer == self.caller.user_id();
        theirs.then_some(invoice).ok_or(Refusal::PERMISSION_DENIED)
    }

    /// Returns an invoice that was issued to the caller.
    pub(super) fn owed<'s>(&self, store: &'s Store, id: u64) -> Result<&'s Invoice, Refusal> {
        let invoice = store.get(id)?;
        let theirs = invoice.user_id == Some(self.caller.user_id());
        theirs.then_some(invoice).ok_or(Refusal::NOT_YOURS)
    }
}
