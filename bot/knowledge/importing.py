"""A document becomes an edition: read, placed clause by clause, verified, written whole or not at all."""

from __future__ import annotations

import fcntl
import re
import shutil
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

from bot.errors import OurFault, StateError
from bot.knowledge.carry import carried_annotations, carry_over, start_empty
from bot.knowledge.changes import Diff
from bot.knowledge.collections import MAIN
from bot.knowledge.diff import compare
from bot.knowledge.edition_files import ManifestFile
from bot.knowledge.editions import (
    FolderEdition,
    edition_folders,
    imported_folder,
    read_corrections,
    read_edition,
    read_manifest,
    rebuild,
    seal,
    sha256_of,
)
from bot.knowledge.family import Family
from bot.knowledge.guideline import parse
from bot.knowledge.heading import read_heading
from bot.knowledge.parsed import Parsed, Unplaced
from bot.knowledge.reading import Extracted, read_document
from bot.knowledge.recognising import (
    Given,
    check_subject,
    collection_for,
    fitting_family,
    revised_edition,
    simplified_lines,
)
from bot.knowledge.writing import put_in_place, tidy, write_bytes
from bot.text import squeeze

_TEMPLATE = """\
# 編號讀不出來的行可在這裡更正，再匯入同一份檔案一次。行號是 source.txt 的行號，拿掉行首的 # 即生效：
#   120: join         這一行屬於前一條（未更正時就是這樣處理）
#   120: skip         這一行不屬於任何條文
#   120: 附件五/十一   這一行是該條的開頭
schema: 1
lines:
"""


@dataclass(frozen=True, slots=True)
class Coverage:
    """Where the characters went, white space not counted: ``document`` is the sum of the others."""

    document: int
    running_heads: int
    clauses: int
    front: int
    layout: int
    """Page numbers, bullets and tags of the source, and lines that a correction leaves out."""
    is_whole: bool
    """Whether the reader, too, took every character of the file once."""


@dataclass(frozen=True, slots=True)
class Imported:
    """The outcome of an import."""

    edition: FolderEdition
    parsed: Parsed
    coverage: Coverage
    is_new: bool
    notes: tuple[str, ...] = ()
    diff: Diff | None = None
    """Against the edition it was carried over from; None for the first of its document, or where nothing was done."""

    @property
    def unplaced(self) -> tuple[Unplaced, ...]:
        """Lines that look like clauses and fit nowhere."""
        return self.parsed.unplaced


def import_document(
    data: bytes,
    name: str,
    state: Path,
    base: FolderEdition,
    *,
    given: Given | None = None,
    is_frozen: Callable[[str], bool] | None = None,
) -> Imported:
    """The edition that the document makes, in the state folder, beside every other one.

    ``base`` is the edition in force; ``is_frozen`` tells the editions that are or were in force and never change.
    The same file gives the same edition again, unless its corrections were edited since; then it is made anew,
    in its place or, where that is frozen, beside it. Raises ``DocumentError``, ``UsageError``, ``StateError``.
    """
    given = given or Given()
    frozen = is_frozen or (lambda edition_id: edition_id == base.manifest.id)
    extracted = read_document(data, name)
    with _one_importer(state):
        known = _known(state, sha256_of(data), extracted)
        if known and not _is_changed(known, given):
            edition = read_edition(known)
            parsed, coverage = _verified(extracted, edition.family, known)
            return Imported(edition, parsed, coverage, False, ("這份文件已經匯入過，沿用同一版本",))
        return _make(data, extracted, state, base, given, known, frozen)


def _make(
    data: bytes,
    extracted: Extracted,
    state: Path,
    base: FolderEdition,
    given: Given,
    known: Path | None,
    frozen: Callable[[str], bool],
) -> Imported:
    notes = [*extracted.notes, *simplified_lines(extracted.text)]
    family, parsed = fitting_family(extracted.text, given.family)
    check_subject(extracted.text, family, parsed)
    front = "\n".join(extracted.text[a:b] for a, b in parsed.front)
    heading = read_heading(front, extracted.text, title=given.title, number=given.number, date=given.date)
    if not heading.number:
        notes.append("沒有找到發文字號；可用 --number 補上後再匯入")
    before = revised_edition(state, base, parsed, heading, given)
    collection = collection_for(before, heading, given)
    prefix = "" if collection == MAIN else f"{collection}:"
    edition_id = _free_id(state, prefix + heading.roc_date, known, frozen)
    partial = state / "editions" / f".partial-{edition_id.replace(':', '_')}"
    try:
        shutil.rmtree(partial, ignore_errors=True)
        partial.mkdir(parents=True)
        issuer = heading.issuer or (base.manifest.issuer if collection == MAIN else "")
        manifest = ManifestFile(
            schema=1,
            id=edition_id,
            title=heading.title,
            number=heading.number,
            date=heading.date,
            issuer=issuer,
            family=family.name,
            base=before.manifest.id if before else "",
            original_sha256=sha256_of(data),
            corrections_sha256="",
            files={},
        )
        diff = _fill(partial, extracted, manifest, before, given.corrections, known)
        target = imported_folder(state, edition_id)
        put_in_place(partial, target)
    except OSError as exc:
        shutil.rmtree(partial, ignore_errors=True)
        reason = exc.strerror or type(exc).__name__
        raise StateError(f"無法寫入 {state / 'editions'}（{reason}）；請檢查空間與權限，再匯入一次") from exc
    except BaseException:
        shutil.rmtree(partial, ignore_errors=True)
        raise
    edition = read_edition(target)
    parsed, coverage = _verified(extracted, family, target)
    notes += [f"原文的編號跳過 {at}" for at in parsed.missing]
    return Imported(edition, parsed, coverage, True, tuple(notes), diff)


def _fill(
    folder: Path,
    extracted: Extracted,
    manifest: ManifestFile,
    before: FolderEdition | None,
    corrections: bytes | None,
    known: Path | None,
) -> Diff | None:
    """Everything the edition has, in ``folder``; the manifest last."""
    write_bytes(folder / "source.txt", extracted.text.encode())
    if corrections is not None:
        write_bytes(folder / "corrections.yaml", corrections)
    elif known and (known / "corrections.yaml").exists():
        write_bytes(folder / "corrections.yaml", (known / "corrections.yaml").read_bytes())
    seal(folder, manifest)
    parsed = rebuild(folder)
    if not (folder / "corrections.yaml").exists():
        _write_template(folder, parsed)
    diff = None
    edition = read_edition(folder)
    if before:
        diff = compare(before, edition)
        carry_over(before, edition, diff)
        manifest = manifest.model_copy(update={"annotations": carried_annotations(before, edition, diff.places)})
    start_empty(folder, manifest.id)
    digest = sha256_of((folder / "corrections.yaml").read_bytes())
    seal(folder, manifest.model_copy(update={"corrections_sha256": digest}))
    read_edition(folder)
    return diff


def _write_template(folder: Path, parsed: Parsed) -> None:
    """A corrections file that corrects nothing yet and shows what could be."""
    shown = "".join(f"#  {line.line}: join   # {' '.join(line.text.split())[:40]}\n" for line in parsed.unplaced)
    write_bytes(folder / "corrections.yaml", (_TEMPLATE + shown).encode())


@contextmanager
def _one_importer(state: Path) -> Iterator[None]:
    """One import at a time; a second one waits."""
    folder = state / "editions"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        lock = (folder / ".importing.lock").open("w")
    except OSError as exc:
        raise StateError(f"無法寫入 {folder}（{exc.strerror or type(exc).__name__}）；請檢查空間與權限") from exc
    with lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        tidy(folder)
        yield


def _known(state: Path, digest: str, extracted: Extracted) -> Path | None:
    """The edition made of the same file, or of a file with the same text; the latest where there are several."""
    source = sha256_of(extracted.text.encode())
    found = None
    for folder in edition_folders(state):
        manifest = read_manifest(folder)
        if manifest.original_sha256 == digest or manifest.files.get("source.txt") == source:
            found = folder
    return found


def _is_changed(known: Path, given: Given) -> bool:
    """Whether the administrator has set something right since the edition was made."""
    manifest = read_manifest(known)
    if not manifest.original_sha256:
        return False
    stored = known / "corrections.yaml"
    corrections = given.corrections
    if corrections is None and stored.exists():
        corrections = stored.read_bytes()
    if corrections is not None and sha256_of(corrections) != manifest.corrections_sha256:
        return True
    wanted = {"title": given.title.strip(), "number": squeeze(given.number)}
    if any(value and value != getattr(manifest, field) for field, value in wanted.items()):
        return True
    return bool(given.date) and read_heading("", "", title="-", date=given.date).date != manifest.date


def _free_id(state: Path, wanted: str, known: Path | None, frozen: Callable[[str], bool]) -> str:
    """``wanted``, or the next ``-2``, ``-3`` that is free; the edition's own id where it may be made anew."""
    taken = {read_manifest(folder).id for folder in edition_folders(state)}
    if known is not None:
        own = read_manifest(known)
        if own.original_sha256 and not frozen(own.id) and re.fullmatch(rf"{re.escape(wanted)}(?:-[0-9]+)?", own.id):
            return own.id
    number = 2
    found = wanted
    while found in taken:
        found, number = f"{wanted}-{number}", number + 1
    return found


def _verified(extracted: Extracted, family: Family, folder: Path) -> tuple[Parsed, Coverage]:
    """The parse of the stored source, and that every character of it stands in exactly one place."""
    source = extracted.text
    parsed = parse(source, family, read_corrections(folder))
    clauses = [span for clause in parsed.clauses for span in clause.spans]
    places = sorted([*clauses, *parsed.front, *parsed.layout])
    edges = [(0, 0), *places, (len(source), len(source))]
    if any(end != start for (_, end), (start, _) in pairwise(edges)):
        raise OurFault("條文的字數與原文不符，未匯入；請附上檔案回報")

    def count(spans: Iterable[tuple[int, int]]) -> int:
        return sum(len(squeeze(source[a:b])) for a, b in spans)

    tags = len(squeeze(source)) - len(squeeze(re.sub(r"</?p>", "", source)))
    return parsed, Coverage(
        document=extracted.characters_in,
        running_heads=extracted.left_out,
        clauses=count(clauses),
        front=count(parsed.front),
        layout=count(parsed.layout) - tags,
        is_whole=extracted.is_whole,
    )
