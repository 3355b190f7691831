import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { App } from "@/app/App";
import { DesignRoot } from "@/design";
import "./styles.css";

const root = document.getElementById("root");
if (root) {
  createRoot(root).render(
    <StrictMode>
      <DesignRoot theme="system">
        <App />
      </DesignRoot>
    </StrictMode>,
  );
}
