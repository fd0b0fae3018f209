use super::super::model::Posture;
use super::Check;
use crate::json::Value;
use crate::validate::path::Path;
impl Check<'_, '_> {
    pub fn advise(
        &mut self,
        _trigger: Value<'_>,
        _path: &Path<'_>,
        _default: Option<Posture>,
        _actions: &[(&str, Option<Value<'_>>)],
    ) {
    }
    pub fn yaml_scalars(&mut self, _value: Value<'_>) {}
}
