"""Names and what the law calls special about a person."""

from __future__ import annotations

import pytest

from bot.guards.personal_data import PersonalData

PERSONS = (
    ("behind a role", "陳情人簡雅萍來電三次", ("簡雅萍",)),
    ("behind 我叫", "我叫鄧文堯，路燈壞了", ("鄧文堯",)),
    ("in a sentence", "昨天又是姚佩瑄來櫃檯拍桌", ("姚佩瑄",)),
    ("title behind", "請寫給穆秋蓉女士", ("穆秋蓉",)),
    ("two characters behind a label", "戶名：卓敏", ("卓敏",)),
    ("compound surname", "歐陽宜庭的案子", ("歐陽宜庭",)),
    ("double surname", "收件人：張廖秀桃", ("張廖秀桃",)),
    ("Vietnamese in characters", "阮氏秋莉要換證", ("阮氏秋莉",)),
    ("Japanese", "住戶中村美香反映", ("中村美香",)),
    ("by sound with a dot", "申請人拉娃·諾幹", ("拉娃·諾幹",)),
    ("blanks between", "姓 名 ： 薛 淑 卿", ("薛 淑 卿",)),
    ("surname apart", "申請人：薛 淑卿", ("薛 淑卿",)),
    ("list", "出席：薛淑卿、葛文豪、鄧佩瑄", ("薛淑卿", "葛文豪", "鄧佩瑄")),
    ("table", "編號\t姓名\n1\t薛淑卿\n2\t覃曉", ("薛淑卿", "覃曉")),
    ("SQL", "INSERT INTO t(id,name) VALUES (1,'薛淑卿')", ("薛淑卿",)),
    ("JSON", '{"name": "Wahyu Lestari"}', ("Wahyu Lestari",)),
    ("English", "Applicant: Dominic Harrow wants a refund", ("Dominic Harrow",)),
    ("passport style", "WENG, CHIA-LING 入境", ("WENG, CHIA-LING",)),
    ("ticket style", "KUO/MEILING MS", ("KUO/MEILING",)),
    ("Vietnamese", "Nguyễn Thị Thu Trang 要翻譯", ("Nguyễn Thị Thu Trang",)),
    ("simplified", "个案刘淑玲需要安置", ("刘淑玲",)),
    ("namesake of a minister behind a private role", "申請人林佳龍補件", ("林佳龍",)),
)
NOBODY = (
    ("office before", "副市長林奕華的致詞"),
    ("office behind", "鄧文堯議員的質詢"),
    ("unknown councillor", "議員簡雅萍質詢稿"),
    ("artist", "模仿村上隆風格"),
    ("unknown painter", "畫家薛文堯的作品"),
    ("historic person", "沈葆楨的生平"),
    ("park", "林茂生紀念公園"),
    ("firm", "林泰資訊股份有限公司"),
    ("road", "林森北路、吳興街、羅斯福路"),
    ("masked", "吳○娟、許Ｏ宏、鄭**"),
    ("alias", "個案（化名小婷）"),
    ("specimen", "範例：王小明"),
    ("高度", "方向、石材、馬路、丁種、白板、田埂、游泳、簡報、余額、毛毯、康復、章程"),
    ("陳情", "陳情人、里民陳情、民眾反映、申請人應附文件"),
    ("role alone", "主管核可後同仁方能使用"),
    ("models", "Microsoft Copilot 與 Adobe Firefly 的差別"),
    ("city", "New Taipei City Government 的英文"),
    ("references", "Zheng, R., Cai, J., & Chen, L. (2023)"),
    ("blank form", "姓名：　　　聯絡人：____"),
)
SPECIAL = (
    ("diagnosis", "個案薛淑卿確診肺腺癌", "確診肺腺癌"),
    ("illness", "里民葛文豪有中度躁鬱症", "中度躁鬱症"),
    ("gene", "案主鄧佩瑄BRCA2基因突變", "BRCA2基因突變"),
    ("intimate", "簡雅萍說她是同性戀", "同性戀"),
    ("check-up", "姚佩瑄的血糖偏高、尿酸8.1", "血糖偏高、尿酸8.1"),
    ("record", "員工穆文豪有兩次竊盜前科", "兩次竊盜前科"),
)
TALK = (
    "健檢資料能不能拿來訓練模型？",
    "氣喘照護手冊請AI排版",
    "詐欺罪的刑度做成圖表",
    "特種個資包括病歷、基因、前科嗎",
    "流感流行請戴口罩",
)


@pytest.mark.parametrize(("text", "names"), [case[1:] for case in PERSONS], ids=[case[0] for case in PERSONS])
def test_finds_persons(personal_data: PersonalData, text: str, names: tuple[str, ...]) -> None:
    found = {text[entity.start : entity.end] for entity in personal_data.find(text) if entity.type == "PERSON"}
    assert found == set(names)


@pytest.mark.parametrize("text", [case[1] for case in NOBODY], ids=[case[0] for case in NOBODY])
def test_leaves_others_alone(personal_data: PersonalData, text: str) -> None:
    assert personal_data.find(text) == ()


@pytest.mark.parametrize(("text", "value"), [case[1:] for case in SPECIAL], ids=[case[0] for case in SPECIAL])
def test_special_data_of_somebody(personal_data: PersonalData, text: str, value: str) -> None:
    found = [text[e.start : e.end] for e in personal_data.find(text) if e.type == "SPECIAL_CATEGORY"]
    assert found
    assert any(value in phrase or phrase in value for phrase in found)


@pytest.mark.parametrize("text", TALK)
def test_talk_about_special_data(personal_data: PersonalData, text: str) -> None:
    assert personal_data.find(text) == ()
