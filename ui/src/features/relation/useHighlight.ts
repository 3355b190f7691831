/** SQL as coloured spans, in the language of a connection. */
import { type ReactNode, useCallback } from "react";
import { highlightSql } from "./highlight";
import { useDriverOf } from "./queries";

export function useHighlight(profileId: string): (sql: string) => ReactNode {
  const grammar = useDriverOf(profileId)?.language.grammar;
  return useCallback((sql: string) => highlightSql(sql, grammar), [grammar]);
}
