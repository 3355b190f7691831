/** Names of questions to a server, by which they are stopped. */
let asked = 0;

const OWN = Math.random().toString(36).slice(2);

export function nextAsk(): string {
  asked += 1;
  return `ask-${OWN}-${asked}`;
}
