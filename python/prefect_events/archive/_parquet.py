"""Parquet files, through pyarrow: the columns of Prefect's table ``events``, or one column of JSON."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from ._parts import Part
from ._rows import COLUMNS, REQUIRED, line
from ._store import filesystem, open_file

ROWS = 1000
"""How many rows are read at once."""


@contextmanager
def _file(part: Part) -> Iterator[Any]:
    try:
        import pyarrow.parquet  # type: ignore[import-untyped, import-not-found, unused-ignore]
    except ImportError:
        raise ValueError("is Parquet, which needs pyarrow: pip install 'prefect-events[parquet]'") from None
    with open_file(*filesystem(part.path, part.options)) as file:
        try:
            yield pyarrow.parquet.ParquetFile(file)
        except pyarrow.ArrowException as error:
            raise ValueError(f"is no readable Parquet: {str(error).splitlines()[0]}") from None


def groups(part: Part, part_size: int) -> list[tuple[int, int, int]]:
    """Groups of rows: the first, the one after the last, and about how many bytes of the file they have.

    Raises:
        ValueError: It is no Parquet, or has other columns.
    """
    with _file(part) as file:
        columns(file)
        found, start, size, packed = [], 0, 0, 0
        count = file.metadata.num_row_groups
        for number in range(count):
            group = file.metadata.row_group(number)
            size += group.total_byte_size
            packed += sum(group.column(column).total_compressed_size for column in range(group.num_columns))
            if size >= part_size or number == count - 1:
                found.append((start, number + 1, packed))
                start, size, packed = number + 1, 0, 0
        return found


def columns(file: Any) -> list[str]:
    """The columns to read: several of the table, or one with JSON.

    Raises:
        ValueError: There are neither.
    """
    import pyarrow.types as types  # type: ignore[import-untyped, import-not-found, unused-ignore]

    schema = file.schema_arrow
    missing = [name for name in REQUIRED if name not in schema.names]
    if not missing:
        return [name for name in COLUMNS if name in schema.names]
    texts = [field.name for field in schema if types.is_string(field.type) or types.is_large_string(field.type)]
    if len(schema.names) == 1 and texts:
        return texts
    lacks = ", ".join(f"`{name}`" for name in missing)
    raise ValueError(f"has other columns: {lacks} of Prefect's table `events` missing, and it is not one column of JSON")


def rows(part: Part) -> Iterator[bytes]:
    """Lines of JSON."""
    with _file(part) as file:
        wanted = columns(file)
        chosen = list(range(part.start, part.end or 0))
        for batch in file.iter_batches(batch_size=ROWS, row_groups=chosen, columns=wanted):
            if len(wanted) == 1:
                texts = batch.column(0).to_pylist()
                yield b"".join((text or "null").replace("\n", " ").encode() + b"\n" for text in texts)
            else:
                yield b"".join(line(row, are_structs=True) for row in batch.to_pylist())
