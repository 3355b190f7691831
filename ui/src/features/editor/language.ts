/** Highlighting by the grammar the driver names; an unknown name gets standard SQL. */
import { MSSQL, MySQL, PostgreSQL, type SQLDialect, SQLite, StandardSQL } from "@codemirror/lang-sql";
import { StreamLanguage, type StringStream } from "@codemirror/language";
import type { Extension } from "@codemirror/state";
import type { LanguageFacts } from "@/ipc";

const GRAMMARS: Readonly<Record<string, SQLDialect>> = {
  postgresql: PostgreSQL,
  sqlite: SQLite,
  mysql: MySQL,
  tsql: MSSQL,
};

/** Reads a quoted text to its end, or to the line's. */
function quoted(stream: StringStream, quote: string): void {
  for (let sign = stream.next(); sign; sign = stream.next()) {
    if (sign === quote) return;
    if (sign === "\\") stream.next();
  }
}

const NUMBER = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?(?![\w:.-])/i;

/** Commands, one a line: the first word says what is done. */
const redis = StreamLanguage.define<{ first: boolean }>({
  name: "redis",
  startState: () => ({ first: true }),
  token(stream, state) {
    if (stream.sol()) state.first = true;
    if (stream.eatSpace()) return null;
    if (state.first && stream.match(/^(?:#|\/\/|--).*/)) return "lineComment";
    const { first } = state;
    state.first = false;
    const quote = stream.peek();
    if (quote === '"' || quote === "'") {
      stream.next();
      quoted(stream, quote);
      return "string";
    }
    if (!first && stream.match(NUMBER)) return "number";
    stream.match(/^[^\s"']+/);
    return first ? "keyword" : null;
  },
  languageData: { commentTokens: { line: "#" } },
});

const WORDS =
  /^(?:await|break|case|const|continue|do|else|for|function|if|in|let|new|of|return|switch|throw|try|catch|typeof|use|show|it|var|while)\b/;

/** Calls on collections: `db.orders.find({ … })`. */
const mongosh = StreamLanguage.define<{ within: "comment" | "`" | null }>({
  name: "mongosh",
  startState: () => ({ within: null }),
  token(stream, state) {
    if (state.within === "comment") {
      if (stream.skipTo("*/")) {
        stream.match("*/");
        state.within = null;
      } else stream.skipToEnd();
      return "blockComment";
    }
    if (state.within === "`") {
      for (let sign = stream.next(); sign; sign = stream.next()) {
        if (sign === "\\") stream.next();
        else if (sign === "`") {
          state.within = null;
          break;
        }
      }
      return "string";
    }
    if (stream.eatSpace()) return null;
    if (stream.match(/^\/\/.*/)) return "lineComment";
    if (stream.match("/*")) {
      state.within = "comment";
      return "blockComment";
    }
    const sign = stream.peek();
    if (sign === '"' || sign === "'") {
      stream.next();
      quoted(stream, sign);
      return "string";
    }
    if (sign === "`") {
      stream.next();
      state.within = "`";
      return "string";
    }
    if (stream.match(/^-?(?:0x[\da-f]+|\d+\.?\d*(?:e[+-]?\d+)?)\b/i)) return "number";
    if (stream.match(/^(?:true|false)\b/)) return "bool";
    if (stream.match(/^(?:null|undefined)\b/)) return "null";
    if (stream.match(WORDS)) return "keyword";
    if (stream.match(/^db\b/)) return "keyword";
    if (stream.match(/^[A-Za-z_$][\w$]*(?=\s*\()/)) return "variableName.function";
    if (stream.match(/^\$?[A-Za-z_$][\w$]*/)) return "variableName";
    stream.next();
    return "operator";
  },
  languageData: { commentTokens: { line: "//", block: { open: "/*", close: "*/" } } },
});

const json = StreamLanguage.define({
  name: "json",
  token(stream) {
    if (stream.eatSpace()) return null;
    if (stream.eat('"')) {
      quoted(stream, '"');
      return stream.match(/^\s*:/, false) ? "typeName" : "string";
    }
    if (stream.match(/^-?\d+\.?\d*(?:e[+-]?\d+)?/i)) return "number";
    if (stream.match(/^(?:true|false)\b/)) return "bool";
    if (stream.match(/^null\b/)) return "null";
    stream.next();
    return "punctuation";
  },
});

/** JSON as a value, in no statement. */
export const jsonLanguage: Extension = json;

const OTHERS: Readonly<Record<string, Extension>> = { redis, mongosh };

export function language(facts: LanguageFacts | null): Extension {
  const other = facts && OTHERS[facts.grammar];
  if (other) return other;
  const dialect = (facts && GRAMMARS[facts.grammar]) ?? StandardSQL;
  // Completion is ours alone: the grammar's own word lists stay out of it.
  return dialect.language.extension;
}
