/** The real host: the generated commands over Tauri. */
import { Channel } from "@tauri-apps/api/core";
import { getCurrentWebview } from "@tauri-apps/api/webview";
import { getCurrentWindow } from "@tauri-apps/api/window";
import {
  type AppEvent,
  commands,
  type HopReport,
  type RunAnswer,
  type RunEvent,
  type TestReport,
  type TransferEvent,
} from "./bindings";
import { failureOf, type Host, HostError } from "./host";

type Typed = { status: "ok"; data: unknown } | { status: "error"; error: unknown };

const isTyped = (answer: unknown): answer is Typed =>
  typeof answer === "object" && answer !== null && "status" in answer && ("data" in answer || "error" in answer);

const isFailure = (error: unknown): error is HostError["failure"] =>
  typeof error === "object" && error !== null && "code" in error && "message" in error;

/** Answers the data or throws the typed error. A bad argument comes as plain text from Tauri itself. */
async function settle(answer: Promise<unknown>): Promise<unknown> {
  const settled = await answer;
  if (!isTyped(settled)) return settled;
  if (settled.status === "ok") return settled.data;
  throw new HostError(isFailure(settled.error) ? settled.error : failureOf(settled.error));
}

type Command = (...args: unknown[]) => Promise<unknown>;

const plain = Object.fromEntries(
  Object.entries(commands).map(([name, command]) => [
    name,
    (...args: unknown[]) => settle((command as Command)(...args)),
  ]),
);

export const tauriHost = {
  ...plain,
  run(request, onEvent) {
    const channel = new Channel<RunEvent>();
    channel.onmessage = onEvent;
    return settle(commands.run(request, channel)) as Promise<RunAnswer>;
  },
  testProfile(draft, testId, onHop) {
    const channel = new Channel<HopReport>();
    channel.onmessage = onHop;
    return settle(commands.testProfile(draft, testId, channel)) as Promise<TestReport>;
  },
  exportRows(request, onEvent) {
    const channel = new Channel<TransferEvent>();
    channel.onmessage = onEvent;
    return settle(commands.exportRows(request, channel)) as Promise<string>;
  },
  importRows(request, onEvent) {
    const channel = new Channel<TransferEvent>();
    channel.onmessage = onEvent;
    return settle(commands.importRows(request, channel)) as Promise<string>;
  },
  generateRows(request, onEvent) {
    const channel = new Channel<TransferEvent>();
    channel.onmessage = onEvent;
    return settle(commands.generateRows(request, channel)) as Promise<string>;
  },
  subscribe(onEvent) {
    const channel = new Channel<AppEvent>();
    channel.onmessage = onEvent;
    void commands.subscribe(channel);
  },
  onFilesDropped(listener) {
    // A webview that does not tell of drops costs a convenience, nothing more.
    void getCurrentWebview()
      .onDragDropEvent(({ payload }) => {
        if (payload.type !== "drop") return;
        // The window's pixels are the screen's; the page's may be larger.
        const { x, y } = payload.position.toLogical(window.devicePixelRatio);
        listener(payload.paths, { x, y });
      })
      .catch(() => undefined);
  },
  setTitle: (title) => getCurrentWindow().setTitle(title),
  readClipboard: () => navigator.clipboard.readText(),
  writeClipboard: (text) => navigator.clipboard.writeText(text),
} as Host;
