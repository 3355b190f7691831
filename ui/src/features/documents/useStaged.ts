/** Staged edits of a collection's documents: found again when rows are read anew, reviewed, saved. */
import { useCallback, useEffect, useMemo, useRef, useState } from "react";
import { announce } from "@/design";
import { type AppError, type DocumentDeed, failureOf, host, type ResultHead } from "@/ipc";
import { idOf, rowsById } from "./ids";
import { type CollectionPlace, markOf } from "./model";
import { type Change, patchesOf, type StagedDocument, withChange } from "./staged";

/** What a person is asked before something is sent. */
export interface Asked {
  readonly title: string;
  readonly statement: string;
  readonly yes: () => void;
  readonly danger: boolean;
}

/** How a staged document stands: among the rows on show, changed meanwhile, or not among them. */
export type Standing = "here" | "changed" | "missing";

const NOTHING: readonly Change[] = [];
/** Bytes of a document up to which changes are tried as they are staged. */
const CHECKED = 256 << 10;

async function markAt(holdId: string, row: number): Promise<string> {
  const [text] = await host().holdDocuments(holdId, row, 1, "canonical");
  return text ? `${text.bytes}-${markOf(text.text)}` : "";
}

export interface Staging {
  readonly staged: readonly StagedDocument[];
  readonly standingOf: (document: StagedDocument) => Standing;
  readonly changesOf: (row: number) => readonly Change[];
  readonly stage: (row: number, change: Change | ((changes: readonly Change[]) => readonly Change[])) => Promise<void>;
  readonly discard: (document?: StagedDocument) => void;
  readonly save: () => Promise<void>;
  readonly saving: boolean;
  /** Something else than staged edits: an insert, a new text, a removal. */
  readonly send: (deed: DocumentDeed, danger?: boolean) => Promise<"done" | "asked">;
  readonly asked: Asked | null;
  readonly unask: () => void;
  readonly failure: AppError | null;
  readonly dismiss: () => void;
}

export function useStaged(
  place: CollectionPlace | null,
  head: ResultHead,
  rows: number,
  staged: readonly StagedDocument[],
  onStaged: (staged: readonly StagedDocument[]) => void,
  /** Something was saved: the rows are read again. */
  onRead: () => void,
): Staging {
  const holdId = head.hold_id;
  const [standing, setStanding] = useState<ReadonlyMap<string, Standing>>(new Map());
  const [asked, setAsked] = useState<Asked | null>(null);
  const [failure, setFailure] = useState<AppError | null>(null);
  const [saving, setSaving] = useState(false);
  const latest = useRef({ staged, holdId, onStaged, onRead });
  latest.current = { staged, holdId, onStaged, onRead };
  const put = useCallback((next: readonly StagedDocument[]) => {
    latest.current.staged = next;
    latest.current.onStaged(next);
  }, []);

  const away = staged.some((each) => each.holdId !== holdId);
  useEffect(() => {
    // Rows were read anew, or the tab came back: what is staged is found by its `_id`, and looked at whether it is as it was.
    if (!away || !place) return;
    let here = true;
    const find = async () => {
      const places = await rowsById(head, rows);
      const found = await Promise.all(
        latest.current.staged.map(async (each): Promise<{ document: StagedDocument; standing: Standing }> => {
          if (each.holdId === holdId) return { document: each, standing: "here" };
          const row = each.id === null ? undefined : places.get(each.id);
          if (row === undefined) return { document: each, standing: "missing" };
          const mark = await markAt(holdId, row);
          if (mark !== each.mark) return { document: each, standing: "changed" };
          return { document: { ...each, holdId, row }, standing: "here" };
        }),
      );
      if (!here) return;
      setStanding(new Map(found.map(({ document, standing: how }) => [nameOf(document), how])));
      if (found.some(({ document }, at) => document !== latest.current.staged[at]))
        put(found.map(({ document }) => document));
    };
    find().catch((thrown: unknown) => here && setFailure(failureOf(thrown)));
    return () => {
      here = false;
    };
  }, [away, place, head, holdId, rows, put]);

  const byRow = useMemo(
    () => new Map(staged.filter((each) => each.holdId === holdId).map((each) => [each.row, each.changes])),
    [staged, holdId],
  );
  const changesOf = useCallback((row: number) => byRow.get(row) ?? NOTHING, [byRow]);

  const stage: Staging["stage"] = async (row, change) => {
    const known = latest.current.staged.find((each) => each.holdId === holdId && each.row === row);
    const next = (changes: readonly Change[]) =>
      typeof change === "function" ? change(changes) : withChange(changes, change);
    try {
      const made: StagedDocument = known ?? {
        id: await idOf(head, row),
        holdId,
        row,
        mark: await markAt(holdId, row),
        changes: [],
      };
      const changes = next(made.changes);
      const rest = latest.current.staged.filter((each) => each.holdId !== holdId || each.row !== row);
      put(changes.length === 0 ? rest : [...rest, { ...made, changes }]);
      setFailure(null);
      // What cannot be made is said now, not when it is saved; a long document is not written out for it.
      const bytes = Number.parseInt(made.mark, 10);
      if (changes.length > 0 && bytes < CHECKED) {
        host()
          .documentPreview({ hold_id: holdId, row, patches: patchesOf(changes) })
          .catch((thrown: unknown) => latest.current.holdId === holdId && setFailure(failureOf(thrown)));
      }
    } catch (thrown) {
      setFailure(failureOf(thrown));
    }
  };

  const change = async (deed: DocumentDeed, confirmed: boolean) => {
    if (!place) return null;
    return host().documentChange({ profile_id: place.profileId, collection: place.object, deed, confirmed });
  };

  const saveFrom = async (confirmed: boolean): Promise<void> => {
    setSaving(true);
    setFailure(null);
    let saved = 0;
    // The yes to one statement is no yes to the next.
    let yes = confirmed;
    try {
      for (const each of latest.current.staged.filter((document) => document.holdId === latest.current.holdId)) {
        const edit = { hold_id: each.holdId, row: each.row, patches: patchesOf(each.changes) };
        const answer = await change({ deed: "replace", edit }, yes);
        yes = false;
        if (answer?.answer === "confirm") {
          setAsked({
            ...answer,
            danger: false,
            yes: () => {
              setAsked(null);
              void saveFrom(true);
            },
          });
          break;
        }
        saved += 1;
        put(latest.current.staged.filter((other) => other !== each));
      }
    } catch (thrown) {
      setFailure(failureOf(thrown));
    } finally {
      setSaving(false);
      if (saved > 0) {
        announce(saved === 1 ? "1 document saved" : `${saved} documents saved`);
        latest.current.onRead();
      }
    }
  };

  const send: Staging["send"] = async (deed, danger = false) => {
    const answer = await change(deed, false);
    if (answer?.answer !== "confirm") {
      latest.current.onRead();
      return "done";
    }
    setAsked({
      ...answer,
      danger,
      yes: () => {
        setAsked(null);
        change(deed, true)
          .then(() => latest.current.onRead())
          .catch((thrown: unknown) => setFailure(failureOf(thrown)));
      },
    });
    return "asked";
  };

  return {
    staged,
    standingOf: (document) => (document.holdId === holdId ? "here" : (standing.get(nameOf(document)) ?? "missing")),
    changesOf,
    stage,
    discard: (document) => {
      setFailure(null);
      put(document ? latest.current.staged.filter((each) => each !== document) : []);
    },
    save: () => saveFrom(false),
    saving,
    send,
    asked,
    unask: () => setAsked(null),
    failure,
    dismiss: () => setFailure(null),
  };
}

const nameOf = (document: StagedDocument) => `${document.holdId}/${document.row}/${document.id ?? ""}`;
