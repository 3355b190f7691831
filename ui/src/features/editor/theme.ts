/** How the editor looks: the tokens' colours and sizes, nothing of its own. */
import { HighlightStyle, syntaxHighlighting } from "@codemirror/language";
import type { Extension } from "@codemirror/state";
import { EditorView } from "@codemirror/view";
import { tags } from "@lezer/highlight";

const base = EditorView.theme({
  "&": { height: "100%", backgroundColor: "var(--surface-2)", color: "var(--text)", fontSize: "var(--fs-code, 13px)" },
  "&.cm-focused": { outline: "none" },
  ".cm-scroller": {
    fontFamily: "var(--font-mono)",
    // SQL reads as it is typed: >= is two characters.
    fontVariantLigatures: "none",
    lineHeight: "var(--lh-code)",
    overflow: "auto",
  },
  ".cm-content": { padding: "8px 0", caretColor: "var(--accent)" },
  ".cm-line": { padding: "0 12px 0 8px" },
  ".cm-cursor": { borderLeftColor: "var(--accent)", borderLeftWidth: "2px" },
  ".cm-gutters": {
    backgroundColor: "var(--surface-2)",
    color: "var(--text-3)",
    border: "none",
    fontSize: "var(--fs-data)",
  },
  ".cm-lineNumbers .cm-gutterElement": { padding: "0 8px 0 4px", minWidth: "28px" },
  ".cm-activeLine": { backgroundColor: "var(--surface-sunk)" },
  ".cm-activeLineGutter": { backgroundColor: "var(--surface-sunk)", color: "var(--text)" },
  "&.cm-focused .cm-selectionBackground, .cm-selectionBackground": {
    backgroundColor: "var(--accent-wash-2) !important",
  },
  ".cm-selectionMatch": { backgroundColor: "var(--warn-wash)" },
  ".cm-matchingBracket": { backgroundColor: "var(--hover)", outline: "1px solid var(--line-3)" },
  ".cm-nonmatchingBracket": { color: "var(--danger-text)" },
  ".cm-searchMatch": { backgroundColor: "var(--warn-wash)", outline: "1px solid var(--warn-line)" },
  ".cm-searchMatch-selected": { backgroundColor: "var(--warn-line)" },
  ".cm-panels": { backgroundColor: "var(--surface-1)", color: "var(--text)", borderColor: "var(--line)" },
  ".cm-panels-bottom": { borderTop: "1px solid var(--line)" },
  ".cm-panel.cm-search": { padding: "6px 8px", fontFamily: "var(--font-ui)", fontSize: "var(--fs-base)" },
  ".cm-panel.cm-search label": { fontSize: "var(--fs-data)", color: "var(--text-2)" },
  ".cm-textfield": {
    backgroundColor: "var(--surface-2)",
    border: "1px solid var(--input-line, var(--line-3))",
    borderRadius: "var(--radius-dense)",
    color: "var(--text)",
    fontFamily: "var(--font-mono)",
  },
  ".cm-button": {
    backgroundImage: "none",
    backgroundColor: "var(--surface-2)",
    border: "1px solid var(--line-2)",
    borderRadius: "var(--radius-dense)",
    color: "var(--text)",
  },
  ".cm-tooltip": {
    backgroundColor: "var(--surface-3)",
    border: "1px solid var(--line-3)",
    borderRadius: "var(--radius)",
    color: "var(--text)",
    overflow: "hidden",
  },
  ".cm-tooltip.cm-tooltip-autocomplete > ul": {
    fontFamily: "var(--font-mono)",
    fontSize: "var(--fs-data)",
    maxHeight: "232px",
  },
  ".cm-tooltip-autocomplete ul li": {
    display: "flex",
    alignItems: "center",
    gap: "8px",
    padding: "3px 8px",
    lineHeight: "20px",
  },
  ".cm-tooltip-autocomplete ul li[aria-selected]": { backgroundColor: "var(--accent-wash-2)", color: "var(--text)" },
  ".cm-completionMatchedText": { textDecoration: "none", color: "var(--accent-text)", fontWeight: "600" },
  ".cm-completionDetail": {
    marginLeft: "auto",
    paddingLeft: "24px",
    fontStyle: "normal",
    fontSize: "var(--fs-meta)",
    color: "var(--text-3)",
  },
  ".cm-tooltip-autocomplete ul li[aria-selected] .cm-completionDetail": { color: "var(--text-2)" },
  ".cm-completionInfo": {
    padding: "6px 10px",
    maxWidth: "320px",
    fontFamily: "var(--font-ui)",
    fontSize: "var(--fs-data)",
    color: "var(--text-2)",
    backgroundColor: "var(--surface-3)",
  },
  ".rh-outcome-gutter": { width: "22px" },
  ".rh-outcome-gutter .cm-gutterElement": { display: "flex", alignItems: "center", justifyContent: "center" },
  ".rh-error-mark": {
    textDecoration: "underline wavy var(--danger)",
    textDecorationSkipInk: "none",
    textUnderlineOffset: "3px",
  },
  ".rh-error-block": {
    display: "flex",
    gap: "10px",
    alignItems: "flex-start",
    // Margins above and below would not be measured, and the line numbers would stand askew.
    margin: "0 12px 0 8px",
    padding: "8px 12px",
    borderLeft: "2px solid var(--danger)",
    backgroundColor: "var(--danger-wash)",
    fontFamily: "var(--font-ui)",
    fontSize: "var(--fs-base)",
    lineHeight: "var(--lh-base)",
    color: "var(--text)",
    whiteSpace: "normal",
  },
  ".rh-error-block .rh-error-text": { flex: "1", minWidth: "0", userSelect: "text" },
  ".rh-error-block .rh-error-message": { fontWeight: "500", overflowWrap: "anywhere" },
  ".rh-error-block .rh-error-meta": { fontSize: "var(--fs-meta)", color: "var(--text-2)", overflowWrap: "anywhere" },
  ".rh-error-block button": {
    border: "none",
    background: "transparent",
    color: "var(--text-2)",
    font: "inherit",
    fontSize: "var(--fs-data)",
    cursor: "pointer",
    whiteSpace: "nowrap",
    borderRadius: "var(--radius-dense)",
    padding: "2px 6px",
  },
  ".rh-error-block button:hover": { backgroundColor: "var(--hover)" },
});

const colours = HighlightStyle.define([
  { tag: [tags.keyword, tags.operatorKeyword, tags.modifier], color: "var(--syn-keyword)" },
  { tag: [tags.function(tags.variableName), tags.standard(tags.name)], color: "var(--syn-function)" },
  { tag: [tags.string, tags.special(tags.string)], color: "var(--syn-string)" },
  { tag: [tags.number, tags.bool, tags.null], color: "var(--syn-number)" },
  { tag: [tags.typeName], color: "var(--syn-type)" },
  { tag: [tags.comment, tags.lineComment, tags.blockComment], color: "var(--syn-comment)", fontStyle: "italic" },
  { tag: [tags.operator, tags.punctuation, tags.separator], color: "var(--syn-op)" },
  { tag: [tags.name, tags.special(tags.name)], color: "var(--syn-ident)" },
]);

export const editorTheme: Extension = [base, syntaxHighlighting(colours)];
