"""What only the chat says: Traditional Chinese as Taiwan writes it."""

from __future__ import annotations

BUTTON_SOURCES = "📖 來源"
BUTTON_TRIAGE = "🧭 判級"
BUTTON_WHY = "為什麼"
BUTTON_CORRECT = "✏️ 更正"
CHOICES = ("是", "否", "不確定")
REASONS = {"wrong": "內容錯誤", "wrong_clause": "條文不符", "unclear": "看不懂", "unanswered": "未回答"}
SOURCES_TITLE = "📖 條文原文（指引版本 {edition}）"
CARRIED = (
    "請留意：訊息在我拒絕之前，已經由 Telegram 傳送並存放在它的伺服器；這一點我無法收回。"
    "所以請不要在這裡貼上民眾個資或機密內容。"
)
START = (
    "您好，我是指引小幫手，回答《{title}》的問題。\n"
    "直接打字提問就可以，例如：「對外的海報要揭露什麼？」\n"
    "想知道一個用途屬於哪一級風險，請用 /triage 加上描述。\n\n"
    "{carried}\n\n/help 看全部指令，/privacy 看資料怎麼處理。"
)
HELP = (
    "可以這樣用\n"
    "・直接打字提問；接著問「為什麼？」「那新聞稿呢？」會延續上一題。\n"
    "・改了已送出的訊息，我會在原處重新回答。\n"
    "・群組裡請 @{bot}、回覆我的訊息，或用指令。\n\n"
    "指令\n{commands}"
)
PRIVACY = (
    "資料怎麼處理\n"
    "・{carried}\n"
    "・您的問題只在答覆前加密暫存，答覆送達後，金鑰與內容一起銷毀。\n"
    "・前後文只留在記憶體，{minutes} 分鐘沒有往來就忘記；/cancel 可以立刻忘記。\n"
    "・留下的紀錄只有時間、種類、條號、版本與評分，沒有您的文字，也沒有您的姓名。\n"
    "・訊息裡若有個資，我會拒絕並給遮蔽後的版本，不留存，也不交給模型。\n"
    "・問題只由本府指定的模型在本機處理，除非管理者另行設定；每則說明都會寫出是哪個模型。"
)
COMMANDS = {
    "start": "開始，先看這裡",
    "help": "怎麼使用",
    "ask": "問一題，例如 /ask 海報要揭露什麼",
    "triage": "判定一個用途的風險等級",
    "checklist": "附件四檢核表",
    "sources": "上一則回覆的條文全文",
    "edition": "目前依據的指引版本",
    "privacy": "資料怎麼處理",
    "export": "把這段對話存成檔案",
    "cancel": "停止並忘記這段對話",
}
GROUP_COMMANDS = ("ask", "triage", "sources", "edition", "privacy", "help")
ADMIN_COMMANDS = {
    "status": "服務狀況",
    "pause": "暫停回答",
    "resume": "恢復回答",
    "members": "成員名單",
    "allow": "加入成員：/allow 編號 角色 單位",
    "remove": "移除成員：/remove 編號，或 /remove 單位名稱",
    "invite": "產生邀請碼：/invite 角色 單位 時數",
}
ASK_WHAT = "請寫下您的問題，下一則訊息就是題目。"
TRIAGE_WHAT = "請用一兩句話描述：用什麼工具、放進什麼資料、產出給誰看、有沒有人確認。下一則訊息就是描述。"
CORRECT_WHAT = "請把更正後的完整描述傳給我，下一則訊息會重新判級。"
CHECKLIST_LATER = "附件四檢核表的填寫功能尚未完成；目前可以問我檢核表各項的規定。"
NO_SOURCES = "還沒有可以列出條文的回覆；請先問一題。"
NO_EXPORT = "這段對話裡還沒有回覆可以存檔。"
EXPORT_NAME = "zhiyin-{date}.txt"
EXPORT_CAPTION = "這段對話的問與答；檔案只傳給您，我這裡不留。"
EDITION = "《{title}》\n文號：{number}\n函頒日期：{date}\n發布：{issuer}\n版本代號：{id}"
CANCELLED = "已停止，這段對話也忘記了。"
CANCELLED_QUESTION = "這一題已取消。"
EXPIRED = "這則回覆已過期，請再問一次。"
NOT_OURS = "這個按鈕已失效，請再問一次。"
NOT_YOURS = "這一題由發問的人作答；您可以自己再問一次。"
THANKS = "謝謝，已記下（不含您的文字）。"
WHICH_REASON = "哪裡不對？"
WHY = "為什麼？"
WAITING = "目前前面還有 {before} 位，請稍候。"
EXPLAINING = "說明撰寫中，前面還有 {before} 位。"
FULL = "目前等候的人數已滿，這一題沒有排入；請幾分鐘後再傳一次。"
SLOW_DOWN = "您這一分鐘的提問較多，請 {seconds} 秒後再試。"
GROUP_SLOW_DOWN = "這個群組這一分鐘的提問較多，請 {seconds} 秒後再試。"
TEXT_ONLY = "我只讀得懂文字。{kind}我看不到內容，請把問題用文字寫下來；請先去識別化，不要附上民眾個資。"
MEDIA = {
    "photo": "圖片",
    "voice": "語音",
    "audio": "錄音",
    "video": "影片",
    "video_note": "影片",
    "document": "檔案",
    "sticker": "貼圖",
    "location": "位置",
    "contact": "聯絡人",
    "animation": "動圖",
}
PLEASE_DELETE = "請您刪除那則訊息：我在這個群組沒有刪除的權限。"
DELETED = "那則訊息已由我從群組刪除。"
PLEASE_DELETE_PRIVATE = "也請您刪除上面那則訊息。"
STRANGER = "這個機器人供指定的同仁使用。請向貴機關管理者索取邀請碼，您的編號是 {user}。"
INVITED = "邀請碼已生效，歡迎使用。"
BAD_INVITATION = "邀請碼不對或已過期，請向管理者索取新的。"
NOT_ALLOWED = "這個指令只有{roles}可以使用。"
ROLES = {"user": "使用者", "editor": "編輯", "administrator": "管理者", "auditor": "稽核"}
PAUSED_NOW = "已暫停：除了管理指令，其他訊息只會得到暫停的說明。"
RESUMED_NOW = "已恢復回答。"
STILL_PAUSED = "設定 ZHIYIN_PAUSED=1 仍在，請改設定並重新啟動。"
USAGE_ALLOW = "用法：/allow 編號 [使用者|編輯|管理者|稽核] [單位]；群組編號是負數。"
USAGE_REMOVE = "用法：/remove 編號，或 /remove 單位名稱。"
USAGE_INVITE = "用法：/invite [使用者|編輯|管理者|稽核] [單位] [時數，最長 720]。"
ALLOWED = "已加入：{id}，{role}{unit}。"
REMOVED = "已移除 {count} 筆。"
FIXED_IN_SETTINGS = "{id} 寫在設定裡，請改設定。"
INVITATION = "邀請碼（{role}{unit}，{hours} 小時內有效，只能用一次）：\n{code}\n請對方私訊我：/start {code}"
NO_MEMBERS = "名單是空的；設定裡的成員不列在這裡。"
STATUS = (
    "狀態：{state}\n等候查閱：{lookup}\n等候模型：{model}\n未完成：{unconfirmed}\n對話：{sessions}\n指引版本：{edition}"
)
UNKNOWN_COMMAND = "沒有這個指令；/help 看可用的指令。"
GROUP_HELLO = "大家好。要問我請 @{bot}，或用 /ask；請不要貼上民眾個資。{carried}"
WITHOUT_EXPLANATION = "目前使用人數多，這一則沒有說明段。"
INLINE_TITLE = "問指引：{question}"
