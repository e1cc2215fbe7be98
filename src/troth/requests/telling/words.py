"""What the page of a package says, in each language."""

from __future__ import annotations

from collections.abc import Mapping

WORDS: Mapping[str, Mapping[str, str]] = {
    "zh": {
        "title": "您的个人信息副本",
        "intro": "以下是{controller}在制作本副本时持有的、可以确认属于您的全部个人信息。",
        "formats": "本页供您阅读；data 文件夹中的 JSON 文件包含全部数据，便于您转移到其他服务。",
        "careful": "本副本包含您的个人信息，请妥善保管，不要转发给他人。",
        "reference": "申请编号",
        "made": "制作时间",
        "policy": "依据的隐私政策",
        "left": "未提供的部分及理由",
        "held": "我们持有的信息",
        "where": "存储位置",
        "what": "内容",
        "count": "条数",
        "total": "共 {n} 条记录",
        "none": "没有您的记录",
        "first": "下表显示前 {shown} 条；全部 {n} 条见文件",
        "file": "文件",
        "used": "这些信息用来做什么",
        "column": "字段",
        "purposes": "使用目的",
        "recipients": "提供给谁",
        "rows": "数据",
        "nothing": "空",
        "yes": "是",
        "no": "否",
        "dash": "—",
        "technical": "技术字段",
        "join": "、",
        "colon": "：",
    },
    "en": {
        "title": "A copy of your personal data",
        "intro": "This is everything that {controller} held about you, and that can be told to be yours, "
        "when this copy was made.",
        "formats": "This page is for reading. The JSON files in the folder data hold every record, "
        "so that you can take them to another service.",
        "careful": "This copy holds your personal data. Keep it safe and do not pass it on.",
        "reference": "Request",
        "made": "Made",
        "policy": "Under the privacy policy",
        "left": "What is left out, and why",
        "held": "What we hold",
        "where": "Kept in",
        "what": "What",
        "count": "Records",
        "total": "Records: {n}",
        "none": "No record of yours",
        "first": "The table shows the first {shown}; all {n} are in the file",
        "file": "File",
        "used": "What it is used for",
        "column": "Field",
        "purposes": "Purposes",
        "recipients": "Given to",
        "rows": "Your data",
        "nothing": "empty",
        "yes": "yes",
        "no": "no",
        "dash": "—",
        "technical": "technical",
        "join": ", ",
        "colon": ": ",
    },
}

OWN: Mapping[str, Mapping[str, str]] = {
    "zh": {
        "place": "隐私事务记录",
        "purpose": "识别您的身份、记录并履行您的选择与申请",
        "identifiers": "用于识别您的信息",
        "identifiers.kind": "类型",
        "identifiers.value": "内容",
        "choices": "您的同意与选择",
        "choices.at": "时间",
        "choices.choice": "选择",
        "choices.about": "对象",
        "choices.grade": "同意级别",
        "choices.version": "政策版本",
        "requests": "您的申请",
        "requests.reference": "申请编号",
        "requests.kind": "类型",
        "requests.state": "状态",
        "requests.opened_at": "提出时间",
        "requests.closed_at": "办结时间",
        "passkeys": "您的通行密钥",
        "passkeys.name": "名称",
        "passkeys.made_at": "添加时间",
        "passkeys.used_at": "最近使用",
    },
    "en": {
        "place": "the privacy records",
        "purpose": "to know you again, and to record and honour your choices and requests",
        "identifiers": "What you are known by",
        "identifiers.kind": "kind",
        "identifiers.value": "value",
        "choices": "Your consents and choices",
        "choices.at": "time",
        "choices.choice": "choice",
        "choices.about": "about",
        "choices.grade": "grade",
        "choices.version": "policy version",
        "requests": "Your requests",
        "requests.reference": "reference",
        "requests.kind": "kind",
        "requests.state": "state",
        "requests.opened_at": "opened",
        "requests.closed_at": "closed",
        "passkeys": "Your passkeys",
        "passkeys.name": "name",
        "passkeys.made_at": "added",
        "passkeys.used_at": "last used",
    },
}
"""What the tables of Troth's own records are called."""

LETTERS: Mapping[str, Mapping[str, str]] = {
    "title": {"zh": "关于您的请求 {reference}", "en": "About your request {reference}"},
    "open": {
        "zh": "我们收到了您的请求 {reference}，将在期限内处理。您可以在这里查看进展：{address}",
        "en": "We have your request {reference} and will answer within the time promised. Follow it here: {address}",
    },
    "ask": {
        "zh": "关于您的请求 {reference}，我们有一个问题。请登录后答复：{address}",
        "en": "We have a question about your request {reference}. Please sign in and answer it: {address}",
    },
    "price": {
        "zh": "关于您的请求 {reference}，我们需要您确认一项费用后才能继续。请登录查看：{address}",
        "en": "Your request {reference} would cost something. Please sign in to see how much and to decide: {address}",
    },
    "complete": {
        "zh": "您的请求 {reference} 已办结。请登录查看结果：{address}",
        "en": "Your request {reference} is done. Sign in to see the result: {address}",
    },
    "partly": {
        "zh": "您的请求 {reference} 已部分办结。请登录查看办理和保留了什么、理由以及如何投诉：{address}",
        "en": "Your request {reference} is done in part. Sign in to see what was done, what was kept and why, and how "
        "to complain: {address}",
    },
    "closed": {
        "zh": "您的账户已注销，个人信息已删除；依法必须保留的除外。申请编号：{reference}。这是我们给您的最后一封信，"
        "此联系方式随后一并删除。隐私政策：{address}",
        "en": "Your account is closed and your data are erased, except what the law has us keep. "
        "Reference: {reference}. This is our last letter to you; this address is erased after it. "
        "The privacy policy: {address}",
    },
    "refuse": {
        "zh": "您的请求 {reference} 未能执行。请登录查看理由以及您可以如何投诉：{address}",
        "en": "Your request {reference} was not carried out. Sign in to read why, and how to complain: {address}",
    },
    "lapse": {
        "zh": "您的请求 {reference} 因未收到您的答复而结束。您可以随时重新提出：{address}",
        "en": "Your request {reference} has ended because we heard nothing from you. You can ask again: {address}",
    },
    "doubt": {
        "zh": "处理您的请求 {reference} 前，我们需要您提交一份证明身份的文件。请登录查看原因并提交：{address}",
        "en": "Before we go on with your request {reference} we need a document that shows who you are. Sign in to "
        "read why, and to send it: {address}",
    },
    "extend": {
        "zh": "处理您的请求 {reference} 需要更多时间。请登录查看原因和新的期限：{address}",
        "en": "We need more time for your request {reference}. Sign in to read why, and until when: {address}",
    },
    "lift": {
        "zh": "您此前提出的请求 {reference} 所达成的状态即将结束。请登录查看原因；您可以投诉或重新提出：{address}",
        "en": "What you asked for in your request {reference} is about to end. Sign in to read why; you may complain, "
        "or ask for it again: {address}",
    },
    "hold": {
        "zh": "法律目前不允许我们执行您的请求 {reference}。限制解除后会自动继续：{address}",
        "en": "The law forbids us for now to carry out your request {reference}. It goes on by itself: {address}",
    },
}
"""What a person is written about a request. No letter says what the request is about."""

SIGNED_PERMISSION: Mapping[str, str] = {
    "zh": "出示您本人签字的书面授权",
    "en": "by a permission that the person signed",
}
"""The way to appoint an agent that is open to everybody in California, whatever a policy lists."""

DECLARATION: Mapping[str, str] = {
    "zh": "本人声明：本人就是编号为 {reference} 的申请所涉个人信息的本人，所述内容真实；"
    "如有虚假，本人愿承担法律责任，包括伪证责任。",
    "en": "I declare under penalty of perjury that I am the person whose personal information the request {reference} "
    "is about, and that what I have said is true.",
}
"""What is signed where a signed declaration is needed (11 CCR § 7062(c))."""
