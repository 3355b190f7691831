/** Validation rules of a collection: typed, tried on the documents there are, saved over what was seen. */
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useKeys, useOffers } from "@/commands";
import {
  Banner,
  Button,
  ConfirmDialog,
  EmptyState,
  ErrorBlock,
  number,
  plural,
  Select,
  Skeleton,
  toast,
} from "@/design";
import {
  type AppError,
  type CollectionRules,
  failureOf,
  failureProps,
  host,
  present,
  queryKeys,
  type RulesBreaking,
} from "@/ipc";
import type { TextFieldSlot } from "./field";
import type { CollectionPlace } from "./model";
import { ACTIONS, LEVELS, rulesOf, sameRules, withWord } from "./rules";

export interface RulesPaneProps {
  place: CollectionPlace;
  active: boolean;
  /** What was typed and is not saved. */
  draft: CollectionRules | null;
  onDraft: (draft: CollectionRules | null) => void;
  field: TextFieldSlot;
  /** Why nothing can be asked now. */
  away: string | null;
  onQuery: (text: string) => void;
}

type Tried = { readonly of: string } & (
  | { readonly answer: RulesBreaking }
  | { readonly failure: AppError }
  | { readonly busy: true }
);

export function RulesPane({ place, active, draft, onDraft, field, away, onQuery }: RulesPaneProps) {
  const { profileId, object, locked, saveTo } = place;
  const client = useQueryClient();
  const queryKey = queryKeys.collectionRules(profileId, object);
  const read = useQuery({ queryKey, queryFn: () => host().collectionRules(profileId, object), retry: false });
  const [tried, setTried] = useState<Tried | null>(null);
  const [asked, setAsked] = useState<string | null>(null);
  const [failure, setFailure] = useState<AppError | null>(null);
  const [busy, setBusy] = useState(false);
  const seen = read.data;
  const rules = draft ?? seen;
  const text = rules?.validator ?? "";
  const dirty = draft !== null && seen !== undefined && !sameRules(draft, seen);
  const keys = { save: useKeys("edits.save"), run: useKeys("pipeline.run") };
  const put = (change: Partial<CollectionRules>) => {
    if (!rules || !seen) return;
    const next = { ...rules, ...change };
    onDraft(sameRules(next, seen) ? null : next);
  };
  const attempt = async () => {
    setTried({ of: text, busy: true });
    try {
      setTried({ of: text, answer: await host().collectionRulesTry(profileId, object, text) });
    } catch (thrown) {
      setTried({ of: text, failure: failureOf(thrown) });
    }
  };
  const save = async (confirmed: boolean) => {
    if (!draft || !seen) return;
    setBusy(true);
    setFailure(null);
    try {
      const request = { profile_id: profileId, collection: object, seen, new: draft, confirmed };
      const answer = await host().collectionRulesChange(request);
      if (answer.answer === "confirm") return setAsked(answer.statement);
      client.setQueryData(queryKey, answer.rules);
      onDraft(null);
      toast({ title: `The rules of ${object.name} are in force` });
    } catch (thrown) {
      setFailure(failureOf(thrown));
    } finally {
      setBusy(false);
    }
  };
  const fromSample = async () => {
    setFailure(null);
    try {
      const sample = await host().collectionFields(profileId, object);
      if (sample.sampled === 0) toast({ title: "There is no document to make rules of" });
      else put({ validator: rulesOf(sample) });
    } catch (thrown) {
      setFailure(failureOf(thrown));
    }
  };
  const unable = locked ?? away ?? undefined;
  const nothing = text.trim() === "" ? "there is no rule yet" : (away ?? undefined);
  const unsaved = dirty ? unable : "nothing was changed";
  useOffers(
    {
      "pipeline.run": { run: () => void attempt(), ...(nothing ? { disabledReason: nothing } : {}) },
      "edits.save": { run: () => void save(false), ...(unsaved ? { disabledReason: unsaved } : {}) },
      "relation.save": { run: () => void save(false), ...(unsaved ? { disabledReason: unsaved } : {}) },
    },
    active,
  );
  if (read.error && !rules) {
    const error = failureOf(read.error);
    return (
      <EmptyState
        picture={present(error.code).picture}
        title={error.code === "unsupported" ? "No rules here" : "The rules could not be read"}
        actions={
          error.code === "unsupported" ? undefined : <Button onClick={() => void read.refetch()}>Try again</Button>
        }
      >
        {error.message} {error.hint}
      </EmptyState>
    );
  }
  if (!rules)
    return (
      <div className="doc-rules-waiting" role="status" aria-label="Reading the rules">
        {[52, 70, 40].map((width) => (
          <Skeleton key={width} width={`${width}%`} height={10} />
        ))}
      </div>
    );
  const wrong = [failure, tried && "failure" in tried ? tried.failure : null].find((each) => each?.range);
  return (
    <div className="doc-rules" data-scope="relation">
      <div className="doc-note doc-rules-bar">
        <span className="rh-meta">Look at</span>
        <Select
          dense
          label="Which writes are looked at"
          value={rules.level}
          options={withWord(LEVELS, rules.level)}
          onChange={(level) => put({ level })}
        />
        <span className="rh-meta">What does not fit:</span>
        <Select
          dense
          label="What becomes of a document that does not fit"
          value={rules.action}
          options={withWord(ACTIONS, rules.action)}
          onChange={(action) => put({ action })}
        />
        <span className="flex-1" />
        <Button
          dense
          variant="ghost"
          icon="columns"
          disabledReason={away ?? undefined}
          onClick={() => void fromSample()}
        >
          From a sample
        </Button>
        <Button
          dense
          icon="run"
          {...(keys.run ? { keys: keys.run } : {})}
          loading={tried !== null && "busy" in tried}
          disabledReason={nothing}
          onClick={() => void attempt()}
        >
          Try on the documents
        </Button>
      </div>
      <div className="doc-rules-text">
        {field({
          label: `Rule of ${object.name}`,
          value: text,
          onChange: (validator) => put({ validator: validator.trim() === "" ? null : validator }),
          wrong: wrong?.range ?? null,
          before: `db.${object.name}.find(`,
          example: '{ $jsonSchema: { required: ["name"], properties: { name: { bsonType: "string" } } } }',
          tall: true,
        })}
      </div>
      {failure ? (
        <div className="doc-rules-problem">
          <ErrorBlock
            {...failureProps(failure)}
            actions={
              failure.code === "conflict" ? (
                <Button dense onClick={() => void read.refetch().then(() => setFailure(null))}>
                  Read what is there, keep mine
                </Button>
              ) : undefined
            }
          />
        </div>
      ) : null}
      {tried ? <Outcome tried={tried} stale={tried.of !== text} onQuery={onQuery} /> : null}
      {dirty ? (
        <div className="doc-rules-foot" role="status">
          <span className="rh-truncate min-w-0">
            Not saved. Documents that are there already stay as they are, whether they fit or not.
          </span>
          <span className="flex-1" />
          <Button
            variant="ghost"
            onClick={() => {
              onDraft(null);
              setFailure(null);
            }}
          >
            Discard
          </Button>
          <Button
            variant="primary"
            loading={busy}
            disabledReason={unable}
            {...(keys.save ? { keys: keys.save, showKeys: true } : {})}
            onClick={() => void save(false)}
          >
            {saveTo ? `Save to ${saveTo}` : "Save"}
          </Button>
        </div>
      ) : null}
      <ConfirmDialog
        open={asked !== null}
        onClose={() => setAsked(null)}
        onConfirm={() => {
          setAsked(null);
          void save(true);
        }}
        title="Change the rules of this collection?"
        description={
          <>
            This is sent{saveTo ? ` to ${saveTo}, which is production` : ""}:
            <code className="doc-statement rh-mono rh-selectable">{asked?.slice(0, 2_000)}</code>
          </>
        }
        confirmLabel={saveTo ? `Send to ${saveTo}` : "Send"}
      />
    </div>
  );
}

/** What the documents there are say to a rule. */
function Outcome({ tried, stale, onQuery }: { tried: Tried; stale: boolean; onQuery: (text: string) => void }) {
  if ("busy" in tried) return null;
  if ("failure" in tried)
    return stale ? null : (
      <div className="doc-rules-problem">
        <ErrorBlock {...failureProps(tried.failure)} />
      </div>
    );
  const { found, more, first, statement } = tried.answer;
  return (
    <section className="doc-rules-outcome" aria-label="Documents that do not fit" data-stale={stale || undefined}>
      <Banner
        tone={found === 0 ? "ok" : "warn"}
        edge
        actions={
          found > 0 ? (
            <Button dense icon="terminal" onClick={() => onQuery(statement)}>
              Open as query
            </Button>
          ) : undefined
        }
        {...(stale ? { detail: "The rule was changed since." } : {})}
      >
        {found === 0
          ? "Every document there is fits"
          : `${more ? `At least ${number(found)} documents do` : `${plural(found, "document")} ${found === 1 ? "does" : "do"}`} not fit`}
      </Banner>
      {first.length > 0 ? (
        <ul className="rh-scroll">
          {first.map((text, at) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: documents of one answer stay in their places.
            <li key={at} className="rh-mono rh-truncate rh-selectable">
              {text.slice(0, 400)}
            </li>
          ))}
        </ul>
      ) : null}
    </section>
  );
}
