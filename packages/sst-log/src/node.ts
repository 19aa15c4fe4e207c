export { LogFile, LogFileSync } from './log-file.node.js';
