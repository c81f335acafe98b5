//! Tables and lists of facts, laid out for the width at hand.
//!
//! What is copied is never broken. A table that is too wide lets sentences and names wrap, then leaves out columns, the most
//! dispensable first, and at last stacks each row.

use std::borrow::Cow;
use std::io::{self, Write};

use unicode_width::UnicodeWidthStr;

use crate::language::Language;
use crate::persian;
use crate::screen::Screen;
use crate::text::shown;

/// Blanks between two columns.
const GAP: usize = 2;

/// Where a column of words may wrap, if it is as wide.
const NARROW: usize = 12;

const BOLD: &str = "\u{1b}[1m";
const GREEN: &str = "\u{1b}[32m";
const YELLOW: &str = "\u{1b}[33m";
const RED: &str = "\u{1b}[31m";
const PLAIN: &str = "\u{1b}[0m";

/// One column of a table.
#[derive(Clone, Debug)]
pub(crate) struct Column {
    heading: Cow<'static, str>,
    holds: Holds,
    /// The smaller, the sooner it is left out; what has none is always shown.
    importance: Option<u8>,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Holds {
    Id,
    Word,
    Verdict,
    Name,
    Sentence,
}

impl Holds {
    fn may_wrap(self) -> bool {
        matches!(self, Holds::Name | Holds::Sentence)
    }

    /// What others wrote is not translated, even if it is a word of ours.
    fn is_ours(self) -> bool {
        matches!(self, Holds::Word | Holds::Verdict | Holds::Sentence)
    }
}

impl Column {
    fn new(heading: impl Into<Cow<'static, str>>, holds: Holds) -> Column {
        Column {
            heading: heading.into(),
            holds,
            importance: None,
        }
    }

    /// What is copied, such as a reference, a card, a host.
    pub(crate) fn id(heading: impl Into<Cow<'static, str>>) -> Column {
        Column::new(heading, Holds::Id)
    }

    /// What is read at a glance: an amount, a date, a state.
    pub(crate) fn word(heading: impl Into<Cow<'static, str>>) -> Column {
        Column::new(heading, Holds::Word)
    }

    /// How something went, in colour where there are any.
    pub(crate) fn verdict(heading: impl Into<Cow<'static, str>>) -> Column {
        Column::new(heading, Holds::Verdict)
    }

    /// What others wrote, such as a bank's name.
    pub(crate) fn name(heading: impl Into<Cow<'static, str>>) -> Column {
        Column::new(heading, Holds::Name)
    }

    /// What the command says.
    pub(crate) fn sentence(heading: impl Into<Cow<'static, str>>) -> Column {
        Column::new(heading, Holds::Sentence)
    }

    /// Lets it be left out, sooner than columns of more importance.
    pub(crate) fn spare(self, importance: u8) -> Column {
        Column {
            importance: Some(importance),
            ..self
        }
    }
}

/// Rows under headings.
#[derive(Debug)]
pub(crate) struct Table {
    columns: Vec<Column>,
    rows: Vec<Vec<String>>,
}

/// A cell of a column of names, in the language that is spoken here, where it is the command's own word after all.
pub(crate) fn said(english: &str) -> String {
    Canvas::of(Screen::get()).said(english)
}

/// A table of these columns and rows.
pub(crate) fn table(
    columns: impl IntoIterator<Item = Column>,
    rows: impl IntoIterator<Item = Vec<String>>,
) -> Table {
    Table {
        columns: columns.into_iter().collect(),
        rows: rows.into_iter().collect(),
    }
}

/// Writes names and values in two columns.
pub(crate) fn write_facts(out: &mut dyn Write, facts: &[(&str, String)]) -> io::Result<()> {
    let canvas = Canvas::of(Screen::get());
    let facts: Vec<(String, String)> = facts
        .iter()
        .map(|(name, value)| {
            let value = shown(value);
            let value = if is_ours(name) {
                canvas.said(&value)
            } else {
                value
            };
            (canvas.said(name), value)
        })
        .collect();
    canvas.write_pairs(out, "  ", "", &facts)
}

/// Whether a fact's value is in the command's own words: another's words may be the same as ours and mean something else.
fn is_ours(name: &str) -> bool {
    const OURS: [&str; 37] = [
        "Amount",
        "Asked for",
        "Can act",
        "Card",
        "Code",
        "Compared",
        "Dead letters",
        "Due",
        "In flight",
        "In its words",
        "Its amount",
        "Known from",
        "Listed",
        "Newer",
        "Next look",
        "Not delivered",
        "Not listed",
        "Not reached",
        "Not read to its end",
        "Orders",
        "Orders read",
        "Outbox",
        "Pages",
        "Paid",
        "Paid in all",
        "Payable",
        "Payment",
        "Period",
        "Price",
        "Stage",
        "Stands in",
        "State",
        "Status",
        "Tax in it",
        "The payer",
        "Time left",
        "Undated",
    ];
    OURS.contains(&name)
}

impl Table {
    /// Writes it, with a line about what had no room.
    pub(crate) fn write(&self, out: &mut dyn Write) -> io::Result<()> {
        self.write_on(&Canvas::of(Screen::get()), out)
    }

    /// Writes it as several tables, one below the other, if it is too wide: each has the first column and some of the others.
    pub(crate) fn write_in_parts(&self, out: &mut dyn Write) -> io::Result<()> {
        self.write_parts_on(&Canvas::of(Screen::get()), out)
    }

    fn write_parts_on(&self, canvas: &Canvas, out: &mut dyn Write) -> io::Result<()> {
        let mut shown: Vec<usize> = vec![0];
        for next in 1..self.columns.len() {
            shown.push(next);
            if shown.len() > 2
                && self
                    .part(&shown)
                    .said(canvas)
                    .fitted(canvas.width)
                    .is_none()
            {
                shown.pop();
                self.part(&shown).write_on(canvas, out)?;
                canvas.write_line(out, "")?;
                shown = vec![0, next];
            }
        }
        self.part(&shown).write_on(canvas, out)
    }

    /// These columns of it.
    fn part(&self, shown: &[usize]) -> Table {
        let columns = shown.iter().filter_map(|index| self.columns.get(*index));
        let cells = |row: &Vec<String>| -> Vec<String> {
            let cells = shown.iter().filter_map(|index| row.get(*index));
            cells.cloned().collect()
        };
        table(columns.cloned(), self.rows.iter().map(cells))
    }

    fn write_on(&self, canvas: &Canvas, out: &mut dyn Write) -> io::Result<()> {
        let table = self.said(canvas);
        match table.fitted(canvas.width) {
            Some((widths, left_out)) => {
                table.write_rows(canvas, &widths, out)?;
                if left_out.is_empty() {
                    return Ok(());
                }
                let names = left_out.join(canvas.comma());
                let note = format!("Not shown for lack of room: {names}; --json has all");
                canvas.write_line(out, &canvas.said(&note))
            }
            None => table.write_stacked(canvas, out),
        }
    }

    /// In the language that is spoken here.
    fn said(&self, canvas: &Canvas) -> Table {
        let columns = self.columns.iter().map(|column| {
            // One that is made at run time is a name.
            let heading = match column.heading {
                Cow::Borrowed(heading) => canvas.said(heading).into(),
                Cow::Owned(_) => column.heading.clone(),
            };
            Column {
                heading,
                ..column.clone()
            }
        });
        let rows = self.rows.iter().map(|row| {
            let cells = self.columns.iter().zip(row);
            let said = cells.map(|(column, cell)| match column.holds.is_ours() {
                true => canvas.said(cell),
                false => cell.clone(),
            });
            said.collect()
        });
        Table {
            columns: columns.collect(),
            rows: rows.collect(),
        }
    }

    /// The width of each column that is shown, none for one that is not, and the headings of those; nothing if no choice fits.
    fn fitted(&self, room: Option<usize>) -> Option<(Vec<Option<usize>>, Vec<&str>)> {
        let widest: Vec<usize> = self.widths(|_, cell| cell.width());
        let least = self.widths(|column, cell| match column.holds.may_wrap() {
            true => cell.width().min(NARROW).max(longest_word(cell)),
            false => cell.width(),
        });
        let mut is_shown = vec![true; self.columns.len()];
        let Some(room) = room else {
            return Some((widest.into_iter().map(Some).collect(), Vec::new()));
        };
        loop {
            let shown = |widths: &[usize]| {
                let widths = widths.iter().zip(&is_shown);
                let widths: Vec<usize> = widths
                    .filter_map(|(width, shown)| shown.then_some(*width))
                    .collect();
                widths.iter().sum::<usize>() + GAP * widths.len().saturating_sub(1)
            };
            if let Some(spare) = room.checked_sub(shown(&least)) {
                let widths = widened(&least, &widest, &is_shown, spare);
                let left_out = self.columns.iter().zip(&is_shown);
                let left_out =
                    left_out.filter_map(|(column, shown)| (!shown).then_some(&*column.heading));
                return Some((widths, left_out.collect()));
            }
            let dispensable = self.columns.iter().zip(&mut is_shown);
            let (_, next) = dispensable
                .filter_map(|(column, shown)| Some((column.importance?, shown)))
                .filter(|(_, shown)| **shown)
                .min_by_key(|(importance, _)| *importance)?;
            *next = false;
        }
    }

    /// The most of something in each column, its heading included.
    fn widths(&self, of: impl Fn(&Column, &str) -> usize) -> Vec<usize> {
        let columns = self.columns.iter().enumerate();
        let most = columns.map(|(index, column)| {
            let cells = self.rows.iter().filter_map(|row| row.get(index));
            let most = cells.map(|cell| of(column, cell)).max();
            most.unwrap_or_default().max(column.heading.width())
        });
        most.collect()
    }

    fn write_rows(
        &self,
        canvas: &Canvas,
        widths: &[Option<usize>],
        out: &mut dyn Write,
    ) -> io::Result<()> {
        let has_headings = self.columns.iter().any(|column| !column.heading.is_empty());
        if has_headings {
            let headings = self.columns.iter().map(|column| &*column.heading);
            let headings: Vec<_> = headings.map(|heading| (heading, BOLD)).collect();
            self.write_row(canvas, &headings, widths, out)?;
            let shown: Vec<usize> = widths.iter().flatten().copied().collect();
            let width = shown.iter().sum::<usize>() + GAP * shown.len().saturating_sub(1);
            canvas.write_line(out, &"─".repeat(width))?;
        }
        for row in &self.rows {
            let cells = self.columns.iter().zip(row);
            let cells: Vec<_> = cells
                .map(|(column, cell)| (&**cell, canvas.style(column.holds, cell)))
                .collect();
            self.write_row(canvas, &cells, widths, out)?;
        }
        Ok(())
    }

    fn write_row(
        &self,
        canvas: &Canvas,
        cells: &[(&str, &'static str)],
        widths: &[Option<usize>],
        out: &mut dyn Write,
    ) -> io::Result<()> {
        let broken: Vec<_> = cells
            .iter()
            .zip(widths)
            .filter_map(|((cell, style), width)| {
                Some((wrapped(cell, (*width)?), *style, (*width)?))
            })
            .collect();
        let height = broken.iter().map(|(lines, ..)| lines.len()).max();
        for line in 0..height.unwrap_or_default() {
            let parts = broken.iter().map(|(lines, style, width)| {
                let text = lines.get(line).map_or("", String::as_str);
                (text, *style, *width)
            });
            canvas.write_line(out, &canvas.joined(parts))?;
        }
        Ok(())
    }

    /// One block for each row.
    fn write_stacked(&self, canvas: &Canvas, out: &mut dyn Write) -> io::Result<()> {
        for (index, row) in self.rows.iter().enumerate() {
            if index > 0 {
                canvas.write_line(out, "")?;
            }
            let pairs = self.columns.iter().zip(row);
            let pairs = pairs.filter(|(_, cell)| !cell.trim().is_empty());
            let pairs: Vec<_> = pairs
                .map(|(column, cell)| (column.heading.to_string(), cell.trim().to_owned()))
                .collect();
            canvas.write_pairs(out, "", BOLD, &pairs)?;
        }
        Ok(())
    }
}

/// Gives what room there is to the columns that would be wider, from left to right.
fn widened(
    least: &[usize],
    widest: &[usize],
    is_shown: &[bool],
    mut spare: usize,
) -> Vec<Option<usize>> {
    let columns = least.iter().zip(widest).zip(is_shown);
    let widths = columns.map(|((least, widest), shown)| {
        let more = if *shown {
            widest.saturating_sub(*least).min(spare)
        } else {
            0
        };
        spare -= more;
        shown.then_some(least + more)
    });
    widths.collect()
}

fn longest_word(text: &str) -> usize {
    let words = text.split(' ').map(UnicodeWidthStr::width);
    words.max().unwrap_or_default()
}

/// Breaks a text between words; a word that is too long stays whole.
fn wrapped(text: &str, width: usize) -> Vec<String> {
    if text.width() <= width {
        return vec![text.to_owned()];
    }
    let mut lines = Vec::new();
    let mut line = String::new();
    for word in text.split(' ') {
        if !line.is_empty() && line.width() + 1 + word.width() > width {
            lines.push(std::mem::take(&mut line));
        }
        if !line.is_empty() {
            line.push(' ');
        }
        line.push_str(word);
    }
    lines.push(line);
    lines
}

/// What is written on, and how.
#[derive(Clone, Copy, Debug)]
struct Canvas {
    width: Option<usize>,
    language: Language,
    has_colour: bool,
    is_terminal: bool,
}

impl Canvas {
    fn of(screen: Screen) -> Canvas {
        Canvas {
            width: screen.width,
            language: screen.language,
            has_colour: screen.stdout.has_colour,
            is_terminal: screen.stdout.is_terminal,
        }
    }

    fn said(&self, english: &str) -> String {
        match self.language {
            Language::En => english.to_owned(),
            Language::Fa => persian::said(english).unwrap_or_else(|| english.to_owned()),
        }
    }

    fn comma(&self) -> &'static str {
        match self.language {
            Language::En => ", ",
            Language::Fa => "، ",
        }
    }

    fn style(&self, holds: Holds, cell: &str) -> &'static str {
        match cell {
            _ if holds != Holds::Verdict => "",
            "ok" | "yes" | "درست" | "بله" => GREEN,
            "warning" | "هشدار" => YELLOW,
            _ => RED,
        }
    }

    /// One line of cells, each as wide as its column.
    fn joined<'a>(&self, cells: impl Iterator<Item = (&'a str, &'static str, usize)>) -> String {
        let mut line = String::new();
        let mut blanks = 0;
        for (text, style, width) in cells {
            if !text.is_empty() {
                line.push_str(&" ".repeat(blanks));
                blanks = 0;
                line.push_str(&self.styled(&self.isolated(text), style));
            }
            blanks += width.saturating_sub(text.width()) + GAP;
        }
        line
    }

    fn styled(&self, text: &str, style: &'static str) -> String {
        if self.has_colour && !style.is_empty() {
            format!("{style}{text}{PLAIN}")
        } else {
            text.to_owned()
        }
    }

    /// Keeps a terminal that turns Persian around from turning a whole line of cells around.
    fn isolated(&self, text: &str) -> String {
        if self.language == Language::Fa && self.is_terminal {
            persian::isolate(text)
        } else {
            text.to_owned()
        }
    }

    /// Names and values; a value that is too long goes on below itself, or stands below its name.
    fn write_pairs(
        &self,
        out: &mut dyn Write,
        margin: &str,
        style: &'static str,
        pairs: &[(String, String)],
    ) -> io::Result<()> {
        let names = pairs.iter().map(|(name, _)| name.width()).max();
        let names = names.unwrap_or_default();
        let room = self.width.unwrap_or(usize::MAX);
        let beside = room.saturating_sub(margin.len() + names + GAP);
        let below = room.saturating_sub(margin.len() * 2);
        for (name, value) in pairs {
            let fits = longest_word(value) <= beside;
            let name_width = name.width();
            let name = self.styled(&self.isolated(name), style);
            let mut before = format!("{margin}{name}{:1$}", "", names - name_width + GAP);
            if !fits {
                self.write_line(out, &before)?;
                before = margin.repeat(2);
            }
            for line in wrapped(value, if fits { beside } else { below }) {
                let is_too_wide = !fits && line.width() > below;
                let before_it = if is_too_wide { "" } else { &before };
                self.write_line(out, &format!("{before_it}{}", self.isolated(&line)))?;
                if fits {
                    before = " ".repeat(margin.len() + names + GAP);
                }
            }
        }
        Ok(())
    }

    fn write_line(&self, out: &mut dyn Write, line: &str) -> io::Result<()> {
        // What is laid out is not looked up again on its way.
        let mark = match self.language {
            Language::En => "",
            Language::Fa => persian::FINISHED,
        };
        writeln!(out, "{mark}{}", line.trim_end())
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const ID: &str = "de7d44ae-9df9-487f-a175-ade1ecfab28b";

    fn on(width: Option<usize>) -> Canvas {
        Canvas {
            width,
            ..Canvas::of(Screen::default())
        }
    }

    fn drawn(table: &Table, width: usize) -> String {
        let mut out = Vec::new();
        table.write_on(&on(Some(width)), &mut out).unwrap();
        String::from_utf8(out).unwrap()
    }

    fn invoices(number: &str, bank: &str) -> Table {
        let row = [number, "generated", bank, "21/11/2026", ID].map(str::to_owned);
        let columns = [
            Column::id("INVOICE"),
            Column::word("STATUS"),
            Column::name("BANK"),
            Column::word("CREATED").spare(0),
            Column::id("TRACKID"),
        ];
        table(columns, [row.to_vec(), row.to_vec()])
    }

    #[test]
    fn what_has_no_room_is_wrapped_then_left_out_then_stacked() {
        let table = invoices("2026-1002", "the bank of the merchants and others");
        insta::assert_snapshot!(drawn(&table, 120), @r"
        INVOICE    STATUS     BANK                                  CREATED     TRACKID
        ────────────────────────────────────────────────────────────────────────────────────────────────────────────
        2026-1002  generated  the bank of the merchants and others  21/11/2026  de7d44ae-9df9-487f-a175-ade1ecfab28b
        2026-1002  generated  the bank of the merchants and others  21/11/2026  de7d44ae-9df9-487f-a175-ade1ecfab28b
        ");
        insta::assert_snapshot!(drawn(&table, 100), @r"
        INVOICE    STATUS     BANK                          CREATED     TRACKID
        ────────────────────────────────────────────────────────────────────────────────────────────────────
        2026-1002  generated  the bank of the merchants     21/11/2026  de7d44ae-9df9-487f-a175-ade1ecfab28b
                              and others
        2026-1002  generated  the bank of the merchants     21/11/2026  de7d44ae-9df9-487f-a175-ade1ecfab28b
                              and others
        ");
        insta::assert_snapshot!(drawn(&table, 80), @r"
        INVOICE    STATUS     BANK                  TRACKID
        ────────────────────────────────────────────────────────────────────────────────
        2026-1002  generated  the bank of the       de7d44ae-9df9-487f-a175-ade1ecfab28b
                              merchants and others
        2026-1002  generated  the bank of the       de7d44ae-9df9-487f-a175-ade1ecfab28b
                              merchants and others
        Not shown for lack of room: CREATED; --json has all
        ");
        insta::assert_snapshot!(drawn(&table, 60), @r"
        INVOICE  2026-1002
        STATUS   generated
        BANK     the bank of the merchants and others
        CREATED  21/11/2026
        TRACKID  de7d44ae-9df9-487f-a175-ade1ecfab28b

        INVOICE  2026-1002
        STATUS   generated
        BANK     the bank of the merchants and others
        CREATED  21/11/2026
        TRACKID  de7d44ae-9df9-487f-a175-ade1ecfab28b
        ");
        insta::assert_snapshot!(drawn(&table, 40), @r"
        INVOICE  2026-1002
        STATUS   generated
        BANK     the bank of the merchants and
                 others
        CREATED  21/11/2026
        TRACKID
        de7d44ae-9df9-487f-a175-ade1ecfab28b

        INVOICE  2026-1002
        STATUS   generated
        BANK     the bank of the merchants and
                 others
        CREATED  21/11/2026
        TRACKID
        de7d44ae-9df9-487f-a175-ade1ecfab28b
        ");
    }

    #[test]
    fn a_pipe_has_no_limit() {
        let mut out = Vec::new();
        let bank = "a name of many words that goes on and on and on ".repeat(8);
        let table = invoices("1000", bank.trim());
        table.write_on(&on(None), &mut out).unwrap();
        assert!(String::from_utf8(out).unwrap().contains(bank.trim()));
    }

    #[test]
    fn a_matrix_is_told_in_parts() {
        let accounts = [
            "main",
            "the-branch-in-isfahan",
            "the-branch-in-shiraz",
            "online",
        ];
        let columns = [Column::sentence("OFFERS")]
            .into_iter()
            .chain(accounts.map(Column::word));
        let row = |name: &str| {
            let says = accounts.map(|_| "yes".to_owned());
            [name.to_owned()].into_iter().chain(says).collect()
        };
        let table = table(columns, ["a refund", "a list of payments"].map(row));
        let mut out = Vec::new();
        table.write_parts_on(&on(Some(50)), &mut out).unwrap();
        insta::assert_snapshot!(String::from_utf8(out).unwrap(), @r"
        OFFERS              main  the-branch-in-isfahan
        ───────────────────────────────────────────────
        a refund            yes   yes
        a list of payments  yes   yes

        OFFERS              the-branch-in-shiraz  online
        ────────────────────────────────────────────────
        a refund            yes                   yes
        a list of payments  yes                   yes
        ");
    }

    #[test]
    fn a_value_goes_on_below_itself() {
        let facts = [
            (
                "State".to_owned(),
                "paid; settle it within 30 minutes of the payment".to_owned(),
            ),
            ("Trackid".to_owned(), ID.to_owned()),
        ];
        let mut out = Vec::new();
        on(Some(40))
            .write_pairs(&mut out, "  ", "", &facts)
            .unwrap();
        insta::assert_snapshot!(String::from_utf8(out).unwrap(), @r"
        State    paid; settle it within 30
                 minutes of the payment
        Trackid
          de7d44ae-9df9-487f-a175-ade1ecfab28b
        ");
    }

    #[test]
    fn what_a_provider_wrote_cannot_steer_the_terminal() {
        let mut out = Vec::new();
        write_facts(
            &mut out,
            &[("Payer", "A\u{1b}[2Jli\r\nForged  line".to_owned())],
        )
        .unwrap();
        assert_eq!(
            String::from_utf8(out).unwrap(),
            "  Payer  A\\u{1b}[2Jli\\r\\nForged  line\n"
        );
    }

    fn column() -> impl Strategy<Value = (Column, bool)> {
        let heading = "[A-Z]{1,12}";
        (heading, 0..4, proptest::option::of(0..4_u8)).prop_map(|(heading, holds, spare)| {
            let column = match holds {
                0 => Column::name(heading),
                1 => Column::sentence(heading),
                2 => Column::word(heading),
                _ => Column::id(heading),
            };
            let may_wrap = column.holds.may_wrap();
            (
                match spare {
                    Some(importance) => column.spare(importance),
                    None => column,
                },
                may_wrap,
            )
        })
    }

    fn tables() -> impl Strategy<Value = (Table, Vec<bool>)> {
        let columns = proptest::collection::vec(column(), 1..8);
        (columns, 1..6_usize).prop_flat_map(|(columns, rows)| {
            let cells: Vec<_> = columns
                .iter()
                .map(|(_, may_wrap)| match may_wrap {
                    true => "[a-z]{1,9}( [a-zآ-ی]{1,12}){0,9}".boxed(),
                    false => "[a-z0-9-]{1,38}".boxed(),
                })
                .collect();
            proptest::collection::vec(cells, rows).prop_map(move |rows| {
                let (columns, may_wrap): (Vec<_>, Vec<_>) = columns.iter().cloned().unzip();
                (table(columns, rows), may_wrap)
            })
        })
    }

    proptest! {
        #[test]
        fn no_line_is_too_wide_and_no_id_is_broken((table, may_wrap) in tables(), width in 40..=200_usize) {
            let drawn = drawn(&table, width);
            let left_out = drawn
                .lines()
                .find_map(|line| line.strip_prefix("Not shown for lack of room: "))
                .and_then(|line| line.strip_suffix("; --json has all"))
                .map(|names| names.split(", ").collect::<Vec<_>>())
                .unwrap_or_default();
            for line in drawn.lines() {
                let is_one_value = !line.contains(' ');
                prop_assert!(
                    line.width() <= width || is_one_value || line.starts_with("Not shown"),
                    "{}\n{}", width, drawn
                );
            }
            for row in &table.rows {
                for ((column, cell), may_wrap) in table.columns.iter().zip(row).zip(&may_wrap) {
                    if !may_wrap && !left_out.contains(&&*column.heading) {
                        prop_assert!(drawn.lines().any(|line| line.contains(cell.as_str())), "{}", drawn);
                    }
                }
            }
            // What was left out had no room.
            if !left_out.is_empty() {
                let all = table.widths(|column, cell| match column.holds.may_wrap() {
                    true => cell.width().min(NARROW).max(longest_word(cell)),
                    false => cell.width(),
                });
                prop_assert!(all.iter().sum::<usize>() + GAP * (all.len() - 1) > width);
            }
        }
    }
}
