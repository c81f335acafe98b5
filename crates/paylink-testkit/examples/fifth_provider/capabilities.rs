use std::sync::LazyLock;

use paylink_core::Currency;
use paylink_core::provider::{Capabilities, Capability, Input};

/// What Kiosk offers and takes. What is not named here is not offered and not taken.
pub(crate) fn declared() -> &'static Capabilities {
    static DECLARED: LazyLock<Capabilities> = LazyLock::new(|| {
        Capabilities::new("kiosk", &[Currency::Irr])
            .offers(Capability::State)
            .offers(Capability::Refund)
            .offers(Capability::Disable)
            .offers(Capability::List)
            .offers(Capability::FindCreated)
            .offers(Capability::ReadReturn)
            .offers(Capability::PayLink)
            .offers(Capability::Expiry)
            .without(Capability::Resend, "Kiosk sends no messages.")
            .without(Capability::ReadWebhook, "Kiosk calls nobody.")
            .needs(Input::ReturnUrl)
            .takes(Input::Mobile)
            .takes(Input::Description)
            .takes(Input::ListDay)
            .refuses(Input::NationalId, "Kiosk lets anybody pay.")
    });
    &DECLARED
}
