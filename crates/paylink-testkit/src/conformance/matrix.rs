use std::fmt;

use super::{Outcome, cases};

/// What came of every case over one subject.
#[derive(Clone, Debug)]
pub struct Report {
    subject: String,
    outcomes: Vec<(&'static str, Outcome)>,
}

impl Report {
    pub(super) fn new(subject: String) -> Report {
        Report {
            subject,
            outcomes: Vec::new(),
        }
    }

    pub(super) fn add(&mut self, case: &'static str, outcome: Outcome) {
        self.outcomes.push((case, outcome));
    }

    /// The subject's name.
    #[must_use]
    pub fn subject(&self) -> &str {
        &self.subject
    }

    /// Every case's name, and what came of it.
    #[must_use]
    pub fn outcomes(&self) -> &[(&'static str, Outcome)] {
        &self.outcomes
    }

    /// The names of the cases that failed.
    #[must_use]
    pub fn failed(&self) -> Vec<&'static str> {
        let failed = self
            .outcomes
            .iter()
            .filter(|(_, outcome)| matches!(outcome, Outcome::Failed(_)));
        failed.map(|(case, _)| *case).collect()
    }

    fn of(&self, case: &str) -> Option<&Outcome> {
        let found = self.outcomes.iter().find(|(name, _)| *name == case);
        found.map(|(_, outcome)| outcome)
    }
}

/// Subjects by cases. It prints as a table for a terminal; [`markdown`](Matrix::markdown) makes one for a page.
#[derive(Clone, Debug, Default)]
pub struct Matrix {
    reports: Vec<Report>,
}

impl Matrix {
    /// An empty one.
    #[must_use]
    pub fn new() -> Matrix {
        Matrix::default()
    }

    /// Adds a subject's report as a column.
    pub fn add(&mut self, report: Report) {
        self.reports.push(report);
    }

    /// The reports, in the order in which they were added.
    #[must_use]
    pub fn reports(&self) -> &[Report] {
        &self.reports
    }

    /// Whether no case failed, and there was one at all.
    #[must_use]
    pub fn conforms(&self) -> bool {
        let all_ran = |report: &Report| !report.outcomes.is_empty() && report.failed().is_empty();
        !self.reports.is_empty() && self.reports.iter().all(all_ran)
    }

    /// Asserts that every subject conforms.
    ///
    /// # Panics
    ///
    /// If a case failed, with the whole table; and if nothing was checked.
    #[track_caller]
    pub fn assert_conforms(&self) {
        assert!(
            self.conforms(),
            "a provider does not conform, or none was checked:\n{self}"
        );
    }

    /// The table in Markdown, with the reasons of what is not applicable below it.
    #[must_use]
    pub fn markdown(&self) -> String {
        let mut text = self.table();
        let reasons = self.reasons();
        for (number, reason) in (1..).zip(&reasons) {
            text.push_str(&format!("\n{number}. {reason}"));
        }
        if !reasons.is_empty() {
            text.push('\n');
        }
        text
    }

    /// Rows of equal width, which a terminal and Markdown both show as a table.
    fn table(&self) -> String {
        let reasons = self.reasons();
        let subjects = self.reports.iter().map(|report| report.subject.clone());
        let mut rows: Vec<Vec<String>> =
            vec![["case".to_owned()].into_iter().chain(subjects).collect()];
        for case in cases() {
            let cells = self
                .reports
                .iter()
                .map(|report| cell(report.of(case.name()), &reasons));
            rows.push([case.name().to_owned()].into_iter().chain(cells).collect());
        }
        let width = |column: usize| {
            let cells = rows.iter().filter_map(|row| row.get(column));
            cells.map(|cell| cell.chars().count()).max().unwrap_or(0)
        };
        let widths: Vec<usize> = (0..=self.reports.len()).map(width).collect();
        let rule = widths.iter().map(|width| "-".repeat(*width)).collect();
        rows.insert(1, rule);
        let lines = rows.iter().map(|row| {
            let cells = row.iter().zip(&widths);
            let cells: Vec<String> = cells
                .map(|(cell, width)| format!("{cell:<width$}"))
                .collect();
            format!("| {} |\n", cells.join(" | "))
        });
        lines.collect()
    }

    /// Every reason for which something is not applicable, once each, in the order of the table.
    fn reasons(&self) -> Vec<&str> {
        let mut reasons: Vec<&str> = Vec::new();
        for case in cases() {
            for report in &self.reports {
                if let Some(Outcome::NotApplicable(why)) = report.of(case.name())
                    && !reasons.contains(&why.as_str())
                {
                    reasons.push(why);
                }
            }
        }
        reasons
    }
}

fn cell(outcome: Option<&Outcome>, reasons: &[&str]) -> String {
    match outcome {
        None => "did not run".to_owned(),
        Some(Outcome::Passed) => "passed".to_owned(),
        Some(Outcome::Failed(_)) => "FAILED".to_owned(),
        Some(Outcome::NotApplicable(why)) => {
            let place = reasons.iter().position(|reason| reason == why);
            let number = place.map_or(0, |place| place + 1);
            format!("n/a ({number})")
        }
    }
}

impl fmt::Display for Matrix {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.table())?;
        for (number, reason) in (1..).zip(self.reasons()) {
            write!(f, "\n({number}) {reason}")?;
        }
        for report in &self.reports {
            for (case, outcome) in &report.outcomes {
                if let Outcome::Failed(what) = outcome {
                    write!(f, "\n{}, {case}: {what}", report.subject)?;
                }
            }
        }
        Ok(())
    }
}
