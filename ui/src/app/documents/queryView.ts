import { type KeptChart, readCharts } from "@/features/charts";
import { type KeptDocuments, readKept } from "@/features/documents";

/** A query tab's own view state: where the caret was, how the panes stand. Kept as JSON; never text, never rows. */
export interface QueryView {
  readonly anchor: number;
  readonly head: number;
  /** Pixels of the results below the editor. */
  readonly results: number;
  /** Whether a person ends the transactions of this tab. */
  readonly manual: boolean;
  /** What was chosen for the charts of its results. */
  readonly charts?: readonly KeptChart[] | undefined;
  /** How documents are looked at. */
  readonly documents?: KeptDocuments | undefined;
}

/** Results take about a third of the window, so that an editor in a small one still shows its lines. */
export const usualResults = (): number => Math.round(Math.max(180, Math.min(320, window.innerHeight * 0.34)));

const usual = (): QueryView => ({ anchor: 0, head: 0, results: usualResults(), manual: false });

const size = (value: unknown, otherwise: number): number =>
  typeof value === "number" && Number.isFinite(value) && value >= 0 ? value : otherwise;

/** What was kept; whatever is missing or odd is as usual. */
export function readView(json: string): QueryView {
  try {
    const kept: unknown = JSON.parse(json);
    if (typeof kept !== "object" || kept === null) return usual();
    const { anchor, head, results, manual, charts, documents } = kept as Partial<Record<keyof QueryView, unknown>>;
    const chosen = readCharts(charts);
    return {
      ...(chosen.length > 0 ? { charts: chosen } : {}),
      ...(documents ? { documents: readKept(documents) } : {}),
      anchor: size(anchor, 0),
      head: size(head, 0),
      results: Math.max(120, size(results, usualResults())),
      manual: manual === true,
    };
  } catch {
    return usual();
  }
}
