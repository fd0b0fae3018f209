//! How automations are checked.

use crate::diagnostic::Code;
use crate::diagnostic::Settings;
use crate::diagnostic::findings::{Findings, Subject};
use crate::diagnostic::options::must_be;
use crate::diagnostic::path::Path;
use crate::json::{Kind, Value};

/// Versions of Prefect, such as 3.9.1.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Version(pub u32, pub u32, pub u32);

impl Version {
    /// `3`, `3.9`, `3.9.1`, also with a suffix such as `rc1`, and `v` before it.
    #[must_use]
    pub fn read(text: &str) -> Option<Version> {
        let text = text.strip_prefix('v').unwrap_or(text);
        let mut parts = text.splitn(3, '.').map(|part| {
            let digits = part.find(|c: char| !c.is_ascii_digit()).unwrap_or(part.len());
            part.get(..digits)?.parse().ok()
        });
        let first = parts.next()??;
        Some(Version(first, parts.next().unwrap_or(Some(0))?, parts.next().unwrap_or(Some(0))?))
    }
}

/// How an automation is checked.
#[derive(Clone, Debug, Default)]
pub struct CheckSettings {
    pub common: Settings,
    /// Which server reads it; `None`: the latest that is known, 3.9.
    pub server_version: Option<Version>,
    /// Which clients run the flows; `None`: recent ones.
    pub client_version: Option<Version>,
    /// Seconds between two heartbeats; `None`: what the clients do by themselves.
    pub heartbeat_frequency: Option<u32>,
}

/// How often clients send heartbeats by themselves, in seconds (`settings/models/flows.py`).
pub const DEFAULT_FREQUENCY: u32 = 180;
/// The shortest setting that Prefect takes.
const SHORTEST: u32 = 30;
/// The first client that can send heartbeats.
pub const FIRST_HEARTBEATS: Version = Version(3, 1, 8);
/// The first one that does so without being told.
pub const HEARTBEATS_BY_DEFAULT: Version = Version(3, 6, 22);

impl CheckSettings {
    /// Reads the options of `checkAutomation` as users write them, as JSON text: those of `validate`, and
    /// `server_version`, `client_version`, `heartbeat_frequency`. A mistake is told in a sentence.
    pub fn read(text: &str) -> Result<Self, String> {
        let mut own = CheckSettings::default();
        let all =
            "`profile`, `severity`, `maxDiagnostics`, `server_version`, `client_version` and `heartbeat_frequency`";
        let common = Settings::read_with(text, all, &mut |name, value| {
            match name {
                "server_version" => own.server_version = Some(version(name, value)?),
                "client_version" => own.client_version = Some(version(name, value)?),
                "heartbeat_frequency" => {
                    let digits = std::str::from_utf8(value.raw()).ok().filter(|_| value.kind() == Kind::Integer);
                    let seconds = digits.and_then(|digits| digits.parse().ok()).filter(|seconds| *seconds > 0);
                    own.heartbeat_frequency =
                        Some(seconds.ok_or_else(|| must_be(name, "a whole number of seconds", value))?);
                }
                _ => return Ok(false),
            }
            Ok(true)
        })?;
        Ok(CheckSettings { common, ..own })
    }

    /// Seconds between two heartbeats.
    pub(super) fn frequency(&self) -> u32 {
        self.heartbeat_frequency.unwrap_or(DEFAULT_FREQUENCY)
    }
}

fn version(name: &str, value: Value<'_>) -> Result<Version, String> {
    let read = Some(value).filter(|value| value.is_string()).and_then(|value| Version::read(&value.string()));
    read.ok_or_else(|| must_be(name, "a version as a text, such as `3.9.1`", value))
}

/// What is wrong with the settings themselves.
pub(super) fn check(findings: &mut Findings<'_>, settings: &CheckSettings) {
    if let Some(frequency) = settings.heartbeat_frequency.filter(|frequency| *frequency < SHORTEST) {
        let code = Code::HEARTBEAT_FREQUENCY_TOO_LOW;
        findings
            .note(code.severity(), code, &Subject::default(), &Path::Root)
            .say("found", format_args!("{frequency}"));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_versions() {
        for (text, version) in [
            ("3.9.1", Some(Version(3, 9, 1))),
            ("3.9", Some(Version(3, 9, 0))),
            ("v3.6.22.dev1", Some(Version(3, 6, 22))),
            ("3.10.0rc2", Some(Version(3, 10, 0))),
            ("", None),
            ("latest", None),
            ("3.x", None),
        ] {
            assert_eq!(Version::read(text), version, "{text}");
        }
    }

    #[test]
    fn names_the_mistake() {
        let mistake = |text: &str| CheckSettings::read(text).err().unwrap_or_default();
        assert!(mistake(r#"{"serverVersion": "3.9"}"#).starts_with("there is no option `serverVersion`: there are"));
        assert_eq!(
            mistake(r#"{"heartbeat_frequency": 0}"#),
            "the option `heartbeat_frequency` must be a whole number of seconds, not a number (`0`)"
        );
        assert_eq!(
            mistake(r#"{"client_version": 3.6}"#),
            "the option `client_version` must be a version as a text, such as `3.9.1`, not a number (`3.6`)"
        );
    }
}
