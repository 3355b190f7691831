/** What is known of a database in the fake host without looking: what was looked at before, and what scans have found. */
import type { AdvisorNews } from "../bindings";
import type { Host } from "../host";
import { ROLES } from "./policies";
import { emit, type World } from "./world";

type Calls = readonly { readonly name: keyof Host; readonly args: readonly unknown[] }[];

const told = new WeakMap<World, readonly AdvisorNews[]>();

const changed = (world: World, profileId: string) =>
  emit(world, { event: "changed", topics: ["security"], profile_id: profileId });

/** A scan finds something. */
export function tellNews(world: World, news: AdvisorNews): void {
  told.set(world, [...(told.get(world) ?? []), news]);
  emit(world, { event: "advice", news });
  changed(world, news.profile_id);
}

export function securityCommands(
  world: World,
  calls: Calls,
  advise: Host["advise"],
): Pick<Host, "advise" | "advisorNews" | "securityFigures"> {
  const asked = (profileId: string, ...names: readonly (keyof Host)[]) =>
    world.connections.has(profileId) && calls.some(({ name, args }) => names.includes(name) && args[0] === profileId);
  const reports = new Map<string, Awaited<ReturnType<Host["advise"]>>>();
  return {
    advise: async (profileId, database, anew) => {
      const report = await advise(profileId, database, anew);
      reports.set(profileId, report);
      const all = told.get(world) ?? [];
      const left = all.filter((news) => news.profile_id !== profileId);
      told.set(world, left);
      if (left.length < all.length) changed(world, profileId);
      return report;
    },
    advisorNews: async () => [...(told.get(world) ?? [])],
    securityFigures: async (profileId) => {
      const report = reports.get(profileId);
      const open = world.connections.has(profileId);
      return {
        tables: open ? world.security.tables.filter(({ parent }) => !parent).length : null,
        roles: asked(profileId, "policyOverview", "advise") ? ROLES.length : null,
        found:
          open && report
            ? { errors: report.errors, warnings: report.warnings, at_ms: report.at_ms, current: true }
            : null,
      };
    },
  };
}
