"""One message in the terminal: its text with styles, its buttons."""

from __future__ import annotations

from dataclasses import dataclass

from rich.text import Text
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.message import Message
from textual.widgets import Button, Static

from bot.sandbox.faults import JSON
from bot.sandbox.world import Posted

_STYLES = {
    "bold": "bold", "italic": "italic", "underline": "underline", "strikethrough": "strike", "code": "reverse",
    "pre": "reverse", "text_link": "underline cyan", "mention": "cyan", "bot_command": "cyan", "spoiler": "dim",
    "blockquote": "italic dim", "expandable_blockquote": "italic dim",
}  # fmt: skip
_QUOTE_SHOWN = 60


def _span(text: str, entity: JSON) -> tuple[int, int]:
    """UTF-16 offsets of an entity as positions in ``text``."""
    data, start = text.encode("utf-16-le"), entity["offset"]
    first = len(data[: start * 2].decode("utf-16-le"))
    return first, first + len(data[start * 2 : (start + entity["length"]) * 2].decode("utf-16-le"))


def styled(text: str, entities: list[JSON], opened: bool = False) -> Text:
    """The text with its styles; a long expandable quote is cut unless opened."""
    shown = Text(text)
    for entity in entities:
        shown.stylize(_STYLES.get(entity["type"], ""), *_span(text, entity))
    if opened:
        return shown
    for entity in reversed(entities):
        first, last = _span(text, entity)
        if entity["type"] == "expandable_blockquote" and last - first > _QUOTE_SHOWN:
            shown = shown[: first + _QUOTE_SHOWN] + Text("…（:展 展開）", "cyan") + shown[last:]
    return shown


class MessageBox(Vertical):
    """One message with its buttons."""

    @dataclass
    class Pressed(Message):
        """A button of the message was pressed."""

        posted: Posted
        data: str

    def __init__(self, posted: Posted, mine: bool, opened: bool) -> None:
        super().__init__(classes="mine" if mine else "theirs")
        self._posted, self._opened = posted, opened

    def compose(self) -> ComposeResult:
        """Name, text, rows of buttons."""
        posted = self._posted
        raw = posted.raw
        head = Text(f"{posted.id}　{raw['from']['first_name']}", "bold cyan")
        head.append("　已編輯" if "edit_date" in raw else "", "dim").append(f"　{posted.reaction or ''}")
        if posted.reply_to:
            head.append(f"　↩ {posted.reply_to}", "dim")
        lines = [head]
        if "document" in raw:
            lines.append(
                Text(f"📄 {raw['document']['file_name']}（{raw['document']['file_size']} 位元組）", "underline")
            )
        lines += [Text(f"〔{kind}〕") for kind in ("photo", "voice", "sticker") if kind in raw]
        lines += [styled(posted.text, posted.entities, self._opened)] if posted.text else []
        yield Static(Text("\n").join(lines))
        for row in raw.get("reply_markup", {}).get("inline_keyboard", []):
            with Horizontal(classes="row"):
                for button in row:
                    yield _Act(button)

    def on_button_pressed(self, event: Button.Pressed) -> None:
        """Hands the press on with its message."""
        event.stop()
        if isinstance(event.button, _Act) and event.button.data:
            self.post_message(self.Pressed(self._posted, event.button.data))


class _Act(Button):
    def __init__(self, button: JSON) -> None:
        super().__init__(Text(button["text"]), compact=True)
        self.data = str(button.get("callback_data", ""))
