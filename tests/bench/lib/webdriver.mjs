// WebKitGTK's own WebDriver, spoken to directly: starts a program under automation and runs scripts in its page.
import { spawn } from "node:child_process";
import { createServer } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";

function freePort() {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });
}

async function call(base, method, path, body, limit = 60_000) {
  const response = await fetch(base + path, {
    method,
    body: body === undefined ? undefined : JSON.stringify(body),
    signal: AbortSignal.timeout(limit),
  });
  const { value } = await response.json();
  if (value?.error) throw new Error(`${value.error}: ${value.message}`);
  return value;
}

/** Starts the program under a driver of its own; `close()` ends both. */
export async function automate(binary, { args = [], env = {} } = {}) {
  const port = await freePort();
  const driver = spawn("WebKitWebDriver", [`--port=${port}`], {
    stdio: "ignore",
    // Tauri allows automation of its webview only where this is set.
    env: { ...process.env, TAURI_AUTOMATION: "true", TAURI_WEBVIEW_AUTOMATION: "true", ...env },
  });
  const missing = new Promise((_, reject) =>
    driver.once("error", () => reject(new Error("WebKitWebDriver is missing: install webkit2gtk-driver"))),
  );
  missing.catch(() => {});
  const base = `http://127.0.0.1:${port}`;
  const end = () => driver.kill();
  try {
    for (let tries = 0; ; tries++) {
      const answer = await Promise.race([missing, call(base, "GET", "/status").catch(() => null)]);
      if (answer) break;
      if (tries === 100) throw new Error("WebKitWebDriver does not answer");
      await sleep(50);
    }
    // Waiting for a page to load is left to whoever opens it: the browser's own wait now and then never ends.
    const match = { "webkitgtk:browserOptions": { binary, args }, pageLoadStrategy: "none" };
    const asked = { capabilities: { alwaysMatch: match } };
    const started = await call(base, "POST", "/session", asked);
    const session = `/session/${started.sessionId}`;
    await call(base, "POST", `${session}/timeouts`, { script: 120_000 });
    return {
      driver: driver.pid,
      version: started.capabilities.browserVersion,
      /** Runs a function body whose last argument is a callback for the answer. */
      script: (script, ...args) => call(base, "POST", `${session}/execute/async`, { script, args }, 150_000),
      resize: (width, height) => call(base, "POST", `${session}/window/rect`, { x: 0, y: 0, width, height }),
      /** Opens an address and waits until the page has set its title to this. Where that fails, only a new browser helps. */
      async open(url, title, limit = 10_000) {
        await call(base, "POST", `${session}/url`, { url }, limit);
        for (const begun = Date.now(); Date.now() - begun < limit; await sleep(50))
          if ((await call(base, "GET", `${session}/title`, undefined, limit)) === title) return;
        throw new Error(`${url} did not become “${title}” within ${limit} ms`);
      },
      async close() {
        await call(base, "DELETE", session, undefined, 5_000).catch(() => {});
        end();
      },
    };
  } catch (error) {
    end();
    throw error;
  }
}
