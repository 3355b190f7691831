/** Explaining from an editor: the statement at the caret, its values, the yes to running what writes. */
import { type RefObject, useMemo, useState, useSyncExternalStore } from "react";
import { toast } from "@/design";
import type { EditorHandle, Piece, StatementResult } from "@/features/editor";
import { isAsking, type PlanStore, type PlanWish } from "@/features/plans";
import {
  type ConnectionProfile,
  failureOf,
  host,
  type ParameterScope,
  type ParameterValue,
  type PlaceholderMark,
  type PlanQuestion,
  type PolicyActor,
} from "@/ipc";
import type { QueryTab } from "../model";

export type ExplainAsking =
  | {
      readonly kind: "parameters";
      readonly piece: Piece;
      readonly analyze: boolean;
      readonly placeholders: readonly PlaceholderMark[];
      readonly former: ReadonlyMap<string, string | null>;
    }
  | { readonly kind: "write"; readonly wish: PlanWish; readonly question: PlanQuestion };

export function useExplain(
  tab: QueryTab,
  store: PlanStore,
  editor: RefObject<EditorHandle | null>,
  profile: ConnectionProfile | undefined,
  connected: boolean,
  /** Whom the tab acts as. */
  actor: PolicyActor | null,
) {
  const state = useSyncExternalStore(store.subscribe, store.snapshot);
  const [asking, setAsking] = useState<ExplainAsking | null>(null);
  const scopeOf = (piece: Piece, target: ConnectionProfile): ParameterScope => ({
    profile_id: target.id,
    saved_id: tab.saved?.id ?? null,
    tab_id: tab.id,
    driver: target.driver,
    text: piece.text,
  });
  const send = async (wish: PlanWish) => {
    setAsking(null);
    try {
      if (!connected) await host().connect(wish.profileId);
    } catch (thrown) {
      const { code, message, hint } = failureOf(thrown);
      if (code !== "cancelled") toast({ tone: "danger", title: message, ...(hint ? { detail: hint } : {}) });
      return;
    }
    const question = await store.explain(wish);
    if (question) setAsking({ kind: "write", wish, question });
  };
  const start = (piece: Piece, parameters: readonly ParameterValue[], analyze: boolean) =>
    profile
      ? send({
          profileId: profile.id,
          database: tab.database,
          text: piece.text,
          base: piece.base,
          parameters,
          actor,
          analyze,
        })
      : Promise.resolve();
  const explain = async (analyze: boolean) => {
    const piece = await editor.current?.piece().catch(() => null);
    if (!piece || !profile) return;
    // A text whose placeholders cannot be found is sent as it is: the server will say what is wrong with it.
    const outline = await host()
      .outline(profile.driver, piece.text)
      .catch(() => null);
    if (!outline?.placeholders.length) return start(piece, [], analyze);
    const last = await host()
      .rememberedParameters(scopeOf(piece, profile))
      .catch(() => []);
    const former = new Map(last.map(({ name, value }) => [name, value]));
    setAsking({ kind: "parameters", piece, analyze, placeholders: outline.placeholders, former });
  };
  /** What went wrong, at its place in the editor. */
  const shown = useMemo(() => {
    const { failure, wish } = state;
    if (!failure || !wish || failure.code === "cancelled") return null;
    const mark = { index: 0, range: { from: 0, to: wish.text.length }, title: "Explain", class: "read" };
    const results: StatementResult[] = [{ mark, kind: "failed", words: "was not explained", error: failure }];
    return { base: wish.base, results };
  }, [state]);
  return {
    state,
    busy: isAsking(state),
    shown,
    asking,
    cancelAsking: () => setAsking(null),
    explain,
    again: () => {
      if (!state.wish) return;
      // A yes is for once.
      const { confirmed: _, ...wish } = state.wish;
      void send({ ...wish, actor });
    },
    withParameters: (piece: Piece, values: readonly ParameterValue[], analyze: boolean) => {
      if (profile)
        void host()
          .rememberParameters(scopeOf(piece, profile), [...values])
          .catch(() => undefined);
      void start(piece, values, analyze);
    },
    onWrite: (wish: PlanWish, question: PlanQuestion) => void send({ ...wish, confirmed: question.digest }),
    stop: () => void store.stop().then((failure) => failure && toast({ tone: "danger", title: failure.message })),
  };
}

export type QueryExplain = ReturnType<typeof useExplain>;
