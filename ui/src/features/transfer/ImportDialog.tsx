import { useQueryClient } from "@tanstack/react-query";
import { useEffect, useRef, useState } from "react";
import { Banner, Button, Checkbox, Dialog, Field, Input, Select, Skeleton } from "@/design";
import { type AppError, type FileContents, failureOf, host, type SourceFile } from "@/ipc";
import {
  type Destination,
  fileOf,
  firstImport,
  type ImportDraft,
  importOf,
  importRefusal,
  mapped,
} from "./importModel";
import { count, nameOf, rowsOf } from "./model";
import { closeImportInto, imported, useDestination } from "./opening";
import { MappingTable } from "./parts/MappingTable";
import { PreviewTable } from "./parts/PreviewTable";
import { startImport } from "./transfers";

const DELIMITERS = [
  { value: ",", label: "Comma" },
  { value: ";", label: "Semicolon" },
  { value: "\t", label: "Tab" },
  { value: "|", label: "Bar" },
];
const ENCODINGS = ["UTF-8", "UTF-16LE", "UTF-16BE", "windows-1252", "ISO-8859-15", "Shift_JIS", "GBK"];

/** Asks how a file is read and what of it goes where; everything else happens in the status bar. */
export function ImportDialog() {
  const to = useDestination();
  return to ? <Open key={`${to.profileId} ${to.table.schema} ${to.table.name} ${to.path}`} to={to} /> : null;
}

function Open({ to }: { to: Destination }) {
  const queries = useQueryClient();
  const [file, setFile] = useState<SourceFile | null>(to.path ? fileOf(to.path) : null);
  const [contents, setContents] = useState<FileContents | null>(null);
  const [draft, setDraft] = useState<ImportDraft | null>(null);
  const [failure, setFailure] = useState<AppError | null>(null);
  const [busy, setBusy] = useState(false);
  const asked = useRef(0);

  useEffect(() => {
    if (!file) return;
    const mine = ++asked.current;
    setFailure(null);
    setBusy(true);
    host()
      .importLook({ profile_id: to.profileId, table: to.table, file })
      .then((found) => {
        if (asked.current !== mine) return;
        setContents(found);
        setDraft(firstImport(found, to));
      })
      .catch((thrown: unknown) => {
        if (asked.current !== mine) return;
        setContents(null);
        setFailure(failureOf(thrown));
      })
      .finally(() => asked.current === mine && setBusy(false));
  }, [file, to]);

  const choose = async () => {
    const path = await host().pickFile("Import a file");
    if (path !== null) setFile(fileOf(path));
  };
  const change = (part: Partial<ImportDraft>) => setDraft((now) => now && { ...now, ...part });
  const reread = (part: Partial<SourceFile>) => setFile((now) => (contents ? { ...contents.file, ...part } : now));
  const begin = async (dryRun: boolean) => {
    if (!draft || !contents) return;
    let chosen = draft;
    if (draft.batches && !dryRun && draft.rejects === null) {
      const rejects = await host().pickSavePath("Refused rows", `refused ${draft.name}.csv`);
      if (rejects === null) return;
      chosen = { ...draft, rejects };
      setDraft(chosen);
    }
    setBusy(true);
    const failed = await startImport(importOf(chosen, contents, to, dryRun), () => {
      if (dryRun) return;
      void queries.invalidateQueries();
      imported(to.profileId, chosen.name.trim());
    });
    setBusy(false);
    if (failed) setFailure(failed);
    else closeImportInto();
  };

  const refused = draft && contents ? importRefusal(draft, contents) : "Choose a file first";
  const target = to.table.name ? `into ${to.table.name}` : `into ${to.table.schema ?? "a new table"}`;
  return (
    <Dialog
      open
      width={760}
      onClose={closeImportInto}
      title={`Import ${file ? nameOf(file.path) : "a file"} ${target}`}
      description={
        contents ? `${rowsOf(contents.rows)}; every value was looked at.` : "CSV, TSV, NDJSON, Excel or OpenDocument"
      }
      footer={
        <>
          <Button disabledReason={refused} loading={busy} onClick={() => void begin(true)}>
            Try it, change nothing
          </Button>
          <Button className="ml-auto" onClick={closeImportInto} keys="Escape" showKeys>
            Cancel
          </Button>
          <Button variant="primary" loading={busy} disabledReason={refused} onClick={() => void begin(false)}>
            {contents ? `Import ${rowsOf(contents.rows)}` : "Import"}
          </Button>
        </>
      }
    >
      <div className="flex flex-col gap-3 min-w-0">
        {file === null ? (
          <Button icon="folder" onClick={() => void choose()}>
            Choose a file…
          </Button>
        ) : null}
        {file !== null && busy && !contents ? <Skeleton width="100%" height={160} /> : null}
        {contents && draft ? (
          <>
            <div className="flex flex-wrap gap-3 items-end">
              {contents.file.kind === "delimited" ? (
                <Field label="Delimiter" layout="stack">
                  {(control) => (
                    <Select
                      {...control}
                      label="Delimiter"
                      value={contents.file.delimiter ?? ","}
                      options={DELIMITERS}
                      onChange={(delimiter) => reread({ delimiter })}
                    />
                  )}
                </Field>
              ) : null}
              {contents.file.encoding ? (
                <Field label="Encoding" layout="stack">
                  {(control) => (
                    <Select
                      {...control}
                      label="Encoding"
                      value={contents.file.encoding ?? "UTF-8"}
                      options={[...new Set([contents.file.encoding ?? "UTF-8", ...ENCODINGS])].map((value) => ({
                        value,
                        label: value,
                      }))}
                      onChange={(encoding) => reread({ encoding })}
                    />
                  )}
                </Field>
              ) : null}
              {contents.sheets.length > 1 ? (
                <Field label="Sheet" layout="stack">
                  {(control) => (
                    <Select
                      {...control}
                      label="Sheet"
                      value={contents.file.sheet ?? ""}
                      options={contents.sheets.map((value) => ({ value, label: value }))}
                      onChange={(sheet) => reread({ sheet })}
                    />
                  )}
                </Field>
              ) : null}
              {contents.file.kind === "lines" ? null : (
                <>
                  <Field label="NULL is" layout="stack">
                    {(control) => (
                      <Input
                        {...control}
                        mono
                        defaultValue={undefined}
                        value={file?.null_text ?? ""}
                        placeholder="nothing, without quotes"
                        onChange={(null_text) => reread({ null_text })}
                      />
                    )}
                  </Field>
                  <Checkbox checked={contents.file.header} onChange={(header) => reread({ header })}>
                    First line names the columns
                  </Checkbox>
                </>
              )}
            </div>
            <PreviewTable contents={contents} />
            {draft.create || to.table.name === "" ? (
              <Field label="New table">
                {(control) => <Input {...control} mono value={draft.name} onChange={(name) => change({ name })} />}
              </Field>
            ) : null}
            <MappingTable
              contents={contents}
              draft={draft}
              onColumns={(columns) => change({ columns })}
              onTypes={(types) => change({ types })}
              onReset={() => change({ columns: mapped(contents, draft.create) })}
            />
            {contents.bad > 0 ? (
              <Banner
                tone="warn"
                detail={contents.problems
                  .slice(0, 5)
                  .map((problem) => `Line ${count(problem.line)}: ${problem.reason}`)
                  .join(" ")}
              >
                {contents.bad === 1 ? "1 record cannot be read" : `${count(contents.bad)} records cannot be read`}
              </Banner>
            ) : null}
            {contents.notes.map((note) => (
              <Banner key={note} tone="warn">
                {note}
              </Banner>
            ))}
            <Checkbox checked={draft.batches} onChange={(batches) => change({ batches })}>
              In batches: what the database refuses is left out and written to a file with its line and the reason
            </Checkbox>
            <p className="rh-meta">
              {draft.batches
                ? "Each batch of 10,000 rows is committed by itself."
                : "Everything goes in, in one transaction, or nothing."}
            </p>
            {contents.asks ? (
              <Field label={`Type ${draft.name.trim()} to go on`} layout="stack">
                {(control) => <Input {...control} mono value={draft.typed} onChange={(typed) => change({ typed })} />}
              </Field>
            ) : null}
          </>
        ) : null}
        {failure ? (
          <Banner
            tone="danger"
            detail={failure.hint}
            actions={
              <Button dense onClick={() => void choose()}>
                Another file
              </Button>
            }
          >
            {failure.message}
          </Banner>
        ) : null}
      </div>
    </Dialog>
  );
}
