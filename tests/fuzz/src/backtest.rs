//! Captured events are compared with what the server recorded: the counts agree with what is listed, an automation does
//! not differ from itself, and each run is explained or rejected with a reason. The texts are the automations, the
//! events, the options and the run.

use prefect_events::backtest::{
    AutomationBacktest, BacktestOptions, CompareOptions, OutcomeCounts, Verdict, WhyOptions, backtest_captured,
    compare_automations, why,
};
use prefect_events::simulate::{CapturedEvents, DocumentText};

use super::input::{choice, has, is_short, texts};

pub fn target(input: &[u8]) {
    let (choice, rest) = choice(input);
    let texts = texts(rest);
    if !texts.iter().all(|text| is_short(text)) {
        return;
    }
    let text = |at: usize| texts.get(at).copied().unwrap_or_default();
    let automations = DocumentText::from(text(0));
    let mut captured = CapturedEvents::default();
    let report = captured.add(DocumentText::from(text(1)));
    if !report.valid {
        return assert!(!report.diagnostics.is_empty());
    }
    let options = match serde_json::from_slice::<BacktestOptions>(text(2)) {
        Ok(options) => options,
        Err(error) => {
            assert!(!error.to_string().is_empty());
            BacktestOptions::default()
        }
    };
    match backtest_captured(automations, &captured, &options) {
        Ok(result) => {
            assert_eq!(result.found_in.is_some(), !result.errors.is_empty() || !result.warnings.is_empty());
            assert_eq!(result.not_played.len() as u64, if result.errors.is_empty() { report.warnings } else { 0 });
            let differs = |one: &AutomationBacktest| one.verdict == Verdict::Differs;
            assert_eq!(result.agrees, result.errors.is_empty() && !result.automations.iter().any(differs));
            result.automations.iter().for_each(assert_automation);
            serde_json::to_string(&result).expect("a result is JSON");
        }
        Err(error) => assert!(!error.to_string().is_empty()),
    }
    let options = CompareOptions { start: options.start, ..CompareOptions::default() };
    if let Ok(comparison) = compare_automations(automations, automations, &captured, &options)
        && comparison.errors.is_empty()
    {
        assert!(comparison.same);
        for one in &comparison.automations {
            assert!(one.changes.is_empty() && one.old == one.new, "{one:?}");
            assert_eq!(Some(one.same), one.new.map(|new| new.fired));
        }
    }
    let run = String::from_utf8_lossy(text(3));
    match why(&captured, &run, has(choice, 0).then_some(automations), &WhyOptions::default()) {
        Ok(why) => assert!(!why.message.is_empty() && why.id.starts_with("prefect.flow-run."), "{why:?}"),
        Err(error) => assert!(!error.to_string().is_empty()),
    }
}

fn assert_automation(one: &AutomationBacktest) {
    assert!(!one.message.is_empty());
    if one.verdict == Verdict::NotCompared {
        assert!(one.fired_recorded == 0 && one.both == 0 && one.only_here.is_empty() && one.only_recorded.is_empty());
        return;
    }
    assert_eq!(one.fired_here, one.both + one.only_here.len());
    assert_eq!(one.fired_recorded, one.both + one.only_recorded.len());
    assert_eq!(one.pairs.len(), one.both);
    let mut causes = one.only_here.iter().map(|own| own.cause).chain(one.only_recorded.iter().map(|own| own.cause));
    assert_eq!(one.verdict == Verdict::Differs, causes.any(|cause| cause.counts()), "{one:?}");
    let sum = |outcomes: OutcomeCounts| outcomes.alive + outcomes.finished + outcomes.silent + outcomes.other;
    assert_eq!((sum(one.outcomes_here), sum(one.outcomes_recorded)), (one.fired_here, one.fired_recorded));
    let counts = &one.histogram.counts;
    assert!(counts.is_sorted_by_key(|span| span.from));
    assert_eq!(counts.iter().map(|span| span.here).sum::<usize>(), one.fired_here);
    assert_eq!(counts.iter().map(|span| span.recorded).sum::<usize>(), one.fired_recorded);
}
