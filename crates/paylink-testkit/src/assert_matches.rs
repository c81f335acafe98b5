/// Asserts that a value matches a pattern, and shows the value where it does not.
///
/// ```
/// # use paylink_testkit::assert_matches;
/// for found in [Some(3), Some(4)] {
///     assert_matches!(found, Some(number) if number > 2);
///     assert_matches!(found, Some(3 | 4), "of {found:?}");
/// }
/// ```
#[macro_export]
macro_rules! assert_matches {
    ($value:expr, $pattern:pat $(if $guard:expr)? $(, $($told:tt)+)?) => {
        match $value {
            $pattern $(if $guard)? => {}
            ref other => panic!("{other:?} {}", String::new() $(+ &format!($($told)+))?),
        }
    };
}
