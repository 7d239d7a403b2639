"""The chat's parts that need no server: pieces, markup, button data, fair lanes, order, seals."""

from __future__ import annotations

import asyncio
from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st
from telegram import Update

from bot.chat.telegram.callbacks import LONGEST, Act, Buttons, Press
from bot.chat.telegram.lanes import FairLane
from bot.chat.telegram.order import ChatOrder
from bot.chat.telegram.plain import without_markup
from bot.chat.telegram.rendering import LIMIT, escaped, folded, marked, pieces, units
from bot.chat.telegram.sealing import InstallationKey, SealBroken, Sealed, Sealer
from bot.chat.telegram.sessions import Expiring

KEY = InstallationKey(b"k" * 32)
WORDS = st.text(alphabet="可以不得應，。！？；「」<>&\n a😀\x00", max_size=300)


class _Balanced(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []

    def handle_starttag(self, tag: str, attrs: object) -> None:
        self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


@given(text=WORDS)
def test_any_text_gives_sound_markup(text: str) -> None:
    for shown in (marked(text), *folded("標題", text)):
        parser = _Balanced()
        parser.feed(shown)
        parser.close()
        assert parser.open == []
        assert "\x00" not in shown


@given(text=WORDS)
def test_markup_adds_no_words(text: str) -> None:
    assert without_markup(marked(text)).replace("\n", "") == text.replace("\n", "").replace("\x00", "")


@given(text=st.text(alphabet="可以。，！\n😀字", max_size=400), limit=st.integers(10, 60))
def test_pieces_are_short_and_lose_nothing(text: str, limit: int) -> None:
    found = pieces(text, limit)
    assert all(units(piece) <= limit for piece in found)
    assert "".join(found).replace("\n", "") == text.replace("\n", "")


def test_a_long_text_is_cut_behind_sentences() -> None:
    found = pieces("這是一句話。" * 2_000)
    assert len(found) > 2
    assert all(piece.endswith("。") and units(piece) <= LIMIT for piece in found)


def test_entities_are_escaped_once() -> None:
    assert escaped("a<b>&amp;") == "a&lt;b&gt;&amp;amp;"


@given(st.sampled_from(list(Act)), st.text("abcdef0123456789", max_size=12), st.integers(-(10**15), 10**15))
def test_button_data_are_short_and_hold_in_their_chat_only(act: Act, reply: str, chat: int) -> None:
    buttons = Buttons(KEY)
    data = buttons.data(Press(act, reply, "wrong_clause"), chat)
    assert len(data.encode()) <= LONGEST
    assert buttons.read(data, chat) == Press(act, reply, "wrong_clause")
    assert buttons.read(data, chat + 1) is None
    assert Buttons(InstallationKey(b"x" * 32)).read(data, chat) is None


@pytest.mark.parametrize("data", ["", ".", "...", "s.t1..", "垃圾", "s.t1..AAAAAAAAAA"])
def test_foreign_button_data_are_nothing(data: str) -> None:
    assert Buttons(KEY).read(data, 1) is None


def test_a_seal_opens_with_its_reference_and_with_an_earlier_key() -> None:
    sealed = Sealer(KEY).seal("祕密".encode(), "7")
    rotated = Sealer(InstallationKey(b"n" * 32, (KEY.secret,)))
    assert rotated.open(sealed, "7").decode() == "祕密"
    for wrong in (lambda: Sealer(KEY).open(sealed, "8"), lambda: Sealer(KEY).open(Sealed(sealed.body, b""), "7")):
        with pytest.raises(SealBroken):
            wrong()


async def test_persons_take_turns_in_a_lane() -> None:
    lane, order = FairLane(1), list[str]()
    assert await lane.enter("first")

    async def ask(person: str, name: str) -> None:
        assert await lane.enter(person)
        order.append(name)
        lane.leave()

    tasks = [asyncio.create_task(ask(name[0], name)) for name in ("a1", "a2", "a3", "b1", "c1", "b2")]
    await asyncio.sleep(0.01)
    lane.leave()
    await asyncio.gather(*tasks)
    assert order == ["a1", "b1", "c1", "a2", "b2", "a3"]


async def test_a_lane_lets_go_who_is_out_of_patience_or_gives_up() -> None:
    lane, stop, told = FairLane(1), asyncio.Event(), list[int]()
    assert await lane.enter("a")
    assert not await lane.enter("b", patience=0.05)
    leaving = asyncio.create_task(lane.enter("c", give_up=stop, tell=told.append, tell_after=0.01))
    await asyncio.sleep(0.05)
    stop.set()
    assert not await leaving
    assert told[0] == 0
    lane.leave()
    assert lane.waiting == 0
    assert await lane.enter("d")


async def test_a_chat_goes_in_order_and_chats_side_by_side() -> None:
    order, done = ChatOrder(), list[int]()
    for number, chat in ((1, 10), (2, 10), (3, 20)):
        order.announce(number, chat)

    async def work(number: int, seconds: float) -> None:
        await asyncio.sleep(seconds)
        done.append(number)

    await asyncio.gather(*(order.process_update(Update(n), work(n, s)) for n, s in ((2, 0.0), (1, 0.05), (3, 0.01))))
    assert done == [3, 1, 2]


def test_what_is_not_touched_is_forgotten() -> None:
    now = [0.0]
    kept: Expiring[str, int] = Expiring(10, 2, lambda: now[0])
    for name in "abc":
        kept.put(name, 1)
    assert (kept.get("a"), kept.get("c")) == (None, 1)
    now[0] = 9
    assert kept.get("b") == 1
    now[0] = 12
    assert (kept.get("c"), kept.get("b")) == (None, 1)
