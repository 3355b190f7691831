/** Who is in the way of a lock, in words. */
import type { PolicyBlocker } from "./bindings";

/** For how long, in words; the exact time is no use here. */
export function ageWords(ms: number | null): string {
  if (ms === null) return "";
  const seconds = Math.round(ms / 1_000);
  if (seconds < 60) return `for ${seconds} s`;
  const minutes = Math.round(seconds / 60);
  return minutes < 60 ? `for ${minutes} min` : `for ${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

/** Who is in the way, in a line, and what they run. */
export function blockerProps({ session, user, application, age_ms, statement }: PolicyBlocker) {
  const who = [user, application ? `(${application})` : null].filter(Boolean).join(" ");
  const age = ageWords(age_ms);
  const words = [
    who || "a session",
    session === null ? null : `session ${session}`,
    age ? `its transaction is open ${age}` : null,
  ]
    .filter(Boolean)
    .join(", ");
  return { words, statement };
}
