import { Checkbox } from "@/design";
import { chosenOf, withChoice } from "./sets";

/** Any number of given values. What is not among them stays as it is. */
export function SetList({
  choices,
  text,
  onChange,
}: {
  choices: readonly string[];
  text: string;
  onChange: (text: string) => void;
}) {
  const chosen = new Set(chosenOf(text));
  return (
    <div className="rh-cell-list p-2 flex flex-col gap-1" role="group" aria-label="Values">
      {choices.map((choice) => (
        <Checkbox
          key={choice}
          checked={chosen.has(choice)}
          onChange={(on) => onChange(withChoice(text, choices, choice, on))}
        >
          <span className="rh-mono">{choice}</span>
        </Checkbox>
      ))}
    </div>
  );
}
