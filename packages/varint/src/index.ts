export { isReftableError, ReftableError, type ErrorKind, type ErrorPlace } from './errors.js';
export {
  checkNumber,
  checkU64,
  decodeBigVarint,
  decodeVarint,
  encodeVarint,
  MAX_U64,
  putVarint,
  skipVarint,
  toSafeNumber,
  varintLength,
} from './varint.js';
export { getBigU64, getU16, getU24, getU32, getU64, putU16, putU24, putU32, putU64 } from './fixed.js';
export { commonPrefixLength, compareBytes, pastPrefix } from './compare.js';
