// The state of this view in the address.

import type { Severity } from "prefect-events";

export const SEVERITIES = ["error", "warning", "info"] as const satisfies Severity[];

export const PROFILES = ["documented", "server"] as const;
export type Profile = (typeof PROFILES)[number];

export interface State {
  /** Absent if it is too long for an address. */
  text?: string;
  profile?: Profile;
  /** Hidden severities. */
  hidden?: Severity[];
}

/** In UTF-16 code units: longer texts make links that some programs cut off. */
export const LONGEST_IN_LINK = 100_000;

/** Reads any state from an address, also hand-written or from another version. */
export function stateOf(value: unknown): State {
  if (value === null || typeof value !== "object") return {};
  const { text, profile, hidden } = value as Record<string, unknown>;
  const known = PROFILES.find((one) => one === profile);
  return {
    ...(typeof text === "string" && { text }),
    ...(known && { profile: known }),
    ...(Array.isArray(hidden) && { hidden: SEVERITIES.filter((one) => hidden.includes(one)) }),
  };
}
