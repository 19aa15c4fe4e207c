/* A table in the proposed container that holds something else than Git's records: keys and values, whatever they mean. */
import { decodeText } from '@reftable/block';
import type { SstRecord, SstSync } from '@reftable/sst-v2';
import { count, printable, printableJson } from './text.js';

/** Every entry, in order, as lines or as one JSON document. @throws the table's format errors */
export function* dumpEntries(table: SstSync, path: string, json: boolean): Generator<string, void, undefined> {
  const { blockSize, size, metadata } = table.info;
  if (json) {
    yield `{"size":${size},"metadata_hex":"${Buffer.from(metadata).toString('hex')}","entries":[`;
    let separator = '\n';
    for (const entry of table.records()) {
      yield `${separator}${printableJson(JSON.stringify(jsonOf(entry)))}`;
      separator = ',\n';
    }
    yield '\n]}\n';
  } else {
    const alignment = blockSize === 0 ? 'blocks not aligned' : `block size ${blockSize}`;
    yield `${printable(path)}: container, not of Git's records, ${alignment}, ${count(metadata.length, 'byte')} of metadata, ${count(size, 'byte')}\n`;
    for (const { key, extra, value } of table.records()) yield `${textOf(key)} ${extra} ${textOf(value)}\n`;
  }
  table.close();
}

function textOf(bytes: Uint8Array): string {
  const { text, exact } = decodeText(bytes, 0, bytes.length);
  return printable(text, exact);
}

function jsonOf({ key, extra, value }: SstRecord): Record<string, string | number> {
  return { ...named('key', key), extra, ...named('value', value) };
}

function named(name: string, bytes: Uint8Array): Record<string, string> {
  const { text, exact } = decodeText(bytes, 0, bytes.length);
  return exact === undefined ? { [name]: text } : { [`${name}_hex`]: Buffer.from(bytes).toString('hex') };
}
