use paylink_core::CodeEntry;

/// What the providers that are switched on may say, and what each of it means: for a support desk, a page of help, a log.
///
/// An error knows its own entry's texts already: [`Error::refusal`](crate::Error::refusal) has them, and
/// [`Error::advice`](crate::Error::advice) says what to do next.
///
/// ```
/// // "What does POD's code 58 mean?"
/// let said = paylink::catalogue().find(|entry| entry.provider == "pod" && entry.code == "58");
/// if let Some(entry) = said {
///     println!("{} {}", entry.explanation.persian, entry.advice.persian());
/// }
/// # assert_eq!(said.is_some(), cfg!(feature = "pod"));
/// ```
pub fn catalogue() -> impl Iterator<Item = &'static CodeEntry> {
    crate::providers().iter().flat_map(|it| it.codes())
}

#[cfg(test)]
mod tests {
    #[test]
    fn it_holds_the_providers_that_are_switched_on_and_no_other() {
        for (provider, _) in crate::providers::KNOWN {
            let on = crate::providers().iter().any(|it| it.name() == *provider);
            let held = super::catalogue().any(|entry| entry.provider == *provider);
            assert_eq!(held, on, "{provider}");
        }
    }
}
