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
    "complete": {
        "zh": "您的请求 {reference} 已办结。请登录查看结果：{address}",
        "en": "Your request {reference} is done. Sign in to see the result: {address}",
    },
    "refuse": {
        "zh": "您的请求 {reference} 未能执行。请登录查看理由以及您可以如何投诉：{address}",
        "en": "Your request {reference} was not carried out. Sign in to read why, and how to complain: {address}",
    },
    "lapse": {
        "zh": "您的请求 {reference} 因未收到您的答复而结束。您可以随时重新提出：{address}",
        "en": "Your request {reference} has ended because we heard nothing from you. You can ask again: {address}",
    },
    "extend": {
        "zh": "处理您的请求 {reference} 需要更多时间。请登录查看原因和新的期限：{address}",
        "en": "We need more time for your request {reference}. Sign in to read why, and until when: {address}",
    },
    "hold": {
        "zh": "法律目前不允许我们执行您的请求 {reference}。限制解除后会自动继续：{address}",
        "en": "The law forbids us for now to carry out your request {reference}. It goes on by itself: {address}",
    },
}
"""What a person is written about a request. No letter says what the request is about."""
