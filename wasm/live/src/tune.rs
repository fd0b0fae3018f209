//! False alarms against delay.
