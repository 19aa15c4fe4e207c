import { BytesSink } from '@reftable/io';
import { expect, test } from 'vitest';
import { TableOutput } from './table-output.js';

const header = Uint8Array.of(1, 2, 3);
const block = (length: number): Uint8Array => new Uint8Array(length).fill(9);

function output(alignment: number) {
  const sink = new BytesSink();
  return { sink, out: new TableOutput(sink, header, alignment) };
}

test('the header goes into the first block, which leaves room for it', () => {
  const { sink, out } = output(8);
  expect(out.headerOffset).toBe(3);
  out.block(block(5), true);
  expect(out.headerOffset).toBe(0);
  expect(sink.bytes()).toEqual(Uint8Array.of(1, 2, 3, 9, 9));
});

test('padding is owed, and paid by the block that follows', () => {
  const { sink, out } = output(8);
  out.block(block(5), true);
  expect(out.position).toBe(8);
  expect(sink.bytes().length).toBe(5);
  out.block(block(4), true);
  expect(sink.bytes()).toEqual(Uint8Array.of(1, 2, 3, 9, 9, 0, 0, 0, 9, 9, 9, 9));
  expect(out.position).toBe(16);
});

test('what is not aligned, and the footer, are not paid for', () => {
  const { sink, out } = output(8);
  out.block(block(5), true);
  out.dropPadding();
  expect(out.position).toBe(5);
  out.block(block(2), false);
  expect(out.position).toBe(7);
  out.block(block(2), true);
  out.footer(block(1));
  expect(sink.bytes()).toEqual(Uint8Array.of(1, 2, 3, 9, 9, 9, 9, 9, 9, 9));
  expect(out.position).toBe(10);
});

test('an alignment of 0 owes nothing', () => {
  const { sink, out } = output(0);
  out.block(block(5), true);
  out.block(block(5), true);
  expect(out.position).toBe(10);
  expect(sink.bytes().length).toBe(10);
});

test('a block that fills the alignment owes nothing', () => {
  const { out } = output(8);
  out.block(block(8), true);
  expect(out.position).toBe(8);
});

test('without blocks, the header stands alone before the footer', () => {
  const { sink, out } = output(8);
  out.footer(block(2));
  expect(sink.bytes()).toEqual(Uint8Array.of(1, 2, 3, 9, 9));
  expect(out.position).toBe(5);
});
