/** Where the keyboard goes when a person goes from one part of the window to another. */

const inSight = (node: Element): boolean => node.checkVisibility?.({ checkVisibilityCSS: true }) ?? true;

function focusFirst(root: ParentNode | null | undefined, ...selectors: readonly string[]): boolean {
  for (const selector of selectors) {
    const found = [...(root?.querySelectorAll<HTMLElement>(selector) ?? [])].find(inSight);
    if (!found) continue;
    found.focus({ preventScroll: true });
    return true;
  }
  return false;
}

/** The side panel in sight, over the content or beside it. */
const side = (): Element | undefined => [...document.querySelectorAll(".rh-side")].reverse().find(inSight);

export const isInSide = (): boolean => side()?.contains(document.activeElement) ?? false;

/** Into the side panel: its tree or list, or the field where there is none yet. */
export function focusSide(): void {
  focusFirst(side(), "[role=tree]", "[role=listbox]", "input", "[tabindex='0'], button");
}

/** Into the field of the side panel. */
export function focusSideField(): void {
  focusFirst(side(), "input");
}

/** Whether the keyboard is in the tab in front. */
export const isInDocument = (): boolean => Boolean(document.activeElement?.closest(".rh-document[data-focused]"));

/** Into the tab in front: its editor, its rows, or whatever it has. */
export function focusDocument(): void {
  const front = document.querySelector(".rh-document[data-focused]");
  focusFirst(
    front,
    ".cm-content",
    "[role=grid]",
    "[role=listbox]",
    "[tabindex='-1'][data-scope]",
    "[tabindex='0'], button",
  );
}
