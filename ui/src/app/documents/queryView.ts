/** A query tab's own view state: where the caret was, how the panes stand. Kept as JSON; never text, never rows. */
export interface QueryView {
  readonly anchor: number;
  readonly head: number;
  /** Pixels of the results below the editor. */
  readonly results: number;
  readonly crlf: boolean;
}

const DEFAULT: QueryView = { anchor: 0, head: 0, results: 280, crlf: false };

const size = (value: unknown, usual: number): number =>
  typeof value === "number" && Number.isFinite(value) && value >= 0 ? value : usual;

/** What was kept; whatever is missing or odd is as usual. */
export function readView(json: string): QueryView {
  try {
    const kept: unknown = JSON.parse(json);
    if (typeof kept !== "object" || kept === null) return DEFAULT;
    const { anchor, head, results, crlf } = kept as Partial<Record<keyof QueryView, unknown>>;
    return {
      anchor: size(anchor, 0),
      head: size(head, 0),
      results: Math.max(120, size(results, DEFAULT.results)),
      crlf: crlf === true,
    };
  } catch {
    return DEFAULT;
  }
}
