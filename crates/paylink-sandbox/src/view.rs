/// Declares what is shown of something: each field with its type and, behind `=`, what it shows.
///
/// `of` makes the view; what its fields need in common stands behind `with`.
macro_rules! view {
    (
        $(#[$meta:meta])*
        $vis:vis struct $View:ident $(<$life:lifetime>)? of ($($given:ident: $Given:ty),+) {
            $($(#[$about:meta])* $field:ident: $Type:ty = $shown:expr,)+
        } $(with { $($common:stmt;)+ })?
    ) => {
        $(#[$meta])*
        $vis struct $View $(<$life>)? {
            $($(#[$about])* $field: $Type,)+
        }

        impl $(<$life>)? $View $(<$life>)? {
            $vis fn of($($given: $Given),+) -> Self {
                $($($common)+)?
                Self { $($field: $shown,)+ }
            }
        }
    };
}
pub(crate) use view;
