// Two programs that do the same, measured in turns.
import { median, megabytes, milliseconds } from "./report.mjs";

const MEGABYTE = 1e6;

/** Both in turns, so that a busy moment of the machine hits both; once each before, so that both find the table in memory. */
export async function beside(turns, ours, theirs) {
  await ours();
  await theirs();
  const taken = { ours: [], theirs: [] };
  for (let turn = 0; turn < turns; turn++) {
    taken.ours.push(await ours());
    taken.theirs.push(await theirs());
  }
  const middle = (runs) => ({
    milliseconds: median(runs.map((one) => one.milliseconds)),
    peak: Math.max(...runs.map((one) => one.peak)),
  });
  return { ours: middle(taken.ours), theirs: middle(taken.theirs) };
}

/** Time, at most so many times theirs, and peak memory, under a limit in megabytes where there is one. */
export function rows(what, name, { ours, theirs }, limit, most = 1) {
  const ratio = ours.milliseconds / theirs.milliseconds;
  return [
    {
      what: `${what}: time`,
      ours: milliseconds(ours.milliseconds),
      beside: `${name} ${milliseconds(theirs.milliseconds)}`,
      ratio,
      target: `at most ${most.toFixed(2)} x`,
      met: ratio <= most,
    },
    {
      what: `${what}: peak memory`,
      ours: megabytes(ours.peak),
      beside: `${name} ${megabytes(theirs.peak)}`,
      ratio: ours.peak / theirs.peak,
      ...(limit ? { target: `under ${limit} MB`, met: ours.peak < limit * MEGABYTE } : {}),
    },
  ];
}
