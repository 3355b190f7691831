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
  focusFirst(side(), "[role=tree]", "[role=listbox]", "[data-focus-first]", "input", "[tabindex='0'], button");
}

/** Into the field of the side panel. */
export function focusSideField(): void {
  focusFirst(side(), "input");
}

/** Into the tab in front: where it says that one begins, its editor, its rows, or whatever it has. */
export function focusDocument(): void {
  const front = document.querySelector(".rh-document[data-focused]");
  focusFirst(
    front,
    "[data-focus-first]",
    ".cm-content",
    "[role=grid]",
    "[role=listbox]",
    "[tabindex='-1'][data-scope]",
    "[tabindex='0'], button",
  );
}

/** Frames that rows may take to come. */
const PATIENCE = 120;

/** Into the tab in front, once what it shows is there; a person who goes elsewhere meanwhile stays there. */
export function focusDocumentWhenShown(frames = PATIENCE): void {
  requestAnimationFrame(() => {
    const at = document.activeElement;
    const waits = at === null || at === document.body || at.matches("[tabindex='-1'][data-scope]");
    if (!waits) return;
    focusDocument();
    if (frames > 0) focusDocumentWhenShown(frames - 1);
  });
}
