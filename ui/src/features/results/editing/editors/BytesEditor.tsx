import { useMemo, useState } from "react";
import { Button, EmptyState, Segmented, Textarea } from "@/design";
import { failureOf, host, type ResultColumn } from "@/ipc";
import { formatBytes } from "../../format";
import { saveCell } from "../../saving";
import { bytesOf } from "../../viewing";
import type { Draft } from "../drafts";
import { fromBase64, toBase64 } from "../reading";
import { bytesOfHex, hexOfBytes, imageType, textOfBytes } from "./bytes";

type View = "hex" | "text" | "image";

/** More bytes than this are not laid out for typing. */
const MOST_TYPED = 256 * 1024;

/** The bytes of a draft, and whether they are written as the server's text (`\x…`). */
function bytesOfDraft(draft: Draft): Uint8Array | undefined {
  switch (draft.kind) {
    case "bytes":
      return fromBase64(draft.base64);
    case "text":
    case "number":
      return bytesOf(new TextEncoder().encode(draft.text));
    case "file":
      return undefined;
    default:
      return new Uint8Array();
  }
}

/** Bytes as digits, as the text they spell, as a picture; from a file. */
export function BytesEditor({
  draft,
  column,
  onChange,
}: {
  draft: Draft;
  column: ResultColumn;
  onChange: (draft: Draft) => void;
}) {
  const bytes = useMemo(() => bytesOfDraft(draft), [draft]);
  const image = useMemo(() => (bytes ? imageType(bytes) : undefined), [bytes]);
  const text = useMemo(() => (bytes ? textOfBytes(bytes) : undefined), [bytes]);
  const [chosen, setChosen] = useState<View | null>(null);
  const [typed, setTyped] = useState<string | null>(null);
  const [failure, setFailure] = useState<string | null>(null);
  /** Bytes that begin like a picture and are none. */
  const [broken, setBroken] = useState<Uint8Array | null>(null);
  const view = chosen ?? (image && broken !== bytes ? "image" : "hex");
  const put = (next: Uint8Array) => onChange({ kind: "bytes", base64: toBase64(next) });
  const load = () =>
    void host()
      .pickFile(`A file for ${column.name}`)
      .then((path) => {
        setTyped(null);
        if (path !== null) onChange({ kind: "file", path });
      })
      .catch((thrown: unknown) => setFailure(failureOf(thrown).message));
  const large = bytes !== undefined && bytes.length > MOST_TYPED;
  const hex = useMemo(() => (bytes && !large ? hexOfBytes(bytes) : ""), [bytes, large]);
  const wrong = typed !== null && view === "hex" && bytesOfHex(typed) === undefined;
  return (
    <div className="flex flex-col gap-2 flex-1 min-h-0">
      <div className="flex items-center gap-2 flex-wrap">
        <Segmented<View>
          dense
          label="Bytes as"
          value={view}
          onChange={(next) => {
            setTyped(null);
            setChosen(next);
          }}
          options={[
            { value: "hex", label: "Hex" },
            { value: "text", label: "Text", disabled: text === undefined },
            { value: "image", label: "Picture", disabled: !image || broken === bytes },
          ]}
        />
        <span className="rh-meta">{bytes ? formatBytes(bytes.length) : ""}</span>
        <span className="flex-1" />
        <Button dense icon="upload" onClick={load}>
          From a file…
        </Button>
        <Button
          dense
          icon="download"
          disabledReason={bytes?.length ? undefined : "there are no bytes"}
          onClick={() => {
            if (bytes) void saveCell(column.name, image ?? "bin", { kind: "bytes", base64: toBase64(bytes) });
          }}
        >
          To a file…
        </Button>
      </div>
      {failure ? <p className="rh-tone-danger rh-meta">{failure}</p> : null}
      {draft.kind === "file" ? (
        <EmptyState icon="file" title="From a file">
          {draft.path} is read when the value is taken.
        </EmptyState>
      ) : view === "image" && bytes && image ? (
        <div className="flex-1 min-h-0 grid place-items-center overflow-auto">
          <img
            className="max-w-full max-h-full object-contain"
            alt={`${column.name}, ${formatBytes(bytes.length)}`}
            onError={() => {
              setBroken(bytes);
              setChosen(null);
            }}
            src={`data:${image};base64,${toBase64(bytes)}`}
          />
        </div>
      ) : large ? (
        <EmptyState icon="file" title="Too many to type">
          {formatBytes(bytes.length)}. Replace them from a file, or save them to one.
        </EmptyState>
      ) : (
        <Textarea
          mono
          aria-label={view === "hex" ? "Bytes in hexadecimal digits" : "Bytes as text"}
          aria-invalid={wrong || undefined}
          className="flex-1 min-h-[96px] resize-none"
          value={typed ?? (view === "hex" ? hex : (text ?? ""))}
          onChange={(next) => {
            setTyped(next);
            const now = view === "hex" ? bytesOfHex(next) : new TextEncoder().encode(next);
            if (now) put(now);
          }}
        />
      )}
      {wrong ? <p className="rh-tone-warn rh-meta">Two digits a byte: this is not taken yet.</p> : null}
    </div>
  );
}
