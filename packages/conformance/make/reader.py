#!/usr/bin/env python3
"""Reads a reftable file record by record, written from the text of the format alone.

It is slow and strict on purpose: every block of the file is walked in order, without any index, and what the
indexes and the object section say is then compared with what the walk found.

Usage: reader.py FILE...    prints the reading of each file as JSON.
"""

import json
import struct
import sys
import zlib

HASH_SIZE = {b"sha1": 20, b"s256": 32}
LARGEST_EXACT = 2**53 - 1


class FormatError(Exception):
    """The file is not a reftable, or a damaged one."""


def require(condition, what):
    if not condition:
        raise FormatError(what)


class Input:
    """A position in bytes, bounded by an end."""

    def __init__(self, data, position, end):
        require(0 <= position <= end <= len(data), "a range lies outside the data")
        self.data, self.position, self.end = data, position, end

    def take(self, count):
        require(count <= self.end - self.position, "a field goes beyond its block")
        taken = self.data[self.position : self.position + count]
        self.position += count
        return taken

    def uint(self, size):
        return int.from_bytes(self.take(size), "big")

    def varint(self):
        byte = self.uint(1)
        value = byte & 0x7F
        while byte & 0x80:
            byte = self.uint(1)
            value = ((value + 1) << 7) | (byte & 0x7F)
        require(value < 2**64, "a varint has more than 64 bits")
        return value

    def text(self):
        return self.take(self.varint())


class Header:
    """The header, which the footer repeats."""

    def __init__(self, data):
        require(data[:4] == b"REFT", "no REFT at the start")
        self.version = data[4] if len(data) > 4 else None
        require(self.version in (1, 2), f"version {self.version}")
        self.size = 24 if self.version == 1 else 28
        require(len(data) >= self.size, "the header is cut off")
        self.block_size = int.from_bytes(data[5:8], "big")
        self.min_update_index, self.max_update_index = struct.unpack(">QQ", data[8:24])
        require(self.min_update_index <= self.max_update_index, "the limits of update indexes are reversed")
        hash_id = data[24:28] if self.version == 2 else b"sha1"
        require(hash_id in HASH_SIZE, f"hash {hash_id!r}")
        self.hash_size = HASH_SIZE[hash_id]
        self.bytes = data[: self.size]


class Footer:
    """Where the sections lie."""

    def __init__(self, data, header):
        size = header.size + 44
        require(len(data) >= header.size + size, "no room for header and footer")
        self.start = len(data) - size
        footer = data[self.start :]
        require(footer[: header.size] == header.bytes, "header and footer differ")
        require(zlib.crc32(footer[:-4]) == int.from_bytes(footer[-4:], "big"), "the footer's checksum is wrong")
        self.ref_index, objects, self.object_index, self.log, self.log_index = struct.unpack(
            ">QQQQQ", footer[header.size : header.size + 40]
        )
        self.object, self.object_id_length = objects >> 5, objects & 31


def inflate(inflater, data, limit):
    """At most one byte more than `limit`, which leaves room for the end of the stream to be seen."""
    try:
        return inflater.decompress(data, limit + 1)
    except zlib.error as error:
        raise FormatError(f"a log block does not inflate: {error}") from error


class Block:
    """A block: its records are (key, type, Input at the value) until they are decoded."""

    def __init__(self, data, start, origin, end):
        """`origin` is where the block's offsets count from: the start of the file for the first block."""
        self.start = start
        head = Input(data, start, end)
        self.kind = head.take(1)
        require(self.kind in (b"r", b"o", b"g", b"i"), f"block type {self.kind!r} at {start}")
        length = head.uint(3)
        if self.kind == b"g":
            require(length >= start - origin + 4, "the log block is shorter than its header")
            inflater = zlib.decompressobj()
            inflated = inflate(inflater, data[start + 4 : end], length)
            require(inflater.eof, "the log block's stream does not end where it should")
            self.end = end - len(inflater.unused_data)
            # What lies before the records is put in front, so that offsets in the block count from 0.
            data, block_end = data[origin : start + 4] + inflated, length
            require(len(data) == length, f"the log block inflates to {len(data)} bytes, not {length}")
            start, origin = start - origin, 0
        else:
            block_end = self.end = origin + length
        require(block_end - start >= 6, "the block is too short")
        tail = Input(data, block_end - 2, block_end)
        count = tail.uint(2)
        restarts_start = block_end - 2 - 3 * count
        require(count > 0 and restarts_start >= start + 4, f"{count} restarts do not fit the block")
        restarts = Input(data, restarts_start, block_end - 2)
        self.restarts = [origin + restarts.uint(3) for _ in range(count)]
        require(self.restarts == sorted(set(self.restarts)), "restarts are not in order")
        self.input = Input(data, start + 4, restarts_start)
        self.length = length
        self.key = b""

    def records(self, decode):
        """Every record, decoded by `decode(key, type, input)`. Checks prefixes, restarts and the order of keys."""
        source, starts, found = self.input, set(), []
        first = True
        while source.position < source.end:
            at = source.position
            prefix = source.varint()
            suffix = source.varint()
            require(prefix <= len(self.key), "a prefix is longer than the key before it")
            if prefix == 0:
                starts.add(at)
            key = self.key[:prefix] + source.take(suffix >> 3)
            require(first or key > self.key, "keys do not ascend")
            self.key, first = key, False
            found.append(decode(key, suffix & 7, source))
        require(found, "the block has no record")
        require(set(self.restarts) <= starts, "a restart is no record with its whole key")
        return found


def ref_record(header):
    def decode(key, kind, source):
        require(key, "a ref has no name")
        record = {"name": key, "updateIndex": header.min_update_index + source.varint()}
        require(record["updateIndex"] < 2**64, "an update index has more than 64 bits")
        if kind == 0:
            record["kind"] = "deletion"
        elif kind == 1:
            record |= {"kind": "direct", "oid": source.take(header.hash_size).hex()}
        elif kind == 2:
            oid, peeled = source.take(header.hash_size), source.take(header.hash_size)
            record |= {"kind": "peeled", "oid": oid.hex(), "peeled": peeled.hex()}
        elif kind == 3:
            record |= {"kind": "symbolic", "target": source.text()}
        else:
            raise FormatError(f"value type {kind}")
        return record

    return decode


def log_record(header):
    def decode(key, kind, source):
        require(len(key) > 9 and key[-9] == 0, "a log key has no update index")
        record = {"ref": key[:-9], "updateIndex": 2**64 - 1 - int.from_bytes(key[-8:], "big")}
        require(kind in (0, 1), f"log type {kind}")
        if kind == 0:
            return record | {"kind": "deletion"}
        old, new = source.take(header.hash_size), source.take(header.hash_size)
        record |= {"kind": "update", "old": old.hex(), "new": new.hex()}
        record |= {"name": source.text(), "email": source.text(), "time": source.varint()}
        return record | {"tz": int.from_bytes(source.take(2), "big", signed=True), "message": source.text()}

    return decode


def object_record(key, kind, source):
    count = kind or source.varint()
    positions = []
    for _ in range(count):
        positions.append(source.varint() + (positions[-1] if positions else 0))
    return key, positions


def index_record(key, kind, source):
    require(kind == 0, f"index record of type {kind}")
    return key, source.varint()


class Section:
    """The blocks of one kind with their last keys, and the index blocks that follow them."""

    def __init__(self):
        self.records, self.blocks, self.index = [], [], []

    def check_index(self, top, name):
        """Every level of the index names the last key and position of each block of the level below."""
        if not self.index:
            require(top == 0, f"the footer has a {name} index, but there is none")
            return
        require(top in [start for start, _, _ in self.index], f"the footer's {name} index is not the start of an index block")
        level = [block for block in self.index if block[0] >= top]
        while True:
            below = [entry for _, _, records in level for entry in records]
            positions = {position for _, position in below}
            require(level and max(positions) < level[0][0], f"the {name} index points behind itself")
            blocks = self.blocks if positions <= {start for start, _ in self.blocks} else None
            if blocks is None:
                level = [block for block in self.index if block[0] in positions]
                blocks = [(start, last) for start, last, _ in level]
            require(below == [(last, start) for start, last in blocks], f"the {name} index does not agree with its blocks")
            if blocks is self.blocks:
                return


class Table:
    """Everything in a table. `refs` and `logs` are lists of records whose texts are bytes."""

    def __init__(self, data):
        self.size = len(data)
        self.header = Header(data)
        self.footer = Footer(data, self.header)
        self.sections = {kind: Section() for kind in (b"r", b"o", b"g")}
        self.first_positions = {}
        self.ref_blocks_of = {}
        self._walk(data)
        self.refs, self.logs = self.sections[b"r"].records, self.sections[b"g"].records
        self._check()

    def _walk(self, data):
        decoders = {b"r": ref_record(self.header), b"g": log_record(self.header), b"o": object_record, b"i": index_record}
        position, section, previous = self.header.size, None, b""
        while position < self.footer.start:
            if data[position] == 0:  # padding: no block begins with a zero
                position += 1
                continue
            first = position == self.header.size
            # In JGit's log-only tables the first block's offsets count from the block, and the footer says where it is.
            shared = first and not (data[position : position + 1] == b"g" and self.footer.log == position)
            block = Block(data, position, 0 if shared else position, self.footer.start)
            start = 0 if shared else position
            if block.kind != b"i":
                require(previous in b"rog"[: b"rog".index(block.kind) + 1], "a block is in the wrong section")
                previous = block.kind
                section = self.sections[block.kind]
            require(section is not None, "an index without blocks")
            records = block.records(decoders[block.kind])
            if block.kind == b"i":
                section.index.append((start, block.key, records))
            else:
                if section.blocks:
                    require(section.blocks[-1][1] < self._first_key(block.kind, records), "keys do not ascend over blocks")
                section.blocks.append((start, block.key))
                section.records += records
                if block.kind == b"r":
                    self._note_objects(start, records)
            position = block.end

    @staticmethod
    def _first_key(kind, records):
        first = records[0]
        if kind == b"o":
            return first[0]
        if kind == b"r":
            return first["name"]
        return first["ref"] + b"\0" + (2**64 - 1 - first["updateIndex"]).to_bytes(8, "big")

    def _note_objects(self, start, refs):
        for ref in refs:
            for oid in (ref.get("oid"), ref.get("peeled")):
                if oid is not None:
                    positions = self.ref_blocks_of.setdefault(bytes.fromhex(oid), [])
                    if start not in positions:
                        positions.append(start)

    def _check(self):
        footer, sections = self.footer, self.sections
        for kind, name, top in ((b"r", "ref", footer.ref_index), (b"o", "object", footer.object_index), (b"g", "log", footer.log_index)):
            sections[kind].check_index(top, name)
        objects, logs = sections[b"o"].blocks, sections[b"g"].blocks
        require(footer.object == (objects[0][0] if objects else 0), "the footer's object position is wrong")
        require(footer.log == (logs[0][0] if logs else 0), "the footer's log position is wrong")
        if objects:
            self._check_objects()

    def _check_objects(self):
        """The object section names, for each prefix of an id in the refs, the blocks that have it (or none at all: scan)."""
        length, expected = self.footer.object_id_length, {}
        for oid, positions in self.ref_blocks_of.items():
            expected.setdefault(oid[:length], set()).update(positions)
        found = dict(self.sections[b"o"].records)
        require(found.keys() == expected.keys(), "the object section has other ids than the refs")
        for prefix, positions in found.items():
            require(not positions or positions == sorted(expected[prefix]), f"positions of object {prefix.hex()}")

    def reading(self):
        """In the form that the package's README describes."""
        header = self.header
        return {
            "version": header.version,
            "blockSize": header.block_size,
            "minUpdateIndex": header.min_update_index,
            "maxUpdateIndex": header.max_update_index,
            "size": self.size,
            "refCount": len(self.refs),
            "logCount": len(self.logs),
            "refs": [plain(record) for record in self.refs],
            "logs": [plain(record) for record in self.logs],
        }


def plain(record):
    """A record for JSON: texts as strings (in hex where they are not UTF-8), large numbers as strings."""
    out = {}
    for key, value in record.items():
        if isinstance(value, bytes):
            try:
                out[key] = value.decode()
            except UnicodeDecodeError:
                out[f"{key}_hex"] = value.hex()
        else:
            out[key] = number(value)
    return out


def number(value):
    return str(value) if isinstance(value, int) and value > LARGEST_EXACT else value


def to_json(reading):
    """One line for the table and one for each record."""
    compact = lambda value: json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    head = {key: number(value) for key, value in reading.items() if key not in ("refs", "logs")}
    lists = (f'"{key}":[' + ",".join("\n " + compact(record) for record in reading[key]) + "]" for key in ("refs", "logs"))
    return compact(head)[:-1] + "," + ",".join(lists) + "}\n"


def read(path):
    with open(path, "rb") as file:
        return Table(file.read())


if __name__ == "__main__":
    for path in sys.argv[1:]:
        sys.stdout.write(to_json(read(path).reading()))
