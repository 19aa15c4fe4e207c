import type { Header } from '../header.js';
import type { Findings } from './finding.js';

/** Names of Git and JGit: the lowest and the highest update index in hex, and mostly a random number. */
const FILE_NAME = /^(?:0x)?([0-9a-f]{12,16})-(?:0x)?([0-9a-f]{12,16})(?:-[0-9a-f]{8})?\.(?:ref|log)$/;

/** Holds a file's name, if it is one of Git's kind, against the limits in the header. Any other name says nothing. */
export function checkFileName(name: string, { minUpdateIndex, maxUpdateIndex }: Header, findings: Findings): void {
  const [, min, max] = FILE_NAME.exec(name) ?? [];
  if (min === undefined || max === undefined) return;
  if (BigInt(`0x${min}`) !== minUpdateIndex || BigInt(`0x${max}`) !== maxUpdateIndex) {
    findings.add('FILE_NAME', `the name says other update indexes than the header, which has ${minUpdateIndex} to ${maxUpdateIndex}`, 8, 'header');
  }
}
