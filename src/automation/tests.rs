use crate::json::{Tape, Value, parse};
use crate::time::scalar;

use super::{Order, Trigger, read};

fn with<T>(text: &str, run: impl Fn(Value<'_>) -> T) -> T {
    let (mut tape, mut issues) = (Tape::new(), Vec::new());
    parse(text.as_bytes(), 0, &mut tape, &mut issues);
    run(tape.document(text.as_bytes()).root().unwrap())
}

#[test]
fn coerces_like_pydantic() {
    for (text, number) in [
        ("2", Some(2)),
        ("-1", Some(-1)),
        ("100000000000000000000", Some(i64::MAX)),
        ("1000.0", Some(1000)),
        ("1.5", None),
        ("true", Some(1)),
        ("\"1.0\"", Some(1)),
        ("\" 20 \"", Some(20)),
        ("\"1_000\"", Some(1000)),
        ("\"100\"", Some(100)),
        ("\"x\"", None),
        ("\"\"", None),
        ("null", None),
        ("[]", None),
    ] {
        assert_eq!(with(text, scalar::integer), number, "{text}");
    }
    for (text, micros) in [
        ("90", Some(90_000_000)),
        ("-0.5", Some(-500_000)),
        ("true", Some(1_000_000)),
        ("\"PT90S\"", Some(90_000_000)),
        ("\"-PT90S\"", Some(-90_000_000)),
        ("\"PT1M30S\"", Some(90_000_000)),
        ("\"P1D\"", Some(86_400_000_000)),
        ("\"00:01:30\"", Some(90_000_000)),
        ("\"90\"", None),
        ("\"PT\"", None),
        ("\"x\"", None),
        ("1000000000000000", None),
        ("[]", None),
    ] {
        assert_eq!(with(text, scalar::duration), micros, "{text}");
    }
    for (text, flag) in [("1", Some(true)), ("2", None), ("\"Off\"", Some(false)), ("[]", None), ("0.0", Some(false))] {
        assert_eq!(with(text, scalar::boolean), flag, "{text}");
    }
}

#[test]
fn guesses_the_kind() {
    let trigger = |text: &str| with(text, read::trigger);
    let child = r#"{"posture": "Reactive", "expect": ["b", "a", "b"]}"#;
    let Some(Trigger::Event(event)) = trigger(child) else { panic!() };
    assert_eq!((event.expect, event.threshold, event.within), (vec!["a".to_owned(), "b".to_owned()], 1, 0));
    let compound = format!(r#"{{"triggers": [{child}, {child}], "within": null, "require": "all"}}"#);
    let Some(Trigger::Composite(compound)) = trigger(&compound) else { panic!() };
    assert_eq!((compound.order, compound.require, compound.within), (Order::Any, 2, None));
    let sequence = format!(r#"{{"triggers": [{child}, {child}], "within": 5}}"#);
    let Some(Trigger::Composite(sequence)) = trigger(&sequence) else { panic!() };
    assert_eq!((sequence.order, sequence.require, sequence.within), (Order::Declared, 2, Some(5_000_000)));
    assert_eq!(trigger(&format!(r#"{{"triggers": [{child}], "type": "sequence"}}"#)), None);
    let window = |fields: &str| match trigger(&format!(r#"{{"triggers": [{child}], "posture": "Proactive" {fields}}}"#))
    {
        Some(Trigger::Composite(sequence)) => sequence.within,
        other => panic!("{other:?}"),
    };
    assert_eq!(window(""), Some(read::PROACTIVE_MINIMUM));
    assert_eq!(window(r#", "within": 0, "type": "sequence""#), Some(read::PROACTIVE_MINIMUM));
    assert_eq!(window(r#", "within": 5, "type": "sequence""#), Some(5_000_000));
    assert_eq!(window(r#", "within": null, "type": "sequence""#), None);
    assert_eq!(trigger(r#"{"posture": "Metric"}"#), None);
    let proactive = |within: &str| trigger(&format!(r#"{{"posture": "Proactive" {within}}}"#));
    let Some(Trigger::Event(event)) = proactive("") else { panic!() };
    assert_eq!(event.within, read::PROACTIVE_MINIMUM);
    assert_eq!(proactive(r#", "within": 9.999999"#), None);
    assert_eq!(proactive(r#", "within": null"#), None);
}

/// As Prefect 3.9.1 reads them: floats within 64 bits, and whole numbers of any size.
#[test]
fn floats_are_whole_numbers_within_64_bits() {
    let threshold = |number: &str| {
        let trigger = with(&format!(r#"{{"posture": "Reactive", "threshold": {number}}}"#), read::trigger);
        trigger.and_then(|trigger| if let Trigger::Event(event) = trigger { Some(event.threshold) } else { None })
    };
    for number in ["9.3e18", "1e19", "1e300", "1e999", "-9223372036854775809.0", "-9223372036854775808.0", "1.5"] {
        assert_eq!(threshold(number), None, "{number}");
    }
    for (number, read) in [
        ("9.2e18", 9_200_000_000_000_000_000),
        ("9.2233720368547748e18", 9_223_372_036_854_774_784),
        ("9007199254740993.0", 9_007_199_254_740_992),
        ("1.00000000000000000001", 1),
        ("100000000000000000000", i64::MAX),
    ] {
        assert_eq!(threshold(number), Some(read), "{number}");
    }
}

#[test]
fn nesting_has_a_limit() {
    let nested = |depth: usize| {
        let open = r#"{"type": "compound", "require": "any", "within": 1, "triggers": ["#;
        let text = [&open.repeat(depth), r#"{"posture": "Reactive"}"#, &"]}".repeat(depth)].concat();
        with(&text, read::trigger).is_some()
    };
    assert!(nested(read::MAX_NESTING));
    assert!(!nested(read::MAX_NESTING + 1));
}
