//! The table that is printed: a row a measurement, with its budget.

use std::fmt;

use comfy_table::presets::ASCII_MARKDOWN;

use crate::cost::Cost;

/// What was measured.
#[derive(Debug, Default)]
pub(crate) struct Table {
    rows: Vec<Row>,
}

/// A measurement.
#[derive(Debug)]
pub(crate) struct Row {
    /// What was measured.
    pub(crate) what: String,
    /// What it is compared with.
    pub(crate) baseline: String,
    /// What came of it.
    pub(crate) figure: Figure,
    /// The most it may be; `None` is only shown.
    pub(crate) budget: Option<f64>,
}

/// What came of a measurement.
#[derive(Debug)]
pub(crate) enum Figure {
    /// As a ratio of the baseline: in processor time, which decides unless instructions were counted, and on the wall.
    Ratio { cpu: f64, wall: f64, instructions: Option<f64> },
    /// As a ratio of something that is no time.
    Plain(f64),
    /// As a number of something.
    Number(f64, &'static str),
}

impl Figure {
    /// The ratio of two costs.
    pub(crate) fn ratio(cost: Cost, baseline: Cost, instructions: Option<f64>) -> Self {
        let ratio =
            |cost: std::time::Duration, baseline: std::time::Duration| cost.as_secs_f64() / baseline.as_secs_f64();
        Self::Ratio { cpu: ratio(cost.cpu, baseline.cpu), wall: ratio(cost.wall, baseline.wall), instructions }
    }

    /// What is held against the budget.
    fn deciding(&self) -> f64 {
        match self {
            Self::Ratio { cpu, .. } => *cpu,
            Self::Plain(figure) | Self::Number(figure, _) => *figure,
        }
    }
}

impl Table {
    /// Adds a row.
    pub(crate) fn add(
        &mut self,
        what: impl Into<String>,
        baseline: impl Into<String>,
        figure: Figure,
        budget: Option<f64>,
    ) {
        self.rows.push(Row { what: what.into(), baseline: baseline.into(), figure, budget });
    }
}

impl fmt::Display for Table {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut table = comfy_table::Table::new();
        table.load_style(ASCII_MARKDOWN);
        table.set_header(["what", "baseline", "processor", "instructions", "wall", "budget", ""]);
        for row in &self.rows {
            let (main, instructions, wall) = match row.figure {
                Figure::Ratio { cpu, wall, instructions } => {
                    (format!("{cpu:.2}"), instructions.map(|ratio| format!("{ratio:.2}")), Some(format!("{wall:.2}")))
                }
                Figure::Plain(ratio) => (format!("{ratio:.2}"), None, None),
                Figure::Number(number, unit) => (format!("{number:.1} {unit}"), None, None),
            };
            let kept = row.budget.map(|budget| if row.figure.deciding() <= budget { "kept" } else { "NOT KEPT" });
            table.add_row([
                row.what.clone(),
                row.baseline.clone(),
                main,
                instructions.unwrap_or_default(),
                wall.unwrap_or_default(),
                row.budget.map(|budget| format!("≤ {budget}")).unwrap_or_default(),
                kept.unwrap_or_default().to_owned(),
            ]);
        }
        table.fmt(f)
    }
}
