/// Returns whether digits pass the check of ISO/IEC 7812, in which every second one from the right counts
/// twice.
pub(crate) fn passes_luhn(digits: &str) -> bool {
    let weighed = |(place, digit): (usize, char)| {
        let digit = digit.to_digit(10)?;
        let weight = if place.is_multiple_of(2) { 1 } else { 2 };
        Some(digit * weight / 10 + digit * weight % 10)
    };
    let weighed: Option<Vec<u32>> = digits.chars().rev().enumerate().map(weighed).collect();
    weighed.is_some_and(|weighed| weighed.iter().sum::<u32>().is_multiple_of(10))
}
