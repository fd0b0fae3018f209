"""The table ``events`` of a PostgreSQL database of Prefect, through psycopg."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from ._parts import Part
from ._rows import COLUMNS, line

ROWS = 100_000
"""About how many rows a part has."""

BATCH = 1000


def _connect(address: str) -> Any:
    try:
        import psycopg  # type: ignore[import-not-found, unused-ignore]
    except ImportError:
        raise ImportError("a table needs psycopg: pip install 'prefect-events[postgresql]'") from None
    try:
        return psycopg.connect(address)
    except psycopg.Error as error:
        raise OSError(f"cannot be read: {str(error).strip().splitlines()[0]}") from None


def table_parts(address: str) -> Iterator[Part]:
    """Parts of equal spans of time, each with an index of the table.

    Raises:
        OSError: There is no such database or table.
    """
    import psycopg

    with _connect(address) as connection:
        try:
            first, last, count = connection.execute("SELECT min(occurred), max(occurred), count(*) FROM events").fetchone()
        except psycopg.Error as error:
            raise OSError(f"cannot be read: {str(error).strip().splitlines()[0]}") from None
    if first is None:
        return
    parts = max(1, -(-count // ROWS))
    times = [first + (last - first) * number / parts for number in range(parts)] + [last + timedelta(microseconds=1)]
    host = address.rpartition("@")[2].partition("?")[0]
    # All parts have the name of the table, as those of a file.
    name = f"postgresql://{host}"
    for since, until in zip(times, times[1:]):
        yield Part(
            name,
            address,
            "postgresql",
            size=1000 * count // parts,
            stamp=f"{count} {last}",
            since=since.isoformat(),
            until=until.isoformat(),
        )


def rows(part: Part) -> Iterator[bytes]:
    """Lines of JSON, in the order of ``occurred``."""
    query = f"SELECT {', '.join(COLUMNS)} FROM events WHERE occurred >= %s AND occurred < %s ORDER BY occurred, id"
    with _connect(part.path) as connection, connection.cursor(name="events") as cursor:
        cursor.itersize = BATCH
        cursor.execute(query, (part.since, part.until))
        while batch := cursor.fetchmany(BATCH):
            yield b"".join(line(dict(zip(COLUMNS, row))) for row in batch)
