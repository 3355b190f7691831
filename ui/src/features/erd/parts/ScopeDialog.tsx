/** What of the database a diagram shows. */
import { useState } from "react";
import { Button, Checkbox, Dialog, Field, number, plural, RadioGroup, Select, Switch } from "@/design";
import type { DiagramDrawing, DiagramGrouping, DiagramScope } from "@/ipc";
import { nameKey } from "../model";

export function ScopeDialog({
  drawing,
  open,
  onClose,
  onScope,
}: {
  drawing: DiagramDrawing;
  open: boolean;
  onClose: () => void;
  onScope: (scope: DiagramScope) => void;
}) {
  return open ? <Form drawing={drawing} onClose={onClose} onScope={onScope} /> : null;
}

function Form({
  drawing,
  onClose,
  onScope,
}: {
  drawing: DiagramDrawing;
  onClose: () => void;
  onScope: (scope: DiagramScope) => void;
}) {
  const [scope, setScope] = useState(drawing.scope);
  const change = (part: Partial<DiagramScope>) => setScope({ ...scope, ...part });
  const chosen = scope.schemas;
  const toggle = (schema: string, on: boolean) => {
    const before = chosen ?? drawing.schemas;
    change({ schemas: on ? [...before, schema] : before.filter((each) => each !== schema) });
  };
  const empty = scope.only === null && chosen !== null && chosen.length === 0;
  return (
    <Dialog
      open
      onClose={onClose}
      title="What the diagram shows"
      width={480}
      footer={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button
            variant="primary"
            disabledReason={empty ? "choose a schema" : undefined}
            onClick={() => {
              onClose();
              onScope(scope);
            }}
          >
            Show
          </Button>
        </>
      }
    >
      <div className="erd-form">
        {scope.only === null ? (
          drawing.schemas.length > 1 ? (
            <fieldset className="erd-fieldset">
              <legend>Schemas</legend>
              <RadioGroup
                label="Schemas"
                value={chosen === null ? "all" : "some"}
                onChange={(value) => change({ schemas: value === "all" ? null : drawing.schemas })}
                options={[
                  { value: "all", label: "All, also those that come" },
                  { value: "some", label: "These" },
                ]}
              />
              {chosen === null ? null : (
                <div className="erd-checks rh-scroll">
                  {drawing.schemas.map((schema) => (
                    <Checkbox
                      key={schema}
                      checked={chosen.includes(schema)}
                      onChange={(on) => toggle(schema, on === true)}
                    >
                      {schema}
                    </Checkbox>
                  ))}
                </div>
              )}
            </fieldset>
          ) : null
        ) : (
          <div className="erd-only">
            <span className="flex-1">{`It shows ${plural(scope.only.length, "chosen table")}.`}</span>
            <Button dense onClick={() => change({ only: null })}>
              Show all instead
            </Button>
          </div>
        )}
        <Field label="Groups" layout="row" hint="Frames around tables that belong together">
          {(control) => (
            <Select<DiagramGrouping>
              {...control}
              value={scope.grouping}
              onChange={(grouping) => change({ grouping })}
              options={[
                { value: "none", label: "None" },
                { value: "schema", label: "By schema" },
                { value: "cluster", label: "By how they are connected" },
              ]}
            />
          )}
        </Field>
        <Switch checked={scope.views} onChange={(views) => change({ views })}>
          Views
        </Switch>
        <Switch checked={scope.partitions} onChange={(partitions) => change({ partitions })}>
          Partitions as tables of their own
        </Switch>
        <Switch checked={scope.inferred} onChange={(inferred) => change({ inferred })}>
          Relations inferred by name and type
        </Switch>
        {scope.hidden.length > 0 ? (
          <fieldset className="erd-fieldset">
            <legend>{`Hidden: ${number(scope.hidden.length)}`}</legend>
            <div className="erd-checks rh-scroll">
              {scope.hidden.map((table) => (
                <div key={nameKey(table)} className="erd-hidden">
                  <span className="rh-mono rh-truncate flex-1">
                    {table.schema ? `${table.schema}.${table.name}` : table.name}
                  </span>
                  <Button
                    dense
                    variant="ghost"
                    onClick={() => change({ hidden: scope.hidden.filter((each) => each !== table) })}
                  >
                    Show
                  </Button>
                </div>
              ))}
            </div>
            {scope.hidden.length > 1 ? (
              <Button dense onClick={() => change({ hidden: [] })}>
                Show all hidden
              </Button>
            ) : null}
          </fieldset>
        ) : null}
      </div>
    </Dialog>
  );
}
