/**
 * Whom the tabs of a connection acted as last. Kept as long as the window: claims say who people are, and what is kept for longer
 * stands with a tab or was kept by name, where it can be seen and forgotten.
 */
import type { PolicyActor } from "@/ipc";
import { sameActor, tidy } from "./model";

const MOST = 6;
const acted = new Map<string, readonly PolicyActor[]>();

const within = (actors: readonly PolicyActor[]): readonly PolicyActor[] =>
  actors.filter((actor, at) => actors.findIndex((other) => sameActor(actor, other)) === at).slice(0, MOST);

/** The newest first, then those of open tabs. */
export const recentActors = (profileId: string, open: readonly PolicyActor[]): readonly PolicyActor[] =>
  within([...(acted.get(profileId) ?? []), ...open]);

export function rememberActor(profileId: string, actor: PolicyActor): void {
  acted.set(profileId, within([tidy(actor), ...(acted.get(profileId) ?? [])]));
}
