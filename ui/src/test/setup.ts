import { cleanup, configure } from "@testing-library/react";
import { afterEach } from "vitest";

// Effects must bear being run twice, as while developing.
configure({ reactStrictMode: true });
afterEach(() => cleanup());

// jsdom lays nothing out. A fixed viewport lets what is virtualised draw its first rows.
const size = (name: "offsetWidth" | "offsetHeight" | "clientWidth" | "clientHeight", value: number) =>
  Object.defineProperty(HTMLElement.prototype, name, { configurable: true, get: () => value });
size("offsetWidth", 800);
size("offsetHeight", 480);
size("clientWidth", 800);
size("clientHeight", 480);

globalThis.ResizeObserver ??= class implements ResizeObserver {
  observe() {}
  unobserve() {}
  disconnect() {}
};
