//! Until these types implement it themselves.
use serde::{Serialize, Serializer};
use crate::json::write::ToJson;
impl Serialize for crate::generate::BuiltEvent {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serde_json::from_str::<serde_json::Value>(&self.to_json()).unwrap_or_default().serialize(serializer)
    }
}
