#!/usr/bin/env python3
"""Proof of reader.py: it agrees with JGit in every record, with Git in every merged stack, with what the crafted
tables were made from, and refuses every damaged table. Prints how much of each was compared.
"""

import hashlib
import json
import pathlib
import sys
from collections import Counter

import reader
from readings import DATA, GIT_GROUPS, tables_of_git

counts, failures = Counter(), []


def compare(what, found, expected, place):
    counts[what] += 1
    if found != expected:
        failures.append(f"{place}: {what}: {difference(found, expected)}")


def difference(found, expected):
    if isinstance(found, list) and isinstance(expected, list):
        for index, (ours, theirs) in enumerate(zip(found, expected)):
            if ours != theirs:
                return f"record {index} is {ours}, not {theirs}"
        return f"{len(found)} records, not {len(expected)}"
    return f"{found}, not {expected}"


def load(path):
    return json.loads(path.read_text())


def compare_reading(found, expected, place):
    """A reading of this reader with one of JGit."""
    for field in ("version", "blockSize", "minUpdateIndex", "maxUpdateIndex", "size", "refCount", "logCount"):
        if field in expected and not (field == "logCount" and "logsOfMovedCopy" in expected):
            compare(f"header field {field}", found[field], expected[field], place)
    if "sha256" in expected:
        counts["record by digest"] += len(found["refs"]) + len(found["logs"])
        summed = hashlib.sha256("".join(f"{line}\n" for line in lines(found)).encode()).hexdigest()
        compare("digest of the records", summed, expected["sha256"], place)
        return
    for kind, theirs in (("refs", expected["refs"]), ("logs", expected.get("logsOfMovedCopy", expected["logs"]))):
        counts[f"record in {kind}"] += len(theirs)
        compare(f"list of {kind}", found[kind], theirs, place)


def lines(reading):
    """One line for each record, as JGit's readings of large tables are summed up."""
    raw = lambda record, key: record[f"{key}_hex"] if f"{key}_hex" in record else record.get(key, "").encode().hex()
    for ref in reading["refs"]:
        fields = "ref", ref["updateIndex"], ref["kind"], raw(ref, "name"), ref.get("oid", ""), ref.get("peeled", ""), raw(ref, "target")
        yield "\t".join(map(str, fields))
    for log in reading["logs"]:
        fields = ["log", log["updateIndex"], log["kind"], raw(log, "ref")]
        if log["kind"] == "update":
            fields += [log["old"], log["new"], raw(log, "name"), raw(log, "email"), log["time"], log["tz"], raw(log, "message")]
        yield "\t".join(map(str, fields))


def merge(tables):
    """Live refs by name, and log records by name and then by update index, of tables given oldest first."""
    refs, logs = {}, {}
    for table in tables:
        refs |= {ref["name"]: ref for ref in table.refs}
        for log in table.logs:
            logs.setdefault(log["ref"], {})[log["updateIndex"]] = log
    live = lambda records: {key: record for key, record in records.items() if record["kind"] != "deletion"}
    merged_logs = {name: live(entries) for name, entries in logs.items()}
    return live(refs), {name: entries for name, entries in merged_logs.items() if entries}


def git_ref(ref):
    """A record in the form of Git's expectation."""
    out = {"name": ref["name"]}
    if ref["kind"] == "symbolic":
        out["symref"] = ref["target"]
    else:
        out |= {key: ref[key] for key in ("oid", "peeled") if key in ref}
    return reader.plain(out)


def git_log(name, entries):
    newest_first = [entries[index] for index in sorted(entries, reverse=True)]
    shown = [entry for entry in newest_first if set(entry["old"] + entry["new"]) != {"0"}]
    return reader.plain({"ref": name}) | {"entries": [git_entry(entry) for entry in shown]}


def git_entry(entry):
    out = {key: entry[key] for key in ("old", "new", "name", "email", "time")}
    return reader.plain(out | {"tz": f"{entry['tz']:+05d}", "message": entry["message"].removesuffix(b"\n")})


def tables_in(folder):
    return [reader.read(folder / name) for name in (folder / "tables.list").read_text().split()]


def compare_git_stack(folder, expected, place):
    for table in expected["tables"]:
        if "live_refs" in table:
            refs, logs = merge([reader.read(folder / table["name"])])
            entries = sum(len(git_log(name, logs[name])["entries"]) for name in logs)
            compare("counts of a single table", (len(refs), entries), (table["live_refs"], table["log_entries"]), place)
    refs, logs = merge(tables_in(folder))
    stored = [{key: value for key, value in ref.items() if key != "resolved"} for ref in expected["refs"]]
    compare("merged refs of a stack of Git's", [git_ref(refs[name]) for name in sorted(refs)], stored, place)
    found = [git_log(name, logs[name]) for name in sorted(logs)]
    compare("merged logs of a stack of Git's", found, expected["logs"], place)
    counts["merged ref"] += len(stored)
    counts["merged log entry"] += sum(len(log["entries"]) for log in expected["logs"])


def compare_jgit_stack(folder, expected, place):
    refs, logs = merge(tables_in(folder))
    compare("merged refs of a stack of JGit's", [reader.plain(refs[name]) for name in sorted(refs)], expected["refs"], place)
    newest_first = [reader.plain(logs[name][index]) for name in sorted(logs) for index in sorted(logs[name], reverse=True)]
    compare("merged logs of a stack of JGit's", newest_first, expected["logs"], place)


def refused(table):
    try:
        reader.read(table)
    except reader.FormatError:
        return True
    return False


def main():
    for table, place in tables_of_git():
        reading = reader.to_json(reader.read(table).reading())
        if (path := DATA / "readings/python" / place).exists():
            compare("stored reading of this reader", reading, path.read_text(), path)
        if (path := DATA / "readings/jgit" / place).exists() and "unreadable" not in (expected := load(path)):
            compare_reading(json.loads(reading), expected, path)
    for group in ("jgit/tables", "crafted"):
        for case in sorted((DATA / group).glob("*")):
            reading = reader.read(case / "table.ref").reading()
            compare_reading(json.loads(reader.to_json(reading)), load(case / "expected.json"), case.name)
    for case in sorted(path.parent for group in GIT_GROUPS for path in (DATA / group).glob("*/expected.json")):
        expected, place = load(case / "expected.json"), case.relative_to(DATA)
        compare_git_stack(case / "reftable", expected, place)
        for worktree in expected.get("worktrees", []):
            folder = pathlib.Path("worktrees", worktree["name"])
            compare_git_stack(case / folder / "reftable", worktree, place / folder)
    for case in sorted((DATA / "jgit/stacks").glob("*")):
        compare_jgit_stack(case / "reftable", load(case / "expected.json"), case.name)
    for case in sorted((DATA / "damaged/tables").glob("*")):
        compare("damaged table refused", refused(case / "table.ref"), True, case.name)
    for what in sorted(counts):
        print(f"{counts[what]:7d} {what}")
    for failure in failures:
        print(failure[:500], file=sys.stderr)
    print(f"{len(failures)} differences")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
