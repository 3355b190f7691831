/** A driver's form, drawn from its fields alone. */
import { type Dispatch, Fragment, type ReactNode, useId } from "react";
import { Button, Field, type FieldControl, IconButton, Input, Segmented, Select, Switch } from "@/design";
import { type DriverForm, type FormField, host } from "@/ipc";
import {
  effectiveValue,
  type FieldRow,
  type FieldSection,
  type FormAction,
  type FormState,
  PASSWORD_FIELD,
  sectionsOf,
} from "../model";
import { FoldSection } from "./FoldSection";
import { SecretInput } from "./SecretInput";

export interface DriverFieldsProps {
  driver: DriverForm;
  state: FormState;
  dispatch: Dispatch<FormAction>;
  /** Stands in the first section, above its rows. */
  first: ReactNode;
  /** The row of the login's password, which has a policy. */
  password: ReactNode;
  /** Stands between what every connection needs (place and login) and what few need (encryption, details). */
  between: ReactNode;
}

/** A few short choices are all visible; many or long ones are a list. */
const FEW = 4;
const SHORT = 14;

function ChoiceInput({ field, value, onChange, control }: OneProps & { control?: FieldControl }) {
  const short =
    field.choices.length <= FEW && field.choices.every((choice) => choice.label.length <= SHORT) && !field.joined;
  return short ? (
    <Segmented label={field.label} value={value} onChange={onChange} options={field.choices} />
  ) : (
    <Select
      {...control}
      {...(control ? {} : { label: field.label })}
      block
      value={value}
      onChange={onChange}
      options={field.choices}
    />
  );
}

interface OneProps {
  field: FormField;
  value: string;
  onChange: (value: string) => void;
}

interface EntryProps {
  field: FormField;
  driver: DriverForm;
  state: FormState;
  dispatch: Dispatch<FormAction>;
  /** Absent beside another field: the entry then names itself. */
  control?: FieldControl;
}

function Entry({ field, driver, state, dispatch, control }: EntryProps) {
  const entered = state.values[field.name] ?? "";
  const set = (value: string) => dispatch({ type: "value", field: field.name, value });
  const named = control ?? {
    "aria-label": field.label,
    "aria-invalid": state.errors[field.name] ? (true as const) : undefined,
  };
  const required = field.required || undefined;
  switch (field.kind) {
    case "choice":
      return (
        <ChoiceInput
          field={field}
          value={effectiveValue(driver, state.values, field.name)}
          onChange={set}
          {...(control ? { control } : {})}
        />
      );
    case "switch":
      return (
        <Switch
          {...(control ? { id: control.id } : { label: field.label })}
          checked={effectiveValue(driver, state.values, field.name) === "true"}
          onChange={(on) => set(String(on))}
        />
      );
    case "secret":
      return (
        <SecretInput
          {...named}
          value={state.secrets[field.name] ?? ""}
          onChange={(value) => dispatch({ type: "secret", field: field.name, value })}
          placeholder={secretPlaceholder(field, state)}
          end={
            isStored(field, state) && state.secrets[field.name] === undefined ? (
              <IconButton
                icon="close"
                label={`Forget the stored ${within(field.label)}`}
                quiet
                onClick={() => dispatch({ type: "secret", field: field.name, value: "" })}
              />
            ) : undefined
          }
        />
      );
    case "file":
      return (
        <div className="conn-pair">
          <Input
            {...named}
            mono
            icon="file"
            required={required}
            value={entered}
            onChange={set}
            placeholder={field.placeholder ?? undefined}
          />
          <Button
            aria-label={`Choose ${field.label.toLowerCase()}`}
            onClick={() =>
              void host()
                .pickFile(field.label)
                .then((path) => path !== null && set(path))
            }
          >
            Choose
          </Button>
        </div>
      );
    default:
      return (
        <Input
          {...named}
          mono
          inputMode={field.kind === "number" ? "numeric" : undefined}
          className={field.joined && field.kind === "number" ? "conn-short" : undefined}
          required={required}
          value={entered}
          onChange={set}
          placeholder={field.placeholder ?? field.default ?? undefined}
        />
      );
  }
}

/** A label in the middle of a sentence; `SSH` stays as it is. */
const within = (label: string): string =>
  /^\p{Lu}\p{Lu}/u.test(label) ? label : label.charAt(0).toLowerCase() + label.slice(1);

const isStored = (field: FormField, state: FormState) => state.stored.includes(field.name);

function secretPlaceholder(field: FormField, state: FormState): string {
  if (!isStored(field, state)) return field.placeholder ?? "";
  return state.secrets[field.name] === "" ? "Will be forgotten" : "As stored";
}

/** `Host` and `Port` share a row named "Host and port", `SSH host` and `SSH port` one named "SSH host and port". */
function labelOf(row: FieldRow): string {
  const [first, ...rest] = row.fields;
  const whose = first?.label.split(" ")[0] ?? "";
  const more = rest.map(({ label }) => {
    const own = label.startsWith(`${whose} `) ? label.slice(whose.length + 1) : label;
    return within(own);
  });
  return [first?.label ?? "", ...more].join(" and ");
}

function Row({ row, ...rest }: Omit<EntryProps, "field" | "control"> & { row: FieldRow }) {
  const [first, ...joined] = row.fields;
  if (!first) return null;
  const { errors } = rest.state;
  const error = row.fields.map((field) => errors[field.name]).find((text) => text !== undefined);
  // What is chosen explains itself; where it does not, its field does.
  const helpOf = (field: FormField) => {
    const chosen = effectiveValue(rest.driver, rest.state.values, field.name);
    return field.choices.find((choice) => choice.value === chosen)?.help ?? field.help;
  };
  const help = row.fields.map(helpOf).find((text) => text !== null);
  return (
    <Field label={labelOf(row)} error={error} {...(help ? { hint: help } : {})}>
      {(control) =>
        joined.length === 0 ? (
          <Entry {...rest} field={first} control={control} />
        ) : (
          <div className="conn-pair">
            <Entry
              {...rest}
              field={first}
              control={{ ...control, "aria-invalid": errors[first.name] ? true : undefined }}
            />
            {joined.map((field) => (
              <Entry key={field.name} {...rest} field={field} />
            ))}
          </div>
        )
      }
    </Field>
  );
}

/** How a section stands: what was entered, or what its first choice is without. */
function summaryOf(section: FieldSection, driver: DriverForm, state: FormState): string {
  const fields = section.rows.flatMap((row) => row.fields).filter((field) => field.kind !== "secret");
  const said = (field: FormField) => {
    const value = effectiveValue(driver, state.values, field.name);
    return field.choices.find((choice) => choice.value === value)?.label ?? value;
  };
  const entered = fields.filter((field) => (state.values[field.name] ?? "") !== "").map(said);
  // A section about one choice says how that stands; a list of unlike details has nothing to say.
  const usual = fields[0]?.kind === "choice" ? said(fields[0]) : "";
  return entered.length > 0 ? entered.join(" · ") : usual;
}

/** Whether anything in a section differs from what a new connection has. */
function isUsed(section: FieldSection, state: FormState): boolean {
  return section.rows
    .flatMap((row) => row.fields)
    .some((field) => {
      if (field.kind === "secret") return isStored(field, state) || (state.secrets[field.name] ?? "") !== "";
      const value = state.values[field.name] ?? "";
      return value !== "" && value !== field.default;
    });
}

export function DriverFields({ driver, state, dispatch, first, password, between }: DriverFieldsProps) {
  const id = useId();
  const sections = sectionsOf(driver, state.values);
  const isLogin = (row: FieldRow) => row.fields[0]?.kind === "secret" && row.fields[0].name === PASSWORD_FIELD;
  const needed = Math.max(
    0,
    sections.findIndex((section) => section.rows.some(isLogin)),
  );
  const rowsOf = (section: FieldSection) =>
    section.rows.map((row) =>
      isLogin(row) ? (
        <div key={row.key}>{password}</div>
      ) : (
        <Row key={row.key} row={row} driver={driver} state={state} dispatch={dispatch} />
      ),
    );
  return sections.map((section, index) =>
    index > needed ? (
      <FoldSection
        key={`${driver.id} ${section.title}`}
        title={section.title}
        used={isUsed(section, state)}
        wrong={section.rows.some((row) => row.fields.some((field) => state.errors[field.name] !== undefined))}
        summary={summaryOf(section, driver, state)}
      >
        {rowsOf(section)}
      </FoldSection>
    ) : (
      <Fragment key={section.title}>
        <section className="conn-section" aria-labelledby={`${id}-${index}`}>
          <h2 id={`${id}-${index}`}>{section.title}</h2>
          <div className="conn-rows">
            {index === 0 ? first : null}
            {rowsOf(section)}
          </div>
        </section>
        {index === needed ? between : null}
      </Fragment>
    ),
  );
}
