/** Policies for what a table is mostly for, bound to its own columns; what they make is shown before it is a draft. */
import { useQuery } from "@tanstack/react-query";
import { type ReactNode, useState } from "react";
import {
  Badge,
  Banner,
  Button,
  Checkbox,
  CodeBlock,
  Dialog,
  EmptyState,
  ErrorBlock,
  Field,
  Input,
  plural,
  Select,
  Skeleton,
} from "@/design";
import {
  failureOf,
  failureProps,
  host,
  type PolicyDraft,
  type PolicyOn,
  type PolicyTable,
  type PolicyTemplate,
  type PolicyTemplates,
  type PolicyWho,
} from "@/ipc";
import { tableWords } from "../drafts";
import { type Place, useTable, useTemplates } from "../queries";
import { type Blank, blanksOf, filledIn, missingIn, withBlank } from "../templates";

export interface TemplatesDialogProps {
  place: Place;
  on: PolicyOn;
  roles: readonly string[];
  highlight: (sql: string) => ReactNode;
  onMake: (policies: readonly PolicyDraft[]) => Promise<void>;
  onScript: (title: string, sql: string) => void;
  onClose: () => void;
}

export function TemplatesDialog(props: TemplatesDialogProps) {
  const { place, on, onClose } = props;
  const templates = useTemplates(place, on, true);
  const table = useTable(place, on);
  const error = templates.error ?? table.error;
  return (
    <Dialog
      open
      width={960}
      onClose={onClose}
      title="Policy from a template"
      description={`For ${tableWords(on)}, bound to its own columns. It becomes a draft; nothing is sent.`}
    >
      {templates.data && table.data ? (
        <Choosing {...props} templates={templates.data} table={table.data} />
      ) : error ? (
        <ErrorBlock {...failureProps(failureOf(error))} />
      ) : (
        <div className="pol-templates" role="status" aria-label="Reading the columns">
          <Skeleton width="100%" height={320} />
          <Skeleton width="100%" height={320} />
        </div>
      )}
    </Dialog>
  );
}

function Choosing(props: TemplatesDialogProps & { templates: PolicyTemplates; table: PolicyTable }) {
  const { place, on, roles, highlight, onMake, onScript, onClose, templates, table } = props;
  const [at, setAt] = useState(0);
  const [template, setTemplate] = useState<PolicyTemplate | null>(templates.offers[0]?.template ?? null);
  const [who, setWho] = useState<PolicyWho>(templates.who);
  const [making, setMaking] = useState(false);
  const missing = template ? missingIn(template) : "choose one";
  const made = useQuery({
    queryKey: ["security", place.profileId, place.database, "made", on, template, who],
    queryFn: async () => {
      const { policies, indexes, notes } = await host().policyMake(
        place.profileId,
        place.database,
        on,
        template as PolicyTemplate,
        who,
      );
      const sql = await Promise.all(policies.map((policy) => host().policyWrite(on, policy)));
      return { policies, indexes, notes, sql: sql.join("\n\n") };
    },
    enabled: template !== null && missing === undefined,
    placeholderData: (before) => before,
    gcTime: 0,
    retry: false,
  });
  if (!template) {
    return (
      <EmptyState picture="empty" title="No template for this table">
        Begin with an empty policy instead.
      </EmptyState>
    );
  }
  const choose = (index: number) => {
    const offer = templates.offers[index];
    if (!offer) return;
    setAt(index);
    setTemplate(offer.template);
  };
  const blank = (each: Blank) => (
    <BlankField
      key={each.path}
      blank={each}
      value={filledIn(template, each.path)}
      columns={table.columns.map(({ name }) => name)}
      roles={roles}
      onChange={(value) => setTemplate(withBlank(template, each.path, value))}
    />
  );
  const { data } = made;
  const count = data?.policies.length ?? 0;
  return (
    <div className="pol-templates">
      <div className="pol-offers rh-scroll" role="radiogroup" aria-label="Templates">
        {templates.offers.map(({ title, detail, fits, template: { template: kind } }, index) => (
          <label key={kind} className="pol-offer" data-on={index === at || undefined}>
            <input type="radio" name="policy-template" checked={index === at} onChange={() => choose(index)} />
            <span className="min-w-0">
              <span className="font-[500] flex items-center gap-2">
                {title}
                {fits ? null : <Badge tone="outline">columns to be chosen</Badge>}
              </span>
              <span className="rh-meta">{detail}</span>
            </span>
          </label>
        ))}
      </div>
      <div className="pol-template rh-scroll">
        {blanksOf(template.template).map(blank)}
        <Field label="The user's id" hint="As an expression of this database">
          {(control) => <Input {...control} mono value={who.user} onChange={(user) => setWho({ ...who, user })} />}
        </Field>
        <Field label="Who is signed in">
          {(control) => (
            <RoleSelect
              id={control.id}
              value={who.authenticated}
              roles={roles}
              onChange={(authenticated) => setWho({ ...who, authenticated })}
            />
          )}
        </Field>
        {missing ? <Banner tone="info">{missing}.</Banner> : null}
        {made.error ? <ErrorBlock {...failureProps(failureOf(made.error))} /> : null}
        {data && !missing ? (
          <>
            <CodeBlock label="What it makes" copy={data.sql} wrap>
              {highlight(data.sql)}
            </CodeBlock>
            {data.notes.map((note) => (
              <Banner key={note} tone="info">
                {note}
              </Banner>
            ))}
            {data.indexes.length > 0 ? (
              <Banner
                tone="info"
                icon="index"
                detail={<code className="pol-code rh-selectable">{data.indexes.join("\n")}</code>}
                actions={
                  <Button
                    dense
                    onClick={() => onScript(`Indexes of ${on.table}`, data.indexes.map((sql) => `${sql};`).join("\n"))}
                  >
                    Open in an editor
                  </Button>
                }
              >
                {data.indexes.length === 1 ? "The index it wants is not there" : "Indexes it wants are not there"}
              </Banner>
            ) : null}
          </>
        ) : null}
      </div>
      <div className="pol-template-foot">
        <Button className="ml-auto" onClick={onClose} keys="Escape" showKeys>
          Cancel
        </Button>
        <Button
          variant="primary"
          loading={making}
          disabledReason={missing ?? (count === 0 ? "it makes nothing yet" : undefined)}
          onClick={() => {
            setMaking(true);
            void onMake(data?.policies ?? []).finally(() => setMaking(false));
          }}
        >
          Add {plural(count, "draft")}
        </Button>
      </div>
    </div>
  );
}

const NONE = "\u0000";

function RoleSelect(props: { id: string; value: string; roles: readonly string[]; onChange: (role: string) => void }) {
  const { id, value, roles, onChange } = props;
  const all = roles.includes(value) ? roles : [value, ...roles];
  return (
    <Select
      id={id}
      block
      icon="role"
      value={value}
      options={all.map((name) => ({ value: name, label: name }))}
      onChange={onChange}
    />
  );
}

function BlankField(props: {
  blank: Blank;
  value: string | boolean | null;
  columns: readonly string[];
  roles: readonly string[];
  onChange: (value: string | boolean | null) => void;
}) {
  const { blank, value, columns, roles, onChange } = props;
  const text = typeof value === "string" ? value : "";
  if (blank.kind === "flag") {
    return (
      <Field label="">
        {(control) => (
          <Checkbox id={control.id} checked={value === true} onChange={onChange}>
            {blank.label}
          </Checkbox>
        )}
      </Field>
    );
  }
  return (
    <Field label={blank.label}>
      {(control) =>
        blank.kind === "column" || blank.kind === "maybe" ? (
          <Select
            id={control.id}
            block
            mono
            icon="column"
            value={text === "" ? (blank.kind === "maybe" ? NONE : undefined) : text}
            placeholder="choose a column"
            options={[
              ...(blank.kind === "maybe" ? [{ value: NONE, label: "none" }] : []),
              ...columns.map((name) => ({ value: name, label: name })),
            ]}
            onChange={(name) => onChange(name === NONE ? null : name)}
          />
        ) : blank.kind === "role" ? (
          <RoleSelect id={control.id} value={text} roles={roles} onChange={onChange} />
        ) : (
          <Input {...control} mono value={text} onChange={onChange} />
        )
      }
    </Field>
  );
}
