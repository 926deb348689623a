"""What fills the columns of a made-up 抖店 export: its headings, an order's states, and buyers who do not exist."""

import random

HEADINGS = (
    *("主订单编号", "子订单编号", "选购商品", "商品规格", "商品数量", "商品ID", "商家编码", "商品单价", "订单应付金额"),
    *(
        "运费",
        "优惠总金额",
        "平台优惠",
        "商家优惠",
        "达人优惠",
        "商家改价",
        "支付优惠",
        "红包抵扣",
        "支付方式",
        "手续费",
    ),
    *("收件人", "收件人手机号", "省", "市", "区", "街道", "详细地址", "是否修改过地址", "地址修改时段", "买家留言"),
    *("订单提交时间", "旗帜颜色", "商家备注", "订单完成时间", "支付完成时间", "APP渠道", "流量来源", "订单状态"),
    *("承诺发货时间", "订单类型", "鲁班落地页ID", "达人ID", "达人昵称", "所属门店ID", "售后状态", "取消原因"),
    *("预约发货时间", "仓库ID", "仓库名称", "序列号", "是否安心购", "广告渠道", "流量类型", "流量体裁", "流量渠道"),
    *("发货主体", "发货主体明细", "发货时间", "降价类优惠", "平台实际承担优惠金额", "商家实际承担优惠金额"),
    *("达人实际承担优惠金额", "预计送达时间", "是否平台仓自流转", "车型", "商品69码", "发货SN码", "发货IMEI码1"),
    *(
        "发货IMEI码2",
        "预约送达时间",
        "建议发货时间（起）",
        "建议发货时间（止）",
        "物流SN码",
        "物流IMEI码1",
        "物流IMEI码2",
    ),
)
"""The export's 74 columns in their order, as public importers of it list them; no real file was at hand."""

FATES = {
    "paid": ("待发货", "-", "-"),
    "unpaid": ("待支付", "-", "-"),
    "cancelled": ("已关闭", "-", "超时未支付"),
    "refunding": ("已发货", "售后处理中", "-"),
    "refunded": ("已关闭", "退款成功", "买家申请退款"),
}
"""What became of an order -> 订单状态, 售后状态, 取消原因."""

FIXED = {
    "平台优惠": "0.00",
    "达人优惠": "0.00",
    "商家改价": "0.00",
    "支付优惠": "0.00",
    "红包抵扣": "0.00",
    "支付方式": "抖音支付",
    "手续费": "0.00",
    "省": "山西省",
    "市": "忻州市",
    "区": "岢岚县",
    "APP渠道": "抖音",
    "流量来源": "直播间",
    "订单类型": "普通订单",
    "是否安心购": "是",
    "流量类型": "自然流量",
    "流量体裁": "直播",
    "流量渠道": "直播推荐",
}

PERSONAL = ("收件人", "收件人手机号", "街道", "详细地址", "买家留言")
"""The columns that hold a buyer's personal data, and here hold that of nobody."""

_SURNAMES = "甲乙丙丁戊己庚辛壬癸"
_MESSAGES = ("-", "请周末送，谢谢", "到了打电话\n门口有狗", "要两个“礼盒”，别压坏", '地址写的是"东门", 不是西门')


def buyer(dice: random.Random) -> dict[str, str]:
    """A buyer who does not exist: a name nobody bears, a telephone number no network gives out, no such street."""
    return {
        "收件人": f"虚构买家{dice.choice(_SURNAMES)}{dice.choice(_SURNAMES)}",
        "收件人手机号": f"\t100{dice.randrange(10**8):08}",
        "街道": f"虚构街道{dice.randrange(1, 40)}号",
        "详细地址": f"虚构小区{dice.randrange(1, 30)}栋{dice.randrange(1, 7)}单元{dice.randrange(101, 2500)}室",
        "买家留言": dice.choice(_MESSAGES),
    }
