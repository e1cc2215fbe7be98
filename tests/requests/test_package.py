"""The package: complete, readable, the same for the same input, sealed, and gone when its time is over."""

from __future__ import annotations

import gc
import hashlib
import io
import json
import re
import tracemalloc
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from html.parser import HTMLParser

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.requests.world import MINE, OTHER, World, week
from troth.base.errors import ConflictError, IntegrityError, RefusedError, UnavailableError
from troth.consent import service as consent
from troth.journal import service as journal
from troth.requests import tables
from troth.requests.fulfilment import archive, package
from troth.requests.fulfilment.packing import SHOWN
from troth.requests.model import Request
from troth.requests.telling.words import OWN, WORDS
from troth.stores.lines import lines_of
from troth.stores.model import Lines, Plain, Row
from troth.versions.model import Version

AT = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)


def made(company: World, language: str = "en") -> Request:
    return company.run(company.open("copy", language=language))


def fetched(company: World, request: Request) -> bytes:
    with company.begin() as work:
        return package.read(work, company.vault, request.id)


def files(content: bytes) -> Mapping[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(content)) as opened:
        assert opened.testzip() is None
        return {name: opened.read(name) for name in opened.namelist()}


def built(company: World, rows: Mapping[str, tuple[Row, ...]], language: str = "en") -> Mapping[str, bytes]:
    request = replace(company.open("copy"), language=language)
    return files(packed(company.version, request, rows))


def packed(version: Version, request: Request, rows: Mapping[str, tuple[Row, ...]]) -> bytes:
    whole = io.BytesIO()
    found = {name: lines_of(some) for name, some in rows.items()}
    assert archive.write(whole, version, request, found, own=(), made_at=AT) == sum(map(len, rows.values()))
    return whole.getvalue()


def shop_rows(*values: Mapping[str, Plain]) -> Mapping[str, tuple[Row, ...]]:
    return {"shop": tuple(Row("sub-x", "member", one) for one in values)}


def member(number: int) -> Mapping[str, Plain]:
    return {"id": number, "phone": MINE, "nickname": f"n{number}"}


class Outline(HTMLParser):
    """What a screen reader would go by."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.ids: list[str] = []
        self.targets: list[str] = []
        self.labels: list[str] = []
        self.attributes: dict[str, dict[str, str | None]] = {}
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = dict(attrs)
        self.tags.append(tag)
        self.attributes[tag] = found
        self.ids += [found["id"] or ""] if "id" in found else []
        self.labels += [found["aria-labelledby"] or ""] if "aria-labelledby" in found else []
        if tag == "a" and (found["href"] or "").startswith("#"):
            self.targets.append((found["href"] or "")[1:])


def test_the_package_holds_everything_that_is_theirs_and_nothing_of_others(company: World) -> None:
    content = files(fetched(company, made(company)))
    assert json.loads(content["data/shop/orders.json"])["rows"] == [
        {"id": 10, "member": 1, "what": "lamp"},
        {"id": 11, "member": 1, "what": "lock"},
    ]
    assert json.loads(content["data/push/device.json"])["total"] == 2
    whole = b"".join(content.values()).decode()
    assert MINE in whole
    assert OTHER not in whole
    assert "plug" not in whole


@pytest.mark.parametrize(("language", "label"), [("zh", "您的同意与选择"), ("en", "Your consents and choices")])
def test_what_troth_itself_holds_is_in_it(company: World, language: str, label: str) -> None:
    with company.begin() as work:
        consent.give(
            work, company.vault, company.version, company.subject, "push",
            grade="general", language="en", interface="portal",
        )  # fmt: skip
    request = made(company, language)
    content = files(fetched(company, request))
    own = {name: json.loads(content[f"privacy/{name}.json"]) for name in ("identifiers", "choices", "requests")}
    assert own["identifiers"]["rows"] == [{"kind": "phone", "value": MINE}]
    assert own["requests"]["rows"][0]["reference"] == request.reference
    (choice,) = own["choices"]["rows"]
    assert (choice["about"], choice["choice"], choice["grade"]) == ("push", "given", "general")
    assert label in content["index.html"].decode()


def test_what_is_never_disclosed_is_not_in_it(company: World) -> None:
    whole = b"".join(files(fetched(company, made(company))).values()).decode()
    assert "secret-1" not in whole
    assert "password" not in whole


def test_the_manifest_states_true_totals_and_the_hash_of_every_file(company: World) -> None:
    request = made(company)
    content = files(fetched(company, request))
    manifest = json.loads(content["manifest.json"])
    data = {name for name in content if "/" in name}
    assert set(manifest["totals"]) == set(manifest["files"]) == data
    for name in data:
        held = json.loads(content[name])
        assert manifest["totals"][name] == held["total"] == len(held["rows"])
        assert held["truncated"] is False
        assert manifest["files"][name] == hashlib.sha256(content[name]).hexdigest()
    assert manifest["reference"] == request.reference
    assert (manifest["version"], manifest["policy"]) == (company.version.id, company.version.hash)
    assert manifest["made_at"] == "2026-03-02T01:00:00+00:00"


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("zh", ["您的个人信息副本", "会员", "商城", "手机号码", "消息推送", "个推", "每开隐私保护政策"]),
        ("en", ["A copy of your personal data", "members", "the shop", "mobile number", "push messages", "igexin"]),
    ],
)
def test_the_page_speaks_the_persons_language(company: World, language: str, words: list[str]) -> None:
    page = files(fetched(company, made(company, language)))["index.html"].decode()
    for word in words:
        assert word in page
    assert f'<html lang="{"zh-CN" if language == "zh" else "en"}">' in page
    assert "2026-03-02 09:00 (UTC+08:00)" in page


def test_both_languages_say_the_same_things() -> None:
    assert WORDS["zh"].keys() == WORDS["en"].keys()
    assert OWN["zh"].keys() == OWN["en"].keys()
    for key in WORDS["zh"]:
        assert set(re.findall(r"{\w+}", WORDS["zh"][key])) == set(re.findall(r"{\w+}", WORDS["en"][key]))


def test_the_page_is_accessible_and_runs_nothing(company: World) -> None:
    outline = Outline(files(fetched(company, made(company)))["index.html"].decode())
    assert not {"script", "iframe", "img", "link", "form", "base"} & set(outline.tags)
    assert outline.tags.count("h1") == outline.tags.count("main") == outline.tags.count("title") == 1
    assert len(outline.ids) == len(set(outline.ids))
    assert set(outline.targets) | set(outline.labels) <= set(outline.ids)
    assert outline.attributes["th"]["scope"] in ("row", "col")
    assert outline.attributes["html"]["lang"]


def test_what_a_person_wrote_cannot_become_markup(company: World) -> None:
    page = files(fetched(company, made(company)))["index.html"].decode()
    assert "小林 &lt;b&gt;&amp;" in page
    assert "<b>" not in page


def test_datasets_without_a_row_are_shown_as_empty(company: World) -> None:
    content = built(company, shop_rows())
    assert json.loads(content["data/shop/member.json"])["rows"] == []
    assert content["index.html"].decode().count("No record of yours") == 3


def test_a_long_dataset_is_shown_in_part_said_so_and_given_whole(company: World) -> None:
    count = SHOWN + 1
    content = built(company, shop_rows(*(member(n) for n in range(count))))
    page = content["index.html"].decode()
    assert f"The table shows the first {SHOWN}; all {count} are in the file" in page
    assert f"<td>n{SHOWN - 1}</td>" in page
    assert f"<td>n{SHOWN}</td>" not in page
    assert json.loads(content["data/shop/member.json"])["total"] == count


def test_empty_true_and_false_are_told_in_words(company: World) -> None:
    page = built(company, shop_rows({"id": True, "phone": False, "nickname": None}))["index.html"].decode()
    assert '<td>yes</td><td>no</td><td><span class="empty">empty</span></td>' in page


plain = st.one_of(
    st.none(), st.booleans(), st.integers(), st.text(max_size=20), st.floats(allow_nan=False, allow_infinity=False)
)


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.fixed_dictionaries({"id": plain, "phone": plain, "nickname": plain}), max_size=8))
def test_the_same_input_gives_the_same_bytes_and_every_value_comes_back(
    company: World, values: list[dict[str, Plain]]
) -> None:
    request = company.open("copy")
    rows = shop_rows(*values)
    one, two = (packed(company.version, request, rows) for _ in range(2))
    assert one == two
    assert json.loads(files(one)["data/shop/member.json"])["rows"] == values


@pytest.mark.parametrize("name", ["../../etc/passwd", "..", ".", "a/b", "a\\b", "C:", "数据"])
def test_no_name_of_a_store_leads_out_of_the_archive(company: World, name: str) -> None:
    value = company.version.maps["shop"] | {"store": name}
    version = replace(company.version, maps={name: value})
    content = files(packed(version, company.open("copy"), {name: ()}))
    for path in content:
        assert re.fullmatch(r"(data/[A-Za-z0-9_%-][A-Za-z0-9_.%-]*/)?[a-z]+\.(json|html)", path), path


def test_before_it_is_made_and_for_what_has_none_there_is_no_package(company: World) -> None:
    for request in (company.open("copy"), company.run(company.open("erasure", subject=company.other))):
        with pytest.raises(ConflictError) as refused:
            fetched(company, request)
        assert refused.value.code == "requests.no-package"


def test_it_is_sealed_where_it_lies(company: World) -> None:
    made(company)
    with company.begin() as work:
        sealed = bytes(work.db.execute(sa.select(tables.package_part.c.sealed)).scalar_one())
    assert MINE.encode() not in sealed
    assert not sealed.startswith(b"PK")


def test_it_expires_after_14_days_and_is_deleted(company: World) -> None:
    request = made(company)
    company.clock.advance(timedelta(days=14) - timedelta.resolution)
    with company.begin() as work:
        assert package.available_until(work, request.id) == AT + timedelta(days=14)
    assert fetched(company, request)
    company.clock.advance(timedelta.resolution)
    with pytest.raises(RefusedError) as refused:
        fetched(company, request)
    assert refused.value.code == "requests.package-expired"
    assert company.pulse() == []
    assert company.pulse() == []
    with company.begin() as work:
        assert work.db.execute(sa.select(tables.package_part)).all() == []
        assert package.available_until(work, request.id) is None
        kinds = [entry.kind for entry in journal.entries(work, 0, 1000)]
    assert kinds.count("package.expired") == 1
    with pytest.raises(RefusedError):
        fetched(company, request)


def test_the_first_time_it_is_fetched_is_evidence(company: World) -> None:
    request = made(company)
    assert fetched(company, request) == fetched(company, request)
    with company.begin() as work:
        assert [entry.kind for entry in journal.entries(work, 0, 1000)].count("package.collected") == 1


def test_after_the_account_is_closed_nobody_can_open_it(company: World) -> None:
    request = made(company)
    closing = company.open("close_account")
    week(company)
    company.run(closing)
    with pytest.raises(RefusedError) as refused:
        fetched(company, request)
    assert refused.value.code == "subjects.shredded"


def drafted(company: World, request: Request, content: bytes) -> package.Draft:
    draft = package.Draft(company.begin, company.vault, request)
    draft.write(content)
    draft.close()
    return draft


def parts(company: World) -> list[tuple[str, int]]:
    part = tables.package_part.c
    with company.begin() as work:
        return [(row.package, row.number) for row in work.db.execute(sa.select(part.package, part.number))]


@given(sizes=st.lists(st.integers(0, 50), max_size=8), size=st.integers(1, 30))
@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_what_is_written_in_pieces_is_read_whole_and_no_part_is_larger_than_it_may_be(
    company: World, sizes: list[int], size: int
) -> None:
    request, pieces = company.open("copy"), [bytes([n]) * length for n, length in enumerate(sizes)]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(package, "PART", size)
        draft = package.Draft(company.begin, company.vault, request)
        for piece in pieces:
            assert draft.write(piece) == len(piece)
        draft.close()
    with company.begin() as work:
        work.db.execute(sa.delete(tables.package))  # that of the example before
        package.put(work, request, draft, found=1)
        sealed = work.db.scalars(
            sa.select(tables.package_part.c.sealed).where(tables.package_part.c.package == draft.id)
        ).all()
        assert package.read(work, company.vault, request.id) == b"".join(pieces)
    assert all(len(one) <= size + 29 for one in sealed), "29: format, nonce and tag"
    assert len(sealed) == sum(sizes) // size + 1


def test_a_draft_of_a_killed_worker_goes_with_the_next_one(company: World) -> None:
    request = company.open("copy")
    drafted(company, request, b"half of it")
    assert len(parts(company)) == 1
    company.run(request)
    ((_, number),) = parts(company)
    assert number == 0
    assert files(fetched(company, request))


def test_a_draft_of_a_request_that_was_closed_meanwhile_goes_with_the_pulse(company: World) -> None:
    request = company.open("copy")
    company.run(request)
    drafted(company, request, b"of a slower worker")
    assert len(parts(company)) == 2
    waiting = company.open("copy", subject=company.other)
    drafted(company, waiting, b"of one that is still written")
    company.pulse()
    assert len(parts(company)) == 2
    assert files(fetched(company, request))


@pytest.mark.parametrize("change", ["lost", "swapped", "of another"])
def test_a_package_of_which_a_part_was_taken_or_moved_is_never_handed_out(company: World, change: str) -> None:
    request, other = company.open("copy"), company.open("copy", subject=company.other)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(package, "PART", 4)
        drafts = [drafted(company, one, b"abcdefgh") for one in (request, other)]
    part = tables.package_part
    with company.begin() as work:
        for one, draft in zip((request, other), drafts, strict=True):
            package.put(work, one, draft, found=None)
        mine = part.c.package == drafts[0].id
        if change == "lost":
            work.db.execute(sa.delete(part).where(mine, part.c.number == 1))
        else:
            whose, number = (drafts[1].id, 1) if change == "of another" else (drafts[0].id, 0)
            taken = sa.select(part.c.sealed).where(part.c.package == whose, part.c.number == number)
            sealed = work.db.execute(taken).scalar_one()
            work.db.execute(sa.update(part).where(mine, part.c.number == 1).values(sealed=sealed))
    with pytest.raises(IntegrityError) as refused:
        fetched(company, request)
    assert refused.value.code == ("requests.package-incomplete" if change == "lost" else "subjects.does-not-open")


def test_a_store_that_fails_on_the_way_leaves_no_package_and_nothing_is_written_after(company: World) -> None:
    request, written = company.open("copy"), list[bytes]()

    class Sink:
        def write(self, data: bytes) -> int:
            written.append(bytes(data))
            return len(data)

        def flush(self) -> None: ...

    def failing() -> Iterator[Lines]:
        yield from lines_of([Row("sub-x", "member", member(1))])
        before.append(len(written))
        raise UnavailableError("stores.unavailable", "the store went away")

    before = list[int]()
    with pytest.raises(UnavailableError):
        archive.write(Sink(), company.version, request, {"shop": failing()}, own=(), made_at=AT)
    gc.collect()
    assert b"PK\x05\x06" not in b"".join(written), "the end of an archive makes half of it look whole"


def _peak(company: World, request: Request, number: int) -> int:
    class Sink:
        def write(self, data: bytes) -> int:
            return len(data)

        def flush(self) -> None: ...

    rows = (Row("sub-x", "member", member(n)) for n in range(number))
    gc.collect()
    tracemalloc.start()
    try:
        found = {"shop": lines_of(rows)}
        assert archive.write(Sink(), company.version, request, found, own=(), made_at=AT) == number
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


def test_ten_times_the_rows_take_no_more_memory(company: World) -> None:
    request = company.open("copy")
    _peak(company, request, 10)
    few, many = _peak(company, request, 1500), _peak(company, request, 15_000)
    assert many < few + 200_000, "as rows they are 3 MB more, as JSON one"
