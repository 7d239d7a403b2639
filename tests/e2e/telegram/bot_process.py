"""The bot in a process of its own, to be killed; arguments: state, API, token, seconds of the model and of the search.

Everything is real but the model and the search; records are written.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

from bot.app import configure_logging
from bot.chat.telegram.running import Parts, serve
from bot.chat.telegram.sealing import InstallationKey
from bot.knowledge.editions import read_edition, shipped_folder
from bot.records.keys import KeyRing
from bot.records.ledger import Ledger
from bot.settings import Settings
from tests.e2e.telegram.assistants import AsksBack, real_over_fakes


def main() -> None:
    """Until it is stopped."""
    state, api, token, model, lookup = sys.argv[1:6]
    more = json.loads(sys.argv[6]) if len(sys.argv) > 6 else {}
    configure_logging("WARNING")
    settings = Settings(
        **{
            "state": Path(state),
            "telegram_api": api,
            "telegram_token": token,
            "telegram_allow": ("*",),
            "health_port": 0,
            **more,
        }
    )
    ledger = Ledger(settings.records_url, settings.key_path, 365)
    ring = KeyRing(settings.key_path)
    ring.make()
    manifest = read_edition(shipped_folder()).manifest
    assistant = AsksBack(real_over_fakes(float(model), float(lookup), ledger))
    serve(Parts(settings, assistant, ledger, ledger, InstallationKey(ring.current.secret), lambda: manifest))


if __name__ == "__main__":
    main()
