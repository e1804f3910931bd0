"""`mslg recount`: counts anew what the database keeps counts of."""

from store.database.engine import make_engine, session_scope
from store.results.result_counts import recount_results
from store.settings import Settings
from store.verification.sample_counts import recount_samples


def recount(settings: Settings) -> None:
    """Replace all kept counts by a recount, in one transaction. Decisions wait until it ends."""
    engine = make_engine(settings.resolved_database_url)
    try:
        with session_scope(engine) as session:
            recount_samples(session)
            recount_results(session)
    finally:
        engine.dispose()
