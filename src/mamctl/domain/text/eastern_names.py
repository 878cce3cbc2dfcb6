"""Chinese, Japanese and Korean names: written without a blank, the family name first, and that from a short list."""

from __future__ import annotations

import re
from functools import lru_cache

_HAN = re.compile("[\u3400-\u9fff\u3005]{2,5}")
_HANGUL = re.compile("[\uac00-\ud7a3]{2,4}")

# The commonest family names; together they are those of nine people in ten.
_CHINESE = frozenset(
    "王李张張刘劉陈陳杨楊黄黃赵趙吴吳周徐孙孫马馬朱胡郭何林高梁郑鄭罗羅宋谢謝唐韩韓曹许許邓鄧萧蕭冯馮曾程蔡彭潘袁于董余苏蘇叶葉吕呂魏蒋蔣田杜丁沈"
    "姜范江傅钟鍾卢盧汪戴崔任陆陸廖姚方金邱夏谭譚韦韋贾賈邹鄒石熊孟秦阎閻薛侯雷白龙龍段郝孔邵史毛常万萬顾顧赖賴武康贺賀严嚴尹钱錢施牛洪龚龔莫鲁魯余"
)
_CHINESE_LONG = ("欧阳", "歐陽", "司马", "司馬", "诸葛", "諸葛", "上官", "东方", "慕容", "令狐", "独孤")
_JAPANESE = tuple(
    (
        "佐藤 鈴木 高橋 田中 伊藤 渡辺 渡邊 山本 中村 小林 加藤 吉田 山田 "
        "佐々木 山口 松本 井上 木村 清水 斎藤 斉藤 林 阿部 池田 橋本 山崎 "
        "石川 森 中島 前田 藤田 後藤 岡田 長谷川 村上 近藤 石井 坂本 遠藤 "
        "青木 藤井 西村 福田 太田 三浦 藤原 岡本 松田 中川 中野 小川 原田 "
        "川端 三島 夏目 芥川 太宰 谷崎 大江 東野 宮部 宮沢 宮崎 江戸川 "
        "横溝 京極 伊坂 湊 島田 松岡 恩田 角田 小野 川上 吉本 安部 有川 "
        "辻村 綾辻 米澤 北方 司馬 池波 藤沢 井伏 志賀 樋口 与謝野 石田 "
        "上橋 星 筒井 小松 梨木 森見 百田 柚月 原 桐野 今村 町田 村田 "
        "东野 宫部 宫崎 三岛 岛田 松冈"
    ).split()
)
_KOREAN = frozenset(
    "김이박최정강조윤장임한오서신권황안송류전홍고문양손배백허유남심노하곽성차주우구민진지엄채원천방공현함변염여추도소석선설마길연위표명기반왕금옥육인맹제모남탁국어은편용공지"
)


_EASTERN = re.compile("[\u3005\u3040-\u30fa\u30fc-\u30ff\u3400-\u9fff\uac00-\ud7a3 ]+")


def is_eastern(text: str) -> bool:
    """Whether a text is of these scripts alone; "・" stands in foreign names, of which nothing is known here."""
    return not text.isascii() and bool(_EASTERN.fullmatch(text))


@lru_cache(maxsize=4_096)
def is_eastern_name(text: str) -> bool:
    """Whether a text of these scripts alone looks like one person's name: 刘慈欣, 村上春樹, 김영하."""
    if _HANGUL.fullmatch(text):
        return len(text) == 3 and text[0] in _KOREAN
    if not _HAN.fullmatch(text):
        return False
    if text.startswith(_CHINESE_LONG):
        return len(text) in {3, 4}
    if len(text) > 2 and any(text.startswith(name) and len(text) - len(name) in {1, 2, 3} for name in _JAPANESE):
        return True
    return text[0] in _CHINESE and len(text) in {2, 3}
