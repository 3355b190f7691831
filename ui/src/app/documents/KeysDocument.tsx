/** A database's keys and their values. */
import { useCallback, useMemo, useRef, useState } from "react";
import { useKeys, useOffers } from "@/commands";
import { Button, EmptyState, IconButton, Segmented, Toolbar } from "@/design";
import { TextPane } from "@/features/editor";
import { type KeysHandle, type KeysKeys, KeysPane, type KeysReasons, readView, type Tools } from "@/features/keys";
import { bytesOfHex, hexOfBytes, imageType, layoutJson } from "@/features/results";
import type { Actions } from "../actions";
import type { KeysTab } from "../model";
import { useCloseGuard, useWorkspace } from "../workspace";
import { ConnectionBanner } from "./ConnectionBanner";
import { Offline } from "./Offline";
import { useFocusWhen } from "./useFocusWhen";
import { useKeptView } from "./useKeptView";

const NOT_OPEN = "the connection is not open";
const NOTHING: KeysReasons = { key: NOT_OPEN, chosen: NOT_OPEN, goOn: NOT_OPEN, save: NOT_OPEN, unsaved: 0 };

const TOOLS: Tools = {
  layoutJson,
  imageType,
  bytesOfHex,
  hexOfBytes,
  text: (props) => <TextPane {...props} />,
};

const offer = (run: () => void, disabledReason: string | undefined) =>
  disabledReason === undefined ? { run } : { run, disabledReason };

export function KeysDocument({ tab, active, actions }: { tab: KeysTab; active: boolean; actions: Actions }) {
  const { live, profile: profileBy } = useWorkspace();
  const { profileId, database } = tab;
  const profile = profileBy(profileId);
  const name = profile?.name ?? "this connection";
  const state = live.connections.get(profileId);
  const phase = state?.phase.phase;
  const open = phase === "open";
  const able = open && state?.can_browse_keys === true;
  const separator = profile?.values["separator"] || undefined;
  const { view, onView, latest } = useKeptView(
    tab,
    useCallback((json: string) => readView(json, separator), [separator]),
  );
  const place = useMemo(() => ({ profileId, database }), [profileId, database]);
  const readOnly =
    profile?.safety === "read_only" || (state !== undefined && state.read_only !== null)
      ? "the connection is read-only"
      : undefined;
  const pane = useRef<KeysHandle>(null);
  const [reasons, setReasons] = useState(NOTHING);
  // Once seen, it stays on screen when the server goes.
  const [seen, setSeen] = useState(able);
  if (able && !seen) setSeen(true);
  const unable = able ? undefined : NOT_OPEN;
  const { unsaved } = reasons;
  useCloseGuard(
    tab.id,
    useMemo(
      () =>
        unsaved === 0
          ? null
          : {
              title: "Close without saving?",
              description: `What was typed into ${unsaved === 1 ? "one key" : `${unsaved} keys`} is given up.`,
              confirm: "Close without saving",
            },
      [unsaved],
    ),
  );
  const shape = (flat: boolean) => onView({ flat });
  useOffers(
    {
      "keys.refresh": offer(() => pane.current?.refresh(), unable),
      "keys.filter": offer(() => pane.current?.filter(), unable),
      "keys.shape": offer(() => shape(!latest.current.flat), unable),
      "keys.go-on": offer(() => pane.current?.goOn(), unable ?? reasons.goOn),
      "keys.sample": offer(() => pane.current?.sample(), unable),
      "keys.new": offer(() => pane.current?.create(), unable ?? readOnly),
      "keys.save": offer(() => pane.current?.save(), unable ?? readOnly ?? reasons.save),
      "keys.rename": offer(() => pane.current?.rename(), unable ?? readOnly ?? reasons.key),
      "keys.expire": offer(() => pane.current?.expire(), unable ?? readOnly ?? reasons.key),
      "keys.delete": offer(() => pane.current?.remove(), unable ?? readOnly ?? reasons.chosen),
      "keys.copy": offer(() => pane.current?.copy(), reasons.chosen),
    },
    active,
  );
  const refreshKeys = useKeys("keys.refresh");
  const shapeKeys = useKeys("keys.shape");
  const keys: KeysKeys = {
    rename: useKeys("keys.rename"),
    delete: useKeys("keys.delete"),
    expire: useKeys("keys.expire"),
    save: useKeys("keys.save"),
    new: useKeys("keys.new"),
    sample: useKeys("keys.sample"),
    copy: useKeys("keys.copy"),
  };
  const shown = database ?? state?.database ?? null;
  const console = (text: string) => actions.query({ profileId, database, text });
  const reconnect = () => void actions.connect(profileId);
  const withShape = shapeKeys ? { keys: shapeKeys } : {};
  return (
    <div
      className="flex flex-col h-full min-h-0 outline-none"
      data-scope="keys"
      tabIndex={-1}
      ref={useFocusWhen(active, `${seen}`)}
    >
      <Toolbar
        label="Keys"
        icon="key"
        what={
          <>
            {name}
            {shown ? (
              <span className="text-ink-3 font-[400]"> · {/^\d+$/.test(shown) ? `db${shown}` : shown}</span>
            ) : null}
          </>
        }
        end={
          <>
            <Button dense variant="ghost" icon="terminal" disabledReason={unable} onClick={() => console("")}>
              Console
            </Button>
            {state?.can_follow ? (
              <Button
                dense
                variant="ghost"
                icon="bell"
                disabledReason={unable}
                tooltip="Follow messages, changes of keys, commands"
                onClick={() => actions.live(profileId, database)}
              >
                Live
              </Button>
            ) : null}
            <Button
              dense
              variant="ghost"
              icon="chart"
              disabledReason={unable}
              {...(keys.sample ? { keys: keys.sample } : {})}
              onClick={() => pane.current?.sample()}
            >
              What is in here?
            </Button>
            <IconButton
              icon="refresh"
              label="Read the keys again"
              disabledReason={unable}
              {...(refreshKeys ? { keys: refreshKeys } : {})}
              onClick={() => pane.current?.refresh()}
            />
            <IconButton
              icon="plus"
              label="New key"
              disabledReason={unable ?? readOnly}
              {...(keys.new ? { keys: keys.new } : {})}
              onClick={() => pane.current?.create()}
            />
          </>
        }
      >
        <Segmented
          label="Shape of the list"
          dense
          value={view.flat ? "flat" : "tree"}
          onChange={(next) => shape(next === "flat")}
          options={[
            { value: "tree", label: "Tree", tooltip: "By the parts of their names", ...withShape },
            { value: "flat", label: "Flat", tooltip: "One line each", ...withShape },
          ]}
        />
      </Toolbar>
      <ConnectionBanner state={state} name={name} onReconnect={reconnect} />
      <div className="flex-1 min-h-0 relative">
        {open && !able ? (
          <EmptyState picture="empty" title="No keys here">
            {state?.server?.product ?? "This database"} does not keep keys and values.
          </EmptyState>
        ) : seen ? (
          <KeysPane
            ref={pane}
            place={place}
            view={view}
            onView={onView}
            active={active}
            open={able}
            readOnly={readOnly}
            tools={TOOLS}
            keys={keys}
            onReasons={setReasons}
            onConsole={console}
          />
        ) : phase === "connecting" ? (
          <EmptyState picture="loading" title={`Connecting to ${name}`} />
        ) : (
          <Offline name={name} onConnect={reconnect}>
            Its keys are read when you connect.
          </Offline>
        )}
      </div>
    </div>
  );
}
