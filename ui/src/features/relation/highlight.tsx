/** SQL as coloured spans, for text that is only read. */
import { MySQL, PostgreSQL, type SQLDialect, SQLite, StandardSQL } from "@codemirror/lang-sql";
import { highlightCode, tagHighlighter, tags } from "@lezer/highlight";
import type { ReactNode } from "react";

const GRAMMARS: Readonly<Record<string, SQLDialect>> = { postgresql: PostgreSQL, sqlite: SQLite, mysql: MySQL };

/** Longer texts stay plain: colouring them would hold up the window. */
const LONGEST = 200_000;

const colours = tagHighlighter([
  { tag: [tags.keyword, tags.modifier, tags.operatorKeyword], class: "syn-keyword" },
  { tag: [tags.typeName, tags.standard(tags.name)], class: "syn-type" },
  { tag: [tags.string, tags.special(tags.string)], class: "syn-string" },
  { tag: [tags.number, tags.bool, tags.null], class: "syn-number" },
  { tag: [tags.comment, tags.lineComment, tags.blockComment], class: "syn-comment" },
  { tag: [tags.operator, tags.punctuation, tags.paren, tags.squareBracket, tags.brace], class: "syn-op" },
]);

export function highlightSql(text: string, grammar: string | undefined): ReactNode {
  if (text.length > LONGEST) return text;
  const dialect = (grammar && GRAMMARS[grammar]) || StandardSQL;
  const spans: ReactNode[] = [];
  let at = 0;
  const put = (code: string, classes: string) => {
    spans.push(
      classes ? (
        <span key={at} className={classes}>
          {code}
        </span>
      ) : (
        code
      ),
    );
    at += code.length;
  };
  highlightCode(text, dialect.language.parser.parse(text), colours, put, () => put("\n", ""));
  return spans;
}
