/** A value that is any number of given ones, joined by commas. */

export const chosenOf = (text: string): readonly string[] => (text === "" ? [] : text.split(","));

/** With one value more or fewer, in the order the column declares them; what it does not declare stays at the end. */
export function withChoice(text: string, choices: readonly string[], choice: string, on: boolean): string {
  const now = new Set(chosenOf(text));
  if (on) now.add(choice);
  else now.delete(choice);
  const declared = choices.filter((each) => now.has(each));
  const rest = chosenOf(text).filter((each) => now.has(each) && !choices.includes(each));
  return [...declared, ...rest].join(",");
}
