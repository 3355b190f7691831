/** One value's bytes: as text, laid-out JSON, digits, a picture or bits; typed anew where that may be. */
import { type ReactNode, useEffect, useLayoutEffect, useMemo, useState, useSyncExternalStore } from "react";
import { Banner, Button, copyText, EmptyState, ErrorBlock, IconButton, Segmented, toast } from "@/design";
import { type AppError, failureOf, failureProps, type KeyElement } from "@/ipc";
import { base64Of, looksJson, MOST_HEX, naturalView, same, textOf, toBytes, type ValueView as View } from "../bytes";
import type { Draft, Drafts } from "../drafts";
import { readHyperLogLog } from "../hyperloglog";
import { bytesWords } from "../model";
import type { Tools } from "../tools";
import { CountView } from "./CountView";
import { BitDump, HexDump } from "./Dumps";

export interface Saver {
  readonly dirty: boolean;
  readonly save: () => void;
}

export interface ValueViewProps {
  /** What it is called: a key, a field. */
  name: string;
  title?: ReactNode;
  bytes: Uint8Array;
  /** Bytes of the whole, of which these may be the first. */
  total: number;
  whole: boolean;
  /** Why it cannot be typed. */
  locked: string | undefined;
  /** A document: other text than JSON is not saved. */
  json?: boolean;
  id: string;
  drafts: Drafts;
  tools: Tools;
  /** Saves; false where a person said no. Throws what is refused. */
  onSave: (seen: Uint8Array, next: Uint8Array) => Promise<boolean>;
  /** What is on the server now, after a conflict. */
  newer?: () => Promise<Uint8Array>;
  onSaved: (bytes: Uint8Array) => void;
  onSaver?: (saver: Saver | null) => void;
  saveKeys: string | undefined;
  more?: ReactNode;
  /** Its bits may mean something each. */
  bits?: boolean;
  /** Counts one element more, where it may be a HyperLogLog. */
  onCount?: (element: KeyElement) => Promise<boolean>;
  /** At the bar's end. */
  end?: ReactNode;
}

/** A value that somebody else saved meanwhile. */
interface Conflict {
  readonly error: AppError;
  readonly theirs: Uint8Array | null;
}

const OPTIONS: readonly { value: View; label: string }[] = [
  { value: "text", label: "Text" },
  { value: "json", label: "JSON" },
  { value: "hex", label: "Hex" },
  { value: "image", label: "Image" },
  { value: "bits", label: "Bits" },
  { value: "count", label: "Count" },
];

export function ValueView(props: ValueViewProps) {
  const { name, bytes, total, whole, locked, id, drafts, tools, onSave, onSaved, onSaver, json: document } = props;
  useSyncExternalStore(drafts.subscribe, drafts.version);
  const draft = drafts.get(id);
  const [chosen, setChosen] = useState<View | null>(null);
  const [busy, setBusy] = useState(false);
  const [failure, setFailure] = useState<Conflict | null>(null);
  const text = useMemo(() => textOf(bytes, whole), [bytes, whole]);
  const laid = useMemo(() => (whole && text !== null ? tools.layoutJson(text) : null), [text, whole, tools]);
  const image = useMemo(() => tools.imageType(bytes), [bytes, tools]);
  const { onCount } = props;
  const counted = useMemo(() => (onCount && whole ? readHyperLogLog(bytes) : null), [onCount, whole, bytes]);
  const natural = counted
    ? "count"
    : naturalView(text, laid !== null && (document === true || looksJson(text ?? "")), image !== undefined);
  const view: View = draft ? draft.as : (chosen ?? natural);
  // Pictures' bytes are looked at, not typed, unless one asks for their digits.
  const unable =
    locked ??
    (whole ? undefined : "only its beginning was read") ??
    (view === "hex" && bytes.length > MOST_HEX
      ? `more than ${bytesWords(MOST_HEX)} are not typed as digits`
      : undefined);
  const typed = useMemo(
    () => (draft ? (draft.as === "text" ? toBytes(draft.text) : tools.bytesOfHex(draft.text)) : undefined),
    [draft, tools],
  );
  const wrong =
    draft === undefined
      ? null
      : typed === undefined
        ? "Two digits a byte: this cannot be saved yet."
        : document && tools.layoutJson(draft.text) === null
          ? "This is no JSON yet."
          : null;

  const edit = (as: Draft["as"], next: string) => {
    const seen = draft?.seen ?? bytes;
    const now = as === "text" ? toBytes(next) : tools.bytesOfHex(next);
    drafts.set(id, now && same(now, bytes) && same(seen, bytes) ? null : { as, text: next, seen });
    setChosen(as);
  };
  const discard = () => {
    drafts.set(id, null);
    setFailure(null);
  };
  const save = async (seen = draft?.seen ?? bytes) => {
    if (!draft || !typed || wrong !== null || busy) return;
    setBusy(true);
    setFailure(null);
    try {
      if (!(await onSave(seen, typed))) return;
      // What was typed meanwhile is not saved yet: it stays, over what is saved now.
      const now = drafts.get(id);
      drafts.set(id, now && now !== draft ? { ...now, seen: typed } : null);
      onSaved(typed);
    } catch (thrown) {
      const error = failureOf(thrown);
      const theirs = error.code === "conflict" && props.newer ? await props.newer().catch(() => null) : null;
      setFailure({ error, theirs });
    } finally {
      setBusy(false);
    }
  };
  const dirty = draft !== undefined;
  // Before it is painted: the keys save as soon as it says that something is to be saved.
  useLayoutEffect(() => {
    onSaver?.(dirty ? { dirty, save: () => void save() } : null);
  });
  useEffect(() => () => onSaver?.(null), [onSaver]);
  const copy = () =>
    void copyText(draft?.text ?? text ?? base64Of(bytes)).then((done) =>
      toast({
        title: done
          ? text === null && !draft
            ? "Copied as Base64: the bytes are no text"
            : whole
              ? "Copied"
              : `Copied the first ${bytesWords(bytes.length)}`
          : "The clipboard refused",
        ...(done ? {} : { tone: "danger" as const }),
      }),
    );
  const shownText = (label: string, value: string, readOnly: boolean, grammar: "json" | "plain", as: Draft["as"]) =>
    tools.text({ value, onChange: (next) => edit(as, next), readOnly, label, grammar });
  const offered: Readonly<Record<View, boolean>> = {
    text: text !== null,
    json: laid !== null,
    hex: true,
    image: image !== undefined,
    bits: props.bits === true,
    count: counted !== null,
  };
  const theirText = failure?.theirs ? (textOf(failure.theirs, true) ?? tools.hexOfBytes(failure.theirs)) : "";

  return (
    <div className="keys-value">
      <div className="keys-value-bar">
        {props.title}
        <Segmented<View>
          dense
          label="Shown as"
          value={view}
          onChange={setChosen}
          options={OPTIONS.filter(({ value }) => offered[value] || value === view).map((option) => ({
            ...option,
            disabled: (dirty && option.value !== draft.as) || !offered[option.value],
          }))}
        />
        <span className="rh-meta tabular-nums keys-whole" data-part={!whole || undefined}>
          {whole ? bytesWords(bytes.length) : `first ${bytesWords(bytes.length)} of ${bytesWords(total)}`}
        </span>
        {props.more}
        <span className="flex-1" />
        {unable && view !== "json" && view !== "image" && view !== "bits" && view !== "count" ? (
          <span className="rh-meta rh-truncate" data-tip={`Not edited: ${unable}`}>{`Not edited: ${unable}`}</span>
        ) : null}
        {view === "text" && laid !== null && !unable && (draft?.text ?? text) !== laid && !dirty ? (
          <Button dense variant="ghost" onClick={() => edit("text", laid)}>
            Lay out
          </Button>
        ) : null}
        {view === "json" && !unable ? (
          <Button dense variant="ghost" icon="edit" onClick={() => setChosen("text")}>
            Edit text
          </Button>
        ) : null}
        <IconButton icon="copy" label={whole ? "Copy the value" : "Copy what is shown"} dense onClick={copy} />
        {props.end}
      </div>
      {failure?.theirs ? (
        <Banner
          tone="warn"
          edge
          detail="Yours is below, theirs beneath it. Nothing was saved."
          actions={
            <>
              <Button dense loading={busy} onClick={() => void save(failure.theirs ?? undefined)}>
                Keep mine
              </Button>
              <Button
                dense
                onClick={() => {
                  discard();
                  if (failure.theirs) onSaved(failure.theirs);
                }}
              >
                Take theirs
              </Button>
            </>
          }
        >
          Somebody saved another value meanwhile
        </Banner>
      ) : failure ? (
        <div className="keys-problem">
          <ErrorBlock {...failureProps(failure.error)} />
        </div>
      ) : null}
      <div className="keys-value-body">
        {view === "image" && image ? (
          <div className="keys-image">
            <img alt={`${name}, ${bytesWords(bytes.length)}`} src={`data:${image};base64,${base64Of(bytes)}`} />
          </div>
        ) : view === "count" && counted && onCount ? (
          <CountView of={counted} locked={locked} onAdd={onCount} />
        ) : view === "bits" ? (
          <BitDump bytes={bytes} whole={whole} />
        ) : view === "json" && laid !== null ? (
          shownText(`JSON of ${name}`, laid, true, "json", "text")
        ) : view === "hex" ? (
          unable && !draft ? (
            <HexDump bytes={bytes} />
          ) : (
            shownText(`Bytes of ${name}`, draft?.text ?? tools.hexOfBytes(bytes), false, "plain", "hex")
          )
        ) : text === null && !draft ? (
          <EmptyState icon="file" title="No text">
            These bytes spell none. Their digits are under Hex.
          </EmptyState>
        ) : (
          shownText(`Text of ${name}`, draft?.text ?? text ?? "", unable !== undefined, laid ? "json" : "plain", "text")
        )}
      </div>
      {failure?.theirs ? (
        <div className="keys-theirs">
          <div className="keys-theirs-head rh-meta">On the server now · {bytesWords(failure.theirs.length)}</div>
          <div className="keys-theirs-body">
            {tools.text({
              value: theirText,
              onChange: () => undefined,
              readOnly: true,
              label: "The value on the server",
              grammar: "plain",
            })}
          </div>
        </div>
      ) : null}
      {dirty ? (
        <div className="keys-pending" role="status">
          <span className="rh-truncate min-w-0">
            {wrong ?? "Not saved. It is saved only over the value shown before."}
          </span>
          <span className="flex-1" />
          <Button variant="ghost" onClick={discard}>
            Discard
          </Button>
          <Button
            variant="primary"
            loading={busy}
            disabledReason={locked ?? wrong ?? undefined}
            {...(props.saveKeys ? { keys: props.saveKeys, showKeys: true } : {})}
            onClick={() => void save()}
          >
            Save
          </Button>
        </div>
      ) : null}
    </div>
  );
}
