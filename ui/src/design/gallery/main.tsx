import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { applyTheme, DesignRoot, type Theme } from "@/design";
import "@/styles.css";
import { Gallery } from "./Gallery";

// `?theme=dark`, and `?part=grid` for one part alone.
const query = new URLSearchParams(window.location.search);
const theme: Theme = query.get("theme") === "dark" ? "dark" : "light";
const root = document.getElementById("root");
applyTheme(theme);
if (root) {
  createRoot(root).render(
    <StrictMode>
      <DesignRoot theme={theme}>
        <Gallery part={query.get("part") ?? "all"} />
      </DesignRoot>
    </StrictMode>,
  );
}
