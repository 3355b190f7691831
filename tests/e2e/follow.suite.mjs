// What happens on a real Redis, followed in the real window; and what the server says of itself.
import assert from "node:assert/strict";
import { Desk } from "./lib/desk.mjs";

const SERVER = process.env.ROWHOUSE_TEST_REDIS_URL;
if (!SERVER) throw new Error("ROWHOUSE_TEST_REDIS_URL is required: scripts/servers start");
const desk = new Desk();
const publish = (channel, message) => desk.sql(SERVER, `PUBLISH ${channel} "${message}"`);

desk.test("messages of channels come as rows", async () => {
  desk.profile(SERVER, "cache", "--password-policy", "keychain");
  await desk.open();
  await desk.connect("cache");
  await desk.act("Live: follow what happens on this server");
  await desk.press("Follow");
  await desk.sees("Following", 20_000);
  publish("rowhouse-orders", "paid 7");
  await desk.cell("paid 7");
  await desk.cell("rowhouse-orders");
  await desk.window.shot("follow-channels");
});

desk.test("while it is paused the view stands still, and nothing is lost", async () => {
  await desk.press("Pause: the view stands still");
  publish("rowhouse-orders", "paid 8");
  await desk.press("Go on");
  await desk.cell("paid 8");
});

desk.test("a message is sent from here", async () => {
  await desk.window.fill("Channel to send to", "rowhouse-stock");
  await desk.window.fill("Message", "3 left");
  await desk.keys("Enter");
  await desk.cell("3 left");
});

desk.test("it stops, and the rows stay", async () => {
  await desk.press("Stop");
  await desk.until("it to have stopped", async () => !(await desk.window.text()).includes("Following"));
  assert.ok((await desk.cells()).includes("paid 7"));
});

desk.test("the server's own figures and its slow log are panes of its activity", async () => {
  // A server that nobody has read from yet has no hit ratio.
  desk.sql(SERVER, "GET nothing");
  await desk.act("Activity of this connection");
  await desk.sees("Sessions", 20_000);
  await desk.keys("Alt", "4");
  await desk.sees("Memory used", 20_000);
  await desk.sees("Hit ratio");
  await desk.window.shot("activity-server");
  await desk.keys("Alt", "5");
  await desk.sees("kept from 10.0 ms", 20_000);
  await desk.window.shot("activity-slow");
});
