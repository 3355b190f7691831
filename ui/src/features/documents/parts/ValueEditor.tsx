import { type FocusEvent, useEffect, useRef, useState } from "react";
import { Input, Select } from "@/design";
import { literalOf, TYPES, type TypeChoice } from "../values";

export interface ValueEditorProps {
  label: string;
  /** The type it has; `null` where it is new. */
  type: string | null;
  text: string;
  onCommit: (text: string, alike: boolean) => void;
  onCancel: () => void;
}

/** A value under edit, in its line: Enter takes it, Escape leaves it. It keeps its type unless another one is chosen. */
export function ValueEditor({ label, type, text: begun, onCommit, onCancel }: ValueEditorProps) {
  const [text, setText] = useState(begun);
  const [choice, setChoice] = useState<TypeChoice>(type === null ? "literal" : "keep");
  const input = useRef<HTMLInputElement>(null);
  const done = useRef(false);
  useEffect(() => {
    input.current?.focus();
    input.current?.select();
  }, []);
  const becomes = choice === "keep" || choice === "literal" ? null : literalOf(text, choice);
  const finish = (act: () => void) => {
    if (done.current) return;
    done.current = true;
    act();
  };
  const commit = () => finish(() => onCommit(literalOf(text, choice), choice === "keep"));
  const onBlur = (event: FocusEvent) => {
    // The list of types stands outside of the line while it is open; the focus stays on its button.
    if (event.relatedTarget && event.currentTarget.contains(event.relatedTarget as Node)) return;
    if (!document.hasFocus()) return;
    if (text === begun && choice === (type === null ? "literal" : "keep")) finish(onCancel);
    else commit();
  };
  return (
    <span
      className="doc-editor"
      onBlur={onBlur}
      onKeyDown={(event) => {
        event.stopPropagation();
        if (event.key === "Escape" && !event.defaultPrevented) {
          event.preventDefault();
          finish(onCancel);
        }
      }}
      onDoubleClick={(event) => event.stopPropagation()}
    >
      <Input
        ref={input}
        dense
        mono
        aria-label={label}
        value={text}
        onChange={setText}
        onKeyDown={(event) => {
          if (event.key !== "Enter" && event.key !== "Tab") return;
          if (event.key === "Tab" && !event.shiftKey) return;
          event.preventDefault();
          commit();
        }}
      />
      {becomes === null ? null : (
        <span className="rh-meta rh-mono rh-truncate doc-becomes" data-becomes>
          → {becomes}
        </span>
      )}
      <Select
        dense
        label={`Type of ${label}`}
        tooltip="The type it keeps, or another one"
        value={choice}
        onChange={setChoice}
        options={TYPES.filter((each) => type !== null || each !== "keep").map((value) => ({
          value,
          label: value === "keep" ? `keeps ${type ?? ""}` : value === "literal" ? "as written" : value,
        }))}
      />
    </span>
  );
}
