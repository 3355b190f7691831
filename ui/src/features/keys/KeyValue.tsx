/** The right side: one key, what is known of it, and its value by its type. */
import { type Ref, useCallback, useEffect, useImperativeHandle, useRef, useState, useSyncExternalStore } from "react";
import { Banner, Button, CodeBlock, EmptyState, ErrorBlock, Skeleton } from "@/design";
import {
  type AppError,
  failureOf,
  failureProps,
  host,
  type KeyEdit,
  type KeyElement,
  type KeyFactsRow,
  type KeysOf,
  present,
} from "@/ipc";
import { MOST_EDITED, told } from "./bytes";
import { type Drafts, draftId } from "./drafts";
import type { FactsCache } from "./facts";
import { bytesWords, cliCommand, isKind } from "./model";
import { Head, type HeadHandle } from "./parts/Head";
import type { Tools } from "./tools";
import { useString } from "./useString";
import { ElementsView } from "./values/ElementsView";
import { type Saver, ValueView } from "./values/ValueView";

export interface KeyValueHandle {
  expire: () => void;
  refresh: () => void;
}

export interface KeyValueProps {
  ref?: Ref<KeyValueHandle>;
  of: KeysOf;
  name: string;
  facts: FactsCache;
  readOnly: string | undefined;
  tools: Tools;
  drafts: Drafts;
  detail: number;
  onDetail: (size: number) => void;
  change: (key: string, kind: string, edit: KeyEdit) => Promise<boolean>;
  onRename: () => void;
  onDelete: () => void;
  onSaver: (saver: Saver | null) => void;
  onConsole: (text: string) => void;
  keys: {
    readonly rename: string | undefined;
    readonly delete: string | undefined;
    readonly expire: string | undefined;
    readonly save: string | undefined;
  };
}

export function KeyValue(props: KeyValueProps) {
  const { ref, of, name, facts, readOnly, change, keys } = props;
  useSyncExternalStore(facts.subscribe, facts.snapshot);
  const known = facts.get(name);
  const [turn, setTurn] = useState(0);
  const [error, setError] = useState<AppError | null>(null);
  /** What was known of it while it was there. */
  const [last, setLast] = useState<KeyFactsRow | null>(known?.facts ?? null);
  if (known?.facts && known.facts !== last) setLast(known.facts);
  const look = useCallback(async () => {
    setError(null);
    try {
      facts.put(name, (await host().keysFacts(of, [name]))[0] ?? null);
    } catch (thrown) {
      setError(failureOf(thrown));
    }
  }, [of, name, facts]);
  useEffect(() => void look(), [look]);
  const refresh = () => {
    setTurn((now) => now + 1);
    void look();
  };
  const head = useRef<HeadHandle>(null);
  useImperativeHandle(ref, () => ({ expire: () => head.current?.expire(), refresh }));
  const gone = known !== undefined && known.facts === null;
  const shown = known?.facts ?? last;
  const locked = gone ? "the key is gone" : readOnly;
  const { kind = "" } = shown ?? {};
  const send = async (edit: KeyEdit) => {
    const done = await change(name, kind, edit);
    if (done) void look();
    return done;
  };
  return (
    <section className="keys-key" aria-label={`Key ${name}`}>
      <Head
        ref={head}
        name={name}
        known={shown && known ? { ...known, facts: shown } : undefined}
        gone={gone}
        readOnly={readOnly}
        keys={keys}
        onRename={props.onRename}
        onDelete={props.onDelete}
        onRefresh={refresh}
        onExpire={(ttl_ms) => send({ edit: "expire", ttl_ms })}
        onOver={look}
      />
      {gone && shown ? (
        <Banner
          tone="warn"
          edge
          detail="What was read of it stays here, dimmed, until you look elsewhere."
          actions={
            <Button dense icon="refresh" onClick={refresh}>
              Look again
            </Button>
          }
        >
          This key is gone: it expired or was deleted
        </Banner>
      ) : null}
      {error && shown ? (
        <div className="keys-problem">
          <ErrorBlock
            {...failureProps(error)}
            actions={
              <Button dense onClick={refresh}>
                Try again
              </Button>
            }
          />
        </div>
      ) : null}
      <div className="keys-key-body" data-gone={gone || undefined}>
        {shown ? (
          kind === "string" || kind === "ReJSON-RL" ? (
            <StringValue {...props} kind={kind} locked={locked} turn={turn} send={send} onGone={look} />
          ) : isKind(kind) ? (
            <ElementsView
              of={of}
              name={name}
              kind={kind}
              locked={locked}
              tools={props.tools}
              drafts={props.drafts}
              turn={turn}
              detail={props.detail}
              onDetail={props.onDetail}
              change={send}
              onGone={look}
              onSaver={props.onSaver}
              saveKeys={keys.save}
            />
          ) : (
            <EmptyState
              picture="empty"
              title={`A value of type ${kind}`}
              actions={
                <Button icon="terminal" onClick={() => props.onConsole(`DUMP ${cliCommand(name, undefined).slice(5)}`)}>
                  Open a console
                </Button>
              }
            >
              A module of the server keeps it. It is not shown here; the module&apos;s own commands read it in a
              console.
            </EmptyState>
          )
        ) : gone ? (
          <EmptyState picture="empty" title="This key is gone" actions={<Button onClick={refresh}>Look again</Button>}>
            It expired, or somebody deleted or renamed it.
          </EmptyState>
        ) : error ? (
          <EmptyState
            picture={present(error.code).picture}
            title={present(error.code).picture === "denied" ? "This key may not be read" : "The key could not be read"}
            actions={<Button onClick={refresh}>Try again</Button>}
          >
            {error.message} {error.hint}
          </EmptyState>
        ) : (
          <Waiting />
        )}
      </div>
    </section>
  );
}

const Waiting = () => (
  <div className="keys-waiting" role="status" aria-label="Reading the key">
    {[64, 48, 70, 40].map((width) => (
      <Skeleton key={width} width={`${width}%`} height={10} />
    ))}
  </div>
);

interface StringValueProps extends KeyValueProps {
  kind: string;
  locked: string | undefined;
  turn: number;
  send: (edit: KeyEdit) => Promise<boolean>;
  onGone: () => void;
}

function StringValue(props: StringValueProps) {
  const { of, name, kind, locked, turn, send, onGone, tools, drafts, onSaver, keys } = props;
  const { value, busy, error, more, whole, put } = useString(of, name, kind, turn);
  const gone = error?.code === "not_found";
  useEffect(() => {
    if (gone) onGone();
  }, [gone, onGone]);
  if (!value)
    return error ? (
      <EmptyState
        picture={gone ? "empty" : present(error.code).picture}
        title={gone ? "This key is gone" : "The value could not be read"}
      >
        {error.message} {error.hint}
        {error.code === "unsupported" ? <CodeBlock>{cliCommand(name, kind)}</CodeBlock> : null}
      </EmptyState>
    ) : (
      <Waiting />
    );
  const count = async (element: KeyElement) => {
    const done = await send({ edit: "add", element });
    if (done) put((await whole()).bytes);
    return done;
  };
  const large = value.total > MOST_EDITED;
  return (
    <>
      {error && !gone ? (
        <div className="keys-problem">
          <ErrorBlock {...failureProps(error)} />
        </div>
      ) : null}
      <ValueView
        key={name}
        name={name}
        bytes={value.bytes}
        total={value.total}
        whole={value.whole}
        locked={locked ?? (large ? `more than ${bytesWords(MOST_EDITED)} are not edited here` : undefined)}
        json={kind === "ReJSON-RL"}
        bits={kind === "string"}
        {...(kind === "string" ? { onCount: count } : {})}
        id={draftId(name, null)}
        drafts={drafts}
        tools={tools}
        onSave={(seen, next) => send({ edit: "replace", seen: told(seen), new: told(next) })}
        newer={async () => (await whole()).bytes}
        onSaved={put}
        onSaver={onSaver}
        saveKeys={keys.save}
        more={
          value.whole ? undefined : (
            <>
              <Button dense loading={busy} onClick={() => more(false)}>
                Load more
              </Button>
              {large ? null : (
                <Button
                  dense
                  variant="ghost"
                  disabledReason={busy ? "it is being read" : undefined}
                  onClick={() => more(true)}
                >
                  Load all to edit
                </Button>
              )}
            </>
          )
        }
      />
    </>
  );
}
