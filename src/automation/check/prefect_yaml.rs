//! Places in a `prefect.yaml` where `prefect deploy` does not look for automations.
//!
//! Source: `cli/deploy/_models.py`, whose models ignore unknown keys.

use crate::diagnostic::Code;
use crate::diagnostic::path::Path;
use crate::json::{Kind, Value};
use crate::text::nearest::nearest;

use super::super::fields::{OF_COMPOSITE_TRIGGERS, OF_EVENT_TRIGGERS};
use super::Check;

const AT_THE_TOP: [&str; 6] = ["prefect-version", "name", "build", "push", "pull", "deployments"];
const OF_DEPLOYMENTS: [&str; 18] = [
    "name",
    "version",
    "version_type",
    "tags",
    "description",
    "schedule",
    "schedules",
    "paused",
    "concurrency_limit",
    "flow_name",
    "entrypoint",
    "parameters",
    "enforce_parameter_schema",
    "build",
    "push",
    "pull",
    "work_pool",
    "triggers",
];
const TRIGGERS: [&str; 2] = ["triggers", "trigger"];
const AUTOMATIONS: [&str; 2] = ["automations", "automation"];

const UNDER_TRIGGERS: &str = "put the triggers under `triggers` of the deployment that they should run";
const OF_ITS_OWN: &str =
    "put whole automations into their own file, and create them with `prefect automation create --from-file`";

impl Check<'_, '_> {
    /// Everything in a `prefect.yaml` but the triggers themselves.
    pub(super) fn prefect_yaml(&mut self, root: Value<'_>) {
        let at = Path::Root;
        self.places(root, &at, "at the top level of a `prefect.yaml`", &AT_THE_TOP, &[]);
        let Some(deployments) = root.get("deployments").filter(|list| list.kind() != Kind::Null) else { return };
        let path = Path::Field("deployments");
        if deployments.kind() != Kind::Array {
            self.wrong_type("deployments", "a list of deployments", &path, deployments);
            return;
        }
        for (index, deployment) in deployments.items().enumerate() {
            let path = Path::Item(&path, index);
            self.places(deployment, &path, "in a deployment", &OF_DEPLOYMENTS, &["sla"]);
            if let Some(triggers) = deployment.get("triggers")
                && triggers.kind() == Kind::Object
            {
                self.wrong_type("triggers", "a list of triggers", &Path::Key(&path, "triggers"), triggers);
            }
            for inner in ["work_pool", "schedules", "schedule"] {
                for (field, _) in deployment.get(inner).into_iter().flat_map(Value::members) {
                    let name = field.string();
                    if TRIGGERS.contains(&&*name) || AUTOMATIONS.contains(&&*name) {
                        let where_ = ["under `", inner, "`"].concat();
                        self.ignored_place(field, &name, &Path::Key(&Path::Key(&path, inner), &name), &where_);
                    }
                }
            }
        }
    }

    fn places(&mut self, object: Value<'_>, path: &Path<'_>, place: &str, known: &[&str], more: &[&str]) {
        for (key, _) in object.members() {
            let name = key.string();
            if known.contains(&&*name) || more.contains(&&*name) {
                continue;
            }
            // People define their anchors under other keys.
            let near = nearest(&name, &mut known.iter().copied()).filter(|near| object.get(near).is_none());
            let is_trigger = OF_EVENT_TRIGGERS.iter().chain(&OF_COMPOSITE_TRIGGERS).any(|field| field.name == name)
                && name != "id"
                && name != "type"
                && path.pointer().as_str() != "";
            if near.is_some() || is_trigger || TRIGGERS.contains(&&*name) || AUTOMATIONS.contains(&&*name) {
                self.ignored_place(key, &name, &Path::Key(path, &name), place);
            }
        }
    }

    fn ignored_place(&mut self, key: Value<'_>, name: &str, path: &Path<'_>, place: &str) {
        let near = nearest(name, &mut OF_DEPLOYMENTS.iter().chain(&AT_THE_TOP).copied());
        let finding = self.add(Code::IGNORED_PLACE, path, key).shown("field", name).with("where", place);
        match near {
            _ if AUTOMATIONS.contains(&name) => finding.with("remedy", OF_ITS_OWN),
            Some(near) if near != "triggers" => finding.say("remedy", format_args!("did you mean `{near}`?")),
            _ => finding.with("remedy", UNDER_TRIGGERS),
        };
    }
}
