export { verifyTable, verifyTableCore, verifyTableSync, type VerifyOptions } from './verify/verify-table.js';
export { FindingCounts, SEVERITIES, type Finding, type FindingCode, type Severity, type TablePart } from './verify/finding.js';
