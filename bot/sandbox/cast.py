"""Who and what stands ready when somebody tries the bot out: four people, a group and a group with topics."""

from __future__ import annotations

from bot.sandbox.people import GROUP_BASE
from bot.sandbox.server import Sandbox

CLERK, CHIEF, EDITOR, STRANGER = 1001, 1002, 1003, 1009
OFFICE, FORUM = GROUP_BASE - 1, GROUP_BASE - 2
ALLOW = (CLERK, CHIEF, EDITOR, OFFICE, FORUM)
"""What the bot's list of who may use it should hold; the stranger is on no list."""
ADMINISTRATORS = (CHIEF, EDITOR)
"""Two, because acts on editions need two persons."""


def furnish(sandbox: Sandbox) -> None:
    """People and groups into an empty sandbox."""
    clerk = sandbox.user(CLERK, "王小明（承辦人）", "ming")
    chief = sandbox.user(CHIEF, "陳主任（管理者）", "chen")
    editor = sandbox.user(EDITOR, "林編輯（第二位管理者）", "lin")
    sandbox.user(STRANGER, "路人甲（不在名單）")
    sandbox.supergroup(OFFICE, "公文小組", [clerk, editor], administrators=[chief])
    forum = sandbox.supergroup(
        FORUM,
        "資訊科（分主題）",
        [clerk, editor],
        administrators=[chief],
        forum=True,
        bot_rights={"can_delete_messages"},
    )
    for topic in ("採購", "對外文宣", "系統開發"):
        forum.add_topic(topic)
