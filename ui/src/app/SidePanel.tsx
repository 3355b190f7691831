import { type ReactNode, useEffect, useRef } from "react";
import { useKeys } from "@/commands";
import { hasOpenLayer, SplitPane } from "@/design";
import { focusDocument } from "./focus";
import type { Panel } from "./panel";

const WIDTH = { min: 180, max: 560, usual: 240 } as const;

/** The side panel beside the content, or over it where the window is narrow. */
export function WithSidePanel({ panel, side, children }: { panel: Panel; side: ReactNode; children: ReactNode }) {
  const over = useRef<HTMLElement>(null);
  const keys = useKeys("panel.side");
  const { narrow, open, hide } = panel;
  useEffect(() => {
    if (!narrow || !open) return;
    const panelNode = over.current;
    (
      panelNode?.querySelector<HTMLElement>("input") ?? panelNode?.querySelector<HTMLElement>("[tabindex='0']")
    )?.focus();
    const onPointerDown = (event: PointerEvent) => {
      const target = event.target;
      if (!(target instanceof Element) || over.current?.contains(target)) return;
      if (target.closest(".rh-rail, .rh-popover, .rh-scrim")) return;
      hide();
    };
    const onKeyDown = (event: globalThis.KeyboardEvent) => {
      if (event.key !== "Escape" || event.defaultPrevented || hasOpenLayer()) return;
      hide();
      requestAnimationFrame(focusDocument);
    };
    document.addEventListener("pointerdown", onPointerDown);
    document.addEventListener("keydown", onKeyDown);
    return () => {
      document.removeEventListener("pointerdown", onPointerDown);
      document.removeEventListener("keydown", onKeyDown);
    };
  }, [narrow, open, hide]);
  // One tree for both: a form or an editor must not be made anew because the window became narrow.
  return (
    <>
      <SplitPane
        direction="row"
        fixed="first"
        label={keys ? `Width of the side panel (${keys} hides it)` : "Width of the side panel"}
        size={panel.width}
        onSizeChange={panel.resize}
        min={WIDTH.min}
        max={WIDTH.max}
        defaultSize={WIDTH.usual}
        collapsed={narrow || !open}
        first={
          // Escape goes one step back: to the tab one came from.
          <aside
            className="rh-side"
            aria-label="Side panel"
            onKeyDown={(event) => {
              if (event.key !== "Escape" || event.defaultPrevented || hasOpenLayer()) return;
              event.preventDefault();
              focusDocument();
            }}
          >
            {side}
          </aside>
        }
        second={children}
      />
      {narrow && open ? (
        <aside ref={over} className="rh-side rh-side-over" aria-label="Side panel" style={{ width: panel.width + 40 }}>
          {side}
        </aside>
      ) : null}
    </>
  );
}
