import { defaultKeymap, history, historyKeymap } from "@codemirror/commands";
import { search, searchKeymap } from "@codemirror/search";
import { Compartment, EditorState } from "@codemirror/state";
import { drawSelection, EditorView, keymap, lineNumbers } from "@codemirror/view";
import { useEffect, useLayoutEffect, useRef } from "react";
import { jsonLanguage } from "./language";
import { editorTheme, SEARCH_WORDS } from "./theme";

export interface TextPaneProps {
  /** What stands in it; another text replaces it. */
  value: string;
  onChange: (text: string) => void;
  readOnly: boolean;
  label: string;
  grammar: "json" | "plain";
}

const styleNonce = () => document.querySelector<HTMLStyleElement>("style[nonce]")?.nonce ?? "";
/** A text with longer lines is not wrapped: that would lay all of it out. */
const LONG_LINE = 50_000;

const longLines = (text: string): boolean => {
  for (let at = 0; at < text.length; ) {
    const end = text.indexOf("\n", at);
    if ((end < 0 ? text.length : end) - at > LONG_LINE) return true;
    if (end < 0) return false;
    at = end + 1;
  }
  return false;
};

const wrapping = (text: string) => (longLines(text) ? [] : EditorView.lineWrapping);
const written = (readOnly: boolean) => [EditorState.readOnly.of(readOnly), EditorView.editable.of(true)];
const highlighted = (grammar: "json" | "plain") => (grammar === "json" ? jsonLanguage : []);

/** A text of any length, of no language or JSON, without completion. */
export function TextPane({ value, onChange, readOnly, label, grammar }: TextPaneProps) {
  const node = useRef<HTMLDivElement>(null);
  const view = useRef<EditorView | null>(null);
  /** What was told of it last: comparing it with the editor's would write megabytes out at every key. */
  const known = useRef(value);
  const latest = useRef(onChange);
  latest.current = onChange;
  const parts = useRef({ write: new Compartment(), wrap: new Compartment(), grammar: new Compartment() });
  const begun = useRef({ value, readOnly, label, grammar });
  begun.current = { value, readOnly, label, grammar };
  useLayoutEffect(() => {
    if (!node.current) return;
    const start = begun.current;
    const { write, wrap, grammar } = parts.current;
    const made = new EditorView({
      parent: node.current,
      state: EditorState.create({
        doc: start.value,
        extensions: [
          EditorView.cspNonce.of(styleNonce()),
          lineNumbers(),
          history(),
          drawSelection(),
          search(),
          EditorState.phrases.of(SEARCH_WORDS),
          keymap.of([...searchKeymap, ...historyKeymap, ...defaultKeymap]),
          write.of(written(start.readOnly)),
          wrap.of(wrapping(start.value)),
          grammar.of(highlighted(start.grammar)),
          editorTheme,
          EditorView.contentAttributes.of({ "aria-label": start.label, spellcheck: "false", autocorrect: "off" }),
          EditorView.updateListener.of((update) => {
            if (!update.docChanged || update.transactions.some((each) => each.isUserEvent("outside"))) return;
            known.current = update.state.doc.toString();
            latest.current(known.current);
          }),
        ],
      }),
    });
    view.current = made;
    known.current = start.value;
    return () => {
      view.current = null;
      made.destroy();
    };
  }, []);
  useEffect(() => {
    const now = view.current;
    if (!now || known.current === value) return;
    known.current = value;
    now.dispatch({
      changes: { from: 0, to: now.state.doc.length, insert: value },
      effects: parts.current.wrap.reconfigure(wrapping(value)),
      userEvent: "outside",
    });
  }, [value]);
  useEffect(() => {
    view.current?.dispatch({ effects: parts.current.write.reconfigure(written(readOnly)) });
  }, [readOnly]);
  useEffect(() => {
    view.current?.dispatch({ effects: parts.current.grammar.reconfigure(highlighted(grammar)) });
  }, [grammar]);
  return <div ref={node} className="h-full min-h-0 min-w-0 overflow-hidden" />;
}
