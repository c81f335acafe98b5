use comfy_table::{ColumnConstraint, ContentArrangement, LineStyle, Table, TableStyle};

/// A line between the header and the rows, nothing else.
const STYLE: TableStyle = TableStyle::new().header_separator(LineStyle::none().fill('─'));

/// Blanks between two columns.
const GAP: u16 = 2;

/// A table that fits the terminal, where there is one: the columns of these indices are broken for it if they must be.
pub(crate) fn table(
    header: &[&str],
    rows: impl IntoIterator<Item = Vec<String>>,
    broken: &[usize],
) -> Table {
    let mut table = Table::new();
    table
        .load_style(STYLE)
        .set_content_arrangement(ContentArrangement::Dynamic)
        .set_header(header.to_vec());
    for row in rows {
        table.add_row(row);
    }
    let last = header.len().saturating_sub(1);
    for (index, column) in table.column_iter_mut().enumerate() {
        column.set_padding((0, if index == last { 0 } else { GAP }));
        if !broken.contains(&index) {
            column.set_constraint(ColumnConstraint::ContentWidth);
        }
    }
    table
}

/// Leaves a column out if the terminal has no room for all of them.
pub(crate) fn spare(table: &mut Table, index: usize) {
    let needed = table
        .column_max_content_widths()
        .into_iter()
        .reduce(|sum, width| sum.saturating_add(GAP).saturating_add(width));
    let crowded = table
        .width()
        .zip(needed)
        .is_some_and(|(width, needed)| needed > width);
    if let Some(column) = table.column_mut(index).filter(|_| crowded) {
        column.set_constraint(ColumnConstraint::Hidden);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ID: &str = "de7d44ae-9df9-487f-a175-ade1ecfab28b";

    fn drawn(number: &str, width: u16) -> String {
        let rows = [[number, "generated", "250000 IRT", "21/11/2026", ID]
            .map(str::to_owned)
            .to_vec()];
        let mut table = table(
            &["INVOICE", "STATUS", "AMOUNT", "CREATED", "TRACKID"],
            rows,
            &[0],
        );
        table.set_width(width);
        spare(&mut table, 3);
        table.trim_fmt()
    }

    #[test]
    fn what_has_to_be_copied_is_never_broken() {
        for (number, has_date) in [
            ("1000", true),
            ("order-2026-17", false),
            ("a-very-long-number-of-an-order", false),
        ] {
            let drawn = drawn(number, 80);
            assert!(
                drawn.lines().all(|line| line.chars().count() <= 80),
                "{drawn}"
            );
            assert!(
                drawn.contains(ID) && drawn.contains("generated  250000 IRT"),
                "{drawn}"
            );
            assert_eq!(drawn.contains("21/11/2026"), has_date, "{drawn}");
        }
        assert!(drawn("a-very-long-number-of-an-order", 120).contains("21/11/2026"));
    }
}
