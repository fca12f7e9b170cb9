//! What something costs: processor time, which others on the machine disturb least, and wall time.

use std::time::{Duration, Instant};

use rustix::time::{ClockId, clock_gettime};

use crate::Outcome;

/// What something costs, in one run or as the median of several.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Cost {
    /// Processor time of this process, all threads together.
    pub(crate) cpu: Duration,
    /// Time on the wall.
    pub(crate) wall: Duration,
}

impl Cost {
    /// What this costs.
    pub(crate) fn of(what: impl FnOnce() -> Outcome<()>) -> Outcome<Self> {
        let (cpu, wall) = (processor_time()?, Instant::now());
        what()?;
        Ok(Self { cpu: processor_time()?.saturating_sub(cpu), wall: wall.elapsed() })
    }

    /// The median of several, each figure for itself.
    pub(crate) fn median(costs: &[Self]) -> Self {
        let middle = |figure: fn(&Self) -> Duration| {
            let mut figures: Vec<_> = costs.iter().map(figure).collect();
            figures.sort_unstable();
            figures.get(figures.len() / 2).copied().unwrap_or_default()
        };
        Self { cpu: middle(|cost| cost.cpu), wall: middle(|cost| cost.wall) }
    }

    /// A share of it.
    pub(crate) fn per(self, calls: u32) -> Self {
        Self { cpu: self.cpu / calls, wall: self.wall / calls }
    }
}

/// What each of several things costs: they take turns, so that whatever disturbs disturbs all of them. The first round warms up.
pub(crate) fn medians<T: Copy>(
    rounds: usize,
    things: &[T],
    mut run: impl FnMut(T) -> Outcome<()>,
) -> Outcome<Vec<Cost>> {
    let mut costs = vec![Vec::new(); things.len()];
    for round in 0..=rounds {
        for (thing, costs) in things.iter().zip(&mut costs) {
            let cost = Cost::of(|| run(*thing))?;
            if round > 0 {
                costs.push(cost);
            }
        }
    }
    Ok(costs.iter().map(|costs| Cost::median(costs)).collect())
}

fn processor_time() -> Outcome<Duration> {
    Ok(Duration::try_from(clock_gettime(ClockId::ProcessCPUTime))?)
}
