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
 * The rows as `--json` has them: medians of whole works. What there is not is null.
 * @param {readonly Row[]} rows
 */
export function toJson(rows) {
  const entries = rows.map((row) => ({
    work: row.work.name,
    peer: peerName(row) ?? null,
    ours_ms: row.ours.median,
    peer_ms: row.peer?.measure.median ?? null,
    ratio: ratio(row) ?? null,
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
  const quotient = ratio(row);
  return [
    row.work.name,
    ...timesOf(ours, operations),
    peerName(row) ?? '',
    ...(peer === undefined ? ['', '', ''] : timesOf(peer.measure, operations)),
    quotient?.toFixed(2) ?? '',
    peer === undefined ? '' : (ours.least / peer.measure.least).toFixed(2),
    goal?.toFixed(2) ?? '',
    goal === undefined || quotient === undefined ? '' : quotient <= goal ? 'met' : 'MISSED',
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

/** @param {Row} row */
function ratio({ ours, peer }) {
  return peer === undefined ? undefined : ours.median / peer.measure.median;
}

/** Words to the left, numbers to the right. @param {string} cell @param {number} width */
function pad(cell, width) {
  return /^\d/.test(cell) ? cell.padStart(width) : cell.padEnd(width);
}
