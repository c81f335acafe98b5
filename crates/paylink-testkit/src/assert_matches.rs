/// Asserts that a value matches a pattern, and shows the value where it does not.
///
/// ```
/// paylink_testkit::assert_matches!(Some(7), Some(5..));
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
