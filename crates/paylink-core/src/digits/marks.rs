//! Thousands marks: what people write between groups of three digits.

/// The comma, the comma of Persian keyboards, and the thousands separator proper.
const MARKS: [char; 3] = [',', '،', '٬'];

/// Whether a mark of either kind stands in the text.
pub(super) fn has_mark(text: &str) -> bool {
    text.contains(MARKS)
}

/// The text without its thousands marks; `None` if they do not stand, all of one kind, between groups of three.
///
/// A group may hold anything that is not a mark.
pub(super) fn ungrouped_by_marks(text: &str) -> Option<String> {
    let Some(mark) = text.chars().find(|c| MARKS.contains(c)) else {
        return Some(text.to_owned());
    };
    let mut lengths = text.split(mark).map(|group| group.chars().count());
    let in_threes = matches!(lengths.next(), Some(1..=3)) && lengths.all(|length| length == 3);
    let bare: String = text.chars().filter(|c| *c != mark).collect();
    (in_threes && !has_mark(&bare)).then_some(bare)
}

/// Whether the only mark of the text is a comma: elsewhere in the world that is a decimal point.
pub(super) fn has_one_comma(text: &str) -> bool {
    let mut marks = text.chars().filter(|c| MARKS.contains(c));
    matches!((marks.next(), marks.next()), (Some(',' | '،'), None))
}
