/** Running from an editor: what is run, what is asked first, and how it stands. */
import { type RefObject, useMemo, useRef, useState, useSyncExternalStore } from "react";
import { toast } from "@/design";
import { mayRun } from "@/features/connections";
import type { EditorHandle, Piece, StatementResult } from "@/features/editor";
import { isBusy, outcomeText, type RunStore, type Script } from "@/features/results";
import {
  type ConnectionProfile,
  failureOf,
  host,
  type ParameterScope,
  type ParameterValue,
  type PlaceholderMark,
  type PolicyActor,
  type RunConsent,
  type SweepQuestion,
} from "@/ipc";
import type { QueryTab } from "../model";

/** What stands between a person's press and the run. */
export type Asking =
  | {
      readonly kind: "parameters";
      readonly piece: Piece;
      readonly placeholders: readonly PlaceholderMark[];
      /** What was given last time, by name. */
      readonly former: ReadonlyMap<string, string | null>;
      readonly on: ConnectionProfile | null;
    }
  | { readonly kind: "production"; readonly piece: Piece; readonly on: ConnectionProfile | null }
  /** It changes the whole of something. */
  | { readonly kind: "sweep"; readonly script: Script; readonly question: SweepQuestion };

export function useQueryRun(
  tab: QueryTab,
  store: RunStore,
  editor: RefObject<EditorHandle | null>,
  profile: ConnectionProfile | undefined,
  connected: boolean,
  /** Whether a person ends the tab's transactions. */
  manual: boolean,
  /** Whom the tab acts as. */
  actor: PolicyActor | null,
) {
  const run = useSyncExternalStore(store.subscribe, store.snapshot);
  const [asking, setAsking] = useState<Asking | null>(null);
  // Moved here from elsewhere: the first run on production asks.
  const trusted = useRef(new Set<string>(profile ? [profile.id] : []));
  const busy = isBusy(run);

  /** `on` is another connection than the tab's own. */
  const start = async (piece: Piece, parameters: readonly ParameterValue[], on: ConnectionProfile | null) => {
    setAsking(null);
    const target = on ?? profile;
    if (!target) return;
    try {
      if (on && !(await mayRun(on))) return;
      if (on || !connected) await host().connect(target.id);
    } catch (thrown) {
      const { code, message, hint } = failureOf(thrown);
      if (code !== "cancelled") toast({ tone: "danger", title: message, ...(hint ? { detail: hint } : {}) });
      return;
    }
    const { text, base } = piece;
    const database = on ? null : tab.database;
    const elsewhere = on ? { elsewhere: { session: `${tab.id}@${on.id}`, name: on.name } } : {};
    // Elsewhere it is whoever that connection says.
    const as = on ? (on.actor ?? null) : actor;
    await send({
      profileId: target.id,
      database,
      text,
      base,
      parameters,
      actor: as,
      manual: manual && !on,
      ...elsewhere,
    });
  };
  /** Gives a script to the core; what it asks first is shown. */
  const send = async (script: Script) => {
    const question = await store.run(script);
    if (question) setAsking({ kind: "sweep", script, question });
  };
  /** Whose values are pre-filled, and kept. */
  const scopeOf = (piece: Piece, target: ConnectionProfile): ParameterScope => ({
    profile_id: target.id,
    saved_id: tab.saved?.id ?? null,
    tab_id: tab.id,
    driver: target.driver,
    text: piece.text,
  });
  const prepare = async (piece: Piece, on: ConnectionProfile | null, sure = false) => {
    const target = on ?? profile;
    if (!target) return;
    // Elsewhere is asked every time: the tab does not show where it runs.
    if (target.environment === "production" && !sure && (on || !trusted.current.has(target.id))) {
      setAsking({ kind: "production", piece, on });
      return;
    }
    if (!on) trusted.current.add(target.id);
    // A text whose placeholders cannot be found is sent as it is: the server will say what is wrong with it.
    const outline = await host()
      .outline(target.driver, piece.text)
      .catch(() => null);
    if (!outline?.placeholders.length) return start(piece, [], on);
    // What cannot be read is typed again.
    const last = await host()
      .rememberedParameters(scopeOf(piece, target))
      .catch(() => []);
    const former = new Map(last.map(({ name, value }) => [name, value]));
    setAsking({ kind: "parameters", piece, placeholders: outline.placeholders, former, on });
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
    cancelAsking: () => setAsking(null),
    /** The statement at the caret, or what is selected. */
    runPiece: async () => {
      const piece = await editor.current?.piece().catch(() => null);
      if (piece) await prepare(piece, null);
    },
    runAll: async () => {
      const text = editor.current?.text() ?? "";
      if (text.trim() !== "") await prepare({ text, base: 0 }, null);
    },
    /** The statement at the caret, what is selected, or everything, on another connection; the tab stays where it is. */
    runOn: async (on: ConnectionProfile, all: boolean) => {
      const text = editor.current?.text() ?? "";
      const piece = all ? { text, base: 0 } : await editor.current?.piece().catch(() => null);
      if (piece && piece.text.trim() !== "") await prepare(piece, on);
    },
    withParameters: (piece: Piece, values: readonly ParameterValue[], on: ConnectionProfile | null) => {
      const target = on ?? profile;
      // A value that could not be kept is typed again.
      if (target)
        void host()
          .rememberParameters(scopeOf(piece, target), [...values])
          .catch(() => undefined);
      void start(piece, values, on);
    },
    onProduction: (piece: Piece, on: ConnectionProfile | null) => {
      if (profile && !on) trusted.current.add(profile.id);
      setAsking(null);
      void prepare(piece, on, true);
    },
    /** The same script, with the person's yes. */
    onSweep: (script: Script, confirmed: RunConsent) => {
      setAsking(null);
      void send({ ...script, confirmed });
    },
    /** Commits the tab's transaction, or rolls it back; what its statements returned stays. */
    endTransaction: async (commit: boolean) => {
      try {
        await host().endTransaction(tab.id, commit);
      } catch (thrown) {
        const { message, hint } = failureOf(thrown);
        toast({ tone: "danger", title: message, ...(hint ? { detail: hint } : {}) });
      }
    },
  };
}

export type QueryRun = ReturnType<typeof useQueryRun>;
