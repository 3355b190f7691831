/** What Rowhouse keeps about a connection besides how to reach it. */
import { type CSSProperties, type Dispatch, type KeyboardEvent, useRef } from "react";
import { Field, Input, MenuButton, Segmented, Switch } from "@/design";
import type { Environment, Safety } from "@/ipc";
import { COLOURS, ENVIRONMENTS, type FormAction, type FormState, usualSafety } from "../model";

export interface OwnSectionProps {
  state: FormState;
  dispatch: Dispatch<FormAction>;
  /** Groups that exist. */
  groups: readonly string[];
  /** What stands for the name when it is left empty. */
  suggestion: string;
}

const SAFETY_WORDS: Readonly<Record<Safety, string>> = {
  read_only: "Nothing can be changed through this connection, here or in the terminal.",
  confirm_writes:
    "What changes something is shown first and waits for a yes; whole tables, DROP and TRUNCATE want their name typed.",
  free: "Statements may change whatever the login may change.",
};

function safetyHint(state: FormState): string {
  const words = SAFETY_WORDS[state.safety];
  if (state.environment !== "production") return words;
  if (state.safety === "free") return `${words} This is production.`;
  return state.safety === usualSafety(state.environment) ? `${words} Usual for production.` : words;
}

function Colours({ state, dispatch, id }: { state: FormState; dispatch: Dispatch<FormAction>; id: string }) {
  const root = useRef<HTMLDivElement>(null);
  const options = [{ value: null, label: "As the environment" }, ...COLOURS];
  const known = options.some((option) => option.value === state.colour);
  const all = known ? options : [...options, { value: state.colour, label: "Own colour" }];
  const move = (event: KeyboardEvent) => {
    const step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
    if (step === undefined) return;
    event.preventDefault();
    const at = all.findIndex((option) => option.value === state.colour);
    const next = (at + step + all.length) % all.length;
    dispatch({ type: "colour", colour: all[next]?.value ?? null });
    root.current?.querySelectorAll<HTMLElement>("[role=radio]")[next]?.focus();
  };
  return (
    <div ref={root} role="radiogroup" aria-label="Colour" className="conn-colours" onKeyDown={move}>
      {all.map((option, index) => (
        <button
          type="button"
          role="radio"
          key={option.label}
          id={index === 0 ? id : undefined}
          aria-label={option.label}
          data-tip={option.label}
          aria-checked={option.value === state.colour}
          tabIndex={option.value === state.colour ? 0 : -1}
          className="conn-colour"
          style={{ "--dot": option.value ?? `var(--env-${state.environment})` } as CSSProperties}
          onClick={() => dispatch({ type: "colour", colour: option.value })}
        >
          <span />
        </button>
      ))}
      <span className="rh-meta ml-1">{all.find((option) => option.value === state.colour)?.label}</span>
    </div>
  );
}

export function OwnSection({ state, dispatch, groups, suggestion }: OwnSectionProps) {
  return (
    <section className="conn-section" aria-label="In Rowhouse">
      <h2>In Rowhouse</h2>
      <div className="conn-rows">
        <Field label="Name and group" error={state.errors["name"]}>
          {(control) => (
            <div className="conn-pair">
              <Input
                {...control}
                value={state.name}
                placeholder={suggestion}
                onChange={(value) => dispatch({ type: "text", field: "name", value })}
              />
              <Input
                aria-label="Group"
                icon="folder"
                placeholder="No group"
                value={state.group}
                onChange={(value) => dispatch({ type: "text", field: "group", value })}
                end={
                  groups.length > 0 ? (
                    <MenuButton
                      label="Groups"
                      icon="chevron-down"
                      dense
                      align="end"
                      items={groups.map((group) => ({
                        label: group,
                        checked: group === state.group,
                        onSelect: () => dispatch({ type: "text", field: "group", value: group }),
                      }))}
                    />
                  ) : undefined
                }
              />
            </div>
          )}
        </Field>
        <Field label="Environment">
          {() => (
            <div className="conn-env">
              <Segmented<Environment>
                label="Environment"
                value={state.environment}
                onChange={(environment) => dispatch({ type: "environment", environment })}
                options={ENVIRONMENTS.map((value) => ({ value, label: value }))}
              />
            </div>
          )}
        </Field>
        <Field label="Safety" hint={safetyHint(state)}>
          {() => (
            <Segmented<Safety>
              label="Safety"
              value={state.safety}
              onChange={(safety) => dispatch({ type: "safety", safety })}
              options={[
                { value: "read_only", label: "Read-only", icon: "lock" },
                { value: "confirm_writes", label: "Confirm writes" },
                {
                  value: "free",
                  label: "Free",
                  ...(state.environment === "production" ? { tooltip: "Writes to production unasked" } : {}),
                },
              ]}
            />
          )}
        </Field>
        <Field
          label="Recording"
          hint={
            state.recorded
              ? "What is run is kept in the history, changes in the audit trail."
              : "Its statements stay out of the history, the audit trail and completion, and its catalogs off the disk; texts in tabs are kept."
          }
        >
          {(control) => (
            <Switch
              {...control}
              checked={!state.recorded}
              onChange={(off) => dispatch({ type: "recorded", recorded: !off })}
            >
              Do not record
            </Switch>
          )}
        </Field>
        <Field label="Colour">{({ id }) => <Colours state={state} dispatch={dispatch} id={id} />}</Field>
      </div>
    </section>
  );
}
