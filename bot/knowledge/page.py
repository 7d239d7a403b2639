"""A comparison of two editions as one HTML file that stands alone: no script, no address, everything escaped."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from html import escape

from bot.domain import Manifest
from bot.knowledge.changes import Change, ChangeKind, Dependent, DependentState, Diff
from bot.knowledge.marks import marks
from bot.knowledge.summary import DEPENDENTS, KINDS, STATES, by_state, chapters, counted, place, verdicts

_STYLE = """
:root{color-scheme:light dark;--ink:#1d2733;--soft:#5b6877;--paper:#fff;--line:#d9dfe6;--in:#d8f3dc;--out:#ffdcd6;
--warn:#8a4b00;--tint:#f5f7f9}
@media(prefers-color-scheme:dark){:root{--ink:#e6ebf0;--soft:#9aa7b4;--paper:#14191f;--line:#313b46;--in:#1f4a2c;
--out:#5c2a22;--warn:#f0b35b;--tint:#1c232b}}
body{margin:0 auto;max-width:52rem;padding:1.5rem;color:var(--ink);background:var(--paper);
font:1rem/1.75 "Noto Sans TC","PingFang TC","Microsoft JhengHei",sans-serif}
h1{font-size:1.5rem;line-height:1.4;margin:0 0 .25rem}h2{font-size:1.2rem;margin:2.25rem 0 .75rem}
p.lead{color:var(--soft);margin:.25rem 0}article{border:1px solid var(--line);border-radius:.5rem;margin:.75rem 0;
padding:.75rem 1rem;break-inside:avoid}article header{display:flex;flex-wrap:wrap;gap:.5rem;align-items:baseline}
.kind{border-radius:.25rem;padding:0 .5rem;background:var(--tint);font-size:.875rem;white-space:nowrap}
.place{font-weight:700}.label,.title{color:var(--soft);font-size:.875rem}.flip{color:var(--warn);font-weight:700}
.text{white-space:pre-wrap;overflow-wrap:anywhere;margin:.5rem 0 0}ins{background:var(--in);text-decoration:none}
del{background:var(--out)}table{border-collapse:collapse;width:100%;font-size:.9375rem}
th,td{border-bottom:1px solid var(--line);padding:.35rem .5rem;text-align:left;vertical-align:top;
overflow-wrap:anywhere}th{color:var(--soft);font-weight:400;white-space:nowrap}summary{cursor:pointer}
"""


def diff_page(diff: Diff, before: Manifest, after: Manifest) -> str:
    """The whole page."""
    title = f"{after.id} 相較於 {before.id}"
    body = "".join(_body(diff, before, after))
    return (
        '<!doctype html>\n<html lang="zh-Hant-TW"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width,initial-scale=1">'
        "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">"
        f"<title>{escape(title)}</title><style>{_STYLE}</style></head><body>{body}</body></html>\n"
    )


def _body(diff: Diff, before: Manifest, after: Manifest) -> Iterator[str]:
    yield f"<h1>{escape(after.title)}<br>{escape(before.id)} → {escape(after.id)}</h1>"
    for name, manifest in (("原", before), ("新", after)):
        told = "　".join(part for part in (manifest.number, manifest.spoken_date) if part)
        yield f'<p class="lead">{name}版：{escape(told)}</p>'
    yield f"<p>{escape(counted(diff))}</p>"
    for chapter in chapters(diff):
        yield f"<h2>{escape(chapter.heading)}（{len(chapter.changes)}）</h2>"
        yield from (_article(change) for change in chapter.changes)
    if diff.dependents:
        yield "<h2>連動項目</h2>"
        yield "<p>規則、問法、檢核表等項目所依據的條文若有變動，都列在這裡。</p>"
    for state in (DependentState.VOID, DependentState.REVIEW, DependentState.CARRIED):
        yield from _items(by_state(diff.dependents, state), state)


def _article(change: Change) -> str:
    head = [f'<span class="kind">{KINDS[change.kind]}</span>', f'<span class="place">{escape(place(change))}</span>']
    if change.title:
        head.append(f'<span class="title">{escape(change.title)}</span>')
    if change.flips:
        head.append(f'<span class="flip">{escape(verdicts(change))}</span>')
    if change.labels:
        head.append(f'<span class="label">{escape("・".join(change.labels))}</span>')
    text = _moved(change) if change.kind is ChangeKind.MOVED else f'<p class="text">{_marked(change)}</p>'
    return f"<article><header>{''.join(head)}</header>{text}</article>"


def _moved(change: Change) -> str:
    return f'<details><summary>條文</summary><p class="text">{escape(change.text_after)}</p></details>'


def _marked(change: Change) -> str:
    tags = {"same": ("", ""), "out": ("<del>", "</del>"), "in": ("<ins>", "</ins>")}
    return "".join(
        tags[kind][0] + escape(text) + tags[kind][1] for kind, text in marks(change.text_before, change.text_after)
    )


def _items(rows: Sequence[Dependent], state: DependentState) -> Iterator[str]:
    if not rows:
        return
    opened = "" if state is DependentState.CARRIED else " open"
    yield f"<details{opened}><summary>{STATES[state]}（{len(rows)}）</summary><table>"
    yield "<tr><th>類別</th><th>項目</th><th>條號</th><th>原因</th></tr>"
    for row in rows:
        cells = (DEPENDENTS[row.kind], row.id, row.location, row.reason)
        yield "<tr>" + "".join(f"<td>{escape(cell)}</td>" for cell in cells) + "</tr>"
    yield "</table></details>"
