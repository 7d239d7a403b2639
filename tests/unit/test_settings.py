"""Settings: every fault at once, secrets never shown, the document true."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from bot.errors import SettingsError
from bot.settings import NAMES, Settings, read_settings
from tests.conftest import ROOT


def test_defaults() -> None:
    settings = read_settings({})
    assert settings.state == Path(".state")
    assert settings.records_url == "sqlite:///.state/records.sqlite3"
    assert not settings.needs_two_persons


def test_all_faults_in_one_message() -> None:
    with pytest.raises(SettingsError) as caught:
        read_settings({"ZHIYIN_RETENTION_DAYS": "soon", "ZHIYIN_TELEGRAM_ADMINS": "a,b", "ZHIYIN_PAUSED": "maybe"})
    assert all(name in str(caught.value) for name in ("RETENTION_DAYS", "ADMINS", "PAUSED"))


def test_the_environment_wins_over_the_file(tmp_path: Path) -> None:
    config = tmp_path / "zhiyin.yaml"
    config.write_text("ZHIYIN_MODEL: from-file\nZHIYIN_RETENTION_DAYS: 30\n", encoding="utf-8")
    settings = read_settings({"ZHIYIN_CONFIG": str(config), "ZHIYIN_MODEL": "from-env"})
    assert (settings.model, settings.retention_days) == ("from-env", 30)


@pytest.mark.parametrize(
    "content", ["ZHIYIN_MODLE: x", "- a\n- b", "a: [", b"\xff\xfe"], ids=["unknown name", "list", "broken", "no UTF-8"]
)
def test_a_wrong_file_is_one_clear_line(tmp_path: Path, content: str | bytes) -> None:
    config = tmp_path / "zhiyin.yaml"
    config.write_bytes(content if isinstance(content, bytes) else content.encode())
    with pytest.raises(SettingsError) as caught:
        read_settings({"ZHIYIN_CONFIG": str(config)})
    assert "\n" not in str(caught.value)


def test_secrets_do_not_show() -> None:
    settings = Settings(telegram_token="123:secret", database_url="postgresql://u:secret@localhost/z")
    assert "secret" not in repr(settings)


def test_two_persons_as_soon_as_administrators_are_named() -> None:
    assert read_settings({"ZHIYIN_TELEGRAM_ADMINS": "1,2"}).needs_two_persons
    assert not read_settings({"ZHIYIN_TELEGRAM_ADMINS": "1,2", "ZHIYIN_TWO_PERSON": "0"}).needs_two_persons


def test_every_setting_is_documented_and_no_other() -> None:
    document = (ROOT / "docs" / "settings.md").read_text(encoding="utf-8")
    named = set(re.findall(r"^\| `([A-Z_]+)` \|", document, re.MULTILINE))
    assert named == {*NAMES, "ZHIYIN_CONFIG"}
