"""What agents tell people about where their requests stand."""

from __future__ import annotations

from collections.abc import Mapping

from troth.base.text import Text

DETAILS: Mapping[str, Text] = {
    "need_user_verification": {
        "zh": "请本人打开链接，用收到的验证码登录，确认这项申请。",
        "en": "The person opens the link, signs in with a code sent to them, and confirms the request.",
    },
    "clarifying": {
        "zh": "我们就这项申请向本人提了一个问题，等待答复。",
        "en": "We asked the person a question about the request and wait for the reply.",
    },
    "priced": {
        "zh": "我们向本人告知了这项申请的费用，等待其决定。",
        "en": "We told the person what the request would cost and wait for them to decide.",
    },
    "cooling_off": {
        "zh": "申请在冷静期结束后执行，在此之前可以撤回。",
        "en": "The request takes effect after its cooling-off period and can be revoked until then.",
    },
    "extended": {
        "zh": "处理期限已延长，理由已告知本人。",
        "en": "The time for the answer was extended; the person was told why.",
    },
    "insuf_verification": {"zh": "未能确认本人身份。", "en": "It was not shown who the person is."},
    "no_match": {"zh": "我们没有此人的任何信息。", "en": "We hold nothing about that person."},
    "claim_not_covered": {
        "zh": "我们的隐私政策和适用法律没有规定由代理人行使这项权利。",
        "en": "Neither our policy nor a law that applies gives that right through an agent.",
    },
    "outside_jurisdiction": {
        "zh": "《加州消费者隐私法》不适用于我们。",
        "en": "The California Consumer Privacy Act does not apply to us.",
    },
    "too_many_requests": {
        "zh": "同样的申请已经答复过，现在再次提出为时过早。",
        "en": "The same was answered before, and it is too soon to ask again.",
    },
    "ground": {"zh": "依据隐私政策拒绝：{ground}。", "en": "Refused on a ground of the policy: {ground}."},
    "other": {"zh": "这项申请无法办理。", "en": "The request cannot be carried out."},
    "unanswered": {
        "zh": "我们的问题没有得到答复，申请因此终止。",
        "en": "Our question was not answered, so the request has ended.",
    },
}
