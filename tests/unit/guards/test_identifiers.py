"""Each identifier by its table: what is one, and what only looks like one."""

from __future__ import annotations

import pytest

from bot.guards.personal_data import PersonalData
from tests.unit.guards.values import card, national_id, old_certificate

ID = national_id("B", "12048817")
ID_FEMALE = national_id("K", "22790135")
WRONG_ID = ID[:-1] + str((int(ID[-1]) + 1) % 10)
ARC_OLD = old_certificate("FC", "3019284")
ARC_NEW = national_id("C", "80417726")
CARD = card("453201198833457")
AMEX = card("37146091827364")

# (what it is, text, values found with their kinds)
FOUND: tuple[tuple[str, str, tuple[tuple[str, str], ...]], ...] = (
    ("national id", f"身分證字號{ID}的民眾", (("TW_NATIONAL_ID", ID),)),
    ("national id, lower case", f"帳號打成{ID.lower()}了", (("TW_NATIONAL_ID", ID.lower()),)),
    ("national id, bare", f"{ID_FEMALE}查不到資料", (("TW_NATIONAL_ID", ID_FEMALE),)),
    ("national id, blanks", f"證號 {' '.join(ID)} 對嗎", (("TW_NATIONAL_ID", " ".join(ID)),)),
    ("national id, line break", f"身分證：{ID[:6]}\n{ID[6:]}\n備註", (("TW_NATIONAL_ID", f"{ID[:6]}\n{ID[6:]}"),)),
    ("national id, typed wrong behind its label", f"身分證字號 {WRONG_ID} 有誤", (("TW_NATIONAL_ID", WRONG_ID),)),
    ("certificate, old", f"統一證號{ARC_OLD}換證", (("TW_RESIDENT_CERTIFICATE", ARC_OLD),)),
    ("certificate, new", f"移工{ARC_NEW}轉換雇主", (("TW_RESIDENT_CERTIFICATE", ARC_NEW),)),
    ("passport", "護照號碼 311 402 968 掉了", (("TW_PASSPORT", "311 402 968"),)),
    ("passport beside the nation", "HSU LI-WEN, TWN, 360118274", (("TW_PASSPORT", "360118274"),)),
    ("foreign passport", "越南籍護照C3320187要換發", (("TW_PASSPORT", "C3320187"),)),
    ("health card", "卡號 0000 7718 2093 過不了卡", (("TW_NHI_CARD", "0000 7718 2093"),)),
    ("health card without zeros, labelled", "健保卡號 203948571124", (("TW_NHI_CARD", "203948571124"),)),
    ("mobile", "請撥0938-221-047找他", (("TW_PHONE", "0938-221-047"),)),
    ("mobile abroad", "callback +886-938-221047", (("TW_PHONE", "+886-938-221047"),)),
    ("mobile dictated", "請打零九三八二二一零四七找我", (("TW_PHONE", "零九三八二二一零四七"),)),
    ("landline", "住戶家裡(02)2365-1178沒人接", (("TW_PHONE", "(02)2365-1178"),)),
    ("landline before 一", "家裡02-2365-1178一直忙線", (("TW_PHONE", "02-2365-1178"),)),
    ("landline without area code", "家電 2365-1178", (("TW_PHONE", "2365-1178"),)),
    ("email", "寄到shu.fen_w@mail.example.tw謝謝", (("EMAIL_ADDRESS", "shu.fen_w@mail.example.tw"),)),
    ("email, full width", "ｓｆ７７＠ｅｘａｍｐｌｅ．ｏｒｇ", (("EMAIL_ADDRESS", "ｓｆ７７＠ｅｘａｍｐｌｅ．ｏｒｇ"),)),
    ("email in words", "sf77 (at) example.org", (("EMAIL_ADDRESS", "sf77 (at) example.org"),)),
    ("address", "她住信義區莊敬路391巷8弄2號3樓之1", (("TW_ADDRESS", "信義區莊敬路391巷8弄2號3樓之1"),)),
    (
        "address in numerals",
        "住在和平東路二段一百零六巷十二號四樓",
        (("TW_ADDRESS", "和平東路二段一百零六巷十二號四樓"),),
    ),
    ("address, village", "戶籍南投縣鹿谷鄉竹豐村3鄰中湖巷21號", (("TW_ADDRESS", "南投縣鹿谷鄉竹豐村3鄰中湖巷21號"),)),
    ("birthday before 生", "（男，民國79年4月2日生）", (("DATE_OF_BIRTH", "民國79年4月2日"),)),
    ("birthday in numerals", "民國五十一年十二月三日生的", (("DATE_OF_BIRTH", "民國五十一年十二月三日"),)),
    ("birthday, English", "DOB: 7 May 1984", (("DATE_OF_BIRTH", "7 May 1984"),)),
    ("birthday, compact", "出生年月日 0790402", (("DATE_OF_BIRTH", "0790402"),)),
    ("birthday in a column", "編號,生日\n1,79.04.02", (("DATE_OF_BIRTH", "79.04.02"),)),
    ("card", f"刷卡{CARD}失敗", (("CREDIT_CARD", CARD),)),
    (
        "card, groups",
        f"卡號 {CARD[:4]} {CARD[4:8]} {CARD[8:12]} {CARD[12:]} 要退",
        (("CREDIT_CARD", f"{CARD[:4]} {CARD[4:8]} {CARD[8:12]} {CARD[12:]}"),),
    ),
    ("card of 15", f"AMEX {AMEX}", (("CREDIT_CARD", AMEX),)),
    ("account", "匯到玉山銀行(808)帳號0417-940-118263", (("BANK_ACCOUNT", "0417-940-118263"),)),
    ("post office", "局號0031882 帳號0426639", (("BANK_ACCOUNT", "0031882"), ("BANK_ACCOUNT", "0426639"))),
    ("account in a column", "序,帳號\n1,70012233445566", (("BANK_ACCOUNT", "70012233445566"),)),
    ("plate", "檢舉車牌BQX-6037違停", (("TW_LICENSE_PLATE", "BQX-6037"),)),
    ("plate, old", "白色轎車6Q-8830擋住車庫", (("TW_LICENSE_PLATE", "6Q-8830"),)),
    ("plate without dash", "機車MKR7719停紅線", (("TW_LICENSE_PLATE", "MKR7719"),)),
    ("line id", "LINE ID：tea_time0417", (("LINE_ID", "tea_time0417"),)),
    ("line id, 賴", "加我賴 kk.wu88", (("LINE_ID", "kk.wu88"),)),
    ("petition number", "W30-1130611-00214還沒回", (("CASE_NUMBER", "W30-1130611-00214"),)),
    ("case number", "訴願案號：1136044127", (("CASE_NUMBER", "1136044127"),)),
    ("case in 字第 form", "113年度社字第00512號個案", (("CASE_NUMBER", "113年度社字第00512號"),)),
)

NONE = (
    ("specimen of a national id", "範例身分證 A123456789"),
    ("property number with a wrong check digit", f"財產編號{WRONG_ID}"),
    ("pattern of an id", r"if not re.fullmatch('[A-Z][12][0-9]{8}', pid): raise"),
    ("document number", "北市資網字第1133099871號函"),
    ("clause numbers", "依參之二、陸一（四）及附件四"),
    ("company number", "統編70770225的廠商"),
    ("nine digits that are a count", "累計 312,402,968 次"),
    ("nine digits without passport", "郵件編號 311402968"),
    ("hotlines", "撥打1922、165、1957或0800-000-123"),
    ("switchboard", "本府代表號02-27208889轉1203"),
    ("agency's landline", "區公所電話02-2351-1711"),
    ("log values", "ticks=0988 offset=0966120 tries=4"),
    ("public mailbox", "service@gov.taipei"),
    ("placeholder", "your.name@example.com"),
    ("matrix product", "scores = rows @ weights.values"),
    ("public building", "請到臺北市信義區市府路1號洽公"),
    ("event site", "活動地點：青年公園（水源路199號）"),
    ("road alone", "忠孝東路四段的人行道"),
    ("date of a meeting", "說明會訂於113年11月21日"),
    ("limit of age", "民國50年6月30日以前出生者"),
    ("date in a query", "closed_on < '2001-07-01'"),
    ("bar code", f"公文條碼 {CARD[:-1]}{(int(CARD[-1]) + 3) % 10}"),
    ("published test card", "4111 1111 1111 1111"),
    ("budget code", "計畫代碼 033-710-2284"),
    ("bank code", "銀行代碼 012 是哪家"),
    ("printer", "投影機型號EB-9821"),
    ("model names", "Breeze-7B-Instruct-v1、gpt-3.5-turbo-1106"),
    ("standard", "通過 ISO-27001 驗證"),
    ("official account", "官方LINE是@cityhall"),
    ("traceback", 'File "sync.py", line 412, in push'),
    ("tender", "標案案號 1130905C0021"),
    ("masked values", "陳○娟、B22*****41、0935-***-***"),
    ("blank form", "連絡人：○○○　市話：○○-○○○○"),
    ("field names", "欄位：姓名、統一編號、手機、住址、帳號"),
    ("question about personal data", "車牌跟住址是不是個資？"),
    ("book number", "ISBN 978-957-13-8842-1"),
    ("network", "172.20.8.15:9200 5C:26:0A:77:E1:90"),
    ("hash", "commit 0c41be7793d2a65f8841"),
)


@pytest.mark.parametrize(("text", "values"), [case[1:] for case in FOUND], ids=[case[0] for case in FOUND])
def test_finds(personal_data: PersonalData, text: str, values: tuple[tuple[str, str], ...]) -> None:
    found = [(entity.type, text[entity.start : entity.end]) for entity in personal_data.find(text)]
    for value in values:
        assert value in found


@pytest.mark.parametrize("text", [case[1] for case in NONE], ids=[case[0] for case in NONE])
def test_leaves_alone(personal_data: PersonalData, text: str) -> None:
    assert personal_data.find(text) == ()


def test_every_kind_has_a_case(personal_data: PersonalData) -> None:
    kinds = {kind for _, _, values in FOUND for kind, _ in values}
    assert kinds
    assert kinds | {"PERSON", "SPECIAL_CATEGORY"} == set(personal_data.kinds)
