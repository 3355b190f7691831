import { useEffect, useRef, useState, useSyncExternalStore } from "react";
import { useKeys, useOffers } from "@/commands";
import { Button, EmptyState, MenuButton, Switch } from "@/design";
import type { TextFieldSlot } from "./field";
import type { CollectionPlace } from "./model";
import { StageCard } from "./parts/StageCard";
import {
  collectionName,
  OPERATORS,
  type PipelineAction,
  pipelineReducer,
  pipelineText,
  type Stage,
  stageText,
} from "./pipeline";
import { Previews, sourceOf } from "./previews";

/** Until what is typed is tried. */
const REST_MS = 700;

export interface AggregatePaneProps {
  tabId: string;
  place: CollectionPlace;
  active: boolean;
  stages: readonly Stage[];
  onStages: (stages: readonly Stage[]) => void;
  field: TextFieldSlot;
  /** Why nothing can be run now. */
  away: string | null;
  onQuery: (text: string) => void;
}

/** A pipeline as cards, with what comes out of each stage. */
export function AggregatePane({ tabId, place, active, stages, onStages, field, away, onQuery }: AggregatePaneProps) {
  const { profileId, object, saveTo } = place;
  const [previews] = useState(() => new Previews(tabId, profileId, object));
  const shown = useSyncExternalStore(previews.subscribe, previews.snapshot);
  // On production nothing runs that nobody asked for.
  const [typing, setTyping] = useState(saveTo === undefined);
  useEffect(() => () => previews.dispose(), [previews]);
  const source = stages.map((stage) => `${stage.off ? "-" : "+"}${stageText(stage)}`).join("\n");
  const latest = useRef(stages);
  latest.current = stages;
  useEffect(() => {
    if (!active || !typing || away !== null || source === "") return;
    const timer = setTimeout(() => void previews.try(latest.current), REST_MS);
    return () => clearTimeout(timer);
  }, [active, typing, away, source, previews]);
  const act = (action: PipelineAction) => onStages(pipelineReducer(latest.current, action));
  const add = (operator = "$match") => act({ type: "add", operator });
  const running = [...shown.values()].some((preview) => preview.state === "running");
  const empty = stages.length === 0 ? { disabledReason: "there is no stage" } : {};
  const cannot = away === null ? empty : { disabledReason: away };
  const run = () => void previews.try(latest.current, true);
  const open = () => onQuery(pipelineText(object.name, latest.current));
  const keys = { add: useKeys("pipeline.add"), run: useKeys("pipeline.run"), query: useKeys("pipeline.query") };
  useOffers(
    {
      "pipeline.add": { run: () => add() },
      "pipeline.run": { run, ...cannot },
      "pipeline.query": { run: open, ...empty },
      ...(running ? { "run.stop": { run: () => previews.stop() } } : {}),
    },
    active,
  );
  const keyed = (given: string | undefined) => (given ? { keys: given } : {});
  const addItems = OPERATORS.map(({ name, does }) => ({ label: `${name}: ${does}`, onSelect: () => add(name) }));
  return (
    <div className="doc-pipeline" data-scope="relation">
      <div className="doc-note">
        <Button dense icon="plus" {...keyed(keys.add)} onClick={() => add()}>
          Stage
        </Button>
        <MenuButton dense variant="ghost" items={addItems} label="Add another kind of stage">
          Another kind
        </MenuButton>
        <span className="flex-1" />
        <Switch checked={typing} onChange={setTyping}>
          Run as I type
        </Switch>
        {running ? (
          <Button dense icon="stop" onClick={() => previews.stop()}>
            Stop
          </Button>
        ) : (
          <Button dense icon="run" {...keyed(keys.run)} {...cannot} onClick={run}>
            Run the previews
          </Button>
        )}
        <Button dense icon="terminal" {...keyed(keys.query)} {...empty} onClick={open}>
          Open as query
        </Button>
      </div>
      {stages.length === 0 ? (
        <EmptyState
          icon="branch"
          title={`A pipeline over ${object.name}`}
          actions={
            <Button variant="primary" icon="plus" {...keyed(keys.add)} showKeys onClick={() => add()}>
              Add a stage
            </Button>
          }
        >
          Documents go through its stages one after the other. After each you see what comes out.
        </EmptyState>
      ) : (
        <ol className="doc-stages rh-scroll" aria-label="Stages">
          {stages.map((stage, at) => {
            const preview = shown.get(stage.key);
            return (
              <StageCard
                key={stage.key}
                stage={stage}
                place={at}
                count={stages.length}
                preview={preview}
                stale={preview !== undefined && preview.of !== sourceOf(stages, stage.key)}
                field={field}
                before={`${collectionName(object.name)}.aggregate([${stages
                  .slice(0, at)
                  .filter((each) => !each.off)
                  .map((each) => `${stageText(each)}, `)
                  .join("")}{ ${stage.operator}: `}
                onAction={act}
              />
            );
          })}
        </ol>
      )}
    </div>
  );
}
