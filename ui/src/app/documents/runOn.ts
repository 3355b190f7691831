/** Where else a query can run: connections of the same engine first, the others said to be another one. Pure. */
import type { MenuItem } from "@/design";
import type { ConnectionProfile } from "@/ipc";

export interface RunOnChoice {
  readonly profile: ConnectionProfile;
  /** The engine's name where it is not that of the tab. */
  readonly otherEngine: string | null;
}

/** Every connection but the tab's own, in the order of a menu. */
export function runOnChoices(
  profiles: readonly ConnectionProfile[],
  own: ConnectionProfile | undefined,
): readonly RunOnChoice[] {
  const choices = profiles
    .filter((profile) => profile.id !== own?.id)
    .map((profile) => ({ profile, otherEngine: profile.driver === own?.driver ? null : profile.driver_label }));
  return choices.toSorted(
    (a, b) =>
      Number(a.otherEngine !== null) - Number(b.otherEngine !== null) || a.profile.name.localeCompare(b.profile.name),
  );
}

/** The menu: the statement at the caret, and the whole text one level down. */
export function runOnItems(
  choices: readonly RunOnChoice[],
  own: ConnectionProfile | undefined,
  pick: (profile: ConnectionProfile, all: boolean) => void,
): readonly MenuItem[] {
  const items = (all: boolean): MenuItem[] => {
    const rows: MenuItem[] = [];
    let other = false;
    for (const { profile, otherEngine } of choices) {
      if (otherEngine !== null && !other) {
        if (rows.length > 0) rows.push({ separator: true });
        rows.push({ heading: own ? `Not ${own.driver_label}` : "Connections" });
        other = true;
      }
      rows.push({
        label: profile.name,
        icon: "database",
        meta: [otherEngine, profile.environment === "production" ? "production" : null].filter(Boolean).join(" · "),
        onSelect: () => pick(profile, all),
      });
    }
    return rows;
  };
  if (choices.length === 0) return [{ label: "There is no other connection", disabledReason: "Add one first" }];
  return [
    { heading: "Run the statement or selection on" },
    ...items(false),
    { separator: true },
    { label: "Run all on", items: items(true) },
  ];
}
