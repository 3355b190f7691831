/** Changing a schema: the dialogs of it, wherever they were asked for, and the structure of a tab's object. */
import type { ReactNode } from "react";
import { ConditionField } from "@/features/editor";
import { useDriverOf, useHighlight } from "@/features/relation";
import {
  type Around,
  openStructure,
  type Place,
  SECTIONS,
  type Section,
  type SqlFieldProps,
  StructureDialogs,
  StructurePane,
  tell,
} from "@/features/structure";
import { type ConnectionState, host, type ObjectRef } from "@/ipc";
import type { Actions } from "./actions";
import type { RelationTab } from "./model";
import { useWorkspace } from "./workspace";

const NOT_OPEN = "the connection is not open";

/** Whether a connection's schema can be changed here at all. */
export const canAlter = (state: ConnectionState | undefined): boolean => state?.can_alter === true;

/** The connection's own database has one draft, by whichever name it is asked for. */
export const placeOf = (profileId: string, database: string | null, state: ConnectionState | undefined): Place => ({
  profileId,
  database: database === state?.database ? null : database,
});

/** Asks for a new object of a schema; which kind, where none is said. */
export const newObject = (place: Place, schema: string | null, kind: string): void =>
  openStructure(place, kind === "table" ? { ask: "table", schema } : { ask: "object", kind: kind || null, schema });

/** Stages that an object goes; what is open of it shows that. */
export function stageDrop({ profileId, database }: Place, object: ObjectRef): void {
  host()
    .editStructure(profileId, database, [{ edit: "drop", object }])
    .catch(tell);
}

/** Asks for a partition of a table, or for a table that becomes one; or stages that a partition is one no more. */
export function partition(place: Place, object: ObjectRef, what: "partition" | "attach" | "detach"): void {
  if (what !== "detach") openStructure(place, { ask: what, table: object });
  else
    host()
      .editStructure(place.profileId, place.database, [{ edit: "detach_partition", partition: object }])
      .catch(tell);
}

/** What the shell knows of a place: whether it may be changed, and how its language is written and shown. */
export function useAround({ profileId, database }: Place, actions: Actions): Around {
  const { live, profile } = useWorkspace();
  const own = profile(profileId);
  const state = live.connections.get(profileId);
  const open = state?.phase.phase === "open";
  const driver = useDriverOf(profileId);
  const highlight = useHighlight(profileId);
  const shown = database ?? state?.database ?? null;
  return {
    readOnly:
      own?.safety === "read_only" || (state?.read_only ?? null) !== null
        ? "the connection is read-only"
        : open
          ? undefined
          : NOT_OPEN,
    applyTo: own?.environment === "production" ? own.name : undefined,
    field: (props: SqlFieldProps) => (
      <ConditionField
        {...props}
        lines="many"
        language={driver?.language ?? null}
        place={{ tabId: "structure", profileId, database, driver: driver?.id ?? "" }}
      />
    ),
    highlight,
    onOpen: (object) => actions.structure(profileId, { ...object, database: object.database ?? shown }),
    onScript: (title, text) => actions.query({ profileId, database, title, text }),
  };
}

function Placed({
  place,
  actions,
  children,
}: {
  place: Place;
  actions: Actions;
  children: (around: Around) => ReactNode;
}) {
  return children(useAround(place, actions));
}

/** New objects, parts of tables and the review. */
export function Structuring({ actions }: { actions: Actions }) {
  return (
    <StructureDialogs
      around={(place, children) => (
        <Placed place={place} actions={actions}>
          {children}
        </Placed>
      )}
    />
  );
}

const readSection = (section: unknown): Section => SECTIONS.find((each) => each === section) ?? "columns";

/** The section that a kept view shows. */
export function sectionOf(view: string): Section {
  try {
    const kept: unknown = JSON.parse(view);
    return readSection(typeof kept === "object" && kept !== null && "section" in kept ? kept.section : null);
  } catch {
    return "columns";
  }
}

/** The structure of a tab's object, for changing it. */
export function TabStructure(props: {
  tab: RelationTab;
  active: boolean;
  actions: Actions;
  section: Section;
  onSection: (section: Section) => void;
}) {
  const { tab, active, actions, section, onSection } = props;
  const { live } = useWorkspace();
  const { profileId, object } = tab;
  const state = live.connections.get(profileId);
  const place = placeOf(profileId, object.database, state);
  const around = useAround(place, actions);
  return (
    <StructurePane
      place={place}
      object={object}
      active={active}
      able={state?.phase.phase === "open"}
      readOnly={around.readOnly}
      field={around.field}
      highlight={around.highlight}
      onOpen={around.onOpen}
      onGo={around.onOpen}
      onMigration={() => actions.migrations(place.profileId, place.database, true)}
      section={section}
      onSection={onSection}
      onRenamed={(renamed: ObjectRef) => {
        around.onOpen(renamed);
        actions.close(tab.id, true);
      }}
    />
  );
}
