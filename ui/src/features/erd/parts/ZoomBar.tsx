/** How near the diagram is looked at. */
import { useCallback, useEffect, useRef } from "react";
import { IconButton } from "@/design";
import type { Engine } from "../engine";

export function ZoomBar({
  engine,
  keys,
  onFit,
  onFollow,
}: {
  engine: Engine;
  keys: { readonly in?: string | undefined; readonly out?: string | undefined; readonly fit?: string | undefined };
  onFit: () => void;
  onFollow: (follow: (() => void) | null) => void;
}) {
  const text = useRef<HTMLButtonElement>(null);
  const follow = useCallback(() => {
    const zoom = engine.camera.zoom * 100;
    const words = `${zoom < 10 ? zoom.toFixed(1) : Math.round(zoom)} %`;
    if (text.current && text.current.textContent !== words) text.current.textContent = words;
  }, [engine]);
  useEffect(() => {
    follow();
    onFollow(follow);
    return () => onFollow(null);
  }, [follow, onFollow]);
  return (
    <div className="erd-zoom" data-erd-above role="group" aria-label="Zoom">
      <IconButton
        icon="minus"
        label="Zoom out"
        {...(keys.out ? { keys: keys.out } : {})}
        onClick={() => engine.zoom(0.8)}
      />
      <button
        ref={text}
        type="button"
        className="erd-zoom-figure"
        data-tip="Actual size"
        aria-label="Actual size"
        onClick={() => engine.fly({ ...engine.camera, zoom: 1 })}
      >
        100 %
      </button>
      <IconButton
        icon="plus"
        label="Zoom in"
        {...(keys.in ? { keys: keys.in } : {})}
        onClick={() => engine.zoom(1.25)}
      />
      <IconButton icon="fit" label="Fit everything" {...(keys.fit ? { keys: keys.fit } : {})} onClick={onFit} />
    </div>
  );
}
