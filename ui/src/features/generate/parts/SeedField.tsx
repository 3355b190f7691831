import { useId } from "react";
import { IconButton, Input } from "@/design";
import { otherSeed, seedIn } from "../model";

/** The number that the rows follow from. */
export function SeedField({ seed, onSeed }: { seed: string; onSeed: (seed: string) => void }) {
  const id = useId();
  const wrong = seedIn(seed) === null;
  return (
    <div className="rh-generate-bar rh-generate-seed">
      <label htmlFor={id}>Seed number</label>
      <Input
        id={id}
        dense
        mono
        inputMode="numeric"
        aria-invalid={wrong || undefined}
        aria-describedby={`${id}-hint`}
        value={seed}
        onChange={onSeed}
      />
      <IconButton icon="dice" dense label="Draw another number" onClick={() => onSeed(otherSeed(seed))} />
      <span id={`${id}-hint`} className="rh-meta rh-truncate">
        {wrong ? "A whole number from 0 to 4,294,967,295" : "The same number makes the same rows"}
      </span>
    </div>
  );
}
