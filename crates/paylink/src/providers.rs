use paylink_core::provider::Descriptor;

/// Declares the providers of this crate. A line is all that another one takes here: its feature, its crate, the module
/// that it is re-exported as, its name, and one sentence for the documentation.
macro_rules! providers {
    ($($feature:literal $client:ident as $module:ident, $name:literal, $about:literal;)*) => {
        $(
            #[cfg(feature = $feature)]
            pub use $client as $module;
        )*

        /// The descriptors of the providers that are switched on, in the order of their names.
        ///
        /// A descriptor says what a provider is: its settings, its variants with what each can do, its operations and
        /// codes. A program names the providers that it works with as features, and gets the client of each as a module:
        ///
        /// | feature | module | what it takes money with |
        /// |---|---|---|
        $(#[doc = concat!("| `", $feature, "` | `paylink::", stringify!($module), "` | ", $about, " |")])*
        ///
        /// ```
        /// for provider in paylink::providers() {
        ///     println!("{}: {} settings", provider.title(), provider.settings().len());
        /// }
        /// ```
        #[must_use]
        pub fn providers() -> &'static [&'static Descriptor] {
            static ON: &[&Descriptor] = &[$(#[cfg(feature = $feature)] &$client::DESCRIPTOR),*];
            ON
        }

        /// The name of every provider and the feature that switches it on.
        #[cfg(any(test, feature = "config"))]
        pub(crate) const KNOWN: &[(&str, &str)] = &[$(($name, $feature)),*];
    };
}

providers! {
    "cardpay" cardpay_client as cardpay, "cardpay", "CardPay, transfers from card to card in rial";
    "pod" pod_invoice_client as pod, "pod", "POD invoices in rial, paid by card, wallet, SMS and more";
    "sizpay" sizpay_client as sizpay, "sizpay", "SizPay payment links by SMS, in rial; `sizpay-soap` adds SOAP";
    "zipay" zipay_client as zipay, "zipay", "ZiPay invoices in USD, USDT and toman";
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_provider_stands_under_its_own_name() {
        let on = providers().iter().map(|provider| provider.name());
        let mut known = KNOWN.iter().map(|(name, _)| *name);
        for name in on {
            assert!(known.any(|other| other == name), "{name}, or its place");
        }
        assert!(KNOWN.is_sorted());
    }
}
