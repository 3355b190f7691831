/** The side panel about how safe a database is: its pages with what is known of them, kept actors, suites. It asks no server. */
import { Fragment, type KeyboardEvent, type ReactNode, useRef, useState } from "react";
import {
  Button,
  EmptyState,
  Icon,
  IconButton,
  type IconName,
  type MenuItem,
  number,
  openContextMenu,
  plural,
  Select,
  tip,
  toast,
} from "@/design";
import { failureOf, host, type PolicyActor, type SavedPolicyActor } from "@/ipc";
import {
  actorWords,
  type Found,
  foundTip,
  foundWords,
  newsWords,
  type Page,
  placeWords,
  type SecurityPlace,
  type SuiteEnd,
  suiteLook,
} from "./model";
import { useActors, useFigures } from "./queries";
import "./security.css";

export interface PanelSuite {
  readonly name: string;
  /** Its file; `null` before it was saved. */
  readonly path: string | null;
  readonly last: SuiteEnd | null;
}

export interface SecurityPanelProps {
  /** The database it is about; `null` where nothing was ever connected here. */
  place: SecurityPlace | null;
  /** What else it can be about. */
  places: readonly SecurityPlace[];
  onPlace: (place: SecurityPlace) => void;
  /** The page of `place` that is in front. */
  page: Page | null;
  onPage: (page: Page) => void;
  /** What scans have found, in any open connection. */
  found: readonly Found[];
  onFound: (place: SecurityPlace) => void;
  onTry: (actor: PolicyActor) => void;
  /** Acts as somebody in the tab in front. */
  onAct: (actor: PolicyActor) => void;
  /** Why nobody can act in the tab in front. */
  noAct: string | null;
  suites: readonly PanelSuite[];
  onSuite: (suite: PanelSuite) => void;
  onForgetSuite: (path: string) => void;
  onConnect: () => void;
  onHome: () => void;
  headEnd?: ReactNode;
}

interface Row {
  readonly key: string;
  readonly icon: IconName;
  readonly iconTone?: "ok" | "danger" | "neutral";
  /** What the icon says, where it says more than what the row is. */
  readonly iconWord?: string | undefined;
  readonly label: string;
  readonly end?: ReactNode;
  /** Everything, also what is cut. */
  readonly full: string;
  readonly on?: boolean;
  readonly page?: boolean;
  readonly open: () => void;
  readonly menu?: readonly MenuItem[];
  readonly remove?: () => void;
}

interface Section {
  readonly title: string | null;
  readonly rows: readonly Row[];
  readonly note?: string | undefined;
  readonly add?: { readonly label: string; readonly run: () => void };
}

/** Lists of buttons that one goes through with the arrows, as in any other panel; Tab goes to what stands beside them. */
function Sections({ sections }: { sections: readonly Section[] }) {
  const root = useRef<HTMLDivElement>(null);
  const [at, setAt] = useState<string | null>(null);
  const rows = sections.flatMap((section) => section.rows);
  const stop = (rows.find(({ key }) => key === at) ?? rows.find(({ on }) => on) ?? rows[0])?.key;
  const onKeyDown = (event: KeyboardEvent, row: Row) => {
    const all = [...(root.current?.querySelectorAll<HTMLElement>("[data-row]") ?? [])];
    const now = rows.indexOf(row);
    const { key } = event;
    const next =
      key === "ArrowDown"
        ? Math.min(now + 1, rows.length - 1)
        : key === "ArrowUp"
          ? Math.max(now - 1, 0)
          : key === "Home"
            ? 0
            : key === "End"
              ? rows.length - 1
              : undefined;
    if (next !== undefined) all[next]?.focus();
    else if (((key === "F10" && event.shiftKey) || key === "ContextMenu") && row.menu)
      openContextMenu(
        { clientX: 0, clientY: 0, preventDefault: () => {}, stopPropagation: () => {}, target: event.currentTarget },
        row.menu,
      );
    else if (key === "Delete" && row.remove) {
      // The row goes: the keyboard stays with the list.
      (all[now + 1] ?? all[now - 1])?.focus();
      row.remove();
    } else return;
    event.preventDefault();
  };
  return (
    <div ref={root} className="secp-body rh-scroll">
      {sections.map(({ title, rows: own, note, add }) => (
        <Fragment key={title ?? ""}>
          {title === null ? null : (
            <div className="secp-section">
              <h3>{title}</h3>
              {add ? <IconButton dense icon="plus" label={add.label} onClick={add.run} /> : null}
            </div>
          )}
          {own.length > 0 ? (
            <ul aria-label={title ?? "Pages"}>
              {own.map((row) => (
                <li key={row.key}>
                  <button
                    type="button"
                    className="secp-row"
                    data-row=""
                    data-page={row.page || undefined}
                    data-focus-first={row.key === stop || undefined}
                    tabIndex={row.key === stop ? 0 : -1}
                    aria-current={row.on ? "page" : undefined}
                    aria-description={row.full}
                    onFocus={() => setAt(row.key)}
                    onClick={row.open}
                    onContextMenu={(event) => row.menu && openContextMenu(event, row.menu)}
                    onKeyDown={(event) => onKeyDown(event, row)}
                  >
                    <Icon
                      name={row.icon}
                      className={`rh-tone-${row.iconTone ?? "neutral"}`}
                      {...(row.iconWord ? { label: row.iconWord } : {})}
                    />
                    {/* On what is pointed at: a tooltip of the row would cover the next one while one goes through them by key. */}
                    <span className="secp-label" {...tip(row.full)}>
                      {row.label}
                    </span>
                    {row.end ? (
                      <span className="secp-end" {...tip(row.full)}>
                        {row.end}
                      </span>
                    ) : null}
                  </button>
                </li>
              ))}
            </ul>
          ) : null}
          {note ? <p className="secp-note">{note}</p> : null}
        </Fragment>
      ))}
    </div>
  );
}

export function SecurityPanel(props: SecurityPanelProps) {
  const { place, places, onPlace, page, onPage, onTry, suites, headEnd } = props;
  const phase = place?.state?.phase.phase ?? "closed";
  const open = phase === "open";
  const secures = place?.state?.can_secure === true;
  const advises = place?.state?.can_advise === true;
  const of = place ?? { profileId: "", database: null };
  const figures = useFigures(of, open);
  const { actors, failure, again } = useActors(of.profileId, secures);

  const news = props.found.find(({ place: where }) => where.key === place?.key)?.news;
  const elsewhere = props.found.filter(({ place: where }) => where.key !== place?.key);
  const failed = (thrown: unknown) => toast({ tone: "danger", title: failureOf(thrown).message });
  const remove = ({ name, actor }: SavedPolicyActor) =>
    void host()
      .removePolicyActor(of.profileId, name)
      .then(() => {
        again();
        toast({
          title: `${name} is not kept any more`,
          action: {
            label: "Undo",
            onPress: () => void host().keepPolicyActor(of.profileId, name, actor).then(again).catch(failed),
          },
        });
      })
      .catch(failed);

  const pageRow = (to: Page, icon: IconName, label: string, end: ReactNode, full: string): Row => ({
    key: to,
    icon,
    label,
    end,
    full,
    page: true,
    on: page === to,
    open: () => onPage(to),
  });
  const advisor = pageRow(
    "advisor",
    "bulb",
    "Advisor",
    news ? <span className="secp-new">{newsWords(news)}</span> : figures ? foundWords(figures) : null,
    [news?.words, figures && !(news && !figures.found) ? foundTip(figures) : null].filter(Boolean).join(" "),
  );
  const tables = figures?.tables ?? null;
  const roles = figures?.roles ?? null;
  const pages: readonly Row[] = [
    ...(secures
      ? [
          pageRow(
            "tables",
            "policy",
            "Overview",
            tables === null ? null : plural(tables, "table"),
            "How each table stands, and its policies",
          ),
          pageRow("test", "flask", "Policy tester", null, "Tries a statement as somebody; always rolled back"),
          pageRow(
            "suites",
            "rows",
            "Suites",
            suites.length > 0 ? number(suites.length) : null,
            "Statements of actors, with what is to come of them",
          ),
          pageRow(
            "coverage",
            "matrix",
            "Coverage matrix",
            roles === null ? null : plural(roles, "role"),
            "Who can do what to which rows",
          ),
        ]
      : []),
    ...(advises ? [advisor] : []),
  ];
  const kept = (each: SavedPolicyActor): Row => {
    const words = actorWords(each.name, each.actor);
    return {
      key: `actor ${each.name}`,
      icon: "role",
      label: each.name,
      end: words,
      full: `${each.name}: ${words}`,
      open: () => onTry(each.actor),
      remove: () => remove(each),
      menu: [
        { label: "Try a statement as this actor", icon: "flask", keys: "Enter", onSelect: () => onTry(each.actor) },
        {
          label: "Act as this actor in the tab in front",
          icon: "role",
          disabledReason: props.noAct ?? undefined,
          onSelect: () => props.onAct(each.actor),
        },
        { separator: true },
        { label: "Remove", icon: "trash", keys: "Delete", danger: true, onSelect: () => remove(each) },
      ],
    };
  };
  const known = (suite: PanelSuite): Row => {
    const { name, path, last } = suite;
    const look = suiteLook(last);
    const forget = () => path !== null && props.onForgetSuite(path);
    return {
      key: `suite ${path ?? ""}`,
      icon: look.icon,
      iconTone: look.tone,
      iconWord: look.word,
      label: name,
      end: path === null ? "not saved" : look.words,
      full: path === null ? `${name}: it is in no file yet` : `${look.tip}. ${path}`,
      open: () => props.onSuite(suite),
      ...(path === null ? {} : { remove: forget }),
      menu: [
        { label: "Open", icon: "rows", keys: "Enter", onSelect: () => props.onSuite(suite) },
        {
          label: "Take off this list",
          icon: "close",
          keys: "Delete",
          disabledReason: path === null ? "it is open and in no file" : undefined,
          onSelect: forget,
        },
      ],
    };
  };
  const foundRows = elsewhere.map(
    ({ place: where, news: each }): Row => ({
      key: `found ${where.key}`,
      icon: "bulb",
      label: placeWords(where),
      end: <span className="secp-new">{newsWords(each)}</span>,
      full: each.words,
      open: () => props.onFound(where),
    }),
  );
  const sections: readonly Section[] = [
    {
      title: null,
      rows: pages,
      note:
        advises && !secures
          ? `${place?.state?.server?.product ?? "This database"} has no policies for rows.`
          : undefined,
    },
    ...(foundRows.length > 0 ? [{ title: "Found elsewhere", rows: foundRows }] : []),
    ...(secures
      ? [
          {
            title: "Actors",
            rows: (actors ?? []).map(kept),
            note: failure
              ? `They could not be read: ${failureOf(failure).message}`
              : actors?.length === 0
                ? "None is kept. Make one in the tester and keep it."
                : undefined,
            add: { label: "New actor, in the tester", run: () => onPage("test") },
          },
          {
            title: "Suites",
            rows: suites.map(known),
            note: suites.length === 0 ? "None was opened yet." : undefined,
            add: { label: "Make or open a suite", run: () => onPage("suites") },
          },
        ]
      : []),
  ];
  const options = place && !places.some(({ key }) => key === place.key) ? [place, ...places] : places;
  return (
    <section className="secp" aria-label="Security">
      <div className="secp-head">
        <h2 className="flex-1 text-base font-semibold">Security</h2>
        {headEnd}
      </div>
      {place ? (
        <div className="secp-place">
          <Select
            block
            label="Database"
            icon="database"
            value={place.key}
            tooltip={placeWords(place)}
            options={options.map((each) => ({
              value: each.key,
              label: placeWords(each),
              meta: props.found.some(({ place: where }) => where.key === each.key) ? "new findings" : "",
            }))}
            onChange={(key) => {
              const chosen = options.find((each) => each.key === key);
              if (chosen) onPlace(chosen);
            }}
          />
        </div>
      ) : null}
      {place === null ? (
        <EmptyState
          icon="shield"
          title="Nothing is connected"
          actions={
            <Button data-focus-first="" onClick={props.onHome}>
              Connections
            </Button>
          }
        >
          Who gets which rows of a database, and what is wrong with it, is looked at from here.
        </EmptyState>
      ) : phase === "connecting" ? (
        <EmptyState picture="loading" title={`Connecting to ${place.connection}`} />
      ) : !open && pages.length === 0 ? (
        <EmptyState
          picture="offline"
          title={`${place.connection} is not connected`}
          actions={
            <Button data-focus-first="" onClick={props.onConnect}>
              Connect
            </Button>
          }
        >
          What there is to look at is known when it is.
        </EmptyState>
      ) : pages.length === 0 ? (
        <EmptyState icon="shield" title="Nothing to look at here">
          There are neither policies nor rules for {place.state?.server?.product ?? "this database"}.
        </EmptyState>
      ) : (
        <>
          {open ? null : (
            <div className="secp-away" role="status">
              <Icon name="offline" size={14} className="text-warn-text" />
              <span className="min-w-0 flex-1 rh-truncate">Not connected</span>
              <Button dense onClick={props.onConnect}>
                Reconnect
              </Button>
            </div>
          )}
          <Sections sections={sections} />
        </>
      )}
    </section>
  );
}
