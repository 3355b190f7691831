/** What a HyperLogLog counts: its estimate, how sure that is, what its registers hold, and one element more. */
import { useState } from "react";
import { Button, number } from "@/design";
import type { KeyElement } from "@/ipc";
import { type HyperLogLog, STANDARD_ERROR } from "../hyperloglog";
import { AddForm } from "./AddForm";

export interface CountViewProps {
  of: HyperLogLog;
  locked: string | undefined;
  /** False where a person said no. */
  onAdd: (element: KeyElement) => Promise<boolean>;
}

export function CountView({ of, locked, onAdd }: CountViewProps) {
  const [adding, setAdding] = useState(false);
  const { count, cached, encoding, histogram } = of;
  const empty = histogram[0] ?? 0;
  const registers = histogram.reduce((sum, each) => sum + each, 0);
  const greatest = histogram.findLastIndex((each) => each > 0);
  const error = Math.ceil(count * STANDARD_ERROR);
  const most = Math.max(...histogram.slice(1), 1);
  return (
    <div className="keys-count">
      <div className="keys-count-facts rh-scroll">
        <p className="keys-count-figure">
          <strong className="tabular-nums rh-selectable">{number(count)}</strong>
          <span>different {count === 1 ? "element" : "elements"}, about</span>
        </p>
        <dl>
          <dt>Standard error</dt>
          <dd>
            {(STANDARD_ERROR * 100).toFixed(2)} %, here {number(error)}
          </dd>
          <dt>Stored</dt>
          <dd>{encoding === "dense" ? "dense: six bits a register" : "sparse: runs of registers"}</dd>
          <dt>Registers used</dt>
          <dd>
            {number(registers - empty)} of {number(registers)}
            {greatest > 0 ? `, the greatest ${greatest}` : ""}
          </dd>
          <dt>Count kept by the server</dt>
          <dd>{cached === null ? "none: PFCOUNT counts anew, and writes" : number(cached)}</dd>
        </dl>
        {greatest > 0 ? (
          <figure className="keys-count-bars" aria-label="Registers by their value">
            {histogram.slice(1, greatest + 1).map((registers, at) => (
              <div
                // biome-ignore lint/suspicious/noArrayIndexKey: a register's value is its place.
                key={at}
                data-tip={`${number(registers)} hold ${at + 1}`}
                style={{ height: `${registers === 0 ? 0 : Math.max(2, (registers / most) * 100)}%` }}
              />
            ))}
            <figcaption className="rh-meta">Registers that hold 1 to {greatest}</figcaption>
          </figure>
        ) : null}
        <Button dense icon="plus" disabledReason={locked} onClick={() => setAdding(true)}>
          Element
        </Button>
      </div>
      {adding ? <AddForm kind="hyperloglog" onAdd={onAdd} onDone={() => setAdding(false)} /> : null}
    </div>
  );
}
