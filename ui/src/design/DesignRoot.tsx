import { type ReactNode, useEffect } from "react";
import { AnnouncerRegion } from "./announce";
import { ContextMenuLayer } from "./contextMenu";
import { TooltipLayer } from "./TooltipLayer";
import { ToastRegion } from "./toast";

export type Theme = "light" | "dark" | "system";

export function applyTheme(theme: Theme) {
  const dark = theme === "system" ? window.matchMedia?.("(prefers-color-scheme: dark)").matches : theme === "dark";
  document.documentElement.dataset["theme"] = dark ? "dark" : "light";
}

/** Mount once, around the app: the theme, and the layers every control counts on. */
export function DesignRoot({ theme, children }: { theme: Theme; children: ReactNode }) {
  useEffect(() => {
    applyTheme(theme);
    if (theme !== "system") return;
    const query = window.matchMedia?.("(prefers-color-scheme: dark)");
    const update = () => applyTheme("system");
    query?.addEventListener("change", update);
    return () => query?.removeEventListener("change", update);
  }, [theme]);
  return (
    <>
      {children}
      <ContextMenuLayer />
      <TooltipLayer />
      <ToastRegion />
      <AnnouncerRegion />
    </>
  );
}
