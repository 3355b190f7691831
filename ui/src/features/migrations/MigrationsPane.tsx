/** How it stands with a database's migrations: the folder, the list in order, the chosen one, and what can be run. */
import { type ReactNode, type Ref, useEffect, useImperativeHandle, useRef, useState } from "react";
import {
  Banner,
  Button,
  EmptyState,
  Fold,
  type MenuItem,
  number,
  SearchField,
  Skeleton,
  SplitPane,
  toast,
} from "@/design";
import { failureOf, host, type MigrationRow, type MigrationSettled, type MigrationStatus, present } from "@/ipc";
import { askNewMigration, closeNewMigration, useAskedNew } from "./asking";
import {
  backTo,
  blockedBy,
  chosenOf,
  countWords,
  filtered,
  isApplied,
  noApply,
  noApplyTo,
  noBack,
  type Place,
  pathIn,
  TOOL_WORDS,
  type View,
} from "./model";
import { madeWords, NewDialog, type SqlFieldProps } from "./NewDialog";
import { Details } from "./parts/Details";
import { FolderBar, pickFolder } from "./parts/FolderBar";
import { Rows } from "./parts/Rows";
import { type Asked, useKeepStatus, useReadAgain, useStatus } from "./queries";
import { ReviewDialog, tellDone } from "./ReviewDialog";
import "./migrations.css";

/** What the shell's keys and buttons reach. */
export interface MigrationsHandle {
  filter: () => void;
  folder: () => void;
  apply: () => void;
  applyTo: () => void;
  back: () => void;
  add: () => void;
}

/** Why something cannot be done now; nothing where it can. */
export interface Reasons {
  readonly apply: string | undefined;
  readonly applyTo: string | undefined;
  readonly back: string | undefined;
  readonly add: string | undefined;
  /** How many would be applied. */
  readonly pending: number;
}

export interface MigrationsPaneProps {
  ref?: Ref<MigrationsHandle>;
  place: Place;
  /** What the database is called. */
  name: string;
  /** Whether a server is there to be asked. */
  able: boolean;
  view: View;
  onView: (change: Partial<View>) => void;
  readOnly: string | undefined;
  applyTo: string | undefined;
  stages: boolean;
  field: (props: SqlFieldProps) => ReactNode;
  highlight: (sql: string) => ReactNode;
  onScript: (title: string, sql: string) => void;
  onFile: (path: string) => void;
  /** Hears what can be done, whenever that changes. */
  onReasons: (reasons: Reasons) => void;
  keys: Readonly<Record<"filter" | "folder", string | undefined>>;
}

const tell = (thrown: unknown): void => {
  const { message, hint } = failureOf(thrown);
  toast({ tone: "danger", title: message, ...(hint ? { detail: hint } : {}) });
};

/** Says what was written. What it was written from is staged still: applied as a migration it must not be applied once more. */
function tellMade({ profileId, database }: Place, files: readonly string[], ofStaged: boolean): void {
  const discard = () =>
    void host()
      .editStructure(profileId, database, [{ edit: "discard_all" }])
      .catch(tell);
  toast({
    tone: "ok",
    title: "Wrote a migration",
    detail: `${madeWords(files)}${ofStaged ? ". What was staged is staged still." : ""}`,
    ...(ofStaged ? { action: { label: "Discard what is staged", onPress: discard } } : {}),
  });
}

function Reading() {
  return (
    <div role="status" aria-busy="true" aria-label="Reading the migrations" className="mig-reading">
      {[0, 1, 2, 3, 4, 5, 6, 7].map((row) => (
        <div key={row}>
          <Skeleton width={72} />
          <Skeleton width={110} />
          <Skeleton width={120 + ((row * 53) % 160)} />
        </div>
      ))}
    </div>
  );
}

export function MigrationsPane(props: MigrationsPaneProps) {
  const { place, able, view, onView, readOnly, highlight, keys } = props;
  const status = useStatus(place, view.folder, able);
  const keep = useKeepStatus(place, view.folder);
  const readAgain = useReadAgain(place);
  const [asking, setAsking] = useState<Asked | null>(null);
  const asked = useAskedNew(place);
  const search = useRef<HTMLDivElement>(null);
  const data = status.error ? undefined : status.data;
  const folder = view.folder ?? data?.folder ?? null;
  const rows = data ? filtered(data.rows, view.filter) : [];
  const chosen = data ? chosenOf(data.rows, view.chosen) : null;
  const blocked = blockedBy(data, readOnly);
  const reasons: Reasons = {
    apply: blocked ?? (data && noApply(data)),
    applyTo: blocked ?? (data && (chosen ? noApplyTo(data, chosen) : "choose a migration first")),
    back: blocked ?? (data && noBack(data)),
    add: readOnly && !able ? readOnly : folder === null ? "choose a folder first" : undefined,
    pending: data?.pending ?? 0,
  };
  const told = JSON.stringify(reasons);
  const tellReasons = useRef(props.onReasons);
  tellReasons.current = props.onReasons;
  useEffect(() => tellReasons.current(JSON.parse(told)), [told]);
  const ask = (direction: Asked["direction"], to: string | null) => {
    if (data?.folder) setAsking({ folder: data.folder, direction, to, digest: data.digest });
  };
  const setFolder = (path: string) => onView({ folder: path, chosen: null });
  const pick = () => void pickFolder().then((path) => path !== null && setFolder(path), tell);
  const applyTo = (row: MigrationRow) => ask("up", row.version);
  const settle = (row: MigrationRow, as: MigrationSettled) => {
    if (!data?.folder) return;
    host().migrationsSettle(place.profileId, place.database, data.folder, row.version, as).then(keep).catch(tell);
  };
  const offered = (run: () => void, reason: string | undefined) => () => {
    if (reason === undefined) run();
  };
  useImperativeHandle(props.ref, () => ({
    filter: () => search.current?.querySelector("input")?.focus(),
    folder: pick,
    apply: offered(() => ask("up", null), reasons.apply),
    applyTo: offered(() => chosen && applyTo(chosen), reasons.applyTo),
    back: offered(() => ask("down", null), reasons.back),
    add: offered(() => askNewMigration(place), reasons.add),
  }));
  const menu = (row: MigrationRow): readonly MenuItem[] => {
    if (!data) return [];
    const { file } = row;
    return [
      isApplied(row)
        ? {
            label: "Roll back to here…",
            icon: "undo",
            disabledReason: blocked ?? backTo(data, row).reason,
            onSelect: () => ask("down", row.version),
          }
        : {
            label: "Apply up to here…",
            icon: "run",
            disabledReason: blocked ?? noApplyTo(data, row),
            onSelect: () => applyTo(row),
          },
      { separator: true },
      {
        label: "Open the file",
        icon: "terminal",
        disabledReason: file === null || data.folder === null ? "there is no file of it" : undefined,
        onSelect: () => file !== null && data.folder !== null && props.onFile(pathIn(data.folder, file)),
      },
      { label: "Copy version", icon: "copy", onSelect: () => void host().writeClipboard(row.version).catch(tell) },
    ];
  };
  const failure = status.error ? failureOf(status.error) : null;
  const body = failure ? (
    <EmptyState
      picture={present(failure.code).picture}
      title="The migrations could not be read"
      actions={
        <>
          <Button variant="primary" onClick={() => void status.refetch()}>
            Try again
          </Button>
          <Button icon="folder" onClick={pick}>
            Choose another folder…
          </Button>
        </>
      }
    >
      {failure.message} {failure.hint}
    </EmptyState>
  ) : !data ? (
    <Reading />
  ) : data.rows.length === 0 ? (
    <Nothing status={data} name={props.name} onPick={pick} onNew={() => askNewMigration(place)} keys={keys.folder} />
  ) : (
    <SplitPane
      direction="row"
      fixed="second"
      label="Details"
      size={view.side}
      defaultSize={400}
      min={280}
      max={900}
      onSizeChange={(side) => onView({ side })}
      first={
        rows.length === 0 ? (
          <EmptyState icon="filter" title="No migration is called that">
            {view.filter} is in no version, name, file or state.
          </EmptyState>
        ) : (
          <Rows
            rows={rows}
            chosen={chosen?.version ?? null}
            onChoose={(version) => onView({ chosen: version })}
            onOpen={(row) => {
              const { file } = row;
              if (!isApplied(row) && (blocked ?? noApplyTo(data, row)) === undefined) applyTo(row);
              else if (file !== null && data.folder !== null) props.onFile(pathIn(data.folder, file));
            }}
            menu={menu}
          />
        )
      }
      second={
        chosen ? (
          <Details
            place={place}
            status={data}
            row={chosen}
            blocked={blocked}
            noSettle={readOnly}
            highlight={highlight}
            onApplyTo={applyTo}
            onBackTo={(row) => ask("down", row.version)}
            onSettle={settle}
            onFile={props.onFile}
          />
        ) : (
          <div className="mig-none">
            <p className="rh-meta">Choose a migration to see its statements.</p>
          </div>
        )
      }
    />
  );
  return (
    <div className="mig">
      <div className="mig-bar">
        <FolderBar
          folder={folder}
          status={data}
          onFolder={setFolder}
          keys={keys.folder}
          disabledReason={able ? undefined : "the connection is not open"}
        />
        <div className="mig-find" ref={search}>
          <SearchField
            label="Filter migrations"
            placeholder="Filter"
            value={view.filter}
            onChange={(filter) => onView({ filter })}
            {...(keys.filter ? { keys: keys.filter } : {})}
          />
        </div>
      </div>
      {data ? <Said status={data} onPick={pick} /> : null}
      <div className="mig-body" aria-busy={status.isFetching || undefined}>
        {body}
      </div>
      {data && data.rows.length > 0 ? (
        <footer className="mig-foot rh-meta">
          <span className="rh-truncate">{countWords(data.rows)}</span>
          <span className="flex-1" />
          <span className="rh-truncate">
            {data.histories
              .map(({ tool, table, applied }) => `${TOOL_WORDS[tool]}: ${number(applied)} in ${table}`)
              .join(" · ")}
          </span>
        </footer>
      ) : null}
      {asking ? (
        <ReviewDialog
          key={`${asking.direction} ${asking.to ?? ""}`}
          place={place}
          asked={asking}
          applyTo={props.applyTo}
          highlight={highlight}
          readOnly={readOnly}
          onScript={props.onScript}
          onClose={() => {
            setAsking(null);
            readAgain();
          }}
          onStale={() =>
            void status.refetch().then(({ data: now }) => now && setAsking({ ...asking, digest: now.digest }))
          }
          onDone={(done) => {
            setAsking(null);
            tellDone(done, asking.direction === "up");
            readAgain();
          }}
        />
      ) : null}
      {asked && folder !== null ? (
        <NewDialog
          place={place}
          folder={folder}
          fromStaged={asked.fromStaged}
          stages={props.stages}
          field={props.field}
          highlight={highlight}
          onClose={closeNewMigration}
          onMade={(files, ofStaged) => {
            closeNewMigration();
            tellMade(place, files, ofStaged);
            readAgain();
          }}
        />
      ) : asked && data ? (
        <Banner
          tone="info"
          edge
          onDismiss={closeNewMigration}
          actions={
            <Button dense onClick={pick}>
              Choose a folder…
            </Button>
          }
        >
          Choose the folder that the new migration is written into.
        </Banner>
      ) : null}
    </div>
  );
}

/** What has to be known before anything is run. */
function Said({ status, onPick }: { status: MigrationStatus; onPick: () => void }) {
  const { problems, refusal, folder, rows, tool } = status;
  const failed = rows.some(({ state }) => state.state === "failed");
  return (
    <>
      {refusal ? (
        <Banner tone={failed ? "danger" : "info"} icon={failed ? "error" : "lock"} edge>
          {refusal}
          {failed ? null : " They are shown, and not changed."}
        </Banner>
      ) : null}
      {folder === null && rows.length > 0 ? (
        <Banner
          tone="info"
          edge
          actions={
            <Button dense onClick={onPick}>
              Choose the folder…
            </Button>
          }
        >
          This is what {tool ? TOOL_WORDS[tool] : "the history"} wrote down. What is pending shows with the folder of
          the files.
        </Banner>
      ) : null}
      {problems.length > 0 ? (
        <Banner
          tone="warn"
          edge
          detail={
            problems.length > 1 ? (
              <Fold label={`${problems.length - 1} more`}>
                <ul>
                  {problems.slice(1).map((problem) => (
                    <li key={problem}>{problem}</li>
                  ))}
                </ul>
              </Fold>
            ) : undefined
          }
        >
          {problems[0]}
        </Banner>
      ) : null}
    </>
  );
}

function Nothing(props: {
  status: MigrationStatus;
  name: string;
  onPick: () => void;
  onNew: () => void;
  keys: string | undefined;
}) {
  const { status, name, onPick, onNew, keys } = props;
  if (status.folder !== null)
    return (
      <EmptyState
        picture="empty"
        title="The folder has no migrations yet"
        actions={
          <>
            <Button variant="primary" icon="plus" onClick={onNew}>
              New migration…
            </Button>
            <Button icon="folder" onClick={onPick}>
              Choose another folder…
            </Button>
          </>
        }
      >
        A migration is a pair of SQL files: what it does, and what takes it back.
      </EmptyState>
    );
  return (
    <EmptyState
      picture="empty"
      title={`No migrations of ${name} yet`}
      actions={
        <Button variant="primary" icon="folder" {...(keys ? { keys, showKeys: true } : {})} onClick={onPick}>
          Choose a folder…
        </Button>
      }
    >
      Migrations are SQL files in a folder. The database keeps which of them were applied; here both are seen side by
      side, and what is pending is applied after a look.
    </EmptyState>
  );
}
