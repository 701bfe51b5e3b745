//! One line per figure on standard output, its fields separated by tabs: name, ours, floor, ratio, aim, verdict.
#![expect(clippy::print_stdout, reason = "the figures are this program's output")]

use crate::samples::Samples;

/// A figure and what it is held against.
#[derive(Debug)]
pub(crate) struct Figure {
    name: String,
    ours: String,
    floor: String,
    ratio: Option<f64>,
    aim: String,
    met: Option<bool>,
}

impl Figure {
    pub(crate) fn new(name: &str, ours: String) -> Self {
        Self { name: name.to_owned(), ours, floor: String::new(), ratio: None, aim: String::new(), met: None }
    }

    /// What the same machine needs at least.
    pub(crate) fn over(mut self, floor: String, ratio: f64) -> Self {
        self.floor = floor;
        self.ratio = Some(ratio);
        self
    }

    /// What stands beside it, without a ratio.
    pub(crate) fn beside(mut self, floor: String) -> Self {
        self.floor = floor;
        self
    }

    /// The smallest ratio that was aimed at.
    pub(crate) fn at_least_times(mut self, factor: f64) -> Self {
        self.aim = format!("at least {factor} x");
        self.met = self.ratio.map(|ratio| ratio >= factor);
        self
    }

    /// The largest ratio to the floor that was aimed at.
    pub(crate) fn at_most_times(mut self, factor: f64) -> Self {
        self.aim = format!("at most {factor} x");
        self.met = self.ratio.map(|ratio| ratio <= factor);
        self
    }

    /// The value, in the unit of `aim`, that was to be undercut.
    pub(crate) fn below(mut self, value: f64, limit: f64, unit: &str) -> Self {
        self.aim = format!("under {limit} {unit}");
        self.met = Some(value < limit);
        self
    }

    pub(crate) fn print(self) {
        let ratio = self.ratio.map(|ratio| format!("{ratio:.2}")).unwrap_or_default();
        let met = match self.met {
            Some(true) => "met",
            Some(false) => "missed",
            None => "",
        };
        println!("{}\t{}\t{}\t{ratio}\t{}\t{met}", self.name, self.ours, self.floor, self.aim);
    }
}

/// Milliseconds.
pub(crate) fn ms(value: f64) -> String {
    if value < 10.0 { format!("{value:.2} ms") } else { format!("{value:.0} ms") }
}

/// Milliseconds: the median and the largest but one in a hundred.
pub(crate) fn spread(samples: &Samples) -> String {
    format!("{} (p99 {})", ms(samples.median()), ms(samples.percentile(99.0)))
}

/// How many in a second.
pub(crate) fn per_second(value: f64) -> String {
    format!("{value:.0}/s")
}

/// Millions of bytes.
pub(crate) fn megabytes(value: f64) -> String {
    format!("{value:.1} MB")
}

/// A line for the program that has started this one.
pub(crate) fn say(line: &str) {
    println!("{line}");
}

/// A sentence for whoever waits.
pub(crate) fn progress(sentence: &str) {
    eprintln!("    {sentence}");
}
