//! What is found out about captured events is rendered without characters that control a terminal or reorder text. The
//! first byte selects how; the texts are the automations, the events, other automations and the run.

use prefect_events::backtest::{
    BacktestOptions, CompareOptions, WhyOptions, backtest_captured, compare_automations, why,
};
use prefect_events::render::{
    SimulationView, render_backtest, render_comparison, render_heartbeats, render_simulation, render_why,
};
use prefect_events::simulate::{CapturedEvents, DocumentText, ReplayOptions, replay};
use prefect_events::tune::{HeartbeatObserver, ObserveOptions};

use super::input::{choice, has, is_short, texts};
use super::printed::{assert_rendered, renderings};

pub fn target(input: &[u8]) {
    let (choice, rest) = choice(input);
    let texts = texts(rest);
    if !texts.iter().all(|text| is_short(text)) {
        return;
    }
    let text = |at: usize| texts.get(at).copied().unwrap_or_default();
    let (automations, events, others) = (DocumentText::from(text(0)), text(1), DocumentText::from(text(2)));
    let mut captured = CapturedEvents::default();
    // What is unreadable is rendered too.
    captured.add(events.into());
    let run = String::from_utf8_lossy(text(3));
    let of_run = why(&captured, &run, has(choice, 3).then_some(automations), &WhyOptions::default());
    let backtest = backtest_captured(automations, &captured, &BacktestOptions::default());
    let comparison = compare_automations(automations, others, &captured, &CompareOptions::default());
    let how = ReplayOptions { trace: true, timeline: true, ..ReplayOptions::default() };
    let played = replay(automations, events.into(), &how);
    let mut observer = HeartbeatObserver::default();
    let observed = observer.add(events).map(|()| observer.finish(&ObserveOptions::default()));
    for rendering in renderings(choice) {
        let assert = |text: String| assert_rendered(&text, &rendering);
        of_run.iter().for_each(|why| assert(render_why(why, &rendering)));
        backtest.iter().for_each(|backtest| assert(render_backtest(backtest, &rendering)));
        comparison.iter().for_each(|comparison| assert(render_comparison(comparison, &rendering)));
        observed.iter().for_each(|observed| assert(render_heartbeats(observed, &rendering)));
        if let Ok(played) = &played {
            let view = SimulationView { trace: true, run: None, actions: None };
            assert(render_simulation(played, view, &rendering).expect("all runs"));
        }
    }
}
