//! Plays random runs to windows: how often each fires while the run lives, and how soon after its death.

use crate::time::units::HOUR;

use super::delays::Delays;
use super::history::HeartbeatHistory;
use super::model::Model;
use super::window::Window;

/// A window with more false alarms than this is not simulated further: the interval is then about 6 % wide on each side.
const ENOUGH: u64 = 1000;
/// And as many deaths: the median of the delay is then known to about 1 % of the time between two heartbeats.
const ENOUGH_DEATHS: u64 = 2000;
/// How many runs are played between two looks at whether that is enough.
const BATCH: u64 = 16;

/// One `within`, and what was counted. Spans in microseconds.
pub(super) struct Simulated {
    pub within: i64,
    /// Firings while the run was alive.
    pub alarms: u64,
    /// How long the runs lived, altogether.
    pub lived: i64,
    pub delays: Delays,
    /// Dead runs for which nothing fires after their death.
    pub undetected: u64,
    /// The fewest misses in a row that matter.
    harmful: u64,
    window: Window,
    /// The last heartbeat that the window has received.
    last: u64,
    /// Whether it has fired after the death of the run.
    found: bool,
}

impl Simulated {
    pub(super) fn new(model: &Model, within: i64) -> Self {
        // The last heartbeat may arrive late, and the loop then waits once more.
        let longest = within.saturating_mul(2).saturating_add(model.server.tick).saturating_add(model.jitter);
        Simulated {
            within,
            alarms: 0,
            lived: 0,
            delays: Delays::new(longest),
            undetected: 0,
            harmful: model.harmful_misses(within),
            window: Window::new(within, model.server, 0),
            last: 0,
            found: false,
        }
    }
}

/// Plays one run to all windows. `fire`: is called with each firing: of which window, and when.
pub(super) fn play(
    model: &Model,
    history: &mut HeartbeatHistory,
    points: &mut [Simulated],
    fire: &mut impl FnMut(&mut Simulated, i64),
) {
    let first_tick = history.first_tick;
    let Some(first) = history.first() else { return };
    for point in &mut *points {
        point.window = Window::new(point.within, model.server, first_tick);
        point.window.receive(first);
        point.last = first.number;
    }
    let fewest = points.iter().map(|point| point.harmful).min().unwrap_or_default();
    let mut from = first;
    loop {
        // Only a gap in which as many heartbeats are missed can make a settled window fire.
        let settled = points.iter().all(|point| point.window.is_settled());
        let gap = history.next(from, if settled { fewest } else { 0 });
        for point in &mut *points {
            if gap.misses < point.harmful && gap.to.is_some() && point.window.is_settled() {
                continue;
            }
            if point.last != gap.from.number {
                point.window.jump(gap.from);
            }
            let fired = match gap.to {
                Some(to) => {
                    point.last = to.number;
                    point.window.receive(to)
                }
                None => point.window.pass(i64::MAX),
            };
            if let Some(at) = fired {
                fire(point, at);
            }
        }
        match gap.to {
            Some(to) => from = to,
            None => return,
        }
    }
}

/// Simulates windows until each has enough false alarms or the runs have lived for `most` hours; in the order of
/// `windows`.
pub(super) fn simulate(model: &Model, windows: &[i64], most: i64) -> Vec<Simulated> {
    let mut active: Vec<Simulated> = windows.iter().map(|within| Simulated::new(model, *within)).collect();
    let mut done = Vec::new();
    let (mut number, mut lived) = (0_u64, 0_i64);
    let most = most.saturating_mul(HOUR);
    while !active.is_empty() && lived < most {
        for _ in 0..BATCH {
            let mut history = HeartbeatHistory::new(model, number);
            let dies = history.dies;
            number = number.saturating_add(1);
            lived = lived.saturating_add(history.life());
            for point in &mut active {
                point.found = false;
            }
            play(model, &mut history, &mut active, &mut |point, at| {
                if at < dies {
                    point.alarms = point.alarms.saturating_add(1);
                } else if !point.found {
                    point.found = true;
                    point.delays.add(at.saturating_sub(dies));
                }
            });
            for point in &mut active {
                point.undetected = point.undetected.saturating_add(u64::from(!point.found));
            }
        }
        for point in &mut active {
            point.lived = lived;
        }
        done.extend(active.extract_if(.., |point| point.alarms >= ENOUGH && number >= ENOUGH_DEATHS));
    }
    done.extend(active);
    done.sort_by_key(|point| windows.iter().position(|within| *within == point.within));
    done
}
