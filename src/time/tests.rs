use super::*;

/// Recorded answers of Prefect 3.9.1 on Python 3.11.
const ANSWERS: &str = include_str!("../../tests/cases/occurred.tsv");

#[test]
fn reads_what_the_server_reads() {
    let mut wrong = Vec::new();
    for line in ANSWERS.lines().filter(|line| !line.starts_with('#')) {
        let (text, answer) = line.split_once('\t').unwrap();
        let text: String = serde_json::from_str(text).unwrap();
        let ours = match read(text.as_bytes()) {
            None => "-".to_owned(),
            Some(Time { instant: None, .. }) => "unknown".to_owned(),
            Some(Time { instant: Some(Instant(micros)), .. }) => micros.to_string(),
        };
        if ours != answer {
            wrong.push(format!("{text:?}: {ours}, the server: {answer}"));
        }
    }
    assert_eq!(wrong, Vec::<String>::new());
}

#[test]
fn knows_the_form() {
    let form = |text: &str| read(text.as_bytes()).map(|time| time.form);
    for text in ["2026-03-31T18:30:00Z", "2026-03-31t18:30:00.5z", "2026-03-31T18:30:00.123456789+05:30"] {
        assert_eq!(form(text), Some(TimeForm::Rfc3339), "{text}");
    }
    for text in ["2026-03-31T18:30:00", "2026-03-31T18:30:00.5"] {
        assert_eq!(form(text), Some(TimeForm::WithoutOffset), "{text}");
    }
    for text in
        ["2026-03-31", "2026-03-31 18:30:00Z", "2026-03-31T18:30Z", "2026-03-31T18:30:00+0530", "1772366400", "now"]
    {
        assert_eq!(form(text), Some(TimeForm::Other), "{text}");
    }
    assert_eq!(form("today"), None);
}

#[test]
fn options_are_dates_and_not_seconds_since_1970() {
    let read = |text: &str| serde_json::from_value::<Instant>(text.into()).map(Instant::rfc3339);
    assert_eq!(read("2026-03-01").unwrap(), "2026-03-01T00:00:00.000000Z");
    for text in ["2026", "1772323200", "-1", "+5", "1e9"] {
        assert!(read(text).is_err(), "{text}");
    }
}

#[test]
fn reads_numbers() {
    let micros = |raw: &str, is_integer| read_number(raw.as_bytes(), is_integer).and_then(|time| time.instant);
    assert_eq!(micros("1772366400", true), Some(Instant(1_772_366_400_000_000)));
    assert_eq!(micros("1772366400.25", false), Some(Instant(1_772_366_400_250_000)));
    assert_eq!(micros("20000000001", true), Some(Instant(20_000_000_001_000)));
    assert_eq!(micros("1772366400123456", true), None);
    assert_eq!(micros("1e20", false), None);
    assert_eq!(micros("99999999999999999999", true), None);
}

#[test]
fn writes_what_it_reads() {
    for text in [
        "2026-03-01T12:05:30.000001Z",
        "1970-01-01T00:00:00.000000Z",
        "1969-12-31T23:59:59.999999Z",
        "2000-02-29T01:02:03.450000Z",
        "2100-03-01T00:00:00.000000Z",
        "0001-01-01T00:00:00.000000Z",
        "9999-12-31T23:59:59.999999Z",
    ] {
        assert_eq!(read(text.as_bytes()).unwrap().instant.unwrap().rfc3339(), text);
    }
    for (micros, text) in
        [(0, "00:00:00"), (1_500_000, "00:00:01.5"), (600_000_000, "00:10:00"), (-1, "23:59:59.999999")]
    {
        assert_eq!(Instant(micros).clock_time(), text);
    }
    assert!(Instant(i64::MAX).rfc3339().len() > 20 && Instant(i64::MIN).rfc3339().starts_with('-'));
}
