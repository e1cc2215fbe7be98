"""The words of the closed lists as they stand in a sentence: Chinese, English."""

from __future__ import annotations

from collections.abc import Mapping

Pair = tuple[str, str]

BASES: Mapping[str, Pair] = {
    "consent": ("您的同意", "your consent"),
    "contract": ("与您订立或履行合同所必需", "the contract with you"),
    "legal-obligation": ("法定义务", "a duty by law"),
    "legitimate-interests": ("正当利益", "legitimate interests"),
    "vital-interests": (
        "紧急情况下保护生命健康和财产安全",
        "the protection of life, health or property in an emergency",
    ),
    "public-interest": ("公共利益", "the public interest"),
    "made-public": ("已公开的信息", "information that was made public"),
    "unstated": ("未写明的依据", "a basis that is not stated"),
}
CONSENTS: Mapping[str, Pair] = {
    "none": ("同意", "consent"),
    "deemed": ("以使用行为推定的同意", "consent taken from your use"),
    "general": ("您的同意", "your consent"),
    "explicit": ("您的明示同意", "your explicit consent"),
    "separate": ("您的单独同意", "your separate consent"),
    "guardian-verified": ("经核实的监护人同意", "the verified consent of your guardian"),
}
ACTIONS: Mapping[str, Pair] = {
    "collect": ("收集", "collected"),
    "use": ("使用", "used"),
    "share": ("共享", "shared"),
    "transfer": ("转让", "transferred"),
    "disclose": ("公开披露", "disclosed"),
    "sell": ("出售", "sold"),
    "publish": ("公开", "published"),
}
FACTS: Mapping[str, Pair] = {
    "account.open": ("您已注册账号", "you have an account"),
    "account.closing": ("您已申请注销账号", "you have asked to close your account"),
    "account.closed": ("您的账号已注销", "your account is closed"),
    "verified.phone": ("您的手机号码已通过验证", "your phone number is verified"),
    "verified.email": ("您的电子邮箱已通过验证", "your e-mail address is verified"),
    "identity.verified": ("您的身份已通过验证", "your identity is verified"),
    "accepted.policy": ("您已同意本政策", "you have accepted the policy"),
    "accepted.terms": ("您已同意用户协议", "you have accepted the terms"),
    "restricted": ("您的信息处于限制处理状态", "your data is restricted"),
    "hold": ("您的信息依法须予保留", "your data is held by law"),
    "age.adult": ("您已成年", "you are of age"),
    "age.barred": ("您未达到允许使用的年龄", "you are below the age"),
    "guardian.agreed": ("监护人已代您同意", "a guardian has agreed for you"),
    "opted-out.sale": ("您已选择退出出售个人信息", "you have opted out of the sale of your data"),
    "opted-out.sharing": (
        "您已选择退出为广告共享个人信息",
        "you have opted out of the sharing of your data for advertising",
    ),
    "opted-out.targeted-advertising": ("您已选择退出定向广告", "you have opted out of targeted advertising"),
    "opted-out.profiling": ("您已选择退出用户画像", "you have opted out of profiling"),
    "opted-out.sensitive": (
        "您已选择退出敏感个人信息的其他使用",
        "you have opted out of the further use of your sensitive data",
    ),
    "opted-out.automated": ("您已选择退出自动化决策", "you have opted out of automated decisions"),
    "opted-in.sale": ("您已同意出售个人信息", "you have allowed the sale of your data"),
    "opted-in.sharing": ("您已同意为广告共享个人信息", "you have allowed the sharing of your data for advertising"),
    "opted-in.targeted-advertising": ("您已同意定向广告", "you have allowed targeted advertising"),
    "opted-in.profiling": ("您已同意用户画像", "you have allowed profiling"),
    "opted-in.sensitive": ("您已同意敏感个人信息的其他使用", "you have allowed the further use of your sensitive data"),
    "opted-in.automated": ("您已同意自动化决策", "you have allowed automated decisions"),
}
SOURCES: Mapping[str, Pair] = {
    "person": ("您主动提供", "yourself"),
    "device": ("您的设备", "your device"),
    "observed": ("您的使用过程", "your use of the service"),
    "recipient": ("第三方", "others"),
    "public": ("公开渠道", "public sources"),
}
CHANNELS: Mapping[str, Pair] = {
    "self-service": ("自助操作", "by yourself in the product"),
    "customer-service": ("在线客服", "through customer service"),
    "feedback": ("意见反馈", "through the feedback form"),
    "phone": ("电话", "by telephone"),
    "email": ("电子邮件", "by e-mail"),
    "post": ("信函", "by post"),
    "fax": ("传真", "by fax"),
    "sms": ("短信", "by text message"),
    "website": ("网站", "on the website"),
    "in-person": ("当面", "in person"),
    "push": ("推送通知", "by push notification"),
    "popup": ("弹窗", "by a pop-up"),
    "announcement": ("公告", "by announcement"),
    "homepage": ("首页公示", "on the home page"),
    "individually": ("逐一送达", "one by one"),
}
WHO: Mapping[str, Pair] = {
    "self": ("您本人", "you yourself"),
    "agent": ("您委托的人", "somebody you appoint"),
    "guardian": ("监护人", "a guardian"),
    "close-relative": ("近亲属", "a close relative"),
}
ENDS: Mapping[str, Pair] = {
    "erase": ("删除", "erased"),
    "anonymise": ("匿名化处理", "anonymised"),
    "restrict": ("停止存储以外的处理", "kept from all use but storage"),
}
STARTS: Mapping[str, Pair] = {
    "receipt": ("收到您的请求后", "after your request arrives"),
    "verification": ("验证您的身份后", "after your identity is verified"),
    "check": ("核查后", "after the matter is checked"),
}
LISTS: Mapping[str, Pair] = {
    "items": ("收集的信息种类", "the kinds of data collected"),
    "share": ("共享的情形", "the cases of sharing"),
    "transfer": ("转让的情形", "the cases of transfer"),
    "disclose": ("公开披露的情形", "the cases of disclosure"),
    "recipients": ("收集信息的第三方", "the third parties that collect data"),
    "refuse": ("拒绝请求的理由", "the grounds to refuse a request"),
}
SELF_STARTS: Mapping[str, Pair] = {
    "never": ("从不自启动", "never"),
    "necessary": ("仅在功能所必需时自启动", "only where its function needs it"),
    "after-consent": ("仅在您明确同意后自启动", "only after your explicit consent"),
}
ASKS: Mapping[str, Pair] = {
    "at-start": ("启动时申请", "asked for when the app starts"),
    "in-use": ("使用相关功能时申请", "asked for when a function uses it"),
    "never": ("不弹窗询问", "used without a question"),
}
BANDS: Mapping[str, Pair] = {
    "barred": ("不能使用服务", "cannot use the service"),
    "guardian": ("须有监护人同意", "need a guardian's consent"),
    "sensitive": ("其信息一律按敏感信息处理", "have all their data treated as sensitive"),
    "opt-in": ("出售或共享其信息须其选择同意", "have their data sold or shared only if they opt in"),
}
