/** How it stands with a database's migrations. */
import { useMemo, useRef, useState } from "react";
import { useKeys, useOffers } from "@/commands";
import { Button, EmptyState, IconButton, Toolbar } from "@/design";
import { ConditionField } from "@/features/editor";
import {
  type MigrationsHandle,
  MigrationsPane,
  type Reasons,
  readView,
  type SqlFieldProps,
  useReadAgain,
} from "@/features/migrations";
import { useDriverOf, useHighlight } from "@/features/relation";
import type { Actions } from "../actions";
import type { MigrationsTab } from "../model";
import { canAlter, useAround } from "../structure";
import { useWorkspace } from "../workspace";
import { ConnectionBanner } from "./ConnectionBanner";
import { Offline } from "./Offline";
import { useFocusWhen } from "./useFocusWhen";
import { useKeptView } from "./useKeptView";

const NOT_OPEN = "the connection is not open";
const READING: Reasons = { apply: NOT_OPEN, applyTo: NOT_OPEN, back: NOT_OPEN, add: NOT_OPEN, pending: 0 };

const offer = (run: () => void, disabledReason: string | undefined) =>
  disabledReason === undefined ? { run } : { run, disabledReason };

interface DocumentProps {
  tab: MigrationsTab;
  active: boolean;
  actions: Actions;
}

export function MigrationsDocument({ tab, active, actions }: DocumentProps) {
  const { live, profile } = useWorkspace();
  const { profileId, database } = tab;
  const name = profile(profileId)?.name ?? "this connection";
  const state = live.connections.get(profileId);
  const phase = state?.phase.phase;
  const open = phase === "open";
  const able = open && canAlter(state);
  const { view, onView } = useKeptView(tab, readView);
  const place = useMemo(() => ({ profileId, database }), [profileId, database]);
  const { readOnly, applyTo } = useAround(place, actions);
  const readAgain = useReadAgain(place);
  const pane = useRef<MigrationsHandle>(null);
  const [reasons, setReasons] = useState(READING);
  const driver = useDriverOf(profileId);
  const highlight = useHighlight(profileId);
  // Once seen, it stays on screen when the server goes.
  const [seen, setSeen] = useState(able);
  if (able && !seen) setSeen(true);
  const unable = able ? undefined : NOT_OPEN;
  useOffers(
    {
      "migrations.refresh": offer(readAgain, unable),
      "migrations.filter": offer(() => pane.current?.filter(), unable),
      "migrations.folder": offer(() => pane.current?.folder(), unable),
      "migrations.apply": offer(() => pane.current?.apply(), unable ?? reasons.apply),
      "migrations.apply-to": offer(() => pane.current?.applyTo(), unable ?? reasons.applyTo),
      "migrations.back": offer(() => pane.current?.back(), unable ?? reasons.back),
      "migrations.new": offer(() => pane.current?.add(), unable ?? reasons.add),
    },
    active,
  );
  const keys = {
    refresh: useKeys("migrations.refresh"),
    filter: useKeys("migrations.filter"),
    folder: useKeys("migrations.folder"),
    apply: useKeys("migrations.apply"),
    back: useKeys("migrations.back"),
    add: useKeys("migrations.new"),
  };
  const field = (props: SqlFieldProps) => (
    <ConditionField
      {...props}
      lines="many"
      language={driver?.language ?? null}
      place={{ tabId: tab.id, profileId, database, driver: driver?.id ?? "" }}
    />
  );
  const shown = database ?? state?.database ?? null;
  const reconnect = () => void actions.connect(profileId);
  return (
    <div
      className="flex flex-col h-full min-h-0 outline-none"
      data-scope="migrations"
      tabIndex={-1}
      ref={useFocusWhen(active, `${seen}`)}
    >
      <Toolbar
        label="Migrations"
        icon="branch"
        what={
          <>
            {name}
            {shown ? <span className="text-ink-3 font-[400]"> · {shown}</span> : null}
          </>
        }
        end={
          <>
            <Button
              dense
              variant="ghost"
              icon="plus"
              disabledReason={unable ?? reasons.add}
              {...(keys.add ? { keys: keys.add } : {})}
              onClick={() => pane.current?.add()}
            >
              New migration…
            </Button>
            <Button
              dense
              variant="ghost"
              icon="undo"
              disabledReason={unable ?? reasons.back}
              {...(keys.back ? { keys: keys.back } : {})}
              onClick={() => pane.current?.back()}
            >
              Roll back…
            </Button>
            <Button
              dense
              variant="primary"
              icon="run"
              disabledReason={unable ?? reasons.apply}
              {...(keys.apply ? { keys: keys.apply } : {})}
              onClick={() => pane.current?.apply()}
            >
              {reasons.pending > 0 ? `Apply pending (${reasons.pending.toLocaleString("en-US")})…` : "Apply pending…"}
            </Button>
            <IconButton
              icon="refresh"
              label="Read again"
              disabledReason={unable}
              {...(keys.refresh ? { keys: keys.refresh } : {})}
              onClick={readAgain}
            />
          </>
        }
      />
      <ConnectionBanner state={state} name={name} onReconnect={reconnect} />
      <div className="flex-1 min-h-0 relative">
        {open && !able ? (
          <EmptyState picture="empty" title="No migrations here">
            {state?.server?.product ?? "This database"} has no schema that could be changed from here.
          </EmptyState>
        ) : seen ? (
          <MigrationsPane
            ref={pane}
            place={place}
            name={shown ?? name}
            able={able}
            view={view}
            onView={onView}
            readOnly={readOnly}
            applyTo={applyTo}
            stages={canAlter(state)}
            field={field}
            highlight={highlight}
            onScript={(title, text) => actions.query({ profileId, database, title, text })}
            onFile={(path) => void actions.file(path)}
            onReasons={setReasons}
            keys={keys}
          />
        ) : phase === "connecting" ? (
          <EmptyState picture="loading" title={`Connecting to ${name}`} />
        ) : (
          <Offline name={name} onConnect={reconnect}>
            Its migrations are read when you connect.
          </Offline>
        )}
      </div>
    </div>
  );
}
