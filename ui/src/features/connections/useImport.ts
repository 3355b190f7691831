/** One import: where from, what was found, what is chosen, how it went. */
import { useState } from "react";
import { announce } from "@/design";
import { type AppError, failureOf, host, type ImportKind, type ImportOutcome, type ImportPreview } from "@/ipc";
import { firstChoice, keptChoice, outcomeWords } from "./imports";

export interface ImportPlace {
  readonly file: string | null;
  readonly kind: ImportKind | null;
}

export interface ImportHandle {
  readonly place: ImportPlace | null;
  readonly preview: ImportPreview | null;
  readonly chosen: ReadonlySet<number>;
  readonly withPasswords: boolean;
  readonly outcome: ImportOutcome | null;
  readonly busy: "read" | "save" | null;
  readonly failure: AppError | null;
  readonly read: (place: ImportPlace) => void;
  readonly pick: (kind: ImportKind | null, title: string) => void;
  readonly setWithPasswords: (on: boolean) => void;
  readonly choose: (indexes: readonly number[], on: boolean) => void;
  readonly save: () => void;
  readonly back: () => void;
}

const NOTHING: ReadonlySet<number> = new Set();

export function useImport(): ImportHandle {
  const [place, setPlace] = useState<ImportPlace | null>(null);
  const [preview, setPreview] = useState<ImportPreview | null>(null);
  const [chosen, setChosen] = useState<ReadonlySet<number>>(NOTHING);
  const [withPasswords, setWith] = useState(false);
  const [outcome, setOutcome] = useState<ImportOutcome | null>(null);
  const [busy, setBusy] = useState<"read" | "save" | null>(null);
  const [failure, setFailure] = useState<AppError | null>(null);

  const attempt = async (what: "read" | "save", work: () => Promise<void>) => {
    setBusy(what);
    setFailure(null);
    try {
      await work();
    } catch (thrown) {
      setFailure(failureOf(thrown));
    }
    setBusy(null);
  };
  const read = (next: ImportPlace, passwords: boolean, before: ReadonlySet<number> | null) =>
    attempt("read", async () => {
      setPlace(next);
      const found = await host().previewImport({ ...next, with_passwords: passwords, group: null });
      setPreview(found);
      setChosen(before ? keptChoice(found, before) : firstChoice(found));
      setOutcome(null);
      announce(`${found.connections.length} found`);
    });
  const pick = (kind: ImportKind | null, title: string) =>
    attempt("read", async () => {
      const file = await host().pickFile(title);
      if (file !== null) await read({ file, kind }, withPasswords, null);
    });
  const save = () =>
    attempt("save", async () => {
      if (!preview) return;
      const done = await host().applyImport(preview.reference, [...chosen]);
      setOutcome(done);
      announce(outcomeWords(done));
    });
  return {
    place,
    preview,
    chosen,
    withPasswords,
    outcome,
    busy,
    failure,
    read: (next) => void read(next, withPasswords, null),
    pick: (kind, title) => void pick(kind, title),
    setWithPasswords: (on) => {
      setWith(on);
      if (place && preview) void read(place, on, chosen);
    },
    choose: (indexes, on) => {
      const next = new Set(chosen);
      for (const index of indexes) {
        if (on) next.add(index);
        else next.delete(index);
      }
      setChosen(next);
    },
    save: () => void save(),
    back: () => {
      setPreview(null);
      setOutcome(null);
      setFailure(null);
      setPlace(null);
    },
  };
}
