/** What each command does right now: parts of the window offer actions while they are shown, the shell dispatches keys to them. */
import { createContext, type ReactNode, useContext, useEffect, useMemo, useRef, useSyncExternalStore } from "react";
import { matchesShortcut } from "@/design";
import { COMMANDS, type CommandDefinition, type CommandId, effectiveKeys, type Scope } from "./table";

/** An action on offer. */
export interface Offer {
  readonly run: () => void;
  /** Why it cannot be done now; shown in the palette. */
  readonly disabledReason?: string;
}

type Offers = Partial<Record<CommandId, Offer>>;

class Registry {
  private readonly stack: { offers: Offers }[] = [];
  private readonly listeners = new Set<() => void>();
  private version = 0;

  /** Later offers win while they are there. */
  add(entry: { offers: Offers }): () => void {
    this.stack.push(entry);
    this.changed();
    return () => {
      this.stack.splice(this.stack.indexOf(entry), 1);
      this.changed();
    };
  }

  changed(): void {
    this.version += 1;
    for (const listener of this.listeners) listener();
  }

  find(id: CommandId): Offer | undefined {
    for (let index = this.stack.length - 1; index >= 0; index -= 1) {
      const offer = this.stack[index]?.offers[id];
      if (offer) return offer;
    }
    return undefined;
  }

  readonly subscribe = (listener: () => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  readonly snapshot = () => this.version;
}

interface Commands {
  readonly registry: Registry;
  readonly keys: ReadonlyMap<CommandId, string>;
}

const Context = createContext<Commands | null>(null);

/** Holds the registry; `own` are a person's keys from the settings. */
export function CommandsProvider({
  own,
  children,
}: {
  own: Readonly<Record<string, string | undefined>>;
  children: ReactNode;
}) {
  const registry = useRef<Registry>(null);
  registry.current ??= new Registry();
  const value = useMemo(() => ({ registry: registry.current as Registry, keys: effectiveKeys(own) }), [own]);
  useEffect(() => {
    const onKeyDown = (event: KeyboardEvent) => dispatch(event, value);
    // Before the editor and the grid see it, so that a command's key never types.
    window.addEventListener("keydown", onKeyDown, true);
    return () => window.removeEventListener("keydown", onKeyDown, true);
  }, [value]);
  return <Context value={value}>{children}</Context>;
}

/** The scopes that have the focus, from `data-scope` attributes around it, innermost first; `global` last. */
function focusedScopes(): readonly Scope[] {
  const scopes: Scope[] = [];
  let element: Element | null = document.activeElement;
  while (element) {
    const scope = element.getAttribute("data-scope");
    if (scope) scopes.push(scope as Scope);
    element = element.parentElement;
  }
  // On a tab, or nowhere after what had the focus has gone, the document in front is meant.
  const nowhere = !document.activeElement || document.activeElement === document.body;
  if (nowhere || document.activeElement?.closest("[role=tablist]")) {
    const parts = [...document.querySelectorAll("[role=tabpanel] [data-scope]")];
    const front = parts.find((part) => !part.closest("[inert]"))?.getAttribute("data-scope");
    if (front && !scopes.includes(front as Scope)) scopes.push(front as Scope);
  }
  return [...scopes, "global"];
}

function dispatch(event: KeyboardEvent, { registry, keys }: Commands): void {
  if (event.defaultPrevented || event.isComposing) return;
  // Where keys are being chosen, every key is meant for the choice.
  if (document.activeElement?.hasAttribute("data-takes-keys")) return;
  for (const scope of focusedScopes()) {
    for (const command of COMMANDS as readonly (CommandDefinition & { id: CommandId })[]) {
      const key = keys.get(command.id);
      if (command.scope !== scope || !key || !matchesShortcut(event, key)) continue;
      const offer = registry.find(command.id);
      if (!offer) continue;
      event.preventDefault();
      event.stopPropagation();
      if (!offer.disabledReason) offer.run();
      return;
    }
  }
}

function useCommandsContext(): Commands {
  const value = useContext(Context);
  if (!value) throw new Error("CommandsProvider is missing.");
  return value;
}

/** Offers actions while the calling part is mounted and `active`. */
export function useOffers(offers: Offers, active = true): void {
  const { registry } = useCommandsContext();
  const entry = useRef<{ offers: Offers }>({ offers: {} });
  entry.current.offers = active ? offers : {};
  useEffect(() => registry.add(entry.current), [registry]);
  const shape = JSON.stringify(
    Object.entries(active ? offers : {}).map(([id, offer]) => [id, offer?.disabledReason ?? null]),
  );
  // The shape stands for which offers are there and which are disabled.
  useEffect(() => registry.changed(), [registry, shape]);
}

/** The key of a command as it is now, for tooltips and buttons. */
export function useKeys(id: CommandId): string | undefined {
  return useCommandsContext().keys.get(id);
}

/** Every command with its offer, for the palette. */
export function useCommandList(): readonly (CommandDefinition & { id: CommandId; offer?: Offer; key?: string })[] {
  const { registry, keys } = useCommandsContext();
  useSyncExternalStore(registry.subscribe, registry.snapshot);
  return (COMMANDS as readonly (CommandDefinition & { id: CommandId })[]).map((command) => ({
    ...command,
    offer: registry.find(command.id),
    key: keys.get(command.id),
  }));
}

/** Runs a command if it is on offer. */
export function useRunCommand(): (id: CommandId) => void {
  const { registry } = useCommandsContext();
  return (id) => {
    const offer = registry.find(id);
    if (offer && !offer.disabledReason) offer.run();
  };
}
