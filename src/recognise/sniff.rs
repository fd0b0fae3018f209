//! Guesses the form of a text that is not JSON from its first lines, without parsing all of it.

use super::{Form, ItemForm, OF_PREFECT_YAML, STEPS, TRIGGER_TYPES, item_form};

/// An unsupported text, and what to use instead.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Foreign {
    /// The human-readable output of `prefect automation inspect`.
    Console,
    /// The source of Terraform.
    Hcl,
}

impl Foreign {
    pub(crate) fn phrase(self) -> &'static str {
        match self {
            Foreign::Console => "the console output of `prefect automation inspect`",
            Foreign::Hcl => "Terraform configuration",
        }
    }

    pub(crate) fn remedy(self) -> &'static str {
        match self {
            Foreign::Console => {
                "run `prefect automation inspect NAME --json > automation.json` (or `--yaml`) and check that file"
            }
            Foreign::Hcl => {
                "run `terraform plan -out plan && terraform show -json plan > plan.json` and check that file"
            }
        }
    }
}

impl Foreign {
    /// The form that the text would have if it were converted.
    pub(crate) fn form(self) -> Form {
        match self {
            Foreign::Console => Form::Unknown,
            Foreign::Hcl => Form::TerraformConfiguration,
        }
    }
}

/// The apparent form of a text that is not JSON.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Sniffed {
    Foreign(Foreign),
    /// YAML.
    Yaml(Form),
}

/// How many lines are examined.
const LINES: usize = 400;

/// Whether the beginning of a text has all lines that are examined.
pub(crate) fn can_be_sniffed(beginning: &[u8]) -> bool {
    let complete = memchr::memrchr(b'\n', beginning).and_then(|end| beginning.get(..end));
    complete.is_some_and(|text| lines(text).count() == LINES)
}

/// The apparent form of a text that is not JSON; `None`: unclear.
pub(crate) fn sniff(text: &[u8]) -> Option<Sniffed> {
    if let Some(foreign) = foreign(text) {
        return Some(Sniffed::Foreign(foreign));
    }
    // The keys of the document, or of the first item of its list.
    let mut keys: Vec<(&[u8], &[u8])> = Vec::new();
    let (mut is_list, mut lists, mut last) = (false, Vec::new(), None);
    for line in lines(text) {
        if line.starts_with(b"#") || line.starts_with(b"---") || line.starts_with(b"%") {
            continue;
        }
        let item = line.strip_prefix(b"- ");
        if item.is_some() && keys.is_empty() {
            is_list = true;
        } else if is_list && item.is_some() {
            break;
        } else if is_list && !line.starts_with(b"  ") {
            // The rest of a line broken by a terminal.
            continue;
        } else if item.is_some() || line.trim_ascii_start().starts_with(b"- ") {
            lists.extend(last);
            continue;
        }
        let own = item.unwrap_or(if is_list { line.get(2..).unwrap_or_default() } else { line });
        let Some((key, value)) = pair(own) else { continue };
        if value.starts_with(b"[") {
            lists.push(key);
        }
        last = Some(key);
        keys.push((key, value));
    }
    let get = |name: &str| keys.iter().find(|(key, _)| *key == name.as_bytes()).map(|(_, value)| *value);
    let has = |name: &str| get(name).is_some();
    let holds_list = |name: &str| lists.contains(&name.as_bytes());
    if !is_list && (OF_PREFECT_YAML.into_iter().any(has) || STEPS.into_iter().any(|step| has(step) && holds_list(step)))
    {
        return Some(Sniffed::Yaml(Form::PrefectYaml));
    }
    if !is_list && has("automations") {
        return Some(Sniffed::Yaml(Form::Automations));
    }
    let is_trigger_type = get("type").is_some_and(|kind| TRIGGER_TYPES.iter().any(|known| kind == known.as_bytes()));
    let form = match item_form(&has, &holds_list, is_trigger_type) {
        ItemForm::Automation if is_list => Form::Automations,
        ItemForm::Automation => Form::Automation,
        ItemForm::Scenario if is_list => Form::Scenarios,
        ItemForm::Scenario => Form::Scenario,
        ItemForm::DeploymentTrigger => Form::DeploymentTriggers,
        ItemForm::Trigger if is_list || has("triggers") && !has("type") => Form::DeploymentTriggers,
        ItemForm::Trigger => Form::Trigger,
        // Events are JSON: their errors must be explained as JSON.
        ItemForm::Event | ItemForm::Unknown => return None,
    };
    Some(Sniffed::Yaml(form))
}

fn lines(text: &[u8]) -> impl Iterator<Item = &[u8]> {
    let text = text.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(text);
    text.split(|&byte| byte == b'\n').map(<[u8]>::trim_ascii_end).filter(|line| !line.is_empty()).take(LINES)
}

/// `key: value` at the beginning of a line, without quotes around the value.
fn pair(line: &[u8]) -> Option<(&[u8], &[u8])> {
    let colon = line.iter().position(|&byte| byte == b':')?;
    let (key, rest) = line.split_at_checked(colon)?;
    let value = rest.get(1..)?;
    let is_key = !key.is_empty() && key.iter().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-'));
    let is_pair = value.is_empty() || value.starts_with(b" ");
    let value = value.trim_ascii();
    let bare = value.split(|byte| matches!(byte, b'"' | b'\'')).find(|part| !part.is_empty()).unwrap_or_default();
    (is_key && is_pair).then_some((key, bare))
}

/// Texts that are neither JSON nor YAML.
pub(super) fn foreign(text: &[u8]) -> Option<Foreign> {
    let mut lines = lines(text).map(<[u8]>::trim_ascii_start);
    let first = lines.next()?;
    let second = lines.next().unwrap_or_default();
    let line = if first == b"[" { second } else { first.strip_prefix(b"[").unwrap_or(first) };
    if line.starts_with(b"Automation(") {
        return Some(Foreign::Console);
    }
    let is_block = |line: &[u8]| {
        let Ok(line) = std::str::from_utf8(line) else { return false };
        let mut words = line.split_ascii_whitespace();
        let is_word = words.next().is_some_and(|word| {
            matches!(word, "resource" | "data" | "module" | "provider" | "variable" | "terraform" | "locals" | "output")
        });
        is_word && line.ends_with('{') && words.all(|word| word == "{" || word.starts_with('"'))
    };
    std::iter::once(first).chain(std::iter::once(second)).chain(lines).any(is_block).then_some(Foreign::Hcl)
}
