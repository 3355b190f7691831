/** A statement that left the actor, in words. Pure. */
import type { PolicyActor } from "@/ipc";
import { actorMark } from "./model";

export interface LeftActor {
  /** Which statement of the run, from 0. */
  readonly index: number;
  /** As whom the session was then; `null` where that could not be asked. */
  readonly user: string | null;
  /** The actor's settings that were changed. */
  readonly settings: readonly string[];
  /** Whether it was taken back before the next statement. */
  readonly undone: boolean;
}

const listed = (names: readonly string[]): string =>
  names.length > 1 ? `${names.slice(0, -1).join(", ")} and ${names.at(-1)}` : (names[0] ?? "");

/** What happened, and what that means for what comes after it. */
export function leftWords(
  { index, user, settings, undone }: LeftActor,
  actor: PolicyActor | null,
): { readonly head: string; readonly detail: string } {
  const mark = actor ? actorMark(actor) : "the actor";
  const changed = settings.length > 0 ? `changed ${listed(settings)}` : null;
  const left = user !== null && user !== actor?.role ? `went on as ${user}, not as ${mark}` : null;
  const what = [left, changed].filter(Boolean).join(" and ") || `left ${mark}`;
  return {
    head: `Statement ${index + 1} ${what}`,
    detail: undone
      ? `That was taken back: what is run next is ${mark} again.`
      : `So does what follows in this transaction. Commit or roll back to be ${mark} again.`,
  };
}
