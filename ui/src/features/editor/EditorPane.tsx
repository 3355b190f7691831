import { closeBrackets, closeBracketsKeymap, completionKeymap } from "@codemirror/autocomplete";
import {
  defaultKeymap,
  history,
  historyKeymap,
  indentWithTab,
  isolateHistory,
  toggleComment,
} from "@codemirror/commands";
import { bracketMatching, indentOnInput, indentUnit } from "@codemirror/language";
import { highlightSelectionMatches, openSearchPanel, search, searchKeymap } from "@codemirror/search";
import { Compartment, EditorState } from "@codemirror/state";
import {
  crosshairCursor,
  drawSelection,
  EditorView,
  highlightActiveLine,
  highlightActiveLineGutter,
  highlightSpecialChars,
  keymap,
  lineNumbers,
  rectangularSelection,
} from "@codemirror/view";
import { type Ref, useEffect, useImperativeHandle, useLayoutEffect, useRef } from "react";
import { useOffers } from "@/commands";
import { copyText } from "@/design";
import { type AppError, host, type LanguageFacts, type TextEdit } from "@/ipc";
import { type CompletionPlace, completion } from "./completion";
import { language } from "./language";
import { outcomes, type StatementResult, showOutcomes } from "./outcomes";
import { type Piece, pieceToRun } from "./statements";
import { editorTheme, SEARCH_WORDS } from "./theme";

/** What the caret stands on, for the status bar and for coming back. */
export interface Caret {
  readonly line: number;
  readonly column: number;
  readonly anchor: number;
  readonly head: number;
}

export interface EditorHandle {
  focus: () => void;
  text: () => string;
  /** Replaces everything as one edit that can be undone. */
  replace: (text: string) => void;
  insert: (text: string) => void;
  /** Selects a range and brings it into view. */
  reveal: (from: number, to: number) => void;
  /** What "run" takes now; null when there is nothing. */
  piece: () => Promise<Piece | null>;
  find: () => void;
}

export interface EditorPaneProps {
  ref?: Ref<EditorHandle>;
  /** Read once: later texts are the editor's own. */
  initialText: string;
  initialSelection?: { anchor: number; head: number };
  driver: string;
  language: LanguageFacts | null;
  place: CompletionPlace | null;
  active: boolean;
  /** Edits of one moment, all counted in the text before them. */
  onEdits: (edits: readonly TextEdit[], text: () => string) => void;
  onCaret?: (caret: Caret) => void;
  /** The last run's outcomes. */
  shown: { readonly base: number; readonly results: readonly StatementResult[] } | null;
  detailsOf: (error: AppError) => string;
  label: string;
}

/** The nonce that the page's policy wants on style elements; absent outside the program. */
const styleNonce = () => document.querySelector<HTMLStyleElement>("style[nonce]")?.nonce ?? "";

/** The SQL editor. The text lives here; everyone else hears edits. */
export function EditorPane({
  ref,
  initialText,
  initialSelection,
  driver,
  language: facts,
  place,
  active,
  onEdits,
  onCaret,
  shown,
  detailsOf,
  label,
}: EditorPaneProps) {
  const hostNode = useRef<HTMLDivElement>(null);
  const view = useRef<EditorView | null>(null);
  const grammar = useRef(new Compartment());
  const latest = useRef({ onEdits, onCaret, place, driver, detailsOf });
  latest.current = { onEdits, onCaret, place, driver, detailsOf };
  const start = useRef({ initialText, initialSelection, facts, label });

  useLayoutEffect(() => {
    if (!hostNode.current) return;
    const { initialText: text, initialSelection: selection, facts: language_, label: name } = start.current;
    const limit = (at: number) => Math.max(0, Math.min(at, text.length));
    const made = new EditorView({
      parent: hostNode.current,
      state: EditorState.create({
        doc: text,
        ...(selection ? { selection: { anchor: limit(selection.anchor), head: limit(selection.head) } } : {}),
        extensions: [
          EditorView.cspNonce.of(styleNonce()),
          EditorState.allowMultipleSelections.of(true),
          outcomes,
          lineNumbers(),
          highlightActiveLineGutter(),
          highlightSpecialChars(),
          history(),
          drawSelection(),
          indentOnInput(),
          indentUnit.of("  "),
          bracketMatching(),
          closeBrackets(),
          completion(() => latest.current.place),
          rectangularSelection(),
          crosshairCursor(),
          highlightActiveLine(),
          highlightSelectionMatches(),
          search({ top: false }),
          EditorState.phrases.of(SEARCH_WORDS),
          keymap.of([
            ...closeBracketsKeymap,
            ...searchKeymap,
            ...historyKeymap,
            ...completionKeymap,
            // Keys that the table of commands gives a meaning are not the editor's.
            ...defaultKeymap.filter((binding) => binding.key !== "Mod-Enter" && binding.key !== "Mod-/"),
            indentWithTab,
          ]),
          grammar.current.of(language(language_)),
          editorTheme,
          EditorView.contentAttributes.of({ "aria-label": name, spellcheck: "false", autocorrect: "off" }),
          EditorView.updateListener.of((update) => {
            if (update.docChanged) {
              const edits: TextEdit[] = [];
              update.changes.iterChanges((from, to, _fromB, _toB, inserted) => {
                edits.push({ range: { from, to }, insert: inserted.toString() });
              });
              latest.current.onEdits(edits, () => update.state.doc.toString());
            }
            if (update.docChanged || update.selectionSet) latest.current.onCaret?.(caretOf(update.state));
          }),
        ],
      }),
    });
    view.current = made;
    latest.current.onCaret?.(caretOf(made.state));
    return () => {
      view.current = null;
      made.destroy();
    };
  }, []);

  useEffect(() => {
    view.current?.dispatch({ effects: grammar.current.reconfigure(language(facts)) });
  }, [facts]);
  useEffect(() => {
    const onCopy = (error: AppError) => void copyText(latest.current.detailsOf(error));
    view.current?.dispatch({ effects: showOutcomes.of(shown ? { ...shown, onCopy } : null) });
  }, [shown]);
  useEffect(() => {
    // Measured while hidden it has no size.
    if (active) view.current?.requestMeasure();
  }, [active]);

  useImperativeHandle(ref, () => ({
    focus: () => view.current?.focus(),
    text: () => view.current?.state.doc.toString() ?? "",
    replace: (text) => {
      const now = view.current;
      if (!now) return;
      now.dispatch({
        changes: { from: 0, to: now.state.doc.length, insert: text },
        selection: { anchor: Math.min(now.state.selection.main.head, text.length) },
        // Undo takes back this and nothing typed just before it.
        annotations: isolateHistory.of("full"),
      });
    },
    insert: (text) => {
      const now = view.current;
      if (!now) return;
      now.dispatch(now.state.replaceSelection(text));
      now.focus();
    },
    reveal: (from, to) => {
      const now = view.current;
      if (!now) return;
      const limit = (at: number) => Math.max(0, Math.min(at, now.state.doc.length));
      now.dispatch({
        selection: { anchor: limit(from), head: limit(to) },
        effects: EditorView.scrollIntoView(limit(from), { y: "center" }),
      });
      now.focus();
    },
    piece: async () => {
      const now = view.current;
      if (!now) return null;
      const { state } = now;
      const text = state.doc.toString();
      const { from, to, head } = state.selection.main;
      const marks = from === to ? (await host().outline(latest.current.driver, text)).statements : [];
      return pieceToRun(marks, text, { from, to, head });
    },
    find: () => {
      if (view.current) openSearchPanel(view.current);
    },
  }));

  useOffers(
    {
      "query.comment": { run: () => view.current && toggleComment(view.current) },
      "query.focus-editor": { run: () => view.current?.focus() },
    },
    active,
  );

  return <div ref={hostNode} className="h-full min-h-0 overflow-hidden bg-surface-2" data-scope="query" data-editor />;
}

function caretOf(state: EditorState): Caret {
  const { anchor, head } = state.selection.main;
  const line = state.doc.lineAt(head);
  return { line: line.number, column: head - line.from + 1, anchor, head };
}
