"""Asks the bot's own health address; exit 0 where it answers 200. Standard library only."""

import os
import sys
from urllib.request import ProxyHandler, build_opener

URL = os.environ.get("HEALTH_URL", "http://127.0.0.1:8080/healthz")

try:
    with build_opener(ProxyHandler({})).open(URL, timeout=4) as answer:
        sys.exit(answer.status != 200)
except OSError as exc:
    sys.exit(f"{URL}: {type(exc).__name__}")
