"""What a column's name suggests: target, site, identifier, code. Words in Japanese and English, matched whole."""

from __future__ import annotations

import re
import unicodedata

_TARGET_WORDS = frozenset(
    {"target", "label", "class", "outcome", "churn", "churned", "failure", "fraud", "default", "diagnosis", "response"}
    | {"result", "y", "survived", "attrition", "defect", "demand", "sales", "stockout", "score", "rating", "quality"}
    | {"grade", "progression", "yield", "revenue", "conversion", "exited", "converted", "medv", "species"}
)
_TARGET_WORDS_JA = (
    *(
        "目的変数",
        "目的",
        "正解",
        "ラベル",
        "解約",
        "退会",
        "離職",
        "退職",
        "故障",
        "不良",
        "欠品",
        "合否",
        "判定",
        "結果",
    ),
    *("成約", "購入", "需要", "売上", "販売数", "来客数", "収率", "歩留", "異常", "不正", "離反", "予測対象"),
)
_WEAK_TARGET_WORDS = frozenset({"total", "price", "amount", "count", "cnt", "status"})
_WEAK_TARGET_WORDS_JA = ("合計", "価格", "金額", "件数", "数量")
# What is known from earlier days is an input, whatever the rest of its name says.
_PAST_WORDS = frozenset({"previous", "prev", "last", "lag", "past", "yesterday", "history", "historical", "before"})
_PAST_WORDS_JA = ("前日", "前週", "前月", "前年", "前回", "昨日", "昨年", "先週", "過去")

_SITE_WORDS = frozenset(
    {"site", "store", "shop", "branch", "hospital", "clinic", "plant", "factory", "station", "subject", "patient"}
    | {
        "speaker",
        "location",
        "facility",
        "warehouse",
        "outlet",
        "center",
        "centre",
        "school",
        "office",
        "depot",
        "ward",
    }
    | {"institution", "vehicle", "turbine", "line", "equipment", "machine", "device", "sensor", "farm", "drawer"}
)
_SITE_WORDS_JA = (
    *(
        "店舗",
        "店",
        "支店",
        "拠点",
        "病院",
        "施設",
        "工場",
        "号機",
        "患者",
        "被験者",
        "学校",
        "営業所",
        "事業所",
        "支社",
    ),
    *("観測所", "観測地点", "地点", "倉庫", "設備", "装置", "機械", "ライン", "センター", "車両", "医院", "サイト"),
)
_SITE_ENDINGS = frozenset({"id", "no", "nr", "name", "code", "number", "num", "key", "ident"})
_SITE_ENDINGS_JA = ("番号", "名称", "名", "コード", "no", "id")

_IDENTIFIER_WORDS = frozenset(
    {"id", "uid", "uuid", "guid", "key", "index", "no", "number", "serial", "rownum", "unnamed"}
)
_IDENTIFIER_WORDS_JA = ("番号", "連番", "通番", "キー", "社員no", "管理no")
_CODE_WORDS = frozenset({"code", "type", "category", "kind", "zip", "postal", "id", "class", "group", "region"})
_CODE_WORDS_JA = ("コード", "区分", "種別", "種類", "分類", "型番", "郵便番号", "地域", "番号")


def words(name: str) -> tuple[str, ...]:
    """Return the words of a column's name in lower case: 'StoreID' → store, id; 'subject#' → subject."""
    text = unicodedata.normalize("NFKC", name)
    text = re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", " ", text)
    return tuple(word.lower() for word in re.split(r"[\W_]+", text) if word)


def target_score(name: str) -> float:
    """Return how much a name sounds like what is to be predicted: 4 says so, 0 says nothing, below 0 speaks against."""
    split = words(name)
    folded = "".join(split)
    score = 0.0
    if folded in _TARGET_WORDS or folded in _TARGET_WORDS_JA:
        score = 4.0
    elif any(word in _TARGET_WORDS for word in split) or any(word in folded for word in _TARGET_WORDS_JA):
        score = 2.0
    elif any(word in _WEAK_TARGET_WORDS for word in split) or any(word in folded for word in _WEAK_TARGET_WORDS_JA):
        score = 0.5
    if any(word in _PAST_WORDS for word in split) or any(word in folded for word in _PAST_WORDS_JA):
        score -= 5.0
    return score


def is_site_name(name: str) -> bool:
    """Tell whether a name means a site and nothing else: 'store', 'StoreID', '店舗コード', but not 'store_size'."""
    split = words(name)
    folded = "".join(split)
    if any(word in _SITE_WORDS for word in split):
        singular = _SITE_WORDS | _SITE_ENDINGS
        return all(word in singular or word.isdigit() for word in split)
    for word in sorted(_SITE_WORDS_JA, key=len, reverse=True):
        if folded.startswith(word):
            return folded == word or folded.removeprefix(word) in _SITE_ENDINGS_JA
    return False


def is_identifier_name(name: str) -> bool:
    """Tell whether a name means a running number or key."""
    split = words(name)
    folded = "".join(split)
    return any(word in _IDENTIFIER_WORDS for word in split) or any(word in folded for word in _IDENTIFIER_WORDS_JA)


def is_code_name(name: str) -> bool:
    """Tell whether numbers under this name are codes of categories rather than quantities."""
    split = words(name)
    folded = "".join(split)
    return any(word in _CODE_WORDS for word in split[-1:]) or any(folded.endswith(word) for word in _CODE_WORDS_JA)
