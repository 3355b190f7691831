import { useEffect, useRef, useState } from "react";
import { Input } from "@/design";
import { widthOf } from "./spec";

export interface WidthFieldProps {
  /** The width in force; empty before there is one. */
  width: string;
  /** It was just asked for. */
  begun: boolean;
  onWidth: (width: string) => void;
}

/** The width of the steps in which numbers are put together, as typed. */
export function WidthField({ width, begun, onWidth }: WidthFieldProps) {
  const [typed, setTyped] = useState(width);
  const field = useRef<HTMLInputElement>(null);
  useEffect(() => setTyped(width), [width]);
  useEffect(() => {
    if (begun) field.current?.focus();
  }, [begun]);
  const read = widthOf(typed);
  const apply = () => {
    if (read !== null && read !== width) onWidth(read);
  };
  return (
    <Input
      ref={field}
      mono
      aria-label="Width of a step"
      value={typed}
      onChange={setTyped}
      placeholder="2.5"
      {...(typed !== "" && read === null ? { "aria-invalid": true } : {})}
      onBlur={apply}
      onKeyDown={(event) => {
        if (event.key === "Enter") apply();
        if (event.key === "Escape") setTyped(width);
      }}
    />
  );
}
