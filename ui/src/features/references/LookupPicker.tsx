import { type KeyboardEvent, useCallback, useEffect, useId, useMemo, useRef, useState } from "react";
import {
  type Anchor,
  announce,
  Button,
  classes,
  EmptyState,
  Icon,
  MenuButton,
  Popover,
  SearchField,
  Spinner,
  tip,
} from "@/design";
import {
  type AppError,
  failureOf,
  host,
  type LookupPage,
  type LookupRow,
  nativeCode,
  type ObjectRef,
  type PolicyActor,
} from "@/ipc";
import { nextAsk } from "./asks";
import { exactFirst, stepRow } from "./model";
import "./references.css";

export interface LookupPickerProps {
  profileId: string;
  /** Whom it is asked as; the login itself where `null`. */
  actor: PolicyActor | null;
  /** The referenced relation. */
  object: ObjectRef;
  /** Its columns that name a row, in the order `onPick` gives their values. */
  keyColumns: readonly string[];
  /** The values there are now, pairwise with `keyColumns`; `null` is NULL. */
  initial?: readonly (string | null)[];
  /** Gives whole values of the chosen row's key, as the server prints them. */
  onPick: (values: readonly string[]) => void;
  onClose: () => void;
  anchor: Anchor;
  /** What picking does, for the button of a row: `Pick`. */
  verb?: string;
}

/** Typing settles this long before the server is asked. */
const SETTLE_MS = 180;

/** Chooses a row of a referenced relation by what it is called. Search is done by the server; keys alone suffice. */
export function LookupPicker({ anchor, onClose, ...rest }: LookupPickerProps) {
  const search = useRef<HTMLInputElement>(null);
  return (
    <Popover
      open
      onClose={onClose}
      anchor={anchor}
      label={`Look up in ${rest.object.name}`}
      width={460}
      className="ref-popover"
      initialFocus={search}
    >
      <Picker {...rest} search={search} />
    </Popover>
  );
}

interface Found {
  readonly page: LookupPage | null;
  readonly failure: AppError | null;
  readonly loading: boolean;
  /** What the page was searched for. */
  readonly text: string;
}

function useLookup(
  profileId: string,
  actor: PolicyActor | null,
  object: ObjectRef,
  keyColumns: readonly string[],
  text: string,
) {
  const [found, setFound] = useState<Found>({ page: null, failure: null, loading: true, text: "" });
  const [again, setAgain] = useState(0);
  const asked = JSON.stringify([profileId, actor, object, keyColumns]);
  const latest = useRef({ profileId, actor, object, keyColumns });
  latest.current = { profileId, actor, object, keyColumns };
  useEffect(() => {
    const id = nextAsk();
    let here = true;
    let running = false;
    setFound((now) => ({ ...now, loading: true }));
    const timer = window.setTimeout(
      () => {
        const { profileId, actor, object, keyColumns } = latest.current;
        running = true;
        host()
          .lookup({ ask_id: id, profile_id: profileId, object, key_columns: [...keyColumns], text, actor })
          .then(
            (page) => here && setFound({ page, failure: null, loading: false, text }),
            (thrown: unknown) => here && setFound({ page: null, failure: failureOf(thrown), loading: false, text }),
          )
          .finally(() => {
            running = false;
          });
      },
      text === "" ? 0 : SETTLE_MS,
    );
    return () => {
      here = false;
      window.clearTimeout(timer);
      // What nobody waits for is not left to the server.
      if (running)
        host()
          .stopAsking(id)
          .catch(() => undefined);
    };
  }, [asked, text, again]);
  const ask = useCallback(() => setAgain((now) => now + 1), []);
  return { found, ask };
}

interface PickerProps extends Omit<LookupPickerProps, "anchor" | "onClose"> {
  search: React.RefObject<HTMLInputElement | null>;
}

function Picker({ profileId, actor, object, keyColumns, initial, onPick, verb = "Pick", search }: PickerProps) {
  const id = useId();
  const [text, setText] = useState("");
  const { found, ask } = useLookup(profileId, actor, object, keyColumns, text);
  const [chosen, setChosen] = useState(0);
  const { page, failure, loading } = found;
  const rows = useMemo(() => exactFirst(page?.rows ?? [], found.text), [page, found.text]);
  const at = Math.min(chosen, rows.length - 1);
  useEffect(() => setChosen(0), [rows]);
  const list = useRef<HTMLDivElement>(null);
  useEffect(() => {
    list.current?.querySelector(`[data-row="${at}"]`)?.scrollIntoView?.({ block: "nearest" });
  }, [at]);

  const pick = (row: LookupRow | undefined) => {
    const values = row?.key.filter((value) => value !== null);
    if (values && values.length === keyColumns.length) onPick(values);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === "Enter" && !event.nativeEvent.isComposing) {
      event.preventDefault();
      // What is shown is of another text while the server still searches.
      if (!loading && found.text === text) pick(rows[at]);
      return;
    }
    const to = stepRow(event.key, at, rows.length);
    if (to === undefined) return;
    event.preventDefault();
    setChosen(to);
    // The focus stays in the search: what is chosen now must be said.
    const row = rows[to];
    if (row) announce([row.key.join(", "), ...row.labels.map((label) => label ?? "NULL")].join(", "));
  };
  const keepLabels = (labels: readonly string[]) => {
    host()
      .keepLookupLabels(profileId, object, [...labels])
      .then(ask, ask);
  };
  const labels = page?.labels ?? [];
  const current = (row: LookupRow) =>
    initial !== undefined &&
    initial.length === row.key.length &&
    row.key.every((value, place) => value === initial[place]);
  const code = failure ? nativeCode(failure) : undefined;

  return (
    <div className="ref-picker">
      <div className="ref-picker-bar">
        <SearchField
          ref={search}
          value={text}
          onChange={setText}
          label={`Search ${object.name}`}
          placeholder={labels.length ? `${keyColumns.join(", ")}, ${labels.join(", ")}` : keyColumns.join(", ")}
          onKeyDown={onKeyDown}
          autoFocus
        />
        {page ? (
          <MenuButton
            icon="columns"
            label="Columns to search and show"
            variant="ghost"
            items={[
              { heading: "Searched and shown" },
              ...page.columns
                .filter(({ name }) => !keyColumns.includes(name))
                .map(({ name, native_type }) => {
                  const on = labels.includes(name);
                  return {
                    label: name,
                    meta: native_type,
                    checked: on,
                    disabledReason: !on && labels.length >= 4 ? "four columns are the most" : undefined,
                    onSelect: () => keepLabels(on ? labels.filter((other) => other !== name) : [...labels, name]),
                  };
                }),
            ]}
          />
        ) : null}
      </div>
      <div className="ref-picker-body" aria-busy={loading}>
        {failure ? (
          <EmptyState
            picture={failure.code === "forbidden" ? "denied" : failure.code === "unreachable" ? "offline" : "error"}
            title={failure.code === "forbidden" ? `The login may not read ${object.name}` : failure.message}
            actions={<Button onClick={ask}>Try again</Button>}
          >
            {failure.code === "forbidden" ? failure.message : failure.hint}{" "}
            {code ? <span className="rh-mono">{code}</span> : null}
          </EmptyState>
        ) : !page ? (
          <div className="ref-picker-wait">
            <Spinner label={`Reading ${object.name}`} />
          </div>
        ) : rows.length === 0 ? (
          <EmptyState icon="search" title={found.text ? "No row matches" : "No rows"}>
            {found.text
              ? `Searched: the beginning of ${keyColumns.join(", ")}${labels.length ? `, and anywhere in ${labels.join(", ")}` : ""}.`
              : `${object.name} is empty.`}
          </EmptyState>
        ) : (
          <div ref={list} role="listbox" aria-label={`Rows of ${object.name}`} id={`${id}-list`} className="ref-list">
            {rows.map((row, place) => (
              <div
                key={JSON.stringify(row.key)}
                id={`${id}-${place}`}
                role="option"
                tabIndex={-1}
                aria-selected={place === at}
                data-row={place}
                className={classes("ref-row", place === at && "ref-row-active")}
                onPointerMove={() => setChosen(place)}
                onClick={() => pick(row)}
                onKeyDown={onKeyDown}
              >
                <span className="ref-key rh-mono">{row.key.join(", ")}</span>
                <span className="ref-labels">
                  {row.labels.map((label, column) => (
                    <span
                      key={labels[column]}
                      className={classes("ref-label", column > 0 && "ref-label-more")}
                      title={label ?? "NULL"}
                    >
                      {label === null ? (
                        <span className="ref-null">NULL</span>
                      ) : label === "" ? (
                        <span className="ref-null">''</span>
                      ) : (
                        label
                      )}
                    </span>
                  ))}
                </span>
                {current(row) ? (
                  <span className="ref-now" {...tip("The value now")}>
                    <Icon name="check" size={14} label="The value now" />
                  </span>
                ) : null}
              </div>
            ))}
          </div>
        )}
      </div>
      <div className="ref-picker-foot rh-meta" role="status">
        {loading && page ? (
          <>
            <Spinner size={12} /> <span>searching</span>
          </>
        ) : page && !failure ? (
          <span>
            {page.more
              ? `The first ${rows.length}: type to narrow`
              : rows.length === 1
                ? "1 row"
                : `${rows.length} rows`}
          </span>
        ) : null}
        <span className="flex-1" />
        <span>Enter {verb.toLowerCase()} · Esc close</span>
      </div>
    </div>
  );
}
