/// Declares methods of an `impl` that show a field, each with its documentation: `name: Type = self.field;`. They are
/// `const` where `const self` stands before them.
#[doc(hidden)]
#[macro_export]
macro_rules! getters {
    (const $this:ident; $($(#[$doc:meta])+ $name:ident: $type:ty = $shown:expr;)+) => {$(
        $(#[$doc])+
        #[must_use]
        pub const fn $name(&$this) -> $type {
            $shown
        }
    )+};
    ($this:ident; $($(#[$doc:meta])+ $name:ident: $type:ty = $shown:expr;)+) => {$(
        $(#[$doc])+
        #[must_use]
        pub fn $name(&$this) -> $type {
            $shown
        }
    )+};
}

/// Declares methods of a builder's `impl` that set a field: `name(value: Type) => self.field = Some(value);`.
#[doc(hidden)]
#[macro_export]
macro_rules! setters {
    ($this:ident: $builder:ty; $($(#[$doc:meta])+ $name:ident($value:ident: $type:ty) => $set:expr;)+) => {$(
        $(#[$doc])+
        pub fn $name(mut $this, $value: $type) -> $builder {
            $set;
            $this
        }
    )+};
}
