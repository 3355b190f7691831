import { useEffect, useRef, useState } from "react";
import { Input } from "@/design";

/** A field's name under edit. */
export function NameEditor({
  label,
  name,
  onCommit,
  onCancel,
}: {
  label: string;
  name: string;
  onCommit: (name: string) => void;
  onCancel: () => void;
}) {
  const [text, setText] = useState(name);
  const input = useRef<HTMLInputElement>(null);
  const done = useRef(false);
  useEffect(() => {
    input.current?.focus();
    input.current?.select();
  }, []);
  const finish = (take: boolean) => {
    if (done.current) return;
    done.current = true;
    if (take && text !== "") onCommit(text);
    else onCancel();
  };
  return (
    <span className="doc-editor" onDoubleClick={(event) => event.stopPropagation()}>
      <Input
        ref={input}
        dense
        mono
        aria-label={label}
        value={text}
        onChange={setText}
        onBlur={() => finish(text !== name)}
        onKeyDown={(event) => {
          event.stopPropagation();
          if (event.key === "Enter") finish(true);
          else if (event.key === "Escape") finish(false);
          else return;
          event.preventDefault();
        }}
      />
    </span>
  );
}
