/// Declares methods of an `impl` that show a field, each with its documentation: `name: Type = self.field;`.
#[doc(hidden)]
#[macro_export]
macro_rules! getters {
    ($this:ident; $($(#[$doc:meta])+ $name:ident: $type:ty = $shown:expr;)+) => {$(
        $(#[$doc])+
        #[must_use]
        pub fn $name(&$this) -> $type {
            $shown
        }
    )+};
}
