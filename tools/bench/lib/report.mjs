// @ts-check

/** @typedef {import('./measure.mjs').Measure} Measure */

/**
 * What came out of one work, beside one peer or by itself.
 * @typedef {object} Row
 * @property {import('./work.mjs').Work} work
 * @property {number} operations
 * @property {Measure} ours
 * @property {{ comparison: import('./work.mjs').Comparison, measure: Measure }} [peer]
 */

const COLUMNS = ['work', 'ours', 'least', 'each', 'peer', 'theirs', 'least', 'each', 'ratio', 'of least', 'goal', ''];

/**
 * The rows as `--json` has them: medians of whole works. What there is not is null. Where it counts what we take longer,
 * there is that as `over_ms` in place of `ratio`.
 * @param {readonly Row[]} rows
 */
export function toJson(rows) {
  const entries = rows.map((row) => ({
    work: row.work.name,
    peer: peerName(row) ?? null,
    ours_ms: row.ours.median,
    peer_ms: row.peer?.measure.median ?? null,
    [row.peer?.comparison.over === true ? 'over_ms' : 'ratio']: figure(row, 'median') ?? null,
    goal: row.peer?.comparison.goal ?? null,
  }));
  return `${JSON.stringify(entries, null, 2)}\n`;
}

/**
 * The rows as a person reads them.
 * @param {readonly Row[]} rows
 */
export function toText(rows) {
  const cells = [COLUMNS, ...rows.map(cellsOf)];
  const widths = COLUMNS.map((_, column) => Math.max(...cells.map((line) => line[column]?.length ?? 0)));
  const lines = cells.map((line) => line.map((cell, column) => pad(cell, widths[column] ?? 0)).join('  ').trimEnd());
  return `${lines.join('\n')}\n`;
}

/** @param {Row} row */
function cellsOf(row) {
  const { operations, ours, peer } = row;
  const goal = peer?.comparison.goal;
  const [typical, best] = [figure(row, 'median'), figure(row, 'least')];
  const show = (/** @type {number | undefined} */ value) =>
    value === undefined ? '' : peer?.comparison.over === true ? `${value < 0 ? '' : '+'}${value.toFixed(1)} ms` : value.toFixed(2);
  return [
    row.work.name,
    ...timesOf(ours, operations),
    peerName(row) ?? '',
    ...(peer === undefined ? ['', '', ''] : timesOf(peer.measure, operations)),
    show(typical),
    show(best),
    show(goal),
    goal === undefined || typical === undefined ? '' : typical <= goal ? 'met' : 'MISSED',
  ];
}

/** @param {Measure} measure @param {number} operations */
function timesOf({ median, least }, operations) {
  const micros = (median * 1e3) / operations;
  return [`${median.toFixed(1)} ms`, `${least.toFixed(1)} ms`, micros < 1 ? `${(micros * 1e3).toFixed(1)} ns` : `${micros.toFixed(2)} us`];
}

/** A peer that did other work is called after that as well. @param {Row} row */
function peerName({ work, peer }) {
  if (peer === undefined) return undefined;
  const { comparison } = peer;
  return comparison.work === work.name ? comparison.peer : `${comparison.peer}: ${comparison.work}`;
}

/** What we compare by. @param {Row} row @param {'median' | 'least'} of */
function figure({ ours, peer }, of) {
  if (peer === undefined) return undefined;
  return peer.comparison.over === true ? ours[of] - peer.measure[of] : ours[of] / peer.measure[of];
}

/** Words to the left, numbers to the right. @param {string} cell @param {number} width */
function pad(cell, width) {
  return /^[-+\d]/.test(cell) ? cell.padStart(width) : cell.padEnd(width);
}
