import { useEffect, useState } from "react";
import { Field, Input } from "@/design";
import { numberOf } from "./model";

export interface NumberFieldProps {
  label: string;
  value: number;
  min: number;
  max: number;
  unit: string;
  hint?: string;
  onChange: (value: number) => void;
}

const plain = new Intl.NumberFormat("en-US");

/** A whole number; taken on Enter and when the field is left, so that half a number is never kept. */
export function NumberField({ label, value, min, max, unit, hint, onChange }: NumberFieldProps) {
  const [text, setText] = useState(plain.format(value));
  useEffect(() => setText(plain.format(value)), [value]);
  const wanted = numberOf(text, min, max);
  const take = () => {
    // What is wrong stays, with why, until it is put right or given up.
    if (wanted === null) return;
    if (wanted !== value) onChange(wanted);
    else setText(plain.format(value));
  };
  const range = `${plain.format(min)} to ${plain.format(max)}`;
  return (
    <Field
      label={label}
      hint={hint}
      error={
        wanted === null
          ? `A whole number, ${range}. ${plain.format(value)} stays until then; Esc brings it back.`
          : undefined
      }
    >
      {(control) => (
        <Input
          {...control}
          className="w-[160px]"
          inputMode="numeric"
          value={text}
          onChange={setText}
          onBlur={take}
          onKeyDown={(event) => {
            if (event.key === "Enter") take();
            else if (event.key === "Escape" && text !== plain.format(value)) {
              event.preventDefault();
              setText(plain.format(value));
            }
          }}
          end={<span className="rh-meta">{unit}</span>}
        />
      )}
    </Field>
  );
}
