/** The field in which a note is written: it lies where the note lies. */
import { useEffect, useLayoutEffect, useRef, useState } from "react";
import type { DiagramNote } from "@/ipc";
import type { Engine } from "../engine";
import type { DiagramStore } from "../store";

export function NoteEditor({ engine, store, note }: { engine: Engine; store: DiagramStore; note: DiagramNote }) {
  const field = useRef<HTMLTextAreaElement>(null);
  const [text, setText] = useState(note.text);
  const latest = useRef(text);
  latest.current = text;
  const done = useRef(false);
  useLayoutEffect(() => {
    const follow = () => {
      const { x, y } = engine.viewAt(note);
      const { zoom } = engine.camera;
      if (!field.current) return;
      Object.assign(field.current.style, {
        left: `${Math.round(x)}px`,
        top: `${Math.round(y)}px`,
        width: `${Math.max(160, Math.round(note.width * zoom))}px`,
        height: `${Math.max(64, Math.round(note.height * zoom))}px`,
        fontSize: `${Math.max(11, 12 * zoom)}px`,
      });
    };
    follow();
    const before = engine.onCamera;
    engine.onCamera = (camera) => {
      before(camera);
      follow();
    };
    field.current?.focus({ preventScroll: true });
    field.current?.select();
    return () => {
      engine.onCamera = before;
    };
  }, [engine, note]);
  // Whatever takes the field away, what was written is kept.
  useEffect(() => {
    done.current = false;
    return () => {
      if (!done.current && latest.current !== note.text) store.write(note.id, latest.current);
    };
  }, [store, note]);
  const finish = (written: string) => {
    if (done.current) return;
    done.current = true;
    const stage = field.current?.closest<HTMLElement>(".erd-stage");
    store.write(note.id, written);
    stage?.focus({ preventScroll: true });
  };
  return (
    <textarea
      ref={field}
      className="erd-note"
      aria-label="Note"
      data-erd-above
      value={text}
      maxLength={10_000}
      placeholder="What should be known of this?"
      onChange={(event) => setText(event.target.value)}
      onBlur={() => finish(latest.current)}
      onKeyDown={(event) => {
        event.stopPropagation();
        const enough = event.key === "Escape" || (event.key === "Enter" && (event.ctrlKey || event.metaKey));
        if (!enough) return;
        event.preventDefault();
        finish(latest.current);
      }}
    />
  );
}
