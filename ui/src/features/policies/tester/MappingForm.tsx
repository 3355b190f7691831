/** Which column of a table of users becomes which claim or setting, and which role. */
import { Button, Checkbox, Field, IconButton, Input, Select } from "@/design";
import type { PolicyColumn, PolicyOn, PolicyRole, PolicyUserMapping, PolicyUserValue } from "@/ipc";
import type { Place } from "../queries";
import { TablePicker } from "./TablePicker";
import { column } from "./users";

export interface MappingFormProps {
  place: Place;
  able: boolean;
  roles: readonly PolicyRole[];
  columns: readonly PolicyColumn[];
  mapping: PolicyUserMapping | null;
  suggested: readonly PolicyUserMapping[];
  problem: string | undefined;
  onMapping: (mapping: PolicyUserMapping) => void;
  onTable: (on: PolicyOn) => void;
  onDone: () => void;
}

const LOGIN = "\u0000login";
const TEXT = "\u0000text";

/** A column, or a text that is the same for all. */
function Value(props: {
  label: string;
  columns: readonly PolicyColumn[];
  value: PolicyUserValue;
  onValue: (value: PolicyUserValue) => void;
  /** Claims keep the server's numbers unless they are wanted as text. */
  json: boolean;
}) {
  const { label, columns, value, onValue, json } = props;
  return (
    <span className="try-map-value">
      <Select
        dense
        label={label}
        placeholder="choose a column"
        value={value.from === "text" ? TEXT : value.column === "" ? undefined : value.column}
        options={[
          ...columns.map(({ name, native_type }) => ({ value: name, label: name, meta: native_type })),
          { value: TEXT, label: "the same text for all" },
        ]}
        onChange={(next) =>
          onValue(next === TEXT ? { from: "text", text: "" } : column(next, value.from === "column" && value.as_text))
        }
      />
      {value.from === "text" ? (
        <Input
          dense
          mono
          aria-label={`Text of ${label}`}
          value={value.text}
          onChange={(text) => onValue({ from: "text", text })}
        />
      ) : json ? (
        <Checkbox checked={value.as_text} onChange={(as_text) => onValue({ ...value, as_text })}>
          as text
        </Checkbox>
      ) : null}
    </span>
  );
}

type Pairs = readonly (readonly [string, PolicyUserValue])[];

function Pairing(props: {
  what: "claim" | "setting";
  pairs: Pairs;
  columns: readonly PolicyColumn[];
  example: string;
  onPairs: (pairs: [string, PolicyUserValue][]) => void;
}) {
  const { what, pairs, columns, example, onPairs } = props;
  const put = (index: number, name: string, value: PolicyUserValue) =>
    onPairs(pairs.map(([n, v], at): [string, PolicyUserValue] => (at === index ? [name, value] : [n, v])));
  return (
    <div className="try-map">
      {pairs.map(([name, value], index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: a pair is its place.
        <div key={index} className="try-map-pair">
          <Input
            dense
            mono
            aria-label={`Name of ${what} ${index + 1}`}
            placeholder={example}
            value={name}
            onChange={(next) => put(index, next, value)}
          />
          <Value
            label={`Value of ${what} ${index + 1}`}
            columns={columns}
            value={value}
            onValue={(next) => put(index, name, next)}
            json={what === "claim"}
          />
          <IconButton
            dense
            icon="close"
            label={`Without ${what} ${name || index + 1}`}
            onClick={() =>
              onPairs(pairs.flatMap(([n, v], at): [string, PolicyUserValue][] => (at === index ? [] : [[n, v]])))
            }
          />
        </div>
      ))}
      <Button
        dense
        variant="ghost"
        icon="plus"
        onClick={() =>
          onPairs([
            ...pairs.map(([n, v]): [string, PolicyUserValue] => [n, v]),
            [pairs.length === 0 ? example : "", column("", what === "claim" && pairs.length === 0)],
          ])
        }
      >
        {what === "claim" ? "Claim" : "Setting"}
      </Button>
    </div>
  );
}

export function MappingForm(props: MappingFormProps) {
  const { place, able, roles, columns, mapping, suggested, problem, onMapping, onTable, onDone } = props;
  const role = mapping?.role ?? null;
  return (
    <div className="sui-make">
      <Field
        label="Table"
        hint={
          suggested.length > 0
            ? `Likely: ${suggested.map(({ on }) => `${on.schema}.${on.table}`).join(", ")}`
            : undefined
        }
      >
        {() => (
          <TablePicker
            place={place}
            able={able}
            label="Table of users"
            on={mapping?.on ?? null}
            onChoose={(on) => on && onTable(on)}
          />
        )}
      </Field>
      {mapping ? (
        <>
          <Field label="Known by">
            {() => (
              <Select
                dense
                label="Column that users are known by"
                value={mapping.label ?? LOGIN}
                options={[
                  { value: LOGIN, label: "their first claim" },
                  ...columns.map(({ name }) => ({ value: name, label: name })),
                ]}
                onChange={(name) => onMapping({ ...mapping, label: name === LOGIN ? null : name })}
              />
            )}
          </Field>
          <Field label="Role">
            {() => (
              <Select
                dense
                label="Role of users"
                icon="role"
                value={role === null ? LOGIN : role.from === "text" ? `r ${role.text}` : `c ${role.column}`}
                options={[
                  { value: LOGIN, label: "the login itself" },
                  ...roles
                    .filter(({ name }) => name !== "PUBLIC")
                    .map(({ name }) => ({ value: `r ${name}`, label: name, group: "A role for all" })),
                  ...columns.map(({ name }) => ({ value: `c ${name}`, label: name, group: "From a column" })),
                ]}
                onChange={(next) =>
                  onMapping({
                    ...mapping,
                    role:
                      next === LOGIN
                        ? null
                        : next.startsWith("r ")
                          ? { from: "text", text: next.slice(2) }
                          : column(next.slice(2), true),
                  })
                }
              />
            )}
          </Field>
          <Field label="Claims">
            {() => (
              <Pairing
                what="claim"
                example="sub"
                pairs={mapping.claims}
                columns={columns}
                onPairs={(claims) => onMapping({ ...mapping, claims })}
              />
            )}
          </Field>
          <Field label="Settings">
            {() => (
              <Pairing
                what="setting"
                example="app.user_id"
                pairs={mapping.settings}
                columns={columns}
                onPairs={(settings) => onMapping({ ...mapping, settings })}
              />
            )}
          </Field>
        </>
      ) : null}
      <div className="flex items-center gap-2">
        <Button className="ml-auto" variant="primary" disabledReason={problem} onClick={onDone}>
          Show the users
        </Button>
      </div>
    </div>
  );
}
