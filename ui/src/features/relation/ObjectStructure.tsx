/** An object that is not a relation: a line of facts, and under it its definition, one of its lists, or who may use it. */
import { Banner, EmptyState } from "@/design";
import { failureOf, type ObjectList, type ObjectPage, type ObjectRef } from "@/ipc";
import { clockTime, wholeTime } from "./format";
import { filtered, shownName } from "./model";
import { DEFINITION, PRIVILEGES } from "./objectModel";
import { Frame } from "./parts/Frame";
import { GrantsTable, NoGrants, wordsOfGrant } from "./parts/GrantsTable";
import { LongTable } from "./parts/LongTable";
import { useObject } from "./queries";
import { Ddl, Failed, Rows } from "./RelationStructure";
import "./relation.css";

export interface ObjectStructureProps {
  profileId: string;
  object: ObjectRef;
  /** `definition`, `privileges`, or a list's label. */
  view: string;
}

function Facts({ page }: { page: ObjectPage }) {
  return (
    <dl className="rel-facts rel-facts-long" aria-label={`Facts about ${shownName(page.object)}`}>
      <div>
        <dt>Kind</dt>
        <dd>{page.kind}</dd>
      </div>
      {page.facts.map((fact) => (
        <div key={fact.label} data-warned={fact.warning ? true : undefined}>
          <dt>{fact.label}</dt>
          <dd className={fact.code ? "rh-mono rh-selectable" : "rh-selectable"}>{fact.value}</dd>
        </div>
      ))}
      {page.owner ? (
        <div>
          <dt>Owner</dt>
          <dd className="rh-selectable">{page.owner}</dd>
        </div>
      ) : null}
      <div data-tip={wholeTime(page.as_of_ms)}>
        <dt>As of</dt>
        <dd>{clockTime(page.as_of_ms)}</dd>
      </div>
      {page.comment ? (
        <div>
          <dt>Comment</dt>
          <dd className="rh-selectable">{page.comment}</dd>
        </div>
      ) : null}
    </dl>
  );
}

/** Lists whose cells are the server's own words. */
const isCode = (head: string): boolean => ["Label", "Name", "Type", "Check", "Value", "Columns", "Rows"].includes(head);

function Listed({
  list,
  rows,
  scroller,
}: {
  list: ObjectList;
  rows: readonly (readonly string[])[];
  scroller: () => HTMLElement | null;
}) {
  return (
    <LongTable
      label={list.label}
      rows={rows}
      keyOf={(row, index) => `${row[0] ?? ""}-${index.toString()}`}
      span={list.heads.length}
      scroller={scroller}
      head={list.heads.map((head) => (
        <th scope="col" key={head} className={head === "#" ? "rh-num rel-th-place" : undefined}>
          {head}
        </th>
      ))}
      cells={(row) =>
        list.heads.map((head, at) => (
          <td
            key={head}
            className={head === "#" ? "rh-num rh-meta" : isCode(head) || at === 0 ? "rh-mono" : "rel-text"}
          >
            {head === "#" ? row[at] : <span className="rel-cell whitespace-pre-wrap">{row[at]}</span>}
          </td>
        ))
      }
    />
  );
}

interface ShownProps {
  page: ObjectPage;
  view: string;
  text: string;
  scroller: () => HTMLElement | null;
}

function Shown({ page, view, text, scroller }: ShownProps) {
  const nothing = (
    <EmptyState icon="search" title="Nothing found">
      None of them has “{text.trim()}” in it.
    </EmptyState>
  );
  if (view === PRIVILEGES) {
    if (page.grants_state !== "read" || page.grants.length === 0) return <NoGrants state={page.grants_state} />;
    const grants = filtered(page.grants, text, wordsOfGrant);
    if (grants.length === 0) return nothing;
    const label = `Privileges on ${page.object.name}`;
    return <GrantsTable label={label} all={page.grants} grants={grants} scroller={scroller} />;
  }
  const list = page.lists.find((each) => each.label === view);
  if (!list) {
    return (
      <EmptyState picture="empty" title={`No ${view.toLowerCase()}`}>
        There are none any more.
      </EmptyState>
    );
  }
  const rows = filtered(list.rows, text, (row) => row);
  return rows.length === 0 ? nothing : <Listed list={list} rows={rows} scroller={scroller} />;
}

export function ObjectStructure({ profileId, object, view }: ObjectStructureProps) {
  const read = useObject(profileId, object);
  const page = read.data;
  const again = () => void read.refetch();
  if (!page && read.error) return <Failed failure={failureOf(read.error)} what={shownName(object)} onRetry={again} />;
  const list = page?.lists.find((each) => each.label === view);
  const count = view === PRIVILEGES ? page?.grants.length : list?.rows.length;
  const warned = page?.facts.filter((fact) => fact.warning) ?? [];
  return (
    <Frame
      label={`${shownName(object)}, ${view}`}
      view={view}
      facts={page ? <Facts page={page} /> : null}
      error={read.error}
      onRetry={again}
      notes={warned.map((fact) => (
        <Banner key={fact.label} tone="warn" edge>
          {fact.warning}
        </Banner>
      ))}
      rows={count === undefined ? null : { count, many: view.toLowerCase() }}
    >
      {(text, scroller) => {
        if (view === DEFINITION) return <Ddl profileId={profileId} object={object} />;
        return page ? <Shown page={page} view={view} text={text} scroller={scroller} /> : <Rows />;
      }}
    </Frame>
  );
}
