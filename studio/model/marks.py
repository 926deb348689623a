"""The words for what happens on the floor (场记), as the log keeps them and as people type them."""

from collections.abc import Mapping

MARKS: Mapping[str, str] = {
    "explain": "讲解",
    "link_up": "上链接",
    "offer_up": "开价",
    "sold_out": "售罄",
    "restocked": "补库存",
    "price_changed": "改价",
    "swapped": "换品",
    "lucky_bag": "福袋",
    "coupon": "发券",
    "guest_linked": "连麦",
    "guest_left": "下麦",
    "host_late": "主播迟到",
    "host_changed": "换主播",
    "platform_warning": "违规",
    "cut_off": "断播",
    "reopened": "复播",
    "complaint": "客诉",
    "note": "备注",
}
"""The word of the log, and the trade's own."""


def mark_kind(text: str) -> str:
    """The log's word for what a person typed, in either language; their own word where it is none of ours."""
    text = text.strip()
    return next((kind for kind, word in MARKS.items() if text in (kind, kind.replace("_", "-"), word)), text)
