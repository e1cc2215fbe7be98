"""The Kaiconn policy of the examples says what the company's own text says. Expectations are taken from that text."""

from __future__ import annotations

from collections import Counter
from datetime import date

import pytest

from tests.policy.support import KAICONN, kaiconn
from troth.base.period import Period
from troth.policy.lint import lint
from troth.policy.model import Recipient
from troth.policy.read import from_value


def zh(*item_ids: str) -> set[str]:
    return {kaiconn().items[each].label["zh"] for each in item_ids}


def test_dates_languages_and_acceptance() -> None:
    policy = kaiconn()
    assert (policy.updated.year, policy.updated.month) == (2022, 10)
    assert policy.effective is not None
    assert (policy.effective.year, policy.effective.month) == (2021, 1)
    assert policy.languages == ("zh", "en")
    assert policy.prevails is None  # the text names none
    assert policy.regimes == ("cn",)
    assert policy.acceptance == "explicit"  # registration: read and agreed
    assert policy.deemed == ("continued-use", "use")
    assert policy.updated == date(2022, 10, 1)


def test_the_controller_is_named_and_reached_by_examples_only() -> None:
    controller = kaiconn().controller
    assert controller.name == {
        "zh": "深圳市每开创新科技有限公司",
        "en": "Shenzhen Kaiconn Innovative Technology Co., Ltd.",
    }
    assert controller.contacts.phone == "+86 755 0000 0000"
    assert controller.contacts.within == Period(15, "days")
    assert controller.contacts.counts_from == "verification"
    text = KAICONN.read_text(encoding="utf-8")
    for real in (
        "kaiconn.com",
        "getui.com",
        "qq.com",
        "umeng.com/",
        "amap.com",
        "86965862",
        "AboutCookies.org",
        "高新南环路",
    ):
        assert real not in text


def test_seven_principles_and_the_defined_words() -> None:
    assert {text["zh"] for text in kaiconn().principles.values()} == {
        "权责一致", "目的明确", "选择同意", "最少够用", "确保安全", "主体参与", "公开透明",
    }  # fmt: skip
    assert len(kaiconn().definitions) == 6  # service, personal, sensitive, identity elements, non-personal, anonymised


def test_registration_needs_what_section_one_says() -> None:
    register = kaiconn().functions["register"]
    assert zh(*register.needs) == {"手机号码", "用户名", "密码", "Android ID", "MAC 地址", "IP 地址"}
    assert zh(*register.optional) == {"昵称", "头像"}
    assert set(register.after) == {"verified.phone", "accepted.policy", "accepted.terms"}
    assert register.basis == "contract"


def test_the_nickname_is_necessary_in_one_place_and_optional_in_another() -> None:
    assert "account.nickname" in kaiconn().functions["profile"].needs
    assert "account.nickname" in kaiconn().functions["register"].optional


def test_running_the_platform_takes_the_twenty_items_and_an_open_end() -> None:
    run = kaiconn().functions["run"]
    assert len(run.needs) == 20
    assert {"IMSI", "基站", "蓝牙", "NFC", "WLAN 接入点", "手机状态", "网络质量数据", "软件版本号"} <= zh(*run.needs)
    assert run.open_list


def test_security_takes_the_nine_kinds_of_section_1_4_3() -> None:
    assert zh(*kaiconn().functions["security"].needs) == {
        "网络日志",
        "应用列表（已安装或正在运行）",
        "正在运行的进程",
        "应用程序的总体运行情况",
        "应用使用情况与频率",
        "应用崩溃情况",
        "总体安装使用情况",
        "性能数据",
        "应用来源",
    }


def test_logs_are_the_thirteen_kinds_of_section_1_4_2_4() -> None:
    needs = kaiconn().functions["statistics"].needs
    assert len(needs) == 13
    assert {"使用时间与频率", "时区", "点击流数据", "互联网服务供应商", "引用和退出页面"} <= zh(*needs)
    assert "no-identity" in kaiconn().functions["statistics"].limits


def test_device_analysis_takes_ten_items_as_far_as_permissions_go() -> None:
    analysis = kaiconn().functions["device-analysis"]
    assert analysis.needs == ()
    assert len(analysis.optional) == 10
    assert {"广告标识符 IDFA", "广告标识符 IDFV", "集成电路卡识别码", "设备设置"} <= zh(*analysis.optional)


def test_the_four_purposes_that_are_called_the_only_ones() -> None:
    policy = kaiconn()
    assert set(policy.only_purposes) == {"operate", "security", "software", "law"}
    assert len(policy.purposes) > 4


SDKS = {
    "getui": ("push", {"设备标识符", "位置信息", "MAC 地址"}),
    "wechat": (
        "share-wechat",
        {"设备信息（未细分）", "运营商信息", "位置信息", "MAC 地址", "网络类型", "操作系统版本"},
    ),
    "amap": (
        "map",
        {"Wi-Fi 状态", "位置信息", "设备信息（未细分）", "运营商信息", "MAC 地址", "网络类型", "操作系统版本"},
    ),
    "bugly": (
        "crash-reports",
        {
            "Android ID",
            "国际移动设备识别码（IMEI）",
            "IMSI",
            "设备标识符",
            "MAC 地址",
            "运营商信息",
            "音视频信息",
            "SIM 序列号",
        },
    ),
    "umeng": ("statistics", {"设备序列号", "位置信息", "SSID", "BSSID"}),
}


def test_there_are_five_sdks_and_the_list_is_complete() -> None:
    policy = kaiconn()
    assert {each.id for each in policy.recipients.values() if each.kind == "sdk"} == SDKS.keys()
    assert "recipients" in policy.closed


@pytest.mark.parametrize("sdk", SDKS)
def test_an_sdk_receives_what_its_line_of_the_register_says(sdk: str) -> None:
    recipient: Recipient = kaiconn().recipients[sdk]
    function, items = SDKS[sdk]
    assert zh(*recipient.receives) == items
    assert sdk in kaiconn().functions[function].shares
    assert recipient.link is not None
    assert recipient.scope is not None
    assert recipient.aim is not None
    assert recipient.function is not None


def test_push_starts_itself_by_need_and_only_after_consent() -> None:
    getui = kaiconn().recipients["getui"]
    assert getui.self_start == ("after-consent", "necessary")
    assert getui.permissions == ("storage",)


@pytest.mark.parametrize("function", ["push", "share-wechat", "map"])
def test_what_an_sdk_does_for_the_user_needs_explicit_consent(function: str) -> None:
    asked = kaiconn().functions[function]
    assert (asked.basis, asked.grade) == ("consent", "explicit")
    assert asked.withdrawn == "stop function and processing"


def test_twenty_six_permissions_none_of_them_bound_to_a_function() -> None:
    permissions = kaiconn().permissions
    assert len(permissions) == 26
    assert {each.functions for each in permissions.values()} == {()}
    assert {"读取手机短信", "获取应用列表", "结束后台进程", "写入 GPRS 接入点设置", "开机启动广播"} <= {
        each.label["zh"] for each in permissions.values()
    }


def test_sensitive_is_what_section_1_1_3_lists_and_the_phone() -> None:
    sensitive = {each.id for each in kaiconn().items.values() if each.sensitive}
    assert sensitive == {
        "account.phone",
        "account.password",
        "account.email",
        "identity.number",
        "identity.biometric",
        "identity.health",
        "identity.lodging",
        "identity.child",
        "finance.property",
        "finance.bank_account",
        "finance.credit",
        "order.record",
        "support.message",
        "location.precise",
    }


def test_what_is_defined_but_never_given_a_purpose_stays_without_one() -> None:
    assert {each.clause for each in lint(kaiconn()) if each.rule == "item-without-purpose"} == {
        f"items.{each}"
        for each in (
            "identity.gender",
            "identity.birth_date",
            "identity.education",
            "identity.city",
            "identity.signature",
            "identity.number",
            "identity.biometric",
            "identity.health",
            "identity.lodging",
            "identity.child",
            "finance.property",
            "finance.credit",
        )
    }  # the e-mail address has one: account information is shared for security


def test_eleven_cases_of_collecting_and_six_of_sharing_need_no_consent() -> None:
    counted = Counter(each.actions for each in kaiconn().consent_free.values())
    assert counted == {("collect", "use"): 11, ("disclose", "share", "transfer"): 6}


def test_sharing_transfer_and_disclosure_are_closed_lists() -> None:
    policy = kaiconn()
    assert {"share", "transfer", "disclose"} <= set(policy.closed)
    actions = Counter(each.id.split(".")[0] for each in policy.flows.values())
    assert actions["transfer"] == 2  # consent; merger and the like
    assert actions["disclose"] == 3  # consent, law, penalties
    for each in ("share.consent", "transfer.consent", "disclose.consent"):
        assert (policy.flows[each].basis, policy.flows[each].grade) == ("consent", "explicit")


def test_deadlines_as_the_text_gives_them() -> None:
    policy = kaiconn()
    assert policy.rights["access"].within == Period(30, "days")
    assert policy.rights["complaint"].within == Period(30, "days")
    assert policy.rights["complaint"].counts_from == "check"
    assert policy.requests.within == Period(30, "working_days_cn")
    assert policy.rights["copy"].within == Period(30, "working_days_cn")
    assert policy.rights["erasure"].within == Period(30, "working_days_cn")
    assert policy.rights["close_account"].cooling_off == Period(7, "days")
    assert policy.rights["correction"].within is None
    assert policy.rights["correction"].vaguely is not None


def test_rights_as_the_text_gives_them() -> None:
    rights = kaiconn().rights
    assert set(rights) == {
        "access", "correction", "erasure", "withdrawal", "deceased",
        "copy", "explanation", "close_account", "complaint", "policy",
    }  # fmt: skip
    assert rights["copy"].after == ("identity.verified",)
    assert rights["erasure"].tell_recipients
    assert len(rights["erasure"].cases) == 5
    assert rights["erasure"].backups is not None
    assert rights["deceased"].who == ("close-relative",)
    assert rights["correction"].locked == ("account.phone",)
    assert "self-service" in rights["close_account"].by
    assert "past" in rights["withdrawal"].effects


def test_six_grounds_bind_and_four_are_weighed() -> None:
    grounds = kaiconn().refusal_grounds
    assert Counter(each.discretionary for each in grounds.values()) == {False: 6, True: 4}
    assert {each.id for each in grounds.values() if each.needs_evidence} == {"bad-faith"}
    assert "refuse" in kaiconn().closed


def test_the_first_request_is_free_and_repetition_may_cost() -> None:
    fee = kaiconn().requests.fee
    assert fee is not None
    assert (fee.first, fee.repeated) == ("free", "cost")


def test_minors_storage_changes_incident_and_stop() -> None:
    policy = kaiconn()
    assert policy.minors is not None
    assert (policy.minors.below, policy.minors.rule) == (18, "barred")
    assert (policy.minors.bands["child"].below, policy.minors.bands["child"].inclusive) == (14, True)
    assert policy.storage is not None
    assert policy.storage.inside == ("cn",)
    assert policy.storage.abroad is not None
    assert policy.storage.abroad.rule == "never"
    assert set(policy.storage.abroad.needs) >= {"agreement", "inspection", "confidentiality"}
    assert policy.changes.tell == ("popup", "push")
    assert policy.incident is not None
    assert set(policy.incident.by) == {"email", "phone", "push"}
    assert len(policy.incident.say) == 4
    assert policy.stop is not None
    assert set(policy.stop.then) == {"erase", "anonymise"}


def test_no_figure_of_retention_is_stated() -> None:
    assert {each.period for each in kaiconn().retention.values()} == {"unstated"}
    covered = {item for each in kaiconn().retention.values() for item in kaiconn().items_in(each.items)}
    assert covered == set(kaiconn().items)


def test_security_measures_and_reports() -> None:
    security = kaiconn().security
    assert security.measures["transport"].names == ("SSL",)
    assert {each.kind for each in security.measures.values()} >= {
        "encryption",
        "access-control",
        "training",
        "management",
        "protection",
    }
    assert set(security.reports) == {"risk", "impact"}


def test_where_the_languages_part() -> None:
    policy = kaiconn()
    assert policy.only_in["en"] == ("flows.share.marketing", "functions.marketing-events")
    assert policy.only_in["zh"] == ("recipients.getui.self_start",)
    assert policy.differs["rights.close_account.cooling_off"]["zh"] == "申请后7天生效"
    assert "within 7 days" in policy.differs["rights.close_account.cooling_off"]["en"]


def test_it_can_be_published_with_its_weaknesses() -> None:
    findings = lint(kaiconn())
    assert {each.severity for each in findings} == {"warning", "note"}
    assert {each.rule for each in findings} >= {
        "acceptance-contradiction",
        "affiliates-unnamed",
        "age-rule-without-age",
        "deadline-looser-than-law",
        "deadlines-disagree",
        "effective-before-updated",
        "item-list-open",
        "item-without-purpose",
        "languages-differ",
        "optional-item-as-gate",
        "permission-without-function",
        "prevailing-language-missing",
        "purpose-outside-list",
        "recipient-item-undeclared",
        "retention-unstated",
        "right-missing",
        "self-start-contradiction",
        "sensitive-shared-lightly",
        "storage-abroad-contradiction",
        "vague-deadline",
        "weak-cryptography",
    }


def test_both_languages_are_truly_written() -> None:
    """A text may be the same in both only where it is a technical name."""
    same = {
        text["zh"]
        for path, text in kaiconn().addresses.items()
        if isinstance(text, dict)
        and set(text) == {"zh", "en"}
        and text["zh"] == text["en"]
        and not path.startswith("only_in")
    }
    assert same == {"Android ID", "NFC", "IMSI", "SSID", "BSSID", "IMEI", "MAC", "Cookie"}


def test_its_value_is_the_whole_of_it() -> None:
    assert from_value(kaiconn().value) == kaiconn()
    assert kaiconn().hash.startswith("sha256:")
