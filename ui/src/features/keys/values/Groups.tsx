/** Who reads a stream, and what each has not acknowledged. */
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { Button, EmptyState, IconButton, number, Skeleton } from "@/design";
import { failureOf, host, type KeyGroup, type KeysOf, present } from "@/ipc";
import { ttlWords } from "../model";

export function Groups({ of, name, turn }: { of: KeysOf; name: string; turn: number }) {
  const { data, error, isFetching, refetch } = useQuery({
    queryKey: ["key-groups", of, name, turn],
    queryFn: () => host().keyGroups(of, name),
    retry: false,
    staleTime: 0,
  });
  if (error) {
    const failure = failureOf(error);
    return (
      <EmptyState
        picture={present(failure.code).picture}
        title="The groups could not be read"
        actions={<Button onClick={() => void refetch()}>Try again</Button>}
      >
        {failure.message} {failure.hint}
      </EmptyState>
    );
  }
  if (!data)
    return (
      <div className="keys-waiting" role="status" aria-label="Reading the groups">
        <Skeleton width="60%" />
        <Skeleton width="44%" />
      </div>
    );
  if (data.length === 0)
    return (
      <EmptyState picture="empty" title="No groups">
        Nobody reads this stream as a group. XGROUP CREATE in a console makes one.
      </EmptyState>
    );
  return (
    <div className="keys-groups rh-scroll">
      {data.map((group) => (
        <Group key={group.name} group={group} />
      ))}
      <div>
        <IconButton
          icon="refresh"
          label="Read the groups again"
          dense
          loading={isFetching}
          onClick={() => void refetch()}
        />
      </div>
    </div>
  );
}

function Group({ group }: { group: KeyGroup }) {
  const [open, setOpen] = useState(true);
  return (
    <section aria-label={`Group ${group.name}`}>
      <header className="keys-group-head">
        <IconButton
          icon={open ? "chevron-down" : "chevron-right"}
          label={open ? "Fold" : "Unfold"}
          quiet
          aria-expanded={open}
          onClick={() => setOpen(!open)}
        />
        <h3 className="rh-mono rh-truncate">{group.name}</h3>
        <span className="rh-meta tabular-nums">
          {group.lag === null ? "lag not known" : `lag ${number(group.lag)}`} · {number(group.pending)} pending · last{" "}
          <span className="rh-mono">{group.last_delivered}</span>
        </span>
      </header>
      {open ? (
        <>
          <table className="rh-table keys-small-table">
            <thead>
              <tr>
                <th>Consumer</th>
                <th className="rh-num">Pending</th>
                <th className="rh-num">Silent for</th>
              </tr>
            </thead>
            <tbody>
              {group.consumers.map((consumer) => (
                <tr key={consumer.name}>
                  <td className="rh-mono">{consumer.name}</td>
                  <td className="rh-num">{number(consumer.pending)}</td>
                  <td className="rh-num">{ttlWords(consumer.idle_ms)}</td>
                </tr>
              ))}
            </tbody>
          </table>
          {group.oldest.length > 0 ? (
            <table className="rh-table keys-small-table">
              <thead>
                <tr>
                  <th>Oldest pending</th>
                  <th>Consumer</th>
                  <th className="rh-num">Handed out</th>
                  <th className="rh-num">Times</th>
                </tr>
              </thead>
              <tbody>
                {group.oldest.map((entry) => (
                  <tr key={entry.id}>
                    <td className="rh-mono">{entry.id}</td>
                    <td className="rh-mono">{entry.consumer}</td>
                    <td className="rh-num">{ttlWords(entry.idle_ms)} ago</td>
                    <td className="rh-num">{number(entry.deliveries)}</td>
                  </tr>
                ))}
              </tbody>
            </table>
          ) : null}
        </>
      ) : null}
    </section>
  );
}
