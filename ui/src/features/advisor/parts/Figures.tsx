/** What the server's own statistics say of its work: statements that take the time, tables that take the room. */
import type { ReactNode } from "react";
import { Button, EmptyState, number, tip } from "@/design";
import type { AdvisorReport } from "@/ipc";
import { bytesWords, msWords } from "../model";

type Slow = NonNullable<AdvisorReport["slow"]>;
type Bloat = NonNullable<AdvisorReport["bloat"]>;

function Table({ label, heads, children }: { label: string; heads: readonly string[]; children: ReactNode }) {
  return (
    <div className="adv-figures rh-scroll" role="region" aria-label={label} tabIndex={0}>
      <table className="rh-table">
        <thead>
          <tr>
            {heads.map((head, index) => (
              <th key={head} scope="col" className={index === 0 ? undefined : "rh-num"}>
                {head}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>{children}</tbody>
      </table>
    </div>
  );
}

/** Why there is nothing to see: that is not the same as nothing to worry about. */
function Missing({ title, reason }: { title: string; reason: string }) {
  return (
    <EmptyState picture="denied" title={title}>
      {reason}
    </EmptyState>
  );
}

export interface SlowProps {
  slow: Slow;
  highlight: (sql: string) => ReactNode;
  onScript: (title: string, sql: string) => void;
}

/** Statements by the time they took in all, the longest first. */
export function SlowStatements({ slow: { rows, reason }, highlight, onScript }: SlowProps) {
  if (reason !== null && rows.length === 0) return <Missing title="Statements are not counted" reason={reason} />;
  if (rows.length === 0) return <EmptyState icon="check" title="No statement was counted yet" />;
  return (
    <>
      {reason === null ? null : <p className="rh-meta adv-note">{reason}</p>}
      <Table label="Statements by time" heads={["Statement", "Time in all", "Mean", "Calls", "Rows", "Role"]}>
        {rows.map(({ query, total_ms, mean_ms, calls, rows: count, role }) => (
          <tr key={`${role} ${query}`}>
            <td className="adv-query">
              <span className="flex items-center gap-2 min-w-0">
                <code className="rh-truncate" title={query}>
                  {highlight(query.replaceAll(/\s+/g, " "))}
                </code>
                <Button dense variant="ghost" icon="open-external" onClick={() => onScript("Statement", query)}>
                  Open
                </Button>
              </span>
            </td>
            <td className="rh-num">{msWords(total_ms)}</td>
            <td className="rh-num">{msWords(mean_ms)}</td>
            <td className="rh-num">{number(calls)}</td>
            <td className="rh-num">{number(count)}</td>
            <td className="rh-num">{role ?? ""}</td>
          </tr>
        ))}
      </Table>
    </>
  );
}

export interface BloatProps {
  bloat: Bloat;
  onTable: (on: Bloat["rows"][number]["on"]) => void;
}

/** Tables and indexes by the room that is taken by nothing, the most first. */
export function BloatedTables({ bloat: { rows, reason }, onTable }: BloatProps) {
  if (reason !== null && rows.length === 0) return <Missing title="Bloat is not known" reason={reason} />;
  if (rows.length === 0) return <EmptyState icon="check" title="No table has room to give back" />;
  return (
    <>
      {reason === null ? null : <p className="rh-meta adv-note">{reason}</p>}
      <Table label="Tables by room" heads={["Table or index", "Wasted ~", "Size", "Rows", "Dead rows", "Vacuumed"]}>
        {rows.map(({ on, index, size_bytes, live_rows, dead_rows, wasted_bytes, last_vacuum_ms }) => (
          <tr key={`${on.schema}.${on.table} ${index}`}>
            <td className="adv-query">
              <Button dense variant="ghost" icon="table" onClick={() => onTable(on)}>
                {on.schema}.{on.table}
              </Button>
              {index === null ? null : <span className="rh-meta"> index {index}</span>}
            </td>
            <td
              className="rh-num"
              {...(wasted_bytes === null ? {} : tip(`${number(wasted_bytes)} bytes, estimated from statistics`))}
            >
              {wasted_bytes === null ? "not known" : bytesWords(wasted_bytes)}
            </td>
            <td className="rh-num">{bytesWords(size_bytes)}</td>
            <td className="rh-num">{index === null ? number(live_rows) : ""}</td>
            <td className="rh-num">{index === null ? number(dead_rows) : ""}</td>
            <td className="rh-num">
              {index !== null
                ? ""
                : last_vacuum_ms === null
                  ? "never, as far as is known"
                  : new Date(last_vacuum_ms).toLocaleString(undefined, { dateStyle: "medium", timeStyle: "short" })}
            </td>
          </tr>
        ))}
      </Table>
    </>
  );
}
