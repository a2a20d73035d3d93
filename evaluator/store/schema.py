"""The store's tables. `SCHEMA_VERSION` is written into every new store and compared when one is opened.

Unique keys make writing idempotent: one row a (PoC, trial), one row a (PoC, trial, site, setting, metric), one job a
PoC, one record a (PoC, version). Times are UTC, seconds since 1970.
"""

from __future__ import annotations

from sqlalchemy import Boolean, Column, Double, ForeignKey, Integer, MetaData, String, Table, Text

SCHEMA_VERSION = 2

metadata = MetaData()

schema = Table("blueprint_schema", metadata, Column("schema_version", Integer, primary_key=True))

pocs = Table(
    "pocs",
    metadata,
    Column("id", String(120), primary_key=True),
    Column("title", Text, nullable=False),
    Column("task", String(40), nullable=False),
    Column("owner", Text, nullable=False),
    Column("synthetic", Boolean, nullable=False),
    Column("poc", Text, nullable=False),
    Column("poc_hash", String(64), nullable=False),
    Column("state", String(20), nullable=False, index=True),
    Column("step", String(40), nullable=False, default=""),
    Column("message_ja", Text),
    Column("message_en", Text),
    Column("trials_total", Integer, nullable=False, default=0),
    Column("eta_low", Double),
    Column("eta_high", Double),
    Column("eta_at", Double),
    Column("started", Double),
    Column("created", Double, nullable=False),
    Column("updated", Double, nullable=False),
    Column("verdict", String(20)),
    Column("npv_p50", Double),
    Column("currency", String(3)),
)


def _of_poc(*, primary_key: bool = True) -> Column[str]:
    """Return the column that ties a row to its PoC and goes with it."""
    return Column("poc", String(120), ForeignKey("pocs.id", ondelete="CASCADE"), primary_key=primary_key)


facts = Table(
    "facts",
    metadata,
    _of_poc(),
    Column("name", String(40), primary_key=True),
    Column("value", Text, nullable=False),
)

trials = Table(
    "trials",
    metadata,
    _of_poc(),
    Column("trial", String(120), primary_key=True),
    Column("variant", String(40), nullable=False),
    Column("seed", Integer, nullable=False),
    Column("purpose", String(20), nullable=False),
    Column("state", String(20), nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("started", Double, nullable=False),
    Column("finished", Double),
    Column("settings", Text, nullable=False, default="{}"),
    Column("message", Text),
)

measurements = Table(
    "measurements",
    metadata,
    _of_poc(),
    Column("trial", String(120), primary_key=True),
    Column("site", String(200), primary_key=True),
    Column("setting", String(80), primary_key=True),
    Column("metric", String(80), primary_key=True),
    Column("variant", String(40), nullable=False),
    Column("seed", Integer, nullable=False),
    Column("value", Double),
    Column("unit", String(40), nullable=False),
    Column("how", String(20), nullable=False),
    Column("phase", String(40), nullable=False),
)

curves = Table(
    "curves",
    metadata,
    _of_poc(),
    Column("trial", String(120), primary_key=True),
    Column("position", Integer, primary_key=True),
    Column("live", Boolean, primary_key=True),
    Column("variant", String(40), nullable=False),
    Column("seed", Integer, nullable=False),
    Column("setting", String(80), nullable=False),
    Column("step", Integer, nullable=False),
    Column("seconds", Double, nullable=False),
    Column("score", Double),
)

exhibits = Table(
    "exhibits",
    metadata,
    _of_poc(),
    Column("trial", String(120), primary_key=True),
    Column("variant", String(40), nullable=False),
    Column("content", Text, nullable=False),
)

jobs = Table(
    "jobs",
    metadata,
    _of_poc(),
    Column("state", String(20), nullable=False, index=True),
    Column("worker", Text),
    Column("attempts", Integer, nullable=False),
    Column("lease_until", Double),
    Column("cancel_requested", Boolean, nullable=False),
    Column("queued", Double, nullable=False),
)

records = Table(
    "records",
    metadata,
    _of_poc(),
    Column("version", Integer, primary_key=True),
    Column("created", Double, nullable=False),
    Column("hash", String(64), nullable=False),
    Column("record", Text, nullable=False),
)
