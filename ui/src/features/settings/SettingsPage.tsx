import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { type ReactNode, useEffect, useId, useState } from "react";
import { Banner, Button, EmptyState, Field, Input, Segmented, Skeleton } from "@/design";
import { failureOf, host, queryKeys, type Settings } from "@/ipc";
import { About } from "./About";
import { NumberField } from "./NumberField";
import { Privacy } from "./Privacy";
import { Shortcuts } from "./Shortcuts";
import "./settings.css";

function Section({ title, note, children }: { title: string; note?: string; children: ReactNode }) {
  const id = useId();
  return (
    <section aria-labelledby={id} className="rh-settings-section">
      <div className="rh-settings-head">
        <h2 id={id}>{title}</h2>
        {note ? <p className="rh-meta">{note}</p> : null}
      </div>
      <div className="rh-settings-fields">{children}</div>
    </section>
  );
}

function FontField({ value, onChange }: { value: string; onChange: (font: string) => void }) {
  const [text, setText] = useState(value);
  useEffect(() => setText(value), [value]);
  const take = () => {
    if (text.trim() !== value) onChange(text.trim());
  };
  return (
    <Field label="Data and SQL font" hint="A fixed-width font of this computer. Empty is JetBrains Mono.">
      {(control) => (
        <Input
          {...control}
          className="w-[260px]"
          value={text}
          placeholder="JetBrains Mono"
          onChange={setText}
          onBlur={take}
          onKeyDown={(event) => {
            if (event.key === "Enter") take();
          }}
        />
      )}
    </Field>
  );
}

type Change = (change: Partial<Settings>) => void;

function Choices({ settings, change }: { settings: Settings; change: Change }) {
  const number = (name: keyof Settings, label: string, unit: string, min: number, max: number, hint?: string) => (
    <NumberField
      label={label}
      unit={unit}
      min={min}
      max={max}
      value={settings[name] as number}
      onChange={(value) => change({ [name]: value })}
      {...(hint ? { hint } : {})}
    />
  );
  return (
    <>
      <Section title="Look">
        <Field label="Theme">
          {() => (
            <Segmented
              label="Theme"
              value={settings.theme}
              onChange={(theme) => change({ theme })}
              options={[
                { value: "system", label: "As the system" },
                { value: "light", label: "Light", icon: "sun" },
                { value: "dark", label: "Dark", icon: "moon" },
              ]}
            />
          )}
        </Field>
        <Field label="Rows of data">
          {() => (
            <Segmented
              label="Rows of data"
              value={settings.density}
              onChange={(density) => change({ density })}
              options={[
                { value: "dense", label: "Dense" },
                { value: "comfortable", label: "Comfortable" },
              ]}
            />
          )}
        </Field>
        <FontField value={settings.data_font} onChange={(data_font) => change({ data_font })} />
        {number("data_font_px", "Data and SQL size", "px", 9, 32)}
        <Field label="Drawing" hint="Takes effect at the next start.">
          {() => (
            <Segmented
              label="Drawing"
              value={settings.software_rendering}
              onChange={(software_rendering) => change({ software_rendering })}
              options={[
                { value: "auto", label: "By itself", tooltip: "Without the GPU where there is none" },
                { value: "never", label: "With the GPU" },
                { value: "always", label: "Without the GPU" },
              ]}
            />
          )}
        </Field>
      </Section>
      <Section title="Results" note="A run pauses at the first of the two limits and says so; the rest can be loaded.">
        {number("row_cap", "Rows before a pause", "rows", 1_000, 100_000_000)}
        {number("byte_cap_mb", "Memory before a pause", "MB", 16, 16_384)}
        {number("page_rows", "Rows of a page", "rows", 50, 10_000, "Of a table's Data tab.")}
      </Section>
      <Section title="Connections">
        {number("connect_timeout_s", "Connecting takes at most", "s", 1, 600)}
        {number(
          "statement_timeout_s",
          "A statement takes at most",
          "s",
          0,
          86_400,
          "0 lets it take as long as it takes.",
        )}
        {number(
          "session_limit",
          "Sessions per connection",
          "sessions",
          2,
          64,
          "One is for the explorer; each tab that runs has its own.",
        )}
        {number(
          "idle_close_min",
          "Close idle sessions after",
          "min",
          1,
          1_440,
          "A session with a transaction or temporary tables stays.",
        )}
        {number(
          "idle_transaction_min",
          "Roll back unused transactions after",
          "min",
          0,
          1_440,
          "A minute before, the status bar says so. 0 leaves them open.",
        )}
      </Section>
      <Section
        title="Safety"
        note="What is asked about before it is sent, with about how many rows it changes and whether it can be brought back."
      >
        <Field label="Whole-table changes" hint="UPDATE and DELETE of every row.">
          {() => (
            <Segmented
              label="Whole-table changes"
              value={settings.ask_whole_table}
              onChange={(ask_whole_table) => change({ ask_whole_table })}
              options={[
                { value: "always", label: "Always" },
                { value: "production", label: "Production only", tooltip: "On staging and production connections" },
                { value: "never", label: "Never" },
              ]}
            />
          )}
        </Field>
        <Field label="DROP and TRUNCATE" hint="Staging and production connections always ask.">
          {() => (
            <Segmented
              label="DROP and TRUNCATE"
              value={settings.ask_drops ? "always" : "production"}
              onChange={(when) => change({ ask_drops: when === "always" })}
              options={[
                { value: "always", label: "Always" },
                { value: "production", label: "Production only", tooltip: "On staging and production connections" },
              ]}
            />
          )}
        </Field>
      </Section>
      <Section title="History">
        {number(
          "history_days",
          "Forget after",
          "days",
          0,
          36_500,
          "0 keeps everything. Passwords in statements are never kept.",
        )}
        {number(
          "audit_days",
          "Forget changes after",
          "days",
          0,
          36_500,
          "The audit trail: what changed rows, schemas or privileges. 0 keeps everything.",
        )}
      </Section>
      <Section title="Privacy" note="What is kept on this computer of what you did. What is forgotten is overwritten.">
        <Privacy />
      </Section>
      <Section title="Shortcuts" note="Choose a command's keys, then press the new ones. One key has one meaning.">
        <Shortcuts own={settings.shortcuts} onChange={(shortcuts) => change({ shortcuts })} />
      </Section>
    </>
  );
}

/** Everything a person can set; kept at once. */
export function SettingsPage() {
  const queries = useQueryClient();
  const settings = useQuery({ queryKey: queryKeys.settings, queryFn: () => host().settings() });
  const save = useMutation({
    mutationFn: (next: Settings) => host().saveSettings(next),
    onMutate: (next) => {
      const before = queries.getQueryData<Settings>(queryKeys.settings);
      queries.setQueryData(queryKeys.settings, next);
      return before;
    },
    onError: (_error, _next, before) => queries.setQueryData(queryKeys.settings, before),
    onSuccess: (kept) => queries.setQueryData(queryKeys.settings, kept),
  });
  if (settings.error) {
    const { message, hint } = failureOf(settings.error);
    return (
      <EmptyState
        picture="error"
        title="The settings could not be read"
        actions={<Button onClick={() => void settings.refetch()}>Try again</Button>}
      >
        {message} {hint}
      </EmptyState>
    );
  }
  return (
    <div className="h-full rh-scroll" data-scope="settings">
      <div className="rh-settings">
        <h1>Settings</h1>
        {save.error ? (
          <Banner tone="danger" detail={failureOf(save.error).hint ?? undefined}>
            Not kept: {failureOf(save.error).message}
          </Banner>
        ) : null}
        {settings.data ? (
          <Choices
            settings={settings.data}
            change={(change) => {
              const now = queries.getQueryData<Settings>(queryKeys.settings);
              if (now) save.mutate({ ...now, ...change });
            }}
          />
        ) : (
          <Skeleton width="100%" height={320} />
        )}
        <Section title="About">
          <About />
        </Section>
      </div>
    </div>
  );
}
