/** When a key expires: after a while, at a moment, or never. */
import { useState } from "react";
import { Button, ErrorBlock, Field, Input, Segmented } from "@/design";
import { type AppError, failureOf, failureProps } from "@/ipc";
import { momentWords, readTtl, readUntil, ttlWords } from "../model";

type Way = "after" | "at" | "never";

export interface TtlFormProps {
  ttl: number | null;
  /** False where a person said no. */
  onSave: (ttl: number | null) => Promise<boolean>;
  onDone: () => void;
}

export function TtlForm({ ttl, onSave, onDone }: TtlFormProps) {
  const [way, setWay] = useState<Way>("after");
  const [after, setAfter] = useState(() => (ttl === null ? "3600" : String(Math.max(1, Math.round(ttl / 1_000)))));
  const [at, setAt] = useState(() => momentWords(Date.now() + (ttl ?? 3_600_000)));
  const [state, setState] = useState<{ busy: boolean; error: AppError | null }>({ busy: false, error: null });
  const ms = way === "never" ? null : way === "after" ? readTtl(after) : readUntil(at, Date.now());
  const wrong = way !== "never" && ms === null;
  const save = async () => {
    if (wrong) return;
    setState({ busy: true, error: null });
    try {
      if (await onSave(ms)) onDone();
      else setState({ busy: false, error: null });
    } catch (thrown) {
      setState({ busy: false, error: failureOf(thrown) });
    }
  };
  const onEnter = (event: { key: string }) => {
    if (event.key === "Enter") void save();
  };
  return (
    <div className="keys-form">
      <Segmented<Way>
        dense
        label="When it expires"
        value={way}
        onChange={setWay}
        options={[
          { value: "after", label: "After" },
          { value: "at", label: "At a moment" },
          { value: "never", label: "Never" },
        ]}
      />
      {way === "after" ? (
        <Field
          label="Seconds, or 15 min, 2 h, 3 d"
          layout="stack"
          hint={ms === null ? undefined : `In ${ttlWords(ms)}`}
          error={wrong ? "No time that comes. For example 90, 15 min, 2 h." : undefined}
        >
          {(control) => <Input {...control} mono autoFocus value={after} onChange={setAfter} onKeyDown={onEnter} />}
        </Field>
      ) : way === "at" ? (
        <Field
          label="Date and time, in your time zone"
          layout="stack"
          hint={ms === null ? undefined : `In ${ttlWords(ms)}`}
          error={wrong ? "No moment that comes. For example 2026-12-01 18:00." : undefined}
        >
          {(control) => <Input {...control} mono autoFocus value={at} onChange={setAt} onKeyDown={onEnter} />}
        </Field>
      ) : (
        <p className="rh-meta">It stays until somebody deletes it.</p>
      )}
      {state.error ? <ErrorBlock {...failureProps(state.error)} /> : null}
      <div className="keys-form-foot">
        <Button dense onClick={onDone} keys="Escape">
          Cancel
        </Button>
        <Button
          dense
          variant="primary"
          loading={state.busy}
          disabledReason={wrong ? "there is no time yet" : undefined}
          onClick={() => void save()}
        >
          Change
        </Button>
      </div>
    </div>
  );
}
