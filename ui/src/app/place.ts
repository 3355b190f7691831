import type { CSSProperties } from "react";
import { boxOf, type Direction, type Side } from "./split";

/** Where a group stands, for the style sheet. */
export function placeOf({ side, direction, share }: { side: Side; direction: Direction | null; share: number }) {
  const box = boxOf(direction === null ? null : { direction, share }, side);
  const percent = (part: number) => `${part * 100}%`;
  return {
    "--gx": percent(box.x),
    "--gy": percent(box.y),
    "--gw": percent(box.width),
    "--gh": percent(box.height),
  } as CSSProperties;
}

export const panelIdOf = (id: string): string => `panel-${id}`;
