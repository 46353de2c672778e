"""Which staged rows are new: against each other and against what is already in the lake.

An id names one request for good. The first row with it stands; the same content again is already there, and another
content is put aside. Outcomes are no part of the content, because they come late: a row that is already there but
tells another outcome gives that outcome.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import duckdb

from rung.adapters.traces.checks import FOUND, OUTCOME_HASH, SHOWN_VALUE
from rung.adapters.traces.lake import NO_ROWS
from rung.adapters.traces.session import as_json, name_of
from rung.adapters.traces.tally import Tally
from rung.evidence.traces.columns import COLUMN_NAMES, OUTCOME_COLUMNS
from rung.evidence.traces.reading import SHOWN_CHARACTERS, Rejected

PARQUET = "(FORMAT parquet, COMPRESSION zstd)"
OTHER_CONTENT = "its id stands with other content"
FETCHED_ROWS = 10_000

_OUTCOME = ", ".join(OUTCOME_COLUMNS)
_TELLS_OUTCOME = "(success IS NOT NULL OR corrected IS NOT NULL OR correction_minutes IS NOT NULL)"


@dataclass(frozen=True, slots=True)
class Origin:
    """What every row of a batch has in common. `says_status`: the log has a place for failures, so a row that shows
    none went well; without it the status is unknown."""

    batch: str
    format: str
    says_status: bool


@dataclass(frozen=True, slots=True)
class Outcomes:
    """How many outcomes are new, how many of those told apart from their request were there already, and how many
    requests they name that are not there yet."""

    new: int
    there: int
    strangers: int


class Settling:
    """The staged parts of one log, made ready to be written. All tables are the connection's own and may spill."""

    def __init__(
        self, connection: duckdb.DuckDBPyConnection, parts: Sequence[Path], lake: Sequence[Path], origin: Origin
    ) -> None:
        self._connection = connection
        self._origin = origin
        self._lake = bool(lake)
        connection.execute("SET VARIABLE parts = ?", [[str(path) for path in parts]])
        self._parts = "read_parquet(getvariable('parts'))" if parts else f"({NO_ROWS})"
        connection.execute("SET VARIABLE lake = ?", [[str(path) for path in lake]])
        self._name_rows()
        self._find_known()
        self._judge()

    def _name_rows(self) -> None:
        """An id for rows without one: their content's hash and how often it stood in the log before."""
        self._connection.execute(f"""
            CREATE OR REPLACE TEMP TABLE repeated AS
            SELECT place, row_number() OVER (PARTITION BY content_hash ORDER BY line, place) AS occurrence
            FROM {self._parts}
            WHERE id IS NULL AND hash(content_hash) IN (
                SELECT hash(content_hash) AS key FROM {self._parts}
                WHERE id IS NULL GROUP BY key HAVING count(*) > 1)
        """)
        repeats = self._one("SELECT count(*) FROM repeated")
        occurrence = "coalesce(occurrence, 1)" if repeats else "1"
        self._connection.execute(f"""
            CREATE OR REPLACE TEMP VIEW staged AS
            SELECT staged.* REPLACE (coalesce(id, content_hash || '-' || {occurrence}) AS id)
            FROM {self._parts} AS staged
            {"LEFT JOIN repeated USING (place)" if repeats else ""}
        """)

    def _find_known(self) -> None:
        """Ids that the lake has, and ids that stand in the log more than once, with the content that stands."""
        lake = """
            SELECT id, any_value(content_hash) AS content_hash, any_value(batch) AS batch
            FROM read_parquet(getvariable('lake')) WHERE id IN (SELECT id FROM staged) GROUP BY id
        """
        self._connection.execute(
            "CREATE OR REPLACE TEMP TABLE known AS "
            + (lake if self._lake else "SELECT NULL::VARCHAR AS id, NULL::VARCHAR AS content_hash, '' AS batch LIMIT 0")
        )
        self._connection.execute("""
            CREATE OR REPLACE TEMP TABLE twice AS
            SELECT place, id,
                   first_value(place) OVER same AS first_place, first_value(line) OVER same AS first_line,
                   first_value(content_hash) OVER same AS content_hash
            FROM staged
            WHERE hash(id) IN (SELECT hash(id) AS key FROM staged GROUP BY key HAVING count(*) > 1)
            WINDOW same AS (PARTITION BY id ORDER BY line, place)
        """)

    def _judge(self) -> None:
        """The rows that are not new: already there (`other` null), or of other content than `other` has."""
        self._connection.execute("""
            CREATE OR REPLACE TEMP TABLE not_new AS
            SELECT staged.place, staged.line,
                   CASE WHEN known.id IS NOT NULL AND known.content_hash <> staged.content_hash
                        THEN 'batch ' || known.batch
                        WHEN known.id IS NULL AND twice.content_hash <> staged.content_hash
                        THEN 'line ' || twice.first_line END AS other
            FROM staged LEFT JOIN known USING (id) LEFT JOIN twice USING (place)
            WHERE known.id IS NOT NULL OR twice.first_place <> staged.place
        """)

    def counts(self) -> tuple[int, int, int]:
        """Rows that are new, already there, and of another content under an id that stands."""
        staged = self._one("SELECT count(*) FROM staged")
        there = self._one("SELECT count(*) FROM not_new WHERE other IS NULL")
        other = self._one("SELECT count(*) FROM not_new WHERE other IS NOT NULL")
        return staged - there - other, there, other

    def rejected(self) -> Iterator[Rejected]:
        """The rows of another content, in the order of the log."""
        found = self._connection.execute(f"""
            SELECT line, left(id, {SHOWN_VALUE}) || ' in ' || other,
                   left({as_json(COLUMN_NAMES)}, {SHOWN_CHARACTERS})
            FROM staged JOIN (SELECT place, other FROM not_new WHERE other IS NOT NULL) USING (place)
            ORDER BY line
        """)
        while rows := found.fetchmany(FETCHED_ROWS):
            for line, where, shown in rows:
                yield Rejected(line, f"{OTHER_CONTENT}{FOUND}{where}", shown)

    def write_traces(self, path: Path) -> None:
        """The new rows as one Parquet file."""
        stored = ", ".join(name_of(name) for name in COLUMN_NAMES)
        if self._origin.says_status:
            stored = stored.replace('"status"', "coalesce(status, 'ok') AS status")
        self._connection.execute(
            f"""
            COPY (SELECT {stored}, cost_source, $1 AS format, schema_version, content_hash, $2 AS batch, line
                  FROM staged ANTI JOIN not_new USING (place)) TO $3 {PARQUET}
            """,
            [self._origin.format, self._origin.batch, str(path)],
        )

    def describe(self, path: Path, tally: Tally) -> None:
        """Fill in what the new rows, as written, tell as a whole."""
        ((tally.first_at, tally.last_at, tally.with_outcome),) = self._connection.execute(
            'SELECT min("at"), max("at"), count(success) FROM read_parquet(?)', [str(path)]
        ).fetchall()
        costs = self._connection.execute(
            "SELECT cost_source, CASE WHEN cost_source IS NULL THEN model END AS model, count(*) "
            "FROM read_parquet(?) GROUP BY ALL ORDER BY ALL",
            [str(path)],
        )
        for source, model, count in costs.fetchall():
            if source is None:
                tally.cost_missing[model] = count
            else:
                tally.cost[source] = count

    def write_outcomes(self, path: Path, late_parts: Sequence[Path], lake: Sequence[Path]) -> Outcomes:
        """Outcomes told apart from their request, and those of rows already there that tell another one: all that are
        not yet in the lake, as one Parquet file; no file where there are none."""
        self._connection.execute("SET VARIABLE late = ?", [[str(one) for one in late_parts]])
        self._connection.execute("SET VARIABLE outcomes = ?", [[str(one) for one in lake]])
        late = (
            f"SELECT line, id, {_OUTCOME}, content_hash, true AS late FROM read_parquet(getvariable('late')) UNION ALL "
        )
        self._connection.execute(f"""
            CREATE OR REPLACE TEMP TABLE told AS
            SELECT content_hash, min(line) AS line, any_value(id) AS id, bool_or(late) AS late,
                   {", ".join(f"any_value({name}) AS {name}" for name in OUTCOME_COLUMNS)}
            FROM ({late if late_parts else ""}
                  SELECT line, id, {_OUTCOME}, {OUTCOME_HASH} AS content_hash, false AS late
                  FROM staged JOIN (SELECT place FROM not_new WHERE other IS NULL) USING (place)
                  WHERE {_TELLS_OUTCOME})
            GROUP BY content_hash
        """)
        told = self._one("SELECT count(*) FILTER (late) FROM told")
        if not self._one("SELECT count(*) FROM told"):
            return Outcomes(0, 0, 0)
        standing = [f"SELECT id, {_OUTCOME} FROM staged ANTI JOIN not_new USING (place)"]
        if self._lake:
            standing.append(f"SELECT id, {_OUTCOME} FROM read_parquet(getvariable('lake'))")
        self._connection.execute(f"""
            CREATE OR REPLACE TEMP TABLE standing AS
            SELECT id, {OUTCOME_HASH} AS content_hash FROM ({" UNION ALL ".join(standing)})
            WHERE id IN (SELECT id FROM told)
        """)
        strangers = self._one("SELECT count(DISTINCT id) FROM told ANTI JOIN standing USING (id)")
        kept = "SELECT content_hash FROM read_parquet(getvariable('outcomes'))" if lake else "SELECT NULL LIMIT 0"
        self._connection.execute(f"""
            DELETE FROM told WHERE content_hash IN (SELECT content_hash FROM standing) OR content_hash IN ({kept})
        """)
        new = self._one("SELECT count(*) FROM told")
        if new:
            self._connection.execute(
                f"""
                COPY (SELECT id, {_OUTCOME}, content_hash, $1 AS batch, line FROM told ORDER BY line) TO $2 {PARQUET}
                """,
                [self._origin.batch, str(path)],
            )
        return Outcomes(new, told - self._one("SELECT count(*) FILTER (late) FROM told"), strangers)

    def _one(self, query: str) -> int:
        ((value,),) = self._connection.execute(query).fetchall()
        return int(value)
