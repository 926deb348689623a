"""The report as a file: its figures, its honesty about gaps, hostile text, the same bytes, the way it is written."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest

from studio import i18n
from studio.errors import NotReady
from studio.i18n import _, ngettext
from studio.model.figures import Totals
from studio.reports.html import write_report
from studio.reports.wording import not_obtained
from tests.reports.reading import figure, read
from tests.reports.samples import HOSTILE, MADE_AT, empty, hostile, ordinary

if TYPE_CHECKING:
    from pathlib import Path

    from studio.model.figures import SessionFigures

JPEG = b"\xff\xd8\xff\xe0 not really a picture \xff\xd9"


def written(figures: SessionFigures, folder: Path) -> Path:
    return write_report(figures, folder, made_at=MADE_AT)


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return written(ordinary(), tmp_path_factory.mktemp("report"))


def test_every_figure_of_the_page_is_that_of_figures_json(report: Path) -> None:
    values = read(report).values
    assert len(values) > 150
    for value in values:
        wanted = figure(report, value.path)
        assert value.raw == (None if wanted is None else str(wanted))


@pytest.mark.parametrize(
    "path",
    [
        *(f"totals.{name}" for name in ("orders", "lines", "units", "paid_fen", "freight_fen", "submitted_fen")),
        *(f"order_file.{name}" for name in ("orders", "lines", "units", "paid_fen", "freight_fen", "submitted_fen")),
        *(f"unattributed.{name}" for name in ("lines", "paid_fen")),
        *(f"cues.{n}.{name}" for n in range(8) for name in ("title", "planned_start", "planned_ms")),
        *(f"cues.{n}.{name}" for n in range(5) for name in ("actual_start", "actual_ms", "late_ms")),
        *(f"cues.{n}.sales.{name}" for n in range(8) for name in ("lines", "paid_fen")),
        *(f"cues.{n}.picture_error_ms" for n in range(8)),
        *(f"products.{n}.{name}" for n in range(4) for name in ("name", "times", "on_air_ms", "sales.paid_fen")),
        *(f"curve.{n}.{name}" for n in range(40) for name in ("start", "lines", "paid_fen")),
        *(f"{part}.{name}" for part in ("before", "after") for name in ("lines", "paid_fen")),
        *(f"recordings.0.{name}" for name in ("path", "sha256", "size_bytes", "duration_ms", "video_codec")),
        *(f"sources.0.{name}" for name in ("name", "sha256", "rows")),
    ],
)
def test_the_figure_can_be_found_on_the_page(report: Path, path: str) -> None:
    assert path in [value.path for value in read(report).values]


def test_figures_json_holds_what_was_given(report: Path) -> None:
    given = ordinary()
    assert figure(report, "totals.paid_fen") == given.totals.paid_fen
    assert figure(report, "cues.2.late_ms") == given.cues[2].late_ms
    assert figure(report, "planned_start") == "2026-12-04T19:30:00+08:00"
    assert json.loads((report.parent / "figures.json").read_text(encoding="utf-8"))["version"] == 1


def test_money_is_printed_in_yuan_with_two_decimals_and_separators(report: Path) -> None:
    money = [value for value in read(report).values if value.path.endswith("_fen") and value.raw is not None]
    assert len(money) > 60
    for value in money:
        assert re.fullmatch(r"-?\d{1,3}(,\d{3})*\.\d{2}", value.text)
        assert Decimal(value.text.replace(",", "")) * 100 == int(value.raw or "")


def test_lateness_is_printed_in_words(report: Path) -> None:
    page = read(report)
    assert page.value("cues.0.late_ms").text == _("{ms} ms late").format(ms=12)
    assert page.value("cues.2.late_ms").text == _("{seconds} s late").format(seconds="2.45")
    assert page.value("cues.7.late_ms").text == _("{ms} ms early").format(ms=8)


def test_a_cue_that_never_ran_has_no_time(report: Path) -> None:
    page = read(report)
    assert "cues.5.actual_start" not in [value.path for value in page.values]
    assert _("not on air") in page.text
    assert page.value("cues.5.picture_error_ms").text == not_obtained()


def test_without_an_order_file_sales_are_missing_and_never_zero(tmp_path: Path) -> None:
    page = read(written(empty(), tmp_path))
    for path in ("totals.orders", "totals.paid_fen", "totals.freight_fen", "actual_start", "actual_end"):
        assert (page.value(path).raw, page.value(path).text) == (None, not_obtained())
    assert "0.00" not in page.text


def test_cues_without_an_order_file_have_no_sales(tmp_path: Path) -> None:
    page = read(written(replace(ordinary(), sources=(), order_file=None), tmp_path))
    assert {value.text for value in page.values if ".sales." in value.path} == {not_obtained()}
    assert not [element for element, attributes in page.elements if attributes.get("data-figure") == "curve.0.lines"]


def test_an_order_file_without_orders_gives_zero(tmp_path: Path) -> None:
    page = read(written(replace(empty(), sources=ordinary().sources, order_file=Totals()), tmp_path))
    assert page.value("totals.orders").text == "0"
    assert page.value("totals.paid_fen").text == "0.00"


def test_what_is_missing_is_said(tmp_path: Path) -> None:
    text = read(written(empty(), tmp_path)).text
    for sentence in (
        _("Recording: not obtained."),
        _("Order file: not obtained. Every figure of sales is missing, not zero."),
        _("Refunds and after-sales: not obtained. They go on arriving after the session."),
        _("Actual start and end: not obtained, the as-run log has no start."),
    ):
        assert sentence in text


def test_a_recording_that_could_not_be_aligned_is_said(tmp_path: Path) -> None:
    cues = tuple(replace(cue, picture_error_ms=None) for cue in ordinary().cues)
    text = read(written(replace(ordinary(), cues=cues), tmp_path)).text
    assert _("The recording could not be laid over the takes of the log: no differences obtained.") in text


def differing(**change: int) -> SessionFigures:
    return replace(ordinary(), order_file=replace(ordinary().totals, **change))


def test_equal_sums_are_printed_with_a_difference_of_zero(report: Path) -> None:
    text = re.sub(r"\s+", "", read(report).text)
    paid = f"{Decimal(ordinary().totals.paid_fen) / 100:,.2f}"
    assert f"{_('Paid amount, yuan').replace(' ', '')}{paid}{paid}0.00" in text
    assert "caution" not in report.read_text(encoding="utf-8").split("<body>")[1]


def test_a_difference_to_the_order_file_is_printed_and_warned_of(tmp_path: Path) -> None:
    text = read(written(differing(paid_fen=ordinary().totals.paid_fen + 1234), tmp_path)).text
    assert "-12.34" in text
    warning = _("This report and the order file differ in: {names}. Do not use these figures before that is explained.")
    assert warning.format(names=_("Paid amount, yuan")) in text


def test_parts_that_do_not_add_up_show_by_how_much(tmp_path: Path) -> None:
    lost = replace(ordinary(), unattributed=Totals())
    text = read(written(lost, tmp_path)).text
    assert "-388.00" in text


def test_hostile_text_stays_text(tmp_path: Path) -> None:
    page = read(written(hostile(), tmp_path))
    assert not [tag for tag, _attributes in page.elements if tag == "script"]
    assert page.unclosed == []
    assert page.text.count('<script>alert("1")</script> & </svg>') > 20
    assert "{{ 7*7 }}" in page.text
    assert "49" not in page.value("title").text


def test_signs_that_no_page_should_hold_are_replaced(tmp_path: Path) -> None:
    content = written(hostile(), tmp_path).read_bytes().decode("utf-8")
    assert not re.search("[\x00\x0b\u202e]", content)
    assert "\ufffd\ufffd\ufffd" in read(tmp_path / "report.html").value("title").text


def test_hostile_text_leaves_figures_json_readable(tmp_path: Path) -> None:
    written(hostile(), tmp_path)
    found = json.loads((tmp_path / "figures.json").read_bytes())
    assert found["figures"]["title"].startswith(HOSTILE[:30])


def test_the_page_needs_nothing_else(report: Path) -> None:
    for _tag, attributes in read(report).elements:
        for name in ("src", "href", "xlink:href", "action", "poster"):
            assert (attributes.get(name) or "#").startswith(("#", "data:image/jpeg;base64,"))
    style = (report.read_text(encoding="utf-8").split("<style>")[1]).split("</style>")[0]
    assert "url(" not in style
    assert "@import" not in style


def test_ids_are_unique(tmp_path: Path) -> None:
    ids = [attributes["id"] for _tag, attributes in read(written(ordinary(), tmp_path)).elements if "id" in attributes]
    assert len(ids) == len(set(ids))


def test_the_same_input_gives_the_same_bytes(tmp_path: Path) -> None:
    one, other = written(ordinary(), tmp_path / "a"), written(ordinary(), tmp_path / "b")
    assert one.read_bytes() == other.read_bytes()
    assert (one.parent / "figures.json").read_bytes() == (other.parent / "figures.json").read_bytes()


def test_a_later_report_differs_in_its_date_alone(tmp_path: Path) -> None:
    one = written(ordinary(), tmp_path / "a").read_text(encoding="utf-8").splitlines()
    later = write_report(ordinary(), tmp_path / "b", made_at=MADE_AT + timedelta(days=1))
    differing_lines = [
        pair for pair in zip(one, later.read_text(encoding="utf-8").splitlines(), strict=True) if len(set(pair)) > 1
    ]
    assert [pair[0].replace("2026-12-05", "2026-12-06") for pair in differing_lines] == [differing_lines[0][1]]


def test_the_language_of_the_page_is_that_in_use(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LANGUAGE", "zh_CN")
    assert read(written(empty(), tmp_path)).elements[0] == ("html", {"lang": "zh-CN"})
    monkeypatch.setenv("LANGUAGE", "en")
    assert i18n.language() == "en"
    assert read(written(empty(), tmp_path)).elements[0] == ("html", {"lang": "en"})


def test_tables_have_captions_and_headings_for_every_column_and_row(report: Path) -> None:
    tags = [tag for tag, _attributes in read(report).elements]
    headings = [attributes.get("scope") for tag, attributes in read(report).elements if tag == "th"]
    assert tags.count("table") == tags.count("caption") > 6
    assert set(headings) == {"col", "row"}
    assert headings.count("row") == tags.count("tr") - tags.count("thead")


def test_drawings_and_pictures_say_in_words_what_they_show(tmp_path: Path) -> None:
    page = read(write_report(ordinary(), tmp_path, made_at=MADE_AT, stills={"c00": JPEG, "c03": JPEG}))
    drawings = [attributes for tag, attributes in page.elements if attributes.get("role") == "img"]
    assert len(drawings) == 2
    assert all(len(attributes["aria-label"] or "") > 10 for attributes in drawings)
    pictures = [attributes for tag, attributes in page.elements if tag == "img"]
    assert [attributes["alt"] for attributes in pictures] == [f"{n} {ordinary().cues[n - 1].title}" for n in (1, 4)]


def test_few_orders_carry_a_caution(tmp_path: Path) -> None:
    few = replace(ordinary(), totals=replace(ordinary().totals, orders=29))
    caution = ngettext(
        "Only {count} order: averages and rankings are by chance to a large part.",
        "Only {count} orders: averages and rankings are by chance to a large part.",
        29,
    ).format(count=29)
    assert caution in read(written(few, tmp_path / "few")).text
    assert caution not in read(written(ordinary(), tmp_path / "many")).text


def test_an_older_report_is_replaced_and_nothing_else_is_left(tmp_path: Path) -> None:
    (tmp_path / "report.html").write_text("older", encoding="utf-8")
    report = written(ordinary(), tmp_path)
    assert report == tmp_path / "report.html"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["figures.json", "report.html"]
    assert report.read_text(encoding="utf-8").startswith("<!DOCTYPE html>")


def test_a_folder_that_cannot_be_made_is_said(tmp_path: Path) -> None:
    (tmp_path / "reports").write_text("a file", encoding="utf-8")
    with pytest.raises(NotReady, match="reports") as raised:
        written(ordinary(), tmp_path / "reports")
    assert raised.value.remedy


def test_a_failed_write_leaves_the_older_report(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    report = written(ordinary(), tmp_path)
    before = report.read_bytes()

    def full(_handle: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("studio.reports.html.os.fsync", full)
    with pytest.raises(NotReady, match="No space left"):
        written(hostile(), tmp_path)
    assert report.read_bytes() == before
    assert sorted(path.name for path in tmp_path.iterdir()) == ["figures.json", "report.html"]


WARNING = "Demonstration: the orders in this report are made up; they are not sales."


def test_made_up_orders_are_said_before_any_figure(tmp_path: Path) -> None:
    text = read(written(replace(ordinary(), made_up=True), tmp_path)).text
    assert 0 < text.index(_(WARNING)) < text.index(_("1 Basics"))


def test_real_orders_are_not_called_made_up(report: Path) -> None:
    assert _(WARNING) not in read(report).text
    assert 'class="note alarm"' not in report.read_text(encoding="utf-8")


def test_without_an_appointed_start_nothing_is_late_against_it(tmp_path: Path) -> None:
    page = read(written(replace(ordinary(), planned_start=None), tmp_path))
    assert _("no appointed start") in page.text
    assert _("Start against plan") not in page.text
    assert "2026-12-04" in page.text.split(_("1 Basics"))[0]


def test_an_appointed_start_has_its_difference(report: Path) -> None:
    text = re.sub(r"\s+", "", read(report).text)
    assert re.sub(r"\s+", "", _("Start against plan") + _("{ms} ms late").format(ms=12)) in text


def test_a_recording_that_fits_nowhere_says_why(tmp_path: Path) -> None:
    seen = {}
    for why in ("too_few", "ambiguous"):
        recording = replace(ordinary().recordings[0], alignment_note=why)
        cues = tuple(replace(cue, picture_error_ms=None) for cue in ordinary().cues)
        figures = replace(ordinary(), recordings=(recording,), cues=cues)
        seen[why] = read(written(figures, tmp_path / why)).text
    assert _("fewer than two takes can be seen in it as a picture change") in seen["too_few"]
    assert _("its picture changes fit the takes in more than one place") in seen["ambiguous"]


def test_states_that_are_not_known_are_counted(tmp_path: Path) -> None:
    text = read(written(replace(ordinary(), unknown_states=(("待拼团", 3), (HOSTILE, 1))), tmp_path)).text
    assert "待拼团 × 3" in text
    assert "4" in text.split("待拼团 × 3")[0][-80:]


def test_one_cue_is_not_called_cues(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LANGUAGE", "en")
    assert "1 cue: 1 on time." in read(written(ordinary(1), tmp_path / "one")).text
    assert "2 cues: 2 on time." in read(written(ordinary(2), tmp_path / "two")).text


def test_the_rows_of_the_order_file_stand_beside_what_counts_them(tmp_path: Path) -> None:
    cues = tuple(replace(cue, rows=(2, 3, 4, 8) if number == 1 else ()) for number, cue in enumerate(ordinary().cues))
    figures = replace(ordinary(), cues=cues, unattributed_rows=(5,), unpaid_rows=(6, 7))
    text = re.sub(r"\s+", "", read(written(figures, tmp_path)).text)
    assert f"2{cues[1].title}42-4,8" in text
    assert re.sub(r"\s+", "", _("Belongs to no cue")) + "15" in text
    assert re.sub(r"\s+", "", _("Not paid: submitted amount only")) + "26,7" in text


def test_rows_of_several_files_are_not_told_and_that_is_said(tmp_path: Path) -> None:
    text = read(written(replace(ordinary(), sources=ordinary().sources * 2), tmp_path)).text
    assert _("Orders come from several files: which rows of them count where is not told.") in text
