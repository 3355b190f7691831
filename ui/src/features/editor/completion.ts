/** Completion by the core: its list, in its order. */
import {
  autocompletion,
  type Completion,
  type CompletionContext,
  type CompletionResult,
} from "@codemirror/autocomplete";
import type { Extension } from "@codemirror/state";
import { type IconName, iconNode } from "@/design";
import { type CompletionKind, host } from "@/ipc";

/** Text sent around the caret: more than any statement a person completes in. */
const AROUND = 64 * 1024;

export interface CompletionPlace {
  readonly tabId: string;
  readonly profileId: string | null;
  readonly database: string | null;
  readonly driver: string;
}

const ICONS: Readonly<Record<CompletionKind, IconName>> = {
  table: "table",
  view: "view",
  column: "column",
  function: "function",
  keyword: "terminal",
  schema: "schema",
  join: "foreign-key",
  alias: "link",
  type: "enum",
};

async function complete(
  context: CompletionContext,
  place: () => CompletionPlace | null,
  before_: () => string,
): Promise<CompletionResult | null> {
  const where = place();
  if (!where) return null;
  const before = context.matchBefore(/[\w$."`\]]+$/u);
  if (
    !context.explicit &&
    !before &&
    !/[\s(,=]$/.test(context.state.sliceDoc(Math.max(0, context.pos - 1), context.pos))
  )
    return null;
  // What the field's text is only the end of counts as typed before it.
  const lead = before_();
  const begin = Math.max(0, context.pos - AROUND);
  const from = begin - lead.length;
  const text = lead + context.state.sliceDoc(begin, Math.min(context.state.doc.length, context.pos + AROUND));
  const answer = await host()
    .complete({
      tab_id: where.tabId,
      profile_id: where.profileId,
      database: where.database,
      driver: where.driver,
      text,
      caret: context.pos - from,
      explicit: context.explicit,
    })
    .catch(() => null);
  if (!answer || context.aborted || answer.items.length === 0) return null;
  // Right after a blank only what the place itself suggests pops up by itself: never a bare list of keywords.
  if (!context.explicit && !before && answer.items.every((item) => item.kind === "keyword")) return null;
  const count = answer.items.length;
  return {
    from: Math.max(0, from + answer.replace.from),
    to: from + answer.replace.to,
    options: answer.items.map(
      (item, index): Completion => ({
        label: item.label,
        apply: item.insert,
        type: item.kind,
        ...(item.detail ? { detail: item.detail } : {}),
        ...(item.documentation ? { info: item.documentation } : {}),
        // The core's order: the list is ranked there.
        boost: Math.round(99 - (198 * index) / Math.max(1, count)),
      }),
    ),
    ...(answer.narrows ? { validFor: /^[\w$"]*$/u } : {}),
    filter: answer.narrows,
  };
}

/** Asks the core; `place` says which connection's catalog, `before` what stands before the text in its statement. */
export function completion(place: () => CompletionPlace | null, before: () => string = () => ""): Extension {
  return autocompletion({
    override: [(context) => complete(context, place, before)],
    icons: false,
    activateOnTyping: true,
    maxRenderedOptions: 100,
    addToOptions: [
      {
        render: (option) => {
          const host = document.createElement("span");
          host.className = "rh-completion-icon";
          host.append(iconNode(ICONS[(option.type ?? "keyword") as CompletionKind] ?? "terminal", 14));
          return host;
        },
        position: 20,
      },
    ],
  });
}
