/* What a run of the command ends with. */

/** Exit codes. They are part of the command's interface: see its README. */
export const EXIT = {
  success: 0,
  /** The ref or log asked for does not exist. */
  notFound: 1,
  usage: 2,
  /** The input is damaged, of a kind that is not supported, or can't be read. */
  unreadable: 3,
  missingPath: 4,
  /** A fault of the command itself. */
  internal: 70,
} as const;

/** Ends the command with one line and an exit code. */
export class Failure extends Error {
  readonly exitCode: number;

  constructor(exitCode: number, message: string) {
    super(message);
    this.exitCode = exitCode;
  }
}
