import { ariaShortcut } from "./shortcut";

export interface TipProps {
  "data-tip"?: string;
  "data-tip-keys"?: string;
  "aria-keyshortcuts"?: string;
}

/**
 * Attributes that give any element a tooltip. One layer listens for the whole document, so a tooltip
 * costs nothing until it shows, and works on nodes React never saw.
 */
export function tip(label: string | undefined, keys?: string): TipProps {
  const props: TipProps = {};
  if (label) props["data-tip"] = label;
  if (keys) {
    props["data-tip-keys"] = keys;
    props["aria-keyshortcuts"] = ariaShortcut(keys);
  }
  return props;
}
