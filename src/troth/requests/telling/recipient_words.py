"""What recipients are written, in each language."""

from __future__ import annotations

from collections.abc import Mapping

MAILS: Mapping[str, Mapping[str, str]] = {
    "title": {"zh": "请处理个人的请求 {reference}", "en": "Please act on a person's request {reference}"},
    "reminder": {"zh": "提醒：请处理个人的请求 {reference}", "en": "Reminder: please act on a request {reference}"},
    "body": {
        "zh": "{recipient}：\n您从我们这里得到过一位个人的信息。本人要求：{wanted}。\n"
        "识别信息：{who}\n涉及的信息：{items}\n"
        "请办理，并在这里答复（无需登录）：{address}\n以上识别信息仅可用于办理本请求。",
        "en": "To {recipient}:\nYou received personal data from us. The person asks for this: {wanted}.\n"
        "You know them by: {who}\nData concerned: {items}\n"
        "Please do so, and answer here (no sign-in): {address}\nUse what is said here for nothing else.",
    },
    "comma": {"zh": "、", "en": ", "},
    "erasure": {"zh": "删除其个人信息", "en": "erase their data"},
    "close_account": {"zh": "删除其个人信息", "en": "erase their data"},
    "correction": {"zh": "更正其个人信息", "en": "correct their data"},
    "restriction": {"zh": "限制处理其个人信息", "en": "restrict the use of their data"},
    "objection": {"zh": "停止为其反对的目的使用其个人信息", "en": "stop using their data for what they object to"},
    "withdrawal": {"zh": "停止基于其同意的处理", "en": "stop what rested on their consent"},
    "opt-out": {"zh": "停止出售和共享其个人信息", "en": "stop selling and sharing their data"},
    "limit": {"zh": "限制使用其敏感个人信息", "en": "limit the use of their sensitive data"},
    "phone": {"zh": "电话", "en": "telephone"},
    "email": {"zh": "电子邮箱", "en": "e-mail"},
    "account": {"zh": "账号", "en": "account"},
    "device": {"zh": "设备", "en": "device"},
    "identity-number": {"zh": "身份证件号码", "en": "identity number"},
    "post": {"zh": "地址", "en": "address"},
    "fax": {"zh": "传真", "en": "fax"},
    "age": {"zh": "年龄", "en": "age"},
}
"""A mail names the person by what the recipient got to know them by, and by nothing else."""
