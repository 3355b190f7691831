/** Who can do what to which rows: tables by roles and commands, and why each cell is as it is. */
import { useQueries } from "@tanstack/react-query";
import { useVirtualizer } from "@tanstack/react-virtual";
import { type KeyboardEvent, type Ref, useEffect, useId, useMemo, useRef, useState } from "react";
import {
  Badge,
  Button,
  EmptyState,
  ErrorBlock,
  Icon,
  MenuButton,
  type MenuItem,
  plural,
  SplitPane,
  tip,
  toast,
} from "@/design";
import {
  failureOf,
  failureProps,
  host,
  type PolicyMatrixFilter,
  type PolicyMatrixFormat,
  type PolicyMatrixRow,
  type PolicyOn,
  type PolicyOverview,
  queryKeys,
} from "@/ipc";
import { tableWords } from "../drafts";
import { asked, COMMANDS, NO_FILTER, PAGE, pagesOf, STATES, type TableFilter } from "../model";
import { Combined } from "../parts/Combined";
import { Filters } from "../parts/Filters";
import { type Place, useEffectOn } from "../queries";
import { tell } from "../usePolicyActions";
import { type At, walked } from "../walking";
import { SIGNS, type Sign, signOf, wordOf } from "./cells";
import "./matrix.css";

const ROW = 26;
/** Widths, as the style sheet has them. */
const NAMES = 200;
const CELL = 24;
/** More roles than that are chosen, not all shown. */
const MOST_ROLES = 24;
const FORMATS: readonly { readonly format: PolicyMatrixFormat; readonly word: string }[] = [
  { format: "csv", word: "CSV" },
  { format: "html", word: "HTML" },
  { format: "json", word: "JSON" },
];

export interface MatrixPaneProps {
  place: Place;
  able: boolean;
  overview: PolicyOverview;
  filter: TableFilter;
  onFilter: (filter: TableFilter) => void;
  /** Roles that were chosen; none is those that there are, as far as they can be shown. */
  roles: readonly string[];
  onRoles: (roles: readonly string[]) => void;
  drafts: number;
  wide: boolean;
  side: number;
  onSide: (side: number) => void;
  /** Shows a table's policies. */
  onTable: (on: PolicyOn) => void;
  field: Ref<HTMLInputElement>;
  filterKeys: string | undefined;
}

function SignMark({ sign }: { sign: Sign }) {
  return <span className="mat-sign" data-sign={sign} aria-hidden="true" />;
}

function useMatrix(place: Place, filter: PolicyMatrixFilter, pages: readonly number[], wanted: boolean) {
  const answers = useQueries({
    queries: pages.map((page) => ({
      queryKey: [...queryKeys.security(place.profileId, place.database), "matrix", filter, page],
      queryFn: () => host().policyMatrix(place.profileId, place.database, filter, page * PAGE, PAGE),
      enabled: wanted,
      staleTime: Number.POSITIVE_INFINITY,
      retry: false,
    })),
  });
  const first = answers.find(({ data }) => data !== undefined)?.data;
  const known = new Map(pages.map((page, index) => [page, answers[index]?.data?.rows]));
  const now = {
    total: first?.total,
    roles: first?.roles ?? [],
    unread: first?.unread ?? [],
    at: (index: number): PolicyMatrixRow | undefined => known.get(Math.floor(index / PAGE))?.[index % PAGE],
  };
  // Until another answer is there, the one before stays.
  const before = useRef(now);
  if (now.total !== undefined) before.current = now;
  return { ...before.current, error: answers.find(({ error }) => error !== null)?.error ?? null };
}

export function MatrixPane(props: MatrixPaneProps) {
  const {
    place,
    able,
    overview,
    filter,
    onFilter,
    roles,
    onRoles,
    drafts,
    wide,
    side,
    onSide,
    onTable,
    field,
    filterKeys,
  } = props;
  const [pages, setPages] = useState<readonly number[]>([0]);
  const [chosen, setChosen] = useState<At>({ row: 0, column: 0 });
  const all = overview.roles.map(({ name }) => name);
  const shown = roles.length > 0 ? roles : all.slice(0, MOST_ROLES);
  const named = JSON.stringify(shown);
  const withDrafts = drafts > 0;
  const asking = useMemo(
    (): PolicyMatrixFilter => ({
      tables: asked({ ...filter, role: null }),
      roles: JSON.parse(named) as string[],
      drafted: withDrafts,
    }),
    [filter, named, withDrafts],
  );
  const matrix = useMatrix(place, asking, pages, able);
  const row = matrix.at(chosen.row);
  const role = matrix.roles[Math.floor(chosen.column / COMMANDS.length)];
  const command = COMMANDS[chosen.column % COMMANDS.length];

  const save = async (format: PolicyMatrixFormat) => {
    const path = await host().pickSavePath("Save the matrix", `coverage.${format}`);
    if (!path) return;
    await host().exportPolicyMatrix(place.profileId, place.database, asking, format, path);
    toast({ tone: "ok", title: "The matrix is saved", detail: path });
  };
  const choices: readonly MenuItem[] = [
    {
      label: all.length > MOST_ROLES ? `The first ${MOST_ROLES} roles` : "All roles",
      checked: roles.length === 0,
      onSelect: () => onRoles([]),
    },
    {
      label: "Exposed roles only",
      onSelect: () => onRoles(overview.roles.filter(({ exposed }) => exposed).map(({ name }) => name)),
      disabledReason: overview.roles.some(({ exposed }) => exposed) ? undefined : "none is known to be exposed",
    },
    { separator: true },
    ...all.map((name): MenuItem => {
      const on = shown.includes(name);
      return {
        label: name,
        icon: "role",
        checked: on,
        onSelect: () =>
          onRoles(
            on ? shown.filter((each) => each !== name) : all.filter((each) => each === name || shown.includes(each)),
          ),
      };
    }),
  ];
  const total = matrix.total;
  const body =
    total === undefined ? (
      matrix.error ? (
        <div className="p-2">
          <ErrorBlock {...failureProps(failureOf(matrix.error))} />
        </div>
      ) : (
        <EmptyState picture="loading" title="Reading who can do what" />
      )
    ) : total === 0 ? (
      <EmptyState
        picture="empty"
        title="No table passes the filter"
        actions={<Button onClick={() => onFilter(NO_FILTER)}>Clear the filter</Button>}
      />
    ) : (
      <SplitPane
        direction={wide ? "row" : "column"}
        fixed="second"
        label="Size of why"
        size={wide ? Math.min(side, 420) : 220}
        onSizeChange={onSide}
        min={wide ? 280 : 140}
        max={wide ? 640 : 420}
        defaultSize={320}
        first={
          <Cells
            key={JSON.stringify(asking)}
            total={total}
            matrix={matrix}
            chosen={chosen}
            onChosen={setChosen}
            onSight={(first, last) =>
              setPages((now) => {
                const next = pagesOf(first, last);
                return next.join() === now.join() ? now : next;
              })
            }
            onOpen={() => row && onTable(row.on)}
          />
        }
        second={
          row && role && command ? (
            <Why
              place={place}
              on={row.on}
              role={role.name}
              command={command.value}
              word={command.word}
              onTable={onTable}
            />
          ) : (
            <div className="mat-why" />
          )
        }
      />
    );
  return (
    <>
      <Filters
        overview={overview}
        filter={{ ...filter, role: null }}
        onFilter={onFilter}
        total={total}
        field={field}
        keys={filterKeys}
        withRole={false}
      />
      <div className="mat-legend">
        <ul aria-label="Signs">
          {SIGNS.map(({ sign, word }) => (
            <li key={sign}>
              <SignMark sign={sign} /> {word}
            </li>
          ))}
        </ul>
        {drafts > 0 ? (
          <Badge tone="warn" icon="edit">
            with {plural(drafts, "draft")}
          </Badge>
        ) : null}
        <span className="pol-look">
          <MenuButton dense variant="ghost" icon="role" label="Roles" align="end" items={choices}>
            {roles.length > 0
              ? plural(roles.length, "role")
              : all.length > MOST_ROLES
                ? `${MOST_ROLES} of ${all.length} roles`
                : plural(all.length, "role")}
          </MenuButton>
          <MenuButton
            dense
            variant="ghost"
            icon="download"
            label="Export the matrix"
            align="end"
            items={FORMATS.map(({ format, word }) => ({
              label: `Save as ${word}…`,
              onSelect: () => void save(format).catch(tell),
            }))}
          />
        </span>
      </div>
      {matrix.unread.map((words) => (
        <p key={words} className="mat-unread">
          <Icon name="lock" size={14} /> {words}
        </p>
      ))}
      <div className="pol-list">{body}</div>
    </>
  );
}

interface CellsProps {
  total: number;
  matrix: Pick<ReturnType<typeof useMatrix>, "roles" | "at">;
  chosen: At;
  onChosen: (at: At) => void;
  onSight: (first: number, last: number) => void;
  onOpen: () => void;
}

function Cells({ total, matrix, chosen, onChosen, onSight, onOpen }: CellsProps) {
  const { roles, at } = matrix;
  const scroller = useRef<HTMLDivElement>(null);
  const id = useId();
  const virtual = useVirtualizer({
    count: total,
    getScrollElement: () => scroller.current,
    estimateSize: () => ROW,
    overscan: 10,
    scrollPaddingStart: 52,
  });
  const shown = virtual.getVirtualItems();
  const first = shown[0]?.index ?? 0;
  const last = shown.at(-1)?.index ?? 0;
  const sight = useRef(onSight);
  sight.current = onSight;
  useEffect(() => sight.current(first, last), [first, last]);
  const cellId = ({ row, column }: At) => `${id}-${row}-${column}`;
  const onKey = (event: KeyboardEvent) => {
    if (event.key === "Enter") {
      event.preventDefault();
      return onOpen();
    }
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const page = Math.max(1, Math.floor((scroller.current?.clientHeight ?? 0) / ROW) - 3);
    const to = walked(chosen, event.key, total, roles.length * COMMANDS.length, page);
    if (!to) return;
    event.preventDefault();
    onChosen(to);
    virtual.scrollToIndex(to.row);
    const node = scroller.current;
    if (!node) return;
    // The names of the tables stand over the cells that are scrolled away under them.
    const left = to.column * CELL;
    const right = NAMES + left + CELL - node.clientWidth;
    if (left < node.scrollLeft) node.scrollLeft = left;
    else if (right > node.scrollLeft) node.scrollLeft = right;
  };
  const columns = { "--roles": roles.length } as Record<string, number>;
  return (
    <div
      ref={scroller}
      className="rh-scroll mat-rows"
      role="grid"
      aria-label="Who can do what to which rows"
      aria-rowcount={total + 2}
      aria-colcount={1 + roles.length * COMMANDS.length}
      aria-activedescendant={cellId(chosen)}
      tabIndex={0}
      data-focus-first=""
      onKeyDown={onKey}
      style={columns}
    >
      <div className="mat-heads" role="rowgroup">
        <div className="mat-row" role="row" aria-rowindex={1}>
          <span role="presentation" className="mat-table" />
          {roles.map((role) => (
            <span
              key={role.name}
              role="columnheader"
              aria-colspan={COMMANDS.length}
              className="mat-role"
              data-exposed={role.exposed || undefined}
              title={role.name}
            >
              <span className="rh-truncate">{role.name}</span>
              {role.exposed ? <span className="rh-visually-hidden"> exposed</span> : null}
            </span>
          ))}
        </div>
        <div className="mat-row" role="row" aria-rowindex={2}>
          <span role="columnheader" className="mat-table">
            {plural(total, "table")}
          </span>
          {roles.map((role) =>
            COMMANDS.map(({ value, letter, word }) => (
              <span
                key={`${role.name} ${value}`}
                role="columnheader"
                aria-label={`${role.name} ${word}`}
                className="mat-letter"
                data-first={value === "select" || undefined}
              >
                {letter}
              </span>
            )),
          )}
        </div>
      </div>
      <div className="rh-virtual" role="rowgroup" style={{ height: virtual.getTotalSize() }}>
        {shown.map(({ index, start, key }) => {
          const row = at(index);
          const state = row ? STATES[row.state] : null;
          return (
            <div
              key={key}
              className="mat-row mat-item"
              role="row"
              aria-rowindex={index + 3}
              style={{ top: start }}
              data-on={index === chosen.row || undefined}
            >
              <span role="rowheader" className="mat-table" title={row ? tableWords(row.on) : undefined}>
                {row && state ? (
                  <>
                    <span className="pol-state" data-tone={state.tone} {...tip(state.says)}>
                      <Icon name={state.icon} size={14} />
                    </span>
                    <span className="rh-truncate">{row.on.table}</span>
                  </>
                ) : null}
              </span>
              {roles.map((role, place) =>
                COMMANDS.map(({ value, word }, offset) => {
                  const column = place * COMMANDS.length + offset;
                  const cell = row?.cells[column];
                  const sign = cell ? signOf(cell, role) : "not_known";
                  const on = index === chosen.row && column === chosen.column;
                  return (
                    <span
                      key={`${role.name} ${value}`}
                      id={cellId({ row: index, column })}
                      role="gridcell"
                      aria-selected={on}
                      aria-label={`${role.name} ${word}: ${wordOf(sign)}${cell?.some_columns ? ", some columns" : ""}`}
                      className="mat-cell"
                      data-first={offset === 0 || undefined}
                      data-sign={sign}
                      data-on={on || undefined}
                      onClick={() => onChosen({ row: index, column })}
                      onDoubleClick={onOpen}
                    >
                      {row ? <SignMark sign={sign} /> : null}
                    </span>
                  );
                }),
              )}
            </div>
          );
        })}
      </div>
    </div>
  );
}

interface WhyProps {
  place: Place;
  on: PolicyOn;
  role: string;
  command: (typeof COMMANDS)[number]["value"];
  word: string;
  onTable: (on: PolicyOn) => void;
}

function Why({ place, on, role, command, word, onTable }: WhyProps) {
  const effect = useEffectOn(place, on, role, command);
  return (
    <section className="mat-why rh-scroll" aria-label="Why" tabIndex={0}>
      <h2 className="font-[600]">
        {word} as {role}
      </h2>
      <p className="rh-mono rh-selectable">{tableWords(on)}</p>
      {effect.error ? (
        <ErrorBlock {...failureProps(failureOf(effect.error))} />
      ) : (
        <Combined effect={effect.data} role={role} command={word} />
      )}
      {effect.data?.conditions.flatMap((condition) =>
        [...condition.permissive, ...condition.restrictive].map((part) => (
          <div key={`${condition.asked} ${part.policy}`} className="mat-part">
            <div className="rh-meta">
              {condition.asked} · {condition.permissive.includes(part) ? "any of" : "all of"}
            </div>
            <div className="font-[500] rh-mono">{part.policy}</div>
            <code className="pol-code rh-selectable">{part.expression ?? "no expression"}</code>
          </div>
        )),
      )}
      <Button icon="policy" onClick={() => onTable(on)}>
        Open its policies
      </Button>
    </section>
  );
}
