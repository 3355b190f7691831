/** What differs between two texts, line by line. Pure. */

export interface Line {
  readonly is: "same" | "gone" | "new";
  readonly text: string;
}

/** Lines that are the same and far from any that is not. */
export interface Skipped {
  readonly is: "skipped";
  readonly count: number;
}

/** Beyond this many pairs the middle is told as gone and new: nobody reads such a difference line by line. */
const MOST_PAIRS = 4_000_000;

/** The lines of both texts in one order: as few gone and new ones as can be. */
export function lineDiff(before: string, after: string): Line[] {
  const a = before.split("\n");
  const b = after.split("\n");
  let start = 0;
  while (start < a.length && start < b.length && a[start] === b[start]) start += 1;
  let end = 0;
  while (end < a.length - start && end < b.length - start && a[a.length - 1 - end] === b[b.length - 1 - end]) end += 1;
  const line = (is: Line["is"]) => (text: string) => ({ is, text });
  return [
    ...a.slice(0, start).map(line("same")),
    ...middle(a.slice(start, a.length - end), b.slice(start, b.length - end)),
    ...a.slice(a.length - end).map(line("same")),
  ];
}

/** By the longest lines that both have in the same order. */
function middle(a: readonly string[], b: readonly string[]): Line[] {
  const width = b.length + 1;
  if (a.length * b.length > MOST_PAIRS)
    return [...a.map((text) => ({ is: "gone" as const, text })), ...b.map((text) => ({ is: "new" as const, text }))];
  // longest[i, j]: how many lines a from i and b from j have in common.
  const longest = new Uint32Array((a.length + 1) * width);
  const at = (i: number, j: number) => longest[i * width + j] ?? 0;
  for (let i = a.length - 1; i >= 0; i -= 1)
    for (let j = b.length - 1; j >= 0; j -= 1)
      longest[i * width + j] = a[i] === b[j] ? at(i + 1, j + 1) + 1 : Math.max(at(i + 1, j), at(i, j + 1));
  const lines: Line[] = [];
  let i = 0;
  let j = 0;
  while (i < a.length || j < b.length) {
    const [gone, fresh] = [a[i], b[j]];
    if (gone !== undefined && gone === fresh) {
      lines.push({ is: "same", text: gone });
      i += 1;
      j += 1;
    } else if (gone !== undefined && (fresh === undefined || at(i + 1, j) >= at(i, j + 1))) {
      lines.push({ is: "gone", text: gone });
      i += 1;
    } else {
      lines.push({ is: "new", text: fresh ?? "" });
      j += 1;
    }
  }
  return lines;
}

/** Without the lines that are the same and further than `around` from any that is not. */
export function folded(lines: readonly Line[], around = 3): (Line | Skipped)[] {
  const near = lines.map(() => false);
  for (const [at, { is }] of lines.entries())
    if (is !== "same") near.fill(true, Math.max(0, at - around), Math.min(lines.length, at + around + 1));
  const shown: (Line | Skipped)[] = [];
  let count = 0;
  const flush = () => {
    if (count > 0) shown.push({ is: "skipped", count });
    count = 0;
  };
  for (const [at, line] of lines.entries()) {
    if (near[at]) {
      flush();
      shown.push(line);
    } else count += 1;
  }
  flush();
  return shown;
}
