//! The triggers of a text, and where their values are: for drawings beside the text, and for edits in place.

use serde::Serialize;

use crate::diagnostic::{Range, TextOptions};
use crate::json::{Kind, Places, Pointer, Position, Span, Value};
use crate::text::order;
use crate::time::scalar;

use super::check::trigger::{Kinds, Level};
use super::model::{Order, Posture, watches_heartbeats};
use super::read::{self, MAX_NESTING, PROACTIVE_MINIMUM, TriggerKind};

/// A trigger of a text. Values that the text does not contain are the server's defaults, without a range; values that
/// the server cannot read are absent.
#[derive(Clone, PartialEq, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS), ts(optional_fields))]
pub struct TriggerOutline {
    /// The 0-based index of its automation in the text, like `index` of a diagnostic.
    pub automation: u64,
    /// The automation's name, for the trigger `$`. Absent if it has none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// `$` for the trigger of the automation, `$.0` for the first of its triggers, and so on.
    pub path: String,
    /// JSON Pointer of the trigger in its automation, such as `/trigger/triggers/0`.
    pub pointer: String,
    /// The type of the trigger.
    pub r#type: TriggerType,
    /// For event triggers: whether it reacts to events or to their absence.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub posture: Option<Posture>,
    /// Its window. Absent for composite triggers without a limit.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub within: Option<OutlinedDuration>,
    /// For event triggers: the names of the events that count.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub expect: Option<OutlinedTexts>,
    /// For event triggers: the names of the events that open its window.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub after: Option<OutlinedTexts>,
    /// For event triggers: the labels by whose values it counts separately.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub for_each: Option<OutlinedTexts>,
    /// For event triggers: how many events are required.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub threshold: Option<OutlinedNumber>,
    /// For compound triggers: how many of its triggers must fire.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub require: Option<Required>,
    /// `true`: it watches the heartbeats of flow runs. Absent otherwise.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "typescript", ts(type = "true", optional))]
    pub watches_heartbeats: Option<bool>,
}

/// The value of `type`.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize)]
#[serde(rename_all = "lowercase")]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub enum TriggerType {
    /// It counts events.
    Event,
    /// It waits for triggers, in any order.
    Compound,
    /// It waits for triggers, in their order.
    Sequence,
}

impl TriggerType {
    /// As documents write it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            TriggerType::Event => "event",
            TriggerType::Compound => "compound",
            TriggerType::Sequence => "sequence",
        }
    }
}

/// A duration and its place.
#[derive(Clone, Copy, PartialEq, Debug, Serialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS), ts(optional_fields))]
pub struct OutlinedDuration {
    /// In seconds.
    #[cfg_attr(feature = "typescript", ts(type = "Seconds"))]
    pub seconds: f64,
    /// The value in the text, including quotes; for an alias or a merge key, at its anchor. Absent if the text does not
    /// contain it, or the input was an object.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub range: Option<Range>,
}

/// A number and its place.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS), ts(optional_fields))]
pub struct OutlinedNumber {
    /// The number.
    #[serde(serialize_with = "number")]
    pub value: i64,
    /// As for durations.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub range: Option<Range>,
}

/// A list of texts and its place.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS), ts(optional_fields))]
pub struct OutlinedTexts {
    /// In the order of the text.
    pub values: Vec<String>,
    /// The whole list in the text, otherwise as for durations.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub range: Option<Range>,
}

/// How many triggers a compound trigger requires.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Required {
    /// `any`
    Any,
    /// `all`
    All,
    /// So many.
    Number(i64),
}

impl Serialize for Required {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Required::Any => serializer.serialize_str("any"),
            Required::All => serializer.serialize_str("all"),
            Required::Number(value) => number(value, serializer),
        }
    }
}

/// As a double if beyond the whole numbers that JavaScript and many JSON readers support.
#[expect(clippy::cast_precision_loss, reason = "a double is what such readers make of it")]
fn number<S: serde::Serializer>(value: &i64, serializer: S) -> Result<S::Ok, S::Error> {
    const MAX_SAFE: u64 = (1 << 53) - 1;
    if value.unsigned_abs() <= MAX_SAFE {
        serializer.serialize_i64(*value)
    } else {
        serializer.serialize_f64(*value as f64)
    }
}

/// Collects the triggers of a text.
pub(super) struct Outliner {
    outlines: Vec<TriggerOutline>,
    /// The places of their values, in the order of [`ranges`].
    spans: Vec<Span>,
    /// The automation of the next trigger.
    name: Option<String>,
    kinds: Kinds,
}

impl Outliner {
    pub(super) fn new() -> Self {
        Outliner { outlines: Vec::new(), spans: Vec::new(), name: None, kinds: Kinds::default() }
    }

    /// Adds the trigger of an automation, or one that is a whole, and those that it contains.
    pub(super) fn add(
        &mut self,
        automation: u64,
        name: Option<&str>,
        trigger: Value<'_>,
        pointer: Pointer,
        level: Level,
    ) {
        self.name = name.filter(|name| !name.is_empty()).map(str::to_owned);
        self.kinds = Kinds::default();
        self.trigger(automation, trigger, "$", pointer, level, 0);
    }

    fn trigger(&mut self, automation: u64, value: Value<'_>, path: &str, pointer: Pointer, level: Level, depth: usize) {
        let Some(kind) = self.kinds.of(value, level).filter(|_| value.kind() == Kind::Object && depth <= MAX_NESTING)
        else {
            return;
        };
        let mut outline = TriggerOutline {
            automation,
            name: self.name.take(),
            path: path.to_owned(),
            pointer: pointer.as_str().to_owned(),
            r#type: TriggerType::Event,
            posture: None,
            within: None,
            expect: None,
            after: None,
            for_each: None,
            threshold: None,
            require: None,
            watches_heartbeats: None,
        };
        match kind {
            TriggerKind::Event => {
                self.event(&mut outline, value, level);
                self.outlines.push(outline);
            }
            TriggerKind::Composite(order) => {
                outline.r#type = if order == Order::Any { TriggerType::Compound } else { TriggerType::Sequence };
                outline.within = value.get("within").and_then(|within| self.duration(within, None));
                outline.require = value.get("require").filter(|_| order == Order::Any).and_then(required);
                self.outlines.push(outline);
                let pointer = pointer.key("triggers");
                for (index, child) in value.get("triggers").into_iter().flat_map(Value::items).enumerate() {
                    let path = format!("{path}.{index}");
                    self.trigger(automation, child, &path, pointer.clone().item(index), level, depth.saturating_add(1));
                }
            }
        }
    }

    fn event(&mut self, outline: &mut TriggerOutline, value: Value<'_>, level: Level) {
        let default = level.default_posture();
        outline.posture = value.get("posture").map_or(default, read::posture);
        outline.within = match value.get("within") {
            Some(within) => self.duration(within, outline.posture),
            None => outline.posture.map(|posture| {
                let micros = if posture == Posture::Proactive { PROACTIVE_MINIMUM } else { 0 };
                OutlinedDuration { seconds: seconds(micros), range: None }
            }),
        };
        outline.expect = self.texts(value.get("expect"));
        outline.after = self.texts(value.get("after"));
        outline.for_each = self.texts(value.get("for_each"));
        outline.threshold = match value.get("threshold") {
            None => Some(OutlinedNumber { value: 1, range: None }),
            Some(threshold) => scalar::integer(threshold)
                .map(|value| OutlinedNumber { value, range: Some(self.range(threshold.span())) }),
        };
        let names = [&outline.after, &outline.expect].into_iter().flatten().flat_map(|texts| &texts.values);
        let opens = outline.within.is_some_and(|within| within.seconds > 0.0);
        let watches = watches_heartbeats(outline.posture, opens, &mut names.map(String::as_str));
        outline.watches_heartbeats = watches.then_some(true);
    }

    fn duration(&mut self, value: Value<'_>, posture: Option<Posture>) -> Option<OutlinedDuration> {
        let micros = match scalar::duration(value)? {
            0 if posture == Some(Posture::Proactive) => PROACTIVE_MINIMUM,
            micros => micros,
        };
        Some(OutlinedDuration { seconds: seconds(micros), range: Some(self.range(value.span())) })
    }

    fn texts(&mut self, value: Option<Value<'_>>) -> Option<OutlinedTexts> {
        let Some(value) = value else { return Some(OutlinedTexts { values: Vec::new(), range: None }) };
        Some(OutlinedTexts { values: scalar::texts(value)?, range: Some(self.range(value.span())) })
    }

    /// A range to be filled in when all are known.
    fn range(&mut self, span: Span) -> Range {
        self.spans.push(span);
        Range { start: Position::START, end: Position::START }
    }

    /// The triggers, with their ranges in the text.
    pub(super) fn finish(mut self, text: &[u8], options: TextOptions) -> Vec<TriggerOutline> {
        // From the beginning of the text to its end, even if an anchor is used often.
        let mut positions: Vec<(u32, Position)> = Vec::new();
        if options.places {
            for span in &self.spans {
                positions.extend([(span.start, Position::START), (span.end, Position::START)]);
            }
            order::by_key(&mut positions, &mut |(byte, _)| u64::from(*byte));
            let mut places = Places::new(text, Position::START, options.wtf8);
            for (byte, position) in &mut positions {
                *position = places.position(*byte as usize);
            }
        }
        let position = |byte: u32| {
            let at = positions.partition_point(|(before, _)| *before < byte);
            positions.get(at).map(|(_, position)| *position)
        };
        let mut spans = self.spans.into_iter();
        for range in self.outlines.iter_mut().flat_map(ranges) {
            let span = spans.next().unwrap_or_default();
            *range = position(span.start).zip(position(span.end)).map(|(start, end)| Range { start, end });
        }
        self.outlines
    }
}

/// The ranges of a trigger that are to be filled in, in the order in which they were asked for.
fn ranges(outline: &mut TriggerOutline) -> impl Iterator<Item = &mut Option<Range>> {
    let TriggerOutline { within, expect, after, for_each, threshold, .. } = outline;
    let within = within.as_mut().map(|within| &mut within.range);
    let texts = [expect, after, for_each].into_iter().flatten().map(|texts| &mut texts.range);
    let threshold = threshold.as_mut().map(|threshold| &mut threshold.range);
    within.into_iter().chain(texts).chain(threshold).filter(|range| range.is_some())
}

fn required(value: Value<'_>) -> Option<Required> {
    match () {
        () if value.is("any") => Some(Required::Any),
        () if value.is("all") => Some(Required::All),
        () => scalar::integer(value).map(Required::Number),
    }
}

/// Microseconds in seconds.
#[allow(clippy::cast_precision_loss)]
fn seconds(micros: i64) -> f64 {
    micros as f64 / 1e6
}
