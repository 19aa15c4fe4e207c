#!/usr/bin/env python3
"""Asks Git and JGit what they read in the crafted tables, and prints where that differs from what was written.

Usage: peers.py GIT [JGIT_CLASSPATH]     GIT: the path of a Git with reftable (>= 2.45); the class path needs javac and java.

Git is asked for all refs and for all reflog entries (through the trace of its ref backend, so objects need not exist),
with the table alone in a stack. Compared are names, ids, and of log entries ref, ids and time. JGit is compared in every field.
"""

import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

from check import DATA, lines, load

ENTRY = re.compile(rb"reflog_ent (.*) \(ret 0\): ([0-9a-f]+) -> ([0-9a-f]+), .*?> (\d+) ")


def raw(record, key):
    return bytes.fromhex(record[f"{key}_hex"]) if f"{key}_hex" in record else record[key].encode()


def ask_git(git, table, expected, folder):
    """What Git reads differently, in words; empty if nothing."""
    env = os.environ | {"HOME": str(folder), "GIT_CONFIG_NOSYSTEM": "1"}
    run = lambda *command, **extra: subprocess.run(
        [git, *command], cwd=folder, env=env | extra, capture_output=True, timeout=60
    )
    run("init", "--bare", "--ref-format=reftable", f"--object-format={expected['hash']}", "repository")
    stack = folder / "repository/reftable"
    for old in stack.iterdir():
        old.unlink()
    name = f"0x{int(expected['minUpdateIndex']):012x}-0x{int(expected['maxUpdateIndex']):012x}-00000000.ref"
    shutil.copy(table, stack / name)
    (stack / "tables.list").write_text(f"{name}\n")
    listed = run("-C", "repository", "for-each-ref", "--include-root-refs", "--format=%(refname) %(objectname)")
    refs = {raw(ref, "name") + b" " + ref["oid"].encode() for ref in expected["refs"] if "oid" in ref}
    missing = refs - set(listed.stdout.split(b"\n"))
    traced = run("-C", "repository", "rev-list", "--reflog", GIT_TRACE_REFS="1").stderr
    shown = [log for log in expected["logs"] if log["kind"] == "update" and set(log["old"] + log["new"]) != {"0"}]
    logs = {(raw(log, "ref"), log["old"].encode(), log["new"].encode(), str(log["time"]).encode()) for log in shown}
    return report(len(missing), len(logs - set(ENTRY.findall(traced))), listed.stderr)


def ask_jgit(classpath, table, expected):
    asked = subprocess.run(["java", "-cp", classpath, "AskJGit", str(table)], capture_output=True, text=True, timeout=60)
    found = set(asked.stdout.split("\n"))
    missing = [line for line in lines(expected) if line not in found]
    return report(sum(line.startswith("ref") for line in missing), sum(line.startswith("log") for line in missing), asked.stderr.encode())


def report(refs, logs, said):
    if refs == logs == 0:
        return "the same"
    return f"{refs} refs and {logs} log records otherwise or not at all ({said.decode(errors='replace').split(chr(10))[0][:90]})"


def main(git, classpath=None):
    with tempfile.TemporaryDirectory() as temporary:
        if classpath is not None:
            source = pathlib.Path(__file__).with_name("AskJGit.java")
            subprocess.run(["javac", "-cp", classpath, "-d", temporary, source], check=True)
        for case in sorted((DATA / "crafted").iterdir()):
            expected, table = load(case / "expected.json"), case / "table.ref"
            with tempfile.TemporaryDirectory() as folder:
                print(f"{case.name}: Git: {ask_git(git, table, expected, pathlib.Path(folder))}")
            if classpath is not None:
                print(f"{case.name}: JGit: {ask_jgit(f'{classpath}:{temporary}', table, expected)}")


if __name__ == "__main__":
    main(*sys.argv[1:])
