import {
  type KeyboardEvent,
  type Ref,
  useEffect,
  useId,
  useImperativeHandle,
  useMemo,
  useRef,
  useState,
  useSyncExternalStore,
} from "react";
import { openContextMenu } from "@/design";
import { type DocumentLoader, PAGE } from "./loading";
import { isContainer, type Line, Outline, wantShown } from "./outline";
import { NameEditor } from "./parts/NameEditor";
import { TreeLine } from "./parts/TreeLine";
import { ValueEditor } from "./parts/ValueEditor";
import type { Change } from "./staged";
import { type TreeActions, type TreeKeys, treeMenu } from "./treeMenu";
import { LINE, useWindow } from "./useWindow";
import { editedText } from "./values";

/** A line under edit: its value or its name; what is added is named first. */
export interface EditedLine {
  readonly key: string;
  readonly of: "value" | "name";
}

export interface TreeHandle {
  focus: () => void;
  line: () => Line | undefined;
}

export interface DocumentTreeProps {
  ref?: Ref<TreeHandle>;
  label: string;
  loader: DocumentLoader;
  rows: number;
  /** Reads some more documents. */
  onMore?: (() => void) | undefined;
  changesOf: (row: number) => readonly Change[];
  actions: TreeActions;
  keys: TreeKeys;
  edited: EditedLine | null;
  onEdited: (edited: EditedLine | null) => void;
  onValue: (line: Line, text: string, alike: boolean) => void;
  onName: (line: Line, name: string) => void;
}

const NONE: readonly Change[] = [];

/** Documents as a tree. Only what is in sight is drawn and asked for; arrows walk, Right and Left open and close. */
export function DocumentTree({
  ref,
  label,
  loader,
  rows,
  onMore,
  changesOf,
  actions,
  keys,
  edited,
  onEdited,
  onValue,
  onName,
}: DocumentTreeProps) {
  const id = useId();
  const scroller = useRef<HTMLDivElement>(null);
  const version = useSyncExternalStore(loader.subscribe, loader.snapshot);
  // The first document says what the others may be like.
  const [open, setOpen] = useState<ReadonlySet<string>>(() => new Set(["0"]));
  const [active, setActive] = useState("0");
  const outline = useMemo(
    () => new Outline(rows, open, loader, (row) => changesOf(row)),
    [rows, open, loader, version, changesOf],
  );
  const { first, last, page, reveal } = useWindow(scroller, outline.length);
  useEffect(() => wantShown(outline, loader, first, last), [outline, loader, first, last, version]);
  const end = useRef(onMore);
  end.current = onMore;
  useEffect(() => {
    if (last >= outline.length - 20) end.current?.();
  }, [last, outline.length]);
  const at = outline.indexOf(active);
  const line = outline.at(at);
  useImperativeHandle(ref, () => ({ focus: () => scroller.current?.focus(), line: () => line }), [line]);
  // Whoever edited goes on in the tree.
  const before = useRef(edited);
  useEffect(() => {
    if (before.current && !edited && document.activeElement === document.body) scroller.current?.focus();
    before.current = edited;
  }, [edited]);

  const go = (index: number) => {
    const next = outline.at(Math.max(0, Math.min(outline.length - 1, index)));
    if (!next) return;
    setActive(next.key);
    reveal(outline.indexOf(next.key));
  };
  const toggle = (of: Line, to?: boolean) => {
    if (of.kind === "more") {
      if (of.failure) loader.retry(of.row, of.path, PAGE);
      else loader.want(of.row, of.path, of.loaded + PAGE);
      return;
    }
    if (of.kind === "added" || (of.kind === "field" && !isContainer(of.field))) return;
    const wanted = to ?? !of.open;
    setOpen((now) => {
      const next = new Set(now);
      if (wanted) next.add(of.key);
      else next.delete(of.key);
      return next;
    });
  };
  /** Enter: opens what can be opened, edits what is a value. */
  const enter = (of: Line) => {
    if (of.kind === "more" || of.kind === "document" || (of.kind === "field" && isContainer(of.field))) toggle(of);
    else actions.editValue(of);
  };
  const outwards = () => {
    if (line?.kind !== "document" && line) {
      const path = line.kind === "field" ? line.path.slice(0, -1) : line.path;
      go(outline.indexOf(path.length === 0 ? `${line.row}` : `${line.row}:${path.join(".")}`));
    } else go(at - 1);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.target !== scroller.current || !line) return;
    if (event.ctrlKey || event.metaKey) {
      if (event.key.toLowerCase() !== "c" || event.shiftKey || event.altKey) return;
      if (line.kind === "document") actions.copyDocument(line.row, "shell");
      else actions.copyValue(line);
      event.preventDefault();
      return;
    }
    if (event.altKey) return;
    const isOpen = (line.kind === "document" || line.kind === "field") && line.open;
    if (event.key === "ArrowDown") go(at + 1);
    else if (event.key === "ArrowUp") go(at - 1);
    else if (event.key === "PageDown") go(at + page);
    else if (event.key === "PageUp") go(at - page);
    else if (event.key === "Home") go(0);
    else if (event.key === "End") go(outline.length - 1);
    else if (event.key === "ArrowRight") isOpen ? go(at + 1) : toggle(line, true);
    else if (event.key === "ArrowLeft") isOpen ? toggle(line, false) : outwards();
    else if (event.key === "Enter") enter(line);
    else if (event.key === "F2") actions.editValue(line);
    else if (event.key === "Delete") actions.remove(line);
    else if (event.key === "ContextMenu" || (event.key === "F10" && event.shiftKey)) {
      const target = document.getElementById(`${id}-${active}`);
      openContextMenu(
        { clientX: 0, clientY: 0, preventDefault: () => {}, stopPropagation: () => {}, target },
        treeMenu(line, actions, keys),
        "Document",
      );
    } else return;
    event.preventDefault();
  };
  const lineAt = (target: EventTarget) => {
    const key = target instanceof Element ? target.closest<HTMLElement>(".doc-line")?.dataset["key"] : undefined;
    return key === undefined ? undefined : outline.at(outline.indexOf(key));
  };
  const editorOf = (of: Line) => {
    if (edited?.key !== of.key || (of.kind !== "field" && of.kind !== "added")) return null;
    const close = () => {
      onEdited(null);
      scroller.current?.focus();
    };
    const name = of.kind === "field" ? of.field.name : of.change.name;
    if (edited.of === "name") {
      const renamed = of.kind === "field" ? of.changes.find((change) => change.kind === "rename") : undefined;
      const node = (
        <NameEditor
          label={`Name of ${name || "the new field"}`}
          name={renamed?.name ?? name}
          onCommit={(next) => {
            close();
            onName(of, next);
          }}
          onCancel={() => {
            close();
            if (of.kind === "added" && of.change.name === "") actions.revert(of);
          }}
        />
      );
      return { of: "name" as const, node };
    }
    const set = of.kind === "field" ? of.changes.find((change) => change.kind === "set") : undefined;
    const node = (
      <ValueEditor
        label={name || "the new element"}
        type={of.kind === "field" ? of.field.native_type : null}
        text={of.kind === "added" ? of.change.text : (set?.text ?? editedText(of.field))}
        onCommit={(text, alike) => {
          close();
          onValue(of, text, alike);
        }}
        onCancel={close}
      />
    );
    return { of: "value" as const, node };
  };

  const shown: Line[] = [];
  for (let index = first; index <= last; index += 1) {
    const next = outline.at(index);
    if (next) shown.push(next);
  }
  return (
    <div
      ref={scroller}
      role="tree"
      aria-label={label}
      aria-activedescendant={at >= 0 ? `${id}-${active}` : undefined}
      tabIndex={0}
      data-focus-first
      className="doc-tree rh-scroll"
      onKeyDown={onKeyDown}
      onClick={(event) => {
        const clicked = lineAt(event.target);
        if (clicked) setActive(clicked.key);
      }}
      onDoubleClick={(event) => {
        const clicked = lineAt(event.target);
        if (clicked && !(event.target instanceof Element && event.target.closest("button"))) enter(clicked);
      }}
      onContextMenu={(event) => {
        const clicked = lineAt(event.target);
        if (!clicked) return;
        setActive(clicked.key);
        openContextMenu(event, treeMenu(clicked, actions, keys), "Document");
      }}
    >
      <div className="doc-lines" role="presentation" style={{ height: outline.length * LINE }}>
        {shown.map((each, index) => (
          <TreeLine
            key={each.key}
            id={`${id}-${each.key}`}
            line={each}
            top={(first + index) * LINE}
            active={each.key === active}
            fields={each.kind === "document" ? loader.get(each.row, []) : undefined}
            staged={each.kind === "document" ? changesOf(each.row).length : NONE.length}
            size={each.kind === "document" ? loader.size(each.row) : undefined}
            editor={editorOf(each)}
            onToggle={toggle}
          />
        ))}
      </div>
    </div>
  );
}
