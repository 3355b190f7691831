/** What is in a database: a look at many of its keys. */
import { useQuery } from "@tanstack/react-query";
import { Button, EmptyState, IconButton, number, Skeleton } from "@/design";
import { failureOf, host, type KeysShare, present } from "@/ipc";
import { bytesWords, type KeysPlace, kindWord, shortCount } from "./model";

export interface SamplePaneProps {
  place: KeysPlace;
  separator: string;
  onKey: (key: string) => void;
  onNamespace: (namespace: string) => void;
  onKind: (kind: string) => void;
  onClose: () => void;
}

const SHOWN = 12;

function Shares({
  title,
  shares,
  all,
  onChoose,
  word,
}: {
  title: string;
  shares: readonly KeysShare[];
  all: number;
  onChoose: (name: string) => void;
  word: (name: string) => string;
}) {
  const most = shares[0]?.bytes ?? 0;
  return (
    <section className="keys-shares" aria-label={title}>
      <h3>{title}</h3>
      {shares.length === 0 ? <p className="rh-meta">None.</p> : null}
      <ul>
        {shares.slice(0, SHOWN).map((share) => (
          <li key={share.name}>
            <button type="button" onClick={() => onChoose(share.name)}>
              <span className="rh-mono rh-truncate" data-tip={share.name}>
                {word(share.name)}
              </span>
              <span className="keys-bar" aria-hidden="true">
                <i style={{ width: `${most > 0 ? Math.max(1, (share.bytes / most) * 100) : 0}%` }} />
              </span>
              <span className="rh-meta tabular-nums">{share.keys > 1 ? `${shortCount(share.keys)} keys` : ""}</span>
              <span className="tabular-nums" data-tip={`${number(share.bytes)} bytes`}>
                {bytesWords(share.bytes)}
              </span>
              <span className="rh-meta tabular-nums">{all > 0 ? `${percent(share.bytes / all)}` : ""}</span>
            </button>
          </li>
        ))}
      </ul>
      {shares.length > SHOWN ? <p className="rh-meta">and {number(shares.length - SHOWN)} more</p> : null}
    </section>
  );
}

const percent = (share: number): string => (share >= 0.01 ? `${Math.round(share * 100)} %` : "< 1 %");

export function SamplePane({ place, separator, onKey, onNamespace, onKind, onClose }: SamplePaneProps) {
  const { profileId, database } = place;
  const { data, error, isFetching, refetch } = useQuery({
    queryKey: ["keys-sample", profileId, database, separator],
    queryFn: () => host().keysSample({ profile_id: profileId, database }, separator),
    staleTime: Number.POSITIVE_INFINITY,
    retry: false,
  });
  const failure = error ? failureOf(error) : null;
  const all = data?.kinds.reduce((sum, share) => sum + share.bytes, 0) ?? 0;
  return (
    <section className="keys-sample" aria-label="What is in here">
      <header className="keys-head-name">
        <h2>What is in here</h2>
        {data ? (
          <span className="rh-meta tabular-nums">
            of {number(data.sampled)} keys sampled{data.of > data.sampled ? ` of ${number(data.of)}` : ""}
            {` · ${bytesWords(all)}`}
          </span>
        ) : null}
        <span className="flex-1" />
        <IconButton icon="refresh" label="Look again" dense loading={isFetching} onClick={() => void refetch()} />
        <IconButton icon="close" label="Close" dense keys="Escape" onClick={onClose} />
      </header>
      {failure ? (
        <EmptyState
          picture={present(failure.code).picture}
          title="The keys could not be looked at"
          actions={<Button onClick={() => void refetch()}>Try again</Button>}
        >
          {failure.message} {failure.hint}
        </EmptyState>
      ) : !data ? (
        <div className="keys-waiting" role="status" aria-label="Looking at keys">
          {[70, 50, 62, 44].map((width) => (
            <Skeleton key={width} width={`${width}%`} />
          ))}
        </div>
      ) : (
        <div className="keys-sample-body rh-scroll">
          <Shares title="Types" shares={data.kinds} all={all} onChoose={onKind} word={kindWord} />
          <Shares title="Namespaces" shares={data.namespaces} all={all} onChoose={onNamespace} word={(name) => name} />
          <Shares title="Largest keys" shares={data.largest} all={all} onChoose={onKey} word={(name) => name} />
        </div>
      )}
    </section>
  );
}
