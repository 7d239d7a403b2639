"""Who acts on the command line: the system's user."""

from __future__ import annotations

import os
import pwd


def system_user() -> str:
    """The login name; the number where the system knows no name for it, as in a container."""
    try:
        return pwd.getpwuid(os.getuid()).pw_name
    except (KeyError, OSError, ImportError):
        return f"uid-{os.getuid()}"
