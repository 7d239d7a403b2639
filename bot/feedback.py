"""👍 and 👎: one line a rating, with references only, until it is part of the usage records."""

from __future__ import annotations

import json
import time
from pathlib import Path

from bot.domain import Reply
from bot.errors import StateError


def keep_rating(state: Path, reply: Reply, good: bool) -> None:
    """Appends reply id, kind, locations, edition and the rating; never a word of question or reply."""
    row = {
        "time": int(time.time()),
        "reply": reply.id,
        "kind": reply.kind.value,
        "locations": [citation.location for citation in reply.citations],
        "edition": reply.edition,
        "good": good,
    }
    try:
        with (state / "ratings.jsonl").open("a", encoding="utf-8") as file:
            file.write(json.dumps(row, ensure_ascii=False) + "\n")
    except OSError as exc:
        raise StateError(f"無法寫入評分（{exc.strerror or type(exc).__name__}）") from exc
