use std::sync::LazyLock;

use paylink_core::Currency;
use paylink_core::provider::{Capabilities, Capability, Input};

/// What Kiosk offers and takes. What is not named here is not offered and not taken.
pub(crate) fn declared() -> &'static Capabilities {
    static DECLARED: LazyLock<Capabilities> = LazyLock::new(|| {
        Capabilities::new("kiosk", &[Currency::Irr])
            .supports(Capability::State)
            .supports(Capability::Refund)
            .supports(Capability::Disable)
            .supports(Capability::List)
            .supports(Capability::FindCreated)
            .supports(Capability::ReadReturn)
            .supports(Capability::PayLink)
            .supports(Capability::Expiry)
            .does_not_support(Capability::Resend, "Kiosk sends no messages.")
            .does_not_support(Capability::ReadWebhook, "Kiosk calls nobody.")
            .requires(Input::ReturnUrl)
            .accepts(Input::Mobile)
            .accepts(Input::Description)
            .accepts(Input::ListDay)
            .rejects(Input::NationalId, "Kiosk lets anybody pay.")
    });
    &DECLARED
}
