import { useKeys } from "@/commands";
import { Button, IconButton, Select, type SelectOption, Toolbar, ToolbarDivider } from "@/design";
import type { ConnectionProfile, TabSession } from "@/ipc";
import type { QueryTab } from "../model";
import type { QueryRun } from "./useQueryRun";

export interface QueryToolbarProps {
  tab: QueryTab;
  profiles: readonly ConnectionProfile[];
  profile: ConnectionProfile | undefined;
  session: TabSession | undefined;
  run: QueryRun;
  onProfile: (id: string) => void;
  onFormat: () => void;
  onSave: () => void;
  onStop: () => void;
}

/** One row: which query, on which connection; what can be done with it. */
export function QueryToolbar({
  tab,
  profiles,
  profile,
  session,
  run,
  onProfile,
  onFormat,
  onSave,
  onStop,
}: QueryToolbarProps) {
  const keys = {
    run: useKeys("query.run"),
    all: useKeys("query.run-all"),
    stop: useKeys("run.stop"),
    save: useKeys("query.save"),
    format: useKeys("query.format"),
  };
  const open = session?.link === "up" && session.transaction !== "idle";
  const noConnection = profile ? undefined : "Choose a connection first";
  const options = profiles.map(
    (each): SelectOption<string> => ({
      value: each.id,
      label: each.name,
      meta: each.environment,
      icon: "database",
      ...(open && each.id !== profile?.id
        ? { disabledReason: "A transaction is open here: commit it or roll it back first" }
        : run.busy && each.id !== profile?.id
          ? { disabledReason: "A statement is running here" }
          : {}),
    }),
  );
  const shown = (key: string | undefined) => (key ? { keys: key } : {});
  return (
    <Toolbar
      label="Query"
      icon="terminal"
      what={tab.title}
      end={
        <>
          {open ? (
            <>
              <Button
                dense
                disabledReason={
                  session.transaction === "failed"
                    ? "The transaction has failed: it can only be rolled back"
                    : undefined
                }
                onClick={() => run.runText("COMMIT")}
              >
                Commit
              </Button>
              <Button dense onClick={() => run.runText("ROLLBACK")}>
                Roll back
              </Button>
              <ToolbarDivider />
            </>
          ) : null}
          <IconButton icon="format" label="Format" {...shown(keys.format)} onClick={onFormat} />
          <IconButton
            icon="save"
            label={tab.path ? `Save ${tab.title}` : "Save as a file"}
            {...shown(keys.save)}
            onClick={onSave}
          />
          <ToolbarDivider />
          {run.busy ? (
            <Button icon="stop" {...shown(keys.stop)} showKeys onClick={onStop} loading={run.run.phase === "stopping"}>
              Stop
            </Button>
          ) : (
            <>
              <Button {...shown(keys.all)} disabledReason={noConnection} onClick={() => void run.runAll()}>
                Run all
              </Button>
              <Button
                variant="primary"
                icon="run"
                {...shown(keys.run)}
                showKeys
                tooltip="Run the selection, or the statement at the caret"
                disabledReason={noConnection}
                onClick={() => void run.runPiece()}
              >
                {profile?.environment === "production" ? `Run on ${profile.name}` : "Run"}
              </Button>
            </>
          )}
        </>
      }
    >
      <Select
        dense
        label="Connection of this query"
        placeholder="Choose a connection"
        value={profile?.id}
        options={options}
        onChange={onProfile}
      />
    </Toolbar>
  );
}
