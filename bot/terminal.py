"""What a person sees in the terminal: progress bars, one reply, a conversation."""

from __future__ import annotations

import sys
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any

from bot import replies
from bot.domain import Kind, Message, Mode, Reply
from bot.errors import ZhiyinError
from bot.person import system_user

if TYPE_CHECKING:
    from bot.app import App
    from bot.settings import Settings

SAMPLES = (
    "公務用的 AI 帳號可以用自己的信箱註冊嗎？",
    "AI 產出的內容有錯，是誰要負責？",
    "檢核表填完要送到哪個單位？",
)
"""The three sample messages of the README."""
HELP = """直接打字提問；接著問「為什麼？」「那新聞稿呢？」會延續上一題。
/sources   上一則回覆的條文全文
/good /bad 對上一則回覆按 👍 或 👎；👎 可加原因，例如 /bad 看不懂（內容錯誤、條文不符、看不懂、未回答）
/export 檔名  把上一則回覆的副本（含引用）存成您指定的檔案，這裡不留存
/help      這份說明
/quit      離開（或 Ctrl-D）"""
_TURNS_KEPT = 4


class StepBars:
    """A bar per step on standard error; silent until a step has something to do."""

    def __init__(self) -> None:
        self._bars: Any = None
        self._tasks: dict[str, Any] = {}
        self._told: dict[str, int] = {}

    def __enter__(self) -> StepBars:
        return self

    def __call__(self, step: str, done: int, total: int) -> None:
        if not sys.stderr.isatty():
            share = 10 * done // max(total, 1)
            if self._told.get(step) != share:
                self._told[step] = share
                print(f"zhiyin: {step} {share * 10}%", file=sys.stderr, flush=True)
            return
        if self._bars is None:
            from rich.console import Console
            from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

            self._bars = Progress(
                TextColumn("{task.description}"),
                BarColumn(),
                TextColumn("{task.percentage:>3.0f}%"),
                TimeRemainingColumn(),
                console=Console(stderr=True),
            )
            self._bars.start()
        if step not in self._tasks:
            self._tasks[step] = self._bars.add_task(step, total=max(total, 1))
        self._bars.update(self._tasks[step], completed=done, total=max(total, 1))

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._bars is not None:
            self._bars.stop()


def print_reply(reply: Reply) -> None:
    """The reply's text; coloured where standard output is a terminal."""
    if not sys.stdout.isatty():
        print(reply.text)
        return
    from rich.console import Console

    Console(highlight=False).print(styled(reply))


def styled(reply: Reply) -> Any:
    """The text with a bold first line and a dim last block."""
    from rich.text import Text

    head, *rest = reply.text.split("\n")
    body, _, foot = "\n".join(rest).rpartition("\n\n")
    text = Text(head, style="bold" if reply.verdict or reply.kind is not Kind.ANSWER else "")
    if body:
        text.append("\n" + body)
    text.append("\n\n" + foot if foot else "", style="dim")
    return text


def chat(app: App, settings: Settings) -> int:
    """A conversation; without a terminal one reply per line read, or the sample messages where there is none."""
    if not sys.stdin.isatty():
        return _piped(app)
    return _Conversation(app).run()


def _piped(app: App) -> int:
    lines = [line.decode("utf-8", "replace").strip() for line in sys.stdin.buffer]
    asked = [line for line in lines if line]
    earlier: list[str] = []
    for text in asked or SAMPLES:
        if not asked:
            print(f"❓ {text}")
        reply = app.assistant.reply(
            Message(text, conversation=tuple(earlier[-_TURNS_KEPT:]) if asked else ()),
            Mode.AUTO,
            channel="terminal",
            who=system_user(),
        )
        earlier.append(text)
        print(reply.text, end="\n\n", flush=True)
    return 0


class _Conversation:
    """The prompt, its commands, and the last reply."""

    def __init__(self, app: App) -> None:
        from rich.console import Console

        self.app, self.who = app, system_user()
        self.console = Console(highlight=False)
        self.earlier: list[str] = []
        self.last: Reply | None = None
        self.asked, self.asked_at = "", datetime.now().astimezone()
        self.commands: dict[str, Callable[[str], None]] = {
            "/help": lambda _: self.console.print(HELP),
            "/sources": lambda _: self._sources(),
            "/good": lambda _: self._rate(True),
            "/bad": lambda reason: self._rate(False, reason),
            "👍": lambda _: self._rate(True),
            "👎": lambda reason: self._rate(False, reason),
            "/export": self._export,
        }

    def run(self) -> int:
        """Until /quit or Ctrl-D. What is typed is remembered for this session only, never on disk."""
        from prompt_toolkit import PromptSession
        from prompt_toolkit.completion import WordCompleter
        from prompt_toolkit.history import InMemoryHistory

        session: PromptSession[str] = PromptSession(
            history=InMemoryHistory(), completer=WordCompleter([*self.commands, "/quit"], sentence=True)
        )
        with self.console.status("準備中…"):
            self.app.warm()
        title = self.app.library.current().edition.manifest.title
        self.console.print(replies.SMALL_TALK.format(title=title), "\n輸入 /help 看指令。", style="dim")
        while True:
            try:
                text = session.prompt("❓ ").strip()
            except KeyboardInterrupt:
                continue
            except EOFError:
                return 0
            if text == "/quit":
                return 0
            command, _, rest = text.partition(" ")
            if command in self.commands:
                self.commands[command](rest.strip())
            elif text.startswith("/"):
                self.console.print(f"沒有 {command} 這個指令；/help 看可用的指令。")
            elif text:
                self._reply(text)

    def _reply(self, text: str) -> None:
        from rich.live import Live
        from rich.text import Text

        shown = Text("…", style="dim")
        stop = False
        self.asked, self.asked_at = text, datetime.now().astimezone()
        with Live(shown, console=self.console, refresh_per_second=12, transient=True) as live:
            try:
                self.last = self.app.assistant.reply(
                    Message(text, conversation=tuple(self.earlier[-_TURNS_KEPT:])),
                    Mode.AUTO,
                    channel="terminal",
                    who=self.who,
                    watcher=_LiveWatcher(live),
                    cancelled=lambda: stop,
                )
            except KeyboardInterrupt:
                stop = True
                self.console.print("已停止這一題。", style="dim")
                return
        if self.last.kind is not Kind.REFUSED:
            self.earlier.append(text)
        self.console.print(styled(self.last))

    def _sources(self) -> None:
        if self.last is None or not self.last.details:
            self.console.print("上一則回覆沒有引用條文。")
            return
        self.console.print(self.last.details)

    def _rate(self, good: bool, said: str = "") -> None:
        if self.last is None:
            self.console.print("還沒有回覆可以評分。")
            return
        reason = next((code for code, words in replies.COMPLAINTS.items() if words == said), None)
        if said and reason is None:
            self.console.print(f"原因請從這幾個選：{'、'.join(replies.COMPLAINTS.values())}")
            return
        try:
            kept = self.app.ledger.rate(self.last.id, good=good, reason=reason, who=self.who)
        except ZhiyinError as exc:
            self.console.print(str(exc))
            return
        told = "謝謝，已記下評分（不含您的文字）。" if kept else "這則回覆沒有紀錄可以評分。"
        self.console.print(told, style="dim")

    def _export(self, name: str) -> None:
        if self.last is None or not name:
            self.console.print("還沒有回覆可以匯出。" if self.last is None else "請加上檔名，例如 /export 回覆.txt")
            return
        from bot.personal_copy import personal_copy

        manifest = self.app.library.current().edition.manifest
        path = Path(name).expanduser()
        try:
            with path.open("x", encoding="utf-8") as file:
                file.write(personal_copy(self.last, self.asked, manifest, self.asked_at))
        except FileExistsError:
            self.console.print(f"{path} 已經存在，沒有覆寫；請換一個檔名。")
        except OSError as exc:
            self.console.print(f"無法寫入 {path}（{exc.strerror or type(exc).__name__}）")
        else:
            self.console.print(f"已存成 {path}；請依貴機關規定歸檔。", style="dim")


class _LiveWatcher:
    """Shows the official part at once and the model's sentences as they pass."""

    def __init__(self, live: Any) -> None:
        self._live = live
        self._text = ""

    def official(self, text: str) -> None:
        self._text = text + "\n\n"
        self._show()

    def sentence(self, text: str) -> None:
        self._text += text
        self._show()

    def _show(self) -> None:
        from rich.text import Text

        self._live.update(Text(self._text))
