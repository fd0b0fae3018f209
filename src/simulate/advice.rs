//! What a window over heartbeats is good for: how many may be missing, how soon a dead run is found.

use crate::diagnostic::display::text as shown_value;
use crate::json::write::{ToJson, Writer, string};
use crate::json::{Decimal, Kind, Tape, Value, parse};
use crate::text::phrase::joined;
use crate::text::template::told;

use crate::time::scalar;
use crate::time::span::decimal;

/// Microseconds.
const SECOND: i64 = 1_000_000;
/// What heartbeats were seen to be late by, each.
const DRIFT: i64 = 15_000;
/// What an event may take to arrive.
const DELAY: i64 = SECOND;
const LONGEST: i64 = 366 * 86_400 * SECOND;
/// The wildcard that every state matches.
const WILDCARD: &str = "prefect.flow-run.*";
const DOCS: &str = "https://docs.prefect.io/v3/advanced/detect-zombie-flows";

#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Question {
    pub frequency: i64,
    pub within: i64,
    pub tick: i64,
    /// The three numbers of a client's version.
    pub client: Option<[u32; 3]>,
    pub expect: Option<Vec<String>>,
}

#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Advice {
    question: Question,
    /// From one heartbeat to the next.
    period: i64,
    /// Negative: not even the next one is waited for.
    pub tolerated: i64,
    pub arithmetic: Vec<String>,
    /// The smallest windows, in seconds, that tolerate 0, 1, 2, … missed heartbeats.
    pub within_for: Vec<(i64, i64)>,
    pub false_alarms: Vec<String>,
    pub undetected: Vec<String>,
    pub documentation: String,
    client: Option<(&'static str, String)>,
}

fn seconds(span: i64) -> String {
    decimal(span.unsigned_abs())
}

impl Question {
    /// Reads the question, JSON text. What is wrong with it is told in a sentence.
    pub fn read(text: &str) -> Result<Question, String> {
        let (mut tape, mut issues) = (Tape::new(), Vec::new());
        let complete = parse(text.as_bytes(), 0, &mut tape, &mut issues).complete;
        let document = tape.document(text.as_bytes());
        let root = document.root().filter(|root| complete && root.kind() == Kind::Object);
        let root = root.ok_or("heartbeatAdvice needs an object such as { frequency: 180, within: 540 }")?;
        let known = ["frequency", "within", "tick", "client_version", "expect"];
        if let Some((key, _)) = root.members().find(|(key, _)| !known.iter().any(|known| key.is(known))) {
            let known = joined(&mut known.into_iter(), "`, `");
            return Err(told("there is no `{key}`: there are `{known}`", &[("key", &key.string()), ("known", &known)]));
        }
        let span = |key: &str, value: Value<'_>| {
            let micros = Decimal::read(value.raw()).filter(|_| value.is_number()).and_then(Decimal::micros);
            micros
                .filter(|micros| (1..=LONGEST).contains(micros))
                .ok_or_else(|| wrong(key, "a number of seconds, more than 0", value))
        };
        let needed = |key: &str| match root.get(key) {
            Some(value) => span(key, value),
            None => Err(told("`{key}` is missing: a number of seconds", &[("key", key)])),
        };
        let given = |key: &str| root.get(key).filter(|value| value.kind() != Kind::Null);
        Ok(Question {
            frequency: needed("frequency")?,
            within: needed("within")?,
            tick: given("tick").map_or(Ok(5 * SECOND), |value| span("tick", value))?,
            client: given("client_version").map(version).transpose()?,
            expect: given("expect")
                .map(|value| scalar::texts(value).ok_or_else(|| wrong("expect", "a list of texts", value)))
                .transpose()?,
        })
    }
}

fn wrong(key: &str, expected: &str, value: Value<'_>) -> String {
    let found = shown_value(value);
    told("`{key}` must be {expected}, not {found}", &[("key", key), ("expected", expected), ("found", &found)])
}

fn version(value: Value<'_>) -> Result<[u32; 3], String> {
    let text = value.string();
    let mut parts = text.split('.').map(|part| {
        let digits: String = part.chars().take_while(char::is_ascii_digit).collect();
        digits.parse::<u32>().ok()
    });
    let mut next = || parts.next().unwrap_or(Some(0));
    match (value.is_string(), next(), next(), next()) {
        (true, Some(major), Some(minor), Some(patch)) => Ok([major, minor, patch]),
        _ => Err(wrong("client_version", "a version such as `3.6.22`", value)),
    }
}

/// `1 missed heartbeat`, `2 missed heartbeats`.
fn plural(count: i64, heartbeats: &str) -> String {
    [&*count.to_string(), heartbeats, if count == 1 { "" } else { "s" }].concat()
}

/// What a window over heartbeats is good for.
#[must_use]
pub fn advise(question: Question) -> Advice {
    let Question { frequency, within, tick, .. } = question;
    // Clients send no more often than every 30 seconds.
    let sent = frequency.max(30 * SECOND);
    let period = sent.saturating_add(DRIFT);
    // The next heartbeat must come within, not at the end: `occurred < end`.
    let intervals = within.saturating_sub(1).checked_div(period).unwrap_or_default();
    let tolerated = intervals.saturating_sub(1);
    let span = |missed: i64| missed.saturating_add(1).saturating_mul(period);
    let within_for = (0..=4_i64).map(|missed| {
        let least = span(missed).saturating_add(DELAY).div_euclid(SECOND).saturating_add(1);
        // A Proactive trigger waits at least 10 seconds.
        (missed, least.max(10))
    });
    let (sent, after, window) = (seconds(sent), seconds(period), seconds(within));
    let (ticks, third) = (seconds(tick), seconds(frequency.saturating_mul(3)));
    let told = |template: &str| {
        let texts = [("sent", &*sent), ("period", &*after), ("within", &*window), ("tick", &*ticks), ("rule", &*third)];
        told(template, &texts)
    };
    let mut arithmetic = vec![
        told(
            "A client sleeps {sent} s between two heartbeats, and sending one takes a little: {period} s from one to the next.",
        ),
        "Each heartbeat opens a window of its own length anew; one that occurs at the end of the window or later is too late."
            .to_owned(),
    ];
    for missed in tolerated.max(0)..=tolerated.max(0).saturating_add(1) {
        let gap = span(missed);
        let no_alarm = gap < within;
        let how = if missed == 0 {
            "With no heartbeat missed".to_owned()
        } else {
            ["With ", &plural(missed, " missed heartbeat"), " in a row"].concat()
        };
        let (times, gap) = (missed.saturating_add(1).to_string(), seconds(gap));
        let verdict = if no_alarm { "< {within} s: no alarm." } else { "≥ {within} s: a false alarm." };
        arithmetic.push(
            [&how, ", the next one comes ", &times, " × ", &after, " = ", &gap, " s after the last, ", &told(verdict)]
                .concat(),
        );
        if tolerated < 0 {
            break;
        }
    }
    let mut false_alarms = Vec::new();
    if tolerated < 0 {
        false_alarms.push(told(
            "every healthy run, after each heartbeat: the next one comes after {period} s, and the window ends after {within} s",
        ));
    } else {
        let lost = plural(tolerated.saturating_add(1), " heartbeat");
        let how = " in a row do not arrive (a blocked process, a broken connection)";
        false_alarms.push(["a healthy run of which ", &lost, how].concat());
    }
    false_alarms.push(
        "a run whose client sends one more heartbeat after its last state: it opens a window that nothing closes"
            .to_owned(),
    );
    false_alarms.push(
        "a run whose state events wait for one that they follow and that never came: they are held back for 15 minutes, heartbeats are not"
            .to_owned(),
    );
    let mut undetected = vec![
        "a run that dies before its first heartbeat, or never starts".to_owned(),
        told(
            "if more than 500 runs go silent within one tick of {tick} s, some of them: the server skips every other 500",
        ),
    ];
    let wildcard =
        question.expect.as_ref().is_none_or(|names| names.iter().any(|name| name == WILDCARD || name == "*"));
    if wildcard {
        undetected.push(
            "a run that dies after a state change and before its next heartbeat, such as in the delay before a retry"
                .to_owned(),
        );
    } else if let Some(names) = &question.expect {
        let listed = |state: &&str| names.iter().any(|name| name.strip_prefix("prefect.flow-run.") == Some(*state));
        let states =
            ["Completed", "Failed", "Cancelled", "Crashed", "TimedOut", "Paused", "Suspended", "AwaitingRetry"];
        let missing = joined(&mut states.into_iter().filter(|state| !listed(state)), ", ");
        if !names.iter().any(|name| name == "prefect.flow-run.heartbeat") {
            false_alarms.push(
                "every run: `expect` lacks `prefect.flow-run.heartbeat`, so heartbeats do not keep the window from ending".to_owned(),
            );
        }
        let mut text = String::from("a run that ends in a state with a name of its own");
        if !missing.is_empty() {
            text.push_str(", or enters ");
            text.push_str(&missing);
        }
        text.push_str(": `expect` does not list it (the wildcard `");
        text.push_str(WILDCARD);
        text.push_str("` does)");
        false_alarms.push(text);
    }
    let rule = frequency.saturating_mul(3);
    let mut documentation = String::from(
        "Prefect's documentation advises a `within` of at least three times the frequency, and says that it tolerates three missed heartbeats. ",
    );
    let three = within_for.clone().find(|(missed, _)| *missed == 3).map_or(0, |(_, least)| least);
    let three = three.to_string();
    let verdict = match () {
        () if within < rule => told("{within} s is less than the {rule} s of that rule."),
        () if tolerated >= 3 => told("{within} s does tolerate three."),
        () => [
            "The third heartbeat after the last always comes a little late, so three times the frequency tolerates one; for three, take ",
            &three,
            " s or more.",
        ]
        .concat(),
    };
    documentation.push_str(&verdict);
    let client = question.client.map(client);
    if frequency < 30 * SECOND {
        arithmetic
            .insert(0, "A frequency below 30 s is refused by the setting and raised to 30 s by the client.".to_owned());
    }
    Advice {
        period,
        tolerated,
        arithmetic,
        within_for: within_for.collect(),
        false_alarms,
        undetected,
        documentation,
        client,
        question,
    }
}

/// What a client's version sends.
fn client(version: [u32; 3]) -> (&'static str, String) {
    if version < [3, 1, 8] {
        ("never", "clients before 3.1.8 send no heartbeats: no run of theirs is watched".to_owned())
    } else if version < [3, 6, 22] {
        let mut note = String::from(
            "clients before 3.6.22 send heartbeats only where PREFECT_FLOWS_HEARTBEAT_FREQUENCY is set: set it on the workers",
        );
        if version < [3, 6, 13] {
            note.push_str("; before 3.6.13 the runner sends them, so only for runs of deployments");
        }
        ("if-set", note)
    } else {
        ("by-default", "clients from 3.6.22 on send a heartbeat every 180 s unless PREFECT_FLOWS_HEARTBEAT_FREQUENCY says otherwise".to_owned())
    }
}

fn number(writer: &mut Writer, key: &str, span: i64) {
    writer.key(key);
    writer.raw(if span < 0 { "-" } else { "" });
    writer.raw(&seconds(span));
}

fn texts(writer: &mut Writer, key: &str, texts: &[String]) {
    writer.key(key);
    writer.open('[');
    for text in texts {
        writer.item();
        let mut out = String::new();
        string(&mut out, text);
        writer.raw(&out);
    }
    writer.close(']');
}

impl ToJson for Advice {
    fn write(&self, writer: &mut Writer) {
        let Question { frequency, within, tick, .. } = self.question;
        writer.open('{');
        number(writer, "frequency", frequency);
        number(writer, "within", within);
        number(writer, "tick", tick);
        number(writer, "period", self.period);
        writer.integer("tolerated_misses", self.tolerated.max(0));
        writer.flag("healthy_runs_fire", self.tolerated < 0);
        texts(writer, "arithmetic", &self.arithmetic);
        writer.key("smallest_within");
        writer.open('[');
        for (missed, least) in &self.within_for {
            writer.item();
            writer.open('{');
            writer.integer("misses", *missed);
            writer.integer("within", *least);
            writer.close('}');
        }
        writer.close(']');
        writer.key("detection");
        writer.open('{');
        number(writer, "earliest", within);
        number(writer, "latest", within.saturating_add(tick));
        number(writer, "earliest_after_death", within.saturating_sub(self.period).max(0));
        number(writer, "latest_after_death", within.saturating_add(tick));
        writer.close('}');
        texts(writer, "false_alarms", &self.false_alarms);
        texts(writer, "undetected", &self.undetected);
        writer.key("documentation");
        writer.open('{');
        writer.text("says", &self.documentation);
        writer.text("url", DOCS);
        writer.close('}');
        if let Some((sends, note)) = &self.client {
            writer.key("client");
            writer.open('{');
            writer.text("sends_heartbeats", sends);
            writer.text("note", note);
            writer.close('}');
        }
        writer.close('}');
    }
}
