//! The command `test`: scenarios with expectations.

use serde::{Deserialize, Deserializer};

use crate::render::{Format, RenderOptions, TestedFile, display_name, render_tests};
use crate::simulate::{DocumentText, TestOptions, TestReport, freeze_firings, test_scenarios_with};
use crate::text::strict::strict;

use super::scenario::read_scenario_files;
use super::steps::{Had, Inputs, Outcome, Run, Stop};
use super::surroundings::Surroundings;

/// The option for which files are written.
const UPDATE: &str = "--update";

/// The options of `test`.
#[derive(Clone, PartialEq, Eq, Debug, Default, Deserialize)]
#[serde(remote = "Self", rename_all = "camelCase", default)]
pub struct TestCommandOptions {
    /// Files with scenarios.
    pub files: Vec<String>,
    /// Write the present firings into the files as expectations, then test.
    pub update: bool,
    /// `pretty`, `json`, `github` or `junit`.
    pub format: Format,
}

impl<'de> Deserialize<'de> for TestCommandOptions {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::deserialize(strict(deserializer))
    }
}

pub(super) struct Test {
    options: TestCommandOptions,
    surroundings: Surroundings,
    /// The results of the first files.
    results: Vec<TestedFile>,
}

impl Test {
    pub(super) fn new(options: TestCommandOptions, surroundings: Surroundings) -> Test {
        Test { options, surroundings, results: Vec::new() }
    }
}

impl Run for Test {
    const ISOLATES_FILES: bool = true;

    fn run(&mut self, inputs: &mut Inputs) -> Result<Outcome, Stop> {
        while let Some(file) = self.options.files.get(self.results.len()) {
            let report = tested(file, self.options.update, inputs)?;
            self.results.push(TestedFile { file: file.clone(), report });
            inputs.forget();
        }
        let unreadable = self
            .results
            .iter()
            .filter_map(|TestedFile { file, report }| Some([display_name(file), " ", report.as_ref().err()?].concat()));
        let messages = unreadable.collect();
        let rendering = RenderOptions { format: self.options.format, ..self.surroundings.stdout.rendering() };
        let text = render_tests(&self.results, &rendering);
        let is_broken = |report: &TestReport| {
            !report.errors.is_empty() || report.scenarios.iter().any(|scenario| !scenario.errors.is_empty())
        };
        let status = if self.results.iter().any(|one| one.report.as_ref().map_or(true, is_broken)) {
            2
        } else {
            u8::from(!self.results.iter().all(|one| one.report.as_ref().is_ok_and(|report| report.passed)))
        };
        Ok(Outcome { messages, text, status })
    }
}

/// The results of a file, or why there are none: a sentence without its subject.
fn tested(file: &str, update: bool, inputs: &mut Inputs) -> Result<Had<TestReport>, Stop> {
    let had = if update { inputs.read_to_write(file, UPDATE)? } else { inputs.read(file)? };
    let text = match had {
        Ok(text) => text,
        Err(reason) => return Ok(Err(reason)),
    };
    let options = match read_scenario_files(file, &text, inputs)? {
        Ok(files) => TestOptions { files },
        Err(reason) => return Ok(Err(reason)),
    };
    if !update {
        return Ok(Ok(test_scenarios_with(DocumentText::from(&**text), &options)));
    }
    if file == "-" {
        return Ok(Err("cannot be updated: name a file".to_owned()));
    }
    let frozen = match freeze_firings(DocumentText::from(&**text), &options.files) {
        Ok(frozen) => frozen,
        Err(error) => return Ok(Err(format!("cannot be tested: {error}"))),
    };
    if frozen.as_bytes() != &**text
        && let Err(reason) = inputs.write(file, || frozen.clone().into_bytes())?
    {
        return Ok(Err(reason));
    }
    Ok(Ok(test_scenarios_with(DocumentText::from(&*frozen), &options)))
}
