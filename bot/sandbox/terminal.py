"""The chat client in the terminal: who I am, the chats, the messages with their buttons, a line to write.

Everything works by keyboard: Tab moves, Enter presses or sends, F2 changes the person, F3 the topic; ``?`` typed alone
says what else can be written.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, ClassVar

from rich.text import Text
from textual.app import App, ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.widgets import Footer, Input, OptionList, Static
from textual.widgets.option_list import Option

from bot.sandbox.bubble import MessageBox, styled
from bot.sandbox.people import Person, SandboxError
from bot.sandbox.typed import HELP, Place, do
from bot.sandbox.view import commands, description, live_draft
from bot.sandbox.world import Chat

if TYPE_CHECKING:
    from bot.sandbox.server import Sandbox


class SandboxApp(App[None]):
    """The client over a running sandbox; looks for changes four times a second."""

    TITLE = "指引 試用"
    CSS = """
    #side { width: 28; border-right: solid $primary; padding: 0 1; }
    #chats { height: 1fr; }
    #log { height: 1fr; padding: 0 1; }
    MessageBox { height: auto; margin: 0 0 1 0; padding: 0 1; width: 90%; }
    .mine { background: $success 15%; margin: 0 0 1 8; }
    .theirs { background: $panel; }
    .row { height: auto; }
    .row Button { margin: 0 1 0 0; min-width: 10; }
    .draft { border: dashed $primary; height: auto; padding: 0 1; width: 90%; }
    #title { background: $primary 30%; padding: 0 1; height: auto; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("f2", "person", "換人"),
        Binding("f3", "topic", "換主題"),
        Binding("ctrl+q", "quit", "離開"),
    ]
    ENABLE_COMMAND_PALETTE = False

    def __init__(self, sandbox: Sandbox) -> None:
        super().__init__()
        self._sandbox, self._world = sandbox, sandbox.world
        self._me = next(iter(self._world.users))
        self._at = self._me
        self._topic: int | None = None
        self._version = -1
        self._opened: set[tuple[int, int]] = set()
        self._toasted: set[str] = set()
        self._drafting = False

    @property
    def person(self) -> Person:
        """Who writes."""
        return Person(self._world, self._me)

    @property
    def chat(self) -> Chat:
        """Where."""
        return self._world.chats[self._at]

    def compose(self) -> ComposeResult:
        """Chats at the side, messages and the line beside."""
        with Horizontal():
            with Vertical(id="side"):
                yield Static(id="who")
                yield OptionList(id="chats")
                yield Static(f"也可用瀏覽器開\n{self._sandbox.origin}", classes="soft")
            with Vertical():
                yield Static(id="title")
                yield VerticalScroll(id="log")
                yield Static(id="hints")
                yield Input(placeholder="打字後按 Enter；? 看還能做什麼", id="line")
        yield Footer()

    def on_mount(self) -> None:
        """Starts looking for changes."""
        self.query_one("#line", Input).focus()
        self.set_interval(0.25, self.look)

    async def look(self) -> None:
        """Draws anew where something changed."""
        gone = self._drafting and live_draft(self._world, self.chat) is None
        if self._world.version != self._version or gone:
            self._version = self._world.version
            await self.draw()

    async def draw(self) -> None:
        """The whole screen from the world as it is."""
        world, chat = self._world, self.chat
        self.query_one("#who", Static).update(f"我是 {self.person.raw['first_name']}")
        mine = [c for c in world.chats.values() if c.members.get(self._me, "left") not in {"left", "kicked"}]
        side = self.query_one("#chats", OptionList)
        side.clear_options().add_options(
            [Option(world.bot["first_name"] if not c.is_group else c.title, str(c.id)) for c in mine]
        )
        side.highlighted = mine.index(chat)
        where = f"　主題：{chat.topics.get(self._topic or 0, '一般')}（F3 換）" if chat.is_forum else ""
        name = f"@{world.bot['username']}"
        self.query_one("#title", Static).update(
            f"{chat.title}{where}　在群組請提到 {name}" if chat.is_group else f"與{world.bot['first_name']}的對話"
        )
        log = self.query_one("#log", VerticalScroll)
        with world.lock:
            shown = [m for m in chat.messages if not chat.is_forum or m.thread == self._topic][-60:]
            boxes = [MessageBox(m, m.raw["from"]["id"] == self._me, (chat.id, m.id) in self._opened) for m in shown]
        draft = live_draft(world, chat)
        self._drafting = draft is not None
        empty = "" if boxes or chat.is_group else f"{description(world)}\n打 /start 開始"
        async with log.batch():
            await log.remove_children()
            await log.mount_all(boxes or [Static(empty.strip())])
            if draft:
                await log.mount(
                    Static(
                        styled(draft.text, draft.entities) if draft.text else Text("思考中…", "dim"), classes="draft"
                    )
                )
        log.scroll_end(animate=False)
        if self.focused is None:
            self.query_one("#line", Input).focus()
        self._toast()

    def _toast(self) -> None:
        for number, callback in list(self._world.callbacks.items()):
            if callback.answer and number not in self._toasted:
                self._toasted.add(number)
                if callback.user == self._me and callback.answer["text"]:
                    self.notify(callback.answer["text"])

    def on_input_changed(self, event: Input.Changed) -> None:
        """The commands that fit what is typed."""
        found = (
            commands(self._world, self.chat, self._me) if event.value.startswith("/") and " " not in event.value else []
        )
        fitting = [f"/{c['command']} {c['description']}" for c in found if f"/{c['command']}".startswith(event.value)]
        self.query_one("#hints", Static).update("　".join(fitting))

    async def on_input_submitted(self, event: Input.Submitted) -> None:
        """Sends, or does what stands behind ``:``."""
        text = event.value.strip()
        event.input.value = ""
        if text in {"?", "？"}:
            self.notify(HELP, timeout=20)
        elif text:
            self._try(partial(do, Place(self.person, self.chat, self._topic, self._opened), text))
        await self.look()

    def on_message_box_pressed(self, event: MessageBox.Pressed) -> None:
        """A button under a message."""
        self._try(partial(self.person.press, event.posted, event.data))
        self.query_one("#line", Input).focus()

    async def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """Another chat."""
        self._at, self._topic = int(event.option.id or self._me), None
        await self.draw()
        self.query_one("#line", Input).focus()

    async def action_person(self) -> None:
        """The next person."""
        ids = list(self._world.users)
        self._me = ids[(ids.index(self._me) + 1) % len(ids)]
        if self._at not in self._world.chats or self.chat.members.get(self._me, "left") == "left":
            self._at, self._topic = self._me, None
        await self.draw()

    async def action_topic(self) -> None:
        """The next topic of a forum."""
        choices: list[int | None] = [None, *self.chat.topics]
        self._topic = choices[(choices.index(self._topic) + 1) % len(choices)]
        await self.draw()

    def _try(self, act: Callable[[], object]) -> None:
        try:
            act()
        except SandboxError as exc:
            self.notify(str(exc), severity="warning")
        except (OSError, ValueError, KeyError):
            self.notify("這個動作做不到；? 看寫法", severity="warning")
