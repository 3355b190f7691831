import { closeBrackets, closeBracketsKeymap, completionKeymap, completionStatus } from "@codemirror/autocomplete";
import { defaultKeymap, history, historyKeymap } from "@codemirror/commands";
import { bracketMatching } from "@codemirror/language";
import { Compartment, EditorState, Prec, type Range } from "@codemirror/state";
import { Decoration, drawSelection, EditorView, keymap, placeholder } from "@codemirror/view";
import { useEffect, useLayoutEffect, useRef } from "react";
import type { LanguageFacts, TextRange } from "@/ipc";
import { type CompletionPlace, completion } from "./completion";
import { language } from "./language";
import { editorTheme } from "./theme";

export interface ConditionFieldProps {
  /** What stands in it; another text replaces what was typed. */
  value: string;
  /** Enter, where it is one line. */
  onApply?: (text: string) => void;
  onCancel?: () => void;
  onChange?: (text: string) => void;
  language: LanguageFacts | null;
  place: CompletionPlace;
  /** What comes before the field's text in the statement it is part of. */
  before: string;
  /** What the server, or we, did not understand. */
  wrong: TextRange | null;
  label: string;
  describedBy?: string | undefined;
  focus?: boolean;
  /** As many lines as there are: Enter makes another one, Tab goes on to the next field. */
  lines?: "one" | "many";
  /** As high as its place, where it has many. */
  tall?: boolean;
  example?: string;
}

const styleNonce = () => document.querySelector<HTMLStyleElement>("style[nonce]")?.nonce ?? "";

const WRONG = {
  // In long form: WebKitGTK reads only the line's kind from the short one, and draws nothing.
  ".cm-wrong": {
    textDecorationLine: "underline",
    textDecorationStyle: "wavy",
    textDecorationColor: "var(--danger)",
    textUnderlineOffset: "3px",
  },
} as const;
const oneLine = EditorView.theme({
  "&": { height: "22px", backgroundColor: "transparent" },
  ".cm-scroller": { overflowX: "auto", overflowY: "hidden", scrollbarWidth: "none", lineHeight: "22px" },
  ".cm-content": { padding: "0" },
  ".cm-line": { padding: "0 2px" },
  ...WRONG,
});
const manyLines = EditorView.theme({
  "&": { height: "auto", maxHeight: "280px", backgroundColor: "transparent" },
  ".cm-scroller": { overflow: "auto", lineHeight: "20px" },
  ".cm-content": { padding: "4px 0", minHeight: "40px" },
  ".cm-line": { padding: "0 8px" },
  ...WRONG,
});

const wholePlace = EditorView.theme({
  "&": { height: "100%", maxHeight: "none" },
});

/** An expression in SQL, highlighted and completed as in the editor. On one line, Enter applies it; Escape leaves. */
export function ConditionField({
  value,
  onApply,
  onCancel,
  onChange,
  language: facts,
  place,
  before,
  wrong,
  label,
  describedBy,
  focus = false,
  lines = "one",
  tall = false,
  example = "total > 100 and status <> 'draft'",
}: ConditionFieldProps) {
  const many = lines === "many";
  const node = useRef<HTMLDivElement>(null);
  const view = useRef<EditorView | null>(null);
  const latest = useRef({ onApply, onCancel, onChange, place, before });
  latest.current = { onApply, onCancel, onChange, place, before };
  const parts = useRef({ grammar: new Compartment(), marks: new Compartment() });
  const begun = useRef({ value: many ? value : flat(value), facts, label, focus, describedBy, many, tall, example });

  useLayoutEffect(() => {
    if (!node.current) return;
    const { grammar, marks } = parts.current;
    const start = begun.current;
    const made = new EditorView({
      parent: node.current,
      state: EditorState.create({
        doc: start.value,
        selection: { anchor: start.value.length },
        extensions: [
          EditorView.cspNonce.of(styleNonce()),
          // A line that is pasted stays one.
          EditorState.transactionFilter.of((transaction) =>
            transaction.newDoc.lines > 1 && !start.many
              ? [
                  {
                    changes: {
                      from: 0,
                      to: transaction.startState.doc.length,
                      insert: flat(transaction.newDoc.toString()),
                    },
                    selection: { anchor: flat(transaction.newDoc.toString()).length },
                  },
                ]
              : transaction,
          ),
          history(),
          drawSelection(),
          bracketMatching(),
          closeBrackets(),
          completion(
            () => latest.current.place,
            () => latest.current.before,
          ),
          Prec.high(
            keymap.of([
              ...completionKeymap,
              {
                key: "Enter",
                run: (now) => {
                  if (start.many) return false;
                  latest.current.onApply?.(now.state.doc.toString().trim());
                  return true;
                },
              },
              {
                key: "Escape",
                run: (now) => {
                  if (completionStatus(now.state) !== null || !latest.current.onCancel) return false;
                  latest.current.onCancel();
                  return true;
                },
              },
            ]),
          ),
          keymap.of([
            ...closeBracketsKeymap,
            ...historyKeymap,
            ...defaultKeymap.filter((key) => key.key !== "Mod-Enter"),
          ]),
          placeholder(start.example),
          grammar.of(language(start.facts)),
          marks.of([]),
          // The first one wins.
          start.many ? [start.tall ? wholePlace : [], manyLines, EditorView.lineWrapping] : oneLine,
          editorTheme,
          EditorView.contentAttributes.of({
            "aria-label": start.label,
            "aria-multiline": String(start.many),
            spellcheck: "false",
            autocorrect: "off",
            ...(start.describedBy ? { "aria-describedby": start.describedBy } : {}),
          }),
          EditorView.updateListener.of((update) => {
            if (update.docChanged) latest.current.onChange?.(update.state.doc.toString());
          }),
        ],
      }),
    });
    view.current = made;
    if (start.focus) made.focus();
    return () => {
      view.current = null;
      made.destroy();
    };
  }, []);
  useEffect(() => {
    const now = view.current;
    const wanted = begun.current.many ? value : flat(value);
    if (!now || now.state.doc.toString().trim() === wanted.trim()) return;
    now.dispatch({ changes: { from: 0, to: now.state.doc.length, insert: wanted } });
  }, [value]);
  useEffect(() => {
    view.current?.dispatch({ effects: parts.current.grammar.reconfigure(language(facts)) });
  }, [facts]);
  useEffect(() => {
    const now = view.current;
    if (!now) return;
    const length = now.state.doc.length;
    const marks: Range<Decoration>[] = [];
    if (wrong && length > 0) {
      // A place is a sign wide, so that it is seen.
      const from = Math.min(wrong.from, length - 1);
      const to = Math.min(Math.max(wrong.to, from + 1), length);
      marks.push(Decoration.mark({ class: "cm-wrong" }).range(from, to));
    }
    now.dispatch({
      effects: parts.current.marks.reconfigure(EditorView.decorations.of(Decoration.set(marks))),
    });
  }, [wrong]);

  return <div ref={node} className={`min-w-0 flex-1 overflow-hidden ${tall ? "h-full" : ""}`} data-condition-field />;
}

const flat = (text: string) => text.replace(/\s*[\r\n]+\s*/g, " ");
