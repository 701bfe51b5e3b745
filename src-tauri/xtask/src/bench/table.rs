//! The table at the end.

use anyhow::{Context, Result};

use crate::say;

const COLUMNS: usize = 6;

/// A line of the table: name, ours, what stands beside it, ratio, aim, verdict.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Row([String; COLUMNS]);

impl Row {
    /// A line of the measuring program, its fields separated by tabs.
    pub(super) fn read(line: &str) -> Result<Self> {
        let fields: Vec<String> = line.split('\t').map(str::to_owned).collect();
        fields.try_into().map(Self).ok().with_context(|| format!("no figure: {line:?}"))
    }

    /// A value without a floor, held against a limit.
    pub(super) fn below(name: &str, value: f64, limit: f64, unit: &str) -> Self {
        let verdict = if value < limit { "met" } else { "missed" };
        Self::of([name, &format!("{value:.1} {unit}"), "", "", &format!("under {limit} {unit}"), verdict])
    }

    /// A value that nothing was aimed at for.
    pub(super) fn plain(name: &str, value: &str) -> Self {
        Self::of([name, value, "", "", "", ""])
    }

    fn of(fields: [&str; COLUMNS]) -> Self {
        Self(fields.map(str::to_owned))
    }
}

/// The figures so far.
#[derive(Debug)]
pub(super) struct Table {
    headings: Row,
    rows: Vec<Row>,
    failures: usize,
}

impl Table {
    /// An empty one; `beside` is the word for what our figures are held against.
    pub(super) fn new(beside: &str) -> Self {
        let headings = Row::of(["figure", "ours", beside, "ratio", "aim", ""]);
        Self { headings, rows: Vec::new(), failures: 0 }
    }

    pub(super) fn add(&mut self, rows: Vec<Row>) {
        self.rows.extend(rows);
    }

    /// A figure that could not be taken.
    pub(super) fn fail(&mut self, name: &str, failure: &anyhow::Error) {
        say::failure(failure);
        self.failures += 1;
        self.rows.push(Row::of([name, "not taken", "", "", "", "failed"]));
    }

    pub(super) fn is_complete(&self) -> bool {
        self.failures == 0
    }

    pub(super) fn print(&self, rounds: usize) {
        let cores = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
        say::begins(&format!(
            "Figures: release builds, {rounds} rounds, {cores} cores; ratios are medians of pairs measured in turn"
        ));
        for line in self.lines() {
            say::line(&line);
        }
    }

    fn lines(&self) -> Vec<String> {
        let all = || std::iter::once(&self.headings).chain(&self.rows);
        let width = |column: usize| {
            all().filter_map(|Row(fields)| Some(fields.get(column)?.chars().count())).max().unwrap_or(0)
        };
        let widths: Vec<usize> = (0..COLUMNS).map(width).collect();
        all()
            .map(|Row(fields)| {
                let cells = fields.iter().zip(&widths).map(|(field, width)| format!("{field:<width$}"));
                cells.collect::<Vec<_>>().join("  ").trim_end().to_owned()
            })
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_stand_below_each_other() {
        let mut table = Table::new("floor");
        table.add(vec![
            Row::read("Click\t2 ms\t1 ms\t2.00\tat most 1.3 x\tmissed").expect("six fields"),
            Row::below("JavaScript", 90.0, 150.0, "kB"),
        ]);
        let lines = table.lines();
        let columns: Vec<_> =
            ["aim", "at most", "under"].iter().zip(&lines).map(|(word, line)| line.find(word)).collect();
        assert!(columns[0].is_some() && columns.windows(2).all(|pair| pair[0] == pair[1]), "{lines:#?}");
    }

    #[test]
    fn anything_else_that_the_program_says_is_no_figure() {
        Row::read("thread 'main' panicked").expect_err("a line without its fields");
    }
}
