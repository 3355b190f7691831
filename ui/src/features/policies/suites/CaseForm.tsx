/** One case: who sends what, what is to come of it, what came. */
import { type ReactNode, useState } from "react";
import { Badge, Button, ErrorBlock, Fold, Icon, IconButton, Input, Select, Textarea } from "@/design";
import { failureProps, type PolicyRole } from "@/ipc";
import type { SqlField } from "../editor/ExpressionField";
import {
  claimsOf,
  claimsText,
  type Expect,
  expectFrom,
  expectText,
  expectWords,
  gotExpect,
  gotWords,
  KINDS,
  kindOf,
  type SuiteActor,
  type SuiteCase,
} from "./model";
import type { CaseResult } from "./useSuiteRun";

const LOGIN = "\u0000";

export interface CaseFormProps {
  one: SuiteCase;
  onChange: (one: SuiteCase) => void;
  result: CaseResult | undefined;
  roles: readonly PolicyRole[];
  field: SqlField;
  onRun: () => void;
  runRefused: string | undefined;
  busy: boolean;
}

export const RESULTS = {
  passed: { word: "passed", icon: "check", tone: "ok" },
  failed: { word: "failed", icon: "error", tone: "danger" },
  not_run: { word: "not run", icon: "warning", tone: "warn" },
} as const;

function Came({ one, result, onChange }: Pick<CaseFormProps, "one" | "onChange"> & { result: CaseResult }) {
  const { word, icon, tone } = RESULTS[result.state];
  if (result.state === "not_run")
    return (
      <section aria-label="What came of it" className="sui-came">
        <Badge tone={tone} icon={icon}>
          {word}
        </Badge>
        <ErrorBlock {...failureProps(result.error)} />
      </section>
    );
  const instead = result.state === "failed" ? gotExpect(result.came) : null;
  return (
    <section aria-label="What came of it" className="sui-came">
      <p className="flex items-center gap-2">
        <Badge tone={tone} icon={icon}>
          {word}
        </Badge>
        {result.came.why ? <span className="rh-selectable">{result.came.why}</span> : null}
      </p>
      <dl className="sui-pair">
        <dt className="rh-meta">Expected</dt>
        <dd className="rh-mono rh-selectable">
          {expectWords(one.expect)}
          {one.then ? `; afterwards ${expectWords(one.then.expect)}` : ""}
        </dd>
        <dt className="rh-meta">Got</dt>
        <dd className="rh-mono rh-selectable">{gotWords(result.came)}</dd>
      </dl>
      {instead ? (
        <Button dense variant="ghost" icon="check" onClick={() => onChange({ ...one, expect: instead })}>
          Expect what came
        </Button>
      ) : null}
    </section>
  );
}

function Expected({ label, expect, onExpect }: { label: string; expect: Expect; onExpect: (expect: Expect) => void }) {
  const kind = kindOf(expect);
  // What is typed stays until it is an expectation.
  const [typed, setTyped] = useState<string | null>(null);
  const text = typed ?? expectText(expect);
  const read = expectFrom(kind, text);
  const type = (next: string) => {
    const made = expectFrom(kind, next);
    setTyped(typeof made === "string" || expectText(made) !== next ? next : null);
    if (typeof made !== "string") onExpect(made);
  };
  return (
    <div className="sui-expect">
      <Select
        dense
        label={`${label}: what kind`}
        value={kind}
        options={KINDS}
        onChange={(next) => {
          const made = expectFrom(next, next === "rows" ? "[]" : next === "error" ? "42501" : "0");
          setTyped(null);
          if (typeof made !== "string") onExpect(made);
        }}
      />
      {kind === "refused" ? (
        <span className="rh-meta">It is not sent, or the server refuses it for want of a right (42501).</span>
      ) : (
        <>
          <Input dense mono aria-label={label} value={text} onChange={type} />
          {typeof read === "string" ? <span className="rh-meta sui-wrong">{read}</span> : null}
        </>
      )}
    </div>
  );
}

/** Statements that the login runs before. */
export function Statements(props: {
  label: string;
  of: readonly string[];
  onChange: (all: readonly string[]) => void;
}) {
  const { label, of, onChange } = props;
  return (
    <div className="sui-list">
      {of.map((text, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: a statement is its place.
        <div key={index} className="sui-statement">
          <Textarea
            mono
            rows={2}
            aria-label={`${label} ${index + 1}`}
            value={text}
            onChange={(next) => onChange(of.with(index, next))}
          />
          <IconButton
            dense
            icon="close"
            label={`Without ${label} ${index + 1}`}
            onClick={() => onChange(of.toSpliced(index, 1))}
          />
        </div>
      ))}
      <Button dense variant="ghost" icon="plus" onClick={() => onChange([...of, ""])}>
        Statement before
      </Button>
    </div>
  );
}

function Part({ label, children }: { label: string; children: ReactNode }) {
  return (
    <div role="group" aria-label={label}>
      <div className="rh-field-label">{label}</div>
      {children}
    </div>
  );
}

export function CaseForm({ one, onChange, result, roles, field, onRun, runRefused, busy }: CaseFormProps) {
  const part = (change: Partial<SuiteCase>) => onChange({ ...one, ...change });
  const actor = one.as ?? {};
  const as = (change: SuiteActor) => part({ as: { ...actor, ...change } });
  const settings = Object.entries(actor.settings ?? {});
  const setSettings = (all: readonly (readonly [string, string])[]) => as({ settings: Object.fromEntries(all) });
  const known = roles.some(({ name }) => name === actor.role);
  return (
    <section className="sui-form rh-scroll" aria-label={`Case ${one.name}`}>
      <div className="flex items-center gap-2">
        <span className="sui-name">
          <Input dense aria-label="Name of the case" value={one.name} onChange={(name) => part({ name })} />
        </span>
        <Button dense icon="run" loading={busy} disabledReason={runRefused} onClick={onRun}>
          Run this case
        </Button>
      </div>
      {result ? (
        <Came one={one} result={result} onChange={onChange} />
      ) : (
        <p className="rh-meta">
          <Icon name="minus" size={12} /> Not run as it stands now.
        </p>
      )}
      <Part label="As">
        <div className="sui-as">
          <Select
            dense
            label="Role of the case"
            icon="role"
            value={actor.role ?? LOGIN}
            options={[
              { value: LOGIN, label: "the login itself" },
              ...(actor.role && !known ? [{ value: actor.role, label: actor.role, meta: "not on this server" }] : []),
              ...roles.filter(({ name }) => name !== "PUBLIC").map(({ name }) => ({ value: name, label: name })),
            ]}
            onChange={(role) => {
              const { role: _, ...others } = actor;
              part({ as: role === LOGIN ? others : { ...others, role } });
            }}
          />
          <Claims claims={actor.claims} onClaims={(claims) => as({ claims })} />
          {settings.map(([name, value], index) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: a setting is its place.
            <div key={index} className="try-setting">
              <Input
                dense
                mono
                aria-label={`Setting ${index + 1}`}
                value={name}
                onChange={(next) => setSettings(settings.with(index, [next, value]))}
              />
              <Input
                dense
                mono
                aria-label={`Value ${index + 1}`}
                value={value}
                onChange={(next) => setSettings(settings.with(index, [name, next]))}
              />
              <IconButton
                dense
                icon="close"
                label={`Without setting ${name}`}
                onClick={() => setSettings(settings.toSpliced(index, 1))}
              />
            </div>
          ))}
          <Button
            dense
            variant="ghost"
            icon="plus"
            disabledReason={settings.some(([name]) => name === "") ? "name the other one first" : undefined}
            onClick={() => setSettings([...settings, ["", ""]])}
          >
            Setting
          </Button>
        </div>
      </Part>
      <Part label="Statement">
        <div className="pol-sql">
          {field({
            value: one.statement,
            onChange: (statement) => part({ statement }),
            before: "",
            wrong: null,
            label: "Statement of the case",
            example: "select id from app.documents",
          })}
        </div>
      </Part>
      <Part label="Expected">
        <Expected label="Expected" expect={one.expect} onExpect={(expect) => part({ expect })} />
      </Part>
      <Fold label={`Before it, as the login${one.setup?.length ? ` (${one.setup.length})` : ""}`}>
        <Statements label="Statement" of={one.setup ?? []} onChange={(setup) => part({ setup })} />
      </Fold>
      <Fold label={`After it, as the login${one.then ? " (1)" : ""}`}>
        {one.then ? (
          <div className="sui-list">
            <Textarea
              mono
              rows={2}
              aria-label="Statement after it"
              value={one.then.statement}
              // biome-ignore lint/suspicious/noThenProperty: the format's name for the statement after it.
              onChange={(statement) => one.then && part({ then: { ...one.then, statement } })}
            />
            <Expected
              label="Expected after it"
              expect={one.then.expect}
              // biome-ignore lint/suspicious/noThenProperty: the format's name for the statement after it.
              onExpect={(expect) => one.then && part({ then: { ...one.then, expect } })}
            />
            <Button
              dense
              variant="ghost"
              icon="close"
              onClick={() => {
                const { then: _, ...others } = one;
                onChange(others);
              }}
            >
              Without it
            </Button>
          </div>
        ) : (
          <Button
            dense
            variant="ghost"
            icon="plus"
            // biome-ignore lint/suspicious/noThenProperty: the format's name for the statement after it.
            onClick={() => part({ then: { statement: "select 1", expect: { count: 1 } } })}
          >
            Statement after
          </Button>
        )}
      </Fold>
    </section>
  );
}

/** Claims as they are typed: JSON is rewritten only by whoever types. */
function Claims({ claims, onClaims }: { claims: unknown; onClaims: (claims: unknown) => void }) {
  const [typed, setTyped] = useState<string | null>(null);
  return (
    <Textarea
      mono
      rows={2}
      aria-label="Claims of the case"
      placeholder='{"sub": "5f0c1a7e-…"}'
      value={typed ?? claimsText(claims)}
      onChange={(text) => {
        setTyped(text);
        onClaims(claimsOf(text));
      }}
    />
  );
}
