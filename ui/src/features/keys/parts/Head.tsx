/** What is known of the key that is shown, and what can be done with it. */
import { type Ref, useEffect, useImperativeHandle, useState } from "react";
import { Button, copyText, Icon, IconButton, number, Popover, toast } from "@/design";
import type { Known } from "../facts";
import { bytesWords, kindWord, lengthWords, ttlWords } from "../model";
import { TtlForm } from "./TtlForm";

export interface HeadHandle {
  expire: () => void;
}

export interface HeadProps {
  ref?: Ref<HeadHandle>;
  name: string;
  known: Known | undefined;
  gone: boolean;
  readOnly: string | undefined;
  keys: {
    readonly rename: string | undefined;
    readonly delete: string | undefined;
    readonly expire: string | undefined;
  };
  onRename: () => void;
  onDelete: () => void;
  onRefresh: () => void;
  onExpire: (ttl: number | null) => Promise<boolean>;
  /** Its time is over. */
  onOver: () => void;
}

/** Milliseconds it lives yet, counted down. */
function useLeft(known: Known | undefined, onOver: () => void): number | null {
  const ttl = known?.facts?.ttl_ms ?? null;
  const until = ttl === null || !known ? null : known.at + ttl;
  const [now, setNow] = useState(() => Date.now());
  useEffect(() => {
    if (until === null) return;
    setNow(Date.now());
    const timer = setInterval(() => setNow(Date.now()), 1_000);
    return () => clearInterval(timer);
  }, [until]);
  const over = until !== null && until <= now;
  useEffect(() => {
    if (!over) return;
    const timer = setTimeout(onOver, 150);
    return () => clearTimeout(timer);
  }, [over, onOver]);
  return until === null ? null : Math.max(0, until - now);
}

export function Head(props: HeadProps) {
  const { ref, name, known, gone, readOnly, keys, onExpire } = props;
  const [anchor, setAnchor] = useState<HTMLElement | null>(null);
  const [button, setButton] = useState<HTMLButtonElement | null>(null);
  const left = useLeft(gone ? undefined : known, props.onOver);
  const facts = known?.facts ?? null;
  const unable = gone ? "it is gone" : readOnly;
  useImperativeHandle(ref, () => ({ expire: () => (unable || !facts ? undefined : setAnchor(button)) }));
  const copy = () =>
    void copyText(name).then((done) => toast({ title: done ? "Name copied" : "The clipboard refused" }));
  const length = facts ? lengthWords(facts) : null;
  return (
    <header className="keys-head">
      <div className="keys-head-name">
        <h2 className="rh-mono rh-truncate rh-selectable" data-tip={name}>
          {name || "(empty name)"}
        </h2>
        <IconButton icon="copy" label="Copy the name" quiet onClick={copy} />
        {facts ? <span className="keys-kind">{kindWord(facts.kind)}</span> : null}
        <span className="flex-1" />
        <Button
          dense
          variant="ghost"
          disabledReason={unable}
          {...(keys.rename ? { keys: keys.rename } : {})}
          onClick={props.onRename}
        >
          Rename
        </Button>
        <Button
          dense
          variant="ghost"
          disabledReason={unable}
          {...(keys.delete ? { keys: keys.delete } : {})}
          onClick={props.onDelete}
        >
          Delete
        </Button>
        <IconButton icon="refresh" label="Read this key again" dense onClick={props.onRefresh} />
      </div>
      <div className="keys-head-facts rh-meta">
        {length ? <span className="tabular-nums">{length}</span> : null}
        {facts?.encoding ? <span>{facts.encoding}</span> : null}
        {facts?.bytes != null ? (
          <span className="tabular-nums" data-tip={`${number(facts.bytes)} bytes, as the server reckons by sampling`}>
            {bytesWords(facts.bytes)} in memory
          </span>
        ) : null}
        {facts?.idle_s != null && facts.idle_s > 0 ? (
          <span className="tabular-nums">idle {ttlWords(facts.idle_s * 1_000)}</span>
        ) : null}
        {gone ? <span>gone</span> : null}
        {facts && !gone ? (
          <span className="keys-expires">
            <Icon name="clock" size={12} />
            {left === null ? "never expires" : "expires in "}
            {left === null ? null : <b className="tabular-nums">{ttlWords(left)}</b>}
            <button
              ref={setButton}
              type="button"
              className="keys-link"
              aria-disabled={unable ? true : undefined}
              data-tip={unable}
              onClick={(event) => {
                if (!unable) setAnchor(event.currentTarget);
              }}
            >
              Change
            </button>
          </span>
        ) : null}
      </div>
      <Popover
        open={anchor !== null}
        anchor={anchor}
        label="When it expires"
        width={296}
        onClose={() => setAnchor(null)}
      >
        <TtlForm ttl={left} onSave={onExpire} onDone={() => setAnchor(null)} />
      </Popover>
    </header>
  );
}
