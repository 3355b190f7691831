/** Running from an editor: what is run, what is asked first, and how it stands. */
import { type RefObject, useMemo, useRef, useState, useSyncExternalStore } from "react";
import { toast } from "@/design";
import type { EditorHandle, Piece, StatementResult } from "@/features/editor";
import { isBusy, outcomeText, type RunStore } from "@/features/results";
import { type ConnectionProfile, failureOf, host, type ParameterValue, type PlaceholderMark } from "@/ipc";
import type { QueryTab } from "../model";

/** What stands between a person's press and the run. */
export type Asking =
  | { readonly kind: "parameters"; readonly piece: Piece; readonly placeholders: readonly PlaceholderMark[] }
  | { readonly kind: "production"; readonly piece: Piece };

export function useQueryRun(
  tab: QueryTab,
  store: RunStore,
  editor: RefObject<EditorHandle | null>,
  profile: ConnectionProfile | undefined,
  connected: boolean,
) {
  const run = useSyncExternalStore(store.subscribe, store.snapshot);
  const [asking, setAsking] = useState<Asking | null>(null);
  const former = useRef(new Map<string, string | null>());
  // Moved here from elsewhere: the first run on production asks.
  const trusted = useRef(new Set<string>(profile ? [profile.id] : []));
  const busy = isBusy(run);

  const start = async (piece: Piece, parameters: readonly ParameterValue[]) => {
    setAsking(null);
    if (!profile) return;
    try {
      if (!connected) await host().connect(profile.id);
    } catch (thrown) {
      const { code, message, hint } = failureOf(thrown);
      if (code !== "cancelled") toast({ tone: "danger", title: message, ...(hint ? { detail: hint } : {}) });
      return;
    }
    await store.run({ profileId: profile.id, database: tab.database, text: piece.text, base: piece.base, parameters });
  };
  const prepare = async (piece: Piece) => {
    if (!profile) return;
    if (profile.environment === "production" && !trusted.current.has(profile.id)) {
      setAsking({ kind: "production", piece });
      return;
    }
    trusted.current.add(profile.id);
    // A text whose placeholders cannot be found is sent as it is: the server will say what is wrong with it.
    const outline = await host()
      .outline(profile.driver, piece.text)
      .catch(() => null);
    if (outline?.placeholders.length) setAsking({ kind: "parameters", piece, placeholders: outline.placeholders });
    else await start(piece, []);
  };

  const results = useMemo(
    (): readonly StatementResult[] =>
      run.statements.map((mark, index) => {
        const outcome = run.outcomes[index] ?? { outcome: "waiting" as const };
        return {
          mark,
          kind: outcome.outcome,
          words: outcomeText(outcome),
          error: outcome.outcome === "failed" ? outcome.error : null,
        };
      }),
    [run.statements, run.outcomes],
  );
  const shown = useMemo(() => (results.length ? { base: run.base, results } : null), [run.base, results]);

  return {
    run,
    busy,
    shown,
    asking,
    former: former.current as ReadonlyMap<string, string | null>,
    cancelAsking: () => setAsking(null),
    /** The statement at the caret, or what is selected. */
    runPiece: async () => {
      const piece = await editor.current?.piece().catch(() => null);
      if (piece) await prepare(piece);
    },
    runAll: async () => {
      const text = editor.current?.text() ?? "";
      if (text.trim() !== "") await prepare({ text, base: 0 });
    },
    withParameters: (piece: Piece, values: readonly ParameterValue[]) => {
      for (const { name, value } of values) former.current.set(name, value);
      void start(piece, values);
    },
    onProduction: (piece: Piece) => {
      if (profile) trusted.current.add(profile.id);
      setAsking(null);
      void prepare(piece);
    },
    /** A statement of the window's own: COMMIT, ROLLBACK. */
    runText: (text: string) => void start({ text, base: 0 }, []),
  };
}

export type QueryRun = ReturnType<typeof useQueryRun>;
