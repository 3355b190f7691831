/** What is kept, and forgetting it. */
import type { ForgetRequest, KeptAmounts } from "../bindings";
import type { Host } from "../host";
import { auditOf, DEFAULTS, emit, type World } from "./world";

function amounts(world: World, profileId: string | null): KeptAmounts {
  const of = (id: string | null) => profileId === null || id === profileId;
  const history = world.history.filter((entry) => of(entry.profile_id));
  return {
    history: history.length,
    audit: auditOf(history).length,
    catalogs: world.profiles.filter((profile) => of(profile.id) && profile.server !== null).length,
    closed_tabs: world.closed.filter(({ tab }) => of(tab.profile_id)).length,
    open_tabs: world.tabs.filter(({ tab }) => of(tab.profile_id)).length,
    connections: world.profiles.filter((profile) => of(profile.id) && !profile.sample).length,
    secrets: world.profiles.filter((profile) => of(profile.id) && profile.password === "keychain").length,
  };
}

/** History and trail are one list here: what is forgotten of either goes from it. */
export function privacy(world: World): Pick<Host, "exportAudit" | "keptAmounts" | "forget" | "forgetEverything"> {
  return {
    exportAudit: async ({ text }) =>
      auditOf(world.history).filter((line) => line.text.toLowerCase().includes(text.toLowerCase())).length,
    keptAmounts: async (profileId) => amounts(world, profileId),
    forget: async (request: ForgetRequest) => {
      const gone = amounts(world, request.profile_id);
      const of = (id: string | null) => request.profile_id === null || id === request.profile_id;
      if (request.history) world.history = world.history.filter((entry) => !of(entry.profile_id));
      if (request.closed_tabs) world.closed = world.closed.filter(({ tab }) => !of(tab.profile_id));
      emit(world, { event: "changed", topics: ["history"], profile_id: null });
      return gone;
    },
    forgetEverything: async (connections) => {
      Object.assign(world, {
        history: [],
        tabs: [],
        closed: [],
        active: null,
        layout: null,
        settings: { ...DEFAULTS },
      });
      if (connections) world.profiles = world.profiles.filter((profile) => profile.sample);
      emit(world, { event: "started_over" });
      return null;
    },
  };
}
