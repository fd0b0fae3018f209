//! The automation for zombie runs that the benchmarks play.

use prefect_events::automation::{Automation, EventTrigger, Posture, Specification, Trigger};

/// `within`: microseconds.
pub(crate) fn automation(within: i64) -> Automation {
    Automation {
        name: "zombies".to_owned(),
        description: String::new(),
        enabled: true,
        tags: Vec::new(),
        trigger: Trigger::Event(EventTrigger {
            posture: Posture::Proactive,
            matches: Specification(vec![("prefect.resource.id".to_owned(), vec!["prefect.flow-run.*".to_owned()])]),
            match_related: vec![Specification::default()],
            after: vec!["prefect.flow-run.heartbeat".to_owned()],
            expect: vec!["prefect.flow-run.*".to_owned()],
            for_each: vec!["prefect.resource.id".to_owned()],
            threshold: 1,
            within,
        }),
        actions: Vec::new(),
        actions_on_trigger: Vec::new(),
        actions_on_resolve: Vec::new(),
    }
}
