// Ports of this computer: a free one, and whether somebody answers at one.
import { connect, createServer } from "node:net";

export const freePort = () =>
  new Promise((resolve, reject) => {
    const socket = createServer();
    socket.once("error", reject);
    socket.listen(0, "127.0.0.1", () => {
      const { port } = socket.address();
      socket.close(() => resolve(port));
    });
  });

export const answers = (port) =>
  new Promise((resolve) => {
    const socket = connect(port, "127.0.0.1");
    const told = (answer) => {
      socket.destroy();
      resolve(answer);
    };
    socket.once("connect", () => told(true)).once("error", () => told(false));
  });
