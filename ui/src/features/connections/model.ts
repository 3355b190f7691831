/** The connection form without its drawing: which fields are shown, what is wrong with them, what is sent to the core. */
import type {
  AppError,
  ConnectionProfile,
  DraftPassword,
  DriverForm,
  Environment,
  FormField,
  HopReport,
  ParsedTarget,
  PasswordPolicy,
  PolicyActor,
  ProfileDraft,
  Safety,
} from "@/ipc";
import { type CommandText, commandOf, NO_COMMAND, splitWords, textOf } from "./passwordCommand";

/** The login's password: the one secret that has a policy. It never stands among the values. */
export const PASSWORD_FIELD = "password";

/** The row of the form that says whom tabs act as. */
export const ACTOR_FIELD = "actor";

export const ENVIRONMENTS: readonly Environment[] = ["local", "development", "staging", "production"];

/** Colours a connection can carry instead of its environment's. They are stored as written here. */
export const COLOURS: readonly { readonly value: string; readonly label: string }[] = [
  { value: "#c4502f", label: "Brick" },
  { value: "#b57b08", label: "Amber" },
  { value: "#5f8a1f", label: "Olive" },
  { value: "#2c8655", label: "Green" },
  { value: "#20808d", label: "Teal" },
  { value: "#3b70c2", label: "Blue" },
  { value: "#7a5cc0", label: "Violet" },
  { value: "#b0479a", label: "Plum" },
];

export interface FormState {
  readonly profileId: string | null;
  readonly driver: string;
  /** What was entered, by field; absent is the field's default. Holds no secret. */
  readonly values: Readonly<Record<string, string>>;
  /** Other secrets than the password, only as long as the form lives. */
  readonly secrets: Readonly<Record<string, string>>;
  readonly password: DraftPassword;
  readonly policy: PasswordPolicy;
  /** What prints the password, where the policy says so. */
  readonly command: CommandText;
  /** Stands for the stored command while nobody has agreed to it: it came from a file. */
  readonly untrusted: string | null;
  /** The names of the secrets that are in the keychain for this connection. */
  readonly stored: readonly string[];
  readonly name: string;
  readonly group: string;
  readonly colour: string | null;
  readonly environment: Environment;
  readonly safety: Safety;
  /** Whether what is sent through it is recorded. */
  readonly recorded: boolean;
  /** Whom its tabs begin as; the login itself where `null`. */
  readonly actor: PolicyActor | null;
  /** A person chose the safety level, so the environment does not change it any more. */
  readonly safetyChosen: boolean;
  /** What is wrong, by field name; `name` and `url` are the form's own rows. */
  readonly errors: Readonly<Record<string, string>>;
  /** What a pasted address said that was not understood. */
  readonly warnings: readonly string[];
  /** As it was loaded or saved, to know whether anything changed. */
  readonly baseline: string;
  /** Grows with every change, so that a test's report knows whether it is out of date. */
  readonly edits: number;
}

export type FormAction =
  | { readonly type: "loaded"; readonly state: FormState }
  | { readonly type: "driver"; readonly driver: DriverForm }
  | { readonly type: "value"; readonly field: string; readonly value: string }
  | { readonly type: "secret"; readonly field: string; readonly value: string }
  | { readonly type: "password"; readonly password: DraftPassword }
  | { readonly type: "policy"; readonly policy: PasswordPolicy }
  | { readonly type: "command"; readonly command: Partial<CommandText> }
  | { readonly type: "trusted" }
  | { readonly type: "text"; readonly field: "name" | "group"; readonly value: string }
  | { readonly type: "colour"; readonly colour: string | null }
  | { readonly type: "environment"; readonly environment: Environment }
  | { readonly type: "safety"; readonly safety: Safety }
  | { readonly type: "recorded"; readonly recorded: boolean }
  | { readonly type: "actor"; readonly actor: PolicyActor | null }
  | { readonly type: "parsed"; readonly target: ParsedTarget }
  | { readonly type: "errors"; readonly errors: Readonly<Record<string, string>> }
  | { readonly type: "saved"; readonly profileId: string };

/** On production every change is confirmed until somebody says otherwise. */
export function usualSafety(environment: Environment): Safety {
  return environment === "production" ? "confirm_writes" : "free";
}

/** The values a field's visibility rules and the core see: entered, or the default. */
export function effectiveValue(driver: DriverForm, values: Readonly<Record<string, string>>, name: string): string {
  const entered = values[name];
  if (entered !== undefined && entered !== "") return entered;
  return driver.fields.find((field) => field.name === name)?.default ?? "";
}

export function isVisible(driver: DriverForm, values: Readonly<Record<string, string>>, field: FormField): boolean {
  return field.visible === null || field.visible.values.includes(effectiveValue(driver, values, field.visible.field));
}

export interface FieldRow {
  readonly key: string;
  /** The first field and those that stand beside it. */
  readonly fields: readonly FormField[];
}

export interface FieldSection {
  readonly title: string;
  readonly rows: readonly FieldRow[];
}

/** Visible fields in sections and rows, in the driver's order. A section named again goes on where it was. */
export function sectionsOf(driver: DriverForm, values: Readonly<Record<string, string>>): readonly FieldSection[] {
  const sections = new Map<string, { key: string; fields: FormField[] }[]>();
  for (const field of driver.fields) {
    if (!isVisible(driver, values, field)) continue;
    const rows = sections.get(field.section) ?? [];
    sections.set(field.section, rows);
    const last = rows.at(-1);
    if (field.joined && last) last.fields.push(field);
    else rows.push({ key: field.name, fields: [field] });
  }
  return [...sections].map(([title, rows]) => ({ title, rows }));
}

export function passwordField(driver: DriverForm): FormField | undefined {
  return driver.fields.find((field) => field.kind === "secret" && field.name === PASSWORD_FIELD);
}

/** What is wrong with the command for the password, if it is used. */
function checkCommand({ policy, command }: FormState): string | undefined {
  if (policy !== "command") return undefined;
  const words = command.shell ? (command.text.trim() === "" ? [] : [command.text]) : splitWords(command.text);
  if (words === null) return "A quote is opened and not closed";
  if (words.length === 0) return "Name a program that prints the password";
  const seconds = Number(command.timeout);
  if (!/^\d+$/.test(command.timeout.trim()) || seconds < 1 || seconds > 600) return "It may take 1 to 600 seconds";
  return undefined;
}

/** What is wrong with the fields as they stand; empty when the core can be asked. */
export function checkFields(driver: DriverForm, state: FormState): Readonly<Record<string, string>> {
  const errors: Record<string, string> = {};
  for (const field of driver.fields) {
    if (field.kind === "secret" || !isVisible(driver, state.values, field)) continue;
    const value = state.values[field.name]?.trim() ?? "";
    if (value === "") {
      if (field.required && field.default === null) errors[field.name] = `${field.label} is needed`;
    } else if (field.kind === "number" && !/^\d+$/.test(value)) {
      errors[field.name] = `${field.label} is a whole number`;
    } else if (field.name === "port" && (Number(value) < 1 || Number(value) > 65_535)) {
      errors[field.name] = `${field.label} is a number from 1 to 65535`;
    }
  }
  const command = checkCommand(state);
  if (command !== undefined) errors[PASSWORD_FIELD] = command;
  return errors;
}

/** The step that did not work, where the last one did not. */
export const failedHop = (hops: readonly HopReport[]): HopReport | undefined => {
  const last = hops.at(-1);
  return last && !last.ok ? last : undefined;
};

/** The field a failed step of the tunnel or the proxy is about: every database that is reached over a network has these. */
function fieldOfWay(failure: AppError, hop: string, values: Readonly<Record<string, string>>): string | undefined {
  const on = (name: string) => (values[name] ?? "off") !== "off";
  const ssh = on("ssh");
  switch (hop) {
    case "SSH configuration":
    case "SSH key exchange":
    case "SSH host key":
      return "ssh_host";
    case "SSH auth":
      if (/passphrase/i.test(failure.message)) return "ssh_key_passphrase";
      return values["ssh"] === "key" ? "ssh_key" : values["ssh"] === "agent" ? "ssh_user" : "ssh_password";
    case "SSH forward":
      return "host";
    case "SOCKS5 proxy":
      return failure.code === "unauthenticated"
        ? values["proxy_user"]
          ? "proxy_password"
          : "proxy_user"
        : "proxy_host";
    case "Find host":
    case "TCP":
      // The first host on the way is the one that is looked for.
      if (on("proxy")) return "proxy_host";
      if (!ssh) return undefined;
      return values["ssh_jump"]?.trim() ? "ssh_jump" : "ssh_host";
    default:
      return undefined;
  }
}

/**
 * The field a failure is about, where the code or the step that failed says which that is; one that is not shown has no
 * place for it.
 */
export function fieldOf(
  failure: AppError,
  driver: DriverForm,
  values: Readonly<Record<string, string>>,
  hops: readonly HopReport[],
): string | undefined {
  const shown = (name: string) => {
    const field = driver.fields.find((each) => each.name === name);
    return field && (field.kind === "secret" || isVisible(driver, values, field)) ? name : undefined;
  };
  const hop = failedHop(hops)?.name;
  const ofWay = hop === undefined ? undefined : fieldOfWay(failure, hop, values);
  if (ofWay !== undefined) return shown(ofWay);
  // A file that is needed for TLS is named by its own path.
  if (hop === "TLS" || (hop === undefined && failure.code === "invalid_statement")) {
    const files = driver.fields.filter((field) => field.kind === "file" && isVisible(driver, values, field));
    const named = files.find((field) => {
      const path = values[field.name]?.trim();
      return path !== undefined && path !== "" && failure.message.includes(path);
    });
    if (named) return named.name;
  }
  if (hop === "TLS") return driver.fields.find((field) => field.section === "TLS" && field.kind === "choice")?.name;
  switch (failure.code) {
    case "already_exists":
      return "name";
    case "unauthenticated":
    case "keychain_unavailable":
      return shown(PASSWORD_FIELD);
    case "unreachable":
    case "timed_out":
      return hop === undefined || hop === "Find host" || hop === "TCP" || hop === "Socket" ? shown("host") : undefined;
    case "not_found":
      return driver.opens_files
        ? driver.fields.find((field) => field.kind === "file" && field.required)?.name
        : shown("database");
    default:
      return undefined;
  }
}

/** What is sent. Fields that are not shown are left out: nothing that cannot be seen takes effect. */
export function draftOf(driver: DriverForm, state: FormState): ProfileDraft {
  const values: Record<string, string> = {};
  for (const field of driver.fields) {
    if (field.name === PASSWORD_FIELD && field.kind === "secret") continue;
    if (!isVisible(driver, state.values, field)) continue;
    if (field.kind === "secret") {
      // A secret that is not named stays as it is stored; an empty one is forgotten.
      const secret = state.secrets[field.name];
      if (secret !== undefined) values[field.name] = secret;
      continue;
    }
    const value = state.values[field.name]?.trim();
    if (value !== undefined && value !== "") values[field.name] = value;
  }
  const asksPassword = passwordField(driver) !== undefined;
  return {
    id: state.profileId,
    name: state.name.trim(),
    group: state.group.trim() || null,
    colour: state.colour,
    environment: state.environment,
    safety: state.safety,
    recorded: state.recorded,
    actor: driver.can_act_as === true ? state.actor : null,
    driver: driver.id,
    values,
    password_policy: asksPassword ? state.policy : "none",
    // With "ask", the core holds a given password in memory until the program ends, and forgets a stored one.
    password: asksPassword && state.policy !== "none" && state.policy !== "command" ? state.password : { kind: "keep" },
    password_command: asksPassword && state.policy === "command" ? commandOf(state.command) : null,
  };
}

/** Everything that counts as a change, secrets only by whether there is one. */
function fingerprint(state: Omit<FormState, "baseline" | "edits">): string {
  const values = Object.entries(state.values).filter(([, value]) => value !== "");
  return JSON.stringify([
    state.driver,
    values.sort(([a], [b]) => (a < b ? -1 : 1)),
    // Emptied means forgotten, where there is one to forget.
    Object.keys(state.secrets).filter((name) => state.secrets[name] !== "" || state.stored.includes(name)),
    state.password.kind,
    state.policy,
    state.policy === "command" ? state.command : null,
    state.name,
    state.group,
    state.colour,
    state.environment,
    state.safety,
    state.recorded,
    state.actor,
  ]);
}

export function isDirty(state: FormState): boolean {
  return fingerprint(state) !== state.baseline;
}

function withBaseline(state: Omit<FormState, "baseline" | "edits">): FormState {
  return { ...state, baseline: fingerprint(state), edits: 0 };
}

/** An empty form. Without a keychain that works, passwords are asked. */
export function newForm(driver: DriverForm, keychainWorks: boolean): FormState {
  return withBaseline({
    profileId: null,
    driver: driver.id,
    values: {},
    secrets: {},
    password: { kind: "keep" },
    policy: keychainWorks ? "keychain" : "ask",
    command: NO_COMMAND,
    untrusted: null,
    stored: [],
    name: "",
    group: "",
    colour: null,
    environment: "local",
    safety: usualSafety("local"),
    recorded: true,
    actor: null,
    safetyChosen: false,
    errors: {},
    warnings: [],
  });
}

/** The form of a saved connection. */
export function editForm(profile: ConnectionProfile): FormState {
  return withBaseline({
    profileId: profile.id,
    driver: profile.driver,
    values: profile.values,
    secrets: {},
    password: { kind: "keep" },
    policy: profile.password,
    command: textOf(profile.password_command ?? null),
    untrusted: profile.untrusted_command ?? null,
    stored: profile.stored_secrets ?? [],
    name: profile.name,
    group: profile.group ?? "",
    colour: profile.colour,
    environment: profile.environment,
    safety: profile.safety,
    recorded: profile.recorded !== false,
    actor: profile.actor ?? null,
    safetyChosen: profile.safety !== usualSafety(profile.environment),
    errors: {},
    warnings: [],
  });
}

function without(errors: FormState["errors"], name: string): FormState["errors"] {
  if (!(name in errors)) return errors;
  const { [name]: _, ...rest } = errors;
  return rest;
}

function change(state: FormState, action: FormAction): FormState {
  switch (action.type) {
    case "driver":
      return { ...state, driver: action.driver.id, errors: {}, warnings: [] };
    case "value":
      return {
        ...state,
        values: { ...state.values, [action.field]: action.value },
        errors: without(state.errors, action.field),
      };
    case "secret":
      return { ...state, secrets: { ...state.secrets, [action.field]: action.value } };
    case "password":
      return { ...state, password: action.password, errors: without(state.errors, PASSWORD_FIELD) };
    case "policy":
      return { ...state, policy: action.policy, errors: without(state.errors, PASSWORD_FIELD) };
    case "command":
      return {
        ...state,
        command: { ...state.command, ...action.command },
        errors: without(state.errors, PASSWORD_FIELD),
      };
    case "text":
      return { ...state, [action.field]: action.value, errors: without(state.errors, action.field) };
    case "colour":
      return { ...state, colour: action.colour };
    case "environment":
      return {
        ...state,
        environment: action.environment,
        safety: state.safetyChosen ? state.safety : usualSafety(action.environment),
      };
    case "safety":
      return { ...state, safety: action.safety, safetyChosen: true };
    case "recorded":
      return { ...state, recorded: action.recorded };
    case "actor":
      return { ...state, actor: action.actor, errors: without(state.errors, ACTOR_FIELD) };
    case "parsed": {
      const reference = action.target.password_reference;
      return {
        ...state,
        driver: action.target.driver,
        values: action.target.values,
        password: reference === null ? state.password : { kind: "parsed", reference },
        name: state.name === "" ? action.target.name : state.name,
        errors: {},
        warnings: action.target.warnings,
      };
    }
    default:
      return state;
  }
}

export function reduceForm(state: FormState, action: FormAction): FormState {
  switch (action.type) {
    case "loaded":
      return action.state;
    case "errors":
      return { ...state, errors: action.errors };
    case "trusted":
      return { ...state, untrusted: null };
    case "saved": {
      // The secrets are in the keychain or nowhere; the form forgets them.
      const kept = { ...state, profileId: action.profileId, secrets: {}, password: { kind: "keep" } as const };
      return { ...kept, errors: {}, baseline: fingerprint(kept) };
    }
    default:
      return { ...change(state, action), edits: state.edits + 1 };
  }
}

/** Whether a text is an address that some driver reads, so that pasting it fills the form at once. */
export function looksLikeAddress(drivers: readonly DriverForm[], text: string): boolean {
  const scheme = /^([a-z][a-z0-9+.-]*):\/\//i.exec(text.trim())?.[1]?.toLowerCase();
  return scheme !== undefined && drivers.some((driver) => driver.schemes.includes(scheme));
}
