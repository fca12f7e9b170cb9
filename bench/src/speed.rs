//! How fast a call is.

use std::time::Duration;

use tokio::task::JoinSet;

use crate::Outcome;
use crate::cost::{Cost, medians};
use crate::table::{Figure, Table};
use crate::upstream::{Size, Upstream};
use crate::valgrind::{self, Count};
use crate::ways::{Way, Ways};

/// How many times each way takes its turn.
const ROUNDS: usize = 25;
/// How many callers there are when there are many.
const CROWD: usize = 32;

/// Compares the engine with what one would write by hand.
pub(crate) fn measure(upstream: &Upstream, table: &mut Table) -> Outcome<()> {
    let alone = Alone::measure(upstream)?;
    let crowd = crowd(upstream)?;
    for (size, budget) in [(Size::Small, 1.05), (Size::Medium, 1.05), (Size::Large, 0.8)] {
        alone.compare(table, Way::EngineRaw, Way::HandRaw, size, Some(budget));
        let [engine, hand] = crowd[size as usize];
        let what = format!("{}, {}, {CROWD} callers", what(Way::EngineRaw), size.name());
        table.add(what, what_hand(Way::HandRaw), Figure::ratio(engine, hand, None), Some(budget));
    }
    for (size, budget) in [(Size::Small, None), (Size::Medium, Some(1.4)), (Size::Large, None)] {
        alone.compare(table, Way::EngineRaw, Way::HandBytes, size, budget);
    }
    for size in [Size::Medium, Size::Large] {
        alone.compare(table, Way::EngineTyped, Way::HandTyped, size, Some(1.05));
    }
    for size in Size::ALL {
        alone.compare(table, Way::EngineValue, Way::HandValue, size, Some(1.05));
    }
    let above = alone.cost(Way::EngineRaw, Size::Small).cpu.saturating_sub(alone.cost(Way::HandRaw, Size::Small).cpu);
    let baseline = what_hand(Way::HandRaw);
    table.add("processor time of a call, above the baseline, small", baseline, microseconds(above), Some(10.0));
    if valgrind::is_there() {
        let [engine, hand] =
            [Way::EngineRaw, Way::HandRaw].map(|way| per_call(Count::Allocations, upstream, way, Size::Small));
        let above = Figure::Number(engine? - hand?, "allocations");
        table.add("heap allocations of a call, above the baseline, small", baseline, above, Some(40.0));
    }
    Ok(())
}

/// One caller, each way in turn.
struct Alone {
    costs: Vec<(Size, Way, Cost, Option<f64>)>,
}

impl Alone {
    fn measure(upstream: &Upstream) -> Outcome<Self> {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        let ways = Ways::new(&upstream.url)?;
        let mut costs = Vec::new();
        for size in Size::ALL {
            let calls = calls(size);
            let found = medians(ROUNDS, &Way::ALL, |way| runtime.block_on(ways.repeat(way, size, calls)))?;
            for (way, cost) in Way::ALL.into_iter().zip(found) {
                let counted = valgrind::is_there().then(|| per_call(Count::Instructions, upstream, way, size));
                costs.push((size, way, cost.per(calls), counted.transpose()?));
            }
        }
        Ok(Self { costs })
    }

    fn found(&self, way: Way, size: Size) -> (Cost, Option<f64>) {
        let found = self.costs.iter().find(|(of, by, ..)| (*of, *by) == (size, way));
        found.map_or_else(Default::default, |(_, _, cost, counted)| (*cost, *counted))
    }

    fn cost(&self, way: Way, size: Size) -> Cost {
        self.found(way, size).0
    }

    fn compare(&self, table: &mut Table, engine: Way, hand: Way, size: Size, budget: Option<f64>) {
        let ((cost, counted), (baseline, by_hand)) = (self.found(engine, size), self.found(hand, size));
        let instructions = counted.zip(by_hand).map(|(counted, by_hand)| counted / by_hand);
        let figure = Figure::ratio(cost, baseline, instructions);
        table.add(format!("{}, {}", what(engine), size.name()), what_hand(hand), figure, budget);
    }
}

/// Many callers at once: what a call costs through the engine and by hand, for each size.
fn crowd(upstream: &Upstream) -> Outcome<Vec<[Cost; 2]>> {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build()?;
    let ways = Ways::new(&upstream.url)?;
    let mut costs = Vec::new();
    for size in Size::ALL {
        let calls = calls(size);
        let found = medians(ROUNDS, &[Way::EngineRaw, Way::HandRaw], |way| {
            runtime.block_on(async {
                let mut callers = JoinSet::new();
                for _ in 0..CROWD {
                    let ways = ways.clone();
                    callers.spawn(async move { ways.repeat(way, size, calls.div_ceil(CROWD as u32)).await });
                }
                callers.join_all().await.into_iter().collect()
            })
        })?;
        costs.push([found[0], found[1]]);
    }
    Ok(costs)
}

/// How many calls take a while.
fn calls(size: Size) -> u32 {
    match size {
        Size::Small => 400,
        Size::Medium => 200,
        Size::Large => 16,
    }
}

/// What one call adds to a process that makes calls.
fn per_call(what: Count, upstream: &Upstream, way: Way, size: Size) -> Outcome<f64> {
    let (few, many) = match size {
        Size::Small | Size::Medium => (20, 120),
        Size::Large => (2, 12),
    };
    let [less, more] = [few, many].map(|calls: u32| {
        valgrind::count(what, &["ask", way.name(), size.name(), &calls.to_string(), upstream.url.as_str()])
    });
    Ok((more? - less?) / f64::from(many - few))
}

/// Asks so many times and ends, for valgrind.
pub(crate) fn ask(way: &str, size: &str, calls: u32, url: &str) -> Outcome<()> {
    crate::ways::set_up_tls();
    let way = Way::ALL.into_iter().find(|known| known.name() == way).ok_or("no such way")?;
    let size = Size::ALL.into_iter().find(|known| known.name() == size).ok_or("no such size")?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(Ways::new(&url.parse()?)?.repeat(way, size, calls))
}

fn microseconds(time: Duration) -> Figure {
    Figure::Number(time.as_secs_f64() * 1e6, "µs")
}

fn what(way: Way) -> &'static str {
    match way {
        Way::EngineTyped => "`execute`, typed records",
        Way::EngineValue => "`execute`, as `Value`",
        _ => "`execute`, passed on as raw JSON",
    }
}

fn what_hand(way: Way) -> &'static str {
    match way {
        Way::HandBytes => "reqwest, the body unread",
        Way::HandTyped => "reqwest, serde into the same type",
        Way::HandValue => "reqwest, serde_json to `Value`",
        _ => "reqwest, serde with borrowed `RawValue`s",
    }
}
