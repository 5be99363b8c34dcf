"""What waits to be sent and what was sent: SQLite, so that kill -9 at any moment loses and doubles nothing.

A bundle is in the queue before a byte of it goes out, and leaves it in the same transaction that remembers
what the server made of it. Whoever was killed between the two finds the bundle waiting, looks at the server
first, and sends only what is not there.
"""

from __future__ import annotations

import json
import os
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from converter.deliver.planning import Sent, Step
from converter.deliver.prepare import Choice
from converter.fhir.json import dumps, loads
from converter.issues import ConverterError

VERSION = 1
SCHEMA = """
CREATE TABLE queue (
  seq INTEGER PRIMARY KEY AUTOINCREMENT, server TEXT NOT NULL, bundle TEXT NOT NULL, name TEXT NOT NULL,
  choice TEXT NOT NULL, body TEXT NOT NULL, begun INTEGER NOT NULL DEFAULT 0, UNIQUE (server, bundle));
CREATE TABLE sent (
  server TEXT NOT NULL, urn TEXT NOT NULL, bundle TEXT NOT NULL, place TEXT NOT NULL,
  version TEXT NOT NULL, digest TEXT NOT NULL, PRIMARY KEY (server, urn)) WITHOUT ROWID;
CREATE INDEX sent_bundle ON sent (server, bundle);
CREATE TABLE token (
  name TEXT PRIMARY KEY, value TEXT NOT NULL, scope TEXT NOT NULL, expires INTEGER NOT NULL);
"""

QUEUE = """
INSERT INTO queue (server, bundle, name, choice, body) VALUES (?, ?, ?, ?, ?)
ON CONFLICT (server, bundle)
DO UPDATE SET name = excluded.name, choice = excluded.choice, body = excluded.body
"""


@dataclass(frozen=True, slots=True)
class Parcel:
    """One bundle that waits."""

    seq: int
    bundle: str
    """Its urn."""
    name: str
    """Of its file."""
    choice: Choice
    body: Any


@dataclass(frozen=True, slots=True)
class Token:
    """An access token, good until ``expires`` (seconds since 1970)."""

    value: str
    scope: str
    expires: int


@dataclass(frozen=True, slots=True)
class Outbox:
    """The queue of one sender and its memory."""

    db: sqlite3.Connection

    def put(self, server: str, parcels: Iterable[tuple[str, str, Choice, Any]]) -> None:
        """Queue bundles (urn, file, choice, bundle), all or none; a newer one takes an older's place."""
        with self.db:
            for bundle, name, choice, body in parcels:
                self.db.execute(QUEUE, (server, bundle, name, json.dumps(asdict(choice)), dumps(body)))

    def waiting(self, server: str) -> Iterator[Parcel]:
        """Give what waits for a server, in the order that it came."""
        rows = self.db.execute("SELECT seq FROM queue WHERE server = ? ORDER BY seq", (server,)).fetchall()
        for (seq,) in rows:
            bundle, name, choice, body = self.db.execute(
                "SELECT bundle, name, choice, body FROM queue WHERE seq = ?", (seq,)
            ).fetchone()
            yield Parcel(seq, bundle, name, Choice(**json.loads(choice)), loads(body))

    def begin(self, parcel: Parcel, may_be_there: bool = True) -> None:
        """Note that from now on the bundle may have arrived, or that it surely has not."""
        with self.db:
            self.db.execute("UPDATE queue SET begun = ? WHERE seq = ?", (may_be_there, parcel.seq))

    def begun(self, parcel: Parcel) -> bool:
        """Tell whether it may have arrived: a sender was interrupted, or heard no answer."""
        row = self.db.execute("SELECT begun FROM queue WHERE seq = ?", (parcel.seq,)).fetchone()
        return bool(row and row[0])

    def arrived(self, server: str, parcel: Parcel, plan: Sequence[Step]) -> None:
        """Remember what stands there now, and let the bundle go."""
        rows = [(server, s.urn, parcel.bundle, s.place, s.version, s.digest) for s in plan if s.place]
        with self.db:
            self.db.executemany("INSERT OR REPLACE INTO sent VALUES (?, ?, ?, ?, ?, ?)", rows)
            self.db.execute("DELETE FROM queue WHERE seq = ?", (parcel.seq,))

    def drop(self, parcel: Parcel) -> None:
        """Let a bundle go that the server will never take."""
        with self.db:
            self.db.execute("DELETE FROM queue WHERE seq = ?", (parcel.seq,))

    def sent(self, server: str, bundle: str, urns: Iterable[str]) -> dict[str, Sent]:
        """Recall what was sent: all of a bundle, and these urns."""
        columns = "SELECT urn, place, version, digest FROM sent WHERE server = ?"
        rows = self.db.execute(f"{columns} AND bundle = ?", (server, bundle)).fetchall()
        for urn in urns:
            rows += self.db.execute(f"{columns} AND urn = ?", (server, urn)).fetchall()
        return {row[0]: Sent(*row) for row in rows}

    def token(self, name: str, now: int) -> Token | None:
        """Give a token that is good for half a minute more."""
        row = self.db.execute("SELECT value, scope, expires FROM token WHERE name = ?", (name,)).fetchone()
        return Token(*row) if row and row[2] > now + 30 else None

    def keep_token(self, name: str, token: Token | None) -> None:
        """Keep a token for the next run; None forgets it."""
        with self.db:
            self.db.execute("DELETE FROM token WHERE name = ?", (name,))
            if token:
                row = (name, token.value, token.scope, token.expires)
                self.db.execute("INSERT INTO token VALUES (?, ?, ?, ?)", row)


def folder() -> Path:
    """Give the folder of the outbox: XDG's for state."""
    said = os.environ.get("XDG_STATE_HOME", "")
    return (Path(said) if said else Path.home() / ".local" / "state") / "casefhir"


@contextmanager
def opened(path: Path | None) -> Iterator[Outbox]:
    """Open the outbox for one sender; None gives an empty one that leaves nothing behind."""
    try:
        with _held(path):
            db = sqlite3.connect(path or ":memory:", timeout=10)
            try:
                _settle(db, path)
                yield Outbox(db)
            finally:
                db.close()
    except sqlite3.DatabaseError as error:
        raise ConverterError(f"{path}: the outbox cannot be used: {error}") from error


@contextmanager
def _held(path: Path | None) -> Iterator[None]:
    """Keep other senders out while this process lives; the lock dies with it, also by kill -9."""
    if path is None:
        yield
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    path.touch(mode=0o600)  # patients' data wait in it
    lock = sqlite3.connect(f"{path}.lock", timeout=0, isolation_level=None)
    try:
        try:
            lock.execute("BEGIN EXCLUSIVE")
        except sqlite3.OperationalError as error:
            raise ConverterError(f"{path}: another casefhir push is sending from this outbox") from error
        yield
    finally:
        lock.close()


def _settle(db: sqlite3.Connection, path: Path | None) -> None:
    """Lay the tables once; refuse an outbox of a later version."""
    if path is not None:
        db.execute("PRAGMA journal_mode = WAL")
    db.execute("PRAGMA synchronous = FULL")
    db.execute("PRAGMA secure_delete = ON")
    (version,) = db.execute("PRAGMA user_version").fetchone()
    if version > VERSION:
        raise ConverterError(f"{path}: written by a later casefhir; use that one, or another --outbox")
    if version == 0:
        db.executescript(f"BEGIN IMMEDIATE; {SCHEMA} PRAGMA user_version = {VERSION}; COMMIT;")
