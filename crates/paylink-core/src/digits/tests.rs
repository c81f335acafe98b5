use std::borrow::Cow;

use proptest::prelude::*;

use super::*;

#[test]
fn each_digit_of_both_scripts_is_read() {
    assert_eq!(latin("۰۱۲۳۴۵۶۷۸۹"), "0123456789");
    assert_eq!(latin("٠١٢٣٤٥٦٧٨٩"), "0123456789");
}

#[test]
fn digits_of_other_scripts_and_their_neighbours_stay() {
    // Devanagari, fullwidth and superscript digits; then what stands beside the two ranges in Unicode.
    for text in [
        "१२३",
        "１２３",
        "¹²³",
        "\u{065f}\u{066a}",
        "\u{06ef}\u{06fa}",
        "٫٬",
    ] {
        assert_eq!(latin(text), text);
    }
}

#[test]
fn text_without_such_digits_is_not_copied() {
    assert!(matches!(latin("123 ریال"), Cow::Borrowed(_)));
}

#[test]
fn ungrouped_drops_spaces_and_dashes_alone() {
    assert_eq!(ungrouped("۶۰۳۷-70 16/x").collect::<String>(), "60377016/x");
}

proptest! {
    #[test]
    fn every_script_reads_back(text in "[0-9a-zآ-غ /.-]{0,40}") {
        for write in scripts::SCRIPTS {
            let written = write(&text);
            prop_assert_eq!(latin(&written), text.as_str());
        }
    }

    #[test]
    fn the_number_of_characters_never_changes(text in any::<String>()) {
        prop_assert_eq!(latin(&text).chars().count(), text.chars().count());
    }
}
