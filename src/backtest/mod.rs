//! Compares a replay of captured events with the firings that the server recorded, and two automations on the same events.
