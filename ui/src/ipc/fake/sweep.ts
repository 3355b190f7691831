/** What the fake host asks before a script changes the whole of something: read roughly, as far as looks and tests need. */
import type { RunRequest, Settings, SweepChange, SweepQuestion } from "../bindings";
import { blank, statementsOf } from "./script";
import { profileOf, refuse, tablesOf, type World } from "./world";

interface Found {
  readonly action: string;
  readonly verb: string;
  readonly name: string;
  readonly drops: boolean;
}

function found(text: string): Found | null {
  const plain = blank(text);
  const whole = /^(update|delete\s+from)\s+([\w."]+)/i.exec(plain);
  if (whole && !/\bwhere\b/i.test(plain)) {
    const verb = whole[1]?.toLowerCase() === "update" ? "Update" : "Delete";
    return { action: `${verb.toUpperCase()} of every row`, verb, name: whole[2] ?? "", drops: false };
  }
  const gone = /^(drop|truncate)\s+(?:table\s+)?(?:if\s+exists\s+)?([\w."]+)/i.exec(plain);
  if (!gone) return null;
  const drop = gone[1]?.toLowerCase() === "drop";
  return {
    action: drop ? "DROP TABLE" : "TRUNCATE",
    verb: drop ? "Drop" : "Empty",
    name: gone[2] ?? "",
    drops: true,
  };
}

function asks(sweep: Found, environment: string, settings: Settings): boolean {
  const guarded = environment === "staging" || environment === "production";
  if (sweep.drops) return guarded || settings.ask_drops;
  return settings.ask_whole_table === "always" || (settings.ask_whole_table === "production" && guarded);
}

/** The question, unless there is none or it was answered. */
export function sweepQuestion(world: World, request: RunRequest): SweepQuestion | null {
  const profile = profileOf(world, request.profile_id);
  if (profile.safety === "read_only") return null;
  const open = world.sessions.get(request.tab_id)?.transaction === "open";
  const sweeps = statementsOf(request.text).flatMap((mark) => {
    const sweep = found(request.text.slice(mark.range.from, mark.range.to));
    return sweep && asks(sweep, profile.environment, world.settings) ? [{ sweep, range: mark.range }] : [];
  });
  const first = sweeps[0];
  if (!first) return null;
  const digest = JSON.stringify([request.profile_id, request.database, request.text, request.parameters]);
  const names = [...new Set(sweeps.map(({ sweep }) => sweep.name.split(".").at(-1) ?? ""))];
  const typed = profile.environment === "production" ? names.join(", ") : null;
  if (request.confirmed?.digest === digest) {
    if (typed !== null && request.confirmed.typed !== typed)
      refuse("forbidden", "What was typed is not the name. Nothing was sent.", { hint: `Type ${typed} to go on.` });
    return null;
  }
  const changes = sweeps.map(({ sweep, range }): SweepChange => {
    const rows = tablesOf(world, request.profile_id).find((table) => sweep.name.endsWith(table.name))?.rows;
    const words =
      rows === undefined ? "how many rows is unknown" : `about ${rows.toLocaleString("en")} rows, an estimate`;
    return {
      action: sweep.action,
      targets: [{ name: sweep.name, estimated_rows: rows ?? null, rows: words }],
      range,
      way_back: open ? "rollback" : "none",
      way_back_words: open
        ? "The transaction stays open: ROLLBACK brings it back."
        : "It is committed at once: there is no way back.",
    };
  });
  const { verb, name } = first.sweep;
  const one =
    verb === "Drop" ? `Drop table ${name}?` : verb === "Empty" ? `Empty ${name}?` : `${verb} every row of ${name}?`;
  const does = verb === "Drop" ? "Drop table" : verb === "Empty" ? "Empty table" : `${verb} every row`;
  return {
    digest,
    title: sweeps.length === 1 ? one : `Run ${sweeps.length} changes of whole tables or objects?`,
    confirm: sweeps.length === 1 ? does : `Run all ${sweeps.length}`,
    connection: profile.name,
    production: profile.environment === "production",
    changes,
    more: 0,
    notes: [],
    typed,
  };
}
