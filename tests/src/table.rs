//! A table in Markdown, made of what was observed and held against the one in the docs.

/// Writes rows under a heading, each column as wide as its widest cell.
#[must_use]
pub fn markdown(heading: &[&str], rows: &[Vec<String>]) -> String {
    let width = |column: usize| {
        let cells = rows
            .iter()
            .filter_map(|row| row.get(column))
            .map(|cell| cell.chars().count());
        cells
            .chain(heading.get(column).map(|cell| cell.chars().count()))
            .max()
            .unwrap_or(0)
    };
    let widths: Vec<usize> = (0..heading.len()).map(width).collect();
    let line = |cells: Vec<&str>| {
        let padded: Vec<String> = cells
            .iter()
            .zip(&widths)
            .map(|(cell, width)| format!("{cell:<width$}"))
            .collect();
        format!("| {} |\n", padded.join(" | "))
    };
    let rule: Vec<String> = widths.iter().map(|width| "-".repeat(*width)).collect();
    let mut table = line(heading.to_vec());
    table.push_str(&line(rule.iter().map(String::as_str).collect()));
    for row in rows {
        table.push_str(&line(row.iter().map(String::as_str).collect()));
    }
    table
}
