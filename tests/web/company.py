"""A small company with a real database: its policy, its data map, and three customers."""

from __future__ import annotations

from pathlib import Path

import sqlalchemy as sa

from tests.support.filled import filled

POLICY = """
troth: 1
policy: kaiconn
title: {zh: 每开隐私保护政策, en: Kaiconn privacy policy}
updated: 2022-10-01
effective: 2021-01-01
languages: [zh, en]
regimes: [cn]
acceptance: explicit
controller:
  name: {zh: 深圳每开示例公司, en: Kaiconn Example Co.}
  contacts: {email: privacy@kaiconn.example, phone: +86 755 0000 0000}
items:
  account.phone: {label: {zh: 手机号码, en: mobile number}, sensitive: true}
  account.email: {label: {zh: 电子邮箱, en: e-mail address}}
  account.nickname: {label: {zh: 昵称, en: nickname}}
  order.record: {label: {zh: 交易信息, en: purchases}}
  device.imei: {label: {zh: 设备识别码, en: device identifier}}
purposes:
  account: {label: {zh: 注册与登录, en: registration and sign-in}}
  shop: {label: {zh: 购买, en: buying}}
  push: {label: {zh: 消息推送, en: push messages}}
functions:
  register:
    label: {zh: 注册账号, en: registration}
    for: account
    basis: contract
    needs: [account.phone]
    optional: [account.nickname, account.email]
  order:
    label: {zh: 下单, en: ordering}
    for: shop
    basis: contract
    needs: [order.record]
  push:
    label: {zh: 消息推送, en: push messages}
    for: push
    basis: consent
    grade: separate
    needs: [device.imei]
    shares: [getui]
recipients:
  getui: {kind: sdk, name: {zh: 个推, en: igexin}, receives: [device.imei], for: push}
requests:
  within: 30 working days
rights:
  copy: {label: {zh: 获取副本, en: a copy}, by: [email], after: identity.verified}
  erasure: {label: {zh: 删除, en: erasure}, by: [self-service], within: 30 working days}
  close_account:
    label: {zh: 注销账户, en: closing the account}
    by: [self-service]
    cooling_off: 7 days
    effects:
      points: {zh: 您的积分将失效, en: your points expire}
retention:
  invoices: {items: [order.record], for: 3 years, then: erase}
"""

SHOP_MAP = """
store: shop
label: {{zh: 商城, en: the shop}}
url: file:{secret}
datasets:
  member:
    label: {{zh: 会员, en: members}}
    key: id
    identifies: {{phone: phone, email: email}}
    fields: {{id: none, phone: account.phone, email: account.email, nickname: account.nickname,
             password: {{item: none, disclose: never}}}}
  orders:
    label: {{zh: 订单, en: orders}}
    key: id
    refers: {{member: member.id}}
    owner: member
    fields: {{id: none, member: none, what: order.record, gift: order.record}}
  invoice:
    label: {{zh: 发票, en: invoices}}
    key: id
    identifies: {{phone: phone}}
    erase: {{keep: retention.invoices}}
    fields: {{id: none, phone: account.phone, amount: order.record}}
"""

PUSH_MAP = """
store: push
label: {{zh: 推送系统, en: the push system}}
url: file:{secret}
datasets:
  device:
    label: {{zh: 设备, en: devices}}
    key: imei
    identifies: {{phone: phone}}
    fields: {{imei: device.imei, phone: account.phone}}
"""

_TABLES = {
    "shop": (
        "CREATE TABLE member (id INTEGER PRIMARY KEY, phone TEXT NOT NULL, email TEXT, nickname TEXT, password TEXT)",
        "CREATE TABLE orders (id INTEGER PRIMARY KEY, member INTEGER NOT NULL REFERENCES member, what TEXT, gift INT)",
        "CREATE TABLE invoice (id INTEGER PRIMARY KEY, phone TEXT NOT NULL, amount INTEGER)",
    ),
    "push": ("CREATE TABLE device (imei TEXT PRIMARY KEY, phone TEXT NOT NULL)",),
}

LIN_PHONE, LIN_EMAIL = "+8619900000001", "lin@mail.example"
QING_PHONE, QING_EMAIL = "+8619900000002", "qing@mail.example"
NOBODY_PHONE, NOBODY_EMAIL = "+8619900000003", "nobody@mail.example"

_ROWS = {
    "shop": (
        f"INSERT INTO member VALUES (1, '{LIN_PHONE}', '{LIN_EMAIL}', '小林 <b>&', 'secret-1')",
        f"INSERT INTO member VALUES (2, '{QING_PHONE}', '{QING_EMAIL}', NULL, 'secret-2')",
        """WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 24)
        INSERT INTO orders SELECT i, 1, 'lamp ' || i, i % 2 FROM n""",
        "INSERT INTO orders VALUES (100, 2, 'plug of Qing', 0)",
        f"INSERT INTO invoice VALUES (20, '{LIN_PHONE}', 199), (21, '{QING_PHONE}', 299)",
    ),
    "push": (f"INSERT INTO device VALUES ('imei-a', '{LIN_PHONE}'), ('imei-c', '{QING_PHONE}')",),
}


class Company:
    """The company's databases, in a folder; the maps find them by a file that holds the address."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.maps = {
            f"{name}.yaml": text.format(secret=folder / f"{name}.url")
            for name, text in {"shop": SHOP_MAP, "push": PUSH_MAP}.items()
        }
        for name, tables in _TABLES.items():
            (folder / f"{name}.url").write_text(f"sqlite:///{folder / name}.db")
            (folder / f"{name}.db").write_bytes(filled((*tables, *_ROWS[name])))

    def execute(self, store: str, statement: str) -> None:
        engine = self._engine(store)
        with engine.begin() as connection:
            connection.exec_driver_sql(statement)
        engine.dispose()

    def count(self, store: str, table: str) -> int:
        engine = self._engine(store)
        with engine.connect() as connection:
            number: int = connection.exec_driver_sql(f"SELECT count(*) FROM {table}").scalar_one()
        engine.dispose()
        return number

    def break_down(self, store: str) -> None:
        """Take the database away: whoever asks for it finds nothing that answers."""
        (self.folder / f"{store}.db").rename(self.folder / f"{store}.away")
        (self.folder / f"{store}.db").mkdir()

    def mend(self, store: str) -> None:
        (self.folder / f"{store}.db").rmdir()
        (self.folder / f"{store}.away").rename(self.folder / f"{store}.db")

    def _engine(self, store: str) -> sa.Engine:
        return sa.create_engine(f"sqlite:///{self.folder / store}.db", poolclass=sa.NullPool)
