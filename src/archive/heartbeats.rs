//! What captured heartbeats call for, over an archive: parts are reduced to what matters of their flow runs.

use crate::catalogue::runs::FLOW_RUN;
use crate::event::{RESOURCE_ID, RESOURCE_NAME, RESOURCE_ROLE};
use crate::json::{Kind, Tape, Value, parse_prefix_around};
use crate::recognise::{events, events_start};
use crate::tune::{HeartbeatObserver, ObserveError};

/// Reduces a part: returns NDJSON from which [`HeartbeatObserver`] learns the same, a hundredth or a tenth of its size. It
/// has the heartbeats and states of flow runs; of other events, only their number.
///
/// # Errors
/// As [`HeartbeatObserver::add`].
pub fn heartbeat_lines(text: &[u8], first: bool) -> Result<(Vec<u8>, u64), ObserveError> {
    // It also finds what is wrong.
    let mut observer = HeartbeatObserver::default();
    if !first {
        // Only a first part may begin with a byte order mark.
        observer.add(b"")?;
    }
    observer.add(text)?;
    let (mut tape, mut issues) = (Tape::new(), Vec::new());
    let (mut lines, mut others) = (Vec::new(), 0_u64);
    let mut at = if first { events_start(text) } else { 0 };
    while text.get(at..).is_some_and(|rest| !rest.trim_ascii_start().is_empty()) {
        let parsed = parse_prefix_around(text, at, &mut tape, &mut issues);
        let document = tape.document(text);
        let Some(root) = document.root().filter(|_| parsed.complete && parsed.end > at) else { break };
        at = parsed.end;
        for event in events(root) {
            let of_run = event.get("event").is_some_and(|name| name.string().starts_with(FLOW_RUN));
            if of_run {
                line(text, event, &mut lines);
            } else {
                others = others.saturating_add(1);
            }
        }
    }
    Ok((lines, others))
}

fn line(text: &[u8], event: Value<'_>, out: &mut Vec<u8>) {
    let mut separator = b'{';
    let mut member = |out: &mut Vec<u8>, name: &str, value: &[u8]| {
        out.push(separator);
        separator = b',';
        out.extend_from_slice(b"\"");
        out.extend_from_slice(name.as_bytes());
        out.extend_from_slice(b"\":");
        out.extend_from_slice(value);
    };
    let written = |value: Value<'_>| {
        let span = value.span();
        text.get(span.start as usize..span.end as usize).unwrap_or_default()
    };
    for name in ["id", "occurred", "received", "event"] {
        if let Some(value) = event.get(name) {
            member(out, name, written(value));
        }
    }
    let mut resource = Vec::new();
    labels(event.get("resource"), &[RESOURCE_ID], &written, &mut resource);
    member(out, "resource", &resource);
    let mut related = vec![b'['];
    let all = event.get("related").filter(|related| related.kind() == Kind::Array);
    for one in all.into_iter().flat_map(Value::items) {
        if one.get(RESOURCE_ROLE).is_some_and(|role| role.is("deployment") || role.is("flow")) {
            if related.len() > 1 {
                related.push(b',');
            }
            labels(Some(one), &[RESOURCE_ID, RESOURCE_ROLE, RESOURCE_NAME], &written, &mut related);
        }
    }
    related.push(b']');
    member(out, "related", &related);
    out.extend_from_slice(b"}\n");
}

fn labels<'t>(
    resource: Option<Value<'t>>,
    names: &[&str],
    written: &impl Fn(Value<'t>) -> &'t [u8],
    out: &mut Vec<u8>,
) {
    let mut separator = b'{';
    for name in names {
        if let Some(value) = resource.and_then(|resource| resource.get(name)) {
            out.push(separator);
            separator = b',';
            out.push(b'"');
            out.extend_from_slice(name.as_bytes());
            out.extend_from_slice(b"\":");
            out.extend_from_slice(written(value));
        }
    }
    if separator == b'{' {
        out.push(b'{');
    }
    out.push(b'}');
}
