import type { ConnectionProfile } from "@/ipc";

/** The colour a connection's tabs and status wear: its own, or its environment's. */
export const colourOf = (profile: ConnectionProfile): string => profile.colour ?? `var(--env-${profile.environment})`;
