"""Counts that the database keeps itself, by triggers, and indexes for pages of a ranking"""

# ruff: noqa: S608 - statements of our own names

import sqlalchemy as sa
from alembic import op

revision = "0032"
down_revision = "0030"
branch_labels = None
depends_on = None

IS_ISSUE = sa.text("is_label_issue")
HAS_OPINIONS = sa.text("num_opinions > 0")
VERDICTS = ("correct", "wrong", "wrong_unknown", "unsure", "unusable", "withdrawn")

ALIKE = """dataset_id, coalesce(given_label, -1) AS given_label, coalesce(verdict, '') AS verdict,
  coalesce(settled_label, -1) AS settled_label, coalesce(split, '') AS split,
  coalesce(selection, '') AS selection, num_opinions > 0 AS has_opinions"""
KEY = "dataset_id, given_label, verdict, settled_label, split, selection, has_opinions"
BIN = "CASE WHEN r.is_label_issue AND {verdict} IN ('', 'unsure') THEN {bin} ELSE -1 END"
POSTGRES_BIN, SQLITE_BIN = "floor(r.confidence * 1000)::int", "CAST(r.confidence * 1000 AS INTEGER)"
WRONG = "cast(round((1 - r.{}) * 1000000000) AS bigint)"
ADD_SAMPLES = f"ON CONFLICT ({KEY}) DO UPDATE SET num = sample_counts.num + excluded.num"
ADD_RESULTS = """ON CONFLICT (job_id, verdict, is_label_issue, bin) DO UPDATE SET
  num = result_counts.num + excluded.num,
  wrong_given = result_counts.wrong_given + excluded.wrong_given,
  wrong_suggested = result_counts.wrong_suggested + excluded.wrong_suggested"""


def _sums(sign: str) -> str:
    given, suggested = WRONG.format("label_score"), WRONG.format("confidence")
    return f"sum({sign}) AS num, sum({sign} * {given}) AS wrong_given, sum({sign} * {suggested})"


# Of an update, samples that are alike cancel out, so that a change of other columns adds nothing.
# Plans are made once per connection, perhaps while the tables are empty: each changed sample's results are to
# be looked up by the index, however few rows there were.
POSTGRES_FUNCTION = f"""
CREATE FUNCTION keep_counts() RETURNS trigger LANGUAGE plpgsql
SET enable_seqscan = off SET enable_hashjoin = off SET enable_mergejoin = off AS $body$
BEGIN
  IF TG_OP = 'INSERT' THEN
    INSERT INTO sample_counts ({KEY}, num)
    SELECT {ALIKE}, count(*) FROM new_rows WHERE removed_at IS NULL GROUP BY 1, 2, 3, 4, 5, 6, 7
    {ADD_SAMPLES};
  ELSIF TG_OP = 'DELETE' THEN
    UPDATE sample_counts AS kept SET num = kept.num - gone.num
    FROM (SELECT {ALIKE}, count(*) AS num FROM old_rows WHERE removed_at IS NULL
          GROUP BY 1, 2, 3, 4, 5, 6, 7) AS gone
    WHERE (kept.dataset_id, kept.given_label, kept.verdict, kept.settled_label, kept.split,
           kept.selection, kept.has_opinions)
        = (gone.dataset_id, gone.given_label, gone.verdict, gone.settled_label, gone.split,
           gone.selection, gone.has_opinions);
  ELSE
    INSERT INTO sample_counts ({KEY}, num)
    SELECT {KEY}, sum(sign) FROM (
      SELECT {ALIKE}, -1 AS sign FROM old_rows WHERE removed_at IS NULL
      UNION ALL SELECT {ALIKE}, 1 FROM new_rows WHERE removed_at IS NULL
    ) AS both_rows GROUP BY {KEY} HAVING sum(sign) != 0
    {ADD_SAMPLES};
    WITH changed AS MATERIALIZED (
      SELECT id, min(dataset_id) AS dataset_id,
        max(verdict) FILTER (WHERE NOT is_new) AS before, max(verdict) FILTER (WHERE is_new) AS after
      FROM (
        SELECT id, dataset_id, false AS is_new,
          CASE WHEN removed_at IS NULL THEN coalesce(verdict, '') END AS verdict FROM old_rows
        UNION ALL SELECT id, dataset_id, true,
          CASE WHEN removed_at IS NULL THEN coalesce(verdict, '') END FROM new_rows
      ) AS both_rows
      GROUP BY id
      HAVING max(verdict) FILTER (WHERE NOT is_new) IS DISTINCT FROM max(verdict) FILTER (WHERE is_new)
    ), touched AS MATERIALIZED (
      SELECT c.before, c.after, r.job_id, r.sample_id, r.rank, r.is_label_issue, r.label_score, r.confidence
      FROM changed AS c JOIN jobs AS j ON j.dataset_id = c.dataset_id
      JOIN results AS r ON r.job_id = j.id AND r.sample_id = c.id
    ), no_longer AS (
      DELETE FROM decided_results AS d USING touched AS t
      WHERE d.sample_id = t.sample_id AND d.job_id = t.job_id AND coalesce(t.after, '') = ''
    ), decided AS (
      INSERT INTO decided_results (sample_id, job_id, rank, verdict)
      SELECT sample_id, job_id, rank, after FROM touched WHERE after != ''
      ON CONFLICT (sample_id, job_id) DO UPDATE SET verdict = excluded.verdict
    )
    INSERT INTO result_counts (job_id, verdict, is_label_issue, bin, num, wrong_given, wrong_suggested)
    SELECT r.job_id, r.verdict, r.is_label_issue, {BIN.format(verdict="r.verdict", bin=POSTGRES_BIN)} AS bin,
      {_sums("r.sign")}
    FROM (
      SELECT t.*, t.before AS verdict, -1 AS sign FROM touched AS t WHERE t.before IS NOT NULL
      UNION ALL SELECT t.*, t.after, 1 FROM touched AS t WHERE t.after IS NOT NULL
    ) AS r
    GROUP BY 1, 2, 3, 4
    {ADD_RESULTS};
  END IF;
  RETURN NULL;
END $body$
"""
POSTGRES_TRIGGERS = """
CREATE TRIGGER keep_counts_{0} AFTER {0} ON samples
REFERENCING {1} FOR EACH STATEMENT EXECUTE FUNCTION keep_counts()
"""
TRANSITIONS = {
    "insert": "NEW TABLE AS new_rows",
    "update": "OLD TABLE AS old_rows NEW TABLE AS new_rows",
    "delete": "OLD TABLE AS old_rows",
}


def _of(row: str) -> str:
    """The key's values of a row of SQLite's trigger."""
    return f"""{row}.dataset_id, ifnull({row}.given_label, -1), ifnull({row}.verdict, ''),
    ifnull({row}.settled_label, -1), ifnull({row}.split, ''), ifnull({row}.selection, ''),
    {row}.num_opinions > 0"""


def _sqlite_sample(row: str, sign: int) -> str:
    return f"""INSERT INTO sample_counts ({KEY}, num) SELECT {_of(row)}, {sign}
  WHERE {row}.removed_at IS NULL {ADD_SAMPLES};"""


def _sqlite_result(row: str, sign: int) -> str:
    verdict = f"ifnull({row}.verdict, '')"
    return f"""INSERT INTO result_counts
    (job_id, verdict, is_label_issue, bin, num, wrong_given, wrong_suggested)
  SELECT r.job_id, {verdict}, r.is_label_issue, {BIN.format(verdict=verdict, bin=SQLITE_BIN)}, {sign},
    {sign} * {WRONG.format("label_score")}, {sign} * {WRONG.format("confidence")}
  FROM jobs AS j JOIN results AS r ON r.job_id = j.id AND r.sample_id = {row}.id
  WHERE j.dataset_id = {row}.dataset_id AND {row}.removed_at IS NULL
  {ADD_RESULTS};"""


SQLITE_TRIGGERS = {
    "keep_counts_insert": f"AFTER INSERT ON samples BEGIN {_sqlite_sample('NEW', 1)} END",
    "keep_counts_delete": f"""AFTER DELETE ON samples
WHEN EXISTS (SELECT 1 FROM datasets WHERE id = OLD.dataset_id) BEGIN {_sqlite_sample("OLD", -1)} END""",
    "keep_counts_update": f"""
AFTER UPDATE OF given_label, verdict, settled_label, split, selection, num_opinions, removed_at ON samples
BEGIN {_sqlite_sample("OLD", -1)} {_sqlite_sample("NEW", 1)} END""",
    "keep_results": f"""AFTER UPDATE OF verdict, removed_at ON samples
WHEN OLD.verdict IS NOT NEW.verdict OR (OLD.removed_at IS NULL) != (NEW.removed_at IS NULL) BEGIN
  DELETE FROM decided_results WHERE sample_id = NEW.id;
  INSERT INTO decided_results (sample_id, job_id, rank, verdict)
  SELECT NEW.id, r.job_id, r.rank, NEW.verdict
  FROM jobs AS j JOIN results AS r ON r.job_id = j.id AND r.sample_id = NEW.id
  WHERE j.dataset_id = NEW.dataset_id AND NEW.verdict IS NOT NULL AND NEW.removed_at IS NULL;
  {_sqlite_result("OLD", -1)} {_sqlite_result("NEW", 1)} END""",
}


def upgrade() -> None:
    """Create the tables, count what is there, and keep it from now on."""
    _create_tables()
    is_postgres = op.get_bind().dialect.name == "postgresql"
    _count(POSTGRES_BIN if is_postgres else SQLITE_BIN)
    if is_postgres:
        _execute(POSTGRES_FUNCTION)
        for event, transition in TRANSITIONS.items():
            _execute(POSTGRES_TRIGGERS.format(event, transition))
    else:
        for name, body in SQLITE_TRIGGERS.items():
            _execute(f"CREATE TRIGGER {name} {body}")
    _create_indexes()


def downgrade() -> None:
    """Drop all of it."""
    op.drop_index("ix_samples_opinions", "samples")
    op.drop_index("ix_samples_unseen", "samples")
    for name in (
        "ix_results_job_id_given_suggested_rank",
        "ix_results_flagged",
        "ix_results_unflagged",
        "ix_results_confidence",
    ):
        op.drop_index(name, "results")
    if op.get_bind().dialect.name == "postgresql":
        for event in TRANSITIONS:
            _execute(f"DROP TRIGGER keep_counts_{event} ON samples")
        _execute("DROP FUNCTION keep_counts()")
    else:
        for name in SQLITE_TRIGGERS:
            _execute(f"DROP TRIGGER {name}")
    for table in ("result_counts", "decided_results", "sample_counts"):
        op.drop_table(table)


def _execute(statement: str) -> None:
    """As it is: a colon marks no parameter."""
    op.get_bind().exec_driver_sql(statement)


def _create_tables() -> None:
    op.create_table(
        "sample_counts",
        sa.Column(
            "dataset_id", sa.String(36), sa.ForeignKey("datasets.id", ondelete="CASCADE"), primary_key=True
        ),
        sa.Column("given_label", sa.Integer(), primary_key=True, autoincrement=False),
        sa.Column("verdict", sa.String(16), primary_key=True),
        sa.Column("settled_label", sa.Integer(), primary_key=True, autoincrement=False),
        sa.Column("split", sa.String(16), primary_key=True),
        sa.Column("selection", sa.String(16), primary_key=True),
        sa.Column("has_opinions", sa.Boolean(), primary_key=True),
        sa.Column("num", sa.BigInteger(), nullable=False),
    )
    op.create_table(
        "decided_results",
        sa.Column("sample_id", sa.BigInteger(), primary_key=True, autoincrement=False),
        sa.Column("job_id", sa.String(36), sa.ForeignKey("jobs.id", ondelete="CASCADE"), primary_key=True),
        sa.Column("rank", sa.Integer(), nullable=False),
        sa.Column(
            "verdict",
            sa.Enum(*VERDICTS, name="verdict", native_enum=False, create_constraint=True, length=16),
            nullable=False,
        ),
    )
    op.create_index("ix_decided_results_job_id_rank", "decided_results", ["job_id", "rank"])
    op.create_index(
        "ix_decided_results_job_id_verdict_rank", "decided_results", ["job_id", "verdict", "rank"]
    )
    op.create_table(
        "result_counts",
        sa.Column("job_id", sa.String(36), sa.ForeignKey("jobs.id", ondelete="CASCADE"), primary_key=True),
        sa.Column("verdict", sa.String(16), primary_key=True),
        sa.Column("is_label_issue", sa.Boolean(), primary_key=True),
        sa.Column("bin", sa.Integer(), primary_key=True, autoincrement=False),
        sa.Column("num", sa.BigInteger(), nullable=False),
        sa.Column("wrong_given", sa.BigInteger(), nullable=False),
        sa.Column("wrong_suggested", sa.BigInteger(), nullable=False),
    )


def _count(confidence_bin: str) -> None:
    _execute(
        f"INSERT INTO sample_counts ({KEY}, num) SELECT {ALIKE}, count(*) FROM samples "
        "WHERE removed_at IS NULL GROUP BY 1, 2, 3, 4, 5, 6, 7"
    )
    joined = "FROM results AS r JOIN samples AS s ON s.id = r.sample_id WHERE s.removed_at IS NULL"
    _execute(
        "INSERT INTO decided_results (sample_id, job_id, rank, verdict) "
        f"SELECT s.id, r.job_id, r.rank, s.verdict {joined} AND s.verdict IS NOT NULL"
    )
    verdict = "coalesce(s.verdict, '')"
    _execute(
        "INSERT INTO result_counts (job_id, verdict, is_label_issue, bin, num, wrong_given, wrong_suggested) "
        f"SELECT r.job_id, {verdict}, r.is_label_issue, {BIN.format(verdict=verdict, bin=confidence_bin)}, "
        f"{_sums('1')} {joined} GROUP BY 1, 2, 3, 4"
    )


def _create_indexes() -> None:
    op.create_index(
        "ix_samples_unseen",
        "samples",
        ["dataset_id", "sha256", "id"],
        postgresql_where=sa.text("verdict IS NULL"),
        sqlite_where=sa.text("verdict IS NULL"),
    )
    op.create_index(
        "ix_results_unflagged",
        "results",
        ["job_id", "rank"],
        postgresql_where=sa.text("NOT is_label_issue"),
        sqlite_where=sa.text("is_label_issue = 0"),
    )
    op.create_index(
        "ix_samples_opinions",
        "samples",
        ["dataset_id", "num_opinions"],
        postgresql_where=HAS_OPINIONS,
        sqlite_where=HAS_OPINIONS,
    )
    op.create_index(
        "ix_results_job_id_given_suggested_rank", "results", ["job_id", "given", "suggested", "rank"]
    )
    op.create_index(
        "ix_results_flagged",
        "results",
        ["job_id", "rank"],
        postgresql_include=["confidence", "sample_id"],
        postgresql_where=IS_ISSUE,
        sqlite_where=IS_ISSUE,
    )
    op.create_index(
        "ix_results_confidence",
        "results",
        ["job_id", "confidence", "rank"],
        postgresql_include=["sample_id", "given", "suggested", "label_score"],
        postgresql_where=IS_ISSUE,
        sqlite_where=IS_ISSUE,
    )
