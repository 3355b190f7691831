/** The chosen migration: how it stands, what can be done with it, what its files say. */
import { type ReactNode, useState } from "react";
import { Banner, Button, CodeBlock, ConfirmDialog, type Property, PropertyList, Segmented, Skeleton } from "@/design";
import {
  failureOf,
  type MigrationDirection,
  type MigrationRow,
  type MigrationSettled,
  type MigrationStatus,
} from "@/ipc";
import { atWords, backTo, isApplied, keptWords, noApplyTo, type Place, pathIn, STATES, tookWords } from "../model";
import { useFile } from "../queries";
import { State } from "./Rows";

export interface DetailsProps {
  place: Place;
  status: MigrationStatus;
  row: MigrationRow;
  /** Why nothing can be run at all. */
  blocked: string | undefined;
  /** Why nothing can be said of one that failed. */
  noSettle: string | undefined;
  highlight: (sql: string) => ReactNode;
  onApplyTo: (row: MigrationRow) => void;
  onBackTo: (row: MigrationRow) => void;
  onSettle: (row: MigrationRow, as: MigrationSettled) => void;
  onFile: (path: string) => void;
}

const ASKS: Readonly<Record<MigrationSettled, { confirm: string; description: string }>> = {
  applied: {
    confirm: "It is applied",
    description:
      "Say so only when everything it does is there now. Nothing runs: the history then says that it was applied, and it is never run again.",
  },
  reverted: {
    confirm: "It is taken back",
    description:
      "Say so only when nothing of it is there any more. Nothing runs: the history then forgets it, and it is pending again.",
  },
};

export function Details(props: DetailsProps) {
  const { status, row, blocked, noSettle, highlight, onApplyTo, onBackTo, onSettle, onFile } = props;
  const { state } = row;
  const [settling, setSettling] = useState<MigrationSettled | null>(null);
  const back = backTo(status, row);
  const last = status.rows.findLast(isApplied) === row;
  const { folder } = status;
  const facts: Property[] = [
    ...(row.file ? [{ name: "File", value: row.file }] : []),
    { name: "Way back", value: row.down ?? "none is written", mono: row.down !== null },
    ...(row.applied_at_ms === null
      ? []
      : [{ name: state.state === "failed" ? "Begun" : "Applied", value: atWords(row.applied_at_ms), mono: false }]),
    ...(row.took_ms === null ? [] : [{ name: "Took", value: tookWords(row.took_ms), mono: false }]),
    ...(row.file
      ? [{ name: "Runs", value: row.transaction ? "in one transaction" : "outside of a transaction", mono: false }]
      : []),
    ...(state.state === "drifted"
      ? [
          { name: "Applied sum", value: state.applied },
          { name: "File's sum", value: state.file },
        ]
      : []),
  ];
  const path = folder !== null && row.file !== null ? pathIn(folder, row.file) : null;
  return (
    <section className="mig-details rh-scroll" aria-label={`Migration ${row.version}`} tabIndex={0}>
      <div className="mig-details-h">
        <h3 className="rh-selectable">{row.name}</h3>
        <p className="mig-details-sub">
          <State of={row} />
          <span className="rh-mono rh-meta rh-selectable">{row.version}</span>
        </p>
      </div>
      {state.state === "failed" ? (
        <Banner
          tone="danger"
          detail="Look at the database, bring it to one end or the other by hand, then say which one it is."
        >
          {keptWords(state)}
        </Banner>
      ) : state.state === "pending" || state.state === "applied" ? null : (
        <Banner tone="warn">{STATES[state.state].means}</Banner>
      )}
      <div className="mig-acts">
        {isApplied(row) ? (
          last ? null : (
            <Button dense disabledReason={blocked ?? back.reason} onClick={() => onBackTo(row)}>
              Roll back to here…
            </Button>
          )
        ) : state.state === "failed" ? (
          <>
            <Button dense disabledReason={noSettle} onClick={() => setSettling("applied")}>
              It is applied…
            </Button>
            <Button dense disabledReason={noSettle} onClick={() => setSettling("reverted")}>
              It is taken back…
            </Button>
          </>
        ) : (
          <Button dense disabledReason={blocked ?? noApplyTo(status, row)} onClick={() => onApplyTo(row)}>
            Apply up to here…
          </Button>
        )}
        {path ? (
          <Button dense variant="ghost" icon="terminal" onClick={() => onFile(path)}>
            Open the file
          </Button>
        ) : null}
      </div>
      <PropertyList items={facts} labelWidth={88} />
      {row.file !== null ? <Texts {...props} key={row.version} highlight={highlight} /> : null}
      {settling ? (
        <ConfirmDialog
          open
          onClose={() => setSettling(null)}
          onConfirm={() => {
            setSettling(null);
            onSettle(row, settling);
          }}
          title={`Say that ${row.version} is ${settling === "applied" ? "applied" : "taken back"}?`}
          description={ASKS[settling].description}
          confirmLabel={ASKS[settling].confirm}
          danger
        />
      ) : null}
    </section>
  );
}

function Texts({ place, status, row, highlight }: DetailsProps) {
  const [direction, setDirection] = useState<MigrationDirection>("up");
  const file = direction === "up" ? row.file : row.down;
  const text = useFile(place, status.folder, file);
  return (
    <div className="mig-texts">
      {row.down === null ? null : (
        <Segmented
          label="Which way"
          dense
          value={direction}
          onChange={setDirection}
          options={[
            { value: "up", label: "Statements", ...(row.statements === null ? {} : { count: row.statements }) },
            { value: "down", label: "Way back" },
          ]}
        />
      )}
      {text.data !== undefined ? (
        <CodeBlock label={`Text of ${file ?? ""}`} copy={text.data} wrap>
          {highlight(text.data)}
        </CodeBlock>
      ) : text.error ? (
        <p className="rh-meta">The file could not be read: {failureOf(text.error).message}</p>
      ) : (
        <Skeleton width="100%" height={96} />
      )}
    </div>
  );
}
