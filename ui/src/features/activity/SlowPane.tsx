/** The statements a server found slow, and what counts as slow there. */
import { useState } from "react";
import { Badge, Banner, Button, CodeBlock, copyText, EmptyState, type MenuItem, SearchField } from "@/design";
import type { SlowRow, SlowRows } from "@/ipc";
import { type ActivityView, ago, exactTime, type Order, oneLine } from "./model";
import { type RowColumn, RowTable } from "./parts/RowTable";
import { factNote, factText, micros, slowShown } from "./telling";

export interface SlowPaneProps {
  slow: SlowRows;
  view: ActivityView;
  onView: (change: Partial<ActivityView>) => void;
  text: string;
  onText: (text: string) => void;
  onForget: () => void;
  /** Why nothing can be forgotten now. */
  forgetReason: string | undefined;
  dimmed: boolean;
  filterRef: (node: HTMLInputElement | null) => void;
}

const USUAL: Order = { by: "at", desc: true };

const keyOf = (row: SlowRow) => `${row.part ?? ""} ${row.id}`;

/** What nobody tells has no column. */
function columns({ statements, at_ms }: SlowRows): readonly RowColumn<SlowRow>[] {
  const all: readonly (RowColumn<SlowRow> | null)[] = [
    {
      id: "at",
      head: "When",
      width: 104,
      desc: true,
      tip: "By the server's clock",
      cell: (row) => <span data-tip={exactTime(row.at_ms)}>{ago(row.at_ms, at_ms)}</span>,
    },
    {
      id: "took",
      head: "Took",
      width: 88,
      number: true,
      desc: true,
      tip: "How long the server worked on it, without the way there and back",
      cell: (row) => <span data-tip={`${row.took_us} µs`}>{micros(row.took_us)}</span>,
    },
    {
      id: "statement",
      head: "Statement",
      cell: (row) => (
        <span className="inline-flex items-center gap-1.5 min-w-0 max-w-full">
          <span className="rh-mono rh-truncate">{oneLine(row.statement)}</span>
          {row.cut ? (
            <Badge tone="outline" tooltip="The server kept only a part of it">
              cut
            </Badge>
          ) : null}
        </span>
      ),
    },
    statements.some((row) => row.client || row.application)
      ? {
          id: "client",
          head: "Client",
          width: 180,
          cell: (row) => (
            <span data-tip={[row.application, row.client].filter(Boolean).join(" · ") || undefined}>
              {row.application ?? row.client}
            </span>
          ),
        }
      : null,
    statements.some((row) => row.part) ? { id: "part", head: "Server", width: 150, cell: (row) => row.part } : null,
    { id: "id", head: "Number", width: 76, number: true, desc: true, cell: (row) => row.id },
  ];
  return all.filter((column) => column !== null);
}

export function SlowPane(props: SlowPaneProps) {
  const { slow, view, onView, text, onText, onForget, forgetReason, dimmed, filterRef } = props;
  const [selected, setSelected] = useState<string | null>(null);
  const order = view.order.slow ?? USUAL;
  const shown = slowShown(slow.statements, text, order);
  const chosen = shown.find((row) => keyOf(row) === selected);
  const menu = (row: SlowRow): readonly MenuItem[] => [
    { label: "Copy statement", icon: "copy", onSelect: () => void copyText(row.statement) },
  ];
  return (
    <>
      <div className="act-tools">
        <SearchField
          dense
          ref={filterRef}
          label="Filter slow statements"
          placeholder="Filter by statement or client …"
          value={text}
          onChange={onText}
        />
        {slow.thresholds.map((fact) => (
          <span key={fact.name} className="rh-meta tabular-nums" data-tip={factNote(fact)}>
            {fact.label.toLowerCase()} <span className="text-ink-1">{factText(fact)}</span>
          </span>
        ))}
        <div className="act-tools-end">
          <span className="rh-meta tabular-nums">
            {shown.length} shown
            {shown.length < slow.statements.length ? `, ${slow.statements.length - shown.length} hidden` : ""}
          </span>
          <Button
            dense
            variant="ghost"
            icon="trash"
            disabledReason={forgetReason ?? (slow.statements.length === 0 ? "there are none" : undefined)}
            onClick={onForget}
          >
            Forget them
          </Button>
        </div>
      </div>
      {slow.off ? (
        <Banner tone="warn" edge>
          {slow.off}
        </Banner>
      ) : null}
      <div className="act-body">
        {slow.statements.length === 0 ? (
          <EmptyState picture="empty" title={slow.off ? "Nothing is kept" : "Nothing was slow"}>
            {slow.off
              ? "What is slow is seen once the server keeps it."
              : "Statements show here when the server works on one for longer than its threshold."}
          </EmptyState>
        ) : shown.length === 0 ? (
          <EmptyState picture="empty" title="No statement to show">
            None has “{text.trim()}” in it.
          </EmptyState>
        ) : (
          <RowTable
            label="Slow statements"
            rows={shown}
            columns={columns(slow)}
            keyOf={keyOf}
            selected={selected}
            onSelect={setSelected}
            menu={menu}
            order={order}
            onOrder={(next) => onView({ order: { ...view.order, slow: next } })}
            least={760}
            dimmed={dimmed}
          />
        )}
      </div>
      {chosen ? (
        <div className="act-slow">
          <CodeBlock label="Statement" copy={chosen.statement} wrap>
            {chosen.statement}
          </CodeBlock>
        </div>
      ) : null}
    </>
  );
}
