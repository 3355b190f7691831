import { type KeyboardEvent, useState } from "react";
import { COMMANDS, type CommandDefinition, type CommandId, effectiveKeys, type Scope } from "@/commands";
import { announce, Button, formatShortcut, IconButton, Kbd, platform, SearchField } from "@/design";
import { clashWith, keysOf, refusal, SCOPE_TITLES, withKeys } from "./model";

export interface ShortcutsProps {
  own: Readonly<Record<string, string | undefined>>;
  onChange: (own: Record<string, string>) => void;
}

type Command = CommandDefinition & { id: CommandId };

const LIST = (COMMANDS as readonly Command[]).filter((command) => !command.hidden);

interface RowProps extends ShortcutsProps {
  command: Command;
  keys: string | undefined;
}

/** One command: press its keys to give it new ones. */
function Row({ command, keys, own, onChange }: RowProps) {
  const [listening, setListening] = useState(false);
  const [problem, setProblem] = useState<string | null>(null);
  const changed = own[command.id] !== undefined;
  const end = () => {
    setListening(false);
    setProblem(null);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === "Tab") return;
    event.preventDefault();
    event.stopPropagation();
    if (event.key === "Escape") return end();
    const pressed = keysOf(event.nativeEvent, platform() === "mac");
    if (!pressed) return;
    const other = clashWith(own, command.id, pressed);
    const why = refusal(pressed) ?? (other ? `${formatShortcut(pressed)} is “${other.title}” already.` : null);
    if (why) {
      setProblem(why);
      announce(why);
      return;
    }
    onChange(withKeys(own, command.id, pressed));
    announce(`${command.title} is ${formatShortcut(pressed)} now`);
    end();
  };
  return (
    <tr>
      <td>{command.title}</td>
      <td>
        {listening ? (
          <div>
            <button
              type="button"
              className="rh-settings-listen"
              data-takes-keys=""
              aria-label={`Press the new keys of ${command.title}; Escape keeps the old ones`}
              ref={(node) => node?.focus()}
              onKeyDown={onKeyDown}
              onBlur={end}
            >
              Press the new keys
            </button>
            {problem ? (
              <div className="text-danger-text text-meta pt-1" role="alert">
                {problem}
              </div>
            ) : null}
          </div>
        ) : (
          <Button
            variant="ghost"
            dense
            aria-label={`Change the keys of ${command.title}${keys ? `, now ${formatShortcut(keys)}` : ""}`}
            onClick={() => setListening(true)}
          >
            {keys ? <Kbd keys={keys} /> : <span className="text-ink-3">none</span>}
          </Button>
        )}
      </td>
      <td className="text-right">
        {keys && !listening ? (
          <IconButton
            icon="close"
            label={`Take the keys of ${command.title} away`}
            dense
            onClick={() => onChange(withKeys(own, command.id, ""))}
          />
        ) : null}
        {changed ? (
          <IconButton
            icon="undo"
            label={`Give ${command.title} its usual keys${command.keys ? `, ${formatShortcut(command.keys)}` : ""}`}
            dense
            onClick={() => {
              const other = command.keys ? clashWith(own, command.id, command.keys) : null;
              if (other) announce(`${other.title} has these keys now`);
              else onChange(withKeys(own, command.id, null));
            }}
          />
        ) : null}
      </td>
    </tr>
  );
}

/** Every command and its keys; one meaning each. */
export function Shortcuts({ own, onChange }: ShortcutsProps) {
  const [text, setText] = useState("");
  const keys = effectiveKeys(own);
  const wanted = text.trim().toLowerCase();
  const shown = LIST.filter(
    (command) =>
      command.title.toLowerCase().includes(wanted) ||
      formatShortcut(keys.get(command.id) ?? "")
        .toLowerCase()
        .includes(wanted),
  );
  const scopes = [...new Set(LIST.map((command) => command.scope))] as Scope[];
  return (
    <div>
      <div className="flex items-center gap-2 pb-2">
        <div className="w-[260px]">
          <SearchField label="Find a command or its keys" value={text} onChange={setText} />
        </div>
        <Button
          className="ml-auto"
          variant="ghost"
          disabledReason={Object.keys(own).length ? undefined : "All keys are the usual ones"}
          onClick={() => onChange({})}
        >
          Reset all
        </Button>
      </div>
      {scopes.map((scope) => {
        const commands = shown.filter((command) => command.scope === scope);
        if (commands.length === 0) return null;
        return (
          <table className="rh-table rh-settings-keys" key={scope}>
            <thead>
              <tr>
                <th scope="col">{SCOPE_TITLES[scope]}</th>
                <th scope="col">Keys</th>
                <th scope="col">
                  <span className="rh-visually-hidden">Change</span>
                </th>
              </tr>
            </thead>
            <tbody>
              {commands.map((command) => (
                <Row key={command.id} command={command} keys={keys.get(command.id)} own={own} onChange={onChange} />
              ))}
            </tbody>
          </table>
        );
      })}
      {shown.length === 0 ? <p className="text-ink-3 py-4">No command is called that.</p> : null}
    </div>
  );
}
