"""Who and what stands ready when somebody tries the bot out: four people, a group and a group with topics."""

from __future__ import annotations

from dataclasses import dataclass

from bot.sandbox.server import Sandbox

CLERK, CHIEF, EDITOR, STRANGER = 1001, 1002, 1003, 1009


@dataclass(frozen=True, slots=True)
class Cast:
    """Ids for the bot's settings: who may use it, who administers it."""

    allow: tuple[int, ...]
    administrators: tuple[int, ...]
    names: dict[int, str]


def furnish(sandbox: Sandbox) -> Cast:
    """People and groups; the stranger and nobody else is on no list."""
    clerk = sandbox.user(CLERK, "王小明（承辦人）", "ming")
    chief = sandbox.user(CHIEF, "陳主任（管理者）", "chen")
    editor = sandbox.user(EDITOR, "林編輯（第二位管理者）", "lin")
    stranger = sandbox.user(STRANGER, "路人甲（不在名單）")
    office = sandbox.supergroup(1, "公文小組", [clerk, editor], administrators=[chief])
    forum = sandbox.supergroup(
        2, "資訊科（分主題）", [clerk, editor], administrators=[chief], forum=True, bot_rights={"can_delete_messages"}
    )
    for topic in ("採購", "對外文宣", "系統開發"):
        forum.add_topic(topic)
    people = (clerk, chief, editor, stranger)
    return Cast(
        allow=(CLERK, CHIEF, EDITOR, office.id, forum.id),
        administrators=(CHIEF, EDITOR),
        names={person.id: person.raw["first_name"] for person in people},
    )
