import { useState } from "react";
import {
  Button,
  Checkbox,
  Field,
  Icon,
  IconButton,
  Input,
  iconNames,
  Logo,
  MenuButton,
  RadioGroup,
  SearchField,
  Segmented,
  Select,
  Switch,
  Textarea,
} from "@/design";
import { Line } from "./Gallery";

export function ControlsPart() {
  const [text, setText] = useState("shop-prod");
  const [search, setSearch] = useState("");
  const [choice, setChoice] = useState("tree");
  const [engine, setEngine] = useState<string | undefined>("postgres");
  const [on, setOn] = useState(true);
  const [radio, setRadio] = useState("this");
  return (
    <div className="py-4">
      <Line name="Logo">
        <Logo size={16} /> <Logo size={24} /> <Logo size={48} />
      </Line>
      <Line name="Buttons">
        <Button variant="primary" keys="Mod+S" showKeys>
          Save
        </Button>
        <Button>Review SQL</Button>
        <Button variant="ghost" icon="download">
          Export
        </Button>
        <Button variant="danger">Delete</Button>
        <Button disabledReason="Nothing to run">Run</Button>
        <Button disabled variant="primary">
          Off
        </Button>
        <Button loading>Connect</Button>
        <Button loading variant="primary">
          Run
        </Button>
        <Button pressed variant="ghost" icon="filter">
          Filter
        </Button>
        <IconButton icon="refresh" label="Refresh" keys="Mod+R" />
        <IconButton icon="filter" label="Filter" pressed />
        <MenuButton label="Format" items={[{ label: "CSV" }, { label: "JSON" }]}>
          Copy as
        </MenuButton>
        <MenuButton label="More" items={[{ label: "Close" }]} />
      </Line>
      <Line name="Dense">
        <Button dense>Small</Button>
        <Button dense variant="primary">
          Small
        </Button>
        <Button dense variant="ghost" icon="plus">
          Condition
        </Button>
        <IconButton dense icon="copy" label="Copy" />
        <IconButton quiet icon="close" label="Close" />
      </Line>
      <Line name="Inputs">
        <div className="w-36">
          <Input aria-label="Name" value={text} onChange={setText} />
        </div>
        <div className="w-44">
          <SearchField label="Search tables" value={search} onChange={setSearch} keys="Mod+F" />
        </div>
        <div className="w-24">
          <Input aria-label="Port" mono value="5432x" onChange={() => {}} aria-invalid />
        </div>
        <div className="w-32">
          <Input aria-label="Read-only" value="Read-only" onChange={() => {}} readOnly />
        </div>
        <div className="w-32">
          <Input
            aria-label="Timeout"
            dense
            mono
            value="30"
            onChange={() => {}}
            end={<span className="rh-meta">s</span>}
          />
        </div>
      </Line>
      <Line name="Fields">
        <div className="w-[460px] flex flex-col gap-2">
          <Field label="Host" hint="Name or address; a socket path works too.">
            {(control) => <Input {...control} mono value="db1.shop.internal" onChange={() => {}} />}
          </Field>
          <Field label="Port" error="Port is a number from 1 to 65535">
            {(control) => <Input {...control} mono value="5432x" onChange={() => {}} />}
          </Field>
          <Field label="Note" note="optional">
            {(control) => <Textarea {...control} value="" onChange={() => {}} placeholder="What is it for?" />}
          </Field>
        </div>
      </Line>
      <Line name="Selects">
        <Select
          label="Engine"
          value={engine}
          onChange={setEngine}
          options={[
            { value: "postgres", label: "PostgreSQL", icon: "database", group: "Servers", meta: "18" },
            { value: "mysql", label: "MySQL", icon: "database", group: "Servers" },
            { value: "sqlite", label: "SQLite", icon: "file", group: "Files" },
          ]}
        />
        <Select label="Empty" value={undefined} onChange={() => {}} options={[{ value: "a", label: "A" }]} />
        <Select
          label="Dense"
          dense
          mono
          value="select"
          onChange={() => {}}
          options={[{ value: "select", label: "SELECT" }]}
        />
        <Select label="Off" disabled value="a" onChange={() => {}} options={[{ value: "a", label: "Off" }]} />
        <Segmented
          label="View"
          value={choice}
          onChange={setChoice}
          options={[
            { value: "tree", label: "Tree" },
            { value: "json", label: "JSON", count: 3 },
            { value: "grid", label: "Grid", disabled: true },
          ]}
        />
        <Segmented
          label="View, dense"
          dense
          value={choice}
          onChange={setChoice}
          options={[
            { value: "tree", label: "Tree", icon: "rows" },
            { value: "json", label: "JSON" },
          ]}
        />
      </Line>
      <Line name="Choices">
        <Checkbox checked={on} onChange={setOn}>
          On
        </Checkbox>
        <Checkbox checked={!on} onChange={(value) => setOn(!value)}>
          Off
        </Checkbox>
        <Checkbox checked="mixed" onChange={() => {}}>
          Some
        </Checkbox>
        <Checkbox checked disabled onChange={() => {}}>
          Fixed
        </Checkbox>
        <Switch checked={on} onChange={setOn}>
          Switch
        </Switch>
        <Switch checked={!on} onChange={(value) => setOn(!value)}>
          Switch
        </Switch>
        <RadioGroup
          label="Which"
          value={radio}
          onChange={setRadio}
          options={[
            { value: "this", label: "This" },
            { value: "that", label: "That" },
          ]}
        />
      </Line>
      <Line name="Icons">
        {iconNames.map((name) => (
          <span key={name} data-tip={name} className="text-ink-2">
            <Icon name={name} />
          </span>
        ))}
      </Line>
    </div>
  );
}
