import { type KeyboardEvent, type RefObject, useImperativeHandle, useLayoutEffect, useRef, useState } from "react";
import { createPortal } from "react-dom";
import { Icon, Menu, type MenuItem, Popover } from "@/design";
import type { ResultColumn } from "@/ipc";
import { DEFAULT, type Draft, NULL, textDraft, typedDraft } from "./drafts";
import { ChoiceList } from "./editors/ChoiceList";
import { MomentPanel } from "./editors/MomentPanel";
import { SetList } from "./editors/SetList";
import { UuidPanel } from "./editors/UuidPanel";
import { choicesOf, editorKind } from "./kinds";
import type { EditColumn } from "./types";
import "./editing.css";

/** Where the cursor goes after a cell is taken. */
export type Move = "down" | "up" | "right" | "left" | "stay";

/** The keys that make a value NULL, the default or the empty text, as they are now. */
export interface ValueKeys {
  readonly null: string | undefined;
  readonly default: string | undefined;
  readonly empty: string | undefined;
  readonly beside: string;
}

export interface CellEditorHandle {
  draft: () => Draft;
}

export interface CellEditorProps {
  ref: RefObject<CellEditorHandle | null>;
  /** The grid's place for it. */
  node: HTMLElement;
  column: ResultColumn;
  edit: EditColumn | undefined;
  booleans: readonly string[];
  /** What it held; not known where it was not read whole. */
  initial: Draft | undefined;
  /** Begun by typing: in place of the value. */
  typed: string | undefined;
  /** Said to a screen reader: which cell it is. */
  label: string;
  keys: ValueKeys;
  onCommit: (draft: Draft, move: Move) => void;
  onCancel: () => void;
  /** Opens it beside the rows, as it stands. */
  onBeside: (draft: Draft) => void;
  /** The relation a foreign key's value can be chosen from. */
  lookUpIn: string | undefined;
  onLookUp: () => void;
}

const shownText = (draft: Draft): string => ("text" in draft ? draft.text : "");

/** One cell under edit, in its place. The text is the server's notation to the letter; nothing is read as a number or a date. */
export function CellEditor({
  ref,
  node,
  column,
  edit,
  booleans,
  initial = NULL,
  typed,
  label,
  keys,
  onCommit,
  onCancel,
  onBeside,
  lookUpIn,
  onLookUp,
}: CellEditorProps) {
  const kind = editorKind(column, edit);
  const choices = choicesOf(column, edit, booleans);
  const [draft, setDraft] = useState<Draft>(() =>
    typed === undefined ? initial : typedDraft(typed, initial, column, edit),
  );
  /** Whether something was typed: then the list is filtered by it. */
  const [touched, setTouched] = useState(typed !== undefined);
  const [panel, setPanel] = useState(kind === "choice" || kind === "choices" || kind === "temporal" || kind === "uuid");
  const [active, setActive] = useState(-1);
  const [menu, setMenu] = useState(false);
  const input = useRef<HTMLInputElement>(null);
  const more = useRef<HTMLButtonElement>(null);
  const latest = useRef(draft);
  latest.current = draft;
  useImperativeHandle(ref, () => ({ draft: () => latest.current }));
  useLayoutEffect(() => {
    const field = input.current;
    field?.focus({ preventScroll: true });
    if (typed === undefined) field?.select();
    else field?.setSelectionRange(field.value.length, field.value.length);
  }, [typed]);

  const text = shownText(draft);
  const options = choices.filter((choice) => !touched || choice.toLowerCase().startsWith(text.toLowerCase()));
  const put = (next: Draft) => {
    latest.current = next;
    setDraft(next);
  };
  const type = (value: string) => {
    put(typedDraft(value, initial, column, edit));
    setTouched(true);
    setActive(-1);
    if (kind === "choice") setPanel(true);
  };
  const take = (move: Move) => {
    const chosen = kind === "choice" && panel && active >= 0 ? options[active] : undefined;
    onCommit(chosen === undefined ? latest.current : chosenDraft(chosen), move);
  };
  const chosenDraft = (value: string): Draft => typedDraft(value, initial, column, edit);

  const onKeyDown = (event: KeyboardEvent) => {
    if (event.nativeEvent.isComposing) return;
    const { key } = event;
    if (key === "Enter" && event.altKey) onBeside(latest.current);
    else if (key === "Enter" && !event.ctrlKey && !event.metaKey) take(event.shiftKey ? "up" : "down");
    else if (key === "Tab" && !event.ctrlKey) take(event.shiftKey ? "left" : "right");
    else if (key === "Escape") onCancel();
    else if (key === "ArrowDown" && event.altKey) {
      if (lookUpIn) onLookUp();
      else setPanel((open) => !open);
    } else if (kind === "choice" && panel && (key === "ArrowDown" || key === "ArrowUp") && options.length > 0) {
      const from = active >= 0 ? active : options.indexOf(text);
      const next = (from + (key === "ArrowDown" ? 1 : -1) + options.length) % options.length;
      setActive(next);
    } else {
      // Everything else is the text's own.
      event.stopPropagation();
      return;
    }
    event.preventDefault();
    event.stopPropagation();
  };

  const items: readonly MenuItem[] = [
    {
      label: "NULL",
      icon: "null",
      ...(keys.null ? { keys: keys.null } : {}),
      checked: draft.kind === "null",
      ...(edit && !edit.nullable ? { disabledReason: `${column.name} takes no NULL` } : {}),
      onSelect: () => onCommit(NULL, "stay"),
    },
    {
      label: "Default",
      ...(keys.default ? { keys: keys.default } : {}),
      checked: draft.kind === "default",
      onSelect: () => onCommit(DEFAULT, "stay"),
    },
    {
      label: "Empty text",
      ...(keys.empty ? { keys: keys.empty } : {}),
      checked: draft.kind === "text" && draft.text === "",
      onSelect: () => onCommit(textDraft(""), "stay"),
    },
    ...(edit?.mixed
      ? [
          { separator: true as const },
          {
            label: "As a number",
            checked: draft.kind === "number",
            onSelect: () => put({ kind: "number", text }),
          },
          { label: "As text", checked: draft.kind === "text", onSelect: () => put(textDraft(text)) },
        ]
      : []),
    { separator: true },
    ...(lookUpIn
      ? [{ label: `Choose from ${lookUpIn}…`, icon: "search" as const, keys: "Alt+ArrowDown", onSelect: onLookUp }]
      : []),
    { label: "Edit beside the rows", icon: "panel-right", keys: keys.beside, onSelect: () => onBeside(latest.current) },
  ];

  const state =
    draft.kind === "null"
      ? "NULL"
      : draft.kind === "default"
        ? `default${edit?.default ? ` ${edit.default}` : ""}`
        : text === ""
          ? "empty text"
          : undefined;

  return createPortal(
    <div className="rh-cell-editor" data-scope="results">
      <input
        ref={input}
        className={kind === "number" ? "rh-cell-input rh-cell-number" : "rh-cell-input"}
        aria-label={state ? `${label}: ${state}` : label}
        aria-autocomplete={kind === "choice" ? "list" : undefined}
        aria-expanded={kind === "choice" ? panel : undefined}
        role={kind === "choice" ? "combobox" : undefined}
        value={text}
        placeholder={state}
        data-state={draft.kind}
        spellCheck={false}
        autoComplete="off"
        autoCapitalize="off"
        onChange={(event) => type(event.target.value)}
        onKeyDown={onKeyDown}
      />
      {edit?.mixed && (draft.kind === "number" || draft.kind === "text") && text !== "" ? (
        <span className="rh-cell-kind" data-tip={draft.kind === "number" ? "Stored as a number" : "Stored as text"}>
          {draft.kind === "number" ? "123" : "abc"}
        </span>
      ) : null}
      <button
        ref={more}
        type="button"
        className="rh-cell-more"
        tabIndex={-1}
        aria-label="NULL, default, empty text and more"
        data-tip="NULL, default, empty text"
        onClick={() => setMenu((open) => !open)}
      >
        <Icon name="chevron-down" size={12} />
      </button>
      <Menu open={menu} onClose={() => setMenu(false)} anchor={more.current} label="Value" items={items} />
      {panel && kind !== "text" ? (
        <Popover
          open
          onClose={() => setPanel(false)}
          anchor={node}
          label={`Values of ${column.name}`}
          takesFocus={false}
          gap={2}
        >
          {kind === "choice" ? (
            <ChoiceList
              options={options}
              column={column}
              booleans={booleans}
              chosen={draft.kind === "text" || draft.kind === "number" ? text : undefined}
              active={active}
              onActive={setActive}
              onTake={(value) => onCommit(chosenDraft(value), "stay")}
              none={touched ? `No value begins with “${text}”` : "No values"}
            />
          ) : kind === "choices" ? (
            <SetList choices={edit?.choices ?? []} text={text} onChange={(value) => put(textDraft(value))} />
          ) : kind === "temporal" ? (
            <MomentPanel
              text={draft.kind === "text" ? draft.text : ""}
              type={column.native_type}
              onChange={(value) => {
                put(textDraft(value));
                input.current?.focus();
              }}
            />
          ) : (
            <UuidPanel
              text={draft.kind === "text" ? draft.text : ""}
              onChange={(value) => {
                put(textDraft(value));
                input.current?.focus();
              }}
            />
          )}
        </Popover>
      ) : null}
    </div>,
    node,
  );
}
