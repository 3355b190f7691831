/** Indexes, constraints and triggers, which are named parts with a text; policies; who refers to a relation. */
import { Badge, tip } from "@/design";
import type { ObjectRef, PartRow, PolicyRow, RelationPage } from "@/ipc";
import { exactNumber, shortCount } from "../format";
import { partsShown, remarkTone } from "../model";
import { LongTable } from "./LongTable";
import { Reference } from "./Reference";

const scansInFull = (scans: number): string =>
  scans === 0
    ? "Not used since the server began to count"
    : `Used ${exactNumber(scans)} times since the server began to count`;

export interface PartsTableProps {
  label: string;
  /** All of them, to know which columns the table has. */
  all: readonly PartRow[];
  parts: readonly PartRow[];
  near: ObjectRef;
  scroller: () => HTMLElement | null;
  onOpen: (object: ObjectRef) => void;
}

export function PartsTable({ label, all, parts, near, scroller, onOpen }: PartsTableProps) {
  const shown = partsShown(all);
  return (
    <LongTable
      label={label}
      rows={parts}
      keyOf={(part, index) => `${part.name ?? ""}-${index.toString()}`}
      span={2 + Object.values(shown).filter(Boolean).length}
      scroller={scroller}
      head={
        <>
          <th scope="col">Name</th>
          <th scope="col">Kind</th>
          {shown.columns ? <th scope="col">Columns</th> : null}
          {shown.references ? <th scope="col">References</th> : null}
          {shown.remarks ? <th scope="col">Remarks</th> : null}
          {shown.scans ? (
            <th scope="col" className="rh-num">
              Scans
            </th>
          ) : null}
          {shown.definition ? <th scope="col">Definition</th> : null}
          {shown.comment ? <th scope="col">Comment</th> : null}
        </>
      }
      cells={(part) => (
        <>
          <td className="rh-mono">
            <span className="rel-cell">{part.name ?? <span className="text-ink-3">without a name</span>}</span>
          </td>
          <td className="rel-text text-ink-2">
            <span className="rel-cell">{part.kind}</span>
          </td>
          {shown.columns ? (
            <td className="rh-mono">
              <span className="rel-cell">{part.columns.join(", ")}</span>
            </td>
          ) : null}
          {shown.references ? (
            <td>{part.references ? <Reference {...part.references} near={near} onOpen={onOpen} /> : null}</td>
          ) : null}
          {shown.remarks ? (
            <td>
              <span className="flex min-h-6 flex-wrap items-center gap-1">
                {part.remarks.map((remark) => {
                  const tone = remarkTone(remark);
                  return (
                    <Badge key={remark} tone={tone} {...(tone === "warn" ? { icon: "warning" as const } : {})}>
                      {remark}
                    </Badge>
                  );
                })}
              </span>
            </td>
          ) : null}
          {shown.scans ? (
            <td className="rh-num rel-text" {...tip(part.scans === null ? undefined : scansInFull(part.scans))}>
              {part.scans === 0 ? (
                <span className="text-ink-3">never</span>
              ) : part.scans === null ? null : (
                shortCount(part.scans)
              )}
            </td>
          ) : null}
          {shown.definition ? (
            <td className="rh-mono text-ink-2">
              <span className="rel-cell whitespace-pre-wrap">{part.definition}</span>
            </td>
          ) : null}
          {shown.comment ? (
            <td className="text-ink-2">
              <span className="rel-cell">{part.comment}</span>
            </td>
          ) : null}
        </>
      )}
    />
  );
}

/** Row-security policies: who may see and write which rows. */
export function PoliciesTable({
  label,
  policies,
  scroller,
}: {
  label: string;
  policies: readonly PolicyRow[];
  scroller: () => HTMLElement | null;
}) {
  const commented = policies.some((policy) => policy.comment !== null);
  const text = (sql: string | null) => (
    <span className="rel-cell whitespace-pre-wrap">{sql ?? <span className="text-ink-3">none</span>}</span>
  );
  return (
    <LongTable
      label={label}
      rows={policies}
      keyOf={(policy) => policy.name}
      span={6}
      scroller={scroller}
      head={
        <>
          <th scope="col">Name</th>
          <th scope="col">Command</th>
          <th scope="col">Roles</th>
          <th scope="col">Using</th>
          <th scope="col">Check</th>
          {commented ? <th scope="col">Comment</th> : null}
        </>
      }
      cells={(policy) => (
        <>
          <td className="rh-mono">
            <span className="rel-cell">{policy.name}</span>
          </td>
          <td className="rel-text">
            <span className="flex min-h-6 items-center gap-1.5">
              {policy.command}
              <Badge>{policy.permissive ? "permissive" : "restrictive"}</Badge>
            </span>
          </td>
          <td className="rh-mono">
            <span className="rel-cell">{policy.roles.join(", ")}</span>
          </td>
          <td className="rh-mono text-ink-2">{text(policy.using)}</td>
          <td className="rh-mono text-ink-2">{text(policy.check)}</td>
          {commented ? (
            <td className="text-ink-2">
              <span className="rel-cell">{policy.comment}</span>
            </td>
          ) : null}
        </>
      )}
    />
  );
}

/** Foreign keys of other relations that lead here. */
export function ReferencedBy({ page, onOpen }: { page: RelationPage; onOpen: (object: ObjectRef) => void }) {
  if (page.referenced_by.length === 0) return null;
  return (
    <section aria-label="Referenced by">
      <h3 className="rel-section">
        Referenced by <span className="rh-meta font-normal">{page.referenced_by.length}</span>
      </h3>
      <table className="rh-table rh-selectable" aria-label={`Relations that refer to ${page.object.name}`}>
        <thead>
          <tr>
            <th scope="col">Relation</th>
            <th scope="col">Its columns</th>
            <th scope="col">Refer to</th>
            <th scope="col">Actions</th>
            <th scope="col">Constraint</th>
          </tr>
        </thead>
        <tbody>
          {page.referenced_by.map((row, index) => (
            <tr key={`${row.name ?? ""}-${index.toString()}`}>
              <td>
                <Reference object={row.object} columns={[]} actions="" near={page.object} onOpen={onOpen} />
              </td>
              <td className="rh-mono">{row.columns.join(", ")}</td>
              <td className="rh-mono">{row.referenced_columns.join(", ")}</td>
              <td className="rel-text text-ink-2">{row.actions}</td>
              <td className="rh-mono">{row.name ?? <span className="text-ink-3">without a name</span>}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}
