/**
 * Each statement's outcome in the gutter, its error underlined and told in a block beneath it. Marks move with the text as it
 * is edited; a statement whose text is changed loses its error.
 */
import { type Extension, RangeSet, StateEffect, StateField } from "@codemirror/state";
import { Decoration, type DecorationSet, EditorView, GutterMarker, gutter, WidgetType } from "@codemirror/view";
import { iconNode } from "@/design";
import type { AppError, StatementMark } from "@/ipc";

export type OutcomeKind = "waiting" | "running" | "completed" | "failed" | "cancelled" | "skipped";

export interface StatementResult {
  readonly mark: StatementMark;
  readonly kind: OutcomeKind;
  readonly words: string;
  readonly error: AppError | null;
}

export interface ShownOutcomes {
  /** Where the text that was run began in the document then. */
  readonly base: number;
  readonly results: readonly StatementResult[];
  readonly onCopy: (error: AppError) => void;
}

export const showOutcomes = StateEffect.define<ShownOutcomes | null>();

const ICONS = {
  waiting: "clock",
  running: "clock",
  completed: "check",
  failed: "close",
  cancelled: "stop",
  skipped: "minus",
} as const;
const TONES: Partial<Record<OutcomeKind, string>> = { completed: "ok", failed: "danger", cancelled: "warn" };

/** What a line with several statements shows: the first of these that any of them is. */
const FIRST: readonly OutcomeKind[] = ["failed", "running", "cancelled", "waiting", "skipped", "completed"];

/** One mark per line, however many statements begin in it: the gutter has room for one. */
export function lineMarks(
  results: readonly { readonly line: number; readonly kind: OutcomeKind; readonly words: string }[],
): readonly { readonly line: number; readonly kind: OutcomeKind; readonly words: string }[] {
  const lines = new Map<number, { line: number; kind: OutcomeKind; words: string }>();
  for (const { line, kind, words } of results) {
    const known = lines.get(line);
    if (!known) lines.set(line, { line, kind, words });
    else {
      known.words += `\n${words}`;
      if (FIRST.indexOf(kind) < FIRST.indexOf(known.kind)) known.kind = kind;
    }
  }
  return [...lines.values()];
}

class OutcomeMarker extends GutterMarker {
  readonly kind: OutcomeKind;
  readonly words: string;

  constructor(kind: OutcomeKind, words: string) {
    super();
    this.kind = kind;
    this.words = words;
  }

  override eq(other: OutcomeMarker): boolean {
    return other.kind === this.kind && other.words === this.words;
  }

  override toDOM(): Node {
    const host = document.createElement("span");
    host.title = this.words;
    host.setAttribute("role", "img");
    host.setAttribute("aria-label", this.words);
    if (this.kind === "running") {
      host.className = "rh-spinner";
      host.style.cssText = "width:12px;height:12px";
    } else {
      host.className = `rh-tone-${TONES[this.kind] ?? "neutral"}`;
      host.append(iconNode(ICONS[this.kind], 12));
    }
    return host;
  }
}

class ErrorBlockWidget extends WidgetType {
  readonly error: AppError;
  readonly onCopy: (error: AppError) => void;
  readonly place: string;

  constructor(error: AppError, place: string, onCopy: (error: AppError) => void) {
    super();
    this.error = error;
    this.place = place;
    this.onCopy = onCopy;
  }

  override eq(other: ErrorBlockWidget): boolean {
    return other.error === this.error;
  }

  override toDOM(): HTMLElement {
    const block = document.createElement("div");
    block.className = "rh-error-block";
    block.setAttribute("role", "alert");
    const sign = document.createElement("span");
    sign.className = "rh-tone-danger";
    sign.append(iconNode("error", 16));
    const words = document.createElement("div");
    words.className = "rh-error-text";
    const message = document.createElement("div");
    message.className = "rh-error-message";
    message.textContent = this.error.message;
    const meta = document.createElement("div");
    meta.className = "rh-error-meta";
    const native = this.error.native;
    meta.textContent = [native?.detail, this.error.hint, native ? `${native.product} ${native.code}` : null, this.place]
      .filter(Boolean)
      .join(" · ");
    words.append(message, meta);
    const copy = document.createElement("button");
    copy.type = "button";
    copy.textContent = "Copy details";
    copy.addEventListener("click", () => this.onCopy(this.error));
    block.append(sign, words, copy);
    return block;
  }

  override ignoreEvent(): boolean {
    return true;
  }
}

interface Shown {
  readonly markers: RangeSet<GutterMarker>;
  readonly decorations: DecorationSet;
}

const NOTHING: Shown = { markers: RangeSet.empty, decorations: Decoration.none };

const field = StateField.define<Shown>({
  create: () => NOTHING,
  update(shown, transaction) {
    let now = shown;
    if (transaction.docChanged) {
      let whole = false;
      transaction.changes.iterChanges((from, to) => {
        whole ||= from === 0 && to > 0 && to === transaction.startState.doc.length;
      });
      const touched = (from: number, to: number) => {
        let hit = false;
        transaction.changes.iterChangedRanges((_a, _b, start, end) => {
          if (start <= to && end >= from) hit = true;
        });
        return hit;
      };
      // Another text altogether: what was said of the old one is not about it.
      now = whole
        ? NOTHING
        : {
            markers: shown.markers.map(transaction.changes),
            decorations: shown.decorations
              .map(transaction.changes)
              // An underline whose text was edited is no longer true.
              .update({ filter: (from, to, value) => value.spec.block === true || !touched(from, to) }),
          };
    }
    for (const effect of transaction.effects) {
      if (effect.is(showOutcomes))
        now = effect.value ? build(effect.value, transaction.state.doc.length, transaction.state.doc) : NOTHING;
    }
    return now;
  },
  provide: (own) => [EditorView.decorations.from(own, (shown) => shown.decorations)],
});

interface Lines {
  lineAt(pos: number): { from: number; to: number; number: number };
  sliceString(from: number, to: number): string;
}

function build(shown: ShownOutcomes, length: number, lines: Lines): Shown {
  const limit = (at: number) => Math.max(0, Math.min(at, length));
  const begun = [];
  const decorations = [];
  for (const { mark, kind, words, error } of shown.results) {
    const from = limit(shown.base + mark.range.from);
    begun.push({ line: lines.lineAt(from).from, kind, words });
    if (!error) continue;
    let place = "";
    if (error.range) {
      const start = limit(shown.base + error.range.from);
      const line = lines.lineAt(start);
      place = `line ${line.number}, column ${start - line.from + 1}`;
      // A point is widened to the name that begins there, or to a character, so that there is something to see.
      const word = /^[\p{L}\p{N}_$."]+/u.exec(lines.sliceString(start, line.to))?.[0].length ?? 1;
      const point = error.range.to - error.range.from <= 1;
      const end = limit(point ? start + word : shown.base + error.range.to);
      if (end > start) decorations.push(Decoration.mark({ class: "rh-error-mark" }).range(start, end));
    }
    const widget = new ErrorBlockWidget(error, place, shown.onCopy);
    decorations.push(
      Decoration.widget({ widget, block: true, side: 1 }).range(lines.lineAt(limit(shown.base + mark.range.to)).to),
    );
  }
  const markers = lineMarks(begun).map(({ line, kind, words }) => new OutcomeMarker(kind, words).range(line));
  return { markers: RangeSet.of(markers, true), decorations: Decoration.set(decorations, true) };
}

/** The gutter and the error blocks. */
export const outcomes: Extension = [
  field,
  gutter({
    class: "rh-outcome-gutter",
    markers: (view) => view.state.field(field).markers,
    initialSpacer: () => new OutcomeMarker("waiting", ""),
  }),
];
