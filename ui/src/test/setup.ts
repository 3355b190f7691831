import { cleanup } from "@testing-library/react";
import { afterEach } from "vitest";

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
