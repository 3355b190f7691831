import { useQuery } from "@tanstack/react-query";
import { useEffect, useMemo, useRef, useState } from "react";
import { createPortal } from "react-dom";
import {
  Banner,
  Button,
  Checkbox,
  Dialog,
  EmptyState,
  ErrorBlock,
  Field,
  Input,
  MenuButton,
  Progress,
  Skeleton,
  toast,
} from "@/design";
import {
  type AppError,
  failureOf,
  failureProps,
  type Generate,
  type GenerateOffer,
  host,
  type ObjectRef,
  type TransferEvent,
} from "@/ipc";
import "./generate.css";
import {
  count,
  type Draft,
  firstDraft,
  namesOf,
  refusal,
  requestOf,
  rowsOf,
  sameTables,
  totalOf,
  wordsOf,
} from "./model";
import { closeGenerate, type Place, usePlace } from "./opening";
import { SamplePreview } from "./parts/SamplePreview";
import { SeedField } from "./parts/SeedField";
import { TableChoice } from "./parts/TableChoice";
import { useLook } from "./useLook";

export interface GenerateDialogProps {
  /** The connection as people call it, and whether it is production. */
  connection: (profileId: string) => { readonly name: string; readonly production: boolean };
  /** Begins; `shown` hears everything and says whether it is seen here. Rejects with why it could not begin. */
  begin: (request: Generate, shown: (event: TransferEvent) => boolean) => Promise<{ readonly stop: () => void }>;
  onOpenTable: (profileId: string, table: ObjectRef) => void;
}

/** Asks which tables get how many made-up rows, and shows the first of them before there are any. */
export function GenerateDialog(props: GenerateDialogProps) {
  const place = usePlace();
  return place ? <Open key={JSON.stringify(place)} {...props} place={place} /> : null;
}

function Open({ place, ...props }: GenerateDialogProps & { place: Place }) {
  const { profileId, object } = place;
  const offer = useQuery({
    queryKey: ["generate", profileId, object],
    queryFn: () => host().generateOffer(profileId, object),
    // What tables there are and what they hold is asked each time.
    gcTime: 0,
    staleTime: Number.POSITIVE_INFINITY,
    retry: false,
  });
  // The dialog stays the same while what is in it changes: the keyboard goes back to where it came from.
  const [foot, setFoot] = useState<HTMLElement | null>(null);
  const { name } = props.connection(profileId);
  const { data } = offer;
  const asks = data !== undefined && data.forbidden === null && data.candidates.length > 0;
  return (
    <Dialog
      open
      width={1080}
      onClose={closeGenerate}
      title="Generate rows"
      description={`In ${name}, made up by types, names and foreign keys.`}
      footer={
        <div ref={setFoot} className="rh-generate-foot">
          {asks ? null : (
            <Button className="ml-auto" onClick={closeGenerate} keys="Escape" showKeys>
              Close
            </Button>
          )}
        </div>
      }
    >
      {asks ? <Asking {...props} place={place} offer={data} foot={foot} /> : null}
      {offer.isPending ? (
        <div className="rh-generate overflow-hidden" role="status" aria-label="Reading the tables">
          <div className="flex flex-col gap-2 pt-1">
            {[70, 90, 60, 80, 75, 85, 65, 95].map((width) => (
              <Skeleton key={width} width={`${width}%`} height={32} />
            ))}
          </div>
          <Skeleton width="100%" height={500} />
        </div>
      ) : null}
      {offer.isError && data === undefined ? (
        <ErrorBlock
          {...failureProps(failureOf(offer.error))}
          actions={
            <Button dense onClick={() => void offer.refetch()}>
              Try again
            </Button>
          }
        />
      ) : null}
      {data === undefined || asks ? null : (
        <EmptyState
          picture={data.forbidden === null ? "empty" : "denied"}
          title={data.forbidden === null ? "No table to fill" : "Nothing may be made up here"}
        >
          {data.forbidden ?? (data.notes.join(" ") || "Rows go into tables. Make one first, then come back.")}
        </EmptyState>
      )}
    </Dialog>
  );
}

type Run =
  | { readonly state: "idle" | "starting" | "stopped" }
  | { readonly state: "running"; readonly rows: number; readonly total: number | null; readonly stopping: boolean }
  | { readonly state: "done"; readonly said: string; readonly notes: readonly string[]; readonly request: Generate };

const IDLE: Run = { state: "idle" };

function Asking({
  place: { profileId },
  offer: latest,
  connection,
  begin,
  onOpenTable,
  foot,
}: GenerateDialogProps & { place: Place; offer: GenerateOffer; foot: HTMLElement | null }) {
  // Read again after rows went in: what was chosen is of these tables in this order.
  const kept = useRef(latest);
  if (sameTables(kept.current, latest)) kept.current = latest;
  const offer = kept.current;
  const [draft, setDraft] = useState<Draft>(() => firstDraft(offer));
  const [shown, setShown] = useState<string | null>(null);
  const [run, setRun] = useState<Run>(IDLE);
  const [failure, setFailure] = useState<AppError | null>(null);
  const [again, setAgain] = useState(0);
  const choices = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const rows = choices.current?.querySelector<HTMLInputElement>("li input[inputmode]:enabled");
    rows?.focus();
    rows?.select();
  }, []);
  const stop = useRef<(() => void) | null>(null);
  const here = useRef(true);
  useEffect(() => {
    here.current = true;
    return () => {
      here.current = false;
    };
  }, []);
  const nameOf = useMemo(() => namesOf(offer.candidates), [offer]);
  const refused = refusal(draft, offer);
  const request = refused === undefined ? requestOf(draft, offer, profileId) : null;
  const { look, failure: objection, current } = useLook(request, again);
  const change = (next: (now: Draft) => Draft) => {
    setDraft(next);
    setFailure(null);
    setRun((now) => (now.state === "done" || now.state === "stopped" ? IDLE : now));
  };
  const part = (next: Partial<Draft>) => change((now) => ({ ...now, ...next }));

  const { name, production } = connection(profileId);
  const asks = current && objection === null && !draft.dryRun ? (look?.asks ?? null) : null;
  const busy = run.state === "starting" || run.state === "running";
  const reason =
    refused ??
    (!current
      ? "What would be made up is still being looked at"
      : (objection?.message ?? (asks !== null && draft.typed.trim() !== asks ? `Type ${asks} first` : undefined)));

  const heard = (request: Generate) => (event: TransferEvent) => {
    if (!here.current) return false;
    switch (event.event) {
      case "progress":
        setRun((now) => ({
          state: "running",
          rows: event.rows,
          total: event.total,
          stopping: now.state === "running" && now.stopping,
        }));
        break;
      case "done":
        setRun({ state: "done", said: wordsOf(request).done(event.rows), notes: event.notes, request });
        if (!request.dry_run) setAgain((times) => times + 1);
        break;
      case "stopped":
        setRun({ state: "stopped" });
        break;
      case "failed":
        setRun(IDLE);
        setFailure(event.error);
    }
    return true;
  };
  const start = async () => {
    if (request === null || reason !== undefined) return;
    const sent = { ...request, dry_run: draft.dryRun, confirmed: asks === null ? null : draft.typed.trim() };
    setFailure(null);
    setRun({ state: "starting" });
    try {
      const begun = await begin(sent, heard(sent));
      stop.current = begun.stop;
      // It may be over already.
      setRun((now) =>
        now.state === "starting" ? { state: "running", rows: 0, total: totalOf(draft), stopping: false } : now,
      );
    } catch (thrown) {
      const error = failureOf(thrown);
      // It may have been closed meanwhile.
      if (!here.current) toast({ title: error.message, tone: "danger" });
      setRun(IDLE);
      setFailure(error);
    }
  };

  const notes = [...(objection || run.state === "done" ? [] : (look?.notes ?? [])), ...offer.notes];
  const total = totalOf(draft);
  const where = production ? ` in ${name}` : "";
  const label = `${draft.dryRun ? "Try" : "Generate"} ${total > 0 ? rowsOf(total) : "rows"}${where}`;
  const buttons = (
    <>
      <Checkbox checked={draft.dryRun} onChange={(dryRun) => part({ dryRun })} disabled={busy}>
        Try only: everything is undone
      </Checkbox>
      <Button className="ml-auto" onClick={closeGenerate} keys="Escape" showKeys>
        {busy || run.state === "done" ? "Close" : "Cancel"}
      </Button>
      {run.state === "running" ? (
        <Button
          icon="stop"
          loading={run.stopping}
          onClick={() => {
            setRun({ ...run, stopping: true });
            stop.current?.();
          }}
        >
          Stop
        </Button>
      ) : (
        <Button
          variant="primary"
          loading={run.state === "starting"}
          disabledReason={reason}
          onClick={() => void start()}
        >
          {label}
        </Button>
      )}
    </>
  );
  return (
    <>
      {foot ? createPortal(buttons, foot) : null}
      <div className="flex flex-col gap-3 min-w-0">
        <div className="rh-generate" inert={busy} ref={choices}>
          <TableChoice offer={offer} draft={draft} onDraft={change} />
          <div className="rh-generate-side">
            <SeedField seed={draft.seed} onSeed={(seed) => part({ seed })} />
            {refused !== undefined && look === null ? (
              <EmptyState icon="rows" title="Nothing to show yet">
                {refused}
              </EmptyState>
            ) : objection !== null && look === null ? null : (
              <SamplePreview look={look} current={current} nameOf={nameOf} shown={shown} onShown={setShown} />
            )}
            {refused !== undefined && look !== null ? <Banner tone="warn">{refused}</Banner> : null}
            {objection ? (
              <Banner
                tone="danger"
                detail={objection.hint}
                actions={
                  <Button dense onClick={() => setAgain((times) => times + 1)}>
                    Look again
                  </Button>
                }
              >
                {objection.message}
              </Banner>
            ) : null}
            {notes.length > 0 ? (
              <ul className="rh-generate-notes rh-meta rh-scroll" aria-label="Notes" tabIndex={0}>
                {notes.map((note) => (
                  <li key={note}>{note}</li>
                ))}
              </ul>
            ) : null}
          </div>
        </div>
        {asks !== null && !busy && run.state !== "done" ? (
          <Field label={`Type ${asks} to go on`} layout="stack">
            {(control) => (
              <Input
                {...control}
                mono
                value={draft.typed}
                onChange={(typed) => part({ typed })}
                onKeyDown={(event) => {
                  if (event.key === "Enter") void start();
                }}
              />
            )}
          </Field>
        ) : null}
        {failure ? (
          <Banner tone="danger" detail={failure.hint}>
            {failure.message}
          </Banner>
        ) : null}
        {run.state === "running" ? (
          <div className="rh-generate-progress">
            <Progress
              label={draft.dryRun ? "Trying" : "Generating"}
              {...(run.total ? { value: run.rows / run.total } : {})}
            />
            <span className="rh-meta tabular-nums">
              {count(run.rows)}
              {run.total ? ` of ${count(run.total)}` : ""} rows. When this closes, it goes on in the status bar.
            </span>
          </div>
        ) : null}
        {run.state === "stopped" ? <Banner tone="info">Stopped: nothing was changed.</Banner> : null}
        {run.state === "done" ? (
          <Banner
            tone="ok"
            detail={run.notes.join(" ")}
            actions={
              run.request.dry_run ? undefined : (
                <Opener
                  tables={run.request.tables.map(({ table }) => table)}
                  nameOf={nameOf}
                  onOpen={(table) => {
                    closeGenerate();
                    onOpenTable(profileId, table);
                  }}
                />
              )
            }
          >
            {run.said}
          </Banner>
        ) : null}
      </div>
    </>
  );
}

interface OpenerProps {
  tables: readonly ObjectRef[];
  nameOf: (table: ObjectRef) => string;
  onOpen: (table: ObjectRef) => void;
}

/** The way to the rows. */
function Opener({ tables, nameOf, onOpen }: OpenerProps) {
  const [only] = tables;
  if (only && tables.length === 1)
    return (
      <Button dense onClick={() => onOpen(only)}>
        Open table
      </Button>
    );
  return (
    <MenuButton
      dense
      label="Open table"
      items={tables.map((table) => ({ label: nameOf(table), icon: "table" as const, onSelect: () => onOpen(table) }))}
    >
      Open table
    </MenuButton>
  );
}
