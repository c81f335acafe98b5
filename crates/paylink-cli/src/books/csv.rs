//! Tables for spreadsheets: comma-separated values as RFC 4180 has them.

/// One line, with its end.
pub(super) fn line<'a>(cells: impl IntoIterator<Item = Cell<'a>>) -> String {
    let cells: Vec<String> = cells.into_iter().map(Cell::written).collect();
    format!("{}\r\n", cells.join(","))
}

/// What stands in one place of the table.
pub(super) enum Cell<'a> {
    /// A word or a number of the program's own.
    Own(String),
    /// What came from elsewhere, and may be anything.
    Text(&'a str),
    /// Nothing.
    Empty,
}

impl<'a> Cell<'a> {
    pub(super) fn text(text: Option<&'a str>) -> Cell<'a> {
        text.map_or(Cell::Empty, Cell::Text)
    }

    pub(super) fn own(value: Option<String>) -> Cell<'a> {
        value.map_or(Cell::Empty, Cell::Own)
    }

    fn written(self) -> String {
        match self {
            Cell::Own(value) => quoted(&value),
            Cell::Text(text) => quoted(&harmless(text)),
            Cell::Empty => String::new(),
        }
    }
}

/// A spreadsheet reads a cell that begins with one of these marks as a formula, which may do anything: an apostrophe before it
/// keeps it a text.
fn harmless(text: &str) -> String {
    const MARKS: [char; 11] = ['=', '+', '-', '@', '\t', '\r', '\n', '＝', '＋', '－', '＠'];

    if text.starts_with(MARKS) {
        format!("'{text}")
    } else {
        text.to_owned()
    }
}

/// In quotes if it could be taken for more than one cell, or for less of one.
fn quoted(value: &str) -> String {
    let is_mark = |c: char| matches!(c, '"' | ',') || c.is_control();
    let is_plain = !value.contains(is_mark) && value.trim() == value;
    if is_plain {
        value.to_owned()
    } else {
        format!("\"{}\"", value.replace('"', "\"\""))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of_text(text: &str) -> String {
        line([Cell::Text(text)])
    }

    #[test]
    fn commas_quotes_and_ends_of_lines_stay_in_their_cell() {
        for (text, written) in [
            ("1000", "1000\r\n"),
            ("سفارش ۱۰۰۰", "سفارش ۱۰۰۰\r\n"),
            ("", "\r\n"),
            ("a,b", "\"a,b\"\r\n"),
            ("a \"b\" c", "\"a \"\"b\"\" c\"\r\n"),
            ("a\r\nb", "\"a\r\nb\"\r\n"),
            ("a\nb", "\"a\nb\"\r\n"),
            (" a", "\" a\"\r\n"),
        ] {
            assert_eq!(of_text(text), written);
        }
        let cells = [
            Cell::Text("a"),
            Cell::Empty,
            Cell::own(Some("-1".to_owned())),
            Cell::own(None),
            Cell::text(Some("b")),
        ];
        assert_eq!(line(cells), "a,,-1,,b\r\n");
    }

    #[test]
    fn no_text_becomes_a_formula() {
        for (text, written) in [
            ("=1+1", "'=1+1\r\n"),
            ("+98", "'+98\r\n"),
            ("-1", "'-1\r\n"),
            ("@SUM(A1)", "'@SUM(A1)\r\n"),
            ("\t=1", "\"'\t=1\"\r\n"),
            ("\r=1", "\"'\r=1\"\r\n"),
            ("＝1", "'＝1\r\n"),
            (
                "=cmd|' /C calc'!A0,\"x\"",
                "\"'=cmd|' /C calc'!A0,\"\"x\"\"\"\r\n",
            ),
            ("1=1", "1=1\r\n"),
        ] {
            assert_eq!(of_text(text), written);
        }
    }
}
