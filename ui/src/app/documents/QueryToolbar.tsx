import { useQuery } from "@tanstack/react-query";
import { type Ref, useMemo } from "react";
import { useKeys } from "@/commands";
import { Button, IconButton, MenuButton, Select, type SelectOption, Toolbar, ToolbarDivider } from "@/design";
import { type ConnectionProfile, host, queryKeys, type TabSession, type TreeNode } from "@/ipc";
import { useActAsButton } from "../acting";
import type { QueryTab } from "../model";
import type { QueryExplain } from "./useExplain";
import type { QueryRun } from "./useQueryRun";

export interface QueryToolbarProps {
  tab: QueryTab;
  profiles: readonly ConnectionProfile[];
  profile: ConnectionProfile | undefined;
  session: TabSession | undefined;
  run: QueryRun;
  /** Whether the connection is open: only then is it known which databases there are. */
  connected: boolean;
  /** Whether its language is SQL: it can be laid out, and its transactions are opened and ended here. */
  sql: boolean;
  onProfile: (id: string) => void;
  /** Another database of the server; `null` is the connection's own. */
  onDatabase: (name: string | null) => void;
  onFormat: () => void;
  onSave: () => void;
  /** Into a file, whatever the tab is. */
  onSaveAs: () => void;
  /** As a new saved query, whatever the tab is. */
  onSaveQuery: () => void;
  onRunOn: () => void;
  runOnButton: Ref<HTMLButtonElement>;
  explain: QueryExplain;
  /** Plans the statement at the caret; `analyze` runs and measures it. Nothing where the database has no plans. */
  onExplain: ((analyze: boolean) => void) | undefined;
  onStop: () => void;
}

const MOST_DATABASES = 1_000;
const NO_DATABASES: readonly TreeNode[] = [];

/** The server's databases, the connection's own first; none where a connection is one database. */
function useDatabases(profileId: string | undefined, connected: boolean): readonly TreeNode[] {
  const { data } = useQuery({
    queryKey: queryKeys.databases(profileId ?? ""),
    queryFn: () => host().tree(profileId ?? "", null, 0, MOST_DATABASES),
    enabled: connected && profileId !== undefined,
  });
  return useMemo(() => data?.nodes.filter((node) => node.icon === "database") ?? NO_DATABASES, [data]);
}

/** One row: which query, on which connection; what can be done with it. */
export function QueryToolbar({
  tab,
  profiles,
  profile,
  session,
  run,
  connected,
  sql,
  onProfile,
  onDatabase,
  onFormat,
  onSave,
  onSaveAs,
  onSaveQuery,
  onRunOn,
  runOnButton,
  explain,
  onExplain,
  onStop,
}: QueryToolbarProps) {
  const keys = {
    run: useKeys("query.run"),
    all: useKeys("query.run-all"),
    stop: useKeys("run.stop"),
    save: useKeys("query.save"),
    saveAs: useKeys("query.save-as"),
    saveQuery: useKeys("query.save-query"),
    runOn: useKeys("query.run-on"),
    format: useKeys("query.format"),
    explain: useKeys("query.explain"),
    analyze: useKeys("query.explain-analyze"),
    commit: useKeys("query.commit"),
    rollback: useKeys("query.rollback"),
  };
  const actAs = useActAsButton(tab);
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
  const databases = useDatabases(profile?.id, connected);
  const held = open
    ? { disabledReason: "A transaction is open here: commit it or roll it back first" }
    : run.busy
      ? { disabledReason: "A statement is running here" }
      : {};
  const databaseOptions = databases.map(
    (each): SelectOption<string> => ({
      value: each.label,
      label: each.label,
      icon: "database",
      ...(each.label === (tab.database ?? databases[0]?.label)
        ? {}
        : each.state === "denied"
          ? { disabledReason: "This login may not connect to it" }
          : held),
    }),
  );
  // Before the connection is open the chosen one is known all the same.
  if (tab.database !== null && !databases.some((each) => each.label === tab.database))
    databaseOptions.push({ value: tab.database, label: tab.database, icon: "database" });
  const shown = (key: string | undefined) => (key ? { keys: key } : {});
  return (
    <Toolbar
      label="Query"
      icon="terminal"
      what={tab.title}
      end={
        <>
          {open && sql ? (
            <>
              <Button
                dense
                disabledReason={
                  session.transaction === "failed"
                    ? "The transaction has failed: it can only be rolled back"
                    : undefined
                }
                {...shown(keys.commit)}
                onClick={() => void run.endTransaction(true)}
              >
                Commit
              </Button>
              <Button dense {...shown(keys.rollback)} onClick={() => void run.endTransaction(false)}>
                Roll back
              </Button>
              <ToolbarDivider />
            </>
          ) : null}
          {actAs}
          {sql ? <IconButton icon="format" label="Format" {...shown(keys.format)} onClick={onFormat} /> : null}
          <IconButton
            icon="save"
            label={tab.saved || tab.path ? `Save ${tab.title}` : "Save query"}
            {...shown(keys.save)}
            onClick={onSave}
          />
          <MenuButton
            icon="chevron-down"
            label="Other ways to save"
            dense
            align="end"
            items={[
              {
                label: tab.saved ? "Save as another saved query" : "Save as a saved query",
                icon: "saved",
                ...shown(keys.saveQuery),
                onSelect: onSaveQuery,
              },
              { label: "Save as a file", icon: "file", ...shown(keys.saveAs), onSelect: onSaveAs },
            ]}
          />
          <ToolbarDivider />
          {onExplain ? (
            <>
              <IconButton
                icon="explain"
                label="Explain the statement at the caret"
                {...shown(keys.explain)}
                disabledReason={noConnection ?? (run.busy || explain.busy ? "A statement is running here" : undefined)}
                onClick={() => onExplain(false)}
              />
              <MenuButton
                icon="chevron-down"
                label="Ways to explain"
                dense
                align="end"
                items={[
                  { label: "Explain", icon: "explain", ...shown(keys.explain), onSelect: () => onExplain(false) },
                  {
                    label: "Explain analyze: run and measure",
                    icon: "run",
                    ...shown(keys.analyze),
                    onSelect: () => onExplain(true),
                  },
                ]}
              />
              <ToolbarDivider />
            </>
          ) : null}
          {run.busy || explain.busy ? (
            <Button
              icon="stop"
              {...shown(keys.stop)}
              showKeys
              onClick={onStop}
              loading={run.run.phase === "stopping" || explain.state.phase === "stopping"}
            >
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
              <IconButton
                ref={runOnButton}
                icon="chevron-down"
                label="Run on another connection"
                aria-haspopup="menu"
                {...shown(keys.runOn)}
                onClick={onRunOn}
              />
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
      {databases.length > 1 || tab.database !== null ? (
        <Select
          dense
          label="Database of this query"
          tooltip="Database"
          value={tab.database ?? databases[0]?.label}
          options={databaseOptions}
          onChange={(name) => onDatabase(name === databases[0]?.label ? null : name)}
        />
      ) : null}
    </Toolbar>
  );
}
