use std::sync::LazyLock;
use std::time::Duration;

use paylink_core::provider::{Capabilities, Capability, Input};
use paylink_core::{Account, Currency};

use crate::account::PodAccount;

/// What POD offers, whoever the merchant is.
pub(crate) fn declared() -> &'static Capabilities {
    &DECLARED
}

/// The document's own deadline: an invoice in three steps that is not verified within an hour is given back.
const HOUR: Duration = Duration::from_secs(60 * 60);

static DECLARED: LazyLock<Capabilities> = LazyLock::new(|| {
    Capabilities::new(PodAccount::PROVIDER, &[Currency::Irr])
        .gives_back_after(HOUR)
        .offers(Capability::State)
        .offers(Capability::Disable)
        .offers(Capability::List)
        .offers(Capability::FindCreated)
        .offers(Capability::ReadReturn)
        .offers(Capability::ReadWebhook)
        .offers(Capability::PayLink)
        .without(
            Capability::Refund,
            "POD documents no way to give the money of a settled invoice back.",
        )
        .without(
            Capability::Resend,
            "An SMS of POD's needs a user of POD's to whom the invoice was issued; a link by unique number has none.",
        )
        .without(
            Capability::ExactTransfer,
            "The payer pays on POD's page, not from card to card.",
        )
        .without(
            Capability::Expiry,
            "An invoice without a deadline can be paid until it is cancelled.",
        )
        .takes(Input::ReturnUrl)
        .takes(Input::NotifyUrl)
        .takes(Input::Mobile)
        .takes(Input::Description)
        .takes(Input::ListDay)
        .refuses(
            Input::PayerName,
            "An invoice is for anybody who has the link, and POD has no place for a name.",
        )
        .refuses(
            Input::NationalId,
            "POD cannot keep a payment for one person.",
        )
        .refuses(
            Input::PayerCard,
            "POD cannot keep a payment for one card.",
        )
});
