//! How often a window over heartbeats fires although the run is alive, and how long it takes to fire when the run is dead.
