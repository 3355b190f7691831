/** Highlighting by the grammar the driver names; an unknown name gets standard SQL. */
import { MySQL, PostgreSQL, type SQLDialect, SQLite, StandardSQL } from "@codemirror/lang-sql";
import type { Extension } from "@codemirror/state";
import type { LanguageFacts } from "@/ipc";

const GRAMMARS: Readonly<Record<string, SQLDialect>> = { postgresql: PostgreSQL, sqlite: SQLite, mysql: MySQL };

export function language(facts: LanguageFacts | null): Extension {
  const dialect = (facts && GRAMMARS[facts.grammar]) ?? StandardSQL;
  // Completion is ours alone: the grammar's own word lists stay out of it.
  return dialect.language.extension;
}
