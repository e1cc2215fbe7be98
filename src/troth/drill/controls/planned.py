"""Controls that are named and not built yet: promises that rest on them are unproven, and say so.

Building one means to give it a rehearsal in the file where it belongs, and to take it out of this list.
"""

from __future__ import annotations

from troth.drill.controls.model import Control

_PLANNED: tuple[tuple[str, str, str], ...] = (
    # what people read
    ("scope-applied", "每个产品都适用其应适用的政策。", "Each product is governed by the policy that covers it."),
    ("emphasised", "敏感信息和重要条款以醒目方式显示。", "Sensitive items and important clauses stand out."),
    ("notice-reachable", "在应当看到的地方都能读到政策全文。", "The whole policy can be read wherever it must be."),
    ("change-told", "变更按承诺的方式和时间告知。", "A change is told by the promised means and in time."),
    ("acceptance-recorded", "同意的版本、文本和时间均有记录。", "Which version was accepted, and when, is recorded."),
    # choices
    ("separate-consent", "需要单独同意的,不与其他同意捆绑。", "A separate consent is asked on its own."),
    ("asked-again", "用途、方式或种类变化时重新征得同意。", "A new purpose, method or kind asks for consent again."),
    ("not-asked-too-soon", "拒绝后在约定时间内不再询问。", "After a refusal nobody is asked again too soon."),
    ("signal-honoured", "浏览器的退出信号得到遵从。", "A browser's opt-out signal is honoured."),
    (
        "sale-opt-out",
        "可以退出出售和共享,并告知第三方。",
        "People opt out of sale and sharing, and third parties are told.",
    ),
    ("no-sale", "不出售个人信息。", "Personal data is not sold."),
    (
        "choice-offered",
        "表单、资料页和邮件中都能作出和更改选择。",
        "The choice is offered on the form, in the profile and in every mail.",
    ),
    ("equal-service", "行使权利不影响服务和价格。", "Using a right costs nobody service or price."),
    # children
    ("guardian-consent", "未达年龄的,须有经核实的监护人同意。", "Below the age, a verified guardian must agree."),
    ("age-band-choice", "各年龄段按各自的规则作出选择。", "Each age band chooses by its own rule."),
    ("minor-data-removed", "误收的未成年人信息尽快删除。", "Children's data taken by mistake is erased."),
    # use
    ("only-purposes", "除所列目的外,不作他用。", "Nothing is done outside the purposes that are called the only ones."),
    (
        "real-name-checked",
        "手机号码按实名制要求核验,须属于规定的地区。",
        "A phone number is checked as real-name law asks, and is of the stated region.",
    ),
    (
        "permission-in-use",
        "系统权限只在用到时申请,可随时关闭。",
        "A permission is asked when used, and can be turned off.",
    ),
    (
        "cookies-as-declared",
        "Cookie 只用于声明的用途,可拒绝、可清除。",
        "Cookies serve declared purposes, can be refused and cleared.",
    ),
    ("observed-as-declared", "实际收集与声明一致。", "What is really collected is what is declared."),
    (
        "exemption-applied",
        "豁免情形按其条件和期限适用。",
        "An exemption holds under its conditions and until its date.",
    ),
    ("consent-free-case", "无需同意的情形有据可查。", "A use without consent names its case, and is recorded."),
    # recipients
    (
        "disclosure-recorded",
        "每次对外提供都有记录,可向本人出示。",
        "Every disclosure is recorded and can be shown to the person.",
    ),
    ("disclosure-listed", "出售和披露分别列示。", "Sales and disclosures are listed apart."),
    ("disclosure-with-papers", "依法披露须有法律文件。", "A disclosure by law needs its papers."),
    ("recipient-bound", "接收方受书面条款约束,有证据。", "Recipients are bound by terms, with evidence."),
    ("successor-bound", "承继者受同样约束,并告知本人。", "A successor is bound the same way, and people are told."),
    ("publication-by-choice", "公开须经本人同意或选择。", "Nothing is published without the person's choice."),
    ("de-identified-first", "对外提供前先去标识化。", "What goes out is de-identified first."),
    # audiences
    ("audience-found", "每个人都适用其所属人群的规则。", "Each person gets the rules of their own audience."),
    ("history-recorded", "对过去的陈述与记录一致。", "What is told of the past is what the records show."),
    (
        "answer-complete",
        "答复包含承诺的全部内容,不含应保留的内容。",
        "An answer holds all that was promised, and nothing that is withheld.",
    ),
    # requests
    ("moved", "可携带的副本是机器可读的。", "A portable copy is machine-readable."),
    ("restricted", "限制处理之后只存储、不使用。", "Restricted data is stored and not used."),
    ("objection-heard", "反对之后停止相应处理。", "After an objection the processing stops."),
    (
        "refusal-explained",
        "答复不能满足之处写明该项权利自有的理由。",
        "What cannot be met is explained by the grounds of that right.",
    ),
    ("remedied", "受自动化决策影响的人得到救济。", "Whoever a machine's decision hurts gets a remedy."),
    ("channel-works", "公布的联系渠道都能用。", "Every announced channel works."),
    # keeping and erasing
    ("erased-in-time", "到期的信息按时删除或匿名化。", "What has expired is erased or anonymised in time."),
    ("backups-follow", "备份随后也删除,恢复时不会复活。", "Backups follow; a restore brings nobody back."),
    ("anonymised", "匿名化之后无法识别、无法复原。", "Anonymised data identifies nobody and cannot be restored."),
    ("stored-in-place", "信息存储在承诺的地方。", "Data is stored where it was promised."),
    ("abroad-by-condition", "出境须满足全部条件。", "Data goes abroad only when every condition is met."),
    (
        "operation-ends",
        "停止运营时停止收集、告知并删除。",
        "When operation ends, collection stops, people are told, data is erased.",
    ),
    # protection
    ("encrypted-in-transit", "传输全程加密。", "Data is encrypted in transit."),
    ("sealed-at-rest", "存储加密。", "Data is encrypted at rest."),
    ("access-limited", "只有授权人员可以访问,并有记录。", "Only authorised staff have access, and it is recorded."),
    ("credentials-guarded", "弱密码被拒绝,并提示妥善保管。", "Weak passwords are rejected, and care is advised."),
    ("evidence-kept", "制度、培训、审计和评估有证据。", "Rules, training, audits and assessments have evidence."),
    ("incident-told", "发生安全事件时按承诺告知本人。", "In an incident people are told as promised."),
    ("incident-reported", "安全事件按时报告主管部门。", "An incident is reported to the authority in time."),
)

CONTROLS = tuple(Control(name, {"zh": zh, "en": en}) for name, zh, en in _PLANNED)
