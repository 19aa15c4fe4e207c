// @ts-check

/** What happened, in numbers, and what should not have. */
export class Tally {
  kills = 0;
  staleLocks = 0;
  retries = 0;
  compactions = 0;
  /** Compactions that were given up because others were at work. */
  yielded = 0;
  reads = 0;
  /** Transactions of killed processes, of which nobody knew whether they were done. */
  inDoubt = 0;
  ours = 0;
  git = 0;
  /** Files that killed processes left behind. */
  leftovers = 0;
  /** @type {string[]} */
  problems = [];
  lost = 0;

  /** @param {Tally} other */
  add(other) {
    this.kills += other.kills;
    this.staleLocks += other.staleLocks;
    this.retries += other.retries;
    this.compactions += other.compactions;
    this.yielded += other.yielded;
    this.reads += other.reads;
    this.inDoubt += other.inDoubt;
    this.ours += other.ours;
    this.git += other.git;
    this.leftovers += other.leftovers;
    this.problems.push(...other.problems);
    this.lost += other.lost;
  }

  get text() {
    const { ours, git, kills, staleLocks, inDoubt, compactions, yielded, retries, reads, leftovers, problems, lost } = this;
    return [
      `${ours + git} transactions (${ours} ours, ${git} Git's)`,
      `${kills} kills (${inDoubt} transactions in doubt, ${staleLocks} stale locks broken, ${leftovers} files cleaned up)`,
      `${compactions} compactions (${yielded} gave way)`,
      `${retries} retries`,
      `${reads} reads`,
      `${problems.length} problems`,
      `lost = ${lost}`,
    ].join(', ');
  }
}
