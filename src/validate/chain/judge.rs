//! An event and the one that it follows.

use crate::catalogue::Term;
use crate::diagnostic::Code;
use crate::diagnostic::findings::{Draft, Findings, Location, Subject};
use crate::diagnostic::path::Path;
use crate::text::phrase;
use crate::time::units::SECOND;

use super::kept::{Follower, Seen, Shown};

/// A finding at the `follows` of an event.
pub(super) fn report<'f>(findings: &'f mut Findings<'_>, follower: &Follower<'_>, code: Code) -> Draft<'f> {
    add(findings, code, &follower.subject, &Path::Field("follows"), follower.place)
}

/// A finding at a recorded place.
pub(super) fn add<'f>(
    findings: &'f mut Findings<'_>,
    code: Code,
    subject: &Subject<'_>,
    path: &Path<'_>,
    place: Location,
) -> Draft<'f> {
    findings.note(code.severity(), code, subject, path).at(place)
}

/// Compares an event with the one that it follows.
pub(super) fn judge(findings: &mut Findings<'_>, follower: &Follower<'_>, target: &Seen, names: &[String]) {
    let follows = follower.follows;
    let index = Shown { at: target.at, here: follower.file, names };
    let name = target.family.map_or("", |family| family.name.text);
    if !follows.families.is_empty() && !follows.families.contains(&name) {
        let expected = phrase::list(&mut follows.families.iter().copied(), " or ");
        let name = if name.is_empty() { "an event of another kind" } else { name };
        report(findings, follower, Code::FOLLOWS_WRONG_EVENT)
            .say("index", format_args!("{index}"))
            .with("found", name)
            .with("event", follower.subject.name.unwrap_or_default())
            .with("expected", &expected);
        return;
    }
    let other = if follows.same_resource && target.texts.resource() != follower.texts.resource() {
        Some("resource")
    } else {
        let differs = follower.texts.shared().zip(target.texts.shared()).is_some_and(|(a, b)| a != b);
        differs.then(|| follows.same.as_ref().map_or("resource", term_words))
    };
    if let Some(what) = other {
        report(findings, follower, Code::FOLLOWS_OTHER_RESOURCE)
            .say("index", format_args!("{index}"))
            .with("what", what)
            .with("expected", &follower.words.resource());
        return;
    }
    if let Some((own, earlier)) = follower.occurred.zip(target.occurred) {
        let apart = own.since(earlier);
        let window = i64::from(follows.window).saturating_mul(SECOND);
        if window > 0 && apart.saturating_abs() >= window {
            report(findings, follower, Code::FOLLOWS_TOO_FAR).duration("found", apart).duration("expected", window);
        } else if apart < 0 {
            report(findings, follower, Code::FOLLOWS_LATER_EVENT)
                .duration("found", apart)
                .say("index", format_args!("{index}"));
        }
    }
    if let (true, Some((from, from_name)), Some((entered, name))) =
        (follows.states, follower.texts.state(), target.texts.state())
    {
        let same_name = from_name.zip(name).is_none_or(|(a, b)| a == b);
        if from != entered || !same_name {
            let path = &Path::Key(&Path::Field("payload"), "initial_state");
            add(findings, Code::BROKEN_STATE_CHAIN, &follower.subject, path, follower.from_place)
                .with("found", &follower.words.from())
                .say("index", format_args!("{index}"));
        }
    }
}

fn term_words(term: &Term) -> &'static str {
    match term {
        Term::RelatedLabel { role, .. } | Term::RelatedIdPart { role, .. } => role,
        Term::Label(label) => label,
        Term::Payload { path, .. } => path.last().copied().unwrap_or("payload"),
        Term::Name(_) | Term::IdPart(_) | Term::Occurred => "resource",
    }
}
