"""Fonts of PDFs whose description contradicts itself.

Some programs write a Traditional Chinese font together with the character map of another alphabet. The map decides what
the page shows, so it must decide what its text is too; pdfminer goes by the font's name for itself instead.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from pdfminer.pdffont import PDFFont
from pdfminer.pdfinterp import PDFResourceManager
from pdfminer.psparser import literal_name

_MAPS = {"UniGB": b"GB1", "UniCNS": b"CNS1", "UniJIS": b"Japan1", "UniKS": b"Korea1"}


class Fonts(PDFResourceManager):
    """Fonts as pdfminer makes them, each with the alphabet of its character map."""

    def get_font(self, objid: object, spec: Mapping[str, object]) -> PDFFont:
        """See pdfminer."""
        encoding: Any = spec.get("Encoding")
        name = re.match(r"Uni[A-Z]+", literal_name(encoding)) if encoding is not None and "W" in spec else None
        ordering = _MAPS.get(name.group()) if name else None
        if ordering and "ToUnicode" not in spec:
            spec = {**spec, "CIDSystemInfo": {"Registry": b"Adobe", "Ordering": ordering}}
        return super().get_font(objid, spec)
