#!/usr/bin/env python3
"""Writes data/readings/python: this reader's readings of the tables of Git's that JGit did not read record by record.

These are, of the group git, tables of version 2 (SHA-256), of linked worktrees and with more than 2,000 records; and
all of git-generated.
"""

import json
import pathlib
import shutil

import reader

DATA = pathlib.Path(__file__).resolve().parent.parent / "data"
GIT_GROUPS = ("git", "git-generated")


def tables_of_git():
    """(table, place of its reading below data/readings/<reader>) for every table of a stack that Git wrote."""
    for group in GIT_GROUPS:
        for table in sorted((DATA / group).glob("**/*.ref")):
            parts = table.with_name(f"{table.name}.json").relative_to(DATA).parts
            yield table, pathlib.Path(*[part for part in parts if part != "reftable"])


def read_by_jgit(place):
    path = DATA / "readings/jgit" / place
    return path.exists() and "refs" in json.loads(path.read_text())


def main():
    target = DATA / "readings/python"
    shutil.rmtree(target, ignore_errors=True)
    count = 0
    for table, place in tables_of_git():
        if not read_by_jgit(place):
            (target / place).parent.mkdir(parents=True, exist_ok=True)
            (target / place).write_text(reader.to_json(reader.read(table).reading()))
            count += 1
    print(f"{count} readings written")


if __name__ == "__main__":
    main()
