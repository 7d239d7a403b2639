"""Secrets with a value, and talk about secrets."""

from __future__ import annotations

import pytest

from bot.guards.secrets import Secrets

_HEAD = "發文日期：中華民國113年5月1日\n發文字號：府人考字第1130000123號\n"
_TOKEN = "gh" + "p_" + "q7Zk29XmT4bW8cVnL1sRdYh6JpKe3uGa"
FOUND = (
    ("password in Chinese", "系統密碼是 Taipei@2031 幫我看", "Taipei@2031"),
    ("password without 是", "帳號 admin 密碼 Kx88!mop 登不進去", "Kx88!mop"),
    ("digits behind a colon", "密碼：88120344", "88120344"),
    ("assignment", "DB_PASSWORD=Vy12#qpl", "Vy12#qpl"),
    ("quoted", "password = 'correcthorse'", "correcthorse"),
    ("JSON", '{"api_key": "kd83jfKJd83jd8Jd"}', "kd83jfKJd83jd8Jd"),
    ("connection string", "postgres://app:Gx8kPq21@10.1.2.3:5432/case", "Gx8kPq21"),
    ("token by its form", f"用 {_TOKEN} 拉不下來", _TOKEN),
    ("bearer", "Authorization: Bearer abcdef0123456789abcdef01", "abcdef0123456789abcdef01"),
    ("private key", "-----BEGIN RSA PRIVATE KEY-----\nMIIE", "-----BEGIN RSA PRIVATE KEY-----"),
    ("graded document", f"{_HEAD}密等及解密條件或保密期限：密\n主旨：有關某案", "密"),
    ("graded document, spaced", f"受文者：某局\n速別：最速件\n密　　等：極機密\n{_HEAD}", "極機密"),
    ("graded title", f"【機密】\n{_HEAD}主旨：有關某案", "機密"),
)
NONE = (
    ("environment", "secret = os.getenv('APP_SECRET')"),
    ("variable", "PASSWORD=${DB_PASS}"),
    ("call", "password = getpass.getpass()"),
    ("rule", "密碼長度至少12碼，要含大小寫"),
    ("forgotten", "忘記密碼怎麼辦"),
    ("masked", "密碼：********"),
    ("limit", "max_tokens: 4096"),
    ("question about keys", "API金鑰可以放在程式裡嗎"),
    ("question about 密件", "密件公文可以用外部AI翻譯嗎"),
    ("question about 密等", "公文的密等欄寫「密」，可以請AI校對嗎"),
    ("ordinary document", f"{_HEAD}密等及解密條件或保密期限：普通\n主旨：有關某案"),
    ("address of a site", "https://example.com:8080/a@b"),
)


@pytest.mark.parametrize(("text", "value"), [case[1:] for case in FOUND], ids=[case[0] for case in FOUND])
def test_finds(secrets: Secrets, text: str, value: str) -> None:
    found = secrets.find(text)
    assert [text[entity.start : entity.end] for entity in found] == [value]
    assert {entity.type for entity in found} == {"SECRET"}


@pytest.mark.parametrize("text", [case[1] for case in NONE], ids=[case[0] for case in NONE])
def test_leaves_talk_alone(secrets: Secrets, text: str) -> None:
    assert secrets.find(text) == ()
