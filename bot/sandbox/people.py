"""The other side of the chat: people who write, press buttons, send files, edit and block."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from bot.sandbox.asking import RIGHTS, member
from bot.sandbox.entities import TEXT_LIMIT, typed_entities, units
from bot.sandbox.faults import JSON
from bot.sandbox.world import Callback, Chat, InlineAsk, Posted, World

GROUP_BASE = -1_000_000_000_000


class SandboxError(ValueError):
    """A person tried what their client would not let them do."""


@dataclass(frozen=True, slots=True)
class Person:
    """A person with a chat client."""

    world: World = field(repr=False)
    id: int

    @property
    def raw(self) -> JSON:
        """The Bot API's User."""
        return self.world.users[self.id]

    @property
    def private(self) -> Chat:
        """The chat with the bot alone."""
        return self.world.chats[self.id]

    def send(
        self, chat: Chat | int, text: str, reply_to: Posted | int | None = None, thread: int | None = None
    ) -> Posted:
        """Writes a message; ``thread`` is a topic of a forum."""
        if not text.strip() or units(text) > TEXT_LIMIT:
            raise SandboxError("訊息是空的，或超過 4,096 字")
        entities = typed_entities(text)
        return self._post(chat, {"text": text, **({"entities": entities} if entities else {})}, reply_to, thread)

    def send_document(
        self, chat: Chat | int, name: str, content: bytes, mime: str = "application/octet-stream", caption: str = "",
        thread: int | None = None,
    ) -> Posted:  # fmt: skip
        """Sends a file."""
        stored = self.world.keep_file(name, mime, content)
        body: JSON = {"document": stored.document()}
        return self._post(chat, body | ({"caption": caption} if caption else {}), None, thread)

    def send_media(self, chat: Chat | int, kind: str, thread: int | None = None) -> Posted:
        """Sends a small ``photo``, ``voice`` or ``sticker``."""
        stored = self.world.keep_file(f"{kind}.bin", "application/octet-stream", b"\x00" * 16)
        ids = {"file_id": stored.file_id, "file_unique_id": f"u{stored.file_id}", "file_size": 16}
        bodies: dict[str, JSON] = {
            "photo": {"photo": [{**ids, "width": 90, "height": 90}]},
            "voice": {"voice": {**ids, "duration": 2, "mime_type": "audio/ogg"}},
            "sticker": {
                "sticker": {
                    **ids,
                    "width": 512,
                    "height": 512,
                    "is_animated": False,
                    "is_video": False,
                    "type": "regular",
                }
            },
        }
        return self._post(chat, bodies[kind], None, thread)

    def edit(self, message: Posted, text: str) -> None:
        """Edits an own message."""
        if message.raw["from"]["id"] != self.id:
            raise SandboxError("只能編輯自己的訊息")
        with self.world.lock:
            message.history.append(message.text)
            entities = typed_entities(text)
            kept = {k: v for k, v in message.raw.items() if k != "entities"}
            message.raw = {**kept, "text": text, "edit_date": int(self.world.now())}
            message.raw |= {"entities": entities} if entities else {}
            self._tell(message, "edited_message")

    def press(self, message: Posted, callback_data: str) -> str:
        """Presses a button; the id under which ``World.callbacks`` keeps the answer."""
        if message.deleted or callback_data not in [button.get("callback_data") for button in message.buttons]:
            raise SandboxError("這則訊息沒有這個按鈕")
        with self.world.lock:
            number = str(self.world.serial())
            self.world.callbacks[number] = Callback(self.id, message, self.world.now(), callback_data)
            body = {"id": number, "from": self.raw, "message": message.raw, "data": callback_data}
            self.world.push("callback_query", {**body, "chat_instance": str(message.chat.id)})
            return number

    def answer(self, callback: str) -> JSON | None:
        """What the person saw after pressing (``text``, ``show_alert``); None while the button still turns."""
        return self.world.callbacks[callback].answer

    def ask_inline(self, query: str, chat_type: str = "private") -> str:
        """Types ``@bot query``; the id under which ``World.inline`` keeps the answer."""
        with self.world.lock:
            number = str(self.world.serial())
            self.world.inline[number] = InlineAsk(self.id, query, self.world.now())
            body = {"id": number, "from": self.raw, "query": query, "offset": "", "chat_type": chat_type}
            self.world.push("inline_query", body)
            return number

    def block(self) -> None:
        """Blocks the bot: its calls get 403."""
        self._blocks(True)

    def unblock(self) -> None:
        """Lets the bot in again."""
        self._blocks(False)

    def _blocks(self, blocked: bool) -> None:
        with self.world.lock:
            old, new = ("member", "kicked") if blocked else ("kicked", "member")
            self.world.blocked = self.world.blocked - {self.id} | ({self.id} if blocked else set())
            self.private.members[self.world.bot["id"]] = new
            _membership(self.world, self.private, self.raw, old)

    def _post(self, chat: Chat | int, body: JSON, reply_to: Posted | int | None, thread: int | None) -> Posted:
        world = self.world
        with world.lock:
            place = chat if isinstance(chat, Chat) else world.chats[chat]
            if place.members.get(self.id, "left") in {"left", "kicked"}:
                raise SandboxError("這個人不在這個群組裡")
            answered = place.find(reply_to) if isinstance(reply_to, int) else reply_to
            if answered:
                body["reply_to_message"] = {k: v for k, v in answered.raw.items() if k != "reply_to_message"}
                thread = thread or _reply_thread(place, answered)
            if thread is not None:
                if place.is_forum and thread not in place.topics:
                    raise SandboxError("沒有這個主題")
                body["message_thread_id"] = thread
                body |= {"is_topic_message": True} if place.is_forum else {}
            place.started = True
            posted = world.post(place, self.raw, body)
            self._tell(posted, "message")
            return posted

    def _tell(self, posted: Posted, kind: str) -> None:
        if self.world.chats[posted.chat.id].is_group and not _reaches(self.world, posted):
            self.world.touch()
        elif self.id not in self.world.blocked or posted.chat.is_group:
            self.world.push(kind, posted.raw)


def _reply_thread(chat: Chat, answered: Posted) -> int | None:
    """In a forum the topic; in another supergroup the first message of the row, as Telegram does."""
    if chat.is_forum or answered.thread:
        return answered.thread
    return answered.id if chat.type == "supergroup" else None


def _reaches(world: World, posted: Posted) -> bool:
    """Whether a group's message reaches the bot: privacy mode, Bot API "Bots FAQ"."""
    status = posted.chat.members.get(world.bot["id"], "left")
    if status in {"left", "kicked"}:
        return False
    if not world.privacy or status == "administrator":
        return True
    name = f"@{world.bot['username']}".lower()
    command = re.match(r"/\w+(@\w+)?(?=\s|$)", posted.text)
    if command and (command[1] or name).lower() == name:
        return True
    answered = posted.raw.get("reply_to_message", {}).get("from", {}).get("id")
    return name in posted.text.lower() or answered == world.bot["id"]


def add_person(
    world: World, user_id: int, name: str, username: str | None = None, language: str = "zh-hant", started: bool = False
) -> Person:
    """A person, with their private chat; the bot may write there once they have (or ``started``)."""
    with world.lock:
        user: JSON = {"id": user_id, "is_bot": False, "first_name": name, "language_code": language}
        world.users[user_id] = user | ({"username": username} if username else {})
        members = {user_id: "member", world.bot["id"]: "member"}
        world.chats.setdefault(user_id, Chat(world, user_id, "private", name, members=members, started=started))
        world.touch()
        return Person(world, user_id)


def choose_inline(person: Person, chat: Chat, number: str, result: str, thread: int | None = None) -> Posted:
    """Takes one of the results that came to a half-typed question; it stands in the chat as the person's message."""
    world = person.world
    with world.lock:
        ask = world.inline[number]
        found = next((r for r in (ask.answer or {}).get("results", []) if r["id"] == result), None)
        if found is None:
            raise SandboxError("這個結果已經不在了")
        body: JSON = {"text": found["shown"]["text"], "via_bot": world.bot}
        body |= {"entities": found["shown"]["entities"]} if found["shown"]["entities"] else {}
        body |= {"message_thread_id": thread, "is_topic_message": True} if chat.is_forum and thread else {}
        chosen = {"result_id": result, "from": person.raw, "query": ask.query}
        world.push("chosen_inline_result", chosen)
        return world.post(chat, person.raw, body)


def add_group(
    world: World, number: int, title: str, members: list[Person], administrators: list[Person],
    kind: str = "supergroup", forum: bool = False, bot_rights: set[str] | None = None,
) -> Chat:  # fmt: skip
    """A group with the bot in it; ``bot_rights`` make it an administrator (``can_delete_messages`` ...)."""
    with world.lock:
        chat_id = number if number < 0 else GROUP_BASE - number if kind == "supergroup" else -number
        chat = Chat(world, chat_id, kind, title, forum, bot_rights=bot_rights or set())
        chat.members = {p.id: "member" for p in members} | {p.id: "administrator" for p in administrators}
        world.chats[chat_id] = chat
        put_bot(world, chat, bot_rights)
        return chat


def put_bot(world: World, chat: Chat, rights: set[str] | None = None, by: int | None = None) -> None:
    """Adds the bot (as administrator where ``rights`` are given), or changes its rights."""
    unknown = (rights or set()) - set(RIGHTS)
    if unknown:
        raise SandboxError(f"沒有這個權限：{sorted(unknown)[0]}")
    with world.lock:
        old = chat.members.get(world.bot["id"], "left")
        chat.bot_rights = rights or set()
        chat.members[world.bot["id"]] = "administrator" if rights else "member"
        _membership(world, chat, _actor(world, chat, by), old)


def kick_bot(world: World, chat: Chat, by: int | None = None) -> None:
    """Removes the bot: its calls get 403."""
    with world.lock:
        old = chat.members.get(world.bot["id"], "left")
        chat.members[world.bot["id"]] = "kicked"
        _membership(world, chat, _actor(world, chat, by), old)


def _actor(world: World, chat: Chat, by: int | None) -> JSON:
    people = [user for user in chat.members if user in world.users]
    return world.users[by if by is not None else people[0]] if people or by is not None else world.bot


def _membership(world: World, chat: Chat, actor: JSON, old: str) -> None:
    new = member(world, chat.id, world.bot["id"])
    before: JSON = {"user": world.bot, "status": old if old != "administrator" else "member"}
    if old == "kicked":
        before["until_date"] = 0
    body = {"chat": chat.brief(), "from": actor, "date": int(world.now())}
    world.push("my_chat_member", {**body, "old_chat_member": before, "new_chat_member": new})
