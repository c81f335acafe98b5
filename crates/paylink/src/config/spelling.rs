/// The most letters in which a word may differ from the one that was meant.
const TOLERANCE: usize = 2;

/// The word that was probably meant, if one is near enough.
pub(super) fn nearest<'a>(
    written: &str,
    known: impl IntoIterator<Item = &'a str>,
) -> Option<&'a str> {
    let near = |word: &&str| {
        let shorter = word.chars().count().min(written.chars().count());
        TOLERANCE.min(shorter / 3)
    };
    known
        .into_iter()
        .map(|word| (distance(written, word), word))
        .filter(|(distance, word)| *distance <= near(word))
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, word)| word)
}

/// `did you mean api_key? ` if something is near, else nothing.
pub(super) fn question<'a>(written: &str, known: impl IntoIterator<Item = &'a str>) -> String {
    nearest(written, known).map_or_else(String::new, |word| format!("did you mean {word}? "))
}

/// How many letters have to be put in, taken out, changed or swapped with the next to make one word of the other; `-`
/// passes for `_`.
fn distance(one: &str, other: &str) -> usize {
    let plain = |word: &str| word.to_lowercase().replace('-', "_");
    strsim::osa_distance(&plain(one), &plain(other))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn changes_are_counted() {
        for (one, other, expected) in [
            ("", "", 0),
            ("", "abc", 3),
            ("api_key", "api-key", 0),
            ("API_KEY", "api_key", 0),
            ("api_kye", "api_key", 1),
            ("apikey", "api_key", 1),
            ("api_keys", "api_key", 1),
            ("zippay", "zipay", 1),
            ("kitten", "sitting", 3),
        ] {
            assert_eq!(distance(one, other), expected, "{one} {other}");
            assert_eq!(distance(other, one), expected, "{other} {one}");
        }
    }

    #[test]
    fn what_is_near_is_offered_and_nothing_else() {
        let keys = ["api_key", "secret_key", "terminal", "via"];
        assert_eq!(nearest("api_kye", keys), Some("api_key"));
        assert_eq!(nearest("secretkey", keys), Some("secret_key"));
        assert_eq!(nearest("vai", keys), Some("via"));
        assert_eq!(
            nearest("vox", keys),
            None,
            "two of three letters are another word"
        );
        assert_eq!(nearest("service_host", keys), None);
    }
}
