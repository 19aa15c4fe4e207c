import { ReftableError } from '@reftable/varint';
import { describe, expect, test } from 'vitest';
import { Findings, MAX_PER_CODE } from './finding.js';

describe('Findings', () => {
  test('lists what it is given, in that order', () => {
    const findings = new Findings(undefined);
    findings.add('FILE_NAME', 'name', 8, 'header');
    findings.section = 'refs';
    findings.add('NULL_ID', 'id');
    expect(findings.list()).toEqual([
      { code: 'FILE_NAME', severity: 'warning', message: 'name', offset: 8, section: 'header' },
      { code: 'NULL_ID', severity: 'warning', message: 'id', section: 'refs' },
    ]);
  });

  test('makes a finding of damage, without the place in its text, and of nothing else', () => {
    const findings = new Findings('a.ref');
    findings.addError(new ReftableError('format', 'KEY_ORDER', 'not beyond', { offset: 12, file: 'a.ref' }));
    findings.addError(new ReftableError('unsupported', 'VERSION', 'version 9'), 'header');
    expect(findings.list()).toEqual([
      { code: 'KEY_ORDER', severity: 'error', message: 'not beyond', offset: 12, file: 'a.ref' },
      { code: 'VERSION', severity: 'error', message: 'version 9', section: 'header', file: 'a.ref' },
    ]);
    for (const error of [new ReftableError('io', 'SOURCE_READ', 'lost'), new RangeError('no')]) expect(() => findings.addError(error)).toThrow(error);
  });

  test('is bounded, and says what it leaves out; one code does not crowd out another', () => {
    const findings = new Findings(undefined);
    for (let offset = 0; offset < 5 * MAX_PER_CODE; offset++) findings.add('REF_NAME', 'name', offset);
    findings.add('KEY_ORDER', 'key', 1);
    findings.add('KEY_ORDER', 'key', 1);
    const list = findings.list();
    expect(list).toHaveLength(MAX_PER_CODE + 2);
    expect(list.slice(-2)).toEqual([
      { code: 'KEY_ORDER', severity: 'error', message: 'key', offset: 1 },
      { code: 'FINDINGS_OMITTED', severity: 'info', message: `${4 * MAX_PER_CODE} more of REF_NAME` },
    ]);
  });
});
