/** Which kind of database a new connection leads to: a list beside the form, or a select in it where that is narrow. */
import { Field, Icon, Select } from "@/design";
import type { DriverForm } from "@/ipc";

export interface DriverChoiceProps {
  drivers: readonly DriverForm[];
  chosen: string;
  onChoose: (id: string) => void;
}

const iconOf = (driver: DriverForm) => (driver.opens_files ? ("file" as const) : ("database" as const));

export function DriverList({ drivers, chosen, onChoose }: DriverChoiceProps) {
  return (
    <nav className="conn-drivers" aria-label="Database">
      <h2>Database</h2>
      <div role="radiogroup" aria-label="Database">
        {drivers.map((driver) => (
          <button
            type="button"
            role="radio"
            key={driver.id}
            aria-checked={driver.id === chosen}
            className="conn-driver"
            onClick={() => onChoose(driver.id)}
          >
            <Icon name={iconOf(driver)} />
            {driver.label}
          </button>
        ))}
      </div>
    </nav>
  );
}

export function DriverSelect({ drivers, chosen, onChoose }: DriverChoiceProps) {
  return (
    <div className="conn-driver-select">
      <Field label="Connect to">
        {(control) => (
          <Select
            {...control}
            block
            value={chosen}
            onChange={onChoose}
            options={drivers.map((driver) => ({ value: driver.id, label: driver.label, icon: iconOf(driver) }))}
          />
        )}
      </Field>
    </div>
  );
}
