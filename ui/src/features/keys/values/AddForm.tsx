/** One element more, typed beneath the others. */
import { useState } from "react";
import { Button, ErrorBlock, IconButton, Input, Segmented } from "@/design";
import { type AppError, failureOf, failureProps, type KeyElement } from "@/ipc";
import { isName, NAME_HELP } from "../model";
import { elementOf, fieldWords, valueProblem } from "../parts/Dialogs";

export interface AddFormProps {
  kind: string;
  /** False where a person said no. */
  onAdd: (element: KeyElement) => Promise<boolean>;
  onDone: () => void;
}

interface Pair {
  readonly id: number;
  readonly name: string;
  readonly value: string;
}

export function AddForm({ kind, onAdd, onDone }: AddFormProps) {
  const [pairs, setPairs] = useState<readonly Pair[]>([{ id: 0, name: "", value: "" }]);
  const [end, setEnd] = useState<"left" | "right">("right");
  const [state, setState] = useState<{ busy: boolean; error: AppError | null }>({ busy: false, error: null });
  const words = fieldWords(kind);
  const [tried, setTried] = useState(false);
  const wrong = pairs.some(({ name }) => !isName(name)) ? NAME_HELP : null;
  const unlike = pairs.map(({ value }) => valueProblem(kind, value)).find((problem) => problem !== undefined);
  const put = (id: number, change: Partial<Pair>) =>
    setPairs(pairs.map((pair) => (pair.id === id ? { ...pair, ...change } : pair)));
  const add = async () => {
    const [first] = pairs;
    setTried(true);
    if (!first || wrong || unlike) return;
    setState({ busy: true, error: null });
    const element = elementOf(kind, first, end === "left" ? 0 : null);
    const fields = pairs.map(({ name, value }) => ({ name, value: { as: "text" as const, of: value } }));
    try {
      if (await onAdd(kind === "stream" ? { ...element, fields } : element)) onDone();
      else setState({ busy: false, error: null });
    } catch (thrown) {
      setState({ busy: false, error: failureOf(thrown) });
    }
  };
  return (
    <form
      className="keys-add"
      aria-label="New element"
      onSubmit={(event) => {
        event.preventDefault();
        void add();
      }}
      onKeyDown={(event) => {
        if (event.key !== "Escape") return;
        event.stopPropagation();
        event.preventDefault();
        onDone();
      }}
    >
      {pairs.map((pair, at) => (
        <div className="keys-add-row" key={pair.id}>
          {words.name === null ? null : (
            <Input
              mono
              dense
              autoFocus={at === 0}
              aria-label={words.name}
              aria-invalid={!isName(pair.name) || undefined}
              placeholder={words.name}
              value={pair.name}
              onChange={(name) => put(pair.id, { name })}
            />
          )}
          {words.value === null ? null : (
            <Input
              mono
              dense
              autoFocus={at === 0 && words.name === null}
              aria-label={words.value}
              aria-invalid={(tried && unlike !== undefined) || undefined}
              placeholder={words.value}
              value={pair.value}
              onChange={(value) => put(pair.id, { value })}
            />
          )}
          {kind === "stream" && pairs.length > 1 ? (
            <IconButton
              icon="close"
              label="Without this field"
              quiet
              onClick={() => setPairs(pairs.filter(({ id }) => id !== pair.id))}
            />
          ) : null}
        </div>
      ))}
      {wrong || (tried && unlike) ? <p className="rh-meta rh-tone-danger">{wrong ?? unlike}</p> : null}
      {state.error ? <ErrorBlock {...failureProps(state.error)} /> : null}
      <div className="keys-form-foot">
        {kind === "list" ? (
          <Segmented
            dense
            label="Where it goes"
            value={end}
            onChange={setEnd}
            options={[
              { value: "left", label: "Before the first" },
              { value: "right", label: "Behind the last" },
            ]}
          />
        ) : kind === "stream" ? (
          <Button
            dense
            variant="ghost"
            icon="plus"
            onClick={() => setPairs([...pairs, { id: (pairs.at(-1)?.id ?? 0) + 1, name: "", value: "" }])}
          >
            Another field
          </Button>
        ) : null}
        <span className="flex-1" />
        <Button dense keys="Escape" onClick={onDone}>
          Cancel
        </Button>
        <Button dense type="submit" variant="primary" loading={state.busy}>
          Add
        </Button>
      </div>
    </form>
  );
}
