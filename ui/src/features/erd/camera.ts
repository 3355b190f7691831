/**
 * Where a diagram is looked at from: the point in the middle of the view, in the diagram's units, and how many pixels a unit
 * takes. Pure: every function answers a new camera.
 */
export interface Camera {
  readonly x: number;
  readonly y: number;
  readonly zoom: number;
}

export interface Size {
  readonly width: number;
  readonly height: number;
}

export interface Rect extends Size {
  readonly x: number;
  readonly y: number;
}

export interface Point {
  readonly x: number;
  readonly y: number;
}

export const ZOOM_MOST = 4;
/** Small enough for any diagram; the layout keeps within ten million units. */
const ZOOM_LEAST = 0.0005;
/** Free room around what is fitted, in pixels. */
const MARGIN = 40;

export const clampZoom = (zoom: number): number => Math.min(ZOOM_MOST, Math.max(ZOOM_LEAST, zoom));

export const toWorld = (camera: Camera, view: Size, at: Point): Point => ({
  x: camera.x + (at.x - view.width / 2) / camera.zoom,
  y: camera.y + (at.y - view.height / 2) / camera.zoom,
});

export const toView = (camera: Camera, view: Size, at: Point): Point => ({
  x: (at.x - camera.x) * camera.zoom + view.width / 2,
  y: (at.y - camera.y) * camera.zoom + view.height / 2,
});

/** What of the diagram is in sight. */
export const sight = (camera: Camera, view: Size): Rect => ({
  x: camera.x - view.width / 2 / camera.zoom,
  y: camera.y - view.height / 2 / camera.zoom,
  width: view.width / camera.zoom,
  height: view.height / camera.zoom,
});

/** Moved by pixels: what lies under the pointer goes with it. */
export const panned = (camera: Camera, dx: number, dy: number): Camera => ({
  ...camera,
  x: camera.x - dx / camera.zoom,
  y: camera.y - dy / camera.zoom,
});

/** Nearer or further by a factor; the point under `at` stays where it is. */
export function zoomed(camera: Camera, view: Size, factor: number, at: Point): Camera {
  const zoom = clampZoom(camera.zoom * factor);
  const fixed = toWorld(camera, view, at);
  return {
    zoom,
    x: fixed.x - (at.x - view.width / 2) / zoom,
    y: fixed.y - (at.y - view.height / 2) / zoom,
  };
}

/** The whole of `rect` in sight, no nearer than `most`. */
export function fitted(rect: Rect | null, view: Size, most = 1): Camera {
  if (!rect || view.width <= 0 || view.height <= 0) return { x: 0, y: 0, zoom: 1 };
  const room = (length: number) => Math.max(length - 2 * MARGIN, length / 2);
  const zoom = Math.min(most, room(view.width) / Math.max(1, rect.width), room(view.height) / Math.max(1, rect.height));
  return { x: rect.x + rect.width / 2, y: rect.y + rect.height / 2, zoom: clampZoom(zoom) };
}

/** A box so that it can be read: in the middle where it fits, else its head at the top. */
export function flownTo(rect: Rect, view: Size, zoom: number): Camera {
  const near = clampZoom(Math.max(zoom, 0.8));
  const seen = sight({ x: 0, y: 0, zoom: near }, view);
  const tall = rect.height > seen.height - (2 * MARGIN) / near;
  return {
    zoom: near,
    x: rect.x + rect.width / 2,
    y: tall ? rect.y + seen.height / 2 - MARGIN / near : rect.y + rect.height / 2,
  };
}

/** No further than needed to bring a box into sight. */
export function revealing(camera: Camera, view: Size, rect: Rect): Camera {
  const { x, y, width, height } = sight(camera, view);
  const margin = MARGIN / camera.zoom;
  const along = (start: number, length: number, from: number, size: number): number => {
    if (size > length - 2 * margin) {
      // Larger than the view: its beginning counts, where none of it is in sight.
      return from + size < start + margin || from > start + length - margin ? from - margin - start : 0;
    }
    if (from < start + margin) return from - margin - start;
    return from + size > start + length - margin ? from + size + margin - start - length : 0;
  };
  return {
    ...camera,
    x: camera.x + along(x, width, rect.x, rect.width),
    y: camera.y + along(y, height, rect.y, rect.height),
  };
}

/** Between two cameras; `part` from 0 to 1, eased out. Zooms evenly for the eye. */
export function between(from: Camera, to: Camera, part: number): Camera {
  const eased = 1 - (1 - part) ** 3;
  const zoom = from.zoom * (to.zoom / from.zoom) ** eased;
  // Along with the zoom, so that the way is straight on the screen.
  const far = Math.abs(to.zoom - from.zoom) < 1e-9 ? eased : (1 / zoom - 1 / from.zoom) / (1 / to.zoom - 1 / from.zoom);
  return { zoom, x: from.x + (to.x - from.x) * far, y: from.y + (to.y - from.y) * far };
}

export const overlaps = (a: Rect, b: Rect): boolean =>
  a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height;

export function union(rects: Iterable<Rect>): Rect | null {
  let [left, top, right, bottom] = [
    Number.POSITIVE_INFINITY,
    Number.POSITIVE_INFINITY,
    Number.NEGATIVE_INFINITY,
    Number.NEGATIVE_INFINITY,
  ];
  for (const { x, y, width, height } of rects) {
    left = Math.min(left, x);
    top = Math.min(top, y);
    right = Math.max(right, x + width);
    bottom = Math.max(bottom, y + height);
  }
  return left <= right ? { x: left, y: top, width: right - left, height: bottom - top } : null;
}
