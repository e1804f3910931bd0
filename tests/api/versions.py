"""A named version and a comparison of it, for tests of what the API does with their ids."""

from sqlalchemy.orm import Session

from store.models import Version, VersionComparison


def make_versions(session: Session, dataset_id: str) -> dict[str, str]:
    """Their ids, by the names that paths have for them."""
    version = Version(dataset_id=dataset_id, name="gold")
    session.add(version)
    session.flush()
    comparison = VersionComparison(dataset_id=dataset_id, before_id=version.id)
    session.add(comparison)
    session.flush()
    return {"version_id": version.id, "comparison_id": comparison.id}
