import { useQuery } from "@tanstack/react-query";
import { useReducer, useState } from "react";
import { announce, Banner, Button, Checkbox, Dialog, Field, Input, RadioGroup, Select, toast } from "@/design";
import { type AppError, type ExportOffer, type FileFormat, failureOf, host } from "@/ipc";
import {
  columnsOf,
  count,
  type Draft,
  type Exported,
  FORMATS,
  fileName,
  firstDraft,
  formatOrder,
  options,
  refusal,
  request,
  rowsOf,
  said,
  selected,
  type What,
} from "./model";
import { closeExport, useExported } from "./opening";
import { startExport } from "./transfers";

const DELIMITERS = [
  { value: ",", label: "Comma" },
  { value: ";", label: "Semicolon" },
  { value: "\t", label: "Tab" },
  { value: "|", label: "Bar" },
] as const;

/** The format that was chosen last, for the next time. */
let latest: FileFormat = "csv";

/** Asks what is exported, how and to where; everything else happens in the status bar. */
export function ExportDialog() {
  const rows = useExported();
  return rows ? <Open key={rows.head.hold_id} rows={rows} /> : null;
}

function choices(
  rows: Exported,
  offer: ExportOffer | undefined,
): readonly { value: What; label: string; disabled?: boolean }[] {
  const partial = offer?.partial != null;
  return [
    ...(rows.range
      ? [
          {
            value: "selection" as const,
            label: `The selection: ${rowsOf(selected(rows))}, ${count(rows.range.columns.length)} of ${count(rows.head.columns.length)} columns`,
          },
        ]
      : []),
    {
      value: "loaded",
      label: `Loaded rows: ${rowsOf(offer?.rows ?? rows.progress.rows)}${partial ? ", not all" : ""}`,
    },
    {
      value: "whole",
      label: offer?.statement ? "The whole query, run again" : "All rows, read again from the server",
      disabled: offer?.no_whole != null,
    },
  ];
}

function Open({ rows }: { rows: Exported }) {
  const [draft, change] = useReducer(
    (now: Draft, part: Partial<Draft>): Draft => ({ ...now, ...part }),
    rows,
    (given) => firstDraft(given, latest),
  );
  const [failure, setFailure] = useState<AppError | null>(null);
  const [busy, setBusy] = useState(false);
  const { head } = rows;
  const asked = useQuery({
    queryKey: ["export-offer", head.hold_id],
    queryFn: () => host().exportOffer(head.hold_id),
    staleTime: 0,
    gcTime: 0,
  });
  const offer = asked.data;
  const known = FORMATS[draft.format];
  const refused = refusal(draft, rows, offer);
  const note = said(draft, rows, offer);
  const copies = known.copies;

  const save = async () => {
    setFailure(null);
    setBusy(true);
    try {
      const path = await host().pickSavePath("Export rows", fileName(offer?.title || head.title, draft.format));
      if (path === null) return;
      const failed = await startExport(request(draft, rows, path));
      if (failed) setFailure(failed);
      else closeExport();
    } catch (thrown) {
      setFailure(failureOf(thrown));
    } finally {
      setBusy(false);
    }
  };
  const copy = async () => {
    if (!copies) return;
    setFailure(null);
    setBusy(true);
    try {
      const { range } = rows;
      const chosen = draft.what === "selection" && range;
      const copied = await host().copy({
        hold_id: head.hold_id,
        first_row: chosen ? range.firstRow : 0,
        rows: chosen ? range.lastRow - range.firstRow + 1 : (offer?.rows ?? rows.progress.rows),
        columns: [...columnsOf(rows, draft.what)],
        format: copies,
        header: draft.header,
        options: options(draft),
      });
      await host().writeClipboard(copied.text);
      announce(`Copied ${rowsOf(copied.rows)}`);
      toast({
        title: `Copied ${rowsOf(copied.rows)}`,
        tone: copied.cut ? "warn" : "ok",
        ...(copied.cut ? { detail: copied.cut } : {}),
      });
      closeExport();
    } catch (thrown) {
      setFailure(failureOf(thrown));
    } finally {
      setBusy(false);
    }
  };

  return (
    <Dialog
      open
      width={520}
      onClose={closeExport}
      title={`Export ${offer?.title || head.title || "rows"}`}
      description="Values are written as the server printed them, whole."
      footer={
        <>
          {copies ? (
            <Button
              icon="copy"
              disabledReason={
                refused ?? (draft.what === "whole" ? "The clipboard takes rows that are loaded" : undefined)
              }
              onClick={() => void copy()}
            >
              Copy
            </Button>
          ) : null}
          <Button className="ml-auto" onClick={closeExport} keys="Escape" showKeys>
            Cancel
          </Button>
          <Button
            variant="primary"
            icon="download"
            loading={busy || asked.isPending}
            disabledReason={refused}
            onClick={() => void save()}
          >
            Export to a file…
          </Button>
        </>
      }
    >
      <div className="flex flex-col gap-3">
        <RadioGroup
          label="Rows"
          value={draft.what}
          onChange={(what) => change({ what })}
          options={choices(rows, offer)}
        />
        {note ? <p className="rh-meta rh-tone-warn">{note}</p> : null}
        <Field label="Format" hint={known.note}>
          {(control) => (
            <Select
              {...control}
              block
              label="Format"
              value={draft.format}
              onChange={(format) => {
                latest = format;
                change({ format });
              }}
              options={formatOrder.map((format) => ({ value: format, label: FORMATS[format].label }))}
            />
          )}
        </Field>
        {known.table ? (
          <Field label="Table" hint="As it is to be written">
            {(control) => (
              <Input
                {...control}
                mono
                value={draft.table}
                placeholder={offer?.table ?? ""}
                onChange={(table) => change({ table })}
              />
            )}
          </Field>
        ) : null}
        {draft.format === "csv" ? (
          <Field label="Delimiter">
            {(control) => (
              <Select
                {...control}
                block
                label="Delimiter"
                value={draft.delimiter}
                onChange={(delimiter) => change({ delimiter })}
                options={DELIMITERS}
              />
            )}
          </Field>
        ) : null}
        {known.null ? (
          <Field label="NULL as" hint={draft.format === "csv" ? 'Empty: NULL is nothing, empty text is ""' : undefined}>
            {(control) => (
              <Input
                {...control}
                mono
                value={draft.nullText}
                placeholder={draft.format === "markdown" || draft.format === "html" ? "NULL" : "nothing"}
                onChange={(nullText) => change({ nullText })}
              />
            )}
          </Field>
        ) : null}
        {known.header ? (
          <Checkbox checked={draft.header} onChange={(header) => change({ header })}>
            Column names first
          </Checkbox>
        ) : null}
        {draft.format === "csv" ? (
          <Checkbox checked={draft.quoteAll} onChange={(quoteAll) => change({ quoteAll })}>
            Quote every value
          </Checkbox>
        ) : null}
        {refused ? <Banner tone="warn">{refused}</Banner> : null}
        {failure ? (
          <Banner tone="danger" detail={failure.hint}>
            {failure.message}
          </Banner>
        ) : null}
      </div>
    </Dialog>
  );
}
