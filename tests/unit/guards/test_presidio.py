"""Our recognizers inside Presidio, and Presidio's own beside them; nothing is fetched."""

from __future__ import annotations

from bot.guards.presidio import analyzer, peer_entities
from bot.guards.taiwan.rules import PersonalDataRules
from bot.rooms import read_yaml, rooms_root
from tests.unit.guards.values import national_id


def test_ours_run_in_presidio() -> None:
    rules = read_yaml(rooms_root() / "guardrails" / "personal_data.yaml", PersonalDataRules)
    text = f"申請人薛淑卿身分證{national_id('B', '12048817')}手機0938221047"
    found = {(hit.entity_type, text[hit.start : hit.end]) for hit in analyzer(rules).analyze(text, language="zh")}
    assert found >= {
        ("PERSON", "薛淑卿"),
        ("TW_NATIONAL_ID", national_id("B", "12048817")),
        ("TW_PHONE", "0938221047"),
    }


def test_the_peer_finds_what_stands_apart_and_swallows_touching_chinese() -> None:
    assert {entity.type for entity in peer_entities("call 0938-221-047 or mail sf77@example.org")} == {
        "PHONE_NUMBER",
        "EMAIL_ADDRESS",
    }
    text = "寄到sf77@example.org謝謝"
    assert "sf77@example.org" not in [text[entity.start : entity.end] for entity in peer_entities(text)]
