/** The whole diagram, small, and what of it is in sight; a press goes there. */
import { type PointerEvent, useCallback, useEffect, useRef, useSyncExternalStore } from "react";
import type { Rect } from "../camera";
import { readPalette } from "../colours";
import type { Engine } from "../engine";
import type { DiagramStore } from "../store";

const WIDTH = 168;
const HEIGHT = 108;

/** How the whole lies on the map. */
function lying(all: Rect): { scale: number; left: number; top: number } {
  const scale = Math.min((WIDTH - 8) / Math.max(1, all.width), (HEIGHT - 8) / Math.max(1, all.height));
  return {
    scale,
    left: (WIDTH - all.width * scale) / 2 - all.x * scale,
    top: (HEIGHT - all.height * scale) / 2 - all.y * scale,
  };
}

export function Minimap({
  engine,
  store,
  onFollow,
}: {
  engine: Engine;
  store: DiagramStore;
  /** Gives what is to be called when the camera moved. */
  onFollow: (follow: (() => void) | null) => void;
}) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const sight = useRef<HTMLDivElement>(null);
  const all = useRef<Rect | null>(null);
  const { scene, selected, history } = useSyncExternalStore(store.subscribe, store.snapshot);

  const follow = useCallback(() => {
    const whole = all.current;
    if (!whole || !sight.current) return;
    const { scale, left, top } = lying(whole);
    const seen = engine.sight();
    const [x, y] = [seen.x * scale + left, seen.y * scale + top];
    const clamp = (value: number, most: number) => Math.max(0, Math.min(most, value));
    const [x0, y0] = [clamp(x, WIDTH - 6), clamp(y, HEIGHT - 6)];
    const [x1, y1] = [clamp(x + seen.width * scale, WIDTH), clamp(y + seen.height * scale, HEIGHT)];
    Object.assign(sight.current.style, {
      left: `${Math.round(x0)}px`,
      top: `${Math.round(y0)}px`,
      width: `${Math.max(6, Math.round(x1 - x0))}px`,
      height: `${Math.max(6, Math.round(y1 - y0))}px`,
    });
  }, [engine]);

  useEffect(() => {
    onFollow(follow);
    return () => onFollow(null);
  }, [onFollow, follow]);

  const draw = useCallback(() => {
    const element = canvas.current;
    const context = element?.getContext("2d");
    all.current = scene?.overview() ?? null;
    follow();
    const whole = all.current;
    if (!element || !context || !scene || !whole) return;
    const ratio = window.devicePixelRatio || 1;
    element.width = WIDTH * ratio;
    element.height = HEIGHT * ratio;
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
    context.clearRect(0, 0, WIDTH, HEIGHT);
    const { scale, left, top } = lying(whole);
    const palette = readPalette(element);
    const bar = (at: number, colour: string) => {
      const box = scene.boxes[at];
      if (!box) return;
      context.fillStyle = colour;
      const [width, height] = [Math.max(1.5, box.width * scale), Math.max(1, box.height * scale)];
      context.fillRect(box.x * scale + left, box.y * scale + top, width, height);
    };
    for (const at of scene.boxes.keys()) if (!selected.has(at)) bar(at, palette.edge);
    for (const at of selected) bar(at, palette.accent);
  }, [scene, selected, follow]);

  // The history stands for where boxes lie. A moment later: a selection that grows is drawn once.
  useEffect(() => {
    const timer = setTimeout(draw, 60);
    return () => clearTimeout(timer);
  }, [draw, history]);
  useEffect(() => {
    const theme = new MutationObserver(draw);
    theme.observe(document.documentElement, { attributes: true, attributeFilter: ["data-theme"] });
    return () => theme.disconnect();
  }, [draw]);

  const go = (event: PointerEvent<HTMLDivElement>) => {
    const whole = all.current;
    if (!whole || (event.type === "pointermove" && event.buttons !== 1)) return;
    const bounds = event.currentTarget.getBoundingClientRect();
    const { scale, left, top } = lying(whole);
    const at = { x: event.clientX - bounds.left, y: event.clientY - bounds.top };
    if (event.type === "pointerdown") event.currentTarget.setPointerCapture?.(event.pointerId);
    engine.look({ zoom: engine.camera.zoom, x: (at.x - left) / scale, y: (at.y - top) / scale });
  };
  return (
    <div
      className="erd-map"
      data-erd-above
      aria-hidden="true"
      style={{ width: WIDTH, height: HEIGHT }}
      onPointerDown={go}
      onPointerMove={go}
    >
      <canvas ref={canvas} style={{ width: WIDTH, height: HEIGHT }} />
      <div ref={sight} className="erd-map-sight" />
    </div>
  );
}
