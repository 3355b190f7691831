import { fileURLToPath } from "node:url";
import tailwindcss from "@tailwindcss/vite";
import react from "@vitejs/plugin-react";
import { defineConfig } from "vitest/config";

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));

// The window's bundle holds index.html alone. The gallery and the measuring page are built
// only by `--mode bench`, so neither can reach a user.
const pages = (mode: string): Record<string, string> =>
  mode === "bench"
    ? { gallery: here("./gallery.html"), grid: here("./bench/grid.html") }
    : { index: here("./index.html") };

export default defineConfig(({ mode }) => ({
  base: "./",
  plugins: [react(), tailwindcss()],
  resolve: { alias: { "@": here("./src") } },
  clearScreen: false,
  server: { port: 5173, strictPort: true, host: "127.0.0.1" },
  build: {
    target: "es2022",
    outDir: mode === "bench" ? "bench/dist" : "dist",
    emptyOutDir: true,
    chunkSizeWarningLimit: 1500,
    rolldownOptions: { input: pages(mode) },
  },
  test: {
    environment: "jsdom",
    setupFiles: [here("./src/test/setup.ts")],
    include: ["src/**/*.test.{ts,tsx}"],
    css: false,
    restoreMocks: true,
  },
}));
