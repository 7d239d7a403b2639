"""What can be typed in the terminal besides messages: replies, edits, files, quotes, topics, the bot's rights."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from bot.sandbox import people
from bot.sandbox.people import Person, SandboxError
from bot.sandbox.world import Chat, Posted

HELP = """直接打字送出。另外：
:回 編號 文字　回覆那一則　　　:改 編號 文字　編輯自己的那一則
:檔 路徑　傳檔案　　　　　　　:存 編號 資料夾　把那一則的檔案存下來
:展 編號　展開或收合引文　　　:主題 名稱　在分主題的群組開新主題
:機器人 成員／管理員／移出　　以群組管理員的身分改機器人的權限（F2 換人）
F2 換人　F3 換主題　Ctrl+Q 離開"""
_ROLES: dict[str, set[str] | None] = {"成員": None, "管理員": {"can_delete_messages"}, "移出": None}


@dataclass(frozen=True, slots=True)
class Place:
    """Who writes where; ``opened`` are the messages whose quotes are open."""

    person: Person
    chat: Chat
    topic: int | None
    opened: set[tuple[int, int]]


def do(place: Place, text: str) -> None:
    """Sends ``text``, or does what stands behind ``:``; ``SandboxError`` says what was wrong."""
    if text[0] not in ":：":
        place.person.send(place.chat, text, thread=place.topic)
        return
    word, _, rest = text[1:].partition(" ")
    rest = rest.strip()
    if word in {"回", "改"}:
        number, _, words = rest.partition(" ")
        if word == "回":
            place.person.send(place.chat, words, reply_to=_find(place, number), thread=place.topic)
        else:
            place.person.edit(_find(place, number), words)
    elif word == "檔":
        path = Path(rest).expanduser()
        place.person.send_document(place.chat, path.name, path.read_bytes(), thread=place.topic)
    elif word == "存":
        _keep(place, rest)
    elif word == "展":
        place.opened.symmetric_difference_update({(place.chat.id, _find(place, rest).id)})
        place.person.world.touch()
    elif word == "主題" and rest and place.chat.is_forum:
        place.chat.add_topic(rest)
    elif word == "機器人" and rest in _ROLES:
        _role(place, rest)
    else:
        raise SandboxError("沒有這個寫法；? 看說明")


def _find(place: Place, number: str) -> Posted:
    found = place.chat.find(int(number)) if number.isdecimal() else None
    if found is None:
        raise SandboxError("沒有這個編號的訊息")
    return found


def _keep(place: Place, rest: str) -> None:
    number, _, folder = rest.partition(" ")
    document = _find(place, number).raw.get("document")
    if document is None:
        raise SandboxError("這則訊息沒有檔案")
    stored = place.person.world.files[document["file_id"]]
    (Path(folder or ".").expanduser() / Path(stored.name).name).write_bytes(stored.content)


def _role(place: Place, role: str) -> None:
    world, chat = place.person.world, place.chat
    if not chat.is_group:
        (place.person.block if role == "移出" else place.person.unblock)()
    elif chat.members.get(place.person.id) not in {"administrator", "creator"}:
        raise SandboxError("要群組管理員才能改；按 F2 換成「陳主任」")
    elif role == "移出":
        people.kick_bot(world, chat, place.person.id)
    else:
        people.put_bot(world, chat, _ROLES[role], place.person.id)
