// A wire before a server, which a test may silence (what comes is swallowed, and still acknowledged) or cut (every connection is
// ended, and new ones at once).
import { connect, createServer } from "node:net";

/** A wire to a port of this computer. */
export async function wireBefore(target) {
  let mode = "up";
  const clients = new Set();
  const listener = createServer((client) => {
    clients.add(client);
    client.on("close", () => clients.delete(client));
    client.on("error", () => {});
    if (mode === "cut") return client.resetAndDestroy();
    const server = connect(target, "127.0.0.1");
    server.on("error", () => client.destroy());
    server.on("close", () => mode !== "silent" && client.destroy());
    client.on("close", () => server.destroy());
    client.on("data", (bytes) => mode === "up" && server.write(bytes));
    server.on("data", (bytes) => mode === "up" && client.write(bytes));
  });
  await new Promise((resolve) => listener.listen(0, "127.0.0.1", resolve));
  const end = () => {
    for (const client of clients) client.resetAndDestroy();
  };
  return {
    port: listener.address().port,
    silence: () => {
      mode = "silent";
    },
    cut: () => {
      mode = "cut";
      end();
    },
    /** As good as new: what was swallowed in between is gone, and so are the connections it was swallowed from. */
    mend: () => {
      end();
      mode = "up";
    },
    remove: () => {
      end();
      listener.close();
    },
  };
}

/** The same address by way of a wire. */
export function through(wire, url) {
  const to = new URL(url);
  to.port = wire.port;
  return to.href;
}
