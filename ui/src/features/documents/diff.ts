/** Two texts line by line: what stays, what goes, what comes. Pure. */

export interface DiffLine {
  /** Lines of the two sides that stand beside each other; `null` where one has none. */
  readonly before: string | null;
  readonly after: string | null;
  readonly same: boolean;
}

/** Texts that differ in more lines than this are shown as they are, without looking for what they share. */
const MOST = 600;

/** The lines that both have, in their order: the longest such list. */
function shared(a: readonly string[], b: readonly string[]): readonly (readonly [number, number])[] {
  const width = b.length + 1;
  const lengths = new Uint16Array((a.length + 1) * width);
  for (let i = a.length - 1; i >= 0; i -= 1)
    for (let j = b.length - 1; j >= 0; j -= 1)
      lengths[i * width + j] =
        a[i] === b[j]
          ? (lengths[(i + 1) * width + j + 1] ?? 0) + 1
          : Math.max(lengths[(i + 1) * width + j] ?? 0, lengths[i * width + j + 1] ?? 0);
  const pairs: [number, number][] = [];
  for (let i = 0, j = 0; i < a.length && j < b.length; ) {
    if (a[i] === b[j]) pairs.push([i++, j++]);
    else if ((lengths[(i + 1) * width + j] ?? 0) >= (lengths[i * width + j + 1] ?? 0)) i += 1;
    else j += 1;
  }
  return pairs;
}

export function diffLines(before: string, after: string): readonly DiffLine[] {
  const a = before.split("\n");
  const b = after.split("\n");
  let head = 0;
  while (head < a.length && head < b.length && a[head] === b[head]) head += 1;
  let tail = 0;
  while (tail < a.length - head && tail < b.length - head && a[a.length - 1 - tail] === b[b.length - 1 - tail])
    tail += 1;
  const left = a.slice(head, a.length - tail);
  const right = b.slice(head, b.length - tail);
  const out: DiffLine[] = a.slice(0, head).map((line) => ({ before: line, after: line, same: true }));
  const pairs = left.length <= MOST && right.length <= MOST ? shared(left, right) : [];
  let i = 0;
  let j = 0;
  for (const [toI, toJ] of [...pairs, [left.length, right.length] as const]) {
    // What was replaced stands beside what replaced it.
    for (; i < toI || j < toJ; ) {
      const gone = i < toI ? left[i++] : undefined;
      const came = j < toJ ? right[j++] : undefined;
      out.push({ before: gone ?? null, after: came ?? null, same: false });
    }
    const line = left[toI];
    if (toI < left.length && line !== undefined) {
      out.push({ before: line, after: line, same: true });
      i = toI + 1;
      j = toJ + 1;
    }
  }
  return [...out, ...a.slice(a.length - tail).map((line) => ({ before: line, after: line, same: true }))];
}

export type Hunk = readonly DiffLine[] | { readonly left: number };

/** Only what differs, with some lines around it; the rest as how many lines are left out. */
export function hunksOf(lines: readonly DiffLine[], around = 4): readonly Hunk[] {
  const shown = new Uint8Array(lines.length);
  lines.forEach((line, at) => {
    if (line.same) return;
    for (let near = Math.max(0, at - around); near <= Math.min(lines.length - 1, at + around); near += 1)
      shown[near] = 1;
  });
  const hunks: Hunk[] = [];
  for (let at = 0; at < lines.length; ) {
    const from = at;
    const is = shown[at];
    while (at < lines.length && shown[at] === is) at += 1;
    // Leaving two lines out saves nothing.
    hunks.push(is || at - from < 3 ? lines.slice(from, at) : { left: at - from });
  }
  return hunks;
}
