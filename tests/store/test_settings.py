"""Settings: the defaults, the environment, and what is refused."""

from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

import store.settings as settings_module
from store.settings import Settings, get_settings


def test_defaults_are_places_in_the_data_folder(tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path)
    assert settings.resolved_database_url == f"sqlite:///{tmp_path}/mslg.sqlite3"
    assert settings.resolved_broker_url == "filesystem://"
    assert settings.broker_dir == tmp_path / "broker"
    assert settings.resolved_blob_url == f"file://{tmp_path}/blobs"


def test_the_environment_overrides_defaults(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MSLG_DATABASE_URL", "postgresql://db/mslg")
    monkeypatch.setenv("MSLG_BLOB_URL", "")
    settings = Settings()
    assert settings.resolved_database_url == "postgresql://db/mslg"
    assert settings.resolved_blob_url.startswith("file://")


def test_secrets_are_read_from_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "mslg_api_token").write_text("from-a-file\n")
    (tmp_path / "mslg_database_url").write_text("postgresql://db/from-a-file")
    monkeypatch.setattr(settings_module, "SECRETS", tmp_path)
    monkeypatch.setenv("MSLG_API_TOKEN", "")
    monkeypatch.setenv("MSLG_DATABASE_URL", "postgresql://db/from-the-environment")
    settings = get_settings.__wrapped__()
    assert settings.api_token is not None
    assert settings.api_token.get_secret_value() == "from-a-file"
    assert settings.database_url == "postgresql://db/from-the-environment"


@pytest.mark.parametrize("token", [None, ""])
def test_production_without_a_token_is_refused(token: str | None) -> None:
    with pytest.raises(ValidationError, match="MSLG_API_TOKEN"):
        Settings.model_validate({"environment": "production", "api_token": token})


def test_the_token_is_not_shown() -> None:
    settings = Settings.model_validate({"environment": "production", "api_token": "hush"})
    assert "hush" not in repr(settings)


def test_a_lease_shorter_than_two_heartbeats_is_refused() -> None:
    with pytest.raises(ValidationError, match="at least twice"):
        Settings(lease_seconds=5, heartbeat_seconds=4)


def test_accounts_suffice_for_production() -> None:
    assert not Settings(environment="production", accounts=True).is_open


@pytest.mark.parametrize(
    "half",
    [
        {"accounts": True, "oidc_issuer": "https://id.example"},
        {"oidc_issuer": "https://id.example", "oidc_client_id": "mslg", "oidc_client_secret": "x"},
    ],
)
def test_half_an_identity_provider_is_refused(half: dict[str, Any]) -> None:
    with pytest.raises(ValidationError, match="MSLG_OIDC_CLIENT_ID"):
        Settings(**half)
